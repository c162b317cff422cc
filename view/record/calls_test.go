package record_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/event"
	"tandem/view/record"
	"tandem/view/viewtest"
	"tandem/voice"
)

// calls is an instance with calls, whose records are kept.
type calls struct {
	*viewtest.Calls
	t    *testing.T
	path string
}

func beginCalls(t *testing.T, usernames ...string) *calls {
	path := filepath.Join(t.TempDir(), "views.db")
	s := viewtest.Begin(t, path, func() []engine.View { return []engine.View{record.New()} })
	s.TellAll(viewtest.Setup(usernames...))
	return &calls{s.Calls(usernames...), t, path}
}

func (c *calls) at(ms int64) *calls {
	c.At(ms)
	return c
}

// take lets an agent take a call by the desk phone, and hear the whisper.
func (c *calls) take(id tandem.ID) {
	c.t.Helper()
	c.Answer(id, event.AgentLeg)
	c.PlayDone(id, event.AgentSide)
}

// clear ends the after contact work of an agent.
func (c *calls) clear(username string, id tandem.ID) {
	c.t.Helper()
	c.Must(center.DismissUserContact{UserID: viewtest.UserID(username), ContactID: id})
}

// record is the record of a contact, its times and durations by name, and who
// and what it names.
func (c *calls) record(id tandem.ID) (*record.Record, map[string]any) {
	c.t.Helper()
	r := get(c.t, c.Story, id).Record
	out := map[string]any{"Method": r.InitiationMethod}
	for name, value := range times(&r) {
		switch name {
		case "Enqueue", "Dequeue", "QueueDuration", "Interaction", "AfterContactWork", "Reason":
			out[name] = value
		}
	}
	if a := r.Agent; a != nil {
		out["Agent"] = text(a.Username)
		if a.NumberOfHolds > 0 {
			out["Holds"] = [3]int64{a.NumberOfHolds, a.CustomerHoldDuration, a.LongestHoldDuration}
		}
	}
	for name, e := range map[string]*record.Endpoint{"Customer": r.CustomerEndpoint, "System": r.SystemEndpoint, "TransferredTo": r.TransferredToEndpoint} {
		if e != nil {
			out[name] = e.Address
		}
	}
	if r.Queue != nil && r.Queue.Name != nil {
		out["Queue"] = *r.Queue.Name
	}
	return &r, out
}

func (c *calls) want(id tandem.ID, want map[string]any) *record.Record {
	c.t.Helper()
	r, got := c.record(id)
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Error(diff)
	}
	return r
}

func (c *calls) linked(r *record.Record, initial, previous, next tandem.ID) {
	c.t.Helper()
	if text(r.InitialContactID) != id(initial) || text(r.PreviousContactID) != id(previous) || text(r.NextContactID) != id(next) {
		c.t.Errorf("contact %s has initial %s, previous %s, next %s; want %s, %s, %s", r.ContactID,
			text(r.InitialContactID), text(r.PreviousContactID), text(r.NextContactID), initial, previous, next)
	}
}

func TestRecordsOfATransferKnowHoldsAndEachOther(t *testing.T) {
	c := beginCalls(t, "agent1", "agent2")
	c.LogIn("agent1")
	first := c.at(1000).Call(viewtest.QueueNumber)
	c.at(4900).take(first)
	hold := center.HoldLeg{UserID: viewtest.UserID("agent1"), ContactID: first, LegID: c.Leg(first, event.CustomerLeg), Held: true}
	c.at(10_000).Must(hold)
	hold.Held = false
	c.at(15_700).Must(hold)
	c.at(20_000).LogIn("agent2")
	second := c.Begin(center.AddParty{UserID: viewtest.UserID("agent1"), ContactID: first, QuickConnectID: viewtest.ToAgentID("agent2")})
	c.at(24_000).take(second)
	c.at(40_500).Must(center.DropLeg{UserID: viewtest.UserID("agent1"), ContactID: first})
	c.at(60_000).HangUp(second, event.CustomerLeg, voice.CauseRemote)
	c.at(70_000).clear("agent1", first)
	c.at(71_000).clear("agent2", second)
	// 35.6 s with agent1: 5.7 s and 20.5 s on hold, 9.4 s of talk
	r := c.want(first, map[string]any{"Method": "INBOUND", "Agent": "agent1", "Queue": "BasicQueue", "Enqueue": "10:00:01", "Dequeue": "10:00:04", "QueueDuration": int64(3),
		"Holds": [3]int64{2, 26, 20}, "Interaction": int64(9), "AfterContactWork": int64(29), "Reason": "AGENT_DISCONNECT",
		"Customer": viewtest.CustomerNumber, "System": viewtest.QueueNumber})
	c.linked(r, tandem.ID{}, tandem.ID{}, second)
	if h := r.Agent.HierarchyGroups; h.Level1.GroupName != "Annex" || h.Level2.GroupName != "Team" || r.Agent.RoutingProfile.Name != "Basic Routing Profile" {
		t.Errorf("the agent is %+v", r.Agent)
	}
	r = c.want(second, map[string]any{"Method": "TRANSFER", "Agent": "agent2", "Interaction": int64(36), "AfterContactWork": int64(11), "Reason": "CUSTOMER_DISCONNECT",
		"Customer": viewtest.CustomerNumber, "System": viewtest.QueueNumber})
	c.linked(r, first, first, tandem.ID{})
}

func TestRecordsOfAPartyOutsideAndTheDisconnectFlow(t *testing.T) {
	c := beginCalls(t, "agent1")
	c.LogIn("agent1")
	first := c.at(1000).Call(viewtest.QueueNumber)
	c.at(4000).take(first)
	second := c.at(10_000).Begin(center.AddParty{UserID: viewtest.UserID("agent1"), ContactID: first, Number: viewtest.ThirdNumber})
	c.at(14_000).Answer(second, event.OutsideLeg)
	c.at(30_000).Must(center.DropLeg{UserID: viewtest.UserID("agent1"), ContactID: first})
	c.clear("agent1", first)
	c.at(50_000).HangUp(second, event.OutsideLeg, voice.CauseRemote)
	third := c.Contact(second).NextID
	c.at(55_000).PlayDone(third, event.CustomerSide)
	r := c.want(first, map[string]any{"Method": "INBOUND", "Agent": "agent1", "Queue": "BasicQueue", "Enqueue": "10:00:01", "Dequeue": "10:00:04", "QueueDuration": int64(3),
		"Holds": [3]int64{1, 20, 20}, "Interaction": int64(6), "AfterContactWork": int64(0), "Reason": "AGENT_DISCONNECT",
		"Customer": viewtest.CustomerNumber, "System": viewtest.QueueNumber, "TransferredTo": viewtest.ThirdNumber})
	c.linked(r, tandem.ID{}, tandem.ID{}, second)
	if text(r.TransferCompletedTimestamp) != "2026-03-02T10:00:30Z" {
		t.Errorf("transferred at %s", text(r.TransferCompletedTimestamp))
	}
	c.linked(c.want(second, map[string]any{"Method": "EXTERNAL_OUTBOUND", "Reason": "THIRD_PARTY_DISCONNECT",
		"Customer": viewtest.ThirdNumber, "System": viewtest.QueueNumber}), first, first, third)
	c.linked(c.want(third, map[string]any{"Method": "DISCONNECT", "Reason": "CONTACT_FLOW_DISCONNECT",
		"Customer": viewtest.ThirdNumber, "System": viewtest.QueueNumber}), first, second, tandem.ID{})
}

func TestRecordOfACallThatAFlowSentOutsideNamesTheNumber(t *testing.T) {
	c := beginCalls(t)
	call := c.at(1000).Call(viewtest.OutsideNumber)
	c.at(5000).Answer(call, event.OutsideLeg)
	c.at(50_000).HangUp(call, event.OutsideLeg, voice.CauseRemote)
	r := c.want(call, map[string]any{"Method": "INBOUND", "Reason": "CONTACT_FLOW_DISCONNECT",
		"Customer": viewtest.CustomerNumber, "System": viewtest.OutsideNumber, "TransferredTo": viewtest.ThirdNumber})
	if text(r.TransferCompletedTimestamp) != "2026-03-02T10:00:05Z" {
		t.Errorf("transferred at %s", text(r.TransferCompletedTimestamp))
	}
}

func TestEachAttemptOfACallbackHasARecord(t *testing.T) {
	c := beginCalls(t, "agent1")
	call := c.at(1000).Call(viewtest.CallbackNumber)
	first := c.Contact(call).NextID
	c.at(3000).Tick()
	c.at(10_000).LogIn("agent1")
	c.at(12_000).Answer(first, event.AgentLeg)
	c.at(20_000).HangUp(first, event.CustomerLeg, voice.CauseNoAnswer)
	second := c.Contact(first).NextID
	c.at(21_000).clear("agent1", first)
	c.at(25_000).Tick()
	c.at(26_000).Answer(second, event.AgentLeg)
	c.at(30_000).Answer(second, event.CustomerLeg)
	c.at(60_000).HangUp(second, event.CustomerLeg, voice.CauseRemote)
	c.at(61_000).clear("agent1", second)
	c.linked(c.want(call, map[string]any{"Method": "INBOUND", "Reason": "CONTACT_FLOW_DISCONNECT",
		"Customer": viewtest.CustomerNumber, "System": viewtest.CallbackNumber}), tandem.ID{}, tandem.ID{}, first)
	r := c.want(first, map[string]any{"Method": "CALLBACK", "Queue": "BasicQueue", "Enqueue": "10:00:03", "Dequeue": "10:00:12", "QueueDuration": int64(9),
		"Reason": "CUSTOMER_DISCONNECT", "Customer": viewtest.CallMeNumber})
	c.linked(r, call, call, second)
	if text(r.ScheduledTimestamp) != "2026-03-02T10:00:03Z" {
		t.Errorf("scheduled for %s", text(r.ScheduledTimestamp))
	}
	c.linked(c.want(second, map[string]any{"Method": "CALLBACK", "Agent": "agent1", "Queue": "BasicQueue", "Enqueue": "10:00:25", "Dequeue": "10:00:26", "QueueDuration": int64(1),
		"Interaction": int64(30), "AfterContactWork": int64(1), "Reason": "CUSTOMER_DISCONNECT", "Customer": viewtest.CallMeNumber}), call, first, tandem.ID{})
}

func TestRecordOfACallbackThatCallsTheCustomerFirst(t *testing.T) {
	c := beginCalls(t, "agent1")
	unanswered := c.Contact(c.at(1000).Call(viewtest.CustomerFirstNumber)).NextID
	c.at(3000).Tick()
	c.at(10_000).LogIn("agent1")
	c.at(14_000).HangUp(unanswered, event.CustomerLeg, voice.CauseNoAnswer)
	answered := c.Contact(unanswered).NextID
	c.at(19_000).Tick()
	c.at(21_000).Answer(answered, event.CustomerLeg)
	c.at(25_500).take(answered)
	c.at(30_000).HangUp(answered, event.AgentLeg, voice.CauseRemote)
	c.clear("agent1", answered)
	c.want(unanswered, map[string]any{"Method": "CALLBACK", "Queue": "BasicQueue", "Enqueue": "10:00:03", "Dequeue": "10:00:10", "QueueDuration": int64(7),
		"Reason": "CUSTOMER_DISCONNECT", "Customer": viewtest.CallMeNumber})
	c.want(answered, map[string]any{"Method": "CALLBACK", "Agent": "agent1", "Queue": "BasicQueue", "Enqueue": "10:00:21", "Dequeue": "10:00:25", "QueueDuration": int64(4),
		"Interaction": int64(4), "AfterContactWork": int64(0), "Reason": "AGENT_DISCONNECT", "Customer": viewtest.CallMeNumber})
}

func TestRecordsOfOutboundCallsNameTheCallerID(t *testing.T) {
	c := beginCalls(t, "agent1")
	byAgent := c.at(1000).Begin(center.StartOutboundCall{UserID: viewtest.UserID("agent1"), Number: viewtest.CustomerNumber2})
	c.at(2000).Answer(byAgent, event.AgentLeg)
	c.at(6000).Answer(byAgent, event.CustomerLeg)
	c.at(20_000).HangUp(byAgent, event.CustomerLeg, voice.CauseRemote)
	c.at(21_000).clear("agent1", byAgent)
	byAPI := c.at(30_000).Begin(center.StartOutboundContact{Number: viewtest.CustomerNumber2, SourceNumber: viewtest.OutsideNumber, FlowID: viewtest.FlowID, RelatedID: byAgent})
	c.at(32_000).HangUp(byAPI, event.CustomerLeg, voice.CauseBusy)
	c.want(byAgent, map[string]any{"Method": "OUTBOUND", "Agent": "agent1", "Interaction": int64(14), "AfterContactWork": int64(1), "Reason": "CUSTOMER_DISCONNECT",
		"Customer": viewtest.CustomerNumber2, "System": viewtest.QueueNumber})
	r := c.want(byAPI, map[string]any{"Method": "API", "Reason": "CUSTOMER_DISCONNECT", "Customer": viewtest.CustomerNumber2, "System": viewtest.OutsideNumber})
	if text(r.RelatedContactID) != byAgent.String() || r.ConnectedToSystemTimestamp != nil {
		t.Errorf("related to %s, connected at %s", text(r.RelatedContactID), text(r.ConnectedToSystemTimestamp))
	}
}

func TestRecordsOfQueueTransferAndMonitorHaveNoSystemEndpoint(t *testing.T) {
	c := beginCalls(t, "agent1", "agent2")
	call := c.at(1000).Call(viewtest.MovingNumber)
	c.at(5000).PlayDone(call, event.CustomerSide)
	moved := c.Contact(call).NextID
	c.at(6000).HangUp(moved, event.CustomerLeg, voice.CauseRemote)
	c.LogIn("agent1")
	other := c.at(10_000).Call(viewtest.QueueNumber)
	c.at(12_000).take(other)
	listening := c.at(14_000).Begin(center.MonitorContact{UserID: viewtest.UserID("agent2"), ContactID: other})
	c.at(15_000).Answer(listening, event.MonitorLeg)
	c.at(18_000).HangUp(listening, event.MonitorLeg, voice.CauseRemote)
	c.linked(c.want(call, map[string]any{"Method": "INBOUND", "Queue": "BasicQueue", "Enqueue": "10:00:01", "Dequeue": "10:00:05", "QueueDuration": int64(4),
		"Reason": "OTHER", "Customer": viewtest.CustomerNumber, "System": viewtest.MovingNumber}), tandem.ID{}, tandem.ID{}, moved)
	c.linked(c.want(moved, map[string]any{"Method": "QUEUE_TRANSFER", "Queue": "Second queue", "Enqueue": "10:00:05", "Dequeue": "10:00:06", "QueueDuration": int64(1),
		"Reason": "CUSTOMER_DISCONNECT", "Customer": viewtest.CustomerNumber}), call, call, tandem.ID{})
	r := c.want(listening, map[string]any{"Method": "MONITOR", "Agent": "agent2", "Interaction": int64(3), "Reason": "AGENT_DISCONNECT"})
	c.linked(r, other, other, tandem.ID{})
	if text(r.RelatedContactID) != other.String() {
		t.Errorf("related to %s", text(r.RelatedContactID))
	}
}

// TestRecordNamesTheAgentWhoIsGone holds that the agent who was connected stays
// in the record of a task that went back to its queue, and that of a user who
// is deleted with the end of the last contact the name is known, also over a
// restart.
func TestRecordNamesTheAgentWhoIsGone(t *testing.T) {
	c := beginCalls(t, "agent1", "agent2")
	c.Must(center.SaveSettings{Settings: event.SettingsSaved{RequeueOnOffline: true}})
	c.LogIn("agent1")
	first := c.at(1000).Begin(center.StartTask{FlowID: viewtest.FlowID, Name: viewtest.TaskName, References: tandem.PersonalMap{"page": "URL https://example.com/a b"}})
	c.at(2000).Must(center.AcceptContact{UserID: viewtest.UserID("agent1"), ContactID: first})
	c.at(10_000).Must(center.PutUserStatus{UserID: viewtest.UserID("agent1"), StatusID: viewtest.OfflineID})
	second := c.Contact(first).NextID
	c.at(20_000).LogIn("agent2")
	c.at(21_000).Must(center.AcceptContact{UserID: viewtest.UserID("agent2"), ContactID: second})
	c.Must(center.DeleteQuickConnect{QuickConnectID: viewtest.ToAgentID("agent2")})
	c.at(30_000).Must(center.DeleteUser{UserID: viewtest.UserID("agent2")})
	c.Restart(nil)
	c.at(40_000).Must(center.StopContact{ContactID: second})
	c.at(45_000).clear("agent2", second)
	r := c.want(first, map[string]any{"Method": "API", "Agent": "agent1", "Queue": "BasicQueue", "Enqueue": "10:00:01", "Dequeue": "10:00:02", "QueueDuration": int64(1),
		"Interaction": int64(8), "Reason": "OTHER"})
	if diff := cmp.Diff([]record.Reference{{Name: "page", Type: "URL", Value: "https://example.com/a b"}}, r.References); diff != "" {
		t.Error(diff)
	}
	c.want(second, map[string]any{"Method": "QUEUE_TRANSFER", "Agent": "agent2", "Queue": "BasicQueue", "Enqueue": "10:00:10", "Dequeue": "10:00:21", "QueueDuration": int64(11),
		"Interaction": int64(19), "AfterContactWork": int64(5), "Reason": "API"})
}

// TestErasureOfACallLeavesNoByte holds that no number of a customer, of somebody
// outside, or to call back stays in the file, and nothing that a task carried.
func TestErasureOfACallLeavesNoByte(t *testing.T) {
	c := beginCalls(t, "agent1")
	c.LogIn("agent1")
	first := c.at(1000).Call(viewtest.QueueNumber)
	c.at(4000).take(first)
	second := c.at(10_000).Begin(center.AddParty{UserID: viewtest.UserID("agent1"), ContactID: first, Number: viewtest.ThirdNumber})
	c.at(14_000).Answer(second, event.OutsideLeg)
	c.at(30_000).Must(center.DropLeg{UserID: viewtest.UserID("agent1"), ContactID: first})
	c.clear("agent1", first)
	callback := c.at(31_000).Call(viewtest.CallbackNumber)
	out := c.at(32_000).Begin(center.StartOutboundContact{Number: viewtest.CustomerNumber2, SourceNumber: viewtest.QueueNumber, FlowID: viewtest.FlowID})
	task := c.at(33_000).Begin(center.StartTask{FlowID: viewtest.FlowID, Name: viewtest.TaskName, References: tandem.PersonalMap{"page": "URL https://example.com/secret"}})
	c.HangUp(second, event.CustomerLeg, voice.CauseRemote)
	for _, id := range []tandem.ID{c.Contact(callback).NextID, out, task} {
		c.at(40_000).Must(center.StopContact{ContactID: id})
	}
	files := []string{c.path, c.path + "-wal"}
	personal := []string{viewtest.CustomerNumber, viewtest.CallMeNumber, viewtest.ThirdNumber, viewtest.CustomerNumber2, viewtest.TaskName, "example.com/secret"}
	for _, text := range personal {
		if !viewtest.Holds(t, text, files...) {
			t.Errorf("before the erasure the tables should hold %q", text)
		}
	}
	for _, id := range []tandem.ID{first, callback, out, task} {
		c.Must(center.EraseSubject{Subject: id})
	}
	for _, text := range personal {
		if viewtest.Holds(t, text, files...) {
			t.Errorf("after the erasure the tables still hold %q", text)
		}
	}
}

// TestACustomerCalledFirstMayLeaveTheQueueAgain holds that the wait after the
// answer counts to its own end.
func TestACustomerCalledFirstMayLeaveTheQueueAgain(t *testing.T) {
	c := beginCalls(t, "agent1")
	callback := c.Contact(c.at(1000).Call(viewtest.CustomerFirstNumber)).NextID
	c.at(3000).Tick()
	c.at(10_000).LogIn("agent1")
	c.at(12_000).Must(center.PutUserStatus{UserID: viewtest.UserID("agent1"), StatusID: viewtest.LunchID})
	c.at(15_000).Answer(callback, event.CustomerLeg)
	c.at(25_000).HangUp(callback, event.CustomerLeg, voice.CauseRemote)
	c.want(callback, map[string]any{"Method": "CALLBACK", "Queue": "BasicQueue", "Enqueue": "10:00:15", "Dequeue": "10:00:25", "QueueDuration": int64(10),
		"Reason": "CUSTOMER_DISCONNECT", "Customer": viewtest.CallMeNumber})
}
