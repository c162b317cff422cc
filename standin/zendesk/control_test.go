package zendesk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestControlAPIDrivesAnAgent(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct {
		method, path, body string
		status             int64
		reason             string
	}{
		{"POST", "agents/10011/status", `{"id":101}`, lunch, ReasonSwitcher},
		{"POST", "agents/10011/status", `{"id":3,"reason":"WFM_STATUS_UPDATE"}`, StatusOnline, ReasonWorkforce},
		{"POST", "agents/10011/idle", "", StatusAway, ReasonIdleTimeout},
		{"POST", "agents/10011/disconnect", "", StatusOffline, ReasonDisconnected},
		{"POST", "agents/10011/reconnect", "", StatusAway, ReasonAutoReconnect},
		{"POST", "agents/10011/logout", "", StatusOffline, ReasonLogout},
		{"POST", "agents/10011/status", `{"id":3}`, StatusOnline, ReasonSwitcher},
		{"POST", "clock", `{"advance_seconds":300}`, StatusOnline, ReasonSwitcher},
		{"POST", "agents/10011/activity", "", StatusOnline, ReasonSwitcher},
		{"POST", "clock", `{"advance_seconds":599}`, StatusOnline, ReasonSwitcher},
		{"POST", "clock", `{"advance_seconds":1}`, StatusAway, ReasonIdleTimeout},
		{"POST", "agents/10011/status", `{"id":101}`, lunch, ReasonSwitcher},
		{"DELETE", "statuses/101", "", StatusOffline, ReasonStatusDeleted},
		{"POST", "omnichannel", `{"enabled":false}`, StatusOffline, ReasonStatusDeleted},
	} {
		r.want(r.do(c.method, "/__standin/"+c.path, c.body), http.StatusNoContent, "")
		if got, err := r.s.Status(agent1); err != nil || got.ID != c.status || got.Reason != c.reason {
			t.Fatalf("%s %s: got %+v (%v)", c.path, c.body, got, err)
		}
	}
}

func TestControlAPISeedsAndReads(t *testing.T) {
	r := start(t, nil)
	r.want(r.do("POST", "/__standin/agents", `{"id":5000,"name":"New","email":"new@example.com","status_id":4}`), 204, "")
	r.want(r.do("POST", "/__standin/statuses", `{"id":300,"name":"Training","channels":{"talk":"away"}}`), 204, "")
	r.want(r.do("GET", "/__standin/agents", ""), 200, `"email":"new@example.com"`)
	r.want(r.do("GET", "/__standin/statuses", ""), 200, "Training")
	r.want(r.do("GET", "/api/v2/agent_availabilities/5000", ""), 200, "Away")
	r.want(r.do("GET", "/__standin/journal?method=GET&path_prefix=/api/v2/agent", ""), 200, "/api/v2/agent_availabilities/5000")
	r.want(r.do("DELETE", "/__standin/journal", ""), 204, "")
	r.want(r.do("GET", "/__standin/journal", ""), 200, "[]")
	r.want(r.do("DELETE", "/__standin/tokens", ""), 204, "")
	r.want(r.do("GET", "/api/v2/users", ""), 401, "invalid_token")
}

func TestControlAPIArmsFaults(t *testing.T) {
	r, rc := start(t, nil), listen(t)
	r.subscribe(rc)
	r.want(r.do("POST", "/__standin/faults", `{"path_prefix":"/api/v2/users","count":2,"status":500}`), 204, "")
	r.want(r.do("GET", "/__standin/faults", ""), 200, `"count":2`)
	r.want(r.do("GET", "/api/v2/users", ""), 500, "")
	r.want(r.do("DELETE", "/__standin/faults", ""), 204, "")
	r.want(r.do("GET", "/api/v2/users", ""), 200, "")
	r.want(r.do("POST", "/__standin/webhook_faults", `{"kind":"drop"}`), 204, "")
	r.want(r.do("POST", "/__standin/agents/10011/status", `{"id":101}`), 204, "")
	r.want(r.do("DELETE", "/__standin/webhook_faults", ""), 204, "")
	r.want(r.do("POST", "/__standin/agents/10011/status", `{"id":3}`), 204, "")
	eventually(t, "the event that was not dropped", func() bool { return rc.versions() == "3" })
}

func TestControlAPIRefusesWithItsCause(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct {
		method, path, body string
		code               int
	}{
		{"POST", "agents/99/status", `{"id":3}`, 404},
		{"POST", "agents/x/status", `{"id":3}`, 400},
		{"POST", "agents/10011/status", `{"id":777}`, 404},
		{"POST", "agents/10011/status", `{"id":3,"reason":"BOREDOM"}`, 400},
		{"POST", "agents/10011/status", `{`, 400},
		{"POST", "agents/10012/status", `{"id":102}`, 400},
		{"POST", "agents", `{"id":10011}`, 400},
		{"POST", "clock", `{"advance_seconds":-1}`, 400},
		{"POST", "faults", `{"stauts":500}`, 400},
		{"DELETE", "statuses/3", "", 404},
		{"GET", "nothing", "", 404},
	} {
		r.want(r.do(c.method, "/__standin/"+c.path, c.body), c.code, "")
	}
}

func TestVisitorChangesAStatusOnThePage(t *testing.T) {
	r := start(t, nil)
	r.want(r.do("GET", "/", ""), 200, `<label class="hidden" for="status-10011">New status for Agent One</label>`)
	one := r.do("GET", "/agents/10012", "")
	r.want(one, 200, "Agent Two")
	if strings.Contains(one.text, "Agent One") || strings.Contains(one.text, "Coaching") {
		t.Fatal("the page of agent 2 shows another agent or a status of another group")
	}
	for from, back := range map[string]string{"list": "/", "agent": "/agents/10011"} {
		ok(t, r.s.SetStatusByHand(agent1, StatusOnline))
		got := r.submit("10011", url.Values{"status": {"101"}, "from": {from}})
		if got.code != http.StatusSeeOther || got.header.Get("Location") != back {
			t.Fatalf("from %s: %d to %q", from, got.code, got.header.Get("Location"))
		}
		if status, _ := r.s.Status(agent1); status.ID != lunch || status.Reason != ReasonSwitcher {
			t.Fatalf("status after the form: %+v", status)
		}
	}
	r.want(r.do("GET", "/", ""), 200, "<strong>Lunch</strong><small>AGENT_STATUS_SWITCHER</small>")
	r.want(r.submit("10012", url.Values{"status": {"102"}}), http.StatusUnprocessableEntity, "The status was not changed")
	r.want(r.do("GET", "/agents/99", ""), http.StatusNotFound, "No agent has this id")
}

func (r *rig) submit(agentID string, form url.Values) answer {
	r.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(r.url+"/agents/"+agentID+"/status", form)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	var text strings.Builder
	_ = response.Write(&text)
	return answer{code: response.StatusCode, header: response.Header, text: text.String()}
}

func TestPagesOfOtherOriginsCannotChangeAnything(t *testing.T) {
	r := start(t, nil)
	request, err := http.NewRequest("POST", r.url+"/agents/10011/status", strings.NewReader("status=4"))
	ok(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", "https://elsewhere.example")
	response, err := http.DefaultClient.Do(request)
	ok(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Fatalf("answered %d", response.StatusCode)
	}
	r.wantStatus(agent1, StatusOnline, ReasonUnknown, 1)
}
