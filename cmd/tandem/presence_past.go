package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/instance"
	"tandem/journal"
	"tandem/presence"
	"tandem/zones"
)

// presencePast is what presence knows now, and what it knew before some moment.
type presencePast struct {
	past  *past
	now   *presence.Machine
	then  *presence.Machine // before the record next; nil where no moment was named
	next  tandem.Seq        // the first record at the moment or after it; 0: there is none
	users map[tandem.ID]presenceUser
}

// presenceUser is what a user is called.
type presenceUser struct{ name, email string }

// snapshotKeeper is a presence machine that keeps what it was restored from.
type snapshotKeeper struct {
	*presence.Machine
	restored []byte     // as a snapshot; nil: from nothing
	first    tandem.Seq // the first record applied after that
}

// DecodeSnapshot implements instance.Machine.
func (k *snapshotKeeper) DecodeSnapshot(d *tandem.Decoder) {
	k.Machine.DecodeSnapshot(d)
	if d.Err() == nil {
		k.restored = presenceBytes(k.Machine)
	}
}

// Apply implements instance.Machine.
func (k *snapshotKeeper) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	if k.first == 0 {
		k.first = seq
	}
	k.Machine.Apply(seq, at, ev)
}

// presenceBytes is a machine's state; there is nothing personal in it.
func presenceBytes(m *presence.Machine) []byte {
	e := tandem.NewEncoder(nil, tandem.Plain{})
	m.EncodeSnapshot(e)
	return e.Bytes()
}

// presenceFrom makes a machine of a state; nil is the state before all.
func presenceFrom(state []byte) (*presence.Machine, error) {
	m := presence.New()
	if state == nil {
		return m, nil
	}
	d := tandem.NewDecoder(state, tandem.Plain{})
	m.DecodeSnapshot(d)
	return m, d.Err()
}

// presence reads what is known now and, unless at is 0, what was known before
// that moment: from the last snapshot before it and the records since.
func (p *past) presence(ctx context.Context, at tandem.Time) (*presencePast, error) {
	known := &presencePast{past: p, users: map[tandem.ID]presenceUser{}}
	if at != 0 {
		if err := p.records(ctx, func(rec *tandem.Record) {
			if known.next == 0 && rec.At >= at {
				known.next = rec.Seq
			}
		}); err != nil {
			return nil, err
		}
		if err := p.forgetSnapshots(known.next); err != nil {
			return nil, fmt.Errorf("choose among the snapshots: %w", err)
		}
	}
	first, restored, err := known.restore(ctx)
	if err != nil || at == 0 {
		return known, err
	}
	return known, known.back(ctx, first, restored)
}

// forgetSnapshots takes away the copy's snapshots from a record on; 0 keeps all.
func (p *past) forgetSnapshots(from tandem.Seq) error {
	dir := filepath.Join(p.dir, "snapshots", p.shard.String())
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || from == 0 {
		return nil
	}
	limit := fmt.Sprintf("%020d", from) // a snapshot's name begins with the record that it reaches
	for _, f := range files {
		if f.Name() >= limit && err == nil {
			err = os.Remove(filepath.Join(dir, f.Name()))
		}
	}
	return err
}

// restore builds the present state, and says what it began from.
func (k *presencePast) restore(ctx context.Context) (first tandem.Seq, restored []byte, err error) {
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	cfg := k.past.data.engineConfig(nil, func(tandem.ID, tandem.Seq, tandem.Effect) {}, quiet)
	cfg.New = func(tandem.ID) *instance.Instance {
		return instance.New(translate, center.New(zones.Shipped{}), &snapshotKeeper{Machine: presence.New()})
	}
	e := engine.Open(cfg)
	defer func() { err = errors.Join(err, e.Close()) }()
	switch err := e.Start(ctx, k.past.shard); {
	case errors.Is(err, journal.ErrPruned):
		return 0, nil, errors.New("how things were then is not known any more: the records before were pruned; name a later time")
	case err != nil:
		return 0, nil, err
	}
	var now []byte
	err = e.Read(ctx, k.past.shard, func(in *instance.Instance) {
		c, _ := instance.Find[*center.Machine](in)
		for _, id := range tandem.SortedIDs(c.State().Agents) {
			u := &c.State().Agents[id].User
			k.users[id] = presenceUser{string(u.Username), string(u.Email)}
		}
		m, _ := instance.Find[*snapshotKeeper](in)
		first, restored, now = m.first, m.restored, presenceBytes(m.Machine)
	})
	if err != nil {
		return 0, nil, err
	}
	if k.now, err = presenceFrom(now); err == nil && k.now.State().Center.IsZero() && k.now.State().Borrowed == nil {
		err = fmt.Errorf("there is no instance %s here; leave out --instance, or name one that there is", k.past.shard)
	}
	return first, restored, err
}

// back builds the state before the record next.
func (k *presencePast) back(ctx context.Context, first tandem.Seq, restored []byte) (err error) {
	if k.then, err = presenceFrom(restored); err != nil || first == 0 {
		return err
	}
	err = k.since(ctx, first, func(rec *tandem.Record) error {
		if k.next != 0 && rec.Seq >= k.next {
			return errLater
		}
		for _, ev := range rec.Events {
			k.then.Apply(rec.Seq, rec.At, ev)
		}
		k.then.TakeEffects(0)
		return nil
	})
	if errors.Is(err, errLater) {
		return nil
	}
	return err
}

// since gives the records from one on.
func (k *presencePast) since(ctx context.Context, from tandem.Seq, each func(*tandem.Record) error) error {
	return engine.Replay(ctx, k.past.data.store, k.past.data.session(k.past.shard), k.past.shard, from, func(rec *tandem.Record) error {
		return errors.Join(ctx.Err(), each(rec))
	})
}

// with is what was known then if the system was connected already, else what is
// known now.
func (k *presencePast) with(system string) *presence.Machine {
	if _, err := findSystem(k.then, system); err != nil {
		return k.now
	}
	return k.then
}

// user is what a user is called.
func (k *presencePast) user(id tandem.ID) string {
	if u := k.users[id]; u.name != "" {
		return u.name
	}
	return "user " + id.String()
}

const namesShown = 10 // in a message

// findUser finds a user by username or e-mail address, in any case, or by id.
func (k *presencePast) findUser(text string) (tandem.ID, error) {
	var names []string
	for _, id := range tandem.SortedIDs(k.users) {
		u := k.users[id]
		if id.String() == text || strings.EqualFold(u.name, text) || u.email != "" && strings.EqualFold(u.email, text) {
			return id, nil
		}
		if len(names) < namesShown {
			names = append(names, u.name)
		}
	}
	return tandem.ID{}, fmt.Errorf("there is no user %q; there is: %s", text, strings.Join(names, ", "))
}
