package connect

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/directory"
	"tandem/engine"
	"tandem/event"
	"tandem/flow"
	"tandem/instance"
	"tandem/journal/memory"
	"tandem/view/record"
)

// world is a Server in front of a real engine with a directory and two
// instances; the key of the tests may use the first.
type world struct {
	*testing.T
	engine    *engine.Engine
	web       *httptest.Server
	server    *Server
	defaults  center.Defaults
	clock     *clock
	records   map[tandem.ID]record.Row
	passwords map[tandem.ID]string
}

// clock is a wall clock that a test can put forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// plainSession seals nothing.
type plainSession struct{ tandem.Plain }

func (plainSession) Take() engine.Rows                      { return engine.Rows{} }
func (plainSession) Durable(engine.Rows)                    {}
func (plainSession) Erase(context.Context, tandem.ID) error { return nil }
func (s plainSession) Snapshots() tandem.Sealer             { return s.Plain }

type zones struct{}

func (zones) Location(name string) (*time.Location, bool) {
	loc, err := time.LoadLocation(name)
	return loc, err == nil && name != ""
}

var (
	worldInstance = mustID("11111111-2222-3333-4444-555555555555")
	otherInstance = mustID("99999999-2222-3333-4444-555555555555")
)

func mustID(text string) tandem.ID {
	id, err := tandem.ParseID(text)
	if err != nil {
		panic(err)
	}
	return id
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, clock: &clock{}, records: map[tandem.ID]record.Row{}, passwords: map[tandem.ID]string{}}
	w.engine = engine.Open(engine.Config{
		Store: memory.New(), Owner: "test", Now: w.clock.now, Log: slog.New(slog.DiscardHandler),
		Keys:   func(tandem.ID) engine.Session { return plainSession{tandem.Plain{}} },
		Effect: func(tandem.ID, tandem.Seq, tandem.Effect) {},
		New: func(shard tandem.ID) *instance.Instance {
			if shard == directory.Shard {
				return instance.New(nil, directory.New())
			}
			return instance.New(nil, center.New(zones{}))
		},
	})
	t.Cleanup(func() {
		if err := w.engine.Close(); err != nil {
			t.Errorf("close the engine: %v", err)
		}
	})
	w.start(directory.Shard)
	w.defaults = w.createInstance(worldInstance, "first")
	w.createInstance(otherInstance, "second")
	w.serve(Backend{
		Engine:    w.engine,
		Trunks:    trunks,
		Record:    w.record,
		Passwords: w,
		User:      func(string) tandem.ID { return tandem.NameID("test", "caller") },
	})
	return w
}

func trunks() []TrunkNumber {
	return []TrunkNumber{
		{Number: "+14155550101", Country: "US", Type: "DID", Trunk: "west"},
		{Number: "+14155550100", Country: "US", Type: "DID", Trunk: "west"},
		{Number: "+18005550100", Country: "US", Type: "TOLL_FREE", Trunk: "west"},
		{Number: "+4930555010", Country: "DE", Type: "DID", Trunk: "east"},
	}
}

func (w *world) record(_ context.Context, instance, contact tandem.ID) (record.Row, error) {
	row, ok := w.records[contact]
	if !ok || instance != worldInstance {
		return record.Row{}, record.ErrNotFound
	}
	return row, nil
}

// SetPassword implements Passwords.
func (w *world) SetPassword(_ context.Context, _, user tandem.ID, password string) error {
	w.passwords[user] = password
	return nil
}

func permitFirst(principal, _ string, instance tandem.ID) error {
	if principal != "principal1" || instance != worldInstance {
		return tandem.Errorf(tandem.Forbidden, "", "this access key is of another instance")
	}
	return nil
}

func (w *world) serve(backend Backend) {
	s, err := New(Config{Keys: oneKey{}, ARNs: testARNs, Log: slog.New(slog.DiscardHandler), Backend: backend, Permit: permitFirst})
	if err != nil {
		w.Fatal(err)
	}
	s.unlisted = func(op *Operation, e apiError) {
		w.Errorf("%s answered %v, which the API does not list for it (%s)", op.Name, e, strings.Join(op.Errors, ", "))
	}
	w.server, w.web = s, httptest.NewServer(s)
	w.Cleanup(w.web.Close)
}

func (w *world) start(shard tandem.ID) {
	if err := w.engine.Start(w.Context(), shard); err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(shard tandem.ID, body any) any {
	w.Helper()
	answer, err := w.engine.Do(w.Context(), shard, engine.Request{Body: body})
	if err != nil {
		w.Fatalf("%T: %v", body, err)
	}
	return answer
}

func (w *world) createInstance(id tandem.ID, alias string) center.Defaults {
	w.start(id)
	w.do(directory.Shard, directory.ListInstance{Instance: event.InstanceListed{InstanceID: id, Alias: alias}})
	ids := make([]tandem.ID, 9+len(flow.Samples()))
	for i := range ids {
		ids[i] = id.Derive(uint64(i))
	}
	d := center.Defaults{
		AvailableID: ids[0], OfflineID: ids[1], HoursID: ids[2], QueueID: ids[3], RoutingProfileID: ids[4],
		AdminID: ids[5], AgentID: ids[6], ManagerID: ids[7], AnalystID: ids[8], InboundFlowID: ids[9], CustomerQueueFlowID: ids[10],
		TimeZone: "UTC",
	}
	var flows []event.FlowSaved
	for i, sample := range flow.Samples() {
		content, err := sample.Fill(map[string]string{flow.PlaceholderQueue: d.QueueID.String(), flow.PlaceholderMusic: "music"})
		if err != nil {
			w.Fatal(err)
		}
		flows = append(flows, event.FlowSaved{FlowID: ids[9+i], Name: sample.Name, Type: string(sample.Type), Content: tandem.Blob(content)})
	}
	w.do(id, center.CreateInstance{
		Instance: event.InstanceCreated{InstanceID: id, Alias: alias, Region: testARNs.Region, AccountID: testARNs.Account},
		Flows:    flows, Defaults: d,
	})
	return d
}

// send calls an operation whose labels, query and body are given.
func (w *world) send(operation string, labels map[string]string, query, body string) answer {
	w.Helper()
	op := operationNamed(w.T, operation)
	path := op.URI
	for name, value := range labels {
		path = strings.ReplaceAll(path, "{"+name+"}", strings.ReplaceAll(strings.ReplaceAll(value, ":", "%3A"), "/", "%2F"))
	}
	if query != "" {
		path += "?" + query
	}
	return send(w.T, w.web, op.Method, path, body)
}

// call calls an operation with members as they stand in the request's JSON
// form, wherever they travel, and reads the answer into out.
func (w *world) call(operation string, members map[string]any, out any) {
	w.Helper()
	got := w.try(operation, members)
	if got.status != 200 {
		w.Fatalf("%s: %+v", operation, got)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(got.body), out); err != nil {
			w.Fatalf("%s answered %q: %v", operation, got.body, err)
		}
	}
}

// refused calls an operation that must answer the error.
func (w *world) refused(operation, code string, members map[string]any) answer {
	w.Helper()
	got := w.try(operation, members)
	if got.errorType != code {
		w.Errorf("%s: %+v, want %s", operation, got, code)
	}
	return got
}

// try puts the labels of the path where they belong and the rest into the body.
func (w *world) try(operation string, members map[string]any) answer {
	w.Helper()
	op := operationNamed(w.T, operation)
	labels, body, query := map[string]string{}, map[string]any{}, ""
	for name, value := range members {
		text, isText := value.(string)
		field, known := op.in.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, name) })
		switch {
		case known && field.Tag.Get("uri") != "":
			labels[field.Tag.Get("uri")] = text
		case known && field.Tag.Get("query") != "" && isText:
			query += "&" + field.Tag.Get("query") + "=" + text
		default:
			body[name] = value
		}
	}
	if field, ok := op.in.FieldByName("InstanceId"); ok && members["InstanceId"] == nil {
		switch {
		case field.Tag.Get("uri") != "":
			labels["InstanceId"] = worldInstance.String()
		case field.Tag.Get("query") != "":
			query += "&" + field.Tag.Get("query") + "=" + worldInstance.String()
		case !slices.Contains([]string{"ListPhoneNumbersV2"}, operation):
			body["InstanceId"] = worldInstance.String()
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		w.Fatal(err)
	}
	return w.send(operation, labels, strings.TrimPrefix(query, "&"), string(text))
}
