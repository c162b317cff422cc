package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tandem"
	"tandem/instance"
	"tandem/journal"
)

// Config is what an engine needs from outside.
type Config struct {
	Store    journal.Store
	Keys     Keys
	Dir      string // snapshots are kept here; empty for none
	Owner    string // who holds the leases, for people
	New      func(shard tandem.ID) *instance.Instance
	Now      func() time.Time
	Views    *Views                                                      // nil for none
	Effect   func(shard tandem.ID, seq tandem.Seq, effect tandem.Effect) // must not block
	Log      *slog.Logger
	Snapshot SnapshotPolicy
}

// Keys starts a session that seals for one shard; package vault has them.
type Keys func(shard tandem.ID) Session

// Session seals, for one goroutine that encodes.
type Session interface {
	tandem.Sealer
	// Take returns the rows that sealing has made, which belong into the
	// transaction of the batch.
	Take() Rows
	// Durable says that rows from Take are in the store.
	Durable(Rows)
	// Erase deletes a subject's key and payload rows, and overwrites them. A
	// subject without any is fine.
	Erase(ctx context.Context, subject tandem.ID) error
	// Snapshots seals for a snapshot, under keys that are there already.
	Snapshots() tandem.Sealer
}

// Rows are keys and payloads that become durable with a batch.
type Rows struct {
	Keys     []journal.KeyRow
	Payloads []journal.PayloadRow
}

// Limits of the engine.
const (
	inboxLength  = 4096 // commands waiting for a shard's loop
	maxBatchSize = 900  // commands taken into one batch
)

// ErrClosed is returned for commands that come after the engine has stopped,
// whether it was closed or its journal failed.
var ErrClosed = errors.New("the engine has stopped; nothing was changed")

// Engine hosts shards.
type Engine struct {
	cfg    Config
	writer *journal.Writer
	log    *slog.Logger

	mu     sync.RWMutex
	shards map[tandem.ID]*shard
	closed bool
	failed chan error // the first failure, once
	once   sync.Once
	all    sync.WaitGroup
}

// Open makes an engine; shards are added with Start.
func Open(cfg Config) *Engine {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Engine{
		cfg: cfg, log: cfg.Log, writer: journal.NewWriter(cfg.Store, journal.Options{}),
		shards: map[tandem.ID]*shard{}, failed: make(chan error, 1),
	}
}

// Failed yields the error that stopped the engine, if one did. Nothing that
// was not durable has been answered; start again to rebuild from the journal.
func (e *Engine) Failed() <-chan error { return e.failed }

func (e *Engine) fail(err error) {
	e.once.Do(func() {
		e.log.Error("the engine stops", "err", err)
		e.failed <- err
	})
}

// Start takes the lease of a shard, rebuilds its state from the newest
// snapshot and the journal, and runs it. Its outstanding effects are handed
// out again.
func (e *Engine) Start(ctx context.Context, id tandem.ID) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	if e.shards[id] != nil {
		return fmt.Errorf("shard %s runs already", id)
	}
	s, err := e.restore(ctx, id)
	if err != nil {
		return err
	}
	e.shards[id] = s
	e.all.Go(s.loop)
	if e.cfg.Views != nil || e.cfg.Dir != "" {
		e.all.Go(s.follower.run)
	}
	return nil
}

// Shards lists the shards that run.
func (e *Engine) Shards() []tandem.ID {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var ids []tandem.ID
	for id := range e.shards {
		ids = append(ids, id)
	}
	return ids
}

// Stats are the journal writer's counters.
func (e *Engine) Stats() journal.Stats { return e.writer.Stats() }

// Epoch is the epoch of the lease under which a shard runs; 0 if it does not.
func (e *Engine) Epoch(id tandem.ID) tandem.Epoch {
	s, err := e.shard(id)
	if err != nil {
		return 0
	}
	return s.epoch
}

func (e *Engine) shard(id tandem.ID) (*shard, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if s := e.shards[id]; s != nil && !e.closed {
		return s, nil
	}
	if e.closed {
		return nil, ErrClosed
	}
	return nil, tandem.Errorf(tandem.NotFound, "InstanceId", "there is no instance %s here", id)
}

// Request is a command on its way.
type Request struct {
	ID    tandem.ID // zero: a random one
	Actor tandem.Actor
	Cause tandem.Seq
	Body  any
}

// Do decides a command and returns its answer once it is durable. When ctx
// ends first the command may still take effect.
func (e *Engine) Do(ctx context.Context, shardID tandem.ID, r Request) (any, error) {
	s, err := e.shard(shardID)
	if err != nil {
		return nil, err
	}
	reply := make(chan reply, 1)
	if err := s.post(ctx, message{command: r, reply: reply}); err != nil {
		return nil, err
	}
	select {
	case r := <-reply:
		return r.answer, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.dead:
		return nil, ErrClosed
	}
}

// Post hands a command in and calls done, from another goroutine, once it is
// durable or refused. It waits only while the inbox is full.
func (e *Engine) Post(ctx context.Context, shardID tandem.ID, r Request, done func(answer any, err error)) error {
	s, err := e.shard(shardID)
	if err != nil {
		return err
	}
	return s.post(ctx, message{command: r, done: done})
}

// Read calls look with the live instance, which it must not keep or change,
// and returns once everything that look could see is durable.
func (e *Engine) Read(ctx context.Context, shardID tandem.ID, look func(*instance.Instance)) error {
	s, err := e.shard(shardID)
	if err != nil {
		return err
	}
	reply := make(chan reply, 1)
	if err := s.post(ctx, message{look: look, reply: reply}); err != nil {
		return err
	}
	select {
	case r := <-reply:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.dead:
		return ErrClosed
	}
}

// Close stops all shards after what was taken in is durable.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	shards := e.shards
	e.mu.Unlock()
	for _, s := range shards {
		close(s.stop)
	}
	for _, s := range shards {
		<-s.dead
	}
	err := e.writer.Close()
	for _, s := range shards {
		s.follower.close()
	}
	e.all.Wait()
	return err
}

// randomID makes an id for a command or lease.
func randomID() tandem.ID {
	var b [16]byte
	rand.Read(b[:])
	return tandem.NewID(b)
}
