package zendesk

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
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

var systemID = tandem.NameID("system", "test")

// connectorFor makes a connector for an address, with the client secret of the
// stand-in; it does not run.
func connectorFor(t testing.TB, clock connector.Clock, url string, edit func(*connector.Env)) *Zendesk {
	t.Helper()
	env := connector.Env{
		Do:     func(context.Context, any) (any, error) { return nil, nil },
		Linked: func(context.Context) (map[string]bool, error) { return nil, nil },
		Clock:  clock, Log: slog.New(slog.DiscardHandler), Stats: &connector.Stats{},
		Secrets: vault{connector.SecretName(systemID, connector.ClientSecret): "client secret"},
	}
	if edit != nil {
		edit(&env)
	}
	system := event.SystemSaved{SystemID: systemID, System: event.ZendeskSystem, URL: url, ClientID: "tandem", Enabled: true}
	c, err := New(Options{Timeout: testTimeout})(system, env)
	if err != nil {
		t.Fatal(err)
	}
	z := c.(*Zendesk)
	t.Cleanup(z.client.http.CloseIdleConnections)
	return z
}

func TestOnlyAnAccountsAddressIsTaken(t *testing.T) {
	for url, good := range map[string]bool{
		"https://example.zendesk.com": true, "https://example.zendesk.com/": true, "https://127.0.0.1:8443": true,
		"http://127.0.0.1:8080": true, "http://localhost:8080": true, "http://[::1]:8080": true,
		"http://example.zendesk.com": false, "ftp://example.zendesk.com": false, "example.zendesk.com": false, "": false,
		"https://user:pass@example.zendesk.com": false, "https://example.zendesk.com/api": false,
		"https://example.zendesk.com?x=1": false, "https://example.zendesk.com#x": false, "https://": false, "https://%zz": false,
	} {
		if err := Check(event.SystemSaved{URL: url, ClientID: "tandem"}); (err == nil) != good {
			t.Errorf("%q: error %v, want it taken: %t", url, err, good)
		}
		if err := Check(event.SystemSaved{URL: url}); err == nil {
			t.Errorf("%q is taken without a client id", url)
		}
	}
}

// answering is a server that gives a token and answers all else by hand.
func answering(t *testing.T, serve http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/tokens" {
			io.WriteString(w, `{"access_token":"t","token_type":"bearer","expires_in":1800}`)
			return
		}
		serve(w, r)
	}))
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
	z := connectorFor(t, connectortest.NewClock(began), url, nil)
	_, err := z.Agents(t.Context())
	if err == nil || !strings.Contains(err.Error(), "307") || strayed.Load() {
		t.Errorf("error %v, strayed %t, want a refusal that names 307", err, strayed.Load())
	}
}

func TestPagesOfAnotherHostAreNotVisited(t *testing.T) {
	var paths []string
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Query().Get("page[after]"))
		fmt.Fprintf(w, `{"users":[{"id":1}],"meta":{"has_more":%t,"after_cursor":"next one"},"links":{"next":"http://192.0.2.1/steal"}}`, len(paths) == 1)
	})
	z := connectorFor(t, connectortest.NewClock(began), url, nil)
	agents, err := z.Agents(t.Context())
	if err != nil || len(agents) != 2 || strings.Join(paths, ",") != ",next one" {
		t.Errorf("%d agents, error %v, cursors %q; want two pages of the same host", len(agents), err, paths)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"users":[`+strings.Repeat(" ", maxAnswerBytes))
	}
	z := connectorFor(t, connectortest.NewClock(began), answering(t, endless), nil)
	if _, err := z.Agents(t.Context()); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("error %v, want one about size", err)
	}
	turning := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"meta":{"has_more":true,"after_cursor":"x"}}`)
	}
	z = connectorFor(t, connectortest.NewClock(began), answering(t, turning), nil)
	z.client.governor.learn("1000000")
	if _, err := z.Agents(t.Context()); err == nil || !strings.Contains(err.Error(), "pages") {
		t.Errorf("error %v, want one about pages without end", err)
	}
}

func TestRetryAfterIsReadWithinBounds(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"7": 7 * time.Second, "0": time.Second, "-3": time.Second, "": defaultPause, "soon": defaultPause, "99999999": 10 * time.Minute,
		began.Add(30 * time.Second).Format(http.TimeFormat): 30 * time.Second, began.Add(-time.Hour).Format(http.TimeFormat): time.Second,
	} {
		if got := pause(header, began); got != want {
			t.Errorf("%q means %s, want %s", header, got, want)
		}
	}
}

func TestErrorAnswerIsToldShortly(t *testing.T) {
	tests := []struct {
		status     int
		body, want string
	}{
		{422, `{"error":"RecordInvalid","description":"Record validation errors","details":{}}`, "RecordInvalid: Record validation errors"},
		{401, `{"error":"invalid_client","error_description":"Client authentication failed"}`, "invalid_client: Client authentication failed"},
		{403, `{"error":{"title":"Forbidden"}}`, ""},
		{404, `<html>a page</html>`, "Not Found"},
		{500, ``, "Internal Server Error"},
	}
	for _, tt := range tests {
		if got := detail(&http.Response{StatusCode: tt.status}, []byte(tt.body)); got != tt.want {
			t.Errorf("%d %s is told as %q, want %q", tt.status, tt.body, got, tt.want)
		}
	}
	if got := detail(&http.Response{StatusCode: 500}, []byte(`{"error":"`+strings.Repeat("é", 300)+`"}`)); len(got) > maxDetailLength+3 {
		t.Errorf("a long answer is told in %d bytes", len(got))
	}
}

// TestTokenIsRenewedInGoodTime holds that no request meets an expired token.
func TestTokenIsRenewedInGoodTime(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 700}, nil)
	z := connectorFor(t, clock, a.url, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); z.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	tokens := func() int { return len(a.Server.Requests("POST", "/oauth/")) }
	deadline := time.Now().Add(20 * time.Second)
	for tokens() < 4 {
		if time.Now().After(deadline) {
			t.Fatalf("%d tokens in %s", tokens(), clock.Now().Sub(began))
		}
		clock.Advance(10 * time.Second)
		time.Sleep(time.Millisecond)
	}
	for _, e := range a.Server.Requests("", "") {
		if e.Status == http.StatusUnauthorized {
			t.Errorf("%s %s met an expired token", e.Method, e.Path)
		}
	}
}

func TestGovernorKeepsToItsShare(t *testing.T) {
	for _, limit := range []int{10, 200, 700, 2500} {
		clock := connectortest.NewClock(began)
		g := newGovernor(clock)
		g.learn(fmt.Sprint(limit))
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
	g.learn("200")
	for g.pass(background) == 0 {
	}
	urgents := 0
	for g.pass(urgent) == 0 {
		urgents++
	}
	if urgents < 15 {
		t.Errorf("%d urgent requests pass after those in the background, want about 20", urgents)
	}
}

func TestGovernorKeepsWhatWasUsedWhenTheLimitChanges(t *testing.T) {
	g := newGovernor(connectortest.NewClock(began))
	for range 30 {
		g.pass(urgent)
	}
	g.learn("400")
	g.learn("nonsense")
	left := 0
	for g.pass(urgent) == 0 {
		left++
	}
	if left != 80-30 {
		t.Errorf("%d requests are left of a burst of 80 after 30", left)
	}
}
