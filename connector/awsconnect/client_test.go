package awsconnect

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
	"tandem/presence"
)

var (
	began    = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	systemID = tandem.NameID("system", "awsconnect")
)

// vault keeps secrets in memory.
type vault map[string]string

func (v vault) Secret(_ context.Context, name string) ([]byte, error) {
	if s, ok := v[name]; ok {
		return []byte(s), nil
	}
	return nil, tandem.Errorf(tandem.NotFound, "Name", "there is no secret %q", name)
}

func (v vault) PutSecret(_ context.Context, name string, secret []byte) error {
	v[name] = string(secret)
	return nil
}

// connectorFor makes a connector that does not run.
func connectorFor(t testing.TB, clock connector.Clock, system event.SystemSaved, edit func(*connector.Env)) *AmazonConnect {
	t.Helper()
	system.SystemID, system.Enabled = systemID, true
	env := connector.Env{
		Do:      func(context.Context, any) (any, error) { return nil, nil },
		Linked:  func(context.Context) (map[string]bool, error) { return nil, nil },
		Secrets: vault{connector.SecretName(systemID, connector.ClientSecret): testSecret},
		Clock:   clock, Log: slog.New(slog.DiscardHandler), Stats: &connector.Stats{},
	}
	if edit != nil {
		edit(&env)
	}
	c, err := New(Options{Timeout: testTimeout})(system, env)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*AmazonConnect)
}

// TestFailureTellsAPersonWhatToDo holds what a write comes to, and that its
// detail names the remedy.
func TestFailureTellsAPersonWhatToDo(t *testing.T) {
	page := func(status int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html><body>Sign in to the network</body></html>")
			return true
		}
	}
	tests := map[string]struct {
		before func(http.ResponseWriter, *http.Request) bool
		want   event.WriteOutcome
		says   string
	}{
		"expired":       {answering(403, "ExpiredTokenException", "The security token included in the request is expired"), event.WriteRetry, "store its present secret"},
		"unknown key":   {answering(403, "UnrecognizedClientException", "The security token included in the request is invalid"), event.WriteRetry, "store its present secret"},
		"denied":        {answering(403, "AccessDeniedException", "not authorized"), event.WriteRefused, "allow connect:PutUserStatus"},
		"throttled":     {answering(429, "ThrottlingException", "Rate exceeded"), event.WriteRetry, "higher quota"},
		"throttled too": {answering(400, "TooManyRequestsException", "Rate exceeded"), event.WriteRetry, "higher quota"},
		"no such agent": {answering(404, "ResourceNotFoundException", "User not found"), event.WriteRefused, "User not found"},
		"disabled":      {answering(400, "InvalidParameterException", "The status is disabled"), event.WriteRefused, "The status is disabled"},
		"unwell":        {answering(500, "InternalServiceException", "try again"), event.WriteUnknown, "500"},
		"away":          {answering(503, "ServiceUnavailable", "try again"), event.WriteRetry, "503"},
		"a login page":  {page(200), event.WriteUnknown, "web page"},
		"a proxy":       {page(407), event.WriteRefused, "web page"},
		"elsewhere":     {answering(302, "", "", "Location", "https://example.com/"), event.WriteRefused, "elsewhere"},
	}
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 60_000})
	for name, tt := range tests {
		c := connectorFor(t, clock, a.Saved(), nil)
		a.arm(door{path: "/status", before: tt.before})
		ended := c.write(t.Context(), presence.Write{RemoteID: a.agents[0], Remote: a.statuses[1].String()})
		if ended.Outcome != tt.want || !strings.Contains(ended.Detail, tt.says) || strings.Contains(ended.Detail, testSecret) {
			t.Errorf("%s: %v, %q; want %v, saying %q", name, ended.Outcome, ended.Detail, tt.want, tt.says)
		}
		if later := ended.RetryAt > tandem.At(began); later != (tt.want != event.WriteRefused) {
			t.Errorf("%s: RetryAt is %s", name, ended.RetryAt)
		}
	}
}

func TestServiceThatCannotBeReachedHasSurelyNotTakenTheWrite(t *testing.T) {
	system := saved("http://127.0.0.1:1", SettingRegion, testRegion)
	c := connectorFor(t, connectortest.NewClock(began), system, nil)
	ended := c.write(t.Context(), presence.Write{RemoteID: "a", Remote: "s"})
	if ended.Outcome != event.WriteRetry || !strings.Contains(ended.Detail, "127.0.0.1:1") {
		t.Errorf("the outcome is %+v, want retry, naming the address", ended)
	}
}

func TestMissingSecretIsNamed(t *testing.T) {
	c := connectorFor(t, connectortest.NewClock(began), saved("http://127.0.0.1:1", SettingRegion, testRegion), func(e *connector.Env) { e.Secrets = vault{} })
	ended := c.write(t.Context(), presence.Write{RemoteID: "a", Remote: "s"})
	if ended.Outcome != event.WriteRetry || !strings.Contains(ended.Detail, "store it as the client secret") {
		t.Errorf("the outcome is %+v, want retry, naming the secret", ended)
	}
}

// TestThrottlingWithoutASpanBacksOff holds that Amazon Connect, which names no
// span, is left alone longer each time, and that one answer ends that.
func TestThrottlingWithoutASpanBacksOff(t *testing.T) {
	clock := connectortest.NewClock(began)
	g := newGovernor(clock, 2)
	for i, most := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		until := g.throttle(0)
		if span := until.Sub(clock.Now()); span > most || span < most/2 {
			t.Errorf("throttled %d times the pause is %s, want %s to %s", i+1, span, most/2, most)
		}
		if g.pass(urgent) == 0 {
			t.Error("a request is let through during the pause")
		}
		clock.Advance(until.Sub(clock.Now()))
	}
	if g.pass(urgent) != 0 {
		t.Error("no request is let through after the pause")
	}
	g.served()
	if span := g.throttle(0).Sub(clock.Now()); span > time.Second {
		t.Errorf("after an answer the pause is %s, want to begin anew", span)
	}
}

// TestAgentWhoDoesNotExistDoesNotHideOthers holds that one deleted user, for
// whom Amazon Connect refuses a whole request, is left out.
func TestAgentWhoDoesNotExistDoesNotHideOthers(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 2, RatePerMinute: 60_000})
	var told []presence.Observe
	gone := tandem.NameID("user", "gone").String()
	c := connectorFor(t, clock, a.Saved(), func(e *connector.Env) {
		e.Linked = func(context.Context) (map[string]bool, error) {
			return map[string]bool{a.agents[0]: true, a.agents[1]: true, gone: true}, nil
		}
		e.Do = collect(&told)
	})
	a.arm(door{path: "/metrics/userdata", before: answering(404, "ResourceNotFoundException", "User not found")})
	if err := c.lookAtAll(t.Context(), urgent); err != nil || len(told) != 2 {
		t.Errorf("%d agents observed, error %v, want 2", len(told), err)
	}
	a.arm(door{path: "/metrics/userdata", before: answering(404, "ResourceNotFoundException", "Instance not found")})
	c.env.Linked = func(context.Context) (map[string]bool, error) { return map[string]bool{a.agents[0]: true}, nil }
	if err := c.lookAtAll(t.Context(), urgent); !hasCode(err, "ResourceNotFoundException") {
		t.Errorf("a refusal that no agent explains is %v, want to be told", err)
	}
}

// collect gathers observations.
func collect(told *[]presence.Observe) func(context.Context, any) (any, error) {
	room := make(chan struct{}, 1)
	return func(_ context.Context, body any) (any, error) {
		if o, ok := body.(presence.Observe); ok {
			room <- struct{}{}
			*told = append(*told, o)
			<-room
		}
		return nil, nil
	}
}

func TestMoreAgentsThanOnePageAreAllLookedAt(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 230, RatePerMinute: 60_000})
	var told []presence.Observe
	c := connectorFor(t, clock, a.Saved(), func(e *connector.Env) {
		e.Linked = func(context.Context) (map[string]bool, error) {
			all := map[string]bool{}
			for _, id := range a.agents {
				all[id] = true
			}
			return all, nil
		}
		e.Do = collect(&told)
	})
	if err := c.lookAtAll(t.Context(), urgent); err != nil || len(told) != 230 {
		t.Errorf("%d agents observed, error %v (%v), want 230", len(told), err, errors.Unwrap(err))
	}
	if got := len(a.Requests()); got != 4 {
		t.Errorf("%d requests, want one for the statuses and three for the agents", got)
	}
}

// TestLoggedOutAgentWhoCannotBeSetIsRefused holds that a status which Amazon
// Connect takes and does not show is no wish of the agent to be offline.
func TestLoggedOutAgentWhoCannotBeSetIsRefused(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 60_000})
	a.Choose(t, a.agents[0], a.statuses[3].String())
	var told []presence.Observe
	c := connectorFor(t, instant{clock}, a.Saved(), func(e *connector.Env) { e.Do = collect(&told) })
	if err := c.lookAt(t.Context(), urgent, a.agents); err != nil || len(told) != 1 || told[0].Remote != a.statuses[3].String() {
		t.Fatalf("observed %+v, error %v, want Offline", told, err)
	}
	a.arm(door{path: "/status", before: answering(200, "", "")}) // taken, without effect
	w := presence.Write{RemoteID: a.agents[0], Remote: a.statuses[0].String()}
	if ended := c.write(t.Context(), w); ended.Outcome != event.WriteRefused || !strings.Contains(ended.Detail, "not logged in") {
		t.Errorf("the outcome is %+v, want refused: not logged in", ended)
	}
	if len(told) != 1 {
		t.Errorf("%d observations, want none of the write", len(told)-1)
	}
	if ended := c.write(t.Context(), w); ended.Outcome != event.WriteDone || ended.Version == 0 {
		t.Errorf("the outcome is %+v, want done, with the revision that was read back", ended)
	}
}

// instant is a clock on which waits are over at once.
type instant struct{ *connectortest.Clock }

func (instant) After(time.Duration) <-chan time.Time { return time.After(0) }

func TestClockThatIsWrongIsPutRight(t *testing.T) {
	c := connectorFor(t, connectortest.NewClock(began), saved("http://127.0.0.1:1", SettingRegion, testRegion), nil)
	if c.learnClock(1500 * time.Millisecond); c.ours(10_000) != 10_000 {
		t.Error("a difference within the coarseness of a Date is taken for a wrong clock")
	}
	if c.learnClock(5 * time.Minute); c.ours(400_000) != 100_000 || c.theirs(100_000) != 400_000 {
		t.Errorf("five minutes ahead, 400 s is %d ms here, want 100 s", c.ours(400_000))
	}
	o := c.observation("a", report{remote: "s", at: 400_000}, "", 0)
	if o.Version != 400_000 || o.At != 100_000 {
		t.Errorf("the revision is %d at %d, want the service's moment, and ours", o.Version, o.At)
	}
}

func TestErrorsKeepTheirCause(t *testing.T) {
	cause := errors.New("the cause")
	if f := newFailure("connect:PutUserStatus", &exchange{}, "host", cause); !errors.Is(f, cause) {
		t.Error("the cause is lost")
	}
}
