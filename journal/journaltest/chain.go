package journaltest

import (
	"context"
	"fmt"

	"tandem"
	"tandem/journal"
)

var chainTests = []test{
	{"ABatchComesBackAsItWasStored", func(f *fixture) {
		starts, tail := f.fill(shardA, 10)
		f.wantRead(shardA, 0, starts)
		f.wantRead(shardA, 1, starts)
		f.wantTail(shardA, tail)
	}},
	{"ReadBeginsWithTheBatchThatHoldsTheRecord", func(f *fixture) {
		starts, tail := f.fill(shardA, 9) // 1, 2, 4, 7, 8, 10, 13, 14, 16
		for seq := tandem.Seq(1); seq <= tail; seq++ {
			i := len(starts) - 1
			for starts[i] > seq {
				i--
			}
			f.wantRead(shardA, seq, starts[i:])
		}
		f.wantRead(shardA, tail+1, nil)
	}},
	{"ReadingBeyondTheTailSaysTheJournalIsShort", func(f *fixture) {
		_, tail := f.fill(shardA, 4)
		_, err := f.read(shardA, tail+2)
		f.wantError(err, journal.ErrShort, tail+1)
	}},
	{"AnEmptyShardReadsAsNothing", func(f *fixture) {
		f.wantRead(shardA, 0, nil)
		f.wantTail(shardA, 0)
		if epoch := f.lease(shardA); epoch != 1 {
			f.Fatalf("the first epoch is %d", epoch)
		}
		f.wantRead(shardA, 0, nil)
		f.wantRead(shardA, 1, nil)
	}},
	{"AGapIsRefused", func(f *fixture) {
		_, tail := f.fill(shardA, 3)
		epoch := f.lease(shardA)
		for _, first := range []tandem.Seq{1, tail, tail + 2, tail + 100} {
			err := f.store.Commit(f.ctx, []journal.Append{add(shardA, epoch, first, 1)})
			f.wantError(err, journal.ErrGap, first)
		}
		f.wantTail(shardA, tail)
		f.commit(add(shardA, epoch, tail+1, 1))
	}},
	{"AnOldEpochIsFenced", func(f *fixture) {
		old := f.lease(shardA)
		f.commit(add(shardA, old, 1, 1))
		present := f.lease(shardA)
		if present != old+1 {
			f.Fatalf("the epoch went from %d to %d", old, present)
		}
		for _, a := range []journal.Append{add(shardA, old, 2, 1), add(shardA, present+1, 2, 1), {Shard: shardA, Epoch: old, First: 2}} {
			f.wantError(f.store.Commit(f.ctx, []journal.Append{a}), journal.ErrFenced, 0)
		}
		f.commit(add(shardA, present, 2, 1))
		f.wantTail(shardA, 2)
	}},
	{"ALeaseReturnsTheTailOfTheChain", func(f *fixture) {
		_, last := f.fill(shardA, 5)
		_, tail, err := f.store.Lease(f.ctx, shardA, "journaltest")
		if err != nil || tail.Seq != last {
			f.Fatalf("lease gave %d, %v; want %d", tail.Seq, err, last)
		}
		for b, err := range f.store.Read(f.ctx, shardA, last) {
			if err != nil || b.Point() != tail {
				f.Fatalf("the chain ends with %v (%v), the lease said %v", b.Point(), err, tail)
			}
		}
	}},
	{"OneRefusalRefusesAllShards", func(f *fixture) {
		a, b := f.lease(shardA), f.lease(shardB)
		f.wantError(f.store.Commit(f.ctx, []journal.Append{add(shardA, a, 1, 1), add(shardB, b+1, 1, 1)}), journal.ErrFenced, 0)
		f.wantTail(shardA, 0)
		f.commit(add(shardA, a, 1, 1), add(shardB, b, 1, 2), add(shardA, a, 2, 2))
		f.wantRead(shardA, 0, []tandem.Seq{1, 2})
		f.wantRead(shardB, 0, []tandem.Seq{1})
	}},
	{"PruningKeepsTheChainFromItsAnchor", func(f *fixture) {
		starts, tail := f.fill(shardA, 300)
		cut := starts[200] - 1
		if err := f.store.Prune(f.ctx, shardA, cut+starts[201]-starts[200]-1); err != nil {
			f.Fatal(err)
		}
		f.wantRead(shardA, 0, starts[200:])
		f.wantRead(shardA, cut+1, starts[200:])
		_, err := f.read(shardA, cut)
		f.wantError(err, journal.ErrPruned, cut)
		f.close()
		f.open()
		f.commit(add(shardA, f.lease(shardA), tail+1, 1))
		f.wantRead(shardA, 0, append(starts[200:], tail+1))
	}},
	{"PruningLeavesTheLastBatch", func(f *fixture) {
		starts, tail := f.fill(shardA, 6)
		for range 2 {
			if err := f.store.Prune(f.ctx, shardA, tail+100); err != nil {
				f.Fatal(err)
			}
		}
		f.wantRead(shardA, 0, starts[5:])
		f.commit(add(shardA, f.lease(shardA), tail+1, 1))
	}},
	{"AReaderMayStopEarly", func(f *fixture) {
		starts, _ := f.fill(shardA, 20)
		for range 50 { // more often than there are connections
			for _, err := range f.store.Read(f.ctx, shardA, 0) {
				if err != nil {
					f.Fatal(err)
				}
				break
			}
		}
		f.wantRead(shardA, 0, starts)
	}},
	{"AReaderMayCallTheStore", func(f *fixture) {
		_, tail := f.fill(shardA, 3)
		epoch := f.lease(shardA)
		seen := 0
		for b, err := range f.store.Read(f.ctx, shardA, 0) {
			if err != nil {
				f.Fatal(err)
			}
			if seen++; seen <= 3 {
				f.commit(add(shardA, epoch, tail+tandem.Seq(seen), 1))
			}
			if _, err := f.store.Tail(f.ctx, b.Shard); err != nil {
				f.Fatal(err)
			}
		}
		f.wantTail(shardA, tail+3)
	}},
	{"AnEndedContextStopsEveryCall", func(f *fixture) {
		_, tail := f.fill(shardA, 3)
		epoch := f.lease(shardA)
		ctx, cancel := context.WithCancel(f.ctx)
		cancel()
		for _, err := range f.store.Read(ctx, shardA, 0) {
			f.wantError(err, context.Canceled, 0)
		}
		f.wantError(f.store.Commit(ctx, []journal.Append{add(shardA, epoch, tail+1, 1)}), context.Canceled, 0)
		_, _, err := f.store.Lease(ctx, shardA, "late")
		f.wantError(err, context.Canceled, 0)
		f.wantError(f.store.Prune(ctx, shardA, tail), context.Canceled, 0)
		f.wantTail(shardA, tail)
		f.commit(add(shardA, epoch, tail+1, 1))
	}},
	{"AContextThatEndsWhileReadingStopsIt", func(f *fixture) {
		f.fill(shardA, 10)
		ctx, cancel := context.WithCancel(f.ctx)
		defer cancel()
		var last error
		for _, err := range f.store.Read(ctx, shardA, 0) {
			last = err
			cancel()
		}
		f.wantError(last, context.Canceled, 0)
	}},
	{"ABatchOfMegabytesIsKeptWhole", func(f *fixture) {
		epoch := f.lease(shardA)
		for i, size := range []int{5, 1000, 4096, 100_000, 3 << 20, journal.MaxBodyBytes} {
			a := journal.Append{Shard: shardA, Epoch: epoch, First: tandem.Seq(i + 1), Count: 1, Body: make([]byte, size)}
			for j := range a.Body {
				a.Body[j] = byte(j * j >> 3)
			}
			f.commit(a)
			for b, err := range f.store.Read(f.ctx, shardA, a.First) {
				if err != nil || string(b.Body) != string(a.Body) {
					f.Fatalf("%d bytes came back as %d, %v", size, len(b.Body), err)
				}
			}
		}
	}},
	{"AnAppendThatContradictsItselfIsRefused", func(f *fixture) {
		epoch := f.lease(shardA)
		good := add(shardA, epoch, 1, 1)
		for name, spoil := range map[string]func(*journal.Append){
			"no shard":          func(a *journal.Append) { a.Shard = tandem.ID{} },
			"no epoch":          func(a *journal.Append) { a.Epoch = 0 },
			"record zero":       func(a *journal.Append) { a.First = 0 },
			"count, no body":    func(a *journal.Append) { a.Body = nil },
			"body, no count":    func(a *journal.Append) { a.Count = 0 },
			"a body over limit": func(a *journal.Append) { a.Body = make([]byte, journal.MaxBodyBytes+1) },
		} {
			a := good
			spoil(&a)
			if err := f.store.Commit(f.ctx, []journal.Append{a}); err == nil {
				f.Fatalf("an append with %s was taken", name)
			}
		}
		f.commit(good)
	}},
	{"TheStoreDoesNotKeepTheCallersMemory", func(f *fixture) {
		a := add(shardA, f.lease(shardA), 1, 1)
		f.commit(a)
		clear(a.Body)
		f.wantRead(shardA, 0, []tandem.Seq{1})
	}},
	{"VerifyReportsWhatItWalked", func(f *fixture) {
		_, tail := f.fill(shardA, 7)
		r, err := journal.Verify(f.ctx, f.store, shardA, journal.Checks{})
		end, _ := f.store.Tail(f.ctx, shardA)
		if err != nil || r.Batches != 7 || r.First != 1 || r.Last != tail || r.Hash != end.Hash {
			f.Fatalf("verify gave %s, %v", fmt.Sprintf("%+v", r), err)
		}
	}},
}
