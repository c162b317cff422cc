package journaltest

import (
	"tandem"
	"tandem/journal"
)

var damageTests = []test{
	{"AFlippedBitIsFoundAndNamesTheRecord", func(f *fixture) {
		starts, _ := f.fill(shardA, 9)
		f.close()
		for _, c := range Columns {
			for _, at := range []tandem.Seq{starts[0], starts[4]} {
				f.Flip(f.T, shardA, at, c)
				f.open()
				got, err := f.read(shardA, 0)
				f.wantError(err, journal.ErrCorrupt, at)
				for _, start := range got {
					if start >= at {
						f.Fatalf("with %s of %d damaged, batch %d was given out", c, at, start)
					}
				}
				f.close()
				f.unflip(at, c)
			}
		}
		f.open()
		f.wantRead(shardA, 0, starts)
	}},
	{"ADamagedTailIsNotLeased", func(f *fixture) {
		starts, _ := f.fill(shardA, 5)
		last := starts[4]
		f.close()
		for _, c := range Columns {
			if c == Prev {
				continue // part of the checksum; shown for all columns above
			}
			f.Flip(f.T, shardA, last, c)
			f.open()
			_, _, err := f.store.Lease(f.ctx, shardA, "journaltest")
			f.wantError(err, journal.ErrCorrupt, 0)
			_, err = f.store.Tail(f.ctx, shardA)
			f.wantError(err, journal.ErrCorrupt, 0)
			f.close()
			f.unflip(last, c)
		}
		f.open()
		f.wantRead(shardA, 0, starts)
	}},
	{"DamageBeforeTheStartOfAReadIsFoundAtItsLink", func(f *fixture) {
		starts, _ := f.fill(shardA, 5)
		f.close()
		f.Flip(f.T, shardA, starts[2], Body)
		f.open()
		_, err := f.read(shardA, starts[3])
		f.wantError(err, journal.ErrCorrupt, starts[2])
	}},
	{"AMissingBatchIsFoundAndNamesTheRecord", func(f *fixture) {
		starts, _ := f.fill(shardA, 6)
		f.close()
		f.Remove(f.T, shardA, starts[2], starts[2])
		f.open()
		got, err := f.read(shardA, 0)
		f.wantError(err, journal.ErrCorrupt, starts[2])
		if len(got) != 2 {
			f.Fatalf("read gave %v before the gap", got)
		}
		_, err = f.read(shardA, starts[2])
		f.wantError(err, journal.ErrCorrupt, starts[2])
		_, err = f.read(shardA, starts[3])
		f.wantError(err, journal.ErrCorrupt, starts[3]-1)
		f.wantRead(shardA, starts[4], starts[4:])
	}},
	{"DamageIsNotPrunedAway", func(f *fixture) {
		starts, tail := f.fill(shardA, 6)
		f.close()
		f.Flip(f.T, shardA, starts[2], Body)
		f.open()
		f.wantError(f.store.Prune(f.ctx, shardA, tail), journal.ErrCorrupt, starts[2])
	}},
	{"ATruncatedTailBelowTheFloorIsShort", func(f *fixture) {
		starts, tail := f.fill(shardA, 6)
		if err := f.store.RaiseFloor(f.ctx, shardA, tail); err != nil {
			f.Fatal(err)
		}
		if err := f.store.RaiseFloor(f.ctx, shardA, 1); err != nil {
			f.Fatalf("a lower floor: %v", err)
		}
		f.close()
		f.Remove(f.T, shardA, starts[5], tail)
		f.open()
		_, _, err := f.store.Lease(f.ctx, shardA, "journaltest")
		f.wantError(err, journal.ErrShort, tail)
		got, err := f.read(shardA, 0)
		f.wantError(err, journal.ErrShort, tail)
		if len(got) != 5 {
			f.Fatalf("read gave %v", got)
		}
	}},
	{"ATailShorterThanASnapshotKnowsIsShort", func(f *fixture) {
		starts, tail := f.fill(shardA, 6)
		f.close()
		f.Remove(f.T, shardA, starts[5], tail)
		f.open()
		f.wantError(f.store.RaiseFloor(f.ctx, shardA, tail), journal.ErrShort, tail)
		f.wantError(f.store.RaiseFloor(f.ctx, shardB, 1), journal.ErrShort, 1)
		if err := f.store.RaiseFloor(f.ctx, shardA, starts[5]-1); err != nil {
			f.Fatal(err)
		}
	}},
}

// unflip undoes a Flip: of a first record, the batch is now found elsewhere.
func (f *fixture) unflip(first tandem.Seq, c Column) {
	f.Helper()
	if c == First {
		first ^= 1 << 6
	}
	f.Flip(f.T, shardA, first, c)
}
