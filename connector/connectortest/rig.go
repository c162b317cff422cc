package connectortest

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/presence"
)

const (
	patience = 20 * time.Second // real time that a condition may take
	glance   = 2 * time.Millisecond
)

// rig is a stand-in, a connector and the core between them.
type rig struct {
	t         *testing.T
	clock     *Clock
	system    System
	core      *core
	connector connector.Connector
	env       connector.Env
	secrets   *secrets
	agents    []string
	statuses  [3]string
	stop      func() // ends Run and waits for it
}

// prepare makes a rig whose connector does not run yet; all agents are linked.
func prepare(t *testing.T, s Subject, o Options) *rig {
	t.Helper()
	if o.RatePerMinute == 0 {
		o.RatePerMinute = 700
	}
	o.Clock = NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	r := &rig{t: t, clock: o.Clock, system: s.Start(t, o)}
	saved := r.system.Saved()
	saved.SystemID, saved.Enabled = tandem.NameID("system", t.Name()), true
	r.core = newCore(r.clock, saved)
	r.secrets = &secrets{all: map[string]string{connector.SecretName(saved.SystemID, connector.ClientSecret): r.system.ClientSecret()}}
	r.agents = r.system.Agents()
	r.statuses, _ = r.system.Statuses()
	for _, a := range r.agents {
		r.core.linked[a] = true
	}
	r.env = connector.Env{
		Do: r.core.Do, Linked: r.core.linkedAgents, Secrets: r.secrets, Clock: r.clock,
		Log: slog.New(slog.DiscardHandler), Stats: &connector.Stats{},
	}
	r.build(s)
	return r
}

func (r *rig) build(s Subject) {
	r.t.Helper()
	c, err := s.New(r.core.system, r.env)
	if err != nil {
		r.t.Fatalf("the connector cannot be made: %v", err)
	}
	r.connector, r.core.connector = c, c
}

// run starts the connector; it ends with the test, or earlier by stop.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := r.connector.Run(ctx); ctx.Err() == nil {
			r.t.Errorf("Run ended by itself: %v", err)
		}
	}()
	r.stop = func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(patience):
			r.t.Error("Run did not end")
		}
	}
	r.t.Cleanup(r.stop)
}

func start(t *testing.T, s Subject, o Options) *rig {
	t.Helper()
	r := prepare(t, s, o)
	r.run()
	return r
}

// eventually waits for a condition while the clock stands still.
func (r *rig) eventually(what string, is func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(glance) {
		if time.Now().After(deadline) {
			r.t.Fatalf("it did not happen, without any time passing: %s", what)
		}
	}
}

// within waits for a condition while time passes, by a second at a step.
func (r *rig) within(span time.Duration, what string, is func() bool) {
	r.t.Helper()
	for end := r.clock.Now().Add(span); ; {
		for range 4 {
			if is() {
				return
			}
			time.Sleep(glance)
		}
		if !r.clock.Now().Before(end) {
			r.eventually(what, is)
			return
		}
		r.clock.Advance(time.Second)
		r.core.tick()
	}
}

func (r *rig) shows(agent, status string) func() bool {
	return func() bool { return r.system.Shows(agent) == status }
}

// observed waits until the connector's start is over: all agents were seen.
func (r *rig) observed() {
	r.t.Helper()
	r.within(time.Minute, "the start observes all agents", func() bool {
		for _, a := range r.agents {
			if !r.core.saw(a, r.statuses[0]) {
				return false
			}
		}
		return true
	})
}

// leftovers returns the goroutines that still run code of connectors.
func leftovers() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var left []string
	for g := range strings.SplitSeq(string(buf), "\n\n") {
		if strings.Contains(g, "tandem/connector") && !strings.Contains(g, "tandem/connector/connectortest.") {
			left = append(left, g)
		}
	}
	return strings.Join(left, "\n\n")
}

func (r *rig) linkByEmail(emails map[string]string) func(context.Context, []connector.Agent) ([]presence.LinkAgent, error) {
	return func(_ context.Context, agents []connector.Agent) ([]presence.LinkAgent, error) {
		var links []presence.LinkAgent
		for remote, user := range connector.MatchByEmail(emails, agents) {
			links = append(links, presence.LinkAgent{UserID: userOf(user), SystemID: r.core.system.SystemID, RemoteID: remote})
		}
		return links, nil
	}
}
