package memory_test

import (
	"errors"
	"testing"

	"tandem"
	"tandem/journal"
	"tandem/journal/journaltest"
	"tandem/journal/memory"
)

func TestMemoryPassesTheSuite(t *testing.T) {
	journaltest.Run(t, func(*testing.T) journaltest.Medium { return medium{memory.NewDisk()} })
}

// medium lets the suite damage a disk.
type medium struct{ disk *memory.Disk }

func (m medium) Open(t *testing.T) journal.Store {
	t.Helper()
	s, err := memory.Open(m.disk)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (m medium) Flip(t *testing.T, shard tandem.ID, first tandem.Seq, c journaltest.Column) {
	t.Helper()
	if !m.disk.Damage(shard, first, func(b *journal.Batch) { flip(b, c) }) {
		t.Fatalf("there is no batch at %d", first)
	}
}

func flip(b *journal.Batch, c journaltest.Column) {
	const bit = 1 << 6
	switch c {
	case journaltest.First:
		b.First ^= bit
	case journaltest.Count:
		b.Count ^= bit
	case journaltest.Epoch:
		b.Epoch ^= bit
	case journaltest.Prev:
		b.Prev[7] ^= bit
	case journaltest.CRC:
		b.CRC ^= bit
	case journaltest.Body:
		b.Body[len(b.Body)/2] ^= bit
	}
}

func (m medium) Remove(_ *testing.T, shard tandem.ID, from, to tandem.Seq) {
	m.disk.Remove(shard, from, to)
}

func (m medium) Holds(_ *testing.T, needle []byte) bool { return m.disk.Contains(needle) }

var shard = tandem.NameID("test", "shard")

func record(seq tandem.Seq, epoch tandem.Epoch) []journal.Append {
	return []journal.Append{{Shard: shard, Epoch: epoch, First: seq, Count: 1, Body: []byte("record")}}
}

func TestCrashLosesTheUnsyncedTailAndNothingElse(t *testing.T) {
	for keep := range 4 {
		disk := memory.NewDisk()
		s, err := memory.Open(disk)
		if err != nil {
			t.Fatal(err)
		}
		epoch, _, err := s.Lease(t.Context(), shard, "test")
		if err != nil {
			t.Fatal(err)
		}
		disk.SetFaults(memory.Faults{Unsynced: true})
		for seq := tandem.Seq(1); seq <= 5; seq++ {
			if seq == 3 {
				disk.Sync()
			}
			if err := s.Commit(t.Context(), record(seq, epoch)); err != nil {
				t.Fatal(err)
			}
		}
		disk.Crash(keep)
		again, err := memory.Open(disk)
		if err != nil {
			t.Fatal(err)
		}
		tail, err := again.Tail(t.Context(), shard)
		if want := tandem.Seq(2 + keep); err != nil || tail.Seq != want {
			t.Errorf("with %d unsynced commits kept the tail is %d (%v), want %d", keep, tail.Seq, err, want)
		}
	}
}

func TestFailedCommitIsEitherKeptOrNot(t *testing.T) {
	broken := errors.New("broken")
	second := func(commit int) error {
		if commit == 2 {
			return broken
		}
		return nil
	}
	for name, c := range map[string]struct {
		faults memory.Faults
		tail   tandem.Seq
	}{
		"refused":       {memory.Faults{Refuse: second}, 1},
		"unknown to us": {memory.Faults{Report: second}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := memory.New()
			s.Disk().SetFaults(c.faults)
			epoch, _, err := s.Lease(t.Context(), shard, "test")
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Commit(t.Context(), record(1, epoch)); err != nil {
				t.Fatal(err)
			}
			if err := s.Commit(t.Context(), record(2, epoch)); !errors.Is(err, broken) {
				t.Fatalf("got %v", err)
			}
			tail, err := s.Tail(t.Context(), shard)
			if err != nil || tail.Seq != c.tail {
				t.Errorf("the tail is %d (%v), want %d", tail.Seq, err, c.tail)
			}
		})
	}
}

func TestDiskIsOpenOnce(t *testing.T) {
	disk := memory.NewDisk()
	if _, err := memory.Open(disk); err != nil {
		t.Fatal(err)
	}
	if _, err := memory.Open(disk); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("got %v", err)
	}
}
