package hook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/connector/zendesk"
	"tandem/event"
	"tandem/presence"
	standin "tandem/standin/zendesk"
)

var (
	instanceID = tandem.NameID("instance", "one")
	systemID   = tandem.NameID("system", "zendesk")
	now        = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
)

const secret = "signing secret"

// core is a small stand-in of the engine: it keeps the newest version it has
// seen of each agent, as presence does.
type core struct {
	mu       sync.Mutex
	taken    []presence.Observe
	versions map[string]uint64
	err      error
	secrets  map[string]string
}

func newCore() *core {
	return &core{versions: map[string]uint64{}, secrets: map[string]string{connector.SecretName(systemID, connector.WebhookSecret): secret}}
}

func (c *core) Do(_ context.Context, instance, system tandem.ID, body any) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := body.(presence.Observe)
	switch {
	case instance != instanceID || system != systemID || !ok:
		return nil, errors.New("a command for somebody else")
	case c.err != nil:
		return nil, c.err
	case o.Version <= c.versions[o.RemoteID]:
		return nil, nil
	}
	c.versions[o.RemoteID] = o.Version
	c.taken = append(c.taken, o)
	return nil, nil
}

func (c *core) observed() []presence.Observe {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]presence.Observe(nil), c.taken...)
}

func (c *core) Secret(_ context.Context, name string) ([]byte, error) {
	if s, ok := c.secrets[name]; ok {
		return []byte(s), nil
	}
	return nil, tandem.Errorf(tandem.NotFound, "Name", "there is no secret %q", name)
}

func (c *core) handler(clock func() time.Time) *Handler {
	return New(Config{
		Find: func(_ context.Context, id tandem.ID) (System, bool) {
			return System{InstanceID: instanceID, Kind: event.ZendeskSystem}, id == systemID
		},
		Secrets: c, Do: c.Do, Now: clock, Log: slog.New(slog.DiscardHandler),
	})
}

func standing() time.Time { return now }

// request is a signed webhook, before a test spoils it.
func request(body string) *http.Request {
	return signed(body, secret, now.Format(time.RFC3339))
}

func signed(body, secret, timestamp string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hooks/zendesk/"+systemID.String(), strings.NewReader(body))
	r.Header.Set(timestampHeader, timestamp)
	r.Header.Set(signatureHeader, standin.Sign(secret, timestamp, []byte(body)))
	return r
}

func change(id, agent, status, version string) string {
	return fmt.Sprintf(`{"account_id":2,"id":%q,"type":"zen:event-type:agent.unified_state_changed","subject":"zen:agent:%s",
		"zendesk_event_version":"2022-11-06","time":"2026-03-02T08:59:59.5Z","detail":{"account_id":"2","agent_id":%q,"version":%q},
		"event":{"new_unified_state":{"id":%q,"name":"Lunch","reason":"AGENT_STATUS_SWITCHER"},
		"previous_unified_state":{"id":"3","name":"Online","reason":"PUBLIC_API"},"updated_at":"2026-03-02T08:59:59.123456789Z"}}`,
		id, agent, agent, version, status)
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestSignedChangeBecomesAnObservation(t *testing.T) {
	c := newCore()
	w := serve(c.handler(standing), request(change("01A", "10011", "101", "7")))
	want := presence.Observe{
		SystemID: systemID, RemoteID: "10011", Remote: "101", Version: 7, Reason: "AGENT_STATUS_SWITCHER",
		At: tandem.At(time.Date(2026, 3, 2, 8, 59, 59, 123_000_000, time.UTC)),
	}
	if got := c.observed(); w.Code != 200 || len(got) != 1 || got[0] != want {
		t.Errorf("answered %d, observed %+v, want %+v", w.Code, got, want)
	}
}

func TestWebhookIsAnsweredByWhatItProves(t *testing.T) {
	good := change("01A", "10011", "101", "7")
	at := func(shift time.Duration) string { return now.Add(shift).Format(time.RFC3339) }
	spoil := func(edit func(*http.Request)) *http.Request {
		r := request(good)
		edit(r)
		return r
	}
	tests := map[string]struct {
		request *http.Request
		status  int
		taken   int
	}{
		"as it should be":      {request(good), 200, 1},
		"five minutes old":     {signed(good, secret, at(-5*time.Minute)), 200, 1},
		"older":                {signed(good, secret, at(-5*time.Minute-time.Second)), 403, 0},
		"from the future":      {signed(good, secret, at(5*time.Minute+time.Second)), 403, 0},
		"timestamp not a time": {signed(good, secret, "yesterday"), 403, 0},
		"another secret":       {signed(good, "another secret", at(0)), 401, 0},
		"no signature":         {spoil(func(r *http.Request) { r.Header.Del(signatureHeader) }), 401, 0},
		"no timestamp":         {spoil(func(r *http.Request) { r.Header.Del(timestampHeader) }), 401, 0},
		"timestamp changed":    {spoil(func(r *http.Request) { r.Header.Set(timestampHeader, at(time.Second)) }), 401, 0},
		"body changed": {spoil(func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(good, "101", "102", 1)))
		}), 401, 0},
		"another method":          {spoil(func(r *http.Request) { r.Method = http.MethodGet }), 405, 0},
		"unknown system":          {spoil(func(r *http.Request) { r.URL.Path = "/hooks/zendesk/" + instanceID.String() }), 404, 0},
		"system that is no id":    {spoil(func(r *http.Request) { r.URL.Path = "/hooks/zendesk/x" }), 404, 0},
		"another kind":            {spoil(func(r *http.Request) { r.URL.Path = "/hooks/salesforce/" + systemID.String() }), 404, 0},
		"too large":               {request(good + strings.Repeat(" ", maxBodyBytes)), 413, 0},
		"not JSON":                {request("status=3"), 400, 0},
		"no event id":             {request(change("", "10011", "101", "7")), 400, 0},
		"an event id without end": {request(change(strings.Repeat("x", 201), "10011", "101", "7")), 400, 0},
		"version not a number":    {request(change("01A", "10011", "101", "seven")), 400, 0},
		"no agent":                {request(change("01A", "", "101", "7")), 400, 0},
		"no status":               {request(change("01A", "10011", "", "7")), 400, 0},
		"another event":           {request(`{"id":"01B","type":"zen:event-type:agent.state_changed"}`), 200, 0},
	}
	for name, tt := range tests {
		c := newCore()
		if w := serve(c.handler(standing), tt.request); w.Code != tt.status || len(c.observed()) != tt.taken {
			t.Errorf("%s: answered %d (%s) with %d observations, want %d with %d", name, w.Code, strings.TrimSpace(w.Body.String()), len(c.observed()), tt.status, tt.taken)
		}
	}
}

// TestDuplicateWebhookHasOneEffect holds ZD-L19, also after a restart, when
// only the version tells.
func TestDuplicateWebhookHasOneEffect(t *testing.T) {
	c := newCore()
	h := c.handler(standing)
	for i, handler := range []*Handler{h, h, c.handler(standing)} {
		if w := serve(handler, request(change("01A", "10011", "101", "7"))); w.Code != 200 {
			t.Errorf("delivery %d is answered %d, want 200", i, w.Code)
		}
	}
	if f := h.Figures(); len(c.observed()) != 1 || f["taken"] != 1 || f["repeated"] != 1 {
		t.Errorf("%d observations, figures %v, want one taken and one repeated", len(c.observed()), f)
	}
}

func TestWebhookIsAnsweredOnlyOnceDurable(t *testing.T) {
	tests := map[string]struct {
		err    error
		status int
	}{
		"the core has stopped":    {errors.New("the engine has stopped"), 503},
		"the core is busy":        {tandem.Errorf(tandem.Busy, "", "busy"), 503},
		"nobody is linked":        {tandem.Errorf(tandem.NotFound, "RemoteId", "nobody"), 200},
		"the system was disabled": {tandem.Errorf(tandem.Conflict, "SystemId", "off"), 200},
	}
	for name, tt := range tests {
		c := newCore()
		h := c.handler(standing)
		c.err = tt.err
		w := serve(h, request(change("01A", "10011", "101", "7")))
		if w.Code != tt.status || (w.Header().Get("Retry-After") == "") != (tt.status == 200) {
			t.Errorf("%s: answered %d, Retry-After %q, want %d", name, w.Code, w.Header().Get("Retry-After"), tt.status)
		}
		c.err = nil
		if w := serve(h, request(change("01A", "10011", "101", "7"))); w.Code != 200 || len(c.observed()) != 1 {
			t.Errorf("%s: the repetition is answered %d, want it taken", name, w.Code)
		}
	}
}

func TestSystemWithoutWebhookSecretIsUnsigned(t *testing.T) {
	c := newCore()
	c.secrets = nil
	if w := serve(c.handler(standing), signed(change("01A", "10011", "101", "7"), "", now.Format(time.RFC3339))); w.Code != 401 || len(c.observed()) > 0 {
		t.Errorf("answered %d, want 401: an empty secret proves nothing", w.Code)
	}
}

func TestFloodIsTurnedAway(t *testing.T) {
	c := newCore()
	h := c.handler(standing)
	for i := range burst + 1 {
		w := serve(h, signed("{}", "wrong", now.Format(time.RFC3339)))
		if want := 401; i < burst && w.Code != want {
			t.Fatalf("request %d is answered %d, want %d", i, w.Code, want)
		} else if i == burst && (w.Code != 429 || w.Header().Get("Retry-After") == "") {
			t.Errorf("request %d is answered %d, want 429 with Retry-After", i, w.Code)
		}
	}
}

func TestOldEventsAreForgotten(t *testing.T) {
	r := newRecent()
	for i := range maxRecent + 1 {
		r.add(fmt.Sprint(i))
	}
	if r.has("0") || !r.has("1") || !r.has(fmt.Sprint(maxRecent)) || len(r.keys) != maxRecent {
		t.Errorf("%d events are remembered, the oldest %t", len(r.keys), r.has("0"))
	}
}

// TestStandInsWebhooksAreTaken holds that events as Zendesk sends them arrive:
// lost ones are missing, repeated ones count once.
func TestStandInsWebhooksAreTaken(t *testing.T) {
	c := newCore()
	server := httptest.NewServer(c.handler(time.Now))
	defer server.Close()
	account, err := standin.New(standin.Config{
		ClientID: "tandem", ClientSecret: "x", Agents: []standin.Agent{{ID: 10011, Name: "agent1", Email: "agent1@example.com"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer account.Close()
	c.secrets[connector.SecretName(systemID, connector.WebhookSecret)] = subscribe(t, account, server.URL+"/hooks/zendesk/"+systemID.String())
	account.DuplicateWebhooks(1)
	account.DropWebhooks(1)
	for _, status := range []int64{standin.StatusOnline, standin.StatusAway, standin.StatusTransfersOnly} {
		if err := account.SetStatusByHand(10011, status); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); account.PendingDeliveries() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("deliveries do not end")
		}
	}
	got := c.observed()
	if len(got) != 2 || got[0].Remote != "3" || got[1].Remote != "5" || got[1].Version != got[0].Version+2 {
		t.Errorf("observed %+v, want Online and Transfers Only, two versions apart", got)
	}
}

// subscribe registers a webhook at the stand-in and returns its secret.
func subscribe(t *testing.T, account *standin.Server, endpoint string) string {
	t.Helper()
	call := func(method, path, token, body string) string {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		account.ServeHTTP(w, r)
		if w.Code >= 300 {
			t.Fatalf("%s %s is answered %d: %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	between := func(text, before string) string {
		_, rest, _ := strings.Cut(text, before+`":"`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	token := between(call("POST", "/oauth/tokens", "", `{"grant_type":"client_credentials","client_id":"tandem","client_secret":"x"}`), "access_token")
	id := between(call("POST", "/api/v2/webhooks", token, fmt.Sprintf(`{"webhook":{"name":"t","status":"active","endpoint":%q,"http_method":"POST",
		"request_format":"json","subscriptions":[%q]}}`, endpoint, zendesk.EventType)), `"id`)
	return between(call("GET", "/api/v2/webhooks/"+id+"/signing_secret", token, ""), `"secret`)
}

func FuzzParseEnvelope(f *testing.F) {
	f.Add([]byte(change("01A", "10011", "101", "7")))
	f.Add([]byte(`{"id":"01B","type":"zen:event-type:agent.unified_state_changed","detail":{},"event":{}}`))
	f.Add([]byte(`{"id":"01C","type":"x","event":{"updated_at":"0000-01-01T00:00:00Z"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := parseEnvelope(body)
		if err != nil {
			return
		}
		if o, err := e.observation(systemID); err == nil && (o.RemoteID == "" || o.Remote == "" || o.SystemID != systemID) {
			t.Errorf("an observation of nobody or nothing: %+v", o)
		}
	})
}
