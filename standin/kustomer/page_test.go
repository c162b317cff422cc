package kustomer

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func (r *rig) submit(agent, what string, form url.Values) answer {
	r.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(r.url+"/agents/"+agent+"/"+what, form)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	var text strings.Builder
	_ = response.Write(&text)
	return answer{code: response.StatusCode, header: response.Header, text: text.String()}
}

// TestVisitorWorksAsAnAgentOnThePage holds KUS-5 and KUS-6 as far as people see
// them: the menu, the time in each status, and the switch of teams.
func TestVisitorWorksAsAnAgentOnThePage(t *testing.T) {
	r := start(t, nil)
	for from, back := range map[string]string{"list": "/", "agent": "/agents/" + agent1} {
		got := r.submit(agent1, "status", url.Values{"value": {StatusAvailable}, "from": {from}})
		if got.code != http.StatusSeeOther || got.header.Get("Location") != back {
			t.Fatalf("from %s: %d to %q", from, got.code, got.header.Get("Location"))
		}
	}
	r.s.Advance(90 * time.Second)
	r.submit(agent1, "status", url.Values{"value": {lunch}})
	r.s.Advance(5 * time.Second)
	one := r.want(r.do("GET", "/agents/"+agent1, ""), 200, "<strong>Lunch</strong><small>for 5 s</small>")
	for _, want := range []string{"<li>Available: 90 s</li>", "Switch team", "Take a call", `<label class="hidden" for="status-` + agent1 + `">New status for Agent One</label>`} {
		if !strings.Contains(one.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(one.text, "Agent Two") || strings.Contains(one.text, `<option value="`+StatusBusy) {
		t.Error("the page shows another agent, or lets a person choose Busy")
	}
	r.want(r.do("GET", "/agents/"+boss, ""), 200, "no team with an activated routing profile")
	r.submit(agent1, "team", url.Values{"value": {sales}})
	r.submit(agent1, "status", url.Values{"value": {StatusAvailable}})
	id := r.work("a", mail)
	r.want(r.do("GET", "/", ""), 200, ">Accept</button>")
	for _, step := range []string{"accept", "complete"} {
		if got := r.submit(agent1, step, url.Values{"value": {id}}); got.code != http.StatusSeeOther {
			t.Errorf("%s: %d %s", step, got.code, got.text)
		}
	}
	r.submit(agent1, "call", nil)
	r.want(r.do("GET", "/agents/"+agent1, ""), 200, "End the call")
	r.submit(agent1, "hangup", nil)
	r.wantStatus(agent1, StatusAvailable)
	if got := r.submit(boss, "status", url.Values{"value": {lunch}}); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.text, "Nothing was changed") {
		t.Errorf("refused: %d %s", got.code, got.text)
	}
	r.want(r.do("GET", "/agents/none", ""), http.StatusNotFound, "No agent has this id")
	if got := r.submit(agent1, "eat", nil); got.code != http.StatusNotFound {
		t.Errorf("an unknown form is answered %d", got.code)
	}
}

func TestPagesOfOtherOriginsCannotChangeAnything(t *testing.T) {
	r := start(t, nil)
	request, err := http.NewRequest("POST", r.url+"/agents/"+agent1+"/status", strings.NewReader("value="+StatusAvailable))
	ok(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", "https://elsewhere.example")
	response, err := http.DefaultClient.Do(request)
	ok(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Fatalf("answered %d", response.StatusCode)
	}
	r.wantStatus(agent1, StatusOffline)
}
