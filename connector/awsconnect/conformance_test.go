package awsconnect

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/connect"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/directory"
	"tandem/engine"
	"tandem/event"
	"tandem/flow"
	"tandem/instance"
	"tandem/journal/memory"
	"tandem/view/record"
)

const (
	testTimeout = 2 * time.Second
	testKeyID   = "AKIDTEST"
	testSecret  = "a secret access key"
	testRegion  = "eu-central-1"
)

var testInstance = tandem.NameID("instance", "amazon connect")

func TestAmazonConnectPassesTheSuite(t *testing.T) {
	connectortest.Run(t, connectortest.Subject{
		New:   New(Options{Timeout: testTimeout}),
		Start: func(t *testing.T, o connectortest.Options) connectortest.System { return startAccount(t, o) },
	})
}

// account is Tandem's own Amazon Connect API with an instance behind it, and a
// door before it at which things go wrong on purpose.
type account struct {
	testing.TB
	clock    connector.Clock
	steps    atomic.Int64 // milliseconds that the engine's clock runs ahead, so that no two moments are equal
	engine   *engine.Engine
	api      http.Handler
	url      string
	rate     string
	agents   []string
	defaults center.Defaults
	statuses []tandem.ID // Available, Break, Training, Offline

	mu       sync.Mutex
	faults   []door
	requests []connectortest.Request
	writes   map[string][]string
	paths    []string
	closing  chan struct{}
}

// door is what happens to the next request whose path it accepts.
type door struct {
	path   string // a part of it
	before func(w http.ResponseWriter, r *http.Request) (answered bool)
	cut    bool
}

type plainSession struct{ tandem.Plain }

func (plainSession) Take() engine.Rows                      { return engine.Rows{} }
func (plainSession) Durable(engine.Rows)                    {}
func (plainSession) Erase(context.Context, tandem.ID) error { return nil }
func (s plainSession) Snapshots() tandem.Sealer             { return s.Plain }

type utcOnly struct{}

func (utcOnly) Location(name string) (*time.Location, bool) { return time.UTC, name == "UTC" }

type oneKey struct{}

func (oneKey) Secret(id string) (secret, principal string, ok bool) {
	return testSecret, "tester", id == testKeyID
}

func startAccount(t testing.TB, o connectortest.Options) *account {
	t.Helper()
	a := &account{TB: t, clock: connector.SystemClock{}, writes: map[string][]string{}, closing: make(chan struct{}),
		rate: strconv.FormatFloat(float64(o.RatePerMinute)/60, 'f', 4, 64)}
	if o.Clock != nil {
		a.clock = o.Clock
	}
	a.engine = openEngine(t, a.now, func(tandem.Effect) {}, func() *instance.Instance { return instance.New(nil, center.New(utcOnly{})) })
	a.createInstance()
	for i := range o.Agents {
		a.addAgent(i)
	}
	api, err := connect.New(connect.Config{
		Keys: oneKey{}, ARNs: connect.ARNs{Partition: "aws", Region: testRegion, Account: "123456789012"}, Log: slog.New(slog.DiscardHandler),
		Permit: func(_, _ string, _ tandem.ID) error { return nil },
		Backend: connect.Backend{Engine: a.engine, Trunks: func() []connect.TrunkNumber { return nil },
			Record: func(context.Context, tandem.ID, tandem.ID) (record.Row, error) {
				return record.Row{}, record.ErrNotFound
			}},
	})
	if err != nil {
		t.Fatal(err)
	}
	a.api = api
	web := httptest.NewServer(a)
	a.url = web.URL
	a.Cleanup(func() { close(a.closing); web.Close() })
	return a
}

// openEngine makes an engine in memory, which hosts a directory and instances.
func openEngine(t testing.TB, now func() time.Time, effect func(tandem.Effect), made func() *instance.Instance) *engine.Engine {
	e := engine.Open(engine.Config{
		Store: memory.New(), Owner: "test", Now: now, Log: slog.New(slog.DiscardHandler),
		Keys:   func(tandem.ID) engine.Session { return plainSession{tandem.Plain{}} },
		Effect: func(_ tandem.ID, _ tandem.Seq, ef tandem.Effect) { effect(ef) },
		New: func(shard tandem.ID) *instance.Instance {
			if shard == directory.Shard {
				return instance.New(nil, directory.New())
			}
			return made()
		},
	})
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close the engine: %v", err)
		}
	})
	return e
}

// now is the suite's clock, a millisecond later at each look, or the machine's.
func (a *account) now() time.Time {
	if a.clock == (connector.SystemClock{}) {
		return time.Now()
	}
	return a.clock.Now().Add(time.Duration(a.steps.Add(1)) * time.Millisecond)
}

func (a *account) do(shard tandem.ID, body any) any {
	a.Helper()
	answer, err := a.engine.Do(context.Background(), shard, engine.Request{Body: body})
	if err != nil {
		a.Fatalf("%T: %v", body, err)
	}
	return answer
}

func (a *account) createInstance() {
	for _, shard := range []tandem.ID{directory.Shard, testInstance} {
		if err := a.engine.Start(context.Background(), shard); err != nil {
			a.Fatal(err)
		}
	}
	a.do(directory.Shard, directory.ListInstance{Instance: event.InstanceListed{InstanceID: testInstance, Alias: "test"}})
	ids := make([]tandem.ID, 9+len(flow.Samples()))
	for i := range ids {
		ids[i] = testInstance.Derive(uint64(i))
	}
	a.defaults = center.Defaults{
		AvailableID: ids[0], OfflineID: ids[1], HoursID: ids[2], QueueID: ids[3], RoutingProfileID: ids[4], AdminID: ids[5], AgentID: ids[6],
		ManagerID: ids[7], AnalystID: ids[8], InboundFlowID: ids[9], CustomerQueueFlowID: ids[10], TimeZone: "UTC",
	}
	var flows []event.FlowSaved
	for i, sample := range flow.Samples() {
		content, err := sample.Fill(map[string]string{flow.PlaceholderQueue: ids[3].String(), flow.PlaceholderMusic: "music"})
		if err != nil {
			a.Fatal(err)
		}
		flows = append(flows, event.FlowSaved{FlowID: ids[9+i], Name: sample.Name, Type: string(sample.Type), Content: tandem.Blob(content)})
	}
	a.do(testInstance, center.CreateInstance{
		Instance: event.InstanceCreated{InstanceID: testInstance, Alias: "test", Region: testRegion, AccountID: "123456789012"},
		Flows:    flows, Defaults: a.defaults,
	})
	a.addStatuses()
}

// addStatuses adds Break and Training to Available and Offline.
func (a *account) addStatuses() {
	a.statuses = []tandem.ID{a.defaults.AvailableID}
	for _, name := range []string{"Break", "Training"} {
		id := tandem.NameID("status", name)
		a.do(testInstance, center.SaveAgentStatus{New: true, Status: event.AgentStatusSaved{StatusID: id, Name: name, Type: event.Custom, Enabled: true}})
		a.statuses = append(a.statuses, id)
	}
	a.statuses = append(a.statuses, a.defaults.OfflineID)
}

// addAgent makes a user who is Available.
func (a *account) addAgent(i int) {
	id := tandem.NameID("user", strconv.Itoa(i))
	a.do(testInstance, center.SaveUser{New: true, User: event.UserSaved{
		UserID: id, Username: tandem.Personal(fmt.Sprintf("agent%d", i)), Email: tandem.Personal(fmt.Sprintf("Agent%d@example.com", i)),
		PhoneType: event.SoftPhone, RoutingProfileID: a.defaults.RoutingProfileID, SecurityProfileIDs: []tandem.ID{a.defaults.AgentID},
	}})
	a.do(testInstance, center.PutUserStatus{UserID: id, StatusID: a.defaults.AvailableID})
	a.agents = append(a.agents, id.String())
}

// ServeHTTP is the way of every request: through the door, then to the API.
func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	a.note(r, body)
	d := a.take(r.URL.Path)
	if d.before != nil && d.before(w, r) {
		return
	}
	if d.cut {
		a.api.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler) // the connection breaks, the work is done
	}
	a.api.ServeHTTP(w, r)
}

func (a *account) note(r *http.Request, body []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = append(a.requests, connectortest.Request{At: a.clock.Now()})
	a.paths = append(a.paths, r.Method+" "+r.URL.Path)
	var in struct{ AgentStatusId string }
	if path.Base(r.URL.Path) == "status" && json.Unmarshal(body, &in) == nil {
		agent := path.Base(path.Dir(r.URL.Path))
		a.writes[agent] = append(a.writes[agent], in.AgentStatusId)
	}
}

func (a *account) take(path string) door {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, d := range a.faults {
		if strings.Contains(path, d.path) {
			a.faults = slices.Delete(a.faults, i, i+1)
			return d
		}
	}
	return door{}
}

func (a *account) arm(d door) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, d)
}

// answering is a door that answers an error.
func answering(status int, code, message string, header ...string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("x-amzn-ErrorType", code)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"Message":%q}`, message)
		return true
	}
}

// holding is a door that holds a request back.
func (a *account) holding(span time.Duration) func(http.ResponseWriter, *http.Request) bool {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-time.After(span):
		case <-r.Context().Done():
		case <-a.closing:
		}
		return false
	}
}

func (a *account) Saved() event.SystemSaved {
	return event.SystemSaved{System: event.AmazonConnectSystem, Name: "Amazon Connect", URL: a.url, ClientID: testKeyID,
		Settings: map[string]string{SettingInstance: testInstance.String(), SettingRegion: testRegion, SettingRequestsPerSecond: a.rate}}
}

func (a *account) ClientSecret() string { return testSecret }
func (a *account) Agents() []string     { return a.agents }

func (a *account) Email(agent string) string {
	return fmt.Sprintf("agent%d@example.com", slices.Index(a.agents, agent))
}

// Statuses implements connectortest.System: a custom status ends work on every
// channel in Amazon Connect, so that none is fit for focus.
func (a *account) Statuses() ([3]string, string) {
	return [3]string{a.statuses[0].String(), a.statuses[1].String(), a.statuses[2].String()}, ""
}

func mustID(text string) tandem.ID {
	id, err := tandem.ParseID(text)
	if err != nil {
		panic(err)
	}
	return id
}

// at is an agent as the center has it.
func (a *account) at(agent string, look func(*center.Agent)) {
	err := a.engine.Read(context.Background(), testInstance, func(in *instance.Instance) {
		if c, ok := instance.Find[*center.Machine](in); ok {
			look(c.State().Agents[mustID(agent)])
		}
	})
	if err != nil {
		a.Fatal(err)
	}
}

func (a *account) Shows(agent string) (status string) {
	a.at(agent, func(u *center.Agent) { status = u.StatusID.String() })
	return status
}

func (a *account) Choose(t *testing.T, agent, status string) {
	a.do(testInstance, center.PutUserStatus{UserID: mustID(agent), StatusID: mustID(status)})
}

func (a *account) Writes(agent string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.writes[agent])
}

func (a *account) Requests() []connectortest.Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requests)
}

// Break makes the next PutUserStatus go wrong.
func (a *account) Break(t *testing.T, f connectortest.Fault) {
	d := door{path: "/status"}
	switch f {
	case connectortest.Refused:
		d.before = answering(http.StatusBadRequest, "InvalidParameterException", "the status is disabled")
	case connectortest.Broken:
		d.before = answering(http.StatusInternalServerError, "InternalServiceException", "broken on purpose")
	case connectortest.Limited:
		d.before = answering(http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded", "Retry-After", strconv.Itoa(int(connectortest.LimitedPause/time.Second)))
	case connectortest.Silent:
		d.cut = true
	case connectortest.Slow:
		d.before = a.holding(connectortest.SlowSpan)
	case connectortest.Hanging:
		d.before = a.holding(connectortest.HangingSpan)
	}
	a.arm(d)
}

// RevokeAccess implements connectortest.System: an access key is no token, it
// does not end by itself.
func (a *account) RevokeAccess() {}

// TestAmazonConnectSandbox runs against a real account where the environment names one.
func TestAmazonConnectSandbox(t *testing.T) {
	connectortest.Sandbox(t, "AMAZON_CONNECT", event.AmazonConnectSystem, New(Options{}))
}
