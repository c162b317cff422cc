package journaltest

import (
	"sync"

	"tandem"
	"tandem/journal"
)

var lifeTests = []test{
	{"AReopenedStoreGoesOnWhereItStopped", func(f *fixture) {
		starts, tail := f.fill(shardA, 5)
		before, _ := f.store.Tail(f.ctx, shardA)
		f.close()
		f.open()
		after, err := f.store.Tail(f.ctx, shardA)
		if err != nil || after != before {
			f.Fatalf("the tail was %v and is %v, %v", before, after, err)
		}
		f.wantRead(shardA, 0, starts)
		epoch := f.lease(shardA)
		if epoch != 2 {
			f.Fatalf("the second lease has epoch %d", epoch)
		}
		f.commit(add(shardA, epoch, tail+1, 1))
	}},
	{"AClosedStoreRefusesEveryCall", func(f *fixture) {
		epoch := f.lease(shardA)
		f.close()
		f.wantError(f.store.Commit(f.ctx, []journal.Append{add(shardA, epoch, 1, 1)}), journal.ErrClosed, 0)
		for _, err := range f.store.Read(f.ctx, shardA, 0) {
			f.wantError(err, journal.ErrClosed, 0)
		}
		_, err := f.store.Tail(f.ctx, shardA)
		f.wantError(err, journal.ErrClosed, 0)
		_, err = f.store.Key(f.ctx, shardA, id(1))
		f.wantError(err, journal.ErrClosed, 0)
		_, err = f.store.Secret(f.ctx, "name")
		f.wantError(err, journal.ErrClosed, 0)
		_, err = f.store.Quarantined(f.ctx, shardA)
		f.wantError(err, journal.ErrClosed, 0)
		f.wantError(f.store.Erase(f.ctx, shardA, id(1)), journal.ErrClosed, 0)
	}},
	{"ReadersSeeWholeBatchesWhileOthersWrite", func(f *fixture) {
		const batches = 300
		epoch := f.lease(shardA)
		done := make(chan struct{})
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for last := false; !last; {
					select {
					case <-done:
						last = true
					default:
					}
					if _, err := f.read(shardA, 0); err != nil {
						f.Errorf("read: %v", err)
						return
					}
				}
			})
		}
		for i := range batches {
			if err := f.store.Commit(f.ctx, []journal.Append{add(shardA, epoch, tandem.Seq(i+1), 1)}); err != nil {
				f.Errorf("commit: %v", err)
				break
			}
		}
		close(done)
		readers.Wait()
		f.wantTail(shardA, batches)
	}},
	{"OfTwoLeadersOnlyOneWritesEachRecord", func(f *fixture) {
		const records = 200
		var leaders sync.WaitGroup
		var taken [3]int
		for l := range taken {
			leaders.Go(func() { taken[l] = f.lead(records) })
		}
		leaders.Wait()
		f.wantTail(shardA, records)
		if sum := taken[0] + taken[1] + taken[2]; sum != records {
			f.Fatalf("%d appends were acknowledged for %d records", sum, records)
		}
		if _, err := f.read(shardA, 0); err != nil {
			f.Fatal(err)
		}
	}},
	{"AGroupCommitKeepsTheOrderOfSubmission", func(f *fixture) {
		const records = 2000
		w := journal.NewWriter(f.store, journal.Options{QueueAppends: 64})
		epochs := map[tandem.ID]tandem.Epoch{shardA: f.lease(shardA), shardB: f.lease(shardB)}
		var acked []tandem.Seq
		for i := range records {
			shard, seq := shardA, tandem.Seq(i/2+1)
			if i%2 == 1 {
				shard = shardB
			}
			a := journal.Append{Shard: shard, Epoch: epochs[shard], First: seq, Count: 1, Body: []byte("record")}
			if err := w.Submit(a, func(err error) {
				if err == nil {
					acked = append(acked, seq)
				}
			}); err != nil {
				f.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		if len(acked) != records {
			f.Fatalf("%d of %d were acknowledged", len(acked), records)
		}
		for i, seq := range acked {
			if seq != tandem.Seq(i/2+1) {
				f.Fatalf("acknowledgement %d is of record %d", i, seq)
			}
		}
		f.wantTail(shardA, records/2)
		f.wantTail(shardB, records/2)
		s := w.Stats()
		if s.Records != records || s.Batches > 2*s.Commits || s.Commits > records {
			f.Fatalf("stats: %+v", s)
		}
	}},
}

// lead takes the lease over and over and appends until there are that many
// records; it returns how many of its appends were acknowledged.
func (f *fixture) lead(records tandem.Seq) (taken int) {
	for {
		epoch, tail, err := f.store.Lease(f.ctx, shardA, "journaltest")
		if err != nil {
			f.Errorf("lease: %v", err)
			return taken
		}
		for range 5 {
			if tail.Seq >= records {
				return taken
			}
			if f.store.Commit(f.ctx, []journal.Append{add(shardA, epoch, tail.Seq+1, 1)}) != nil {
				break // fenced; another one leads
			}
			tail.Seq++
			taken++
		}
	}
}
