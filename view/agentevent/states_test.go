package agentevent_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view/agentevent"
	"tandem/view/viewtest"
	"tandem/voice"
)

// callStage is a stage with calls.
type callStage struct {
	*viewtest.Calls
	stage *stage
}

func beginCalls(t *testing.T, users ...string) callStage {
	s := begin(t, users...)
	return callStage{s.Calls(users...), s}
}

// states lists, for an agent, the state of the first contact in each event and
// since when it is so; "none" without a contact.
func (c callStage) states(username string) (list []string) {
	for _, ev := range c.of(username) {
		state := "none"
		if contacts := ev.CurrentAgentSnapshot.Contacts; len(contacts) > 0 {
			state = contacts[0].State + " " + (*contacts[0].StateStartTimestamp)[11:23]
		}
		if len(list) == 0 || list[len(list)-1] != state {
			list = append(list, state)
		}
	}
	return list
}

// of lists the events of an agent.
func (c callStage) of(username string) (list []agentevent.Event) {
	checkChain(c.stage.t, c.stage.events())
	for _, ev := range c.stage.events() {
		if ev.CurrentAgentSnapshot.Configuration.Username == username {
			list = append(list, ev)
		}
	}
	return list
}

func (c callStage) want(username string, states ...string) {
	c.stage.t.Helper()
	if diff := cmp.Diff(states, c.states(username)); diff != "" {
		c.stage.t.Errorf("%s: %s", username, diff)
	}
}

func (c callStage) at(ms int64) callStage {
	c.At(ms)
	return c
}

func (c callStage) take(id tandem.ID) {
	c.stage.t.Helper()
	c.Answer(id, event.AgentLeg)
	c.PlayDone(id, event.AgentSide)
}

// TestHoldsAreToldWithTheirStart holds that a hold is a state of its own, for
// the agent whose customer waits and for one who was put on hold.
func TestHoldsAreToldWithTheirStart(t *testing.T) {
	c := beginCalls(t, "agent1", "agent2")
	c.LogIn("agent1")
	call := c.at(1000).Call(viewtest.QueueNumber)
	c.at(4000).take(call)
	hold := center.HoldLeg{UserID: viewtest.UserID("agent1"), ContactID: call, LegID: c.Leg(call, event.CustomerLeg), Held: true}
	c.at(10_000).Must(hold)
	hold.Held = false
	c.at(15_000).Must(hold)
	c.at(16_000).Must(center.PutUserStatus{UserID: viewtest.UserID("agent1"), StatusID: viewtest.LunchID})
	c.at(20_000).LogIn("agent2")
	second := c.Begin(center.AddParty{UserID: viewtest.UserID("agent1"), ContactID: call, QuickConnectID: viewtest.ToAgentID("agent2")})
	c.at(24_000).take(second)
	c.at(26_000).Must(center.SwapLegs{UserID: viewtest.UserID("agent1"), ContactID: call})
	c.at(28_000).Must(center.JoinLegs{UserID: viewtest.UserID("agent1"), ContactID: call})
	c.at(40_000).Must(center.DropLeg{UserID: viewtest.UserID("agent1"), ContactID: call})
	c.want("agent1", "none", "CONNECTING 10:00:01.000", "CONNECTING 10:00:04.000", "CONNECTED 10:00:04.000", "CONNECTED_ONHOLD 10:00:10.000", "CONNECTED 10:00:15.000",
		"CONNECTED_ONHOLD 10:00:20.000", "CONNECTED 10:00:26.000", "ENDED 10:00:40.000")
	c.want("agent2", "none", "CONNECTING 10:00:20.000", "CONNECTING 10:00:24.000", "CONNECTED 10:00:24.000", "CONNECTED_ONHOLD 10:00:26.000", "CONNECTED 10:00:28.000")
}

// TestOffersThatWereNotTakenAreToldApart: a callback that is offered, one that
// was declined, a call that was missed, and a phone that could not be reached.
func TestOffersThatWereNotTakenAreToldApart(t *testing.T) {
	c := beginCalls(t, "agent1")
	callback := c.Contact(c.at(1000).Call(viewtest.CallbackNumber)).NextID
	c.at(3000).Tick()
	c.at(10_000).LogIn("agent1")
	one := viewtest.UserID("agent1")
	c.at(11_000).Must(center.RejectContact{UserID: one, ContactID: callback})
	c.at(12_000).Must(center.DismissUserContact{UserID: one, ContactID: callback})
	c.at(13_000).HangUp(callback, event.AgentLeg, voice.CauseNoAnswer)
	c.at(14_000).Must(center.DismissUserContact{UserID: one, ContactID: callback})
	c.at(15_000).HangUp(callback, event.AgentLeg, voice.CauseUnreachable)
	c.at(16_000).Must(center.DismissUserContact{UserID: one, ContactID: callback})
	c.at(17_000).Answer(callback, event.AgentLeg)
	c.at(19_000).HangUp(callback, event.CustomerLeg, voice.CauseBusy)
	c.want("agent1", "INCOMING 10:00:10.000", "REJECTED 10:00:11.000", "INCOMING 10:00:12.000", "MISSED 10:00:13.000", "INCOMING 10:00:14.000",
		"ERROR 10:00:15.000", "INCOMING 10:00:16.000", "CONNECTING 10:00:17.000", "ENDED 10:00:19.000")
}

func TestATaskThatIsPutAsideHoldsNoSlot(t *testing.T) {
	c := beginCalls(t, "agent1")
	c.LogIn("agent1")
	one := viewtest.UserID("agent1")
	task := c.at(1000).Begin(center.StartTask{FlowID: viewtest.FlowID, Name: viewtest.TaskName})
	c.at(2000).Must(center.AcceptContact{UserID: one, ContactID: task})
	c.at(3000).Must(center.PauseContact{UserID: one, ContactID: task, Paused: true})
	events := c.of("agent1")
	if slots := events[len(events)-1].CurrentAgentSnapshot.Configuration.RoutingProfile.Concurrency[1]; slots.AvailableSlots != 3 {
		t.Errorf("with a task put aside: %+v", slots)
	}
	c.at(5000).Must(center.PauseContact{UserID: one, ContactID: task})
	c.want("agent1", "none", "CONNECTING 10:00:01.000", "CONNECTED 10:00:02.000", "PAUSED 10:00:03.000", "CONNECTED 10:00:05.000")
}

// TestConfigurationIsTold: Amazon Connect Administrator Guide, agent event
// streams: a change of the routing profile, its queues, the phone, auto-accept or
// the hierarchy is a STATE_CHANGE.
func TestConfigurationIsTold(t *testing.T) {
	c := beginCalls(t, "agent1")
	c.LogIn("agent1")
	groups := c.of("agent1")[0].CurrentAgentSnapshot.Configuration.AgentHierarchyGroups
	if groups.Level1.Name != "Annex" || groups.Level2.Name != "Team" || groups.Level3 != nil {
		t.Errorf("the hierarchy groups are %+v", groups)
	}
	automatic := viewtest.User("agent1", viewtest.Start)
	automatic.HierarchyGroupID, automatic.AutoAccept = viewtest.TeamID, true
	for i, ev := range []tandem.Event{
		&event.QueueSaved{QueueID: viewtest.QueueID, Name: "Renamed", MaxContacts: -1, Enabled: true},
		&event.HierarchyGroupSaved{GroupID: viewtest.AnnexID, Name: "Wing"},
		&event.AgentStatusSaved{StatusID: viewtest.AvailableID, Name: "Ready", Type: event.Routable, Enabled: true},
		automatic,
	} {
		before := len(c.of("agent1"))
		c.Tell(viewtest.Start.Add(int64(1000*(i+1))), ev)
		if after := c.of("agent1"); len(after) != before+1 || after[before].EventType != agentevent.StateChange {
			t.Errorf("%s is not told", ev.EventName())
		}
	}
	last := c.of("agent1")[4].CurrentAgentSnapshot
	if last.Configuration.AgentHierarchyGroups.Level1.Name != "Wing" || *last.Configuration.RoutingProfile.InboundQueues[0].Name != "Renamed" || last.AgentStatus.Name != "Ready" {
		t.Errorf("the last snapshot is %+v", last)
	}
}

// TestAUserWhoIsDeletedIsLoggedOut holds that the stream ends with a LOGOUT,
// also of one who is deleted while available, and that the name goes with the
// erasure.
func TestAUserWhoIsDeletedIsLoggedOut(t *testing.T) {
	c := beginCalls(t, "agent1")
	c.LogIn("agent1")
	id := viewtest.UserID("agent1")
	c.Must(center.DeleteQuickConnect{QuickConnectID: viewtest.ToAgentID("agent1")})
	c.at(1000).Must(center.DeleteUser{UserID: id})
	events := c.of("agent1")
	last := events[len(events)-1]
	if last.EventType != agentevent.Logout || last.CurrentAgentSnapshot.AgentStatus.Name != "Offline" || len(last.CurrentAgentSnapshot.Contacts) > 0 {
		t.Errorf("the last event is a %s with %+v", last.EventType, last.CurrentAgentSnapshot)
	}
	c.at(2000).Must(center.EraseSubject{Subject: id})
	if viewtest.Holds(t, "agent1", c.stage.stream, c.stage.tables, c.stage.tables+"-wal") {
		t.Error("after the erasure the name is still kept")
	}
}
