package center

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// The tests of this file are the defects that others have had, and that this
// center must not have. Two of the list live elsewhere, for they are of SIP: an
// INVITE within the call (livekit/sip #96) and the answer to a hold (livekit/sip
// #779) never reach the center.

// FreeSWITCH #1216, #1221: the last agent who becomes unavailable stops the
// distribution of all calls.
func TestDistributionGoesOnAfterTheLastAgentBecameUnavailable(t *testing.T) {
	w := created(t)
	w.addStatus("Break")
	for _, name := range []string{"agent1", "agent2"} {
		w.addUser(name)
		w.status(name, "Available")
	}
	for _, name := range []string{"agent1", "agent2"} {
		w.status(name, "Break")
	}
	w.waitingCall("c1")
	w.waitingCall("c2")
	w.wait(time.Minute)
	w.status("agent2", "Available")
	if !w.offeredTo("c1", "agent2") || w.c("c2").Phase != InQueue {
		t.Fatal("the call that waits longest goes to the agent who is back")
	}
	w.status("agent1", "Available")
	if !w.offeredTo("c2", "agent1") {
		t.Fatal("and the next to the next")
	}
}

// FreeSWITCH #2540: an agent stays reserved when another answers first.
func TestAgentIsFreeOnceAnotherHasTheCustomer(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to queue", "n1")
	w.add("agent1", "c1", "to queue", "n2")
	w.leaves("agent1", "c1")
	w.joins("n2", "agent3")
	if w.slotOf("agent2", "n1") != 0 {
		t.Fatal("agent2 is not rung any more")
	}
	w.waitingCall("c2")
	if !w.offeredTo("c2", "agent2") {
		t.Fatal("agent2 takes the next call")
	}
}

// FreeSWITCH #1973: a member stays "Answered" after a hang-up that crosses the
// answer.
func TestHangUpThatCrossesTheAnswerLeavesNothingConnected(t *testing.T) {
	for name, order := range map[string][2]voice.Report{
		"hang-up first": {{Kind: voice.LegEnded, Cause: voice.CauseRemote}, {Kind: voice.LegAnswered}},
		"answer first":  {{Kind: voice.LegAnswered}, {Kind: voice.LegEnded, Cause: voice.CauseRemote}},
	} {
		w := callCenter(t)
		w.waitingCall("c1")
		customer, agent := w.legOf("c1", "customer"), w.legOf("c1", "agent1")
		for _, r := range order {
			r.Room, r.Leg = w.id("c1"), agent
			if r.Kind == voice.LegEnded {
				r.Leg = customer
			}
			w.report(r)
		}
		if c := w.c("c1"); c.Phase != Ended || c.Reason != event.CustomerDisconnect || !c.ConnectedToAgentAt.IsZero() || w.slotOf("agent1", "c1") != 0 {
			t.Errorf("%s: phase %d, %s", name, c.Phase, c.Reason)
		}
	}
}

// FreeSWITCH #2529: the agent's phone still rings, for nobody, after the customer
// hung up while it was being called.
func TestPhoneThatIsBeingCalledIsGivenUpWithTheCustomer(t *testing.T) {
	w := callCenter(t)
	w.waitingCall("c1")
	agent := w.legOf("c1", "agent1")
	w.hungUp("c1", "customer")
	r := w.lastRoom("c1")
	if !r.Ended || r.Legs[1].ID != agent || r.Legs[1].Wish != voice.WishGone {
		t.Fatal("media must give the phone up")
	}
	w.report(voice.Report{Kind: voice.LegAnswered, Room: w.id("c1"), Leg: agent})
	w.waitingCall("c2")
	if w.c("c1").Phase != Ended || len(w.m.agent(w.id("agent1")).Contacts) > 1 {
		t.Fatal("who answers too late has no call")
	}
}

// FreeSWITCH #2511: calls come in the wrong order when their scores differ.
func TestCallsComeInTheOrderOfPriorityThenAge(t *testing.T) {
	w := created(t)
	for _, name := range []string{"old", "older by its flow", "first", "new"} {
		w.waitingCall(name)
		w.wait(time.Second)
	}
	w.must(UpdateContactRouting{ContactID: w.id("older by its flow"), Adjusts: true, AdjustmentSeconds: 60})
	w.must(UpdateContactRouting{ContactID: w.id("first"), Priority: 1})
	w.addUser("agent1")
	w.status("agent1", "Available")
	for _, name := range []string{"first", "older by its flow", "old", "new"} {
		if !w.offeredTo(name, "agent1") {
			t.Fatalf("%s is next", name)
		}
		w.must(StopContact{w.id(name)})
	}
}

// OpenSIPS #3123, #2530: an agent is "incall" forever because a BYE was lost.
func TestAgentIsNotInACallForeverWhoseEndWasLost(t *testing.T) {
	for name, later := range map[string]func(*world){
		"no RTP":          func(w *world) { w.leg(voice.LegEnded, "c1", "customer", voice.CauseLost) },
		"room forgotten":  func(w *world) { w.report(voice.Report{Kind: voice.RoomForgotten, Room: w.id("c1")}) },
		"media restarted": func(w *world) { w.newMedia(); w.report(voice.Report{Kind: voice.MediaStarted}) },
	} {
		w := inCall(t)
		later(w)
		if got := w.slotOf("agent1", "c1"); got != AfterContactWork {
			t.Errorf("%s: the slot is %s", name, got)
		}
		w.wait(30 * time.Second)
		if len(w.m.agent(w.id("agent1")).Contacts) != 0 {
			t.Errorf("%s: the agent is never free", name)
		}
	}
}

// OpenSIPS #2679: the wrap-up of all agents ends with that of the last.
func TestWrapUpOfEachAgentEndsAtItsOwnTime(t *testing.T) {
	w := callCenter(t)
	for i, name := range []string{"agent1", "agent2"} {
		call := fmt.Sprint("c", i)
		w.waitingCall(call)
		w.joins(call, name)
		w.hungUp(call, "customer")
		w.wait(10 * time.Second)
	}
	w.wait(10 * time.Second)
	if w.slotOf("agent1", "c0") != 0 || w.slotOf("agent2", "c1") != AfterContactWork {
		t.Fatal("only that of agent1 is over")
	}
	w.wait(10 * time.Second)
	if w.slotOf("agent2", "c1") != 0 {
		t.Fatal("now that of agent2")
	}
}

// Asterisk #176: one caller is answered by two agents.
func TestCallerIsAnsweredByOneAgentOnly(t *testing.T) {
	w := callCenter(t)
	w.waitingCall("c1")
	first := w.legOf("c1", "agent1")
	w.wait(25 * time.Second) // the deadline, and the time that media has to report it
	if !w.offeredTo("c1", "agent2") {
		t.Fatal("agent2 is next")
	}
	w.report(voice.Report{Kind: voice.LegAnswered, Room: w.id("c1"), Leg: first})
	w.joins("c1", "agent2")
	w.expectHears("c1", "agent2: customer; customer: agent2")
	if w.slotOf("agent1", "c1") != Missed {
		t.Errorf("agent1's slot is %s", w.slotOf("agent1", "c1"))
	}
}

// twoQueues gives the routing profile a second queue, which the menu leads to.
func twoQueues(t *testing.T) *world {
	w := callCenter(t)
	q := *w.m.State().Queues[w.id("BasicQueue")]
	q.QueueID, q.Name = w.id("SecondQueue"), "SecondQueue"
	w.must(SaveQueue{q, true})
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Entries = append(p.Entries, event.RoutingEntry{QueueID: q.QueueID, Channel: event.Voice, Priority: 1})
	})
	second := strings.ReplaceAll(directFlow, "$QUEUE", q.QueueID.String())
	w.must(SaveFlow{Flow: w.flow("menu", flow.TypeContactFlow, second)})
	return w
}

// Asterisk #1006: the wrap-up ends early for an agent of several queues.
func TestWrapUpHoldsForEveryQueueOfTheAgent(t *testing.T) {
	w := twoQueues(t)
	w.status("agent2", "Offline")
	w.status("agent3", "Offline")
	w.waitingCall("c1")
	w.joins("c1", "agent1")
	w.hungUp("c1", "customer")
	w.call("c2", "", menuNumber)
	w.legReport(voice.LegAnswered, "c2", false, 0)
	w.wait(29 * time.Second)
	if w.c("c2").Phase != InQueue || w.c("c2").QueueID != w.id("SecondQueue") {
		t.Fatal("agent1 still wraps up")
	}
	w.wait(time.Second)
	if !w.offeredTo("c2", "agent1") {
		t.Fatal("the wrap-up is over")
	}
}

// Asterisk #607: an attended transfer resets when the agent had the last call.
func TestAttendedTransferDoesNotMoveTheAgentsWrapUp(t *testing.T) {
	w := inCall(t)
	w.adds("agent1", "c1", "agent2", "n1")
	w.leaves("agent1", "c1")
	w.wait(30 * time.Second)
	since := w.m.agent(w.id("agent1")).AvailableSince
	if len(w.m.agent(w.id("agent1")).Contacts) > 0 || since != w.now {
		t.Fatalf("agent1 is available since %s", w.text(since))
	}
	w.wait(time.Minute)
	w.hungUp("n1", "customer")
	w.wait(time.Minute)
	if got := w.m.agent(w.id("agent1")).AvailableSince; got != since {
		t.Errorf("the end of the call that was handed on moves agent1 to %s", w.text(got))
	}
}

// Asterisk #1736, #1741: a call is counted twice.
func TestEachContactIsConnectedAndCountedOnce(t *testing.T) {
	w := inCall(t)
	w.adds("agent1", "c1", "agent2", "n1")
	w.must(SwapLegs{w.id("agent1"), w.id("c1")})
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	w.leaves("agent1", "c1")
	w.hungUp("n1", "customer")
	w.wait(time.Hour)
	counts := map[string]int{}
	for _, rec := range w.records {
		for _, ev := range rec.Events {
			switch ev := ev.(type) {
			case *event.AgentConnected:
				counts["connected "+w.text(ev.ContactID)]++
			case *event.ContactQueued:
				counts["queued "+w.text(ev.ContactID)]++
			case *event.ContactEnded:
				counts["ended "+w.text(ev.ContactID)]++
			}
		}
	}
	want := "map[connected c1:1 connected n1:1 ended c1:1 ended n1:1 queued c1:1]"
	if got := fmt.Sprint(counts); got != want {
		t.Errorf("got %s", got)
	}
}

// Asterisk #1557: one party who answers and hangs up takes the phones with it
// that still ring.
func TestPartyWhoHangsUpLeavesThePhonesThatRing(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "outside", "n1")
	w.add("agent1", "c1", "outside", "n2")
	w.add("agent1", "c1", "to queue", "n3")
	w.leg(voice.LegAnswered, "n1", "outside", 0)
	w.hungUp("n1", "outside")
	if l := w.c("n2").outside(); l == nil || !w.c("n2").live() || !w.offeredTo("n3", "agent2") {
		t.Fatal("the others ring on")
	}
	w.leg(voice.LegAnswered, "n2", "outside", 0)
	w.joins("n3", "agent2")
}

// Asterisk #1386: the caller is never told the place in the queue.
func TestQueueFlowCanTellThePlaceInTheQueue(t *testing.T) {
	w := created(t)
	w.must(SaveFlow{Flow: w.flow(flow.SampleCustomerQueue, flow.TypeCustomerQueue, `{"Version":"2019-10-30","StartAction":"loop","Actions":[
		{"Identifier":"loop","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"Text":"You are number $.Queue.Position."}],"InterruptFrequencySeconds":"30"},
		 "Transitions":{"NextAction":"loop","Errors":[{"NextAction":"loop","ErrorType":"NoMatchingError"}],
		 "Conditions":[{"NextAction":"loop","Condition":{"Operator":"Equals","Operands":["MessagesInterrupted"]}}]}}]}`)})
	w.waitingCall("c1")
	w.waitingCall("c2")
	said := func() tandem.Personal { return w.c("c2").Play.Started.Prompts[0] }
	if said() != "You are number 2." {
		t.Fatalf("it says %q", said())
	}
	w.must(StopContact{w.id("c1")})
	w.wait(30 * time.Second)
	if said() != "You are number 1." {
		t.Fatalf("it says %q", said())
	}
}

// Wazo #188: two queues that share a member block each other.
func TestQueuesThatShareAnAgentDoNotBlockEachOther(t *testing.T) {
	w := twoQueues(t)
	w.status("agent2", "Offline")
	w.status("agent3", "Offline")
	w.waitingCall("c1")
	w.call("c2", "", menuNumber)
	w.legReport(voice.LegAnswered, "c2", false, 0)
	w.must(RejectContact{w.id("agent1"), w.id("c1")})
	w.must(DismissUserContact{w.id("agent1"), w.id("c1")})
	for _, call := range []string{"c1", "c2"} {
		w.joins(call, "agent1")
		w.hungUp(call, "customer")
		w.wait(30 * time.Second)
	}
}

// Kazoo: a pause that is chosen during the wrap-up leaves two machines that
// disagree.
func TestPauseChosenInTheWrapUpIsTakenAtItsEnd(t *testing.T) {
	w := inCall(t)
	w.addStatus("Break")
	w.status("agent2", "Offline")
	w.status("agent3", "Offline")
	w.hungUp("c1", "customer")
	w.status("agent1", "Break")
	w.waitingCall("c2")
	w.wait(30 * time.Second)
	a := w.m.agent(w.id("agent1"))
	if a.StatusID != w.id("Break") || len(a.Contacts) != 0 || w.c("c2").Phase != InQueue {
		t.Fatal("the agent pauses, and is offered nothing")
	}
	w.status("agent1", "Available")
	if !w.offeredTo("c2", "agent1") {
		t.Fatal("and is back")
	}
}

// Kazoo: a transfer leaves the caller in limbo when the target fails while the
// asking agent leaves.
func TestTransferNeverLeavesTheCallerInLimbo(t *testing.T) {
	for name, order := range map[string][]func(*world){
		"leaves, then it fails": {func(w *world) { w.leaves("agent1", "c1") }, func(w *world) { w.leg(voice.LegEnded, "n1", "agent2", voice.CauseUnreachable) }},
		"fails, then leaves":    {func(w *world) { w.leg(voice.LegEnded, "n1", "agent2", voice.CauseUnreachable) }, func(w *world) { w.leaves("agent1", "c1") }},
	} {
		w := inCall(t)
		w.add("agent1", "c1", "to agent2", "n1")
		w.played("n1", event.CustomerSide)
		for _, do := range order {
			do(w)
		}
		if !w.lastRoom("c1").Ended || w.c("c1").live() || w.c("n1").live() {
			t.Errorf("%s: the caller is in limbo", name)
		}
	}
}

// Twilio: tasks of calls stay open after the call has ended.
func TestContactsOfACallEndWithIt(t *testing.T) {
	w := conference(t)
	w.addsOutside("agent1", "c1", "n2")
	w.add("agent1", "c1", "to queue", "n3")
	w.addUser("supervisor")
	w.monitors("supervisor", "c1", "m1")
	w.hungUp("c1", "customer")
	w.wait(30 * time.Second)
	for _, name := range []string{"c1", "n1", "n2", "n3", "m1"} {
		if c := w.c(name); c.Phase != Ended {
			t.Errorf("%s is in phase %d", name, c.Phase)
		}
	}
	w.wait(time.Hour)
	if n := len(w.m.State().Contacts); n != 0 {
		t.Errorf("%d contacts are never forgotten", n)
	}
}

// Twilio: a reservation that timed out while it was being accepted is told as
// canceled.
func TestOfferThatTimedOutIsMissedAndOneWhoseCallerLeftIsWithdrawn(t *testing.T) {
	outcome := func(events []tandem.Event) (got event.OfferOutcome) {
		for _, ev := range events {
			if ended, ok := ev.(*event.OfferEnded); ok {
				got = ended.Outcome
			}
		}
		return got
	}
	w := ringing(t)
	if got := outcome(w.legReport(voice.LegEnded, "c1", true, voice.CauseNoAnswer)); got != event.OfferMissed {
		t.Errorf("timed out: %s", got)
	}
	w.refused(AcceptContact{w.id("agent1"), w.id("c1")}, tandem.Conflict, "ContactId")
	w = ringing(t)
	if got := outcome(w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)); got != event.OfferWithdrawn || w.slotOf("agent1", "c1") != 0 {
		t.Errorf("left: %s", got)
	}
}

// Twilio: queue time-outs count from the age of the task instead of each on its
// own.
func TestTimeoutsCountEachFromItsOwnBeginning(t *testing.T) {
	w := callCenter(t)
	w.wait(time.Minute)
	w.waitingCall("c1")
	for _, name := range []string{"agent1", "agent2", "agent3"} { // 20 s each, and 5 s for the phone's report
		if !w.offeredTo("c1", name) {
			t.Fatalf("%s is next", name)
		}
		if slot := w.m.agent(w.id(name)).slot(w.id("c1")); slot.Deadline != w.now.Add(tandem.RingMillis) {
			t.Fatalf("%s may answer until %s", name, w.text(slot.Deadline))
		}
		w.wait(25 * time.Second)
	}
}

// Twilio: the task's time to live ends while its caller still waits.
func TestCallerWhoWaitsIsNeverTimedOut(t *testing.T) {
	w := created(t)
	w.waitingCall("c1")
	w.wait(30 * 24 * time.Hour)
	if w.c("c1").Phase != InQueue {
		t.Fatal("the caller waits")
	}
}

// Chatwoot #4158, #7204, #5436, #5672: work is given to agents who are offline.
func TestNobodyOfflineIsOfferedWork(t *testing.T) {
	w := created(t)
	w.addUser("agent1") // never logged in
	w.addUser("agent2")
	w.status("agent2", "Available")
	w.status("agent2", "Offline")
	u := w.user("agent3")
	u.PhoneType = event.SoftPhone
	w.must(SaveUser{u, true})
	w.must(SaveSettings{event.SettingsSaved{HeartbeatGraceSeconds: 10}})
	w.must(SetAgentConnection{UserID: w.id("agent3"), Connected: true, Softphone: true})
	w.status("agent3", "Available")
	w.must(SetAgentConnection{UserID: w.id("agent3")}) // the page is gone
	w.wait(time.Minute)
	w.task("t1")
	w.waitingCall("c1")
	w.wait(time.Hour)
	for _, name := range []string{"t1", "c1"} {
		if c := w.c(name); c.Phase != InQueue || c.Attempts != 0 {
			t.Errorf("%s: phase %d after %d offers, though nobody is there", name, c.Phase, c.Attempts)
		}
	}
}

// Chatwoot #14508: what nobody took is never offered again.
func TestWhatNobodyTookIsOfferedAgain(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.task("t1")
	w.wait(20 * time.Second)
	if w.slotOf("agent1", "t1") != Missed || w.c("t1").Phase != InQueue {
		t.Fatal("missed")
	}
	w.status("agent1", "Offline")
	w.must(DismissUserContact{w.id("agent1"), w.id("t1")})
	w.wait(time.Hour)
	w.status("agent1", "Available")
	if !w.offeredTo("t1", "agent1") || w.c("t1").Attempts != 2 {
		t.Fatal("it is offered again")
	}
}

// Amazon Connect Streams #865, #911: an agent is muted and cannot be heard again
// once a supervisor listens to a conference.
func TestSupervisorOfAConferenceMutesNobody(t *testing.T) {
	w := conference(t)
	w.addUser("supervisor")
	w.monitors("supervisor", "c1", "m1")
	w.leg(voice.LegAnswered, "m1", "supervisor", 0)
	const all = "agent1: agent2, customer; agent2: agent1, customer; customer: agent1, agent2; supervisor: agent1, agent2, customer"
	w.expectHears("c1", all)
	for _, on := range []bool{true, false} {
		w.must(MuteLeg{w.id("agent2"), w.id("n1"), w.legOf("n1", "agent2"), on})
	}
	w.expectHears("c1", all)
	w.must(SetMonitorMode{w.id("supervisor"), w.id("m1"), true})
	w.must(MuteLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "agent1"), true})
	w.must(SetMonitorMode{w.id("supervisor"), w.id("m1"), false})
	w.must(MuteLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "agent1"), false})
	w.expectHears("c1", all)
}
