package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"tandem"
	"tandem/center"
	"tandem/cmd/tandem/config"
	"tandem/directory"
	"tandem/engine"
	"tandem/instance"
	"tandem/journal/sqlite"
	"tandem/presence"
	"tandem/vault"
	"tandem/zones"
)

// dataFolder is what is open of a data folder: journal and vault.
type dataFolder struct {
	cfg   config.Config
	store *sqlite.Store
	vault *vault.Vault
}

// openData opens the journal and the vault of a data folder whose master key
// is there.
func openData(ctx context.Context, cfg config.Config) (*dataFolder, error) {
	store, err := sqlite.Open(ctx, cfg.Data, sqlite.Options{Synchronous: cfg.JournalSync})
	if err != nil {
		return nil, fmt.Errorf("open the journal in %s: %w", cfg.Data, err)
	}
	v, err := vault.OpenFolder(ctx, store, cfg.Data, vault.Options{})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &dataFolder{cfg: cfg, store: store, vault: v}, nil
}

func (d *dataFolder) close() error { return d.store.Close() }

// engineConfig is how an engine runs on the folder.
func (d *dataFolder) engineConfig(views *engine.Views, effect func(tandem.ID, tandem.Seq, tandem.Effect), log *slog.Logger) engine.Config {
	host, _ := os.Hostname()
	return engine.Config{
		Store: d.store, Keys: d.session, Dir: filepath.Join(d.cfg.Data, "snapshots"), New: newInstance,
		Owner: fmt.Sprintf("%s process %d", host, os.Getpid()), Views: views, Effect: effect, Log: log,
		Snapshot: engine.SnapshotPolicy{Keep: time.Duration(d.cfg.KeepDays) * 24 * time.Hour},
	}
}

// session adapts the vault's sessions to what the engine asks for.
func (d *dataFolder) session(shard tandem.ID) engine.Session { return session{d.vault.Session(shard)} }

type session struct{ *vault.Session }

func (s session) Take() engine.Rows        { return engine.Rows(s.Session.Take()) }
func (s session) Durable(rows engine.Rows) { s.Session.Durable(vault.Rows(rows)) }

// newInstance makes the machines of a shard.
func newInstance(shard tandem.ID) *instance.Instance {
	if shard == directory.Shard {
		return instance.New(nil, directory.New())
	}
	return instance.New(translate, center.New(zones.Shipped{}), presence.New())
}

// translate turns what presence wishes of the center into the center's
// command.
func translate(wish any) (any, bool) {
	if w, ok := wish.(presence.CenterWrite); ok {
		return center.PutUserStatus{UserID: w.UserID, StatusID: w.StatusID}, true
	}
	return nil, false
}
