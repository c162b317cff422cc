package salesforce

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
	"tandem/presence"
	standin "tandem/standin/salesforce"
)

var (
	began    = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	systemID = tandem.NameID("system", "test")
)

// vault keeps secrets in memory.
type vault struct{ named sync.Map }

func newVault(name, secret string) *vault {
	v := &vault{}
	v.named.Store(name, secret)
	return v
}

func (v *vault) Secret(_ context.Context, name string) ([]byte, error) {
	if s, ok := v.named.Load(name); ok {
		return []byte(s.(string)), nil
	}
	return nil, tandem.Errorf(tandem.NotFound, "Name", "there is no secret %q", name)
}

func (v *vault) PutSecret(_ context.Context, name string, secret []byte) error {
	v.named.Store(name, string(secret))
	return nil
}

// world is an org, a connector and a core that only takes notes.
type world struct {
	t     *testing.T
	clock *connectortest.Clock
	org   *org
	s     *Salesforce
	page  string // address for consoles
	log   *lines
	stop  func()

	mu       sync.Mutex
	observed []presence.Observe
	ended    []event.StatusWriteEnded
	works    []any // what else was told
}

// lines is a log that can be searched.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(l.text.Bytes(), []byte(text))
}

// newWorld makes a world whose connector does not run yet.
func newWorld(t *testing.T, agents int, edit func(*standin.Config)) *world {
	t.Helper()
	w := &world{t: t, clock: connectortest.NewClock(began), log: &lines{}}
	w.org = startOrg(t, connectortest.Options{Clock: w.clock, Agents: agents, RatePerMinute: 700}, edit)
	w.connect(w.org.url)
	return w
}

// connect makes the connector for an address.
func (w *world) connect(url string) {
	w.t.Helper()
	linked := map[string]bool{}
	if w.org != nil {
		for _, a := range w.org.agents {
			linked[a] = true
		}
	}
	consoles := &Consoles{}
	env := connector.Env{
		Do:     w.do,
		Linked: func(context.Context) (map[string]bool, error) { return linked, nil },
		Clock:  w.clock, Log: slog.New(slog.NewTextHandler(w.log, nil)), Stats: &connector.Stats{},
		Secrets: newVault(connector.SecretName(systemID, connector.ClientSecret), "client secret"),
	}
	system := event.SystemSaved{SystemID: systemID, URL: url, ClientID: clientID, Enabled: true}
	c, err := New(Options{Timeout: testTimeout, Consoles: consoles})(system, env)
	if err != nil {
		w.t.Fatal(err)
	}
	w.s = c.(*Salesforce)
	w.s.setLinked(linked)
	w.t.Cleanup(w.s.client.http.CloseIdleConnections)
	server := httptest.NewServer(consoles)
	w.t.Cleanup(server.Close)
	w.page = server.URL + ConsolePath + systemID.String() + "/"
}

func (w *world) do(_ context.Context, body any) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch b := body.(type) {
	case presence.Observe:
		w.observed = append(w.observed, b)
	case presence.FinishWrite:
		w.ended = append(w.ended, b.Ended)
	case presence.SetRemoteStatuses:
	default:
		w.works = append(w.works, body)
	}
	return nil, nil
}

// run starts the connector; it ends with the test, or earlier by stop.
func (w *world) run() {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = w.s.Run(ctx) }()
	w.stop = func() { cancel(); <-ended }
	w.t.Cleanup(w.stop)
}

// eventually waits for a condition while the clock stands still.
func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("it did not happen: %s", what)
		}
	}
}

// saw returns the observations of an agent in a status.
func (w *world) saw(agent, status string) []presence.Observe {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []presence.Observe
	for _, o := range w.observed {
		if o.RemoteID == agent && o.Remote == status {
			all = append(all, o)
		}
	}
	return all
}

// sawBecause reports whether an agent was observed in a status for a reason.
func (w *world) sawBecause(agent, status, reason string) func() bool {
	return func() bool {
		for _, o := range w.saw(agent, status) {
			if o.Reason == reason {
				return true
			}
		}
		return false
	}
}

// outcome waits for the next outcome of a write.
func (w *world) outcome() event.StatusWriteEnded {
	w.t.Helper()
	w.eventually("the write ends", func() bool { w.mu.Lock(); defer w.mu.Unlock(); return len(w.ended) > 0 })
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.ended[0]
	w.ended = w.ended[1:]
	return e
}

// console opens a console and waits until it and what its agent shows are known.
func (w *world) console(agent string) *standin.Console {
	w.t.Helper()
	c := w.org.open(w.t, agent, w.page)
	w.eventually("the console and its agent are known", func() bool {
		w.s.history.mu.Lock()
		defer w.s.history.mu.Unlock()
		return w.s.hub.has(agent) && w.s.history.agents[agent] != nil
	})
	return c
}

var writeIDs uint64

func writeTo(agent, status string) presence.Write {
	writeIDs++
	return presence.Write{RemoteID: agent, Remote: status, WriteID: tandem.NameID("write", agent).Derive(writeIDs)}
}

// answering is a server that gives a token and answers all else by hand.
func answering(t *testing.T, serve http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == tokenPath {
			io.WriteString(w, `{"access_token":"t","id":"https://login.salesforce.com/id/00D/005"}`)
			return
		}
		serve(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
