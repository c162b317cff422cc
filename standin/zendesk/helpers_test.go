package zendesk

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	agent1 int64 = 10011
	agent2 int64 = 10012
	lunch  int64 = 101
	coach  int64 = 102
)

type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) add(span time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(span)
}

// rig is a running stand-in with a token at hand.
type rig struct {
	t     *testing.T
	s     *Server
	url   string
	clock *fakeClock
	token string
}

func testConfig() Config {
	return Config{
		ClientID: "tandem", ClientSecret: "client-secret", IdleTimeout: 10 * time.Minute,
		WebhookRetryDelay: time.Millisecond, WebhookTimeout: 2 * time.Second,
		Agents: []Agent{
			{ID: agent1, Name: "Agent One", Email: "agent1@example.com", GroupIDs: []int64{7}, StatusID: StatusOnline},
			{ID: agent2, Name: "Agent Two", Email: "agent2@example.com", Role: "admin"},
		},
		CustomStatuses: []Status{
			{ID: lunch, Name: "Lunch", Channels: Channels{Support: "online"}},
			{ID: coach, Name: "Coaching", GroupIDs: []int64{7}},
		},
	}
}

func start(t *testing.T, edit func(*Config)) *rig {
	t.Helper()
	config := testConfig()
	clock := &fakeClock{now: time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.UTC)}
	config.Clock = clock.Now
	if edit != nil {
		edit(&config)
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); server.Close() })
	r := &rig{t: t, s: s, url: server.URL, clock: clock}
	r.token = r.newToken("")
	return r
}

func (r *rig) newToken(scope string) string {
	r.t.Helper()
	body := `{"grant_type":"client_credentials","client_id":"tandem","client_secret":"client-secret","scope":"` + scope + `"}`
	answer := r.do("POST", "/oauth/tokens", body)
	if answer.code != http.StatusOK {
		r.t.Fatalf("token refused: %d %s", answer.code, answer.text)
	}
	return answer.at("access_token").(string)
}

type answer struct {
	code   int
	text   string
	header http.Header
	err    error
}

func (r *rig) do(method, path, body string) answer {
	r.t.Helper()
	request, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if r.token != "" {
		request.Header.Set("Authorization", "Bearer "+r.token)
	}
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return answer{err: err}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{code: response.StatusCode, text: string(text), header: response.Header, err: err}
}

// at walks the JSON answer: strings are keys, ints indexes.
func (a answer) at(path ...any) any {
	var value any
	decoder := json.NewDecoder(strings.NewReader(a.text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil
	}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			inner, _ := value.(map[string]any)
			value = inner[step]
		case int:
			inner, _ := value.([]any)
			if step >= len(inner) {
				return nil
			}
			value = inner[step]
		}
	}
	return value
}

func (a answer) count(path ...any) int {
	list, _ := a.at(path...).([]any)
	return len(list)
}

func (r *rig) want(got answer, code int, contains string) {
	r.t.Helper()
	if got.err != nil || got.code != code || !strings.Contains(got.text, contains) {
		r.t.Fatalf("got %d %q (%v), want %d with %q", got.code, got.text, got.err, code, contains)
	}
}

func (r *rig) wantStatus(agentID, statusID int64, reason string, version int64) {
	r.t.Helper()
	got, err := r.s.Status(agentID)
	if err != nil || got.ID != statusID || got.Reason != reason || got.Version != version {
		r.t.Fatalf("agent %d: got %+v (%v), want status %d, reason %s, version %d", agentID, got, err, statusID, reason, version)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// receiver is a webhook endpoint that keeps what it accepted.
type receiver struct {
	mu     sync.Mutex
	got    []received
	answer func(attempt int, w http.ResponseWriter, r *http.Request)
	server *httptest.Server
}

type received struct {
	header http.Header
	body   []byte
	event  envelope
}

func listen(t *testing.T) *receiver {
	rc := &receiver{}
	rc.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		in := received{header: r.Header.Clone(), body: body}
		_ = json.NewDecoder(bytes.NewReader(body)).Decode(&in.event)
		rc.mu.Lock()
		rc.got = append(rc.got, in)
		attempt, respond := len(rc.got), rc.answer
		rc.mu.Unlock()
		if respond != nil {
			respond(attempt, w, r)
		}
	}))
	t.Cleanup(rc.server.Close)
	return rc
}

func (rc *receiver) all() []received {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return append([]received{}, rc.got...)
}

// versions are the versions received, in order of arrival.
func (rc *receiver) versions() string {
	var list []string
	for _, in := range rc.all() {
		list = append(list, in.event.Detail.Version)
	}
	return strings.Join(list, " ")
}

// subscribe registers a webhook and returns its id and secret.
func (r *rig) subscribe(rc *receiver) (id, key string) {
	r.t.Helper()
	created := r.do("POST", "/api/v2/webhooks", webhookBody(rc.server.URL, EventUnifiedStateChanged))
	r.want(created, http.StatusCreated, `"status":"active"`)
	id = created.at("webhook", "id").(string)
	shown := r.do("GET", "/api/v2/webhooks/"+id+"/signing_secret", "")
	r.want(shown, http.StatusOK, "SHA256")
	return id, shown.at("signing_secret", "secret").(string)
}

func webhookBody(endpoint, event string) string {
	return `{"webhook":{"name":"status","status":"active","endpoint":"` + endpoint +
		`","http_method":"POST","request_format":"json","subscriptions":["` + event + `"]}}`
}
