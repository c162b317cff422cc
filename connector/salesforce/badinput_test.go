package salesforce

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"tandem"
	"tandem/connector/connectortest"
	"tandem/event"
	standin "tandem/standin/salesforce"
)

func TestOnlyAnOrgsAddressIsTaken(t *testing.T) {
	for url, good := range map[string]bool{
		"https://example.my.salesforce.com": true, "https://example.my.salesforce.com/": true, "http://127.0.0.1:8080": true,
		"http://localhost:8080": true, "http://example.my.salesforce.com": false, "ftp://example.com": false, "example.com": false, "": false,
		"https://user:pass@example.com": false, "https://example.com/services": false, "https://example.com?x=1": false, "https://%zz": false,
	} {
		if err := Check(event.SystemSaved{URL: url, ClientID: "tandem"}); (err == nil) != good {
			t.Errorf("%q: error %v, want it taken: %t", url, err, good)
		}
		if err := Check(event.SystemSaved{URL: url}); err == nil {
			t.Errorf("%q is taken without a client id", url)
		}
	}
}

// TestBadAnswersAreToldAndObserveNothing feeds what an org must not answer.
func TestBadAnswersAreToldAndObserveNothing(t *testing.T) {
	thousand := "[" + strings.TrimSuffix(strings.Repeat(`{"errorCode":"SERVER_UNAVAILABLE","message":"busy"},`, 1000), ",") + "]"
	tests := []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"HTML with 200", 200, "<!DOCTYPE html><html><body>Down for maintenance</body></html>", "a web page instead of data"},
		{"HTML with 503", 503, "<html></html>", "a web page instead of data"},
		{"nothing", 200, "", "an empty answer"},
		{"nothing with 500", 500, "", "Internal Server Error"},
		{"an array", 200, "[1,2]", "not the JSON expected"},
		{"no records", 200, `{"done":true}`, "no records"},
		{"records that are no list", 200, `{"done":true,"records":{}}`, "not the JSON expected"},
		{"an impossible time", 200, `{"done":true,"records":[{"Id":"0Ub000000000001","CreatedDate":"yesterday"}]}`, "not the JSON expected"},
		{"a thousand errors", 503, thousand, "and 997 more"},
		{"an empty array of errors", 400, "[]", "Bad Request"},
		{"more pages elsewhere", 200, `{"done":false,"nextRecordsUrl":"https://192.0.2.1/steal","records":[]}`, "lies elsewhere"},
		{"a redirect", 302, "", "not followed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &world{t: t, clock: connectortest.NewClock(began), log: &lines{}}
			w.connect(answering(t, func(rw http.ResponseWriter, r *http.Request) {
				rw.WriteHeader(tt.status)
				io.WriteString(rw, tt.body)
			}))
			_, err := w.s.look(t.Context(), urgent, []string{"005AB0000000001"})
			if err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 2000 {
				t.Errorf("error %v, want a short one with %q", err, tt.want)
			}
			if len(w.observed) > 0 {
				t.Errorf("%d observations", len(w.observed))
			}
		})
	}
}

func TestEndlessAnswersAreBounded(t *testing.T) {
	w := &world{t: t, clock: connectortest.NewClock(began), log: &lines{}}
	w.connect(answering(t, func(rw http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(rw, `{"done":false,"nextRecordsUrl":"%sx","records":[]}`, nextPagesFor)
	}))
	w.s.client.governor.limiter = rate.NewLimiter(1, 1000)
	if _, err := w.s.Agents(t.Context()); err == nil || !strings.Contains(err.Error(), "pages") {
		t.Errorf("error %v, want one about pages without end", err)
	}
	w.connect(answering(t, func(rw http.ResponseWriter, r *http.Request) {
		io.WriteString(rw, `{"records":[`+strings.Repeat(" ", maxAnswerBytes))
	}))
	if _, err := w.s.Agents(t.Context()); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("error %v, want one about size", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var strayed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Store(true) }))
	defer other.Close()
	w := &world{t: t, clock: connectortest.NewClock(began), log: &lines{}}
	w.connect(answering(t, func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, other.URL, http.StatusTemporaryRedirect)
	}))
	if _, err := w.s.Agents(t.Context()); err == nil || !strings.Contains(err.Error(), "307") || strayed.Load() {
		t.Errorf("error %v, strayed %t, want a refusal that names 307", err, strayed.Load())
	}
}

// TestMissingDeveloperNamePermissionIsExplained holds that the permission that
// is needed since Winter '22 is named when it is missing (SF-4).
func TestMissingDeveloperNamePermissionIsExplained(t *testing.T) {
	w := newWorld(t, 1, func(c *standin.Config) { c.HideDeveloperName = true })
	err := w.s.Refresh(t.Context())
	if err == nil || !strings.Contains(err.Error(), `grant "View Setup and Configuration" or "View DeveloperName"`) {
		t.Errorf("error %v, want the permission's name", err)
	}
}

func TestOmniChannelSwitchedOffIsExplained(t *testing.T) {
	w := newWorld(t, 1, func(c *standin.Config) { c.OmniOff = true })
	if err := w.s.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "Omni-Channel Settings") {
		t.Errorf("error %v, want advice", err)
	}
	if _, err := w.s.look(t.Context(), urgent, w.org.agents); err == nil {
		t.Error("agents of an org without Omni-Channel were looked at")
	}
}

func TestUsedUpLimitGivesRest(t *testing.T) {
	w := newWorld(t, 1, nil)
	if err := w.org.Server.Break(standin.Fault{PathPrefix: "/services/data/", Status: 403,
		Body: `[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]`}); err != nil {
		t.Fatal(err)
	}
	if err := w.s.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "used up") {
		t.Errorf("error %v, want it explained", err)
	}
	if until, closed := w.s.client.governor.closed(); !closed || !until.Equal(began.Add(limitPause)) {
		t.Errorf("closed %t until %s, want a minute of rest", closed, until)
	}
	before := len(w.org.entries("/services/data/"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := w.s.Agents(ctx); err == nil || len(w.org.entries("/services/data/")) != before {
		t.Errorf("error %v; a request was sent during the rest", err)
	}
}

// TestExpiredSessionIsRenewedOnce holds that INVALID_SESSION_ID leads to one
// new token, and a second one to an error.
func TestExpiredSessionIsRenewedOnce(t *testing.T) {
	w := newWorld(t, 1, nil)
	if _, err := w.s.Agents(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.org.RevokeTokens()
	if _, err := w.s.Agents(t.Context()); err != nil {
		t.Errorf("after the session's end: %v", err)
	}
	if got := len(w.org.entries(tokenPath)); got != 2 {
		t.Errorf("%d tokens were asked for, want 2", got)
	}
	expired := standin.Fault{PathPrefix: "/services/data/", Count: 2, Status: 401, Body: `[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]`}
	if err := w.org.Server.Break(expired); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Agents(t.Context()); !hasCode(err, "INVALID_SESSION_ID") {
		t.Errorf("error %v, want INVALID_SESSION_ID", err)
	}
}

func TestSilentOrgTimesOut(t *testing.T) {
	w := newWorld(t, 1, nil)
	if err := w.org.Server.Break(standin.Fault{PathPrefix: "/services/data/", DelayMillis: 5000}); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	if _, err := w.s.Agents(t.Context()); err == nil || time.Since(at) > 4*time.Second {
		t.Errorf("error %v after %s, want one after %s", err, time.Since(at), testTimeout)
	}
}

// TestClocksMinutesApart holds that times of an org whose clock is wrong are
// turned into ours.
func TestClocksMinutesApart(t *testing.T) {
	for _, apart := range []time.Duration{7 * time.Minute, -7 * time.Minute} {
		w := newWorld(t, 1, func(c *standin.Config) {
			clock := c.Clock
			c.Clock = func() time.Time { return clock().Add(apart) }
		})
		a := w.org.agents[0]
		if _, err := w.s.Agents(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(30 * time.Second)
		if err := w.org.SetStatusByHand(a, email); err != nil {
			t.Fatal(err)
		}
		observed, err := w.s.look(t.Context(), urgent, []string{a})
		if err != nil || len(observed) != 1 {
			t.Fatalf("%v (%v)", observed, err)
		}
		if off := observed[0].At.Sub(tandem.At(w.clock.Now())); off < -2000 || off > 2000 {
			t.Errorf("with clocks %s apart the change is %d ms off", apart, off)
		}
	}
}

func TestRemoteThatIsNoStatusIsRefusedUnsent(t *testing.T) {
	w := newWorld(t, 1, nil)
	for _, remote := range []string{"lunch", "", "0N5' OR Id != '"} {
		if e := w.s.write(t.Context(), writeTo(w.org.agents[0], remote)); e.Outcome != event.WriteRefused {
			t.Errorf("%q ends as %+v, want refused", remote, e)
		}
	}
	if observed, err := w.s.look(t.Context(), urgent, []string{"x') OR (Id != '"}); err != nil || len(observed) > 0 {
		t.Errorf("an agent whose id is no id is observed as %v (%v)", observed, err)
	}
}

func TestReportsOfNonsenseAreHarmless(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	token, err := w.s.passes.issue(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	for i, body := range []string{
		``, `[]`, `null`, `{"page":"p","seq":"one"}`, `<html>`, `{"page":"p","seq":1,"event":{"name":"omniChannelStatusChanged","statusId":"<b>"}}`,
		`{"page":"p","seq":2,"kind":"result","command":"unknown","ok":true}`, `{"page":"p","seq":3,"event":{"name":"unknown"}}`,
		`{"page":"` + strings.Repeat("x", maxReportBytes) + `"}`,
	} {
		request, _ := http.NewRequest(http.MethodPost, w.page+"report", strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil || answer.StatusCode != 204 && answer.StatusCode != 400 {
			t.Errorf("report %d is answered %v (%v), want 204 or 400", i, answer, err)
		}
		answer.Body.Close()
	}
	for _, o := range w.saw(a, "<b>") {
		t.Errorf("observed %+v", o)
	}
}
