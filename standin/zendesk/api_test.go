package zendesk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const statusPath = "/api/v2/agent_availabilities/agent_statuses/agents/"

func TestUsersAreListedByRoleWithOffsetAndCursorPages(t *testing.T) {
	r := start(t, func(c *Config) {
		for i := range int64(4) {
			c.Agents = append(c.Agents, Agent{ID: 20000 + i, Name: fmt.Sprint("Agent ", i), Email: fmt.Sprintf("more%d@example.com", i)})
		}
	})
	agents := r.do("GET", "/api/v2/users.json?role[]=agent", "")
	r.want(agents, http.StatusOK, `"email":"agent1@example.com"`)
	if agents.count("users") != 5 || strings.Contains(agents.text, "agent2@example.com") {
		t.Fatalf("role filter: %s", agents.text)
	}
	both := r.do("GET", "/api/v2/users?role[]=agent&role[]=admin&per_page=4&page=2", "")
	if both.count("users") != 2 || both.at("next_page") != nil || both.at("previous_page") == nil || both.at("count") != json.Number("6") {
		t.Fatalf("offset page: %s", both.text)
	}
	r.want(r.do("GET", "/api/v2/users?page=101&per_page=100", ""), http.StatusBadRequest, "InvalidPaginationDepth")
	if got := r.walk("/api/v2/users?page[size]=4", "users"); got != 6 {
		t.Fatalf("cursor pages gave %d users, want 6", got)
	}
}

// walk follows links.next and counts the items under key.
func (r *rig) walk(path, key string) (items int) {
	for path != "" {
		page := r.do("GET", path, "")
		r.want(page, http.StatusOK, "meta")
		items += page.count(key)
		next, _ := page.at("links", "next").(string)
		path = strings.TrimPrefix(next, r.url)
		if more, _ := page.at("meta", "has_more").(bool); more != (path != "") {
			r.t.Fatalf("has_more and links.next disagree: %s", page.text)
		}
	}
	return items
}

func TestCursorPagesGoBack(t *testing.T) {
	r := start(t, nil)
	second := r.do("GET", "/api/v2/agent_availabilities/agent_statuses?page[size]=1&page[after]="+encodeCursor(idKey(lunch)), "")
	r.want(second, http.StatusOK, "Coaching")
	previous, _ := second.at("links", "prev").(string)
	first := r.do("GET", strings.TrimPrefix(previous, r.url), "")
	if first.at("custom", 0, "attributes", "name") != "Lunch" || first.at("meta", "has_more") != false {
		t.Fatalf("previous page: %s", first.text)
	}
	r.want(r.do("GET", "/api/v2/agent_availabilities?page[size]=101", ""), http.StatusBadRequest, "page[size]")
	r.want(r.do("GET", "/api/v2/agent_availabilities?page[after]=!", ""), http.StatusBadRequest, "cursor")
}

func TestStatusesListDefaultsAndCustomOnes(t *testing.T) {
	r := start(t, nil)
	list := r.do("GET", "/api/v2/agent_availabilities/agent_statuses", "")
	r.want(list, http.StatusOK, `"type":"agent_status"`)
	for i, name := range []string{"Offline", "Online", "Away", "Transfers Only"} {
		if list.at("default", i, "attributes", "name") != name || list.at("default", i, "id") != json.Number(fmt.Sprint(i+2)) {
			t.Fatalf("default %d: %v", i, list.at("default", i))
		}
	}
	custom := list.at("custom", 0, "attributes").(map[string]any)
	channels := custom["channels"].(map[string]any)
	if channels["support"] != "online" || channels["talk"] != "offline" || custom["updated_at"] != "2026-03-02T09:00:00Z" {
		t.Fatalf("custom status: %v", custom)
	}
	if list.at("custom", 1, "attributes", "group_ids", 0) != json.Number("7") {
		t.Fatalf("groups of a limited status: %s", list.text)
	}
}

func TestPutChangesStatusVersionReasonAndTime(t *testing.T) {
	r := start(t, nil)
	r.clock.add(time.Second)
	put := r.do("PUT", statusPath+"10011", `{"id":4}`)
	r.want(put, http.StatusOK, `"agent_status":{"id":4,"name":"Away"}`)
	if put.at("data", "id") != "agent_availabilities|10011" {
		t.Fatalf("resource id: %s", put.text)
	}
	shown := r.do("GET", "/api/v2/agent_availabilities/10011", "")
	attributes := shown.at("data", "attributes").(map[string]any)
	status := attributes["agent_status"].(map[string]any)
	if attributes["version"] != json.Number("2") || status["reason"] != "PUBLIC_API" || status["updated_at"] != "2026-03-02T09:00:01.123456789Z" {
		t.Fatalf("availability after PUT: %s", shown.text)
	}
	if shown.count("included") != 3 || shown.at("data", "relationships", "channels", "data", 0, "id") != "agent_availabilities|10011|channels|messaging" {
		t.Fatalf("channels: %s", shown.text)
	}
	r.want(r.do("PUT", statusPath+"10011", `{"id":4}`), http.StatusOK, "Away")
	r.wantStatus(agent1, StatusAway, ReasonPublicAPI, 2)
}

func TestPutIsRefusedWithItsCause(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct {
		name, agent, body string
		code              int
		contains          string
	}{
		{"unknown agent", "99", `{"id":4}`, 404, "RecordNotFound"},
		{"agent is no number", "x", `{"id":4}`, 404, "RecordNotFound"},
		{"unknown status", "10011", `{"id":999}`, 422, "RecordInvalid"},
		{"status of another group", "10012", `{"id":102}`, 422, "limited to groups"},
		{"status of own group", "10011", `{"id":102}`, 200, "Coaching"},
		{"no status", "10011", `{}`, 422, "blank"},
		{"no JSON", "10011", `{`, 400, "BadRequest"},
	} {
		t.Run(c.name, func(t *testing.T) { r.want(r.do("PUT", statusPath+c.agent, c.body), c.code, c.contains) })
	}
}

func TestOmnichannelOffHidesStatusAndRefusesPut(t *testing.T) {
	r := start(t, func(c *Config) { c.OmnichannelOff = true })
	shown := r.do("GET", "/api/v2/agent_availabilities/10011", "")
	r.want(shown, http.StatusOK, `"version":1`)
	if strings.Contains(shown.text, "agent_status") {
		t.Fatalf("agent_status is shown: %s", shown.text)
	}
	r.want(r.do("PUT", statusPath+"10011", `{"id":4}`), http.StatusBadRequest, "Omnichannel")
	r.s.SetOmnichannel(true)
	r.wantStatus(agent1, StatusOffline, ReasonOmnichannelOn, 2)
	r.want(r.do("PUT", statusPath+"10011", `{"id":4}`), http.StatusOK, "Away")
}

func TestAvailabilitiesAreListedAndFiltered(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct {
		query string
		count int
	}{
		{"", 2}, {"?filter[agent_status_id]=3", 1}, {"?filter[agent_status_id]=3,2", 2}, {"?filter[agent_status_id]=5", 0},
		{"?filter[group_ids]=7", 1}, {"?filter[channel_status]=messaging:online", 1},
	} {
		if got := r.do("GET", "/api/v2/agent_availabilities"+c.query, ""); got.count("data") != c.count {
			t.Errorf("%s gave %d agents, want %d: %s", c.query, got.count("data"), c.count, got.text)
		}
	}
	if got := r.walk("/api/v2/agent_availabilities?page[size]=1", "data"); got != 2 {
		t.Fatalf("pages gave %d agents, want 2", got)
	}
	r.want(r.do("GET", "/api/v2/agent_availabilities?filter[agent_status_id]=x", ""), http.StatusBadRequest, "list of ids")
	r.want(r.do("GET", "/api/v2/agent_availabilities/99", ""), http.StatusNotFound, "RecordNotFound")
}

func TestUnknownPathIsNotFound(t *testing.T) {
	r := start(t, nil)
	r.want(r.do("GET", "/api/v2/tickets", ""), http.StatusNotFound, "RecordNotFound")
}
