package salesforce

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"tandem"
	"tandem/connector/connectortest"
	"tandem/event"
	standin "tandem/standin/salesforce"
)

const (
	testTimeout = 2 * time.Second
	available   = "0N5000000000AvA"
	email       = "0N5000000000MaI"
	chat        = "0N5000000000cHt"
	lunch       = "0N5000000000LUn"
	clientID    = "tandem"
)

func TestSalesforcePassesTheSuite(t *testing.T) {
	consoles := &Consoles{}
	server := httptest.NewServer(consoles)
	t.Cleanup(server.Close)
	connectortest.Run(t, connectortest.Subject{
		New: New(Options{Timeout: testTimeout, Consoles: consoles, Grace: time.Hour}),
		Start: func(t *testing.T, o connectortest.Options) connectortest.System {
			a := startOrg(t, o, nil)
			for _, agent := range a.agents {
				a.open(t, agent, server.URL+ConsolePath+tandem.NameID("system", t.Name()).String()+"/")
			}
			return a
		},
	})
}

// org is the Salesforce stand-in behind a real listener.
type org struct {
	*standin.Server
	url    string
	agents []string
}

func startOrg(t testing.TB, o connectortest.Options, edit func(*standin.Config)) *org {
	t.Helper()
	config := standin.Config{
		Clock: o.Clock.Now, ClientID: clientID, ClientSecret: "client secret", DailyRequests: max(o.RatePerMinute, 1) * 24 * 60,
		Channels: []standin.Channel{{ID: "0N9000000000001", DeveloperName: "Phone"}, {ID: "0N9000000000002", DeveloperName: "Email"}},
		Statuses: []standin.Status{
			{ID: available, DeveloperName: "Available", Label: "Available", ChannelIDs: []string{"0N9000000000001", "0N9000000000002"}},
			{ID: email, DeveloperName: "Email_Only", Label: "E-mail only", ChannelIDs: []string{"0N9000000000002"}},
			{ID: chat, DeveloperName: "Chat", Label: "Chat", ChannelIDs: []string{"0N9000000000001"}},
			{ID: lunch, DeveloperName: "Lunch", Label: "Lunch"},
		},
	}
	a := &org{}
	for i := range o.Agents {
		id := fmt.Sprintf("005AB%010d", i+1)
		config.Users = append(config.Users, standin.User{
			ID: id, Name: fmt.Sprintf("agent%d", i), Email: fmt.Sprintf("Agent%d@example.com", i), StatusID: available,
		})
		a.agents = append(a.agents, id)
	}
	if edit != nil {
		edit(&config)
	}
	var err error
	if a.Server, err = standin.New(config); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Server)
	a.url = server.URL
	t.Cleanup(func() { a.Server.Close(); server.CloseClientConnections(); server.Close() })
	return a
}

// open opens an agent's console; it is closed with the test.
func (a *org) open(t testing.TB, agent, address string) *standin.Console {
	t.Helper()
	c, err := a.OpenConsole(agent, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (a *org) Saved() event.SystemSaved {
	return event.SystemSaved{Name: "Salesforce", URL: a.url, ClientID: clientID}
}

func (a *org) ClientSecret() string { return "client secret" }
func (a *org) Agents() []string     { return a.agents }

func (a *org) Email(agent string) string {
	n, _ := strconv.Atoi(agent[5:])
	return fmt.Sprintf("agent%d@example.com", n-1)
}

func (a *org) Statuses() ([3]string, string) { return [3]string{available, email, chat}, lunch }

func (a *org) Choose(t *testing.T, agent, status string) {
	a.DropStreamEvents(2)
	if err := a.SetStatusUnannounced(agent, status); err != nil {
		t.Fatal(err)
	}
}

func (a *org) Writes(agent string) []string {
	var all []string
	for _, e := range a.Server.Requests("POST", "/toolkit/"+agent+"/"+verbSet) {
		var body struct{ StatusID string }
		if json.Unmarshal([]byte(e.Body), &body) == nil {
			all = append(all, body.StatusID)
		}
	}
	return all
}

func (a *org) Requests() []connectortest.Request {
	var all []connectortest.Request
	for _, e := range a.Server.Requests("", "/services/data/") {
		all = append(all, connectortest.Request{At: e.Time, Limited: e.Status == 403})
	}
	return all
}

func (a *org) Break(t *testing.T, f connectortest.Fault) {
	fault := standin.Fault{Method: "POST", PathPrefix: "/toolkit/", PathSuffix: "/" + verbSet}
	switch f {
	case connectortest.Refused:
		fault.Status, fault.Body = 403, standin.ErrNotGranted.Error()
	case connectortest.Broken:
		fault.Status, fault.Body = 500, "Unable to connect to Omni-Channel"
	case connectortest.Limited:
		fault.Status, fault.Body = 403, "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded."
	case connectortest.Silent:
		fault.Lose = true
	case connectortest.Slow:
		fault.DelayMillis = int(connectortest.SlowSpan / time.Millisecond)
	case connectortest.Hanging:
		fault.DelayMillis = int(connectortest.HangingSpan / time.Millisecond)
	}
	if err := a.Server.Break(fault); err != nil {
		t.Fatal(err)
	}
}

func (a *org) RevokeAccess() { a.RevokeTokens() }

// entries are the requests below a path, with all that the stand-in noted.
func (a *org) entries(prefix string) []standin.Entry { return a.Server.Requests("", prefix) }

// TestSalesforceSandbox runs against a real account where the environment names one.
func TestSalesforceSandbox(t *testing.T) {
	connectortest.Sandbox(t, "SALESFORCE", event.SalesforceSystem, New(Options{}))
}
