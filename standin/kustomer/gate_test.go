package kustomer

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"
)

func TestKeysHaveRoles(t *testing.T) {
	r := start(t, func(c *Config) {
		c.Keys = append(c.Keys, Key{Token: "reader", UserID: "690000000000000000000002", Roles: []string{legacyRoutingRead}},
			Key{Token: "writer", Roles: []string{roleSessionUpdate}})
	})
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	path := "/v1/routing/work-sessions/" + r.live(agent1)
	for _, c := range []struct {
		token, method, path, body string
		code                      int
	}{
		{"", "GET", "/v1/routing/statuses", "", 401}, {"nobody", "GET", "/v1/users/current", "", 401},
		{"reader", "GET", "/v1/routing/statuses", "", 200}, {"reader", "GET", path, "", 200}, {"reader", "GET", "/v1/users/current", "", 200},
		{"reader", "PUT", path, `{"status":"` + lunch + `"}`, 403}, {"reader", "GET", "/v1/users", "", 403},
		{"writer", "PUT", path, `{"status":"` + lunch + `"}`, 200}, {"writer", "GET", path, "", 403},
		{"key", "GET", "/v1/users", "", 200}, {"key", "GET", "/v1/nothing", "", 404}, {"key", "GET", "/v1/teams", "", 200},
		{"key", "GET", "/v1/routing/queues", "", 200}, {"key", "GET", "/v1/users/none", "", 404},
	} {
		r.token = c.token
		if got := r.do(c.method, c.path, c.body); got.code != c.code {
			t.Errorf("%q %s %s: %d %s, want %d", c.token, c.method, c.path, got.code, got.text, c.code)
		}
	}
	r.token = "reader"
	if me := r.do("GET", "/v1/users/current", ""); me.at("data", "id") != "690000000000000000000002" || me.at("data", "attributes", "userType") != "machine" {
		t.Errorf("the key is %s", me.text)
	}
	r.s.RevokeKey("reader")
	r.want(r.do("GET", "/v1/users/current", ""), 401, "unauthorized")
}

// TestBudgetIsSharedByAllKeys holds "Kustomer: Rate limits".
func TestBudgetIsSharedByAllKeys(t *testing.T) {
	r := start(t, func(c *Config) { c.RatePerMinute = 3; c.Keys = append(c.Keys, Key{Token: "other"}) })
	reset := strconv.FormatInt(r.s.Now().Add(time.Minute).Unix(), 10)
	for i := range 4 {
		r.token = []string{"key", "other"}[i%2]
		got := r.do("GET", "/v1/users/current", "")
		left := max(0, 2-i)
		if got.header.Get("x-ratelimit-limit") != "3" || got.header.Get("x-ratelimit-remaining") != strconv.Itoa(left) || got.header.Get("x-ratelimit-reset") != reset {
			t.Errorf("request %d has the headers %v", i, got.header)
		}
		if (got.code == 429) != (i == 3) {
			t.Errorf("request %d is answered %d", i, got.code)
		}
	}
	r.s.Advance(time.Minute)
	r.want(r.do("GET", "/v1/users/current", ""), 200, "")
	r.s.UseBudget(2)
	r.want(r.do("GET", "/v1/users/current", ""), 429, "errors")
}

func TestFaultStrikesTheNextMatchingRequestsOnly(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	path := "/v1/routing/work-sessions/" + r.live(agent1)
	ok(t, r.s.Break(Fault{Method: "PUT", Status: 502, Body: "<html>Bad gateway</html>"}))
	r.want(r.do("GET", path, ""), 200, "")
	page := r.want(r.do("PUT", path, `{"status":"`+lunch+`"}`), 502, "<html>")
	if page.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("a page of type %s", page.header.Get("Content-Type"))
	}
	ok(t, r.s.Break(Fault{Status: 200, Empty: true}))
	if got := r.do("GET", path, ""); got.code != 200 || got.text != "" {
		t.Errorf("nothing: %d %q", got.code, got.text)
	}
	ok(t, r.s.Break(Fault{Status: 429, ResetSeconds: 20}))
	limited := r.want(r.do("GET", path, ""), 429, "too_many_requests")
	if limited.header.Get("x-ratelimit-reset") != strconv.FormatInt(r.s.Now().Add(20*time.Second).Unix(), 10) {
		t.Errorf("the reset is %s", limited.header.Get("x-ratelimit-reset"))
	}
	ok(t, r.s.Break(Fault{Method: "PUT", Cut: CutAfterCommit}))
	if got := r.do("PUT", path, `{"status":"`+lunch+`"}`); got.err == nil {
		t.Errorf("an answer came: %d", got.code)
	}
	r.wantStatus(agent1, lunch)
	ok(t, r.s.Break(Fault{Method: "PUT", Cut: CutBeforeCommit}))
	if got := r.do("PUT", path, `{"status":"`+StatusAvailable+`"}`); got.err == nil {
		t.Errorf("an answer came: %d", got.code)
	}
	r.wantStatus(agent1, lunch)
	for _, f := range []Fault{{}, {Status: 99}, {Cut: "x"}, {Status: 500, Count: -1}} {
		if r.s.Break(f) == nil {
			t.Errorf("the fault %+v is taken", f)
		}
	}
}

func TestCloseEndsDelays(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.Break(Fault{DelayMillis: 60_000}))
	done := make(chan struct{})
	go func() { defer close(done); r.do("GET", "/v1/users/current", "") }()
	eventually(t, "the request is under way", func() bool { return len(r.s.faults.list()) == 0 })
	r.s.Close()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("the request still waits")
	}
}

func TestRequestLogKnowsWhoDidWhat(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	path := "/v1/routing/work-sessions/" + r.live(agent1)
	r.do("PUT", path, `{"status":"`+lunch+`"}`)
	r.token = "nobody"
	r.do("GET", path, "")
	log := r.s.Requests("", path)
	if len(log) != 2 || log[0].Client != machine || log[0].Body != `{"status":"`+lunch+`"}` || log[0].Status != 200 || log[1].Client != "" || log[1].Status != 401 {
		t.Errorf("the log is %+v", log)
	}
}

func TestAnswersTellTheStandInsTime(t *testing.T) {
	r := start(t, nil)
	r.s.Advance(time.Hour)
	if got := r.do("GET", "/v1/users/current", "").header.Get("Date"); got != "Mon, 02 Mar 2026 10:00:00 GMT" {
		t.Errorf("the Date is %s", got)
	}
}

// TestControlAPIDrivesAnAgent holds that all that a person does can be done
// over HTTP.
func TestControlAPIDrivesAnAgent(t *testing.T) {
	r := start(t, nil)
	four := func(method, path, body string) { r.want(r.do(method, "/__standin/"+path, body), 204, "") }
	status := func(want string) { t.Helper(); r.wantStatus(agent1, want) }
	user := "users/" + agent1 + "/"
	four("POST", user+"status", `{"status_id":"`+StatusAvailable+`"}`)
	status(StatusAvailable)
	four("POST", user+"call", `{"active":true}`)
	status(StatusBusy)
	four("POST", user+"call", `{"active":false}`)
	four("POST", user+"team", `{"team_id":"`+sales+`"}`)
	four("POST", "items", `{"conversation":"a","queue_id":"`+mail+`"}`)
	items := r.want(r.do("GET", "/__standin/items", ""), 200, "routed")
	id := items.at(0, "id").(string)
	for _, step := range []string{"accept", "pause", "resume", "complete"} {
		four("POST", "items/"+id+"/"+step, "")
	}
	four("POST", "conversations/a/reopen", "")
	four("POST", user+"capacity", `{"remaining":4}`)
	r.want(r.do("GET", "/__standin/users", ""), 200, `"remaining":4`)
	four("POST", user+"capacity", `{"remaining":null}`)
	four("POST", user+"status", `{"status_id":"`+lunch+`","by":"`+boss+`"}`)
	r.want(r.do("GET", "/__standin/users", ""), 200, `"modified_by":"`+boss+`"`)
	four("POST", "users", `{"id":"new","name":"New","email":"new@example.com","team_ids":["`+service+`"],"status_id":"`+lunch+`"}`)
	four("POST", "statuses", `{"id":"t","name":"Training"}`)
	four("POST", "statuses/t/switch", `{"off":true}`)
	r.want(r.do("GET", "/__standin/statuses", ""), 200, `"off":true`)
	four("POST", "clock", `{"advance_seconds":60}`)
	four("POST", "keys", `{"token":"second","name":"Another"}`)
	four("DELETE", "keys/second", "")
	four("POST", "budget", `{"use":900}`)
	four("POST", "faults", `{"status":500,"count":2}`)
	r.want(r.do("GET", "/__standin/faults", ""), 200, `"count":2`)
	four("DELETE", "faults", "")
	four("POST", "webhook_faults", `{"kind":"drop"}`)
	four("DELETE", "webhook_faults", "")
	r.do("GET", "/v1/users/current", "")
	r.want(r.do("GET", "/__standin/journal?path_prefix=/v1/users", ""), 200, "/v1/users/current")
	four("DELETE", "journal", "")
	r.want(r.do("GET", "/__standin/journal", ""), 200, "[]")
}

func TestControlAPIRefusesWithItsCause(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct {
		path, body string
		code       int
	}{
		{"users/none/status", `{"status_id":"` + lunch + `"}`, 404}, {"users/" + agent1 + "/status", `{"status_id":"none"}`, 404},
		{"users/" + boss + "/status", `{"status_id":"` + lunch + `"}`, 400}, {"users/" + agent1 + "/status", `{"id":"x"}`, 400},
		{"users/" + agent1 + "/call", `{"active":true}`, 404}, {"users", `{"id":"` + agent1 + `"}`, 400}, {"items", `{"conversation":"a"}`, 400},
		{"items/none/accept", "", 404}, {"items/none/eat", "", 400}, {"clock", `{"advance_seconds":-1}`, 400}, {"faults", `{}`, 400},
		{"webhook_faults", `{"kind":"eat"}`, 400}, {"keys", `{}`, 400}, {"statuses/none/switch", `{"off":true}`, 404},
		{"statuses/" + StatusBusy + "/switch", `{"off":true}`, 404}, {"nothing", "", 404},
	} {
		r.want(r.do("POST", "/__standin/"+c.path, c.body), c.code, "")
	}
}

// TestSessionHasTheShapeOfTheReference holds that no field is missing that
// clients know.
func TestSessionHasTheShapeOfTheReference(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	shown := r.do("GET", "/v1/routing/work-sessions/"+r.live(agent1), "")
	attributes := shown.at("data", "attributes").(map[string]any)
	for _, name := range []string{"active", "routable", "statusType", "workItemCount", "pausedWorkItemCount", "signedInAt", "signedOutAt", "capacity",
		"capacityRemaining", "totalCapacity", "capacityStatus", "handledItemCount", "totalTimeByStatus", "totalAvailable", "totalUnavailable",
		"lastAssignedItemAt", "createdAt", "updatedAt", "modifiedAt", "rev"} {
		if _, there := attributes[name]; !there {
			t.Errorf("%s is missing", name)
		}
	}
	relationships := shown.at("data", "relationships").(map[string]any)
	for _, name := range []string{"status", "user", "team", "queues", "workItems", "pendingItem", "modifiedBy"} {
		if _, there := relationships[name]; !there {
			t.Errorf("the relationship %s is missing", name)
		}
	}
	if fmt.Sprint(attributes["rev"]) != "1" || attributes["totalTimeByStatus"].(map[string]any)[StatusAvailable].(map[string]any)["statusSelectedCount"] != json.Number("1") {
		t.Errorf("the first revision: %s", shown.text)
	}
}
