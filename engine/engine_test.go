package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/directory"
	"tandem/event"
	"tandem/instance"
	"tandem/journal"
	"tandem/journal/memory"
)

// plainSession seals nothing; the memory store has no payload rows then.
type plainSession struct{ tandem.Plain }

func (plainSession) Take() Rows                             { return Rows{} }
func (plainSession) Durable(Rows)                           {}
func (plainSession) Erase(context.Context, tandem.ID) error { return nil }
func (s plainSession) Snapshots() tandem.Sealer             { return s.Plain }

func plainKeys(tandem.ID) Session { return plainSession{tandem.Plain{}} }

// poisoned is a machine that panics when told to.
type poisoned struct{ *directory.Machine }

type poison struct{}

func (p poisoned) Owns(body any) bool {
	_, ok := body.(poison)
	return ok || p.Machine.Owns(body)
}

func (p poisoned) Decide(s *tandem.Step, body any) (any, error) {
	if _, ok := body.(poison); ok {
		s.Emit(&event.InstanceListed{InstanceID: tandem.NameID("test", "never"), Alias: "never"})
		panic("as told")
	}
	return p.Machine.Decide(s, body)
}

func newInstance(tandem.ID) *instance.Instance {
	return instance.New(nil, poisoned{directory.New()})
}

func config(t *testing.T, store journal.Store) Config {
	return Config{
		Store: store, Keys: plainKeys, Dir: t.TempDir(), Owner: "test", New: newInstance,
		Effect:   func(tandem.ID, tandem.Seq, tandem.Effect) {},
		Snapshot: SnapshotPolicy{Every: time.Nanosecond},
	}
}

func start(t *testing.T, cfg Config) *Engine {
	t.Helper()
	e := Open(cfg)
	if err := e.Start(t.Context(), directory.Shard); err != nil {
		t.Fatal(err)
	}
	return e
}

func list(n int) Request {
	alias := fmt.Sprintf("center-%d", n)
	return Request{Body: directory.ListInstance{Instance: event.InstanceListed{InstanceID: tandem.NameID("test", alias), Alias: alias}}}
}

func count(t *testing.T, e *Engine) (n int, hash uint64) {
	t.Helper()
	err := e.Read(t.Context(), directory.Shard, func(in *instance.Instance) {
		n, hash = int(in.Seq()), in.Hash()
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, hash
}

func TestAnsweredCommandsSurviveARestart(t *testing.T) {
	store := memory.New()
	cfg := config(t, store)
	e := start(t, cfg)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if _, err := e.Do(t.Context(), directory.Shard, list(i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n, hash := count(t, e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	again := start(t, cfg)
	defer again.Close()
	if n2, hash2 := count(t, again); n != 200 || n2 != n || hash2 != hash {
		t.Fatalf("%d records with hash %x became %d with %x", n, hash, n2, hash2)
	}
	files, err := again.snapshots(directory.Shard)
	if err != nil || len(files) == 0 {
		t.Fatalf("no snapshot was made: %v", err)
	}
}

// TestStartWithoutSnapshotMakesOne holds that a server that had to replay its
// whole journal need not do so again, though nothing happens meanwhile.
func TestStartWithoutSnapshotMakesOne(t *testing.T) {
	cfg := config(t, memory.New())
	dir := cfg.Dir
	cfg.Dir = ""
	e := start(t, cfg)
	for i := range 3 {
		if _, err := e.Do(t.Context(), directory.Shard, list(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.Dir = dir
	e = start(t, cfg)
	defer e.Close()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		files, err := e.snapshots(directory.Shard)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 1 && files[0].seq == 3 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no snapshot of record 3 was made: %v", files)
		}
	}
}

func TestRefusalAnswersAndChangesNothing(t *testing.T) {
	e := start(t, config(t, memory.New()))
	defer e.Close()
	if _, err := e.Do(t.Context(), directory.Shard, list(1)); err != nil {
		t.Fatal(err)
	}
	_, err := e.Do(t.Context(), directory.Shard, list(1))
	var refusal *tandem.Error
	if !errors.As(err, &refusal) || refusal.Kind != tandem.Duplicate {
		t.Fatalf("the second listing answered %v", err)
	}
	if n, _ := count(t, e); n != 1 {
		t.Fatalf("%d records, want 1", n)
	}
}

func TestPanicPutsTheCommandAsideAndRebuilds(t *testing.T) {
	store := memory.New()
	e := start(t, config(t, store))
	defer e.Close()
	if _, err := e.Do(t.Context(), directory.Shard, list(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Do(t.Context(), directory.Shard, Request{Body: poison{}}); err == nil {
		t.Fatal("a command that panicked was answered without an error")
	}
	if n, _ := count(t, e); n != 1 {
		t.Fatalf("%d records after the panic, want 1", n)
	}
	if _, err := e.Do(t.Context(), directory.Shard, list(2)); err != nil {
		t.Fatal(err)
	}
	rows, err := store.Quarantined(t.Context(), directory.Shard)
	if err != nil || len(rows) != 1 || rows[0].Reason != "as told" {
		t.Fatalf("quarantine holds %v, %v", rows, err)
	}
}

// seen is a view that keeps the seqs it was given.
type seen struct{}

func (seen) Name() string     { return "seen" }
func (seen) Version() int     { return 1 }
func (seen) Tables() []string { return []string{"seen"} }
func (seen) Schema() string   { return "CREATE TABLE seen (seq INTEGER PRIMARY KEY) STRICT" }
func (seen) Apply(tx *sql.Tx, _ tandem.ID, in *instance.Instance, rec *tandem.Record) error {
	if in.Seq() != rec.Seq {
		return fmt.Errorf("the state is at %d, not at %d", in.Seq(), rec.Seq)
	}
	_, err := tx.Exec("INSERT INTO seen VALUES (?)", int64(rec.Seq))
	return err
}

func TestViewsSeeEveryRecordOnce(t *testing.T) {
	store := memory.New()
	cfg := config(t, store)
	path := filepath.Join(t.TempDir(), "views of 100% ?.db")
	total := 0
	for range 3 {
		views, err := OpenViews(path, seen{})
		if err != nil {
			t.Fatal(err)
		}
		cfg.Views = views
		e := start(t, cfg)
		for range 50 {
			if _, err := e.Do(t.Context(), directory.Shard, list(total)); err != nil {
				t.Fatal(err)
			}
			total++
		}
		ctx, done := context.WithTimeout(t.Context(), 20*time.Second)
		defer done()
		if err := e.AwaitViews(ctx, directory.Shard); err != nil {
			t.Fatal(err)
		}
		var rows, last int
		if err := views.Reader().QueryRow("SELECT count(*), max(seq) FROM seen").Scan(&rows, &last); err != nil || rows != total || last != total {
			t.Fatalf("the view has %d rows up to %d, want %d: %v", rows, last, total, err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if err := views.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// slow is a view that takes its time, so that a stop falls into its work.
type slow struct{ seen }

func (s slow) Apply(tx *sql.Tx, shard tandem.ID, in *instance.Instance, rec *tandem.Record) error {
	time.Sleep(200 * time.Microsecond)
	return s.seen.Apply(tx, shard, in, rec)
}

func TestStopWhileViewsReadLosesNoRecord(t *testing.T) {
	for round := range 60 {
		cfg := config(t, memory.New())
		views, err := OpenViews(filepath.Join(t.TempDir(), "views.db"), slow{})
		if err != nil {
			t.Fatal(err)
		}
		cfg.Views = views
		e := start(t, cfg)
		var wg sync.WaitGroup
		for n := range 40 { // at once: a small batch, then large ones
			wg.Go(func() {
				if _, err := e.Do(t.Context(), directory.Shard, list(n)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		var rows, last, cursor int
		const look = "SELECT count(*), coalesce(max(seq), 0), coalesce((SELECT max(seq) FROM cursor), 0) FROM seen"
		err = views.Reader().QueryRow(look).Scan(&rows, &last, &cursor)
		if err != nil || rows != last || last != cursor {
			t.Fatalf("round %d: the view has %d rows up to %d, and its cursor is at %d: %v", round, rows, last, cursor, err)
		}
		if err := views.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// commit appends a record to the journal as a batch of its own.
func commit(t *testing.T, store journal.Store, epoch tandem.Epoch, rec *tandem.Record) {
	t.Helper()
	e := tandem.NewEncoder(nil, tandem.Plain{})
	event.AppendRecord(e, rec)
	a := journal.Append{Shard: directory.Shard, Epoch: epoch, First: rec.Seq, Count: 1, Body: e.Bytes()}
	if err := store.Commit(t.Context(), []journal.Append{a}); err != nil {
		t.Fatal(err)
	}
}
