package awsconnect

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
)

// home is an instance with the real machine of presence, connected to another
// contact center by this connector: the account, which stands for Amazon
// Connect.
type home struct {
	amazon  *account
	account // the home's own center, by the same helpers
	manager *connector.Manager
	user    tandem.ID
	system  tandem.ID
}

func newHome(t *testing.T) *home {
	h := &home{amazon: startAccount(t, connectortest.Options{Agents: 1, RatePerMinute: 60_000})}
	h.account.TB, h.account.clock = t, connector.SystemClock{}
	effects := make(chan tandem.Effect, 1000)
	h.engine = openEngine(t, h.now, func(ef tandem.Effect) { effects <- ef }, func() *instance.Instance {
		return instance.New(translate, center.New(utcOnly{}), presence.New())
	})
	h.createInstance()
	h.addAgent(0)
	h.user = mustID(h.agents[0])
	h.manager = connector.NewManager(connector.Config{
		Factories: map[event.SystemKind]connector.Factory{event.AmazonConnectSystem: New(Options{})},
		Do: func(ctx context.Context, id, system tandem.ID, body any) (any, error) {
			return h.engine.Do(ctx, id, engine.Request{Actor: tandem.Actor{Kind: tandem.ActorConnector, ID: system}, Body: body})
		},
		Linked: func(context.Context, tandem.ID, tandem.ID) (map[string]bool, error) {
			return map[string]bool{h.amazon.agents[0]: true}, nil
		},
		Secrets: anySecret{}, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(h.manager.Close)
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	go func() {
		for {
			select {
			case ef := <-effects:
				h.manager.Effect(testInstance, ef)
			case <-stop:
				return
			}
		}
	}()
	h.connect()
	return h
}

// translate turns what presence wishes of the center into its command.
func translate(wish any) (any, bool) {
	w, ok := wish.(presence.CenterWrite)
	return center.PutUserStatus{UserID: w.UserID, StatusID: w.StatusID}, ok
}

// anySecret has the same secret for every name.
type anySecret struct{}

func (anySecret) Secret(context.Context, string) ([]byte, error)  { return []byte(testSecret), nil }
func (anySecret) PutSecret(context.Context, string, []byte) error { return nil }

// connect saves the system, each status mapped to the one of the same name.
func (h *home) connect() {
	system := h.amazon.Saved()
	system.Enabled, system.StatusSync, system.Policy = true, true, event.LastActionWins
	for i, id := range h.statuses {
		system.Mapping = append(system.Mapping, event.MappingRow{Remote: h.amazon.statuses[i].String(), StatusID: id, Preferred: true})
	}
	h.system = h.do(testInstance, presence.SaveSystem{System: system, New: true}).(tandem.ID)
	h.do(testInstance, presence.LinkAgent{UserID: h.user, SystemID: h.system, RemoteID: h.amazon.agents[0]})
	system.SystemID = h.system
	h.manager.Set(testInstance, []event.SystemSaved{system})
}

// choose is what the agent does in the home's center.
func (h *home) choose(status int) {
	h.Helper()
	_, err := h.engine.Do(h.Context(), testInstance, engine.Request{
		Actor: tandem.Actor{Kind: tandem.ActorUser, ID: h.user}, Body: center.PutUserStatus{UserID: h.user, StatusID: h.statuses[status]},
	})
	if err != nil {
		h.Fatal(err)
	}
}

// await waits until a center shows a status and a next one (-1 for none).
func (h *home) await(what string, c *account, status, next int) {
	h.Helper()
	var now, then tandem.ID
	var want tandem.ID
	if next >= 0 {
		want = c.statuses[next]
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c.at(c.agents[0], func(u *center.Agent) { now, then = u.StatusID, u.NextStatusID })
		if now == c.statuses[status] && then == want {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("%s: the status is %s, then %s; want %s, then %s", what, now, then, c.statuses[status], want)
		}
	}
}

// look lets the connector look at the agents now, and waits until it has.
func (h *home) look() {
	h.Helper()
	before := h.manager.Figures()[h.system].Observations
	if err := h.manager.Refresh(h.Context(), h.system); err != nil {
		h.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); h.manager.Figures()[h.system].Observations == before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.Fatal("nothing was looked at")
		}
	}
}

// ring brings the agent in Amazon Connect a task.
func (h *home) ring() tandem.ID {
	a := h.amazon
	a.do(testInstance, center.SaveRoutingProfile{Profile: event.RoutingProfileSaved{
		ProfileID: a.defaults.RoutingProfileID, Name: "Basic Routing Profile", DefaultOutboundQueueID: a.defaults.QueueID,
		Concurrency: []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1}, {Channel: event.Task, Maximum: 1}},
		Entries:     []event.RoutingEntry{{QueueID: a.defaults.QueueID, Channel: event.Voice, Priority: 1}, {QueueID: a.defaults.QueueID, Channel: event.Task, Priority: 1}},
	}})
	flow := tandem.NameID("flow", "task")
	a.do(testInstance, center.SaveFlow{New: true, Flow: event.FlowSaved{FlowID: flow, Name: "Task", Type: "CONTACT_FLOW", Published: true, Content: tandem.Blob(fmt.Sprintf(`{
		"Version":"2019-10-30","StartAction":"choose","Actions":[
		{"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":%q},
		 "Transitions":{"NextAction":"queue","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"queue","Type":"TransferContactToQueue","Parameters":{},
		 "Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`, a.defaults.QueueID))}})
	return a.do(testInstance, center.StartTask{FlowID: flow, Name: "Call back"}).(tandem.ID)
}

// intent is how often a person's wish has changed, as presence counts.
func (h *home) intent() (version uint64) {
	err := h.engine.Read(h.Context(), testInstance, func(in *instance.Instance) {
		p, _ := instance.Find[*presence.Machine](in)
		version = p.State().Agents[h.user].Intent.Version
	})
	if err != nil {
		h.Fatal(err)
	}
	return version
}

const (
	available = iota
	onBreak
	training
)

// TestOneStatusInAmazonConnectAndAtHome is the story with the real machine of
// presence: changes pass both ways; while the agent has a contact Amazon
// Connect takes a change as the next status, which counts as the status
// everywhere from then on; the end of the contact is no change.
func TestOneStatusInAmazonConnectAndAtHome(t *testing.T) {
	h := newHome(t)
	h.look()
	h.amazon.Choose(t, h.amazon.agents[0], h.amazon.statuses[onBreak].String())
	h.look()
	h.await("a change in Amazon Connect reaches home", &h.account, onBreak, -1)
	h.choose(training)
	h.await("a change at home reaches Amazon Connect", h.amazon, training, -1)
	h.choose(available)
	h.await("and back", h.amazon, available, -1)

	task := h.ring()
	h.look()
	h.choose(onBreak)
	h.await("with a contact the change is the next status", h.amazon, available, onBreak)
	h.look()
	before, writes := h.intent(), len(h.amazon.Writes(h.amazon.agents[0]))
	h.amazon.do(testInstance, center.StopContact{ContactID: task})
	h.await("it comes into force with the contact's end", h.amazon, onBreak, -1)
	h.look()
	h.look()
	h.await("home has shown it all along", &h.account, onBreak, -1)
	if after := h.intent(); after != before {
		t.Errorf("the end of the contact counts as %d new wishes", after-before)
	}
	if more := len(h.amazon.Writes(h.amazon.agents[0])) - writes; more != 0 {
		t.Errorf("%d writes followed the contact's end, want none", more)
	}
}

// TestNextStatusTakenBackInAmazonConnectIsAWish holds that choosing the present
// status during a contact, which clears the next one, reaches home.
func TestNextStatusTakenBackInAmazonConnectIsAWish(t *testing.T) {
	h := newHome(t)
	h.look()
	h.ring()
	h.amazon.Choose(t, h.amazon.agents[0], h.amazon.statuses[training].String())
	h.look()
	h.await("the next status is the status at home", &h.account, training, -1)
	h.amazon.Choose(t, h.amazon.agents[0], h.amazon.statuses[available].String())
	h.look()
	h.await("taken back, it is not", &h.account, available, -1)
	h.await("and Amazon Connect keeps what was chosen there", h.amazon, available, -1)
}
