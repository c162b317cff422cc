package zendesk

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"tandem/connector/connectortest"
	"tandem/event"
	standin "tandem/standin/zendesk"
)

const (
	testTimeout       = time.Second
	lunch       int64 = 101
	onTheCall   int64 = 102
)

func TestZendeskPassesTheSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Subject{
		New:   New(Options{Timeout: testTimeout}),
		Start: func(t *testing.T, o connectortest.Options) connectortest.System { return startAccount(t, o, nil) },
	})
}

// account is the Zendesk stand-in behind a real listener.
type account struct {
	*standin.Server
	url    string
	agents []string
}

func startAccount(t *testing.T, o connectortest.Options, edit func(*standin.Config)) *account {
	t.Helper()
	config := standin.Config{
		Clock: o.Clock.Now, ClientID: "tandem", ClientSecret: "client secret", RatePerMinute: o.RatePerMinute,
		WebhookRetryDelay: time.Millisecond,
		CustomStatuses: []standin.Status{
			{ID: lunch, Name: "Lunch", Channels: standin.Channels{Talk: "offline", Support: "online", Messaging: "away"}},
			{ID: onTheCall, Name: "On a call", Channels: standin.Channels{Talk: "online", Support: "away", Messaging: "offline"}},
		},
	}
	a := &account{}
	for i := range o.Agents {
		id := int64(10_001 + i)
		config.Agents = append(config.Agents, standin.Agent{
			ID: id, Name: fmt.Sprintf("agent%d", i), Email: fmt.Sprintf("Agent%d@example.com", i), StatusID: standin.StatusOnline,
		})
		a.agents = append(a.agents, strconv.FormatInt(id, 10))
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
	t.Cleanup(func() { a.Server.Close(); server.Close() })
	return a
}

func (a *account) Saved() event.SystemSaved {
	return event.SystemSaved{System: event.ZendeskSystem, Name: "Zendesk", URL: a.url, ClientID: "tandem"}
}
func (a *account) ClientSecret() string { return "client secret" }
func (a *account) Agents() []string     { return a.agents }
func (a *account) Email(agent string) string {
	return "agent" + strconv.Itoa(number(agent)-10_001) + "@example.com"
}
func (a *account) Statuses() ([3]string, string) {
	return [3]string{"3", "4", "101"}, "102"
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

func (a *account) Shows(agent string) string {
	s, err := a.Status(int64(number(agent)))
	if err != nil {
		panic(err)
	}
	return strconv.FormatInt(s.ID, 10)
}

func (a *account) Choose(t *testing.T, agent, status string) {
	if err := a.SetStatusByHand(int64(number(agent)), int64(number(status))); err != nil {
		t.Fatal(err)
	}
}

func (a *account) Writes(agent string) []string {
	var all []string
	for _, e := range a.Server.Requests("PUT", statusesPath+"/agents/"+agent) {
		var body struct {
			ID json.Number `json:"id"`
		}
		if json.Unmarshal([]byte(e.Body), &body) == nil {
			all = append(all, body.ID.String())
		}
	}
	return all
}

func (a *account) Requests() []connectortest.Request {
	var all []connectortest.Request
	for _, e := range a.Server.Requests("", "/api/") {
		all = append(all, connectortest.Request{At: e.Time, Limited: e.Status == 429})
	}
	return all
}

func (a *account) Break(t *testing.T, f connectortest.Fault) {
	fault := standin.Fault{Method: "PUT", PathPrefix: statusesPath}
	switch f {
	case connectortest.Refused:
		fault.Status = 422
	case connectortest.Broken:
		fault.Status = 500
	case connectortest.Limited:
		fault.Status, fault.RetryAfterSeconds = 429, int(connectortest.LimitedPause/time.Second)
	case connectortest.Silent:
		fault.Cut = standin.CutAfterCommit
	case connectortest.Slow:
		fault.DelayMillis = int(connectortest.SlowSpan / time.Millisecond)
	case connectortest.Hanging:
		fault.DelayMillis = int(connectortest.HangingSpan / time.Millisecond)
	}
	if err := a.Server.Break(fault); err != nil {
		t.Fatal(err)
	}
}

func (a *account) RevokeAccess() { a.RevokeTokens() }

// TestZendeskSandbox runs against a real account where the environment names one.
func TestZendeskSandbox(t *testing.T) {
	connectortest.Sandbox(t, "ZENDESK", event.ZendeskSystem, New(Options{}))
}
