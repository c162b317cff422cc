package kustomer

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"
)

// TestFourDefaultStatusesAndCustomOnesAfterThem holds KUS-1 and KUS-4.
func TestFourDefaultStatusesAndCustomOnesAfterThem(t *testing.T) {
	r := start(t, nil)
	created := r.want(r.do("POST", "/v1/routing/statuses", `{"name":"Training","description":"Learning","statusType":"unavailable"}`), 201, `"enabled":true`)
	list := r.want(r.do("GET", "/v1/routing/statuses", ""), 200, "Away to eat")
	for i, want := range []string{"Available available true", "Busy busy true", "Unavailable unavailable true", "Offline offline true", "Lunch unavailable false", "Training unavailable false"} {
		at := func(name string) any { return list.at("data", i, "attributes", name) }
		if got := fmt.Sprint(at("name"), " ", at("statusType"), " ", at("system")); got != want {
			t.Errorf("status %d is %s, want %s", i, got, want)
		}
	}
	if list.at("data", 1, "attributes", "selectable") != false {
		t.Error("people can choose Busy")
	}
	id := created.at("data", "id").(string)
	r.want(r.do("PUT", "/v1/routing/statuses/"+id, `{"enabled":false}`), 200, `"enabled":false`)
	if err := r.s.SetStatusByHand(agent1, id); !errors.Is(err, ErrStatusClosed) {
		t.Errorf("a status that is switched off: %v", err)
	}
	r.want(r.do("POST", "/v1/routing/statuses", `{"name":"Ready","statusType":"available"}`), 400, "unavailable")
	r.want(r.do("POST", "/v1/routing/statuses", `{"name":"Ready","color":"red"}`), 400, "unknown field")
}

// TestWorkSessionIsOneShift holds KUS-2: offline until a status is chosen, one
// session until the next status of type offline, and another one after it.
func TestWorkSessionIsOneShift(t *testing.T) {
	r := start(t, nil)
	r.wantStatus(agent1, StatusOffline)
	if none := r.do("GET", "/v1/routing/users/"+agent1+"/work-sessions", ""); fmt.Sprint(none.at("data")) != "[]" {
		t.Errorf("a shift before any status: %s", none.text)
	}
	ok(t, r.s.SetStatusByHand(agent1, StatusOffline)) // nothing begins
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	first := r.live(agent1)
	r.s.Advance(10 * time.Minute)
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	r.s.Advance(5 * time.Minute)
	ok(t, r.s.SetStatusBy(agent1, StatusOffline, boss))
	shown := r.want(r.do("GET", "/v1/routing/work-sessions/"+first, ""), 200, `"active":false`)
	attributes := func(path ...any) any { return shown.at(append([]any{"data", "attributes"}, path...)...) }
	if attributes("rev") != json.Number("3") || attributes("signedOutAt") != "2026-03-02T09:15:00.000Z" || attributes("routable") != false {
		t.Errorf("the session that has ended: %s", shown.text)
	}
	if attributes("totalTimeByStatus", StatusAvailable, "time") != json.Number("600000") || attributes("totalTimeByStatus", lunch, "time") != json.Number("300000") {
		t.Errorf("times: %s", shown.text)
	}
	if shown.at("data", "relationships", "modifiedBy", "data", "id") != boss {
		t.Error("the supervisor is not named")
	}
	r.want(r.do("PUT", "/v1/routing/work-sessions/"+first, `{"status":"`+lunch+`"}`), 400, "read-only")
	r.s.Advance(time.Minute)
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	if second := r.live(agent1); second == first {
		t.Error("the next status began no new session")
	}
	if all := r.do("GET", "/v1/routing/work-sessions?active=false", ""); all.at("meta", "total") != json.Number("2") {
		t.Errorf("the history: %s", all.text)
	}
}

func TestKeySetsAStatusAndIsNamed(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	path := "/v1/routing/work-sessions/" + r.live(agent1)
	done := r.want(r.do("PUT", path, `{"status":"`+lunch+`"}`), 200, `"statusType":"unavailable"`)
	if done.at("data", "relationships", "modifiedBy", "data", "id") != machine || done.at("data", "relationships", "status", "data", "id") != lunch {
		t.Errorf("the answer: %s", done.text)
	}
	r.want(r.do("PUT", path, `{"status":"`+lunch+`"}`), 200, `"rev":2`) // nothing has changed
	r.want(r.do("PUT", path, `{"status":"`+StatusBusy+`"}`), 200, `"rev":3`)
	r.want(r.do("PUT", path, `{"status":"nothing"}`), 400, `"pointer":"/status"`)
	r.want(r.do("PUT", path, `{}`), 400, "A status is required.")
	r.want(r.do("PUT", path, `{"status":"`+lunch+`","reason":"x"}`), 400, `unknown field`)
	r.want(r.do("PUT", "/v1/routing/work-sessions/none", `{"status":"`+lunch+`"}`), 404, "not_found")
}

// TestStatusNeedsATeamWithRouting holds KUS-6.
func TestStatusNeedsATeamWithRouting(t *testing.T) {
	r := start(t, nil)
	if err := r.s.SetStatusByHand(boss, StatusAvailable); !errors.Is(err, ErrNoRouting) {
		t.Errorf("without routing: %v", err)
	}
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	if d, _ := r.s.Desk(agent1); d.TeamID != service {
		t.Errorf("the agent begins for team %s", d.TeamID)
	}
	ok(t, r.s.SwitchTeam(agent1, sales))
	if d, _ := r.s.Desk(agent1); d.TeamID != sales || d.Rev != 2 {
		t.Errorf("after the switch: %+v", d)
	}
	for _, team := range []string{office, "none"} {
		if r.s.SwitchTeam(agent1, team) == nil {
			t.Errorf("the agent works for %s now", team)
		}
	}
	if r.s.SwitchTeam(agent2, sales) == nil {
		t.Error("the agent works for a team that is not theirs")
	}
}

// TestCallIsBusyAndNobodyAskedForIt holds KUS-11: the status before comes back,
// and neither change names anybody.
func TestCallIsBusyAndNobodyAskedForIt(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	r.s.Advance(time.Minute)
	ok(t, r.s.StartCall(agent1))
	r.wantStatus(agent1, StatusBusy)
	shown := r.do("GET", "/v1/routing/work-sessions/"+r.live(agent1), "")
	if shown.at("data", "attributes", "modifiedAt") != "2026-03-02T09:00:00.000Z" || shown.at("data", "attributes", "updatedAt") != "2026-03-02T09:01:00.000Z" {
		t.Errorf("during the call: %s", shown.text)
	}
	ok(t, r.s.EndCall(agent1))
	r.wantStatus(agent1, StatusAvailable)
	ok(t, r.s.StartCall(agent1))
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	ok(t, r.s.EndCall(agent1))
	r.wantStatus(agent1, lunch)
	if err := r.s.SetStatusByHand(agent1, StatusBusy); !errors.Is(err, ErrStatusClosed) {
		t.Errorf("a person chooses Busy: %v", err)
	}
}

func TestSessionsAreFilteredAndPaged(t *testing.T) {
	r := start(t, func(c *Config) {
		for i := range 130 {
			c.Users = append(c.Users, User{ID: fmt.Sprintf("u%03d", i), TeamIDs: []string{service}, StatusID: []string{StatusAvailable, lunch}[i%2]})
		}
	})
	ok(t, r.s.SetStatusByHand("u000", StatusOffline))
	for query, want := range map[string]string{
		"": "130", "?active=true": "129", "?active=true&user=false": "129", "?user=true": "0", "?statusType=available": "64", "?statusType=unavailable&active=true": "65", "?statusType=busy": "0",
	} {
		if got := r.want(r.do("GET", "/v1/routing/work-sessions"+query, ""), 200, ""); got.at("meta", "total") != json.Number(want) {
			t.Errorf("%q finds %v, want %s", query, got.at("meta", "total"), want)
		}
	}
	page := r.want(r.do("GET", "/v1/routing/work-sessions?active=true&page=2&pageSize=100", ""), 200, "")
	if data := page.at("data").([]any); len(data) != 29 || page.at("links", "next") != nil || page.at("links", "prev") == nil || page.at("meta", "totalPages") != json.Number("2") {
		t.Errorf("the second page has %d sessions and the links %v", len(data), page.at("links"))
	}
	if first := r.do("GET", "/v1/routing/work-sessions?active=true&pageSize=100", ""); first.at("links", "next") != "/v1/routing/work-sessions?active=true&page=2&pageSize=100" {
		t.Errorf("the next page is %v", first.at("links", "next"))
	}
	for _, query := range []string{"?active=yes", "?page=0", "?pageSize=101", "?page=x", "?statusType=offline", "?team=1", "?page[size]=5"} {
		r.want(r.do("GET", "/v1/routing/work-sessions"+query, ""), 400, "bad_request")
	}
	if users := r.want(r.do("GET", "/v1/users?pageSize=500", ""), 200, `"userType":"machine"`); len(users.at("data").([]any)) != 134 {
		t.Error("not all users are on one page of 500")
	}
}

func TestSeedsThatContradictEachOtherAreRefused(t *testing.T) {
	for name, edit := range map[string]func(*Config){
		"user twice":         func(c *Config) { c.Users = append(c.Users, c.Users[0]) },
		"team unknown":       func(c *Config) { c.Users[0].TeamIDs = []string{"none"} },
		"queue unknown":      func(c *Config) { c.Teams[0].Queues[0].QueueID = "none" },
		"priority":           func(c *Config) { c.Teams[0].Queues[0].Priority = 101 },
		"status twice":       func(c *Config) { c.CustomStatuses[0].ID = StatusBusy },
		"status of a kind":   func(c *Config) { c.CustomStatuses[0].Type = TypeAvailable },
		"status unknown":     func(c *Config) { c.Users[0].StatusID = "none" },
		"key twice":          func(c *Config) { c.Keys = append(c.Keys, c.Keys[0]) },
		"negative item size": func(c *Config) { c.Queues[0].ItemSize = -1 },
	} {
		config := testConfig()
		edit(&config)
		if s, err := New(config); err == nil {
			s.Close()
			t.Errorf("%s: taken", name)
		}
	}
}
