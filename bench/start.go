package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/journal"
)

var errDiffers = errors.New("the state after the replay differs from the state before; please report this")

// afterSnapshot is how many events follow the snapshot: a server that was
// killed has some.
const afterSnapshot = 10_000

// measureStart makes a journal and starts an engine on it: with nothing but the
// journal, then with a snapshot and a few records after it.
func measureStart(ctx context.Context, r *report, o Options) error {
	return inFolder(o, func(dir string) error {
		f, err := openFolder(ctx, dir)
		if err != nil {
			return err
		}
		w := &batches{ctx: ctx, folder: f}
		return errors.Join(startTwice(ctx, r, f, newShift(w.add), w, o.Events), f.close())
	})
}

func startTwice(ctx context.Context, r *report, f *folder, s *shift, w *batches, events int) error {
	began := time.Now()
	if err := w.fill(s, events); err != nil {
		return err
	}
	r.figure("journal: %s events in %s records of %s calls, written in %s",
		thousands(s.events), thousands(int(s.in.Seq())), thousands(int(s.calls)), time.Since(began).Round(time.Second))
	took, err := start(ctx, f, s, awaitSnapshot)
	if err != nil {
		return err
	}
	r.figure("start without a snapshot: %s, %s events/s", took.Round(time.Millisecond), thousands(rate(s.events, took)))
	if err := w.fill(s, events+afterSnapshot); err != nil {
		return err
	}
	if took, err = start(ctx, f, s, nil); err != nil {
		return err
	}
	r.figure("start with a snapshot and %s events after it: %s", thousands(afterSnapshot), took.Round(time.Millisecond))
	return nil
}

// start measures one start, at the moment at which the shift stands, sees that
// the state is right, and stops again.
func start(ctx context.Context, f *folder, s *shift, then func(context.Context, *folder) error) (time.Duration, error) {
	cfg := f.config(newCenterInstance, nil)
	cfg.Now = s.now.Std
	cfg.Snapshot.Records = 1
	e := engine.Open(cfg)
	began := time.Now()
	err := e.Start(ctx, centerShard)
	took := time.Since(began)
	if err == nil {
		err = sameState(ctx, e, s.in.Hash())
	}
	if err == nil && then != nil {
		err = then(ctx, f)
	}
	return took, errors.Join(err, e.Close())
}

// awaitSnapshot returns when the engine has made a snapshot.
func awaitSnapshot(ctx context.Context, f *folder) error {
	ctx, done := context.WithTimeout(ctx, 2*time.Minute)
	defer done()
	for {
		found, err := filepath.Glob(filepath.Join(f.dir, "snapshots", centerShard.String(), "*.snapshot"))
		if err != nil || len(found) > 0 {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("no snapshot was made: %w", ctx.Err())
		}
	}
}

// batchRecords is how many records are one commit of the journal made here.
const batchRecords = 100

// batches commits records, some at a time.
type batches struct {
	ctx     context.Context
	folder  *folder
	keys    engine.Session
	encoder *tandem.Encoder
	append  journal.Append
}

// fill lets a shift work until the journal has so many events.
func (w *batches) fill(s *shift, events int) error {
	epoch, tail, err := w.folder.store.Lease(w.ctx, centerShard, "bench")
	if err != nil {
		return err
	}
	w.keys = w.folder.session(centerShard)
	w.encoder = tandem.NewEncoder(nil, w.keys)
	w.append = journal.Append{Shard: centerShard, Epoch: epoch, First: tail.Seq + 1}
	if err := s.work(events); err != nil {
		return err
	}
	return w.commit()
}

func (w *batches) add(rec *tandem.Record) error {
	event.AppendRecord(w.encoder, rec)
	w.append.Count++
	if w.append.Count < batchRecords {
		return w.encoder.Err()
	}
	return w.commit()
}

func (w *batches) commit() error {
	if w.append.Count == 0 || w.encoder.Err() != nil {
		return w.encoder.Err()
	}
	a := w.append
	rows := w.keys.Take()
	a.Body, a.Keys, a.Payloads = w.encoder.Bytes(), rows.Keys, rows.Payloads
	if err := w.folder.store.Commit(w.ctx, []journal.Append{a}); err != nil {
		return err
	}
	w.keys.Durable(rows)
	w.append.First, w.append.Count = a.Last()+1, 0
	w.encoder.Reset(w.encoder.Bytes()[:0])
	return nil
}

func sameState(ctx context.Context, e *engine.Engine, hash uint64) error {
	var got uint64
	if err := e.Read(ctx, centerShard, func(in *instance.Instance) { got = in.Hash() }); err != nil {
		return err
	}
	if got != hash {
		return errDiffers
	}
	return nil
}
