package bench

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"tandem"
	"tandem/engine"
	"tandem/instance"
	"tandem/journal/sqlite"
	"tandem/vault"
)

// folder is a data folder as the server has it: a journal with every commit
// synced, and a vault that really seals.
type folder struct {
	dir   string
	store *sqlite.Store
	vault *vault.Vault
}

func openFolder(ctx context.Context, dir string) (*folder, error) {
	store, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	v, err := vault.Open(ctx, store, vault.MasterKey{1}, vault.Options{}) // nothing here is worth a secret
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &folder{dir: dir, store: store, vault: v}, nil
}

func (f *folder) close() error { return f.store.Close() }

func (f *folder) session(shard tandem.ID) engine.Session { return session{f.vault.Session(shard)} }

// session adapts the vault's sessions to what the engine asks for.
type session struct{ *vault.Session }

func (s session) Take() engine.Rows        { return engine.Rows(s.Session.Take()) }
func (s session) Durable(rows engine.Rows) { s.Session.Durable(vault.Rows(rows)) }

// config is how an engine runs on the folder.
func (f *folder) config(host func(tandem.ID) *instance.Instance, views *engine.Views) engine.Config {
	return engine.Config{
		Store: f.store, Keys: f.session, Dir: filepath.Join(f.dir, "snapshots"), Owner: "bench", New: host, Views: views,
		Effect: func(tandem.ID, tandem.Seq, tandem.Effect) {}, Log: slog.New(slog.DiscardHandler),
		Snapshot: engine.SnapshotPolicy{Every: 5 * time.Second},
	}
}
