package connector

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// quick is a clock on which waits are over at once.
type quick struct{ SystemClock }

func (quick) After(time.Duration) <-chan time.Time { return time.After(0) }

func TestMatchByEmailPairsOnlyWhoIsUnmistakable(t *testing.T) {
	people := map[string]string{"a": "A@example.com ", "b": "b@example.com", "c": "shared@example.com", "d": "SHARED@example.com", "e": "", "f": "twice@example.com"}
	agents := []Agent{
		{RemoteID: "1", Email: "a@example.com"}, {RemoteID: "2", Email: "nobody@example.com"}, {RemoteID: "3", Email: "shared@example.com"},
		{RemoteID: "4", Email: ""}, {RemoteID: "5", Email: "twice@example.com"}, {RemoteID: "6", Email: "twice@example.com"},
	}
	if diff := cmp.Diff(map[string]string{"1": "a"}, MatchByEmail(people, agents)); diff != "" {
		t.Errorf("wrong pairs (-want +got):\n%s", diff)
	}
}

func TestLinkByEmailLeavesLinkedAgentsAlone(t *testing.T) {
	system, other := tandem.NameID("system", "a"), tandem.NameID("system", "b")
	u1, u2, u3, gone := tandem.ID{1}, tandem.ID{2}, tandem.ID{3}, tandem.ID{4}
	state := &presence.State{Agents: map[tandem.ID]*presence.Agent{
		u1: {UserID: u1, Legs: []presence.Leg{{SystemID: other, RemoteID: "1"}}},
		u2: {UserID: u2, Legs: []presence.Leg{{SystemID: system, RemoteID: "3"}}},
		u3: {UserID: u3},
	}}
	emails := map[tandem.ID]string{u1: "u1@example.com", u2: "u2@example.com", u3: "u3@example.com", gone: "gone@example.com"}
	agents := []Agent{{RemoteID: "1", Email: "u1@example.com"}, {RemoteID: "2", Email: "u2@example.com"}, {RemoteID: "3", Email: "u3@example.com"}, {RemoteID: "4", Email: "gone@example.com"}}
	want := []presence.LinkAgent{{UserID: u1, SystemID: system, RemoteID: "1"}}
	if diff := cmp.Diff(want, LinkByEmail(state, emails, system, agents)); diff != "" {
		t.Errorf("wrong links (-want +got):\n%s", diff)
	}
}

func TestSettingsThatAKindDoesNotKnowAreRefused(t *testing.T) {
	tests := map[string]struct {
		settings map[string]string
		known    []string
		field    string
	}{
		"none at all":        {nil, nil, ""},
		"all known":          {map[string]string{"region": "x", "stream": "y"}, []string{"region", "stream", "rate"}, ""},
		"one misspelt":       {map[string]string{"region": "x", "streem": "y"}, []string{"region", "stream"}, "settings.streem"},
		"a kind without":     {map[string]string{"region": "x"}, nil, "settings.region"},
		"empty, but unknown": {map[string]string{"region": ""}, nil, "settings.region"},
	}
	for name, tt := range tests {
		err := CheckSettings(event.SystemSaved{System: event.KustomerSystem, Settings: tt.settings}, tt.known...)
		var refusal *tandem.Error
		if errors.As(err, &refusal); (err == nil) != (tt.field == "") || err != nil && refusal.Field != tt.field {
			t.Errorf("%s: %v, want a refusal of %q", name, err, tt.field)
		}
	}
}

func TestBackoffGrowsToAMinute(t *testing.T) {
	for failures, most := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 6: 32 * time.Second, 7: time.Minute, 1000: time.Minute} {
		for range 100 {
			if got := Backoff(failures); got > most || got < most/2 {
				t.Errorf("after %d failures the wait is %s, want %s to %s", failures, got, most/2, most)
			}
		}
	}
	for range 100 {
		if got := Around(time.Minute); got < 54*time.Second || got > 66*time.Second {
			t.Errorf("around a minute is %s", got)
		}
	}
}

func TestTellInsistsUntilTheCoreDecides(t *testing.T) {
	refusal := tandem.Errorf(tandem.NotFound, "", "no such agent")
	tests := map[string]struct {
		answers []error
		want    error
		tries   int
	}{
		"taken":              {[]error{nil}, nil, 1},
		"taken in the end":   {[]error{tandem.Errorf(tandem.Busy, "", "x"), errors.New("stopped"), nil}, nil, 3},
		"refused":            {[]error{refusal}, refusal, 1},
		"refused in the end": {[]error{errors.New("x"), refusal}, refusal, 2},
	}
	for name, tt := range tests {
		tries := 0
		env := Env{Clock: quick{}, Log: slog.New(slog.DiscardHandler), Do: func(context.Context, any) (any, error) {
			tries++
			return nil, tt.answers[tries-1]
		}}
		if err := env.Tell(t.Context(), presence.Observe{}); !errors.Is(err, tt.want) || tries != tt.tries {
			t.Errorf("%s: error %v after %d tries, want %v after %d", name, err, tries, tt.want, tt.tries)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	env := Env{Clock: SystemClock{}, Log: slog.New(slog.DiscardHandler), Do: func(context.Context, any) (any, error) {
		cancel()
		return nil, errors.New("stopped")
	}}
	if err := env.Tell(ctx, presence.Observe{}); err == nil {
		t.Error("Tell gives up without an error when its time ends")
	}
}

func TestLanesServeEachAgentOnceAtATime(t *testing.T) {
	stats := &Stats{}
	l := NewLanes(SystemClock{}, stats)
	write := func(agent string, n uint64) presence.Write {
		return presence.Write{RemoteID: agent, WriteID: tandem.NameID("write", agent).Derive(n), Intent: n}
	}
	ctx, cancel := context.WithCancel(t.Context())
	begun, end := make(chan presence.Write), make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		l.Run(ctx, 3, func(ctx context.Context, take func() (presence.Write, time.Time)) {
			w, since := take()
			if since.IsZero() {
				t.Error("the write does not say when it came")
			}
			begun <- w
			<-end
		})
	}()
	l.Put(write("a", 1))
	if w := <-begun; w.Intent != 1 {
		t.Errorf("write %d is served, want the first", w.Intent)
	}
	for n := range uint64(4) { // the first is under way, the others wait one after the other
		l.Put(write("a", n+1))
	}
	l.Put(write("b", 1))
	if w := <-begun; w.RemoteID != "b" {
		t.Errorf("agent %s is served while a write of that agent is under way", w.RemoteID)
	}
	end <- struct{}{}
	end <- struct{}{}
	if w := <-begun; w.RemoteID != "a" || w.Intent != 4 {
		t.Errorf("then write %d of %s is served, want the newest of a", w.Intent, w.RemoteID)
	}
	end <- struct{}{}
	if got := stats.Figures().Replaced; got != 2 {
		t.Errorf("%d writes are replaced, want 2", got)
	}
	cancel()
	<-stopped
	if len(l.lanes) != 0 {
		t.Errorf("%d lanes are left", len(l.lanes))
	}
}

// TestLeastAvailableGoFirst holds that writes which wait are made in the order
// of how available they make the agent, and among equals as they came.
func TestLeastAvailableGoFirst(t *testing.T) {
	l := NewLanes(SystemClock{}, &Stats{})
	for i, w := range []struct {
		agent string
		to    presence.Availability
	}{{"a", 2}, {"b", 2}, {"c", 1}, {"d", 0}, {"e", 1}, {"f", 0}, {"b", 0}} {
		l.Put(presence.Write{RemoteID: w.agent, WriteID: tandem.ID{byte(i + 1)}, Availability: w.to})
	}
	ctx, cancel := context.WithCancel(t.Context())
	var order []string
	l.Run(ctx, 1, func(_ context.Context, take func() (presence.Write, time.Time)) {
		w, _ := take()
		if order = append(order, w.RemoteID); len(order) == 6 {
			cancel()
		}
	})
	if diff := cmp.Diff([]string{"b", "d", "f", "c", "e", "a"}, order); diff != "" {
		t.Errorf("the order is wrong (-want +got):\n%s", diff)
	}
}

// TestWriteIsReplacedWhenItsTurnHasCome holds that a newer write takes the place
// of one that a worker is about to take, and moves nobody else.
func TestWriteIsReplacedWhenItsTurnHasCome(t *testing.T) {
	l := NewLanes(SystemClock{}, &Stats{})
	write := func(agent string, n byte, to presence.Availability) presence.Write {
		return presence.Write{RemoteID: agent, WriteID: tandem.ID{n}, Availability: to}
	}
	l.Put(write("a", 1, 0))
	l.Put(write("b", 2, 0))
	ctx, cancel := context.WithCancel(t.Context())
	var got []presence.Write
	l.Run(ctx, 1, func(_ context.Context, take func() (presence.Write, time.Time)) {
		if len(got) == 0 {
			l.Put(write("a", 3, 2))
		}
		w, _ := take()
		if got = append(got, w); len(got) == 2 {
			cancel()
		}
	})
	if got[0].WriteID != (tandem.ID{3}) || got[1].WriteID != (tandem.ID{2}) {
		t.Errorf("served are %v, want the newer write of a, then b's", got)
	}
}

func TestUntakenWriteStays(t *testing.T) {
	l := NewLanes(SystemClock{}, &Stats{})
	l.Put(presence.Write{RemoteID: "a", WriteID: tandem.ID{1}})
	ctx, cancel := context.WithCancel(t.Context())
	l.Run(ctx, 1, func(context.Context, func() (presence.Write, time.Time)) { cancel() })
	served := false
	ctx, cancel = context.WithCancel(t.Context())
	l.Run(ctx, 1, func(_ context.Context, take func() (presence.Write, time.Time)) {
		w, _ := take()
		served = w.WriteID == tandem.ID{1}
		cancel()
	})
	if !served {
		t.Error("a write that nobody took is lost")
	}
}
