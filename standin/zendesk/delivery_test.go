package zendesk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEventHasTheEnvelopeAndSignatureOfZendesk(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	id, key := r.subscribe(rc)
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	eventually(t, "one event", func() bool { return len(rc.all()) == 1 })
	in := rc.all()[0]
	timestamp := in.header.Get("X-Zendesk-Webhook-Signature-Timestamp")
	if in.header.Get("X-Zendesk-Webhook-Signature") != Sign(key, timestamp, in.body) || timestamp != "2026-03-02T09:00:00Z" {
		t.Errorf("signature headers: %v", in.header)
	}
	if in.header.Get("X-Zendesk-Webhook-Id") != id || in.header.Get("X-Zendesk-Webhook-Invocation-Id") == "" {
		t.Errorf("id headers: %v", in.header)
	}
	want := `{"account_id":2,"detail":{"account_id":"2","agent_id":"10011","version":"2"},` +
		`"event":{"new_unified_state":{"id":"101","name":"Lunch","reason":"AGENT_STATUS_SWITCHER"},` +
		`"previous_unified_state":{"id":"3","name":"Online","reason":"UNKNOWN"},"updated_at":"2026-03-02T09:00:00.123456789Z"},` +
		`"id":"` + in.event.ID + `","subject":"zen:agent:10011","time":"2026-03-02T09:00:00.123456789Z",` +
		`"type":"zen:event-type:agent.unified_state_changed","zendesk_event_version":"2022-11-06"}`
	if string(in.body) != want {
		t.Errorf("envelope\n got %s\nwant %s", in.body, want)
	}
}

func TestSignatureMatchesAKnownVector(t *testing.T) {
	// openssl: printf '%s' '2026-01-01T00:00:00Z{"a":1}' | openssl dgst -sha256 -hmac key -binary | base64
	const want = "p/lbFV/79YGBH9xC6TPdoBtypCd9P195Gsu7SP+ojEs="
	if got := Sign("key", "2026-01-01T00:00:00Z", []byte(`{"a":1}`)); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func TestResettingTheSecretChangesTheSignature(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	id, old := r.subscribe(rc)
	reset := r.do("POST", "/api/v2/webhooks/"+id+"/signing_secret", "")
	fresh := reset.at("signing_secret", "secret").(string)
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	eventually(t, "one event", func() bool { return len(rc.all()) == 1 })
	in := rc.all()[0]
	signature, timestamp := in.header.Get("X-Zendesk-Webhook-Signature"), in.header.Get("X-Zendesk-Webhook-Signature-Timestamp")
	if signature == Sign(old, timestamp, in.body) || signature != Sign(fresh, timestamp, in.body) {
		t.Fatal("the old secret still signs")
	}
}

func TestDeliveryIsRepeatedAsPublished(t *testing.T) {
	hang := func(int, http.ResponseWriter, *http.Request) { time.Sleep(150 * time.Millisecond) }
	busy := func(code int, retryAfter string) func(int, http.ResponseWriter, *http.Request) {
		return func(attempt int, w http.ResponseWriter, r *http.Request) {
			if attempt == 1 {
				w.Header().Set("Retry-After", retryAfter)
				w.WriteHeader(code)
			}
		}
	}
	always := func(code int) func(int, http.ResponseWriter, *http.Request) {
		return func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, c := range []struct {
		name     string
		respond  func(int, http.ResponseWriter, *http.Request)
		attempts int
		status   string
	}{
		{"success is final", nil, 1, "success"},
		{"409 three times more", always(http.StatusConflict), 4, "failed"},
		{"429 after Retry-After", busy(http.StatusTooManyRequests, "1"), 2, "success"},
		{"503 after Retry-After", busy(http.StatusServiceUnavailable, "1"), 2, "success"},
		{"503 with a long Retry-After is final", busy(http.StatusServiceUnavailable, "60"), 1, "failed"},
		{"503 without Retry-After is final", busy(http.StatusServiceUnavailable, ""), 1, "failed"},
		{"500 is final", always(http.StatusInternalServerError), 1, "failed"},
		{"a redirect is final", always(http.StatusFound), 1, "failed"},
		{"time-out five times more", hang, 6, "timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			patience := 5 * time.Second
			if c.status == "timeout" {
				patience = 50 * time.Millisecond
			}
			r, rc := start(t, func(c *Config) { c.WebhookTimeout = patience }), listen(t)
			rc.answer = c.respond
			id, _ := r.subscribe(rc)
			ok(t, r.s.SetStatusByHand(agent1, lunch))
			eventually(t, "the delivery to end", func() bool { return r.s.PendingDeliveries() == 0 })
			if got := len(rc.all()); got != c.attempts {
				t.Errorf("%d attempts, want %d", got, c.attempts)
			}
			list := r.do("GET", "/api/v2/webhooks/"+id+"/invocations", "")
			if list.count("invocations") != 1 || list.at("invocations", 0, "status") != c.status {
				t.Errorf("invocations: %s", list.text)
			}
		})
	}
}

func TestDisturbedDeliveries(t *testing.T) {
	for _, c := range []struct {
		name string
		arm  func(s *Server)
		want string
	}{
		{"in order", func(*Server) {}, "2 3 4"},
		{"drop", func(s *Server) { s.DropWebhooks(2) }, "4"},
		{"duplicate", func(s *Server) { s.DuplicateWebhooks(1) }, "2 2 3 4"},
		{"reorder", func(s *Server) { s.ReorderWebhooks(3) }, "4 3 2"},
		{"delay", func(s *Server) { s.DelayWebhooks(1, 200*time.Millisecond) }, "3 4 2"},
		{"drop then duplicate", func(s *Server) { s.DropWebhooks(1); s.DuplicateWebhooks(1) }, "3 3 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, rc := start(t, nil), listen(t)
			r.subscribe(rc)
			c.arm(r.s)
			for _, status := range []int64{lunch, coach, StatusAway} {
				ok(t, r.s.SetStatusByHand(agent1, status))
			}
			eventually(t, "deliveries to end", func() bool { return r.s.PendingDeliveries() == 0 })
			if got := rc.versions(); got != c.want {
				t.Fatalf("versions arrived as %q, want %q", got, c.want)
			}
		})
	}
}

func TestDuplicateCarriesTheSameEventID(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	r.subscribe(rc)
	r.s.DuplicateWebhooks(1)
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	eventually(t, "two deliveries", func() bool { return len(rc.all()) == 2 })
	a, b := rc.all()[0], rc.all()[1]
	if a.event.ID != b.event.ID || a.header.Get("X-Zendesk-Webhook-Invocation-Id") == b.header.Get("X-Zendesk-Webhook-Invocation-Id") {
		t.Fatalf("ids: %+v and %+v", a, b)
	}
}

func TestClearingFaultsSendsWhatWasHeld(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	r.subscribe(rc)
	r.s.ReorderWebhooks(9)
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	ok(t, r.s.SetStatusByHand(agent1, coach))
	r.s.ClearFaults()
	eventually(t, "what was held", func() bool { return rc.versions() == "3 2" })
}

func TestFullQueueIsRecordedAsFailed(t *testing.T) {
	r, rc := start(t, func(c *Config) { c.WebhookQueueLimit = 2 }), listen(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	rc.answer = func(int, http.ResponseWriter, *http.Request) { <-release }
	id, _ := r.subscribe(rc)
	for _, status := range []int64{lunch, coach, StatusAway} {
		ok(t, r.s.SetStatusByHand(agent1, status))
	}
	list := r.do("GET", "/api/v2/webhooks/"+id+"/invocations", "")
	if list.at("invocations", 2, "status") != "failed" || list.at("invocations", 1, "status") != "queued" {
		t.Fatalf("invocations: %s", list.text)
	}
}

func TestCloseEndsDeliveriesThatHang(t *testing.T) {
	config := testConfig()
	config.WebhookTimeout = time.Hour
	s, err := New(config)
	ok(t, err)
	rc := listen(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	rc.answer = func(int, http.ResponseWriter, *http.Request) { <-release }
	s.hooks.registered = []*webhook{{id: "A", settings: webhookSettings{
		Status: "active", Endpoint: rc.server.URL, Subscriptions: []string{EventUnifiedStateChanged},
	}}}
	ok(t, s.SetStatusByHand(agent1, lunch))
	eventually(t, "the delivery to start", func() bool { return len(rc.all()) == 1 })
	s.DelayWebhooks(1, time.Hour)
	ok(t, s.SetStatusByHand(agent1, coach))
	closed := make(chan struct{})
	go func() { s.Close(); s.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits for a receiver that hangs")
	}
	ok(t, s.SetStatusByHand(agent1, StatusAway)) // after Close nothing is sent, and nothing breaks
}

func TestWebhooksAreManaged(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	id, _ := r.subscribe(rc)
	r.want(r.do("GET", "/api/v2/webhooks", ""), http.StatusOK, id)
	r.want(r.do("GET", "/api/v2/webhooks/"+id, ""), http.StatusOK, rc.server.URL)
	r.want(r.do("DELETE", "/api/v2/webhooks/"+id, ""), http.StatusNoContent, "")
	for _, path := range []string{"", "/signing_secret", "/invocations"} {
		r.want(r.do("GET", "/api/v2/webhooks/"+id+path, ""), http.StatusNotFound, "WebhookNotFound")
	}
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	if r.s.PendingDeliveries() != 0 {
		t.Fatal("a deleted webhook still receives")
	}
}

func TestWebhookRegistrationIsChecked(t *testing.T) {
	r := start(t, nil)
	good := webhookBody("https://example.com/hook", EventUnifiedStateChanged)
	r.want(r.do("POST", "/api/v2/webhooks", good), http.StatusCreated, "example.com")
	for _, c := range []struct{ name, from, to, contains string }{
		{"name", `"status","status"`, `" ","status"`, "name"},
		{"status", `"active"`, `"on"`, "status"},
		{"endpoint", "https://example.com", "ftp://example.com", "endpoint"},
		{"method", `"POST"`, `"GET"`, "POST"},
		{"format", `"json"`, `"xml"`, "json"},
		{"nothing", `["` + EventUnifiedStateChanged + `"]`, `[]`, "empty"},
		{"mixed", `["`, `["conditional_ticket_events","`, "not both"},
		{"event type", EventUnifiedStateChanged, "agent.changed", "not an event type"},
		{"authentication", `"name"`, `"authentication":{"type":"bearer_token"},"name"`, "authentication"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := strings.Replace(good, c.from, c.to, 1)
			r.want(r.do("POST", "/api/v2/webhooks", body), http.StatusBadRequest, c.contains)
		})
	}
}

func TestDeliveriesCarryTheWebhooksOwnHeaders(t *testing.T) {
	for kind, data := range map[string]string{
		"bearer_token": `{"token":"t"}`, "basic_auth": `{"username":"u","password":"p"}`, "api_key": `{"name":"Authorization","value":"k"}`,
	} {
		t.Run(kind, func(t *testing.T) {
			r, rc := start(t, nil), listen(t)
			extra := fmt.Sprintf(`"custom_headers":{"X-Team":"blue"},"authentication":{"type":%q,"add_position":"header","data":%s},"name"`, kind, data)
			body := strings.Replace(webhookBody(rc.server.URL, EventUnifiedStateChanged), `"name"`, extra, 1)
			created := r.do("POST", "/api/v2/webhooks", body)
			r.want(created, http.StatusCreated, kind)
			if strings.Contains(created.text, data) {
				t.Fatalf("credentials are given back: %s", created.text)
			}
			ok(t, r.s.SetStatusByHand(agent1, lunch))
			eventually(t, "one event", func() bool { return len(rc.all()) == 1 })
			want := map[string]string{"bearer_token": "Bearer t", "basic_auth": "Basic dTpw", "api_key": "k"}[kind]
			if h := rc.all()[0].header; h.Get("Authorization") != want || h.Get("X-Team") != "blue" {
				t.Fatalf("headers: %v", h)
			}
		})
	}
}
