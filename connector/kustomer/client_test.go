package kustomer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
	"tandem/presence"
)

var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

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

var (
	systemID   = tandem.NameID("system", "test")
	secretName = connector.SecretName(systemID, connector.ClientSecret)
)

// told is what the core was told.
type told struct {
	mu       sync.Mutex
	observed []presence.Observe
	loads    []presence.ObserveCapacity
	statuses []event.RemoteStatus
}

func (c *told) do(_ context.Context, body any) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch b := body.(type) {
	case presence.Observe:
		c.observed = append(c.observed, b)
	case presence.ObserveCapacity:
		c.loads = append(c.loads, b)
	case presence.SetRemoteStatuses:
		c.statuses = b.Statuses
	}
	return nil, nil
}

// last is the newest observation, and how many there were.
func (c *told) last(t *testing.T) (presence.Observe, int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.observed) == 0 {
		t.Fatal("nothing was observed")
	}
	return c.observed[len(c.observed)-1], len(c.observed)
}

// connectorFor makes a connector for an address, with the first key of the
// stand-in; it does not run.
func connectorFor(t testing.TB, clock connector.Clock, url string, edit func(*connector.Env)) (*Kustomer, *told) {
	t.Helper()
	core := &told{}
	env := connector.Env{
		Do:     core.do,
		Linked: func(context.Context) (map[string]bool, error) { return nil, nil },
		Clock:  clock, Log: slog.New(slog.DiscardHandler), Stats: &connector.Stats{}, Secrets: vault{secretName: firstKey},
	}
	if edit != nil {
		edit(&env)
	}
	system := event.SystemSaved{SystemID: systemID, System: event.KustomerSystem, URL: url, Enabled: true}
	c, err := New(Options{Timeout: testTimeout})(system, env)
	if err != nil {
		t.Fatal(err)
	}
	k := c.(*Kustomer)
	t.Cleanup(k.client.http.CloseIdleConnections)
	return k, core
}

// linking links agents.
func linking(agents ...string) func(*connector.Env) {
	return func(e *connector.Env) {
		e.Linked = func(context.Context) (map[string]bool, error) {
			linked := map[string]bool{}
			for _, a := range agents {
				linked[a] = true
			}
			return linked, nil
		}
	}
}

func TestOnlyAnOrganizationsAddressIsTaken(t *testing.T) {
	for url, good := range map[string]bool{
		"https://example.api.kustomerapp.com": true, "https://example.api.kustomerapp.com/": true, "https://example.api.kustomerapp.com/v1": true,
		"http://127.0.0.1:8080": true, "http://localhost:8080": true, "http://[::1]:8080": true,
		"http://example.api.kustomerapp.com": false, "ftp://example.api.kustomerapp.com": false, "example.api.kustomerapp.com": false, "": false,
		"https://user:pass@example.api.kustomerapp.com": false, "https://example.api.kustomerapp.com/v2": false,
		"https://example.api.kustomerapp.com?x=1": false, "https://example.api.kustomerapp.com#x": false, "https://": false, "https://%zz": false,
	} {
		if err := Check(event.SystemSaved{URL: url}); (err == nil) != good {
			t.Errorf("%q: error %v, want it taken: %t", url, err, good)
		}
	}
}

// answering is a server that answers everything by hand.
func answering(t testing.TB, serve http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	return server.URL
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var strayed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Store(true) }))
	defer other.Close()
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	k, _ := connectorFor(t, connectortest.NewClock(began), url, nil)
	_, err := k.Agents(t.Context())
	if err == nil || !strings.Contains(err.Error(), "307") || strayed.Load() {
		t.Errorf("error %v, strayed %t, want a refusal that names 307", err, strayed.Load())
	}
}

func TestPagesOfAnotherHostAreNotVisited(t *testing.T) {
	var asked []string
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("page"))
		next := `"http://192.0.2.1/steal"`
		if len(asked) > 1 {
			next = "null"
		}
		fmt.Fprintf(w, `{"data":[{"id":"a%d"}],"links":{"next":%s}}`, len(asked), next)
	})
	k, _ := connectorFor(t, connectortest.NewClock(began), url, nil)
	agents, err := k.Agents(t.Context())
	if err != nil || len(agents) != 2 || strings.Join(asked, ",") != "1,2" {
		t.Errorf("%d agents, error %v, pages %q; want two pages of the same host", len(agents), err, asked)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	clock := connectortest.NewClock(began)
	k, _ := connectorFor(t, clock, answering(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"data":[`+strings.Repeat(" ", maxAnswerBytes))
	}), nil)
	if _, err := k.Agents(t.Context()); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("error %v, want one about size", err)
	}
	k, _ = connectorFor(t, clock, answering(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"data":[],"links":{"next":"/v1/users?page=7"}}`)
	}), nil)
	k.client.governor.learn(budget{limit: 1_000_000, remaining: -1})
	if _, err := k.Agents(t.Context()); err == nil || !strings.Contains(err.Error(), "pages") {
		t.Errorf("error %v, want one about pages without end", err)
	}
}

// TestBadAnswersTellAPersonWhatToDo holds that whatever answers in Kustomer's
// place, the message says what it was and where to look.
func TestBadAnswersTellAPersonWhatToDo(t *testing.T) {
	thousand := `{"errors":[` + strings.Repeat(`{"code":"bad_request","message":"no"},`, 999) + `{"code":"bad_request","message":"no"}]}`
	tests := []struct {
		name   string
		status int
		body   string
		want   []string
	}{
		{"a page with 200", 200, "<!doctype html><html>Sign in</html>", []string{"200", "web page", "check the URL", "proxy"}},
		{"a page with 502", 502, "\n <html>Bad gateway</html>", []string{"502", "Bad Gateway", "web page"}},
		{"nothing with 200", 200, "", []string{"200", "empty"}},
		{"nothing with 500", 500, "", []string{"500", "empty"}},
		{"other JSON", 200, `{"hello":"world"}`, []string{"no list", "changed its API"}},
		{"not JSON", 200, `users: []`, []string{"not the JSON expected"}},
		{"an array", 200, `[1,2]`, []string{"not the JSON expected"}},
		{"one error", 400, `{"errors":[{"code":"bad_request","message":"Invalid request body or parameters.","meta":{}}]}`, []string{"400: bad_request: Invalid request body or parameters."}},
		{"the other form", 400, `{"errors":[{"status":"400","code":"bad_request","title":"Bad Request","detail":"A status is required.","source":{"pointer":"/status"}}]}`, []string{"A status is required. (at /status)"}},
		{"a thousand errors", 400, thousand, []string{"bad_request: no; and 999 more errors"}},
		{"a role is missing", 403, `{"errors":[{"code":"forbidden","message":"no"}]}`, []string{"403", "org.permission.routing.update"}},
		{"no errors", 404, `{"errors":[]}`, []string{"404: Not Found"}},
		{"a long error", 500, `{"errors":[{"message":"` + strings.Repeat("é", 400) + `"}]}`, []string{"é..."}},
	}
	for _, tt := range tests {
		k, _ := connectorFor(t, connectortest.NewClock(began), answering(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(tt.status)
			io.WriteString(w, tt.body)
		}), nil)
		_, err := k.Agents(t.Context())
		if err == nil {
			t.Errorf("%s: no error", tt.name)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not tell %q", tt.name, err, want)
			}
		}
		if len(err.Error()) > 2*maxDetailLength {
			t.Errorf("%s: the message has %d bytes", tt.name, len(err.Error()))
		}
	}
}

// records are log records.
type records struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (r *records) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.Write(p)
}

func (r *records) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.String()
}

// TestErrorWithoutEndFloodsNobody holds that an hour in which every request
// fails neither floods Kustomer nor the log, and that the log says why.
func TestErrorWithoutEndFloodsNobody(t *testing.T) {
	var asked atomic.Int64
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, "<html>maintenance</html>")
	})
	clock, log := connectortest.NewClock(began), &records{}
	k, _ := connectorFor(t, clock, url, func(e *connector.Env) {
		linking("a")(e)
		e.Log = slog.New(slog.NewTextHandler(log, nil))
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); k.Run(ctx) }()
	k.Read(presence.Read{RemoteID: "a"})
	for clock.Now().Before(began.Add(time.Hour)) {
		clock.Advance(10 * time.Second)
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
	if n := asked.Load(); n < 20 || n > 500 {
		t.Errorf("%d requests in an hour of errors, want some, and at most 500", n)
	}
	if n := strings.Count(log.text(), "level=WARN"); n > 500 || !strings.Contains(log.text(), "web page") {
		t.Errorf("%d warnings, or none tells of the page: %.300s", n, log.text())
	}
}

func TestPauseIsReadWithinBounds(t *testing.T) {
	tests := []struct {
		after string
		reset time.Time
		want  time.Duration
	}{
		{"7", time.Time{}, 7 * time.Second}, {"0", time.Time{}, time.Second}, {"-3", time.Time{}, time.Second}, {"", time.Time{}, defaultPause},
		{"soon", time.Time{}, defaultPause}, {"99999999", time.Time{}, 10 * time.Minute},
		{began.Add(30 * time.Second).Format(http.TimeFormat), time.Time{}, 30 * time.Second},
		{began.Add(-time.Hour).Format(http.TimeFormat), time.Time{}, time.Second},
		{"", began.Add(42 * time.Second), 42 * time.Second}, {"", began.Add(-time.Second), time.Second}, {"5", began.Add(42 * time.Second), 5 * time.Second},
	}
	for _, tt := range tests {
		if got := pause(tt.after, tt.reset, began); got != tt.want {
			t.Errorf("%q and %s mean %s, want %s", tt.after, tt.reset, got, tt.want)
		}
	}
}

func TestResetIsUnderstoodInEveryUnit(t *testing.T) {
	k, _ := connectorFor(t, connectortest.NewClock(began), "http://127.0.0.1:1", nil)
	want := began.Add(40 * time.Second)
	for _, reset := range []int64{want.Unix(), want.UnixMilli(), 40} {
		if got := k.client.resetAt(reset); !got.Equal(want) {
			t.Errorf("%d means %s, want %s", reset, got, want)
		}
	}
	for _, reset := range []int64{-1, 0, 1 << 62, began.Add(-time.Hour).Unix(), began.Add(time.Hour).UnixMilli()} {
		if got := k.client.resetAt(reset); got.After(began.Add(longestPause)) {
			t.Errorf("%d means %s, more than %s away", reset, got, longestPause)
		}
	}
}

func TestGovernorKeepsToItsShare(t *testing.T) {
	for _, limit := range []int{10, 300, 500, 1000, 2000} {
		clock := connectortest.NewClock(began)
		g := newGovernor(clock)
		g.learn(budget{limit: limit, remaining: -1})
		passed := 0
		for range 60_000 {
			if g.pass(urgent) == 0 {
				passed++
			}
			clock.Advance(time.Millisecond)
		}
		if most := limit * 60 / 100; passed > most+1 || passed < most-2 {
			t.Errorf("of %d requests a minute %d pass, want %d", limit, passed, most)
		}
	}
}

func TestBackgroundLeavesRoomForUrgentRequests(t *testing.T) {
	g := newGovernor(connectortest.NewClock(began))
	g.learn(budget{limit: 1000, remaining: -1})
	for g.pass(background) == 0 {
	}
	urgents := 0
	for g.pass(urgent) == 0 {
		urgents++
	}
	if urgents < 90 {
		t.Errorf("%d urgent requests pass after those in the background, want about 100", urgents)
	}
}

// TestLookingStopsWhileTheOrganizationIsShortOfRequests holds that what other
// programs of the organization use counts too.
func TestLookingStopsWhileTheOrganizationIsShortOfRequests(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startOrganization(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 1000}, nil)
	k, _ := connectorFor(t, clock, a.url, nil)
	a.UseBudget(950)
	if _, err := k.Agents(t.Context()); err != nil {
		t.Fatal(err)
	}
	if span := k.client.governor.pass(background); span != time.Minute {
		t.Errorf("a request in the background waits %s, want until the window ends", span)
	}
	if k.client.governor.pass(urgent) != 0 {
		t.Error("an urgent request waits too")
	}
	clock.Advance(time.Minute)
	if k.client.governor.pass(background) != 0 {
		t.Error("a request in the background waits after the window has ended")
	}
}

func TestLooksOfManyPagesAreFurtherApart(t *testing.T) {
	g := newGovernor(connectortest.NewClock(began))
	g.learn(budget{limit: 1000, remaining: -1})
	for requests, want := range map[int]time.Duration{1: 300 * time.Millisecond, 3: 900 * time.Millisecond, 30: 9 * time.Second} {
		if got := g.spacing(requests); got != want {
			t.Errorf("looks of %d requests are %s apart, want %s", requests, got, want)
		}
	}
}

// TestRotatedKeyIsTakenWithoutARestart holds that the new key's machine user is
// known before anything is laid to a person.
func TestRotatedKeyIsTakenWithoutARestart(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startOrganization(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 1000}, nil)
	k, core := connectorFor(t, clock, a.url, func(e *connector.Env) { linking(a.agents[0])(e); *e = a.env(*e) })
	look := func() presence.Observe {
		t.Helper()
		if _, err := k.lookAtAll(t.Context(), urgent); err != nil {
			t.Fatal(err)
		}
		o, _ := core.last(t)
		return o
	}
	look()
	a.RevokeAccess()
	if ended := k.write(t.Context(), presence.Write{RemoteID: a.agents[0], Remote: lunch}); ended.Outcome != event.WriteDone {
		t.Fatalf("with the new key the write ends as %+v", ended)
	}
	k.memory = newMemory()
	if o := look(); o.Remote != lunch || o.Reason != presence.ReasonSelf {
		t.Errorf("what the new key did is observed as %+v, want our own", o)
	}
}

func TestRefusedKeyIsNotTriedAgainAtOnce(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startOrganization(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 1000}, nil)
	secrets := vault{secretName: "no key"}
	k, _ := connectorFor(t, clock, a.url, func(e *connector.Env) { e.Secrets = secrets })
	for range 5 {
		if _, err := k.Agents(t.Context()); err == nil || !strings.Contains(err.Error(), "API key") {
			t.Errorf("error %v, want one that asks for an API key", err)
		}
	}
	if n := len(a.Server.Requests("", "")); n != 1 {
		t.Errorf("%d requests with a key that is not accepted, want 1", n)
	}
	secrets[secretName] = firstKey
	if _, err := k.Agents(t.Context()); err != nil {
		t.Errorf("with a good key: %v", err)
	}
}
