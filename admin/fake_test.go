package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"tandem"
	"tandem/auth"
	"tandem/center"
	"tandem/connector"
	"tandem/directory"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
	"tandem/presence/rule"
	"tandem/view/audit"
	"tandem/view/lately"
	"tandem/view/notice"
	"tandem/view/statustime"
)

const token = "admin token"

var (
	instanceID  = tandem.NameID("instance", "one")
	availableID = tandem.NameID("status", "Available")
	breakID     = tandem.NameID("status", "Break")
	agent1      = tandem.NameID("user", "agent1")
	agent2      = tandem.NameID("user", "agent2")
)

var _ Connectors = (*connector.Manager)(nil)

// world is a small stand-in of engine, vault and connectors: commands change
// its state, with a few of the machine's refusals.
type world struct {
	mu           sync.Mutex
	state        presence.State
	in           *instance.Instance // of the real center
	spans        []statustime.Interval
	asked        statustime.Filter
	secrets      map[string]string
	agents       []connector.Agent
	erased       []tandem.ID
	restarted    []tandem.ID
	notices      []notice.Notice // newest first
	changes      []audit.Change
	lines        []lately.Line
	fired        map[tandem.ID]lately.Fired
	keys         directory.Machine
	figures      map[tandem.ID]connector.Figures
	role         auth.Role
	actors       []tandem.Actor
	broken       error
	refreshError error
	token        string // empty: the admin token
	handler      *Handler
}

func newWorld() *world {
	w := &world{secrets: map[string]string{}, keys: *directory.New(), role: auth.Administrator, state: presence.State{
		Center: instanceID, Systems: map[tandem.ID]*presence.System{}, Agents: map[tandem.ID]*presence.Agent{},
		Statuses: map[tandem.ID]*event.AgentStatusSaved{
			availableID: {StatusID: availableID, Name: "Available", Type: event.Routable, Enabled: true},
			breakID:     {StatusID: breakID, Name: "Break", Type: event.Custom, Enabled: true},
		},
	}}
	for _, id := range []tandem.ID{agent1, agent2} {
		w.state.Agents[id] = &presence.Agent{UserID: id, Legs: []presence.Leg{{SystemID: instanceID, Health: event.HealthOK}}}
	}
	w.begin(event.InstanceCreated{InstanceID: instanceID, TimeZone: "Europe/Berlin"})
	w.handler = New(Config{
		Authorize: w.authorize,
		Instances: func(context.Context) ([]Instance, error) { return []Instance{{ID: instanceID, Alias: "sample"}}, nil },
		Do:        w.do, Look: w.look, StatusTime: w.statusTime, Connectors: w, Secrets: w, Tables: w, Keys: w.adminKeys, Log: slog.New(slog.DiscardHandler),
		Health: func(context.Context) []Check {
			return []Check{{Name: "journal", OK: true}, {Name: "media", Detail: "not connected"}}
		},
		CheckSystem: func(s event.SystemSaved) error {
			if !strings.HasPrefix(s.URL, "https://") {
				return tandem.Errorf(tandem.Invalid, "url", "want https")
			}
			return connector.CheckSettings(s, "instance", "region")
		},
	})
	return w
}

func (w *world) do(_ context.Context, instance tandem.ID, actor tandem.Actor, body any) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if instance == directory.Shard {
		return w.direct(body)
	}
	if instance != instanceID {
		return nil, tandem.Errorf(tandem.NotFound, "InstanceId", "there is no instance %s here", instance)
	}
	if w.broken != nil {
		return nil, w.broken
	}
	w.actors = append(w.actors, actor)
	switch b := body.(type) {
	case presence.SaveSystem:
		return nil, w.saveSystem(b)
	case presence.SaveRules:
		return nil, w.saveRules(b)
	case presence.NoteSecret:
	case presence.SeeNotice:
		w.see(b, actor)
	case presence.DeleteSystem:
		if w.state.Systems[b.SystemID] == nil {
			return nil, tandem.Errorf(tandem.NotFound, "SystemId", "there is no system %s", b.SystemID)
		}
		delete(w.state.Systems, b.SystemID)
	case presence.LinkAgent:
		a := w.state.Agents[b.UserID]
		if a == nil {
			return nil, tandem.Errorf(tandem.NotFound, "UserId", "there is no user %s", b.UserID)
		}
		a.Legs = append(a.Legs, presence.Leg{SystemID: b.SystemID, RemoteID: b.RemoteID, Health: event.HealthOK})
	case presence.UnlinkAgent:
		w.state.Agents[b.UserID].Legs = w.state.Agents[b.UserID].Legs[:1]
	case presence.ReleaseLeg:
		w.state.Agents[b.UserID].Legs[1].Health = event.HealthOK
	case center.SaveSettings:
		return w.step(b)
	case center.EraseSubject:
		if b.Subject == agent1 {
			return nil, tandem.Errorf(tandem.Conflict, "Subject", "the user still exists; delete the user first")
		}
		w.erased = append(w.erased, b.Subject)
	default:
		return nil, errors.New("a command that nobody owns")
	}
	return nil, nil
}

func (w *world) saveSystem(b presence.SaveSystem) error {
	if b.System.Name == "" {
		return tandem.Errorf(tandem.Invalid, "Name", "give the system a name")
	}
	if i := unpreferred(b.System.Mapping); i >= 0 {
		return tandem.Errorf(tandem.Invalid, fmt.Sprintf("Mapping[%d].Preferred", i), "several rows mean one status; mark the one to write")
	}
	s := w.state.Systems[b.System.SystemID]
	if s == nil {
		s = &presence.System{}
		w.state.Systems[b.System.SystemID] = s
	}
	if b.System.Policy == 0 {
		b.System.Policy = event.Master
	}
	s.Saved = b.System
	return nil
}

func (w *world) saveRules(b presence.SaveRules) error {
	s := w.state.Systems[b.SystemID]
	for _, f := range rule.Lint(b.Rules, w.known(b.SystemID)) {
		if f.Refused {
			return tandem.Errorf(tandem.Invalid, fmt.Sprintf("Rules[%d].%s", f.Rule, f.Field), "%s", f.Text)
		}
	}
	if b.SessionEnd.DelayMillis < 0 {
		return tandem.Errorf(tandem.Invalid, "SessionEnd.DelayMillis", "wait 0 milliseconds or more")
	}
	for i := range b.Rules {
		if b.Rules[i].RuleID.IsZero() {
			b.Rules[i].RuleID = tandem.NameID("rule", b.Rules[i].Name)
		}
	}
	s.Rules = event.PresenceRulesSaved{SystemID: b.SystemID, Enabled: b.Enabled, Rules: b.Rules, SessionEnd: b.SessionEnd}
	return nil
}

// unpreferred is the first row that shares its status with others of which none
// is preferred; -1 for none.
func unpreferred(rows []event.MappingRow) int {
	count, preferred := map[tandem.ID]int{}, map[tandem.ID]bool{}
	for _, r := range rows {
		count[r.StatusID]++
		preferred[r.StatusID] = preferred[r.StatusID] || r.Preferred
	}
	return slices.IndexFunc(rows, func(r event.MappingRow) bool { return count[r.StatusID] > 1 && !preferred[r.StatusID] })
}

func (w *world) look(_ context.Context, instance tandem.ID, look func(View)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if instance != instanceID {
		return tandem.Errorf(tandem.NotFound, "InstanceId", "there is no instance %s here", instance)
	}
	look(View{
		Presence: &w.state, Known: w.known, Center: w.center(),
		Why: func(user tandem.ID) (presence.Why, bool) {
			return presence.Why{Wish: "the wish is Break", Contact: "on no contact", Systems: []presence.SystemWhy{
				{SystemID: instanceID, System: "the contact center", Shows: "Break", Should: "Break", Why: "the wish Break means that there"}}}, w.state.Agents[user] != nil
		},
		Users: func() []User {
			return []User{{agent1, "agent1", "Agent1@example.com"}, {agent2, "agent2", "agent2@example.com"}}
		},
		Desired: func(_, system tandem.ID) string {
			if system == instanceID {
				return ""
			}
			return "101"
		},
	})
	return nil
}

// known is what rules can speak of.
func (w *world) known(system tandem.ID) rule.Known {
	k := rule.Known{ConnectStates: []string{"Available", "Break"}}
	for _, st := range w.state.Systems[system].Statuses {
		k.SalesforceStates = append(k.SalesforceStates, rule.State{Name: st.Name, APIName: st.APIName})
	}
	return k
}

// offered are the statuses of systems that are not Zendesk, by kind.
var offered = map[event.SystemKind][]event.RemoteStatus{
	event.SalesforceSystem: {
		{Remote: "0", Name: "Offline", APIName: "Offline"}, {Remote: "0N5000000000AvA", Name: "Available", APIName: "Available", Custom: true},
		{Remote: "0N5000000000LUn", Name: "Lunch break", APIName: "Lunch", Custom: true, Focusing: true},
	},
	event.KustomerSystem:      {{Remote: "650000000000000000000001", Name: "Available"}, {Remote: "650000000000000000000101", Name: "Lunch", Custom: true}},
	event.AmazonConnectSystem: {{Remote: "d2f5e7a0-0000-4000-8000-000000000001", Name: "Available"}, {Remote: "d2f5e7a0-0000-4000-8000-000000000002", Name: "Lunch", Custom: true}},
}

// Refresh implements Connectors.
func (w *world) Refresh(_ context.Context, system tandem.ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refreshError != nil {
		return w.refreshError
	}
	if list := offered[w.state.Systems[system].Saved.System]; list != nil {
		w.state.Systems[system].Statuses = list
		return nil
	}
	w.state.Systems[system].Statuses = []event.RemoteStatus{
		{Remote: "2", Name: "Offline"}, {Remote: "3", Name: "Online"},
		{Remote: "101", Name: "Lunch", Custom: true}, {Remote: "102", Name: "On a call", Custom: true, Focusing: true},
		{Remote: "103", Name: "Twice", Custom: true}, {Remote: "104", Name: "Twice", Custom: true},
	}
	return nil
}

// Agents implements Connectors.
func (w *world) Agents(context.Context, tandem.ID) ([]connector.Agent, error) {
	if w.agents == nil {
		return nil, errors.New("no answer")
	}
	return w.agents, nil
}

// Restart implements Connectors.
func (w *world) Restart(system tandem.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.restarted = append(w.restarted, system)
}

// Secret implements Secrets.
func (w *world) Secret(_ context.Context, name string) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s, ok := w.secrets[name]; ok {
		return []byte(s), nil
	}
	return nil, tandem.Errorf(tandem.NotFound, "Name", "there is no secret %q", name)
}

// PutSecret implements Secrets.
func (w *world) PutSecret(_ context.Context, name string, secret []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets[name] = string(secret)
	return nil
}

// DeleteSecret implements Secrets.
func (w *world) DeleteSecret(_ context.Context, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.secrets[name]; !ok {
		return tandem.Errorf(tandem.NotFound, "Name", "there is no secret %q", name)
	}
	delete(w.secrets, name)
	return nil
}

// answer is what the API said.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

// call makes a request below the instance, or to a path that begins with a
// slash.
func (w *world) call(t *testing.T, method, path, body string) answer {
	t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/admin/instances/" + instanceID.String() + "/" + path
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+cmp.Or(w.token, token))
	if body != "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	if strings.HasPrefix(body, "Presence Sync Rule Name") {
		r.Header.Set("Content-Type", "text/csv")
	}
	a := answer{httptest.NewRecorder(), t}
	w.handler.ServeHTTP(a, r)
	w.conforms(t, method, path, a.Code, a.Body.Bytes())
	if !json.Valid(a.Body.Bytes()) || a.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%s %s: the answer is no JSON: %q", method, path, a.Body)
	}
	if strings.Contains(a.Body.String(), "top secret") {
		t.Errorf("%s %s: the answer has a secret: %s", method, path, a.Body)
	}
	return a
}

// ok reads a successful answer.
func (a answer) ok(into any) {
	a.t.Helper()
	if a.Code != http.StatusOK {
		a.t.Fatalf("answered %d: %s", a.Code, a.Body)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(a.Body.Bytes(), into); err != nil {
		a.t.Fatal(err)
	}
}

// refused checks a refusal and the field that it names.
func (a answer) refused(status int, field string) {
	a.t.Helper()
	var e struct {
		Error errorJSON `json:"error"`
	}
	if err := json.Unmarshal(a.Body.Bytes(), &e); err != nil || a.Code != status || e.Error.Field != field || e.Error.Message == "" {
		a.t.Errorf("answered %d %s, want %d naming %q", a.Code, strings.TrimSpace(a.Body.String()), status, field)
	}
}

const sampleSystem = `{"kind":"zendesk","name":"Zendesk","url":"https://example.zendesk.com","client_id":"tandem","client_secret":"top secret",
	"status_sync":true,"mapping":[{"remote":"Online","status":"Available"}]}`

// create makes a system and returns its path.
func (w *world) create(t *testing.T) (tandem.ID, string) {
	t.Helper()
	var s systemJSON
	w.call(t, "POST", "systems", sampleSystem).ok(&s)
	return s.ID, "systems/" + s.ID.String()
}

// toJSON writes what an answer had.
func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
