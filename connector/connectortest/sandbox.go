package connectortest

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
)

// sandboxPatience is how long a real system may take for a step; one that is
// only polled needs its period.
const sandboxPatience = 3 * time.Minute

// Sandbox runs against a real account that the environment names, and is skipped
// where it names none. With the prefix ZENDESK these are TANDEM_SANDBOX_ZENDESK_URL,
// _CLIENT_ID, _SECRET (of the client), _AGENT (the remote id of an agent who may be
// moved about) and _STATUSES, two remote ids with a comma between, without which
// nothing is written; _SETTINGS has name=value pairs with commas between. The agent
// is left in the first status.
func Sandbox(t *testing.T, prefix string, kind event.SystemKind, factory connector.Factory) {
	env := func(name string) string { return os.Getenv("TANDEM_SANDBOX_" + prefix + "_" + name) }
	if env("URL") == "" {
		t.Skipf("no account is named: set TANDEM_SANDBOX_%s_URL and the others to run against one", prefix)
	}
	a := account{
		saved:  event.SystemSaved{System: kind, URL: env("URL"), ClientID: env("CLIENT_ID"), Settings: pairs(env("SETTINGS"))},
		secret: env("SECRET"), agent: env("AGENT"), statuses: listed(env("STATUSES")), clock: connector.SystemClock{},
	}
	a.visit(t, factory)
}

func listed(text string) []string {
	return slices.DeleteFunc(strings.Split(text, ","), func(s string) bool { return s == "" })
}

func pairs(text string) map[string]string {
	all := map[string]string{}
	for _, pair := range listed(text) {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all
}

// account is a real account, or a stand-in that is visited as one.
type account struct {
	saved    event.SystemSaved
	secret   string
	agent    string
	statuses []string
	clock    connector.Clock
}

// visit lists the account's statuses, looks at the agent, and moves the agent
// through the statuses and back to the first.
func (a account) visit(t *testing.T, factory connector.Factory) {
	t.Helper()
	a.saved.SystemID, a.saved.Enabled, a.saved.Name = tandem.NameID("system", t.Name()), true, "sandbox"
	c := newCore(a.clock, a.saved)
	c.linked[a.agent] = true
	made, err := factory(a.saved, connector.Env{
		Do: c.Do, Linked: c.linkedAgents, Clock: a.clock, Log: slog.New(slog.DiscardHandler), Stats: &connector.Stats{},
		Secrets: &secrets{all: map[string]string{connector.SecretName(a.saved.SystemID, connector.ClientSecret): a.secret}},
	})
	if err != nil {
		t.Fatalf("the connector cannot be made: %v", err)
	}
	c.connector = made
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := made.Run(ctx); ctx.Err() == nil {
			t.Errorf("Run ended by itself: %v", err)
		}
	}()
	defer func() { cancel(); <-ended }()
	a.await(t, c, "the statuses are listed", func() bool { return c.lists(a.statuses) })
	a.await(t, c, "the agent is seen", func() bool { return c.sawAnything(a.agent) })
	if len(a.statuses) == 0 {
		return
	}
	for _, status := range append(slices.Clone(a.statuses), a.statuses[0]) {
		c.want(a.agent, status)
		a.await(t, c, "the agent is moved to "+status, func() bool { return c.ended(a.agent, event.WriteDone) })
	}
}

func (a account) await(t *testing.T, c *core, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(sandboxPatience); !is(); time.Sleep(10 * glance) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not happen: %s; the last outcomes are %v", what, c.outcomes(a.agent))
		}
		c.tick()
	}
}

// lists reports whether statuses are known, these among them.
func (c *core) lists(statuses []string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, want := range statuses {
		if !slices.ContainsFunc(c.statuses, func(s event.RemoteStatus) bool { return s.Remote == want }) {
			return false
		}
	}
	return len(c.statuses) > 0
}

func (c *core) sawAnything(agent string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.versions[agent] != 0 || len(c.observed) > 0
}

// visited holds that the steps for a real account work, with the stand-in.
func visited(t *testing.T, s Subject) {
	clock := NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	system := s.Start(t, Options{Clock: clock, Agents: 1, RatePerMinute: 700})
	statuses, _ := system.Statuses()
	a := account{saved: system.Saved(), secret: system.ClientSecret(), agent: system.Agents()[0], statuses: statuses[:2], clock: clock}
	a.visit(t, s.New)
	if got := system.Shows(a.agent); got != statuses[0] {
		t.Errorf("the agent is left in %s, want %s", got, statuses[0])
	}
}
