package stories

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tandem/standin/zendesk"
)

const (
	zendeskAgent = int64(9001)
	focusStatus  = int64(77) // custom: voice online, all else away
)

// helpDesk is a Zendesk account that the call center is connected to.
type helpDesk struct {
	*callCenter
	zendesk *zendesk.Server
	web     *httptest.Server
	system  string
}

// connectZendesk connects a stand-in account: Online is Available, Offline is
// Offline, Away is Break; focus mode is on; the agent is Online.
func (c *callCenter) connectZendesk() *helpDesk {
	t := c.t
	t.Helper()
	z, err := zendesk.New(zendesk.Config{
		ClientID: "tandem", ClientSecret: "a secret", Agents: []zendesk.Agent{{ID: zendeskAgent, Name: "Agent One", Email: "agent1@example.com", StatusID: zendesk.StatusOnline}},
		CustomStatuses: []zendesk.Status{{ID: focusStatus, Name: "On a call", Channels: zendesk.Channels{Talk: "online", Support: "away", Messaging: "away"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { z.Close() })
	web := httptest.NewServer(z)
	t.Cleanup(web.Close)
	d := &helpDesk{callCenter: c, zendesk: z, web: web}
	c.aws(nil, "create-agent-status", "--name", "Break", "--state", "ENABLED")
	c.breakStatus = c.named("list-agent-statuses", "AgentStatusSummaryList", "Break")
	c.aws(nil, "create-agent-status", "--name", "Training", "--state", "ENABLED")
	system := map[string]any{
		"kind": "zendesk", "name": "Support", "url": web.URL, "client_id": "tandem", "client_secret": "a secret", "status_sync": true,
		"mapping": []map[string]any{{"remote": "Online", "status": "Available"}, {"remote": "Offline", "status": "Offline"}, {"remote": "Away", "status": "Break"}},
	}
	var made struct{ ID string }
	c.must(c.admin("POST", "/systems", system, &made))
	d.system = made.ID
	c.must(c.admin("PUT", "/systems/"+d.system+"/links/"+c.agent, map[string]any{"remote_id": fmt.Sprint(zendeskAgent)}, nil))
	c.must(c.admin("POST", "/systems/"+d.system+"/refresh", map[string]any{}, nil))
	system["focus_mode"], system["focus"] = true, "On a call"
	delete(system, "client_secret")
	c.must(c.admin("PUT", "/systems/"+d.system, system, nil))
	eventually(t, 20*time.Second, "webhooks are registered", func() error {
		if n := len(z.Requests("POST", "/api/v2/webhooks")); n == 0 {
			return fmt.Errorf("no registration yet")
		}
		return nil
	})
	return d
}

// status is what the help desk shows for the agent.
func (d *helpDesk) status() zendesk.AgentStatus {
	d.t.Helper()
	s, err := d.zendesk.Status(zendeskAgent)
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

func (d *helpDesk) awaitStatus(id int64, when string) {
	d.t.Helper()
	eventually(d.t, 20*time.Second, fmt.Sprintf("the help desk shows status %d %s", id, when), func() error {
		if s := d.status(); s.ID != id {
			return fmt.Errorf("it shows %+v", s)
		}
		return nil
	})
}

// choose changes the agent's status on the help desk's page, as a person does.
func (d *helpDesk) choose(status int64) {
	d.t.Helper()
	form := url.Values{"status": {fmt.Sprint(status)}, "from": {"agent"}}
	resp, err := d.web.Client().Post(fmt.Sprintf("%s/agents/%d/status", d.web.URL, zendeskAgent), "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 400 {
		d.t.Fatalf("the page answered %s", resp.Status)
	}
}

// TestZendeskShowsFocusWhileACallRingsAndTheEarlierStatusAfterIt is the main
// story with the help desk (ZD-K4, ZD-K5).
func TestZendeskShowsFocusWhileACallRingsAndTheEarlierStatusAfterIt(t *testing.T) {
	c := newCallCenter(t)
	d := c.connectZendesk()
	d.awaitStatus(zendesk.StatusOnline, "before the call")
	customer := newPhone(t, "customer", 1000, false)
	customer.order("dial", fmt.Sprintf("sip:%s@%s", centerNumber, c.ready.SIP))
	customer.await("Call established", 1)
	c.pressUntilConnected(customer)
	d.awaitStatus(focusStatus, "while they talk")
	customer.order("hangup", "")
	c.awaitIdle("Available")
	d.awaitStatus(zendesk.StatusOnline, "after the wrap-up")
}

// TestStatusFollowsBetweenCenterAndHelpDesk: a change on the help desk's page
// reaches the center (ZD-L4); a change in the center to a mapped status is put
// back with a notice (ZD-L5); one to a status that is not mapped stays (ZD-L6).
func TestStatusFollowsBetweenCenterAndHelpDesk(t *testing.T) {
	c := newCallCenter(t)
	d := c.connectZendesk()
	d.choose(zendesk.StatusAway)
	c.awaitIdle("Break")
	d.choose(zendesk.StatusOnline)
	c.awaitIdle("Available")

	c.aws(nil, "put-user-status", "--user-id", c.agent, "--agent-status-id", c.breakStatus)
	eventually(t, 20*time.Second, "a notice is raised", func() error {
		var out struct {
			Notices []struct{ Notice string }
		}
		if err := c.admin("GET", "/notices", nil, &out); err != nil {
			return err
		}
		for _, n := range out.Notices {
			if n.Notice == "status_put_back" {
				return nil
			}
		}
		return fmt.Errorf("the notices are %+v", out.Notices)
	})
	c.awaitIdle("Available")
	d.awaitStatus(zendesk.StatusOnline, "all along")

	c.aws(nil, "put-user-status", "--user-id", c.agent, "--agent-status-id", c.named("list-agent-statuses", "AgentStatusSummaryList", "Training"))
	c.awaitIdle("Training")
	d.awaitStatus(zendesk.StatusOnline, "for a status that is not mapped")
}
