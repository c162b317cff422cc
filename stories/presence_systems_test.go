package stories

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem/connector/salesforce"
	"tandem/standin/kustomer"
	standsf "tandem/standin/salesforce"
	"tandem/standin/zendesk"
)

const (
	kustomerAgent   = "680000000000000000000001"
	kustomerLunch   = "650000000000000000000101"
	salesforceAgent = "005AB0000000001"
	salesforceReady = "0N5000000000AvA"
	salesforceLunch = "0N5000000000LUn"
)

// door is the way to a stand-in; while it is shut, every connection breaks.
type door struct {
	http.Handler
	shut atomic.Bool
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.shut.Load() {
		panic(http.ErrAbortHandler)
	}
	d.Handler.ServeHTTP(w, r)
}

// open serves a stand-in behind a door, until the end of the test.
func open(t *testing.T, h http.Handler) (*door, string) {
	d := &door{Handler: h}
	web := httptest.NewServer(d)
	t.Cleanup(func() { web.CloseClientConnections(); web.Close() })
	return d, web.URL
}

// desks are one agent's desks in three systems that a server is connected to.
type desks struct {
	*server
	agent    string            // user id
	statuses map[string]string // ids of the center's statuses by name
	systems  map[string]string // ids by kind

	zendesk    *zendesk.Server
	kustomer   *kustomer.Server
	salesforce *standsf.Server
	toKustomer *door
}

// newDesks starts a server with one agent, who is Available, and connects a
// Zendesk account, a Kustomer organization and a Salesforce org. In each the
// last action wins, and one status means Available and one Break.
func newDesks(t *testing.T) *desks {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	d := &desks{server: newServer(t, fmt.Sprintf("public_url = \"http://%s\"\n", address)), statuses: map[string]string{}, systems: map[string]string{}}
	d.http = address
	d.start()
	d.makeAgent()
	d.openZendesk()
	d.openKustomer()
	d.openSalesforce()
	eventually(t, 20*time.Second, "Zendesk has our webhook", func() error {
		if len(d.zendesk.Requests("POST", "/api/v2/webhooks")) == 0 {
			return fmt.Errorf("no registration yet")
		}
		return nil
	})
	d.await("Available", "once all are connected")
	return d
}

func (d *desks) makeAgent() {
	d.t.Helper()
	instance := d.born.InstanceID
	first := func(list, member string) string {
		var out map[string]any
		d.must(d.api("GET", "/"+list+"/"+instance, nil, &out))
		for _, e := range out[member].([]any) {
			entry := e.(map[string]any)
			d.statuses[entry["Name"].(string)] = entry["Id"].(string)
		}
		return out[member].([]any)[0].(map[string]any)["Id"].(string)
	}
	d.must(d.api("PUT", "/agent-status/"+instance, map[string]any{"Name": "Break", "State": "ENABLED"}, nil))
	profile, security := first("routing-profiles-summary", "RoutingProfileSummaryList"), first("security-profiles-summary", "SecurityProfileSummaryList")
	var user struct{ UserId string }
	d.must(d.api("PUT", "/users/"+instance, map[string]any{
		"Username": "agent1", "RoutingProfileId": profile, "SecurityProfileIds": []string{security},
		"PhoneConfig": map[string]any{"PhoneType": "SOFT_PHONE"}, "IdentityInfo": map[string]any{"FirstName": "Agent", "LastName": "One"},
	}, &user))
	d.agent = user.UserId
	clear(d.statuses)
	first("agent-status", "AgentStatusSummaryList")
	d.put("Available")
}

// put sets the agent's status in the center, by the public API.
func (d *desks) put(status string) {
	d.t.Helper()
	d.must(d.api("PUT", "/users/"+d.born.InstanceID+"/"+d.agent+"/status", map[string]any{"AgentStatusId": d.statuses[status]}, nil))
}

// connect connects a system by the admin API, links the agent, and maps the
// two statuses by their names.
func (d *desks) connect(system map[string]any, remoteID, available, pause string) {
	d.t.Helper()
	system["policy"] = "last_action_wins"
	var made struct{ ID string }
	d.must(d.admin("POST", "/systems", system, &made))
	d.systems[system["kind"].(string)] = made.ID
	d.must(d.admin("POST", "/systems/"+made.ID+"/refresh", map[string]any{}, nil))
	delete(system, "client_secret")
	system["status_sync"] = true
	system["mapping"] = []map[string]any{{"remote": available, "status": "Available"}, {"remote": pause, "status": "Break"}}
	d.must(d.admin("PUT", "/systems/"+made.ID, system, nil))
	d.must(d.admin("PUT", "/systems/"+made.ID+"/links/"+d.agent, map[string]any{"remote_id": remoteID}, nil))
}

func (d *desks) openZendesk() {
	d.t.Helper()
	var err error
	d.zendesk, err = zendesk.New(zendesk.Config{
		ClientID: "tandem", ClientSecret: "a secret", Agents: []zendesk.Agent{{ID: zendeskAgent, Name: "Agent One", StatusID: zendesk.StatusOnline}},
	})
	d.must(err)
	d.t.Cleanup(d.zendesk.Close)
	_, url := open(d.t.(*testing.T), d.zendesk)
	d.connect(map[string]any{"kind": "zendesk", "name": "Support", "url": url, "client_id": "tandem", "client_secret": "a secret"},
		fmt.Sprint(zendeskAgent), "Online", "Away")
}

func (d *desks) openKustomer() {
	d.t.Helper()
	const team = "670000000000000000000001"
	var err error
	d.kustomer, err = kustomer.New(kustomer.Config{
		Keys:           []kustomer.Key{{Token: "an API key", Name: "Tandem"}},
		Teams:          []kustomer.Team{{ID: team, Name: "Service", Routing: true}},
		CustomStatuses: []kustomer.Status{{ID: kustomerLunch, Name: "Lunch"}},
		Users:          []kustomer.User{{ID: kustomerAgent, Name: "Agent One", TeamIDs: []string{team}, StatusID: kustomer.StatusAvailable}},
	})
	d.must(err)
	d.t.Cleanup(d.kustomer.Close)
	var url string
	d.toKustomer, url = open(d.t.(*testing.T), d.kustomer)
	d.connect(map[string]any{"kind": "kustomer", "name": "Inbox", "url": url, "client_secret": "an API key"}, kustomerAgent, "Available", "Lunch")
}

// openSalesforce connects an org, and opens the agent's console: only a browser
// can set a status there.
func (d *desks) openSalesforce() {
	d.t.Helper()
	var err error
	d.salesforce, err = standsf.New(standsf.Config{
		ClientID: "tandem", ClientSecret: "a secret", Channels: []standsf.Channel{{ID: "0N9000000000001", DeveloperName: "Email"}},
		Statuses: []standsf.Status{
			{ID: salesforceReady, DeveloperName: "Available_Email", Label: "Available", ChannelIDs: []string{"0N9000000000001"}},
			{ID: salesforceLunch, DeveloperName: "Lunch", Label: "Lunch break"},
		},
		Users: []standsf.User{{ID: salesforceAgent, Name: "Agent One", StatusID: salesforceReady}},
	})
	d.must(err)
	d.t.Cleanup(d.salesforce.Close)
	_, url := open(d.t.(*testing.T), d.salesforce)
	d.connect(map[string]any{"kind": "salesforce", "name": "Sales", "url": url, "client_id": "tandem", "client_secret": "a secret"},
		salesforceAgent+"AAC", "Available", "Lunch break")
	console, err := d.salesforce.OpenConsole(salesforceAgent, d.ready.Endpoint+salesforce.ConsolePath+d.systems["salesforce"]+"/")
	d.must(err)
	d.t.Cleanup(console.Close)
}

// shown is what each place shows for the agent, in the center's words.
func (d *desks) shown() (map[string]string, error) {
	names := map[string]string{
		fmt.Sprint(zendesk.StatusOnline): "Available", fmt.Sprint(zendesk.StatusAway): "Break", kustomer.StatusAvailable: "Available", kustomerLunch: "Break",
		salesforceReady: "Available", salesforceLunch: "Break",
	}
	z, err := d.zendesk.Status(zendeskAgent)
	if err != nil {
		return nil, err
	}
	k, err := d.kustomer.Desk(kustomerAgent)
	if err != nil {
		return nil, err
	}
	var out struct {
		Agents []struct {
			Legs []struct {
				Kind     string
				Observed struct{ Name string }
			}
		}
	}
	if err := d.admin("GET", "/presence?user_id="+d.agent, nil, &out); err != nil {
		return nil, err
	}
	return map[string]string{
		"zendesk": names[fmt.Sprint(z.ID)], "kustomer": names[k.StatusID], "salesforce": names[d.salesforce.Shows(salesforceAgent)],
		"center": out.Agents[0].Legs[0].Observed.Name,
	}, nil
}

// await waits until the center and all systems, but for some, show a status.
func (d *desks) await(status, when string, without ...string) {
	d.t.Helper()
	eventually(d.t, 30*time.Second, status+" everywhere "+when, func() error {
		shown, err := d.shown()
		if err != nil {
			return err
		}
		for _, kind := range without {
			delete(shown, kind)
		}
		for _, is := range shown {
			if is != status {
				return fmt.Errorf("they show %v", shown)
			}
		}
		return nil
	})
}

// TestStatusSetInOneSystemArrivesInAllOthers: an agent changes the status in
// Zendesk, Kustomer, Salesforce and the center in turn, and each change shows
// in all others; a system that is down disturbs no other, and follows when it
// is back (SYNC-I4, SYNC-I16, KUS-17).
func TestStatusSetInOneSystemArrivesInAllOthers(t *testing.T) {
	d := newDesks(t)
	d.must(d.zendesk.SetStatusByHand(zendeskAgent, zendesk.StatusAway))
	d.await("Break", "after it was chosen in Zendesk")
	d.must(d.kustomer.SetStatusByHand(kustomerAgent, kustomer.StatusAvailable))
	d.await("Available", "after it was chosen in Kustomer")
	d.must(d.salesforce.SetStatusByHand(salesforceAgent, salesforceLunch))
	d.await("Break", "after it was chosen in Salesforce")
	d.put("Available")
	d.await("Available", "after it was chosen in the center")

	d.toKustomer.shut.Store(true)
	d.must(d.zendesk.SetStatusByHand(zendeskAgent, zendesk.StatusAway))
	d.await("Break", "but in Kustomer, which is down", "kustomer")
	if shown, err := d.shown(); err != nil || shown["kustomer"] != "Available" {
		t.Errorf("while it is down Kustomer shows %v, error %v", shown, err)
	}
	d.toKustomer.shut.Store(false)
	d.await("Break", "after Kustomer is back")
	d.refusesWhatCannotWork()
}

// refusesWhatCannotWork holds that the core's refusals name the field that was
// sent.
func (d *desks) refusesWhatCannotWork() {
	d.t.Helper()
	rule := map[string]any{
		"name": "Wrap-up", "active": true, "source": "Salesforce Agent State Change", "destination": "Connect Agent State", "state": "AfterCallWork",
		"criteria": []map[string]any{{"operand_a": "Salesforce Agent New State", "comparator": "Equal to", "operand_b": "Static Value", "value_b": "Lunch"}},
	}
	rules := map[string]any{"enabled": true, "rules": []any{rule}}
	path := "/systems/" + d.systems["salesforce"] + "/rules"
	if err := d.admin("PUT", path, rules, nil); err == nil || !strings.Contains(err.Error(), `"field":"rules[0].state"`) {
		d.t.Errorf("a rule that sets a state of the system: %v, want a refusal of rules[0].state", err)
	}
	rule["state"] = "Break"
	var saved struct {
		Rules    []struct{ ID string }
		Findings []any
	}
	d.must(d.admin("PUT", path, rules, &saved))
	if len(saved.Rules) != 1 || saved.Rules[0].ID == "" || len(saved.Findings) != 0 {
		d.t.Errorf("the rule is saved as %+v", saved)
	}
	system := map[string]any{"kind": "kustomer", "name": "Inbox", "url": "https://example.api.kustomerapp.com", "client_secret": "x", "at_capacity_status": "Offline"}
	if err := d.admin("PUT", "/systems/"+d.systems["kustomer"], system, nil); err == nil || !strings.Contains(err.Error(), `"field":"at_capacity_status"`) {
		d.t.Errorf("Offline for agents at capacity: %v, want a refusal of at_capacity_status", err)
	}
}
