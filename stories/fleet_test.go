package stories

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	standkustomer "tandem/standin/kustomer"
	standzendesk "tandem/standin/zendesk"
)

// fleetAgents change their status once a minute.
const fleetAgents = 1000

// BenchmarkFleet measures, with 1,000 agents who change their status once a
// minute, from a change in one system to the request by which each of the others
// is told: every other change is made in the center, every other by hand in
// Zendesk, which tells it by a webhook. All in between is as users run it.
//
//	go test -run '^$' -bench Fleet -benchtime 1000x ./stories
//
// The aim is 20 ms at the 99th percentile. core-ms/change is what a change takes
// of a processor in the core, with the API, webhooks, journal and connectors,
// beyond what the looks at everybody take in quiet time (quiet-core-ms/s).
func BenchmarkFleet(b *testing.B) {
	f := openFleet(b)
	var spans []time.Duration
	pace := time.NewTicker(time.Minute / fleetAgents)
	defer pace.Stop()
	quiet := f.quiet(10 * time.Second)
	spent, began := f.cpu(), time.Now()
	for turn := 0; b.Loop(); turn++ {
		<-pace.C
		spans = append(spans, f.change(turn)...)
	}
	used := (f.cpu() - spent).Seconds() - quiet*time.Since(began).Seconds()
	b.ReportMetric(quiet*1000, "quiet-core-ms/s")
	b.ReportMetric(used*1000/float64(b.N), "core-ms/change")
	report(b, spans)
}

// fleet is a center with a Zendesk account and a Kustomer organization beside
// it, and the same people in all three.
type fleet struct {
	*server
	agents   []string
	statuses map[string]string
	zendesk  *standzendesk.Server
	kustomer *standkustomer.Server
	toldZ    chan time.Time // when Zendesk was told of a change
	toldK    chan time.Time // and Kustomer
}

// change lets the agent whose turn it is change, and returns how long it took
// until each of the others was told.
func (f *fleet) change(turn int) []time.Duration {
	f.t.Helper()
	n, pause := turn%fleetAgents, turn/fleetAgents%2 == 0
	status, remote := "Available", standzendesk.StatusOnline
	if pause {
		status, remote = "Break", standzendesk.StatusAway
	}
	began := time.Now()
	if n%2 == 0 {
		f.put(n, status)
		return []time.Duration{await(f.t, f.toldZ, "a change in Zendesk").Sub(began), await(f.t, f.toldK, "a change in Kustomer").Sub(began)}
	}
	f.must(f.zendesk.SetStatusByHand(shiftRemote(n), remote))
	return []time.Duration{await(f.t, f.toldK, "a change in Kustomer").Sub(began)}
}

func (f *fleet) put(n int, status string) {
	f.t.Helper()
	f.must(f.api("PUT", "/users/"+f.born.InstanceID+"/"+f.agents[n]+"/status", map[string]any{"AgentStatusId": f.statuses[status]}, nil))
}

// cpu is what the core has used of processors.
func (f *fleet) cpu() time.Duration {
	f.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", f.ready.CorePID))
	f.must(err)
	fields := strings.Fields(string(stat[slices.Index(stat, ')')+1:]))
	user, err := strconv.Atoi(fields[11])
	f.must(err)
	system, err := strconv.Atoi(fields[12])
	f.must(err)
	return time.Duration(user+system) * 10 * time.Millisecond // ticks of 1/100 s
}

// quiet is the share of a processor that the core uses while nobody changes.
func (f *fleet) quiet(span time.Duration) float64 {
	f.t.Helper()
	spent, began := f.cpu(), time.Now()
	<-time.After(span)
	return (f.cpu() - spent).Seconds() / time.Since(began).Seconds()
}

func openFleet(b *testing.B) *fleet {
	b.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(b)) // known beforehand, for webhooks
	f := &fleet{server: newServer(b, fmt.Sprintf("public_url = \"http://%s\"", address)), toldZ: make(chan time.Time, 2*fleetAgents), toldK: make(chan time.Time, 2*fleetAgents)}
	f.http = address
	f.start()
	f.hireAll()
	f.connectFleet(f.openZendesk(), map[string]string{"Online": "Available", "Away": "Break"})
	f.connectFleet(f.openKustomer(), map[string]string{"Available": "Available", "Lunch": "Break"})
	eventually(b, time.Minute, "Zendesk has our webhook", func() error {
		if len(f.zendesk.Requests("POST", "/api/v2/webhooks")) == 0 {
			return fmt.Errorf("no registration yet")
		}
		return nil
	})
	eventually(b, time.Minute, "everybody was seen everywhere", f.allSeen)
	return f
}

// hireAll makes the agents, all of them Available.
func (f *fleet) hireAll() {
	f.t.Helper()
	instance := f.born.InstanceID
	list := func(path, member string) map[string]string {
		var out map[string]any
		f.must(f.api("GET", path+instance, nil, &out))
		ids := map[string]string{}
		for _, e := range out[member].([]any) {
			entry := e.(map[string]any)
			ids[entry["Name"].(string)] = entry["Id"].(string)
		}
		return ids
	}
	f.must(f.api("PUT", "/agent-status/"+instance, map[string]any{"Name": "Break", "State": "ENABLED"}, nil))
	f.statuses = list("/agent-status/", "AgentStatusSummaryList")
	profile := list("/routing-profiles-summary/", "RoutingProfileSummaryList")["Basic Routing Profile"]
	security := list("/security-profiles-summary/", "SecurityProfileSummaryList")["Agent"]
	for n := range fleetAgents {
		var user struct{ UserId string }
		f.must(f.api("PUT", "/users/"+instance, map[string]any{
			"Username": fmt.Sprintf("agent%d", n), "RoutingProfileId": profile, "SecurityProfileIds": []string{security},
			"PhoneConfig":  map[string]any{"PhoneType": "SOFT_PHONE"},
			"IdentityInfo": map[string]any{"FirstName": "Agent", "LastName": strconv.Itoa(n), "Email": fmt.Sprintf("agent%d@example.com", n)},
		}, &user))
		f.agents = append(f.agents, user.UserId)
		f.put(n, "Available")
	}
}

// connectFleet connects a system, and links everybody by e-mail address.
func (f *fleet) connectFleet(system map[string]any, rows map[string]string) {
	f.t.Helper()
	system["policy"] = "last_action_wins"
	var made struct{ ID string }
	f.must(f.admin("POST", "/systems", system, &made))
	f.must(f.admin("POST", "/systems/"+made.ID+"/refresh", map[string]any{}, nil))
	delete(system, "client_secret")
	var mapping []map[string]any
	for remote, status := range rows {
		mapping = append(mapping, map[string]any{"remote": remote, "status": status})
	}
	system["status_sync"], system["mapping"] = true, mapping
	f.must(f.admin("PUT", "/systems/"+made.ID, system, nil))
	f.must(f.admin("POST", "/systems/"+made.ID+"/links/auto", map[string]any{}, nil))
}

func (f *fleet) openZendesk() map[string]any {
	f.t.Helper()
	config := standzendesk.Config{ClientID: "tandem", ClientSecret: "a secret", RatePerMinute: 600_000, AvailabilityRatePerMinute: 600_000}
	for n := range fleetAgents {
		config.Agents = append(config.Agents, standzendesk.Agent{ID: shiftRemote(n), Name: fmt.Sprintf("Agent %d", n), Email: fmt.Sprintf("agent%d@example.com", n), StatusID: standzendesk.StatusOnline})
	}
	var err error
	f.zendesk, err = standzendesk.New(config)
	f.must(err)
	f.t.Cleanup(f.zendesk.Close)
	return map[string]any{"kind": "zendesk", "name": "Support", "url": f.noted(f.zendesk, "/agents/", f.toldZ), "client_id": "tandem", "client_secret": "a secret"}
}

func (f *fleet) openKustomer() map[string]any {
	f.t.Helper()
	const group = "670000000000000000000001"
	config := standkustomer.Config{
		Keys:           []standkustomer.Key{{Token: "an API key", Name: "Tandem"}},
		Teams:          []standkustomer.Team{{ID: group, Name: "Service", Routing: true}},
		CustomStatuses: []standkustomer.Status{{ID: kustomerLunch, Name: "Lunch"}}, RatePerMinute: 600_000,
	}
	for n := range fleetAgents {
		config.Users = append(config.Users, standkustomer.User{ID: fmt.Sprintf("68%022x", n+1), Name: fmt.Sprintf("Agent %d", n),
			Email: fmt.Sprintf("agent%d@example.com", n), TeamIDs: []string{group}, StatusID: standkustomer.StatusAvailable})
	}
	var err error
	f.kustomer, err = standkustomer.New(config)
	f.must(err)
	f.t.Cleanup(f.kustomer.Close)
	return map[string]any{"kind": "kustomer", "name": "Inbox", "url": f.noted(f.kustomer, "/work-sessions/", f.toldK), "client_secret": "an API key"}
}

// noted serves a stand-in, and notes when requests arrive that change a status.
func (f *fleet) noted(h http.Handler, path string, told chan<- time.Time) string {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && strings.Contains(r.URL.Path, path) {
			told <- time.Now()
		}
		h.ServeHTTP(w, r)
	}))
	f.t.Cleanup(func() { web.CloseClientConnections(); web.Close() })
	return web.URL
}

// allSeen holds that each agent was seen in both systems.
func (f *fleet) allSeen() error {
	var out struct {
		Agents []struct {
			Legs []struct{ Observed struct{ Remote string } }
		}
	}
	if err := f.admin("GET", "/presence", nil, &out); err != nil {
		return err
	}
	seen := 0
	for _, a := range out.Agents {
		if len(a.Legs) == 3 && a.Legs[1].Observed.Remote != "" && a.Legs[2].Observed.Remote != "" {
			seen++
		}
	}
	if seen != fleetAgents {
		return fmt.Errorf("%d were", seen)
	}
	return nil
}
