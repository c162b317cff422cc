package stories

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestStatusesWorkWithoutAnyOtherSystem: custom unavailable statuses are made,
// renamed and switched off; the admin sees for how long each agent is in a
// status and how much of the capacity is used; who goes Offline gives the work
// back; and the time in statuses is told by day, before and after a restart.
func TestStatusesWorkWithoutAnyOtherSystem(t *testing.T) {
	s := newServer(t, "")
	s.start()
	c := s.caller()
	instance := s.born.InstanceID
	var lunch struct{ AgentStatusId string }
	c.insistent(t, "PUT", "/agent-status/"+instance, map[string]any{"Name": "Lunch", "Description": "A meal away from the desk", "State": "ENABLED"}, &lunch)
	ids := c.ids(t, "/agent-status/"+instance, "AgentStatusSummaryList")
	var user struct{ UserId string }
	c.insistent(t, "PUT", "/users/"+instance, map[string]any{
		"Username": "agent1", "RoutingProfileId": c.named(t, "/routing-profiles-summary/"+instance, "RoutingProfileSummaryList", "Basic Routing Profile"),
		"SecurityProfileIds": []string{c.named(t, "/security-profiles-summary/"+instance, "SecurityProfileSummaryList", "Agent")},
		"PhoneConfig":        map[string]any{"PhoneType": "SOFT_PHONE", "AutoAccept": true}, "IdentityInfo": map[string]any{"FirstName": "Agent", "LastName": "One"},
	}, &user)
	put := func(status string) {
		t.Helper()
		c.insistent(t, "PUT", "/users/"+instance+"/"+user.UserId+"/status", map[string]any{"AgentStatusId": ids[status]}, nil)
	}
	agent := func() centerAgent {
		t.Helper()
		return s.centerAgent(user.UserId)
	}
	s.must(s.admin("PUT", "/settings", map[string]any{"requeue_on_offline": true}, nil))
	put("Lunch")
	eventually(t, 20*time.Second, "the time at lunch is told", func() error {
		if a := agent(); a.Status != "Lunch" || a.Millis < 20 || a.Sub != "" {
			return fmt.Errorf("at lunch the agent is %+v", a)
		}
		return nil
	})
	put("Available")
	if a := agent(); a.Sub != "available" {
		t.Errorf("without work the agent is %+v", a)
	}
	var task struct{ ContactId string }
	c.insistent(t, "PUT", "/contact/task", map[string]any{"InstanceId": instance, "Name": "Call back", "ContactFlowId": c.newQueueFlow(t), "ClientToken": "one"}, &task)
	eventually(t, 20*time.Second, "the one task that fits leaves no room", func() error {
		if a := agent(); a.Sub != "at capacity" || a.Contacts != 1 {
			return fmt.Errorf("the agent is %+v", a)
		}
		return nil
	})
	put("Offline")
	if a := agent(); a.Status != "Offline" || a.Contacts != 0 {
		t.Errorf("offline the agent is %+v, want no work", a)
	}
	c.insistent(t, "POST", "/agent-status/"+instance+"/"+lunch.AgentStatusId, map[string]any{"Name": "Meal", "State": "DISABLED"}, nil)
	before := s.timeIn("Meal")
	if before < 20 || before > 60_000 {
		t.Errorf("%d ms were at a meal", before)
	}
	s.stop()
	s.start()
	if after := s.timeIn("Meal"); after != before {
		t.Errorf("after a restart it is %d ms, and was %d", after, before)
	}
	in := map[string]any{"AgentStatusId": lunch.AgentStatusId}
	if err := s.api(http.MethodPut, "/users/"+instance+"/"+user.UserId+"/status", in, nil); err == nil {
		t.Error("a status that is switched off can be chosen")
	}
}

// centerAgent is an agent as the admin API lists them.
type centerAgent struct {
	ID       string `json:"user_id"`
	Status   string
	Sub      string `json:"sub_status"`
	Millis   int64  `json:"in_status_ms"`
	Contacts int
}

func (s *server) centerAgent(id string) centerAgent {
	s.t.Helper()
	var out struct{ Agents []centerAgent }
	s.must(s.admin("GET", "/agents", nil, &out))
	for _, a := range out.Agents {
		if a.ID == id {
			return a
		}
	}
	s.t.Fatalf("the agent is not among %+v", out.Agents)
	return centerAgent{}
}

// timeIn is how long everybody was in a status since yesterday.
func (s *server) timeIn(status string) (ms int64) {
	s.t.Helper()
	var out struct {
		StatusTime []struct {
			Status string
			Millis int64 `json:"ms"`
		} `json:"status_time"`
	}
	from := time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	s.must(s.admin("GET", "/reports/status-time?bucket=day&from="+from, nil, &out))
	for _, d := range out.StatusTime {
		if d.Status == status {
			ms += d.Millis
		}
	}
	return ms
}
