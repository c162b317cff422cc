package journal_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem"
	"tandem/journal"
	"tandem/journal/memory"
)

var shard = tandem.NameID("test", "shard")

func record(seq tandem.Seq) journal.Append {
	return journal.Append{Shard: shard, Epoch: 1, First: seq, Count: 1, Body: fmt.Appendf(nil, "record %d;", seq)}
}

func newStore(t *testing.T) *memory.Store {
	t.Helper()
	s := memory.New()
	if _, _, err := s.Lease(t.Context(), shard, "test"); err != nil {
		t.Fatal(err)
	}
	return s
}

// gate is a Committer whose first commit waits until it is opened.
type gate struct {
	journal.Committer
	entered, open chan struct{}
	once          sync.Once
}

func newGate(to journal.Committer) *gate {
	return &gate{Committer: to, entered: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) Commit(ctx context.Context, appends []journal.Append) error {
	g.once.Do(func() {
		close(g.entered)
		select {
		case <-g.open:
		case <-ctx.Done():
		}
	})
	return g.Committer.Commit(ctx, appends)
}

func await(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		t.Fatalf("no sign of %s", what)
	}
}

func TestWhatWaitsForACommitBecomesOneBatch(t *testing.T) {
	store := newStore(t)
	g := newGate(store)
	w := journal.NewWriter(g, journal.Options{})
	var acked atomic.Int64
	for seq := tandem.Seq(1); seq <= 100; seq++ {
		if err := w.Submit(record(seq), func(err error) {
			if err == nil {
				acked.Add(1)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if seq == 1 {
			await(t, "the first commit", g.entered)
		}
	}
	if acked.Load() != 0 {
		t.Fatal("an append was acknowledged before its commit")
	}
	close(g.open)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := w.Stats()
	if acked.Load() != 100 || s.Commits != 2 || s.Batches != 2 || s.Records != 100 || s.Queued != 0 {
		t.Errorf("%d acknowledged, stats %+v", acked.Load(), s)
	}
	var commits uint64
	for _, n := range s.Latency {
		commits += n
	}
	if commits != s.Commits || s.LatencySum <= 0 {
		t.Errorf("the histogram counts %d commits in %v", commits, s.LatencySum)
	}
	var body string
	for b, err := range store.Read(t.Context(), shard, 0) {
		if err != nil {
			t.Fatal(err)
		}
		body += string(b.Body)
	}
	var want string
	for seq := 1; seq <= 100; seq++ {
		want += fmt.Sprintf("record %d;", seq)
	}
	if body != want {
		t.Errorf("the bodies joined are %q", body)
	}
}

func TestFullQueueHoldsTheCallerUntilThereIsRoom(t *testing.T) {
	for name, opts := range map[string]journal.Options{
		"appends": {QueueAppends: 2}, "bytes": {QueueBytes: 20},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(newStore(t))
			w := journal.NewWriter(g, opts)
			submit := func(seq tandem.Seq) {
				if err := w.Submit(record(seq), func(error) {}); err != nil {
					t.Errorf("submit %d: %v", seq, err)
				}
			}
			submit(1)
			await(t, "the first commit", g.entered)
			submit(2)
			submit(3)
			fourth := make(chan struct{})
			go func() {
				submit(4)
				close(fourth)
			}()
			select {
			case <-fourth:
				t.Error("a full queue took an append")
			case <-time.After(20 * time.Millisecond):
			}
			if n := w.Stats().Queued; n != 2 {
				t.Errorf("%d appends are queued", n)
			}
			close(g.open)
			await(t, "room", fourth)
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWriterIsDeadAfterAnError(t *testing.T) {
	broken := errors.New("broken")
	store := newStore(t)
	store.Disk().SetFaults(memory.Faults{Refuse: func(commit int) error {
		if commit == 2 {
			return broken
		}
		return nil
	}})
	g := newGate(store)
	w := journal.NewWriter(g, journal.Options{})
	got := make(chan error, 10)
	for seq := tandem.Seq(1); seq <= 3; seq++ {
		if err := w.Submit(record(seq), func(err error) { got <- err }); err != nil {
			t.Fatal(err)
		}
		if seq == 1 {
			await(t, "the first commit", g.entered)
		}
	}
	close(g.open)
	for seq, want := range []error{nil, broken, broken} {
		if err := <-got; !errors.Is(err, want) {
			t.Errorf("append %d: %v", seq+1, err)
		}
	}
	if err := w.Submit(record(2), func(error) { t.Error("done was called") }); !errors.Is(err, broken) {
		t.Errorf("a dead writer took an append: %v", err)
	}
	if store.Disk().Commits() != 2 {
		t.Errorf("a failed commit was tried again: %d commits", store.Disk().Commits())
	}
	if err := w.Close(); !errors.Is(err, broken) || !errors.Is(w.Err(), broken) {
		t.Errorf("close: %v", err)
	}
}

func TestDeathFreesWhoWaitsForRoom(t *testing.T) {
	g := newGate(memory.New()) // without a lease every commit is fenced
	w := journal.NewWriter(g, journal.Options{QueueAppends: 1})
	if err := w.Submit(record(1), func(error) {}); err != nil {
		t.Fatal(err)
	}
	await(t, "the first commit", g.entered)
	if err := w.Submit(record(2), func(error) {}); err != nil {
		t.Fatal(err)
	}
	waited := make(chan error, 1)
	go func() { waited <- w.Submit(record(3), func(error) {}) }()
	close(g.open)
	if err := w.Close(); !errors.Is(err, journal.ErrFenced) {
		t.Errorf("close: %v", err)
	}
	if err := <-waited; !errors.Is(err, journal.ErrFenced) && !errors.Is(err, journal.ErrClosed) {
		t.Errorf("the waiting submit: %v", err)
	}
}

func TestCommitThatHangsKillsTheWriter(t *testing.T) {
	g := newGate(newStore(t)) // never opened
	w := journal.NewWriter(g, journal.Options{CommitTimeout: 10 * time.Millisecond})
	got := make(chan error, 1)
	if err := w.Submit(record(1), func(err error) { got <- err }); err != nil {
		t.Fatal(err)
	}
	if err := <-got; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := w.Close(); err == nil {
		t.Error("the writer lives")
	}
}

func TestClosedWriterRefusesAndHasCommittedWhatItTook(t *testing.T) {
	store := newStore(t)
	w := journal.NewWriter(store, journal.Options{})
	for seq := tandem.Seq(1); seq <= 10; seq++ {
		if err := w.Submit(record(seq), func(error) {}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if tail, err := store.Tail(t.Context(), shard); err != nil || tail.Seq != 10 {
		t.Errorf("the tail is %d, %v", tail.Seq, err)
	}
	if err := w.Submit(record(11), func(error) {}); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("a closed writer: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestAppendThatDoesNotContinueIsNotJoined(t *testing.T) {
	store := newStore(t)
	g := newGate(store)
	w := journal.NewWriter(g, journal.Options{})
	for _, seq := range []tandem.Seq{1, 2, 4} {
		if err := w.Submit(record(seq), func(error) {}); err != nil {
			t.Fatal(err)
		}
		if seq == 1 {
			await(t, "the first commit", g.entered)
		}
	}
	close(g.open)
	if err := w.Close(); !errors.Is(err, journal.ErrGap) {
		t.Errorf("got %v", err)
	}
	if tail, err := store.Tail(t.Context(), shard); err != nil || tail.Seq != 1 {
		t.Errorf("the tail is %d, %v", tail.Seq, err)
	}
}
