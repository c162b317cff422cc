package zendesk

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestAccountBudgetAnswers429InPlainText(t *testing.T) {
	r := start(t, func(c *Config) { c.RatePerMinute = 2 })
	first := r.do("GET", "/api/v2/users/me", "")
	if first.header.Get("X-Rate-Limit") != "2" || first.header.Get("X-Rate-Limit-Remaining") != "1" {
		t.Fatalf("rate headers: %v", first.header)
	}
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusOK, "user")
	r.clock.add(20 * time.Second)
	refused := r.do("GET", "/api/v2/users/me", "")
	r.want(refused, http.StatusTooManyRequests, "exceeded")
	if refused.header.Get("Retry-After") != "40" || refused.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Fatalf("429 headers: %v", refused.header)
	}
	r.clock.add(40 * time.Second)
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusOK, "user")
}

func TestListingAvailabilitiesHasItsOwnBudget(t *testing.T) {
	r := start(t, func(c *Config) { c.AvailabilityRatePerMinute = 1 })
	r.want(r.do("GET", "/api/v2/agent_availabilities", ""), http.StatusOK, "data")
	r.want(r.do("GET", "/api/v2/agent_availabilities.json", ""), http.StatusTooManyRequests, "exceeded")
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusOK, "user")
}

func TestFaultStrikesTheNextMatchingRequestsOnly(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.Break(Fault{Method: "PUT", PathPrefix: statusPath, Count: 2, Status: 503, RetryAfterSeconds: 3}))
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusOK, "user")
	for range 2 {
		broken := r.do("PUT", statusPath+"10011.json", `{"id":4}`)
		r.want(broken, http.StatusServiceUnavailable, "Service Unavailable")
		if broken.header.Get("Retry-After") != "3" {
			t.Fatalf("503 headers: %v", broken.header)
		}
	}
	r.wantStatus(agent1, StatusOnline, ReasonUnknown, 1)
	r.want(r.do("PUT", statusPath+"10011", `{"id":4}`), http.StatusOK, "Away")
}

func TestCutLosesTheAnswerAfterOrBeforeTheWork(t *testing.T) {
	for cut, version := range map[string]int64{CutAfterCommit: 2, CutBeforeCommit: 1} {
		t.Run(cut, func(t *testing.T) {
			r := start(t, nil)
			ok(t, r.s.Break(Fault{Method: "PUT", Cut: cut}))
			if got := r.do("PUT", statusPath+"10011", `{"id":4}`); got.err == nil {
				t.Fatalf("an answer came: %+v", got)
			}
			if status, err := r.s.Status(agent1); err != nil || status.Version != version {
				t.Fatalf("version %d (%v), want %d", status.Version, err, version)
			}
			seen := r.s.Requests("PUT", statusPath)
			if len(seen) != 1 || !seen[0].Cut {
				t.Fatalf("log: %+v", seen)
			}
		})
	}
}

func TestDelayHoldsTheAnswerBack(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.Break(Fault{DelayMillis: 120}))
	begun := time.Now()
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusOK, "user")
	if waited := time.Since(begun); waited < 120*time.Millisecond {
		t.Fatalf("answered after %v", waited)
	}
}

func TestCloseEndsDelays(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.Break(Fault{DelayMillis: 3_600_000}))
	answered := make(chan answer, 1)
	go func() { answered <- r.do("GET", "/api/v2/users/me", "") }()
	eventually(t, "the fault to strike", func() bool { return len(r.s.faults.list()) == 0 })
	r.s.Close()
	select {
	case <-answered:
	case <-time.After(5 * time.Second):
		t.Fatal("the delayed request still waits")
	}
}

func TestSenselessFaultsAreRefused(t *testing.T) {
	r := start(t, nil)
	for _, fault := range []Fault{{}, {Status: 200}, {Cut: "sideways"}, {DelayMillis: -1}} {
		if r.s.Break(fault) == nil {
			t.Errorf("accepted %+v", fault)
		}
	}
	for _, fault := range []HookFault{{}, {Kind: "lose"}, {Kind: HookDelay}, {Kind: HookDrop, Count: -1}} {
		if r.s.BreakWebhooks(fault) == nil {
			t.Errorf("accepted %+v", fault)
		}
	}
}

func TestRequestLogKnowsWhoDidWhat(t *testing.T) {
	r := start(t, nil)
	r.want(r.do("PUT", statusPath+"10011.json", `{"id":4}`), http.StatusOK, "Away")
	r.token = ""
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusUnauthorized, "")
	log := r.s.Requests("", "")
	if len(log) != 3 {
		t.Fatalf("log: %+v", log)
	}
	token, put, refused := log[0], log[1], log[2]
	if token.Path != "/oauth/tokens" || token.Body != "" {
		t.Errorf("the token request keeps its secret out of the log: %+v", token)
	}
	if put.Client != "tandem" || put.Status != 200 || put.Body != `{"id":4}` || !put.Time.Equal(r.clock.Now()) || put.Seq != 2 {
		t.Errorf("PUT: %+v", put)
	}
	if refused.Client != "" || refused.Status != 401 {
		t.Errorf("refused: %+v", refused)
	}
}

func TestRequestLogIsBounded(t *testing.T) {
	var log requestLog
	for i := range requestLogLimit + 1 {
		log.add(Entry{Path: fmt.Sprint(i)})
	}
	kept := log.find("", "")
	if len(kept) > requestLogLimit || kept[len(kept)-1].Seq != requestLogLimit+1 {
		t.Fatalf("%d entries, last %+v", len(kept), kept[len(kept)-1])
	}
}
