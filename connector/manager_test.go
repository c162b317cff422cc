package connector

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// bench is a core and a factory of connectors that keep writes until they are
// told to finish them.
type bench struct {
	t       *testing.T
	manager *Manager

	mu       sync.Mutex
	running  map[tandem.ID]int
	overlap  bool
	made     []event.SystemSaved
	writes   []presence.Write
	reads    []presence.Read
	finished []event.StatusWriteEnded
	envs     []Env
	fail     error         // of the next Run
	linger   chan struct{} // a Run ends only once this is closed; nil: at once
}

type benchConnector struct {
	*bench
	system event.SystemSaved
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, running: map[tandem.ID]int{}}
	b.manager = NewManager(Config{
		Factories: map[event.SystemKind]Factory{event.ZendeskSystem: b.factory},
		Do: func(_ context.Context, instance, _ tandem.ID, body any) (any, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if f, ok := body.(presence.FinishWrite); ok && instance == benchInstance {
				b.finished = append(b.finished, f.Ended)
			}
			return nil, nil
		},
		Clock: quick{}, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(b.manager.Close)
	return b
}

var benchInstance = tandem.NameID("instance", "bench")

func (b *bench) factory(system event.SystemSaved, env Env) (Connector, error) {
	if system.URL == "" {
		return nil, errors.New("a URL is missing")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.made, b.envs = append(b.made, system), append(b.envs, env)
	return &benchConnector{b, system}, nil
}

func (c *benchConnector) Run(ctx context.Context) error {
	c.mu.Lock()
	c.running[c.system.SystemID]++
	c.overlap = c.overlap || c.running[c.system.SystemID] > 1
	fail := c.fail
	c.fail = nil
	c.mu.Unlock()
	if fail == nil {
		<-ctx.Done()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if linger := c.linger; linger != nil {
		c.mu.Unlock()
		<-linger
		c.mu.Lock()
	}
	c.running[c.system.SystemID]--
	return fail
}

func (c *benchConnector) Write(w presence.Write) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes = append(c.writes, w)
}

func (c *benchConnector) Read(r presence.Read) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads = append(c.reads, r)
}

func (c *benchConnector) Refresh(context.Context) error { return nil }

func (c *benchConnector) Agents(context.Context) ([]Agent, error) {
	return []Agent{{RemoteID: c.system.URL}}, nil
}

func (b *bench) eventually(what string, is func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		b.mu.Lock()
		yes := is()
		b.mu.Unlock()
		if yes {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("it did not happen: %s", what)
		}
	}
}

func system(name, url string) event.SystemSaved {
	return event.SystemSaved{SystemID: tandem.NameID("system", name), System: event.ZendeskSystem, Name: name, Enabled: true, URL: url}
}

func write(s event.SystemSaved, agent string, n byte) presence.Write {
	return presence.Write{System: s, UserID: tandem.NameID("user", agent), RemoteID: agent, WriteID: tandem.ID{n}, Remote: "3"}
}

func (b *bench) runs(s event.SystemSaved, n int) func() bool {
	return func() bool { return b.running[s.SystemID] == n }
}

func TestManagerRunsEnabledSystems(t *testing.T) {
	b := newBench(t)
	one, two := system("one", "https://one"), system("two", "https://two")
	b.manager.Set(benchInstance, []event.SystemSaved{one, two})
	b.eventually("both run", func() bool { return b.runs(one, 1)() && b.runs(two, 1)() })
	two.Enabled = false
	b.manager.Set(benchInstance, []event.SystemSaved{one, two})
	b.eventually("the disabled one ends", b.runs(two, 0))
	b.manager.Set(tandem.NameID("instance", "other"), nil)
	if _, err := b.manager.Agents(t.Context(), one.SystemID); err != nil {
		t.Errorf("systems of one instance end with those of another: %v", err)
	}
	if err := b.manager.Refresh(t.Context(), two.SystemID); err == nil {
		t.Error("a disabled system is refreshed")
	}
	b.manager.Close()
	if !b.runs(one, 0)() {
		t.Error("Close returns while a connector runs")
	}
	b.manager.Set(benchInstance, []event.SystemSaved{one})
	b.manager.Effect(benchInstance, write(one, "a", 1))
	if len(b.made) != 2 || len(b.writes) != 0 {
		t.Error("a closed manager starts connectors")
	}
}

// TestChangedSettingsMakeANewConnector holds that two connectors for one system
// never run at once, and that what was not finished is handed to the new one.
func TestChangedSettingsMakeANewConnector(t *testing.T) {
	b := newBench(t)
	s := system("one", "https://one")
	b.manager.Set(benchInstance, []event.SystemSaved{s})
	b.manager.Effect(benchInstance, write(s, "a", 1))
	b.manager.Effect(benchInstance, write(s, "b", 2))
	if _, err := b.envs[0].Do(t.Context(), presence.FinishWrite{Ended: event.StatusWriteEnded{UserID: tandem.NameID("user", "b"), WriteID: tandem.ID{2}}}); err != nil {
		t.Fatal(err)
	}
	s.Name, s.StatusSync = "renamed", true
	s.Settings = map[string]string{}
	b.manager.Set(benchInstance, []event.SystemSaved{s})
	if len(b.made) != 1 {
		t.Error("a new name makes a new connector")
	}
	b.eventually("the first one runs", b.runs(s, 1))
	b.mu.Lock()
	linger := make(chan struct{})
	b.linger = linger
	b.mu.Unlock()
	for _, change := range []func(){
		func() { s.URL = "https://two" }, func() { s.ClientID = "another" },
		func() { s.Settings = map[string]string{"region": "eu-central-1"} }, func() { s.Settings = map[string]string{"region": "us-east-1"} },
	} {
		change()
		b.manager.Set(benchInstance, []event.SystemSaved{s})
	}
	for range 20 { // a chance for the new ones to begin too early
		time.Sleep(time.Millisecond)
	}
	close(linger)
	b.manager.Restart(s.SystemID)
	b.manager.Set(benchInstance, nil)
	b.manager.Set(benchInstance, []event.SystemSaved{s})
	b.eventually("the last one runs", func() bool { return len(b.made) == 7 && b.runs(s, 1)() })
	if b.overlap {
		t.Error("two connectors for one system have run at once")
	}
	again := slices.DeleteFunc(slices.Clone(b.writes), func(w presence.Write) bool { return !w.Again })
	if len(again) != 5 || again[0].RemoteID != "a" {
		t.Errorf("handed out again: %+v, want the write for a to each of five new connectors", again)
	}
	if f := b.manager.Figures()[s.SystemID]; f.Waiting != 0 {
		t.Errorf("%d writes wait after the system was gone, want none", f.Waiting)
	}
}

func TestEffectsFindTheirConnector(t *testing.T) {
	b := newBench(t)
	early, late := system("early", "https://early"), system("late", "https://late")
	if !b.manager.Effect(benchInstance, write(early, "a", 1)) || !b.manager.Effect(benchInstance, presence.Read{System: early, RemoteID: "a"}) {
		t.Error("effects of presence are not taken")
	}
	if b.manager.Effect(benchInstance, other{}) {
		t.Error("an effect of another machine is taken")
	}
	if len(b.writes) != 1 || len(b.reads) != 1 {
		t.Errorf("%d writes and %d reads before the first Set, want 1 and 1", len(b.writes), len(b.reads))
	}
	b.manager.Set(benchInstance, []event.SystemSaved{early, late})
	b.manager.Set(benchInstance, []event.SystemSaved{early})
	b.manager.Effect(benchInstance, write(late, "a", 2))
	off := system("off", "https://off")
	off.Enabled = false
	b.manager.Effect(benchInstance, write(off, "a", 3))
	if len(b.writes) != 1 {
		t.Errorf("an effect of a deleted or disabled system was handed out: %+v", b.writes)
	}
}

type other struct{}

func (other) EffectName() string { return "other" }

func TestUnusableSettingsRefuseWrites(t *testing.T) {
	b := newBench(t)
	s := system("one", "")
	b.manager.Set(benchInstance, []event.SystemSaved{s})
	b.manager.Effect(benchInstance, write(s, "a", 1))
	b.manager.Effect(benchInstance, presence.Read{System: s, RemoteID: "a"})
	b.eventually("the write is refused", func() bool {
		return len(b.finished) == 1 && b.finished[0].Outcome == event.WriteRefused && b.finished[0].Detail == "a URL is missing"
	})
	if _, err := b.manager.Agents(t.Context(), s.SystemID); err == nil || b.manager.Refresh(t.Context(), s.SystemID) == nil {
		t.Error("an unusable system lists agents")
	}
	if f := b.manager.Figures()[s.SystemID]; f.Refused != 1 {
		t.Errorf("the figures are %+v, want one refused write", f)
	}
}

func TestConnectorThatEndsIsStartedAgain(t *testing.T) {
	b := newBench(t)
	b.fail = errors.New("out of order")
	s := system("one", "https://one")
	b.manager.Set(benchInstance, []event.SystemSaved{s})
	b.eventually("it runs again", func() bool { return b.fail == nil && b.runs(s, 1)() })
}

func TestFiguresCountWhatHappened(t *testing.T) {
	var s Stats
	for _, status := range []int{200, 429, 500, 0} {
		s.Requested(status)
	}
	s.WriteSent(3 * time.Millisecond)
	s.WriteSent(time.Millisecond)
	s.Observed()
	for o := event.WriteDone; o <= event.WriteRetry; o++ {
		s.WriteEnded(o)
	}
	want := Figures{
		Done: 1, Refused: 1, Unknown: 1, Retried: 1, Observations: 1, Requests: 4, Limited: 1, Failures: 2,
		Sent: 2, Delay: 4 * time.Millisecond, LongestDelay: 3 * time.Millisecond,
	}
	if got := s.Figures(); got != want {
		t.Errorf("the figures are %+v, want %+v", got, want)
	}
}
