package stream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"tandem"
	"tandem/view/flowlog"
)

// worker feeds one destination.
type worker struct {
	Worker
	cfg      Config
	places   *places
	told     chan struct{}
	taken    atomic.Int64
	failures atomic.Int64
}

// run feeds the destination until the context ends.
func (w *worker) run(ctx context.Context) {
	pause := w.cfg.pause
	for {
		err := w.round(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := lookEvery
		if err != nil {
			if w.failures.Add(1); pause == w.cfg.pause { // told once until it works again
				w.cfg.Log.Error("the flow log cannot be handed on; it is tried again", "destination", cmp.Or(w.Label, w.Name), "err", err)
			}
			wait = pause
			pause = min(2*pause, longestPause)
		} else {
			pause = w.cfg.pause
		}
		if !w.sleep(ctx, wait, err == nil) {
			return
		}
	}
}

// sleep waits for a time, or for news if it may; it reports whether to go on.
func (w *worker) sleep(ctx context.Context, d time.Duration, forNews bool) bool {
	told := w.told
	if !forNews {
		told = nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-told:
			told = nil
			t.Reset(settle) // the news comes just before the entries can be read
		case <-t.C:
			return true
		}
	}
}

// round hands on all that waits. What fails for one instance does not keep the
// others waiting.
func (w *worker) round(ctx context.Context) error {
	instances, err := w.cfg.Instances(ctx)
	if err != nil {
		return err
	}
	for _, id := range instances {
		if one := w.feed(ctx, id); one != nil {
			err = errors.Join(err, fmt.Errorf("instance %s: %w", id, one))
		}
	}
	return err
}

func (w *worker) feed(ctx context.Context, id tandem.ID) error {
	if w.FromNow && !w.places.has(id) {
		return w.beginAtEnd(ctx, id)
	}
	if err := w.erase(ctx, id); err != nil {
		return err
	}
	for ctx.Err() == nil {
		at := w.places.of(id)
		batch, err := flowlog.List(ctx, w.cfg.Tables, id, flowlog.Filter{After: at.cursor(), Limit: batchEntries})
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := w.take(ctx, id, batch); err != nil {
			return err
		}
		at.move(batch[len(batch)-1].Cursor)
		if err := w.places.set(id, at); err != nil {
			return err
		}
		w.taken.Add(int64(len(batch)))
	}
	return nil
}

func (w *worker) take(ctx context.Context, id tandem.ID, batch []flowlog.Row) error {
	ctx, done := context.WithTimeout(ctx, takeTimeout)
	defer done()
	return w.Destination.Take(ctx, id, batch)
}

// erase tells the destination who was erased since it was told last.
func (w *worker) erase(ctx context.Context, id tandem.ID) error {
	at := w.places.of(id)
	erasures, err := flowlog.Erasures(ctx, w.cfg.Tables, id, at.Erased)
	if err != nil || len(erasures) == 0 {
		return err
	}
	var contacts []tandem.ID
	for _, e := range erasures {
		contacts = append(contacts, e.ContactID)
		at.Erased = e.Seq
	}
	if err := w.Destination.Erase(ctx, id, contacts); err != nil {
		return err
	}
	return w.places.set(id, at)
}

// beginAtEnd puts the place behind what is there.
func (w *worker) beginAtEnd(ctx context.Context, id tandem.ID) error {
	last, err := flowlog.List(ctx, w.cfg.Tables, id, flowlog.Filter{Newest: true, Limit: 1})
	if err != nil {
		return err
	}
	var at place
	if len(last) > 0 {
		at.move(last[0].Cursor)
	}
	return w.places.set(id, at)
}
