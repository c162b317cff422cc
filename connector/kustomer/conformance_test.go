package kustomer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
	standin "tandem/standin/kustomer"
)

const (
	testTimeout  = time.Second
	firstKey     = "first key"
	otherKey     = "another program's key"
	queueID      = "660000000000000000000001"
	teamID       = "670000000000000000000001"
	lunch        = "650000000000000000000101"
	otherMachine = "690000000000000000000001"
	training     = "650000000000000000000102"
)

func TestKustomerPassesTheSuite(t *testing.T) {
	var playing *organization
	connectortest.Run(t, connectortest.Subject{
		Start: func(t *testing.T, o connectortest.Options) connectortest.System {
			playing = startOrganization(t, o, nil)
			return playing
		},
		New: func(system event.SystemSaved, env connector.Env) (connector.Connector, error) {
			return New(Options{Timeout: testTimeout})(system, playing.env(env))
		},
	})
}

// organization is the Kustomer stand-in behind a real listener.
type organization struct {
	*standin.Server
	url    string
	agents []string

	mu  sync.Mutex
	key string // that is valid now
}

func startOrganization(t testing.TB, o connectortest.Options, edit func(*standin.Config)) *organization {
	t.Helper()
	config := standin.Config{
		Clock: o.Clock.Now, RatePerMinute: o.RatePerMinute,
		Keys:           []standin.Key{{Token: firstKey, Name: "Tandem"}, {Token: otherKey, Name: "Another program", UserID: otherMachine}},
		Queues:         []standin.Queue{{ID: queueID, Name: "Mail"}},
		Teams:          []standin.Team{{ID: teamID, Name: "Service", Routing: true, Queues: []standin.TeamQueue{{QueueID: queueID, Priority: 1}}}},
		CustomStatuses: []standin.Status{{ID: lunch, Name: "Lunch"}, {ID: training, Name: "Training"}},
	}
	a := &organization{key: firstKey}
	for i := range o.Agents {
		id := fmt.Sprintf("68%022x", i)
		config.Users = append(config.Users, standin.User{
			ID: id, Name: fmt.Sprintf("agent%d", i), Email: fmt.Sprintf("Agent%d@example.com", i), TeamIDs: []string{teamID}, StatusID: standin.StatusAvailable,
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
	t.Cleanup(func() { a.Server.Close(); server.Close() })
	return a
}

// env hands out the key that is valid now to whoever has saved the first one.
func (a *organization) env(env connector.Env) connector.Env {
	env.Secrets = rotated{env.Secrets, a}
	return env
}

// rotated is a vault in which whoever rotates the key saves the new one.
type rotated struct {
	connector.Secrets
	org *organization
}

func (r rotated) Secret(ctx context.Context, name string) ([]byte, error) {
	secret, err := r.Secrets.Secret(ctx, name)
	if string(secret) == firstKey {
		r.org.mu.Lock()
		defer r.org.mu.Unlock()
		return []byte(r.org.key), err
	}
	return secret, err
}

func (a *organization) Saved() event.SystemSaved {
	return event.SystemSaved{System: event.KustomerSystem, Name: "Kustomer", URL: a.url}
}
func (a *organization) ClientSecret() string { return firstKey }
func (a *organization) Agents() []string     { return a.agents }
func (a *organization) Email(agent string) string {
	d, err := a.Desk(agent)
	if err != nil {
		panic(err)
	}
	return strings.ToLower(d.Email)
}

func (a *organization) Statuses() ([3]string, string) {
	return [3]string{standin.StatusAvailable, standin.StatusUnavailable, lunch}, standin.StatusBusy
}

func (a *organization) Shows(agent string) string {
	d, err := a.Desk(agent)
	if err != nil {
		panic(err)
	}
	return d.StatusID
}

func (a *organization) Choose(t *testing.T, agent, status string) {
	if err := a.SetStatusByHand(agent, status); err != nil {
		t.Fatal(err)
	}
}

// Writes finds the agent of each write by the session in its path.
func (a *organization) Writes(agent string) []string {
	var all []string
	for _, e := range a.Server.Requests("PUT", sessionsPath+"/") {
		var body struct{ Status string }
		if json.Unmarshal([]byte(e.Body), &body) == nil && a.owner(strings.TrimPrefix(e.Path, sessionsPath+"/")) == agent {
			all = append(all, body.Status)
		}
	}
	return all
}

// owner is the user of a work session, asked for as another program would.
func (a *organization) owner(session string) string {
	request := httptest.NewRequest("GET", sessionsPath+"/"+session, nil)
	request.Header.Set("Authorization", "Bearer "+otherKey)
	answer := httptest.NewRecorder()
	a.ServeHTTP(answer, request)
	var out struct{ Data sessionJSON }
	if err := json.Unmarshal(answer.Body.Bytes(), &out); err != nil {
		panic(err)
	}
	return out.Data.Relationships.User.id()
}

func (a *organization) Requests() []connectortest.Request {
	var all []connectortest.Request
	for _, e := range a.Server.Requests("", "/v1/") {
		if e.Client == otherMachine {
			continue
		}
		all = append(all, connectortest.Request{At: e.Time, Limited: e.Status == 429})
	}
	return all
}

func (a *organization) Break(t *testing.T, f connectortest.Fault) {
	fault := standin.Fault{Method: "PUT", PathPrefix: sessionsPath}
	switch f {
	case connectortest.Refused:
		fault.Status = 400
	case connectortest.Broken:
		fault.Status = 500
	case connectortest.Limited:
		fault.Status, fault.ResetSeconds = 429, int(connectortest.LimitedPause/time.Second)
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

// RevokeAccess rotates the key: the old one ends, and the new one is saved.
func (a *organization) RevokeAccess() {
	a.mu.Lock()
	defer a.mu.Unlock()
	old := a.key
	a.key += "'"
	if err := a.AddKey(standin.Key{Token: a.key, Name: "Tandem"}); err != nil {
		panic(err)
	}
	a.RevokeKey(old)
}

// TestKustomerSandbox runs against a real account where the environment names one.
func TestKustomerSandbox(t *testing.T) {
	connectortest.Sandbox(t, "KUSTOMER", event.KustomerSystem, New(Options{}))
}
