package engine

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tandem"
	"tandem/instance"
)

const (
	followerQueue = 256  // batches kept in memory for the follower; beyond, it reads the journal
	followerChunk = 1000 // records in one transaction of the views
)

// follower replays what was committed on its own copy of the state, feeds the
// views and makes snapshots. It may be behind; it is never ahead.
type follower struct {
	shard *shard
	log   *slog.Logger
	ctx   context.Context
	end   context.CancelFunc
	queue chan []*tandem.Record

	mu   sync.Mutex
	seq  tandem.Seq
	tail tandem.Seq // what is durable
	move chan struct{}

	// The follower's own.
	copy  *instance.Instance
	keys  Session
	seqs  []tandem.Seq
	tx    *viewTx
	inTx  int
	claim *claim
	snap  snapshotter
}

// claim is what the live instance's hash was at a seq, to be compared.
type claim struct {
	seq  tandem.Seq
	hash uint64
}

func newFollower(s *shard, tail tandem.Seq) *follower {
	ctx, end := context.WithCancel(context.Background())
	return &follower{
		shard: s, log: s.engine.log.With("instance", s.id), ctx: ctx, end: end, tail: tail,
		keys: s.engine.cfg.Keys(s.id), queue: make(chan []*tandem.Record, followerQueue), move: make(chan struct{}),
	}
}

// feed is called by the writer with what just became durable. It never waits:
// what does not fit is read from the journal later.
func (f *follower) feed(records []*tandem.Record) {
	f.mu.Lock()
	f.tail = records[len(records)-1].Seq
	f.mu.Unlock()
	select {
	case f.queue <- records:
	default:
	}
}

func (f *follower) close() { f.end() }

// run follows until closed. A failure stops the engine: tables that fall
// silently behind would be a lie. After one nothing more is written, because
// the copy may be ahead of the tables; the next start begins at their cursors.
//
// Only waiting and the first replay end with the follower's context. What is
// written is never cut short: a transaction that is rolled back behind the
// copy's back would leave a hole.
func (f *follower) run() {
	if err := f.begin(); err != nil {
		if f.ctx.Err() == nil {
			f.fail(err)
		}
		return
	}
	timer := time.NewTicker(time.Second)
	defer timer.Stop()
	for {
		var err error
		select {
		case <-f.ctx.Done():
			if err := f.catchUp(); err != nil {
				f.log.Error("the readers did not finish; they will at the next start", "err", err)
			}
			return
		case records := <-f.queue:
			err = f.take(records)
		case <-timer.C:
			err = f.catchUp()
		}
		if err == nil {
			err = f.snap.maybe(f)
		}
		if err != nil {
			f.fail(err)
			return
		}
	}
}

func (f *follower) fail(err error) {
	f.shard.engine.fail(fmt.Errorf("the readers of instance %s: %w", f.shard.id, err))
}

// begin makes the copy at the views' lowest cursor and catches up.
func (f *follower) begin() error {
	e := f.shard.engine
	var limit *tandem.Seq
	if e.cfg.Views != nil {
		seqs, lowest, err := e.cfg.Views.cursors(f.ctx, f.shard.id)
		if err != nil {
			return err
		}
		if err := e.cfg.Store.RaiseFloor(f.ctx, f.shard.id, lowest); err != nil {
			return err
		}
		f.seqs, limit = seqs, &lowest
	}
	var err error
	if f.copy, err = e.rebuild(f.ctx, f.shard.id, f.keys, limit); err != nil {
		return err
	}
	f.moved()
	return f.catchUp()
}

func (f *follower) take(records []*tandem.Record) error {
	for _, rec := range records {
		if rec.Seq <= f.copy.Seq() {
			continue
		}
		if rec.Seq > f.copy.Seq()+1 {
			return f.catchUp() // some did not fit into the queue
		}
		if err := f.apply(rec); err != nil {
			return err
		}
	}
	return f.commit()
}

// catchUp reads the journal up to its tail.
func (f *follower) catchUp() error {
	f.mu.Lock()
	tail := f.tail
	f.mu.Unlock()
	if f.copy.Seq() >= tail {
		return nil
	}
	e := f.shard.engine
	err := Replay(context.Background(), e.cfg.Store, f.keys, f.shard.id, f.copy.Seq()+1, f.apply)
	if err != nil {
		return err
	}
	return f.commit()
}

func (f *follower) apply(rec *tandem.Record) error {
	if err := f.copy.Replay(rec); err != nil {
		return err
	}
	f.copy.TakeEffects()
	if c := f.claim; c != nil && c.seq == rec.Seq {
		f.claim = nil
		if h := f.copy.Hash(); h != c.hash {
			return fmt.Errorf("the live state differs from its replay at record %d (%x, %x): this is a fault of tandem; please report it with `tandem journal cat`", rec.Seq, c.hash, h)
		}
	}
	if f.shard.engine.cfg.Views == nil {
		return nil
	}
	if f.tx == nil {
		tx, err := f.shard.engine.cfg.Views.begin(f.shard.id, f.seqs)
		if err != nil {
			return err
		}
		f.tx, f.inTx = tx, 0
	}
	if err := f.tx.apply(f.copy, rec); err != nil {
		return err
	}
	if f.inTx++; f.inTx >= followerChunk {
		return f.commit()
	}
	return nil
}

func (f *follower) commit() error {
	if f.tx != nil {
		tx := f.tx
		f.tx = nil
		if err := tx.commit(); err != nil {
			return err
		}
	}
	f.moved()
	return nil
}

func (f *follower) moved() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq = f.copy.Seq()
	close(f.move)
	f.move = make(chan struct{})
}

// await returns when the views have taken record seq.
func (f *follower) await(ctx context.Context, seq tandem.Seq) error {
	for {
		f.mu.Lock()
		at, move := f.seq, f.move
		f.mu.Unlock()
		if at >= seq {
			return nil
		}
		select {
		case <-move:
		case <-ctx.Done():
			return fmt.Errorf("the readers are at record %d, not yet at %d: %w", at, seq, ctx.Err())
		case <-f.ctx.Done():
			return ErrClosed
		}
	}
}

// AwaitViews returns when the views have taken all that is durable now.
func (e *Engine) AwaitViews(ctx context.Context, shardID tandem.ID) error {
	s, err := e.shard(shardID)
	if err != nil {
		return err
	}
	s.follower.mu.Lock()
	tail := s.follower.tail
	s.follower.mu.Unlock()
	return s.follower.await(ctx, tail)
}
