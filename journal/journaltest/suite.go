// Package journaltest is the suite that every journal store must pass. A
// store's test calls [Run] with its [Medium]; the sentences that are proved
// are the names of the subtests.
package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"tandem"
	"tandem/journal"
)

// Medium is what a store keeps its data on, as the suite sees it.
type Medium interface {
	// Open opens the store, or opens it again after Close.
	Open(t *testing.T) journal.Store
	// Flip flips one bit of a column of the batch that begins with record
	// first. The store is closed.
	Flip(t *testing.T, shard tandem.ID, first tandem.Seq, c Column)
	// Remove loses the batches that begin with records from through to. The
	// store is closed.
	Remove(t *testing.T, shard tandem.ID, from, to tandem.Seq)
	// Holds reports whether the bytes are anywhere on the medium.
	Holds(t *testing.T, needle []byte) bool
}

// Column is a part of a stored batch that can be damaged.
type Column string

// The columns. Of numbers, bit 6 is flipped, so that no number becomes one
// that the suite uses.
const (
	First Column = "first"
	Count Column = "count"
	Epoch Column = "epoch"
	Prev  Column = "prev"
	CRC   Column = "crc"
	Body  Column = "body"
)

// Columns are all columns.
var Columns = []Column{First, Count, Epoch, Prev, CRC, Body}

// Run runs the suite; newMedium returns an empty medium.
func Run(t *testing.T, newMedium func(t *testing.T) Medium) {
	for _, group := range [][]test{chainTests, damageTests, rowTests, lifeTests} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				f := &fixture{T: t, Medium: newMedium(t), ctx: deadline(t)}
				f.open()
				defer f.close()
				c.run(f)
			})
		}
	}
}

type test struct {
	name string
	run  func(*fixture)
}

// fixture is one test's store and what it should hold.
type fixture struct {
	*testing.T
	Medium
	ctx   context.Context
	store journal.Store
}

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func (f *fixture) open() { f.store = f.Medium.Open(f.T) }

func (f *fixture) close() {
	f.Helper()
	if err := f.store.Close(); err != nil {
		f.Fatalf("close: %v", err)
	}
}

// shardA and shardB are two shards.
var (
	shardA = tandem.NameID("journaltest", "a")
	shardB = tandem.NameID("journaltest", "b")
)

func id(n int) tandem.ID { return shardA.Derive(uint64(n)) }

func (f *fixture) lease(shard tandem.ID) tandem.Epoch {
	f.Helper()
	epoch, _, err := f.store.Lease(f.ctx, shard, "journaltest")
	if err != nil {
		f.Fatalf("lease: %v", err)
	}
	return epoch
}

// body is what the suite stores as the records from first on.
func body(first tandem.Seq, count int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "record %d;", first), count)
}

// add makes an append of count records.
func add(shard tandem.ID, epoch tandem.Epoch, first tandem.Seq, count int) journal.Append {
	return journal.Append{Shard: shard, Epoch: epoch, First: first, Count: count, Body: body(first, count)}
}

func (f *fixture) commit(appends ...journal.Append) {
	f.Helper()
	if err := f.store.Commit(f.ctx, appends); err != nil {
		f.Fatalf("commit: %v", err)
	}
}

// fill takes the lease and stores batches of 1, 2, 3, 1, 2, 3 ... records; it
// returns where each begins, and the tail.
func (f *fixture) fill(shard tandem.ID, batches int) (starts []tandem.Seq, tail tandem.Seq) {
	f.Helper()
	epoch := f.lease(shard)
	next := tandem.Seq(1)
	for i := range batches {
		count := i%3 + 1
		f.commit(add(shard, epoch, next, count))
		starts = append(starts, next)
		next += tandem.Seq(count)
	}
	return starts, next - 1
}

// read reads to the end and checks every body; it returns where each batch
// begins.
func (f *fixture) read(shard tandem.ID, from tandem.Seq) (starts []tandem.Seq, err error) {
	f.Helper()
	for b, err := range f.store.Read(f.ctx, shard, from) {
		if err != nil {
			return starts, err
		}
		if b.Shard != shard || !bytes.Equal(b.Body, body(b.First, b.Count)) {
			f.Fatalf("batch at %d holds %q", b.First, b.Body)
		}
		starts = append(starts, b.First)
	}
	return starts, nil
}

// wantRead fails unless reading gives exactly the batches that begin so.
func (f *fixture) wantRead(shard tandem.ID, from tandem.Seq, want []tandem.Seq) {
	f.Helper()
	got, err := f.read(shard, from)
	if err != nil {
		f.Fatalf("read from %d: %v", from, err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		f.Fatalf("read from %d gave batches at %v, want %v", from, got, want)
	}
}

func (f *fixture) wantTail(shard tandem.ID, want tandem.Seq) {
	f.Helper()
	tail, err := f.store.Tail(f.ctx, shard)
	if err != nil || tail.Seq != want {
		f.Fatalf("the tail is %d (%v), want %d", tail.Seq, err, want)
	}
}

// wantError fails unless err has the reason and, if seq is not 0, names it.
func (f *fixture) wantError(err, reason error, seq tandem.Seq) {
	f.Helper()
	if !errors.Is(err, reason) {
		f.Fatalf("got error %v, want %v", err, reason)
	}
	var e *journal.Error
	if seq != 0 && (!errors.As(err, &e) || e.Seq != seq) {
		f.Fatalf("the error %q does not name record %d", err, seq)
	}
}
