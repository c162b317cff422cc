package memory

import (
	"bytes"
	"context"
	"iter"
	"maps"
	"slices"
	"sort"

	"tandem"
	"tandem/journal"
)

// Store implements [journal.Store] on a [Disk].
type Store struct {
	disk   *Disk
	closed bool // guarded by disk.mu
}

// Open opens the disk. Only one Store can be open on it ([journal.ErrLocked]).
func Open(d *Disk) (*Store, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open {
		return nil, &journal.Error{Reason: journal.ErrLocked, Detail: "this disk is open", Remedy: "Close the other store first"}
	}
	d.open = true
	return &Store{disk: d}, nil
}

// New returns a store on a disk of its own.
func New() *Store {
	d := NewDisk()
	d.open = true
	return &Store{disk: d}
}

// Disk is where the store keeps its data.
func (s *Store) Disk() *Disk { return s.disk }

// Close implements [journal.Store].
func (s *Store) Close() error {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	if !s.closed {
		s.closed, s.disk.open = true, false
	}
	return nil
}

// enter locks the disk for a call; the caller unlocks when err is nil.
func (s *Store) enter(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	s.disk.mu.Lock()
	if s.closed {
		s.disk.mu.Unlock()
		return journal.ErrClosed
	}
	return nil
}

func (sh *shard) tail() (journal.Point, error) {
	if len(sh.batches) == 0 {
		return sh.anchor, nil
	}
	b := &sh.batches[len(sh.batches)-1]
	if err := b.Intact(); err != nil {
		return journal.Point{}, err
	}
	return b.Point(), nil
}

// shard returns the shard's data; an empty one that is not kept if there is none.
func (d *Disk) shard(id tandem.ID) *shard {
	if sh := d.shards[id]; sh != nil {
		return sh
	}
	return &shard{keys: make(map[tandem.ID][]byte), payloads: make(map[tandem.PayloadRef]payload)}
}

// Lease implements [journal.Log].
func (s *Store) Lease(ctx context.Context, id tandem.ID, owner string) (tandem.Epoch, journal.Point, error) {
	if err := s.enter(ctx); err != nil {
		return 0, journal.Point{}, err
	}
	defer s.disk.mu.Unlock()
	sh := s.disk.shard(id)
	tail, err := sh.tail()
	if err != nil {
		return 0, journal.Point{}, err
	}
	if tail.Seq < sh.floor {
		return 0, journal.Point{}, journal.Short(id, tail.Seq, sh.floor)
	}
	before := sh.owner
	s.disk.shards[id] = sh
	sh.epoch, sh.owner = sh.epoch+1, owner
	s.disk.changed(func() { sh.epoch, sh.owner = sh.epoch-1, before })
	return sh.epoch, tail, nil
}

// Tail implements [journal.Log].
func (s *Store) Tail(ctx context.Context, id tandem.ID) (journal.Point, error) {
	if err := s.enter(ctx); err != nil {
		return journal.Point{}, err
	}
	defer s.disk.mu.Unlock()
	return s.disk.shard(id).tail()
}

// Read implements [journal.Log].
func (s *Store) Read(ctx context.Context, id tandem.ID, from tandem.Seq) iter.Seq2[journal.Batch, error] {
	return journal.ReadChain(ctx, s, id, from)
}

// loadBatches is how many batches a reader gets at a time.
const loadBatches = 64

// Load implements [journal.Source].
func (s *Store) Load(ctx context.Context, id tandem.ID, from tandem.Seq) ([]journal.Batch, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.disk.mu.Unlock()
	all := s.disk.shard(id).batches
	i := sort.Search(len(all), func(i int) bool { return all[i].Last() >= from })
	out := slices.Clone(all[i:min(i+loadBatches, len(all))])
	for j := range out {
		out[j].Body = bytes.Clone(out[j].Body)
	}
	return out, nil
}

// Bounds implements [journal.Source].
func (s *Store) Bounds(ctx context.Context, id tandem.ID) (journal.Bounds, error) {
	if err := s.enter(ctx); err != nil {
		return journal.Bounds{}, err
	}
	defer s.disk.mu.Unlock()
	sh := s.disk.shard(id)
	b := journal.Bounds{Anchor: sh.anchor, Tail: sh.anchor.Seq, Floor: sh.floor}
	if n := len(sh.batches); n > 0 {
		b.Tail = sh.batches[n-1].Last()
	}
	return b, nil
}

// RaiseFloor implements [journal.Log].
func (s *Store) RaiseFloor(ctx context.Context, id tandem.ID, seq tandem.Seq) error {
	bounds, err := s.Bounds(ctx, id)
	if err != nil {
		return err
	}
	if bounds.Tail < seq {
		return journal.Short(id, bounds.Tail, seq)
	}
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	sh := s.disk.shard(id)
	before := sh.floor
	sh.floor = max(sh.floor, seq)
	s.disk.changed(func() { sh.floor = before })
	return nil
}

// Prune implements [journal.Log].
func (s *Store) Prune(ctx context.Context, id tandem.ID, upTo tandem.Seq) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.disk.mu.Unlock()
	sh := s.disk.shard(id)
	at, cut := sh.anchor, 0
	for cut < len(sh.batches)-1 && sh.batches[cut].Last() <= upTo {
		if err := sh.batches[cut].Follows(at); err != nil {
			return err
		}
		at = sh.batches[cut].Point()
		cut++
	}
	anchor, batches, payloads := sh.anchor, sh.batches, maps.Clone(sh.payloads)
	sh.anchor, sh.batches = at, slices.Clone(batches[cut:])
	maps.DeleteFunc(sh.payloads, func(_ tandem.PayloadRef, p payload) bool { return p.seq <= at.Seq })
	s.disk.changed(func() { sh.anchor, sh.batches, sh.payloads = anchor, batches, payloads })
	return nil
}
