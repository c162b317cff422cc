package kustomer

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// receiver is a webhook endpoint that keeps what it got.
type receiver struct {
	mu     sync.Mutex
	status int
	got    []received
	server *httptest.Server
}

type received struct {
	header http.Header
	body   string
}

func listen(t *testing.T) *receiver {
	rc := &receiver{status: 200}
	rc.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rc.mu.Lock()
		defer rc.mu.Unlock()
		rc.got = append(rc.got, received{r.Header.Clone(), string(body)})
		w.WriteHeader(rc.status)
	}))
	t.Cleanup(rc.server.Close)
	return rc
}

func (rc *receiver) all() []received {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return append([]received{}, rc.got...)
}

// order is the conversations received, in order of arrival.
func (rc *receiver) order() string {
	var all []string
	for _, in := range rc.all() {
		_, rest, _ := strings.Cut(in.body, `/v1/conversations/`)
		all = append(all, rest[:1])
	}
	return strings.Join(all, "")
}

func (rc *receiver) answer(status int) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.status = status
}

// subscribe registers a webhook and returns its id and token.
func (r *rig) subscribe(rc *receiver) (id, token string) {
	r.t.Helper()
	made := r.want(r.do("POST", "/v1/outbound-webhooks", `{"name":"work","url":"`+rc.server.URL+`","events":["kustomer.conversation.create","kustomer.user.create"],"headers":[{"name":"X-Source","value":"kustomer"}]}`), 201, `"enabled":true`)
	return made.at("data", "id").(string), made.at("data", "attributes", "token").(string)
}

// TestWebhooksHaveTwelveEventsAndNoneOfStatus holds "Kustomer: Event catalog".
func TestWebhooksHaveTwelveEventsAndNoneOfStatus(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	r.subscribe(rc)
	list := r.want(r.do("GET", "/v1/outbound-webhooks/events", ""), 200, "kustomer.user.update")
	if events := list.at("data").([]any); len(events) != 12 || strings.Contains(list.text, "session") {
		t.Errorf("the events are %v", events)
	}
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	r.work("a", mail)
	eventually(t, "one event", func() bool { return len(rc.all()) == 1 && r.s.PendingDeliveries() == 0 })
	for _, event := range []string{"kustomer.work-session.update", "kustomer.work-item.update", "conversation"} {
		r.want(r.do("POST", "/v1/outbound-webhooks", `{"name":"x","url":"https://hooks.example.com","events":["`+event+`"]}`), 400, event)
	}
}

func TestDeliveryIsSigned(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	_, token := r.subscribe(rc)
	r.work("a", mail)
	eventually(t, "the delivery", func() bool { return len(rc.all()) == 1 })
	got := rc.all()[0]
	if got.header.Get("X-Kustomer-Webhook-Event") != "kustomer.conversation.create" || got.header.Get("X-Source") != "kustomer" ||
		got.header.Get("X-Kustomer-Webhook-Signature") != Sign(token, []byte(got.body)) || !strings.Contains(got.body, `"name":"kustomer.conversation.create"`) {
		t.Errorf("delivered %+v", got)
	}
	// RFC 4231, test case 2.
	if got := Sign("Jefe", []byte("what do ya want for nothing?")); got != "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Errorf("the signature of a known text is %s", got)
	}
}

// TestDeliveryIsRepeatedAsPublished holds the schedule: after 1, 1, 2, 5, 10, 15
// and 30 minutes, and then the webhook is disabled.
func TestDeliveryIsRepeatedAsPublished(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	id, _ := r.subscribe(rc)
	rc.answer(500)
	r.work("a", mail)
	idle := func(n int) func() bool {
		return func() bool {
			r.s.hooks.mu.Lock()
			defer r.s.hooks.mu.Unlock()
			return len(rc.all()) == n && r.s.hooks.underWay == 0
		}
	}
	eventually(t, "the first attempt", idle(1))
	for i, minutes := range []int{1, 1, 2, 5, 10, 15, 30} {
		r.s.Advance(time.Duration(minutes)*time.Minute - time.Second)
		if len(rc.all()) != i+1 {
			t.Fatalf("attempt %d came early", i+2)
		}
		r.s.Advance(time.Second)
		eventually(t, "the next attempt", idle(i+2))
	}
	r.want(r.do("GET", "/v1/outbound-webhooks/"+id, ""), 200, `"enabled":false`)
	rc.answer(200)
	r.work("b", mail)
	if n := r.s.PendingDeliveries(); n != 0 {
		t.Errorf("%d deliveries to a disabled webhook", n)
	}
}

func TestDisturbedDeliveries(t *testing.T) {
	for _, tt := range []struct {
		fault HookFault
		want  string
	}{{HookFault{Kind: HookDrop}, "bc"}, {HookFault{Kind: HookDuplicate}, "aabc"}, {HookFault{Kind: HookReorder}, "bac"}, {HookFault{Kind: HookReorder, Count: 3}, "cba"}} {
		r, rc := start(t, nil), listen(t)
		r.subscribe(rc)
		ok(t, r.s.BreakWebhooks(tt.fault))
		for _, c := range []string{"a", "b", "c"} {
			r.work(c, mail)
		}
		eventually(t, tt.fault.Kind, func() bool { return rc.order() == tt.want })
	}
	r, rc := start(t, nil), listen(t)
	r.subscribe(rc)
	ok(t, r.s.BreakWebhooks(HookFault{Kind: HookReorder, Count: 9}))
	r.work("a", mail)
	r.s.ClearFaults()
	eventually(t, "what was held goes out", func() bool { return rc.order() == "a" })
}

func TestWebhooksAreManaged(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	id, _ := r.subscribe(rc)
	r.want(r.do("GET", "/v1/outbound-webhooks", ""), 200, id)
	r.want(r.do("DELETE", "/v1/outbound-webhooks/"+id, ""), 204, "")
	r.want(r.do("DELETE", "/v1/outbound-webhooks/"+id, ""), 404, "")
	r.want(r.do("GET", "/v1/outbound-webhooks/"+id, ""), 404, "")
	for _, body := range []string{
		`{"name":"x","url":"http://hooks.example.com","events":["kustomer.user.create"]}`, `{"name":"","url":"https://hooks.example.com","events":["kustomer.user.create"]}`,
		`{"name":"x","url":"https://hooks.example.com","events":[]}`, `{"name":"x","url":"https://hooks.example.com","events":["kustomer.user.create"],"secret":"x"}`,
	} {
		r.want(r.do("POST", "/v1/outbound-webhooks", body), 400, "bad_request")
	}
}
