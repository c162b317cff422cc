package viewtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/instance"
	"tandem/journal"
	"tandem/journal/memory"
)

// patience is how long the views may take.
const patience = 20 * time.Second

// tell is the command that states events.
type tell struct{ events []tandem.Event }

// told is a center that states what it is told and otherwise decides only
// commands: no deadline of its own passes.
type told struct{ *center.Machine }

// Owns implements instance.Machine.
func (m told) Owns(body any) bool {
	_, ok := body.(tell)
	return ok || m.Machine.Owns(body)
}

// Decide implements instance.Machine.
func (m told) Decide(s *tandem.Step, body any) (any, error) {
	b, ok := body.(tell)
	if !ok {
		return m.Machine.Decide(s, body)
	}
	for _, ev := range b.events {
		s.Emit(ev)
	}
	return nil, nil
}

// NextDue implements instance.Machine.
func (told) NextDue() (tandem.Time, bool) { return 0, false }

// TakeEffects implements instance.Machine.
func (told) TakeEffects(tandem.Epoch) []tandem.Effect { return nil }

// Outstanding implements instance.Machine.
func (told) Outstanding(tandem.Epoch) []tandem.Effect { return nil }

// zones knows only UTC.
type zones struct{}

// Location implements center.Zones.
func (zones) Location(string) (*time.Location, bool) { return time.UTC, true }

// Center makes a center for tests.
func Center() *center.Machine { return center.New(zones{}) }

// session seals nothing, so that a test finds every byte that was kept.
type session struct{ tandem.Plain }

// Take implements engine.Session.
func (session) Take() engine.Rows { return engine.Rows{} }

// Durable implements engine.Session.
func (session) Durable(engine.Rows) {}

// Erase implements engine.Session.
func (session) Erase(context.Context, tandem.ID) error { return nil }

// Snapshots implements engine.Session.
func (s session) Snapshots() tandem.Sealer { return s.Plain }

// Story is an instance that is told what happens.
type Story struct {
	t      testing.TB
	path   string
	views  func() []engine.View
	store  journal.Store
	engine *engine.Engine
	tables *engine.Views
	now    atomic.Int64

	commands int // so far; they have the same ids in every run
}

// Begin starts a story whose tables are in the file at path. It ends with the
// test.
func Begin(t testing.TB, path string, views func() []engine.View) *Story {
	t.Helper()
	s := &Story{t: t, path: path, views: views, store: memory.New()}
	s.open()
	t.Cleanup(s.close)
	return s
}

func (s *Story) open() {
	s.t.Helper()
	var err error
	if s.tables, err = engine.OpenViews(s.path, s.views()...); err != nil {
		s.t.Fatal(err)
	}
	s.engine = engine.Open(engine.Config{
		Store: s.store, Owner: "test", Views: s.tables,
		New:    func(tandem.ID) *instance.Instance { return instance.New(nil, told{Center()}) },
		Keys:   func(tandem.ID) engine.Session { return session{tandem.Plain{}} },
		Now:    func() time.Time { return tandem.Time(s.now.Load()).Std() },
		Effect: func(tandem.ID, tandem.Seq, tandem.Effect) {},
		Log:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err := s.engine.Start(s.t.Context(), InstanceID); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Story) close() {
	if s.engine == nil {
		return
	}
	if err := s.engine.Close(); err != nil {
		s.t.Error(err)
	}
	if err := s.tables.Close(); err != nil {
		s.t.Error(err)
	}
	s.engine = nil
}

// Tell states events as one record of the moment at and waits until the views
// have taken it.
func (s *Story) Tell(at tandem.Time, events ...tandem.Event) {
	s.t.Helper()
	if _, err := s.Do(at, tell{events}); err != nil {
		s.t.Fatal(err)
	}
}

// Do lets the center decide a command at the moment and waits until the views
// have taken what followed. The error is the center's refusal.
func (s *Story) Do(at tandem.Time, body any) (any, error) {
	s.t.Helper()
	s.now.Store(int64(at))
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	s.commands++
	answer, err := s.engine.Do(ctx, InstanceID, engine.Request{ID: tandem.NameID("viewtest command", fmt.Sprint(s.commands)), Body: body})
	var refusal *tandem.Error
	if err != nil && !errors.As(err, &refusal) {
		s.t.Fatal(err)
	}
	s.await(ctx)
	return answer, err
}

// await returns when the tables have all that was told and, after an erasure,
// their write-ahead log is empty.
func (s *Story) await(ctx context.Context) {
	s.t.Helper()
	var told tandem.Seq
	if err := s.engine.Read(ctx, InstanceID, func(in *instance.Instance) { told = in.Seq() }); err != nil {
		s.t.Fatal(err)
	}
	for {
		var seq sql.NullInt64
		if err := s.DB().QueryRowContext(ctx, "SELECT min(seq) FROM cursor").Scan(&seq); err != nil {
			s.t.Fatal(err)
		}
		if tandem.Seq(seq.Int64) >= told {
			break
		}
		select {
		case err := <-s.engine.Failed():
			s.t.Fatal(err)
		case <-ctx.Done():
			s.t.Fatalf("the tables are at record %d, not yet at %d", seq.Int64, told)
		case <-time.After(time.Millisecond):
		}
	}
	if err := s.engine.AwaitViews(ctx, InstanceID); err != nil {
		s.t.Fatal(err)
	}
}

// TellAll tells moments in their order.
func (s *Story) TellAll(moments ...Moment) {
	s.t.Helper()
	for _, m := range moments {
		s.Tell(m.At, m.Events...)
	}
}

// Restart stops and starts the engine and opens the tables again; between is
// called while everything is closed.
func (s *Story) Restart(between func()) {
	s.t.Helper()
	s.close()
	if between != nil {
		between()
	}
	s.open()
}

// DB is for queries of the tables.
func (s *Story) DB() *sql.DB { return s.tables.Reader() }

// Records reads the journal from its start.
func (s *Story) Records(each func(*tandem.Record) error) error {
	return engine.Replay(s.t.Context(), s.store, session{tandem.Plain{}}, InstanceID, 1, each)
}
