package engine

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tandem"
	"tandem/directory"
	"tandem/journal"
	"tandem/journal/memory"
)

// TestOldRecordsArePrunedBehindASnapshotAndOneSnapshotADayStays: what is older
// than the journal is kept goes, but never what the next start needs.
func TestOldRecordsArePrunedBehindASnapshotAndOneSnapshotADayStays(t *testing.T) {
	store := memory.New()
	cfg := config(t, store)
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	cfg.Now = func() time.Time { return now }
	cfg.Snapshot = SnapshotPolicy{Every: 1000 * time.Hour, Records: 1 << 30, Keep: 72 * time.Hour} // only those made below
	e := Open(cfg)
	defer e.Close()
	ctx := t.Context()
	epoch, _, err := store.Lease(ctx, directory.Shard, "test")
	if err != nil {
		t.Fatal(err)
	}
	in := newInstance(directory.Shard)
	for day := range 8 {
		for hour := range 3 {
			now = time.Date(2026, 3, 1+day, 8+hour, 0, 0, 0, time.UTC)
			out, err := in.Step(tandem.Command{At: tandem.At(now), Body: list(day*3 + hour).Body})
			if err != nil {
				t.Fatal(err)
			}
			commit(t, store, epoch, &out.Record)
			if err := e.saveSnapshot(ctx, directory.Shard, in, tandem.Plain{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	files, err := e.snapshots(directory.Shard)
	if err != nil {
		t.Fatal(err)
	}
	var days []int
	for _, f := range files {
		days = append(days, f.at.UTC().Day())
	}
	// The three newest, one of each earlier day, down to the first that is too old.
	if want := []int{8, 8, 8, 7, 6, 5}; len(days) < len(want) || !slices.Equal(days[:len(want)], want) || len(days) > len(want)+1 {
		t.Errorf("snapshots are kept of the days %v, want %v and at most one older", days, want)
	}
	oldest := files[len(files)-1].seq
	for _, err := range store.Read(ctx, directory.Shard, 1) {
		if !errors.Is(err, journal.ErrPruned) {
			t.Fatalf("the first record is still there: %v", err)
		}
		break
	}
	for _, err := range store.Read(ctx, directory.Shard, oldest+1) {
		if err != nil {
			t.Fatalf("what follows the oldest snapshot is gone: %v", err)
		}
	}
	again := start(t, cfg)
	defer again.Close()
	if n, hash := count(t, again); n != 24 || hash != in.Hash() {
		t.Errorf("after the pruning the state is of record %d", n)
	}
}
