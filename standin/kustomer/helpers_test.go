package kustomer

import (
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
	agent1  = "680000000000000000000001"
	agent2  = "680000000000000000000002"
	boss    = "680000000000000000000003" // on no team with routing
	lunch   = "650000000000000000000101"
	mail    = "660000000000000000000001"
	chat    = "660000000000000000000002"
	service = "670000000000000000000001"
	sales   = "670000000000000000000002"
	office  = "670000000000000000000003"
	machine = "690000000000000000000001"
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

// rig is a running stand-in with a key at hand.
type rig struct {
	t     *testing.T
	s     *Server
	url   string
	token string
}

func testConfig() Config {
	return Config{
		Keys:   []Key{{Token: "key", UserID: machine, Name: "Tandem"}},
		Queues: []Queue{{ID: mail, Name: "Mail"}, {ID: chat, Name: "Chat", ItemSize: 2}},
		Teams: []Team{
			{ID: service, Name: "Service", Routing: true, Queues: []TeamQueue{{mail, 2}, {chat, 1}}},
			{ID: sales, Name: "Sales", Routing: true, Queues: []TeamQueue{{mail, 1}}}, {ID: office, Name: "Office"},
		},
		Users: []User{
			{ID: agent1, Name: "Agent One", Email: "agent1@example.com", TeamIDs: []string{office, service, sales}},
			{ID: agent2, Name: "Agent Two", Email: "agent2@example.com", TeamIDs: []string{service}},
			{ID: boss, Name: "Boss", Email: "boss@example.com", TeamIDs: []string{office}},
		},
		CustomStatuses: []Status{{ID: lunch, Name: "Lunch", Description: "Away to eat"}},
	}
}

func start(t *testing.T, edit func(*Config)) *rig {
	t.Helper()
	config := testConfig()
	config.Clock = (&fakeClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}).Now
	if edit != nil {
		edit(&config)
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); server.Close() })
	return &rig{t: t, s: s, url: server.URL, token: "key"}
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
	request.Header.Set("Authorization", "Bearer "+r.token)
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

func (r *rig) want(got answer, code int, contains string) answer {
	r.t.Helper()
	if got.err != nil || got.code != code || !strings.Contains(got.text, contains) {
		r.t.Fatalf("got %d %q (%v), want %d with %q", got.code, got.text, got.err, code, contains)
	}
	return got
}

func (r *rig) wantStatus(agent, status string) {
	r.t.Helper()
	if d, err := r.s.Desk(agent); err != nil || d.StatusID != status {
		r.t.Fatalf("agent %s: got %+v (%v), want status %s", agent, d, err, status)
	}
}

// live is the id of an agent's live work session.
func (r *rig) live(agent string) string {
	r.t.Helper()
	list := r.want(r.do("GET", "/v1/routing/users/"+agent+"/work-sessions", ""), 200, agent)
	return list.at("data", 0, "id").(string)
}

// work puts a conversation into a queue and returns its item.
func (r *rig) work(conversation, queue string) string {
	r.t.Helper()
	id, err := r.s.AddWork(conversation, queue)
	ok(r.t, err)
	return id
}

// item is what the API tells of a work item.
func (r *rig) item(id string, path ...any) any {
	r.t.Helper()
	return r.want(r.do("GET", "/v1/routing/work-items/"+id, ""), 200, id).at(append([]any{"data"}, path...)...)
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
