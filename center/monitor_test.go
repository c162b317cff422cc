package center

import (
	"fmt"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// monitors lets a supervisor begin to listen; the phone rings.
func (w *world) monitors(supervisor, contact, name string) {
	w.t.Helper()
	answer, _, err := w.step(MonitorContact{UserID: w.id(supervisor), ContactID: w.id(contact)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.name(answer.(tandem.ID), name)
}

// monitored is agent1's call, to which the supervisor listens by contact m1.
func monitored(t *testing.T) *world {
	w := inCall(t)
	w.addUser("supervisor")
	w.monitors("supervisor", "c1", "m1")
	w.leg(voice.LegAnswered, "m1", "supervisor", 0)
	return w
}

func TestSupervisorHearsAllAndIsHeardByNobody(t *testing.T) {
	w := monitored(t)
	w.expectHears("c1", "agent1: customer; customer: agent1; supervisor: agent1, customer")
	c := w.c("m1")
	if c.Method != event.Monitor || c.PreviousID != w.id("c1") || c.MonitoredID != w.id("c1") || c.CallID != w.id("c1") || c.Phase != WithAgent {
		t.Errorf("got %+v", c)
	}
	w.must(MuteLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "agent1"), true})
	w.expectHears("c1", "agent1: customer; supervisor: customer")
	w.holds("agent1", "c1", "customer", true)
	w.expectHears("c1", "customer: [CustomerHold.wav]")
}

func TestSupervisorWhosePhoneRingsHearsNothingYet(t *testing.T) {
	w := inCall(t)
	w.addUser("supervisor")
	w.monitors("supervisor", "c1", "m1")
	w.expectHears("c1", agentAndCustomer)
	if d := w.c("m1").own().Dialed; d.CallerID != directNumber {
		t.Errorf("the phone shows %q", d.CallerID)
	}
	if got := w.slotOf("supervisor", "m1"); got != Dialing {
		t.Errorf("the slot is %s", got)
	}
	w.leg(voice.LegEnded, "m1", "supervisor", voice.CauseNoAnswer)
	if w.c("m1").live() || w.slotOf("supervisor", "m1") != 0 {
		t.Error("a supervisor who does not answer has nothing of it")
	}
	w.expectHears("c1", agentAndCustomer)
}

func TestSupervisorWhoBargesInIsHeardByAll(t *testing.T) {
	w := monitored(t)
	w.must(SetMonitorMode{w.id("supervisor"), w.id("m1"), true})
	w.expectHears("c1", "agent1: customer, supervisor; customer: agent1, supervisor; supervisor: agent1, customer")
	w.must(SetMonitorMode{w.id("supervisor"), w.id("m1"), false})
	w.expectHears("c1", "agent1: customer; customer: agent1; supervisor: agent1, customer")
	w.refused(SetMonitorMode{w.id("agent1"), w.id("c1"), true}, tandem.Conflict, "ContactId")
	w.refused(SetMonitorMode{w.id("agent2"), w.id("m1"), true}, tandem.NotFound, "ContactId")
}

func TestSupervisorCanBargeInFromTheBeginning(t *testing.T) {
	w := inCall(t)
	w.addUser("supervisor")
	answer, _, _ := w.step(MonitorContact{w.id("supervisor"), w.id("c1"), true})
	w.name(answer.(tandem.ID), "m1")
	w.leg(voice.LegAnswered, "m1", "supervisor", 0)
	w.expectHears("c1", "agent1: customer, supervisor; customer: agent1, supervisor; supervisor: agent1, customer")
}

func TestMonitoringEndsWithTheAgentsContact(t *testing.T) {
	for name, end := range map[string]func(*world){
		"customer": func(w *world) { w.hungUp("c1", "customer") },
		"agent":    func(w *world) { w.hungUp("c1", "agent1") },
		"API":      func(w *world) { w.must(StopContact{w.id("c1")}) },
		"lost":     func(w *world) { w.report(voice.Report{Kind: voice.RoomForgotten, Room: w.id("c1")}) },
	} {
		w := monitored(t)
		end(w)
		if c := w.c("m1"); c.Phase != Ended || w.slotOf("supervisor", "m1") != 0 {
			t.Errorf("%s: phase %d, slot %d", name, c.Phase, w.slotOf("supervisor", "m1"))
		}
	}
}

func TestMonitoringEndsWithItsAgentThoughTheCallGoesOn(t *testing.T) {
	w := monitored(t)
	w.adds("agent1", "c1", "agent2", "n1")
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	w.expectHears("c1", "agent1: agent2, customer; agent2: agent1, customer; customer: agent1, agent2; supervisor: agent1, agent2, customer")
	w.leaves("agent1", "c1")
	w.expectHears("n1", "agent2: customer; customer: agent2")
	w.ended("m1", event.Other)
}

func TestSupervisorWhoHangsUpIsFreeWithoutAfterContactWork(t *testing.T) {
	w := monitored(t)
	w.hungUp("m1", "supervisor")
	if c := w.c("m1"); c.Phase != Ended || c.Reason != event.AgentDisconnect || !c.WrapUpAt.IsZero() || w.slotOf("supervisor", "m1") != 0 {
		t.Errorf("phase %d, %s", c.Phase, c.Reason)
	}
	w.expectHears("c1", agentAndCustomer)
	w.monitors("supervisor", "c1", "m2")
	w.leg(voice.LegAnswered, "m2", "supervisor", 0)
	w.leaves("supervisor", "m2")
	w.expectHears("c1", agentAndCustomer)
}

func TestOnlyACallWhoseTwoSidesAreRecordedCanBeListenedTo(t *testing.T) {
	w := callCenter(t)
	w.addUser("supervisor")
	w.call("c1", "+4930123456", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	monitor := MonitorContact{UserID: w.id("supervisor"), ContactID: w.id("c1")}
	w.refused(monitor, tandem.Conflict, "ContactId") // no agent yet
	w.playEnded("c1", voice.PlayDigits, "1")
	w.joins("c1", "agent1")
	w.refused(monitor, tandem.Conflict, "ContactId") // not recorded
	w.must(SetContactRecording{w.id("c1"), StartRecording})
	w.must(monitor)
}

func TestNobodyListensToTheOwnCallOrFromWithinAnother(t *testing.T) {
	w := conference(t)
	w.addUser("supervisor")
	w.refused(MonitorContact{UserID: w.id("agent1"), ContactID: w.id("c1")}, tandem.Conflict, "UserId")
	w.refused(MonitorContact{UserID: w.id("agent2"), ContactID: w.id("c1")}, tandem.Conflict, "UserId")
	w.refused(MonitorContact{UserID: w.id("nobody"), ContactID: w.id("c1")}, tandem.NotFound, "UserId")
	w.refused(MonitorContact{UserID: w.id("supervisor"), ContactID: w.id("none")}, tandem.NotFound, "ContactId")
	w.monitors("supervisor", "c1", "m1")
	w.refused(MonitorContact{UserID: w.id("supervisor"), ContactID: w.id("n1")}, tandem.Conflict, "UserId")
	w.refused(MonitorContact{UserID: w.id("agent3"), ContactID: w.id("m1")}, tandem.Conflict, "ContactId") // nor to one who listens
}

func TestFiveSupervisorsListenAndTheSixthIsRefused(t *testing.T) {
	w := inCall(t)
	for _, name := range []string{"s1", "s2", "s3", "s4", "s5", "s6"} {
		w.addUser(name)
	}
	for _, name := range []string{"s1", "s2", "s3", "s4", "s5"} {
		w.monitors(name, "c1", "m"+name)
		w.leg(voice.LegAnswered, "m"+name, name, 0)
	}
	sixth := MonitorContact{UserID: w.id("s6"), ContactID: w.id("c1")}
	w.refused(sixth, tandem.Exhausted, "ContactId")
	w.hungUp("ms1", "s1")
	w.must(sixth)
	if n := w.m.parties(w.id("c1")); n != 2 {
		t.Errorf("%d parties: supervisors are none", n)
	}
}

// TestMonitoringIsNeverCounted: it is no contact of a queue, it leaves the place
// among those available as it is, and it is no recording.
func TestMonitoringIsNeverCounted(t *testing.T) {
	w := inCall(t)
	w.status("agent3", "Offline")
	since := w.m.agent(w.id("agent2")).AvailableSince
	waits := fmt.Sprint(*w.m.State().Waits[w.id("BasicQueue")])
	w.wait(time.Minute)
	w.monitors("agent2", "c1", "m1")
	w.waitingCall("c2")
	if w.c("c2").Phase != InQueue {
		t.Fatal("who listens is not offered a call")
	}
	w.leg(voice.LegAnswered, "m1", "agent2", 0)
	if c := w.c("m1"); !c.RecordingID.IsZero() || !c.QueueID.IsZero() || !c.EnqueuedAt.IsZero() {
		t.Errorf("got %+v", c)
	}
	if fmt.Sprint(*w.m.State().Waits[w.id("BasicQueue")]) != waits {
		t.Error("it has not waited in a queue")
	}
	w.hungUp("m1", "agent2")
	if got := w.m.agent(w.id("agent2")).AvailableSince; got != since {
		t.Errorf("available since %s, want %s", w.text(got), w.text(since))
	}
	if !w.offeredTo("c2", "agent2") {
		t.Error("who has listened is free at once")
	}
}

func TestSupervisorCannotChangeTheCall(t *testing.T) {
	w := monitored(t)
	user, contact := w.id("supervisor"), w.id("m1")
	for _, body := range []any{HoldAllLegs{user, contact}, SwapLegs{user, contact}, AddParty{UserID: user, ContactID: contact, Number: outsideNumber},
		HoldLeg{user, contact, w.legOf("c1", "customer"), true}, DropLeg{user, contact, w.legOf("c1", "customer")}} {
		w.refused(body, tandem.Conflict, "ContactId")
	}
	w.refused(DropLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "supervisor")}, tandem.NotFound, "ConnectionId")
}
