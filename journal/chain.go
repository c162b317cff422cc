package journal

import (
	"context"
	"errors"
	"iter"

	"tandem"
)

// Source is how [ReadChain] gets at stored batches, unverified.
type Source interface {
	// Bounds returns the limits of what is kept.
	Bounds(ctx context.Context, shard tandem.ID) (Bounds, error)
	// Load returns, in order, a few batches: the first that ends at or after
	// record from, and those that follow. None means the end.
	Load(ctx context.Context, shard tandem.ID, from tandem.Seq) ([]Batch, error)
}

// Bounds are the limits of a shard's journal.
type Bounds struct {
	Anchor Point      // the cut where older batches were pruned
	Tail   tandem.Seq // the last record, unverified
	Floor  tandem.Seq // the record that the journal must at least reach
}

// ReadChain implements [Log].Read for any Source.
func ReadChain(ctx context.Context, src Source, shard tandem.ID, from tandem.Seq) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		w := walk{src: src, shard: shard, from: from}
		if err := w.run(ctx, yield); err != nil {
			yield(Batch{}, err)
		}
	}
}

// errStop says that the reader wants no more.
var errStop = errors.New("stop")

type walk struct {
	src   Source
	shard tandem.ID
	from  tandem.Seq
	at    Point // the end of the last batch that was verified
}

// run gives the batches out and returns the error to give out last.
func (w *walk) run(ctx context.Context, yield func(Batch, error) bool) error {
	if err := w.start(ctx); err != nil {
		return err
	}
	for {
		batches, err := w.src.Load(ctx, w.shard, w.at.Seq+1)
		if err != nil {
			return err
		}
		if len(batches) == 0 {
			return w.end(ctx)
		}
		if err := w.give(ctx, batches, yield); err != nil {
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}
	}
}

func (w *walk) give(ctx context.Context, batches []Batch, yield func(Batch, error) bool) error {
	for i := range batches {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		b := &batches[i]
		if err := b.Follows(w.at); err != nil {
			return w.blame(ctx, err)
		}
		w.at = b.Point()
		if !yield(*b, nil) {
			return errStop
		}
	}
	return nil
}

// start finds the point before the batch that holds the record from.
func (w *walk) start(ctx context.Context) error {
	bounds, err := w.src.Bounds(ctx, w.shard)
	if err != nil {
		return err
	}
	oldest := bounds.Anchor.Seq + 1
	if w.from == 0 {
		w.from = oldest
	}
	if w.from < oldest {
		return Pruned(w.shard, w.from, oldest)
	}
	w.at = bounds.Anchor
	if w.from == oldest {
		return nil
	}
	found, err := w.src.Load(ctx, w.shard, w.from)
	if err != nil {
		return err
	}
	before := w.from - 1
	if len(found) > 0 {
		before = min(before, found[0].First-1)
	}
	if before <= bounds.Anchor.Seq {
		return nil
	}
	return w.startAfter(ctx, before)
}

// startAfter makes the batch that ends with record seq the one that the first
// batch given out must follow.
func (w *walk) startAfter(ctx context.Context, seq tandem.Seq) error {
	found, err := w.src.Load(ctx, w.shard, seq)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return w.beyond(ctx, seq)
	}
	if found[0].Last() != seq {
		return w.blame(ctx, Corrupt(w.shard, seq, "the record is missing"))
	}
	if err := found[0].Intact(); err != nil {
		return err
	}
	w.at = found[0].Point()
	return nil
}

// beyond says that the log ends before record seq.
func (w *walk) beyond(ctx context.Context, seq tandem.Seq) error {
	bounds, err := w.src.Bounds(ctx, w.shard)
	if err != nil {
		return err
	}
	return Short(w.shard, bounds.Tail, seq)
}

// end verifies that the log reaches its floor.
func (w *walk) end(ctx context.Context) error {
	bounds, err := w.src.Bounds(ctx, w.shard)
	if err != nil {
		return err
	}
	if w.at.Seq < bounds.Floor {
		return Short(w.shard, w.at.Seq, bounds.Floor)
	}
	return nil
}

// blame turns damage into [ErrPruned] where a slow reader was overtaken.
func (w *walk) blame(ctx context.Context, damage error) error {
	bounds, err := w.src.Bounds(ctx, w.shard)
	if err != nil {
		return err
	}
	if bounds.Anchor.Seq > w.at.Seq {
		return Pruned(w.shard, w.at.Seq+1, bounds.Anchor.Seq+1)
	}
	return damage
}
