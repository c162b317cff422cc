package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"tandem"
	"tandem/event"
	"tandem/instance"
	"tandem/journal"
)

// restore builds a shard from the newest snapshot and the journal.
func (e *Engine) restore(ctx context.Context, id tandem.ID) (*shard, error) {
	epoch, tail, err := e.cfg.Store.Lease(ctx, id, e.cfg.Owner)
	if err != nil {
		return nil, err
	}
	if err := e.reachesViews(ctx, id); err != nil {
		return nil, err
	}
	s := &shard{
		engine: e, id: id, epoch: epoch, inbox: make(chan message, inboxLength),
		stop: make(chan struct{}), dead: make(chan struct{}), idle: make(chan struct{}, 1),
		release: newReleases(tail.Seq), keys: e.cfg.Keys(id),
	}
	s.encoder = tandem.NewEncoder(nil, s.keys)
	began := time.Now()
	if s.live, err = e.rebuild(ctx, id, s.keys, nil); err != nil {
		return nil, err
	}
	if s.live.Seq() != tail.Seq {
		return nil, journal.Short(id, s.live.Seq(), tail.Seq)
	}
	s.live.SetEpoch(epoch)
	s.live.Hash() // what the replay changed is summed now, not while commands wait
	s.follower = newFollower(s, tail.Seq)
	e.log.Info("instance restored", "instance", id, "seq", tail.Seq, "epoch", epoch, "took", time.Since(began).Round(time.Millisecond))
	return s, nil
}

// reachesViews holds the journal to what the readers' tables have seen, before
// anything new can take the place of a lost record.
func (e *Engine) reachesViews(ctx context.Context, id tandem.ID) error {
	if e.cfg.Views == nil {
		return nil
	}
	seqs, _, err := e.cfg.Views.cursors(ctx, id)
	if err != nil || len(seqs) == 0 {
		return err
	}
	return e.cfg.Store.RaiseFloor(ctx, id, slices.Max(seqs))
}

// rebuild makes an instance from the newest snapshot not later than limit (nil:
// any) and the journal up to its tail, or up to limit. It opens with the session
// that goes on with the instance, which then knows the keys.
func (e *Engine) rebuild(ctx context.Context, id tandem.ID, keys Session, limit *tandem.Seq) (*instance.Instance, error) {
	in, err := e.loadSnapshot(ctx, id, keys, limit)
	if err != nil {
		return nil, err
	}
	err = Replay(ctx, e.cfg.Store, keys, id, in.Seq()+1, func(rec *tandem.Record) error {
		if limit != nil && rec.Seq > *limit {
			return errEnough
		}
		if err := in.Replay(rec); err != nil {
			return err
		}
		return eraseAgain(ctx, keys, rec)
	})
	return in, err
}

// eraseAgain deletes keys whose erasure is durable, should the process have
// died in between.
func eraseAgain(ctx context.Context, keys Session, rec *tandem.Record) error {
	for _, ev := range rec.Events {
		if er, ok := ev.(*event.SubjectErased); ok {
			if err := keys.Erase(ctx, er.Subject); err != nil {
				return fmt.Errorf("erase subject %s again: %w", er.Subject, err)
			}
		}
	}
	return nil
}

var errEnough = fmt.Errorf("enough was read")

// Replay reads a shard's records from seq on, in order. It stops with the
// first error; see [journal.Log] for those that name a damaged journal.
func Replay(ctx context.Context, log journal.Log, sealer tandem.Sealer, id tandem.ID, from tandem.Seq, each func(*tandem.Record) error) error {
	for b, err := range log.Read(ctx, id, from) {
		if err != nil {
			return err
		}
		if err := decodeBatch(&b, sealer, from, each); err == errEnough {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

func decodeBatch(b *journal.Batch, sealer tandem.Sealer, from tandem.Seq, each func(*tandem.Record) error) error {
	d := tandem.NewDecoder(b.Body, sealer)
	for i := range b.Count {
		rec := new(tandem.Record)
		if err := event.ReadRecord(d, rec); err != nil {
			return unreadable(b.Shard, b.First+tandem.Seq(i), err)
		}
		if rec.Seq < from {
			continue
		}
		if err := each(rec); err != nil {
			return err
		}
	}
	return nil
}

// unreadable tells a record that a newer version wrote from a damaged one.
func unreadable(shard tandem.ID, seq tandem.Seq, err error) error {
	var kind event.ErrUnknownEvent
	var version event.ErrUnknownVersion
	if errors.As(err, &kind) || errors.As(err, &version) || errors.Is(err, tandem.ErrNewer) {
		return &journal.Error{Reason: journal.ErrNewer, Shard: shard, Seq: seq, Detail: err.Error(), Remedy: "Nothing was changed"}
	}
	return journal.Corrupt(shard, seq, err.Error())
}

// decide steps the live instance. A panic discards it: what was decided before
// is written, the state is rebuilt from the journal, and the command is put
// aside for a person to look at.
func (s *shard) decide(cmd tandem.Command) (out instance.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.engine.log.Error("a command made the instance panic; it is put aside and the state rebuilt",
				"instance", s.id, "command", cmd.ID, "type", fmt.Sprintf("%T", cmd.Body), "panic", p, "stack", string(debug.Stack()))
			err = tandem.Errorf(tandem.Internal, "", "this command could not be decided and was put aside as %s; please report it", cmd.ID)
			s.putAside(cmd, fmt.Sprint(p))
		}
	}()
	return s.live.Step(cmd)
}

func (s *shard) putAside(cmd tandem.Command, reason string) {
	s.live = rewound{s}.instance()
	row, err := quarantine(s.keys, s.id, cmd, reason)
	if err != nil {
		s.engine.log.Error("the command could not be put aside", "command", cmd.ID, "err", err)
		return
	}
	s.quarantine = append(s.quarantine, row)
}

// rewound rebuilds a shard's live state up to the last record that it handed
// to the journal.
type rewound struct{ *shard }

func (r rewound) instance() *instance.Instance {
	r.flush(true) // everything decided before goes to the journal first
	if r.busy {
		<-r.idle
		r.busy = false
	}
	in, err := r.engine.rebuild(context.Background(), r.id, r.keys, nil)
	if err != nil {
		r.engine.fail(fmt.Errorf("rebuild instance %s after a panic: %w", r.id, err))
		return r.live
	}
	in.SetEpoch(r.epoch)
	return in
}
