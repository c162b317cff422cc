package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/instance"
	"tandem/journal"
	"tandem/journal/sqlite"
	"tandem/vault"
	"tandem/world/forecast"
	"tandem/zones"
)

// past is what a data folder holds at this moment, whether its server runs or
// not: a copy of its own, which goes when it is closed.
type past struct {
	dir   string
	data  *dataFolder
	shard tandem.ID
}

// openPast copies the journal and its snapshots and opens the copy. Nothing is
// changed in the data folder but for the copy, which stands in it so that it is
// protected as well.
func openPast(ctx context.Context, f settingFlags, instanceID string) (p *past, err error) {
	cfg, err := f.load(nil)
	if err != nil {
		return nil, err
	}
	if err := needInstance(cfg); err != nil {
		return nil, err
	}
	p = &past{}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if p.dir, err = os.MkdirTemp(cfg.Data, "simulate-"); err != nil {
		return p, fmt.Errorf("make a folder for a copy of the journal: %w", err)
	}
	// The snapshots first: the journal must reach as far as they do.
	if err := linkFiles(filepath.Join(cfg.Data, "snapshots"), filepath.Join(p.dir, "snapshots")); err != nil {
		return p, fmt.Errorf("copy the snapshots: %w", err)
	}
	if err := copyJournal(ctx, cfg.Data, p.dir); err != nil {
		return p, fmt.Errorf("copy the journal in %s: %w", cfg.Data, err)
	}
	key, err := vault.LoadMasterKey(cfg.Data)
	if err != nil {
		return p, err
	}
	cfg.Data = p.dir
	store, err := sqlite.Open(ctx, p.dir, sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		return p, err
	}
	p.data = &dataFolder{cfg: cfg, store: store}
	if p.data.vault, err = vault.Open(ctx, store, key, vault.Options{}); err != nil {
		return p, err
	}
	shards, err := shardsOf(ctx, p.data, instanceID)
	if err == nil {
		p.shard, err = theOne(shards)
	}
	return p, err
}

func (p *past) close() error {
	var err error
	if p.data != nil {
		err = p.data.close()
	}
	if p.dir != "" {
		err = errors.Join(err, os.RemoveAll(p.dir))
	}
	return err
}

// copyJournal makes a copy as it is at this moment; a server that runs is not
// held up.
func copyJournal(ctx context.Context, from, to string) (err error) {
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(from, sqlite.FileName), RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, filepath.Join(to, sqlite.FileName))
	return err
}

// linkFiles lets a folder hold the same files as another. Snapshots never change
// once they are there; one that goes meanwhile was too old to matter.
func linkFiles(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		if err := os.Link(path, target); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// records gives every record that is kept, in order.
func (p *past) records(ctx context.Context, each func(*tandem.Record)) error {
	return engine.Replay(ctx, p.data.store, p.data.session(p.shard), p.shard, 0, func(rec *tandem.Record) error {
		each(rec)
		return ctx.Err()
	})
}

// config is the configuration at a moment (RFC 3339), or the newest.
func (p *past) config(ctx context.Context, at string) (*forecast.Config, error) {
	if at == "" {
		return p.newest(ctx)
	}
	moment, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return nil, fmt.Errorf("--at is %q; write it as 2026-03-02T09:00:00Z", at)
	}
	m := center.New(zones.Shipped{})
	err = engine.Replay(ctx, p.data.store, p.data.session(p.shard), p.shard, 1, func(rec *tandem.Record) error {
		if rec.At > tandem.At(moment) {
			return errLater
		}
		for _, ev := range rec.Events {
			m.Apply(rec.Seq, rec.At, ev)
		}
		m.TakeEffects(0)
		return ctx.Err()
	})
	switch {
	case errors.Is(err, journal.ErrPruned):
		return nil, errors.New("how things were then is not known any more: the first records were pruned; leave out --at")
	case err != nil && !errors.Is(err, errLater):
		return nil, err
	case m.State().Instance.InstanceID.IsZero():
		return nil, fmt.Errorf("there was no instance yet at %s", at)
	}
	return forecast.ConfigOf(m.State()), nil
}

var errLater = errors.New("the rest is later")

// newest is the configuration as it is: from the newest snapshot and the
// records after it.
func (p *past) newest(ctx context.Context) (config *forecast.Config, err error) {
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	e := engine.Open(p.data.engineConfig(nil, func(tandem.ID, tandem.Seq, tandem.Effect) {}, quiet))
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Start(ctx, p.shard); err != nil {
		return nil, err
	}
	known := false
	err = e.Read(ctx, p.shard, func(in *instance.Instance) {
		if m, ok := instance.Find[*center.Machine](in); ok {
			config = forecast.ConfigOf(m.State())
			known = !m.State().Instance.InstanceID.IsZero()
		}
	})
	if err == nil && !known {
		err = fmt.Errorf("there is no instance %s here; leave out --instance, or name one that there is", p.shard)
	}
	return config, err
}
