package kustomer

import (
	"encoding/json"
	"testing"
	"time"
)

// TestOnlyAvailableAgentsAreOfferedWork holds KUS-1 and KUS-3.
func TestOnlyAvailableAgentsAreOfferedWork(t *testing.T) {
	r := start(t, nil)
	id := r.work("a", mail)
	for _, status := range []string{StatusUnavailable, lunch, StatusOffline} {
		ok(t, r.s.SetStatusByHand(agent1, status))
		if got := r.item(id, "attributes", "status"); got != itemQueued {
			t.Fatalf("in %s the item is %v", status, got)
		}
	}
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	if r.item(id, "attributes", "status") != itemRouted || r.item(id, "relationships", "routedTo", "data", "id") != agent1 {
		t.Fatal("an available agent is not offered the work")
	}
	ok(t, r.s.Work(id, "accept"))
	if again := r.work("a", mail); again != id {
		t.Error("a conversation has two open items")
	}
	ok(t, r.s.Work(id, "complete"))
	if again := r.work("a", mail); again == id {
		t.Error("finished work came back")
	}
}

// TestBetterPriorityGoesFirstAndThenWhoWaitsLonger holds the order of routing
// profiles.
func TestBetterPriorityGoesFirstAndThenWhoWaitsLonger(t *testing.T) {
	r := start(t, nil)
	var order []string
	items := map[string]string{}
	for _, c := range []struct{ name, queue string }{{"old mail", mail}, {"new mail", mail}, {"chat", chat}} {
		items[c.name] = r.work(c.name, c.queue)
		r.s.Advance(time.Second)
	}
	ok(t, r.s.SetStatusByHand(agent2, StatusAvailable))
	for range 3 {
		for name, id := range items {
			if r.item(id, "attributes", "status") == itemRouted {
				order = append(order, name)
				ok(t, r.s.Work(id, "accept"))
				ok(t, r.s.Work(id, "complete"))
				delete(items, name)
				break
			}
		}
	}
	if len(order) != 3 || order[0] != "chat" || order[1] != "old mail" || order[2] != "new mail" {
		t.Errorf("the order is %v", order)
	}
}

// TestCapacityIsWeighedBySize holds KUS-12 and KUS-15.
func TestCapacityIsWeighedBySize(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.SetStatusByHand(agent2, StatusAvailable))
	remains := func(want int) {
		t.Helper()
		if d, _ := r.s.Desk(agent2); d.Remaining != want || d.Total != 3 {
			t.Fatalf("%d of %d remain, want %d", d.Remaining, d.Total, want)
		}
	}
	remains(3)
	first, second, third := r.work("a", chat), r.work("b", mail), r.work("c", mail)
	remains(1)
	ok(t, r.s.Work(first, "accept"))
	ok(t, r.s.Work(second, "accept"))
	remains(0)
	if r.item(third, "attributes", "status") != itemQueued {
		t.Error("who is at capacity is offered more")
	}
	ok(t, r.s.Work(first, "pause"))
	remains(1) // the third was offered in its place
	ok(t, r.s.Work(third, "accept"))
	four := 4
	ok(t, r.s.ForceCapacity(agent2, &four)) // as has been seen
	shown := r.do("GET", "/v1/routing/work-sessions/"+r.live(agent2), "")
	if shown.at("data", "attributes", "capacityRemaining") != json.Number("4") || shown.at("data", "attributes", "pausedWorkItemCount") != json.Number("1") {
		t.Errorf("forced: %s", shown.text)
	}
	ok(t, r.s.ForceCapacity(agent2, nil))
	remains(1)
	if r.s.Work(first, "accept") == nil {
		t.Error("paused work is accepted")
	}
	ok(t, r.s.Work(first, "resume"))
}

// TestWorkNotAcceptedInTimeMakesUnavailable holds KUS-8.
func TestWorkNotAcceptedInTimeMakesUnavailable(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
	r.s.Advance(time.Second)
	id := r.work("a", mail)
	r.s.Advance(29 * time.Second)
	r.wantStatus(agent1, StatusAvailable)
	r.s.Advance(time.Second)
	r.wantStatus(agent1, StatusUnavailable)
	if r.item(id, "attributes", "status") != itemQueued || r.item(id, "attributes", "queuedCount") != json.Number("2") {
		t.Error("the work is not back in its queue")
	}
	if shown := r.do("GET", "/v1/routing/work-sessions/"+r.live(agent1), ""); shown.at("data", "attributes", "modifiedAt") != "2026-03-02T09:00:00.000Z" {
		t.Errorf("somebody is named for it: %s", shown.text)
	}
}

// TestWorkOfWhoGoesOfflineIsRequeuedWhereConfigured holds KUS-7: by the
// organization's setting, which a queue may override.
func TestWorkOfWhoGoesOfflineIsRequeuedWhereConfigured(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		org   bool
		queue *bool
		want  string
	}{{false, nil, itemAssigned}, {true, nil, itemQueued}, {true, &no, itemAssigned}, {false, &yes, itemQueued}} {
		r := start(t, func(c *Config) { c.RequeueWhenOffline, c.Queues[0].RequeueWhenOffline = tt.org, tt.queue })
		ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
		id := r.work("a", mail)
		ok(t, r.s.Work(id, "accept"))
		ok(t, r.s.SetStatusByHand(agent1, StatusOffline))
		if got := r.item(id, "attributes", "status"); got != tt.want {
			t.Errorf("%+v: the work is %v, want %s", tt, got, tt.want)
		}
		if session := r.item(id, "relationships", "workSession", "data"); (session == nil) != (tt.want == itemQueued) {
			t.Errorf("%+v: the work belongs to %v", tt, session)
		}
	}
}

func TestReopenedConversationLeavesWhoIsNotAvailable(t *testing.T) {
	for _, unassign := range []bool{false, true} {
		r := start(t, func(c *Config) { c.UnassignReopened = unassign })
		ok(t, r.s.SetStatusByHand(agent1, StatusAvailable))
		id := r.work("a", mail)
		ok(t, r.s.Work(id, "accept"))
		ok(t, r.s.Work(id, "complete"))
		ok(t, r.s.SetStatusByHand(agent1, lunch))
		got := r.want(r.do("PATCH", "/v1/conversations/a", `{"status":"open"}`), 200, `"status":"open"`)
		if left := got.at("data", "attributes", "assignedUsers"); (len(left.([]any)) == 0) != unassign {
			t.Errorf("unassign %t: assigned to %v", unassign, left)
		}
	}
	r := start(t, nil)
	r.want(r.do("PATCH", "/v1/conversations/none", `{"status":"open"}`), 404, "")
	r.work("a", mail)
	r.want(r.do("PATCH", "/v1/conversations/a", `{"status":"closed"}`), 400, "snoozed")
}
