package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

const agentAndCustomer = "agent1: customer; customer: agent1"

func TestWhispersAreHeardBeforeAgentAndCustomerTalk(t *testing.T) {
	w := callCenter(t)
	w.waitingCall("c1")
	w.leg(voice.LegAnswered, "c1", "agent1", 0)
	w.expectHears("c1", "agent1: [BasicQueue]; customer: [CustomerQueue.wav]")
	w.played("c1", event.AgentSide)
	w.expectHears("c1", "customer: [Beep.wav]")
	w.played("c1", event.CustomerSide)
	w.expectHears("c1", agentAndCustomer)
}

func TestCustomerOnHoldHearsTheHoldFlowUntilResumed(t *testing.T) {
	w := inCall(t)
	w.holds("agent1", "c1", "customer", true)
	w.expectHears("c1", "customer: [CustomerHold.wav]")
	if got := kinds(w.must(HoldLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "customer"), true})); got != "" {
		t.Errorf("to hold again led to %s", got)
	}
	w.holds("agent1", "c1", "customer", false)
	w.expectHears("c1", agentAndCustomer)
	if w.c("c1").Flow.runs() {
		t.Error("the hold flow must end")
	}
}

func TestAgentOnHoldHearsTheAgentHoldFlow(t *testing.T) {
	w := conference(t)
	w.holds("agent1", "c1", "agent2", true)
	w.expectHears("c1", `agent1: customer; agent2: [<speak>The line is on hold. <break time="10s"/></speak>]; customer: agent1`)
	w.holds("agent2", "n1", "agent2", false) // who is held can come back alone
	w.expectHears("c1", "agent1: agent2, customer; agent2: agent1, customer; customer: agent1, agent2")
}

func TestHoldFlowThatTheContactNamesIsTheOneThatIsHeard(t *testing.T) {
	w := callCenter(t)
	w.must(SaveFlow{w.flow("My hold", flow.TypeCustomerHold, `{"Version":"2019-10-30","StartAction":"a","Actions":[
		{"Identifier":"a","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"PromptId":"Own.wav"}]},"Transitions":{}}]}`), true})
	w.hooked("CustomerHold", "My hold")
	w.waitingCall("c1")
	w.joins("c1", "agent1")
	w.holds("agent1", "c1", "customer", true)
	w.expectHears("c1", "customer: [Own.wav]")
}

func TestWithoutHoldFlowsThePartyOnHoldHearsNothing(t *testing.T) {
	w := talking(t)
	w.holds("agent1", "c1", "customer", true)
	w.expectHears("c1", "")
	w.holds("agent1", "c1", "customer", false)
	w.expectHears("c1", agentAndCustomer)
}

func TestSwapChangesWhoIsOnHold(t *testing.T) {
	w := inCall(t)
	w.refused(SwapLegs{w.id("agent1"), w.id("c1")}, tandem.Conflict, "ContactId")
	w.adds("agent1", "c1", "agent2", "n1")
	w.expectHears("c1", "agent1: agent2; agent2: agent1; customer: [CustomerHold.wav]")
	w.must(SwapLegs{w.id("agent1"), w.id("c1")})
	w.expectHears("c1", `agent1: customer; agent2: [<speak>The line is on hold. <break time="10s"/></speak>]; customer: agent1`)
	w.must(SwapLegs{w.id("agent1"), w.id("c1")})
	w.expectHears("c1", "agent1: agent2; agent2: agent1; customer: [CustomerHold.wav]")
}

func TestJoinLetsAllHearEachOther(t *testing.T) {
	w := conference(t)
	w.expectHears("c1", "agent1: agent2, customer; agent2: agent1, customer; customer: agent1, agent2")
}

func TestHoldAllLeavesTheAgentAlone(t *testing.T) {
	w := conference(t)
	w.must(HoldAllLegs{w.id("agent1"), w.id("c1")})
	w.expectHears("c1", `agent2: [<speak>The line is on hold. <break time="10s"/></speak>]; customer: [CustomerHold.wav]`)
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	w.expectHears("c1", "agent1: agent2, customer; agent2: agent1, customer; customer: agent1, agent2")
}

func TestMutedPartyHearsAndIsNotHeard(t *testing.T) {
	w := conference(t)
	mute := func(who string, on bool) {
		w.must(MuteLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", who), on})
	}
	mute("agent1", true)
	w.expectHears("c1", "agent1: agent2, customer; agent2: customer; customer: agent2")
	mute("agent1", false)
	mute("customer", true)
	w.expectHears("c1", "agent1: agent2; agent2: agent1; customer: agent1, agent2")
	w.must(MuteLeg{w.id("agent2"), w.id("n1"), w.legOf("c1", "customer"), false}) // every agent of the call can
	w.expectHears("c1", "agent1: agent2, customer; agent2: agent1, customer; customer: agent1, agent2")
}

func TestMutedIsHeardAgainOnceNoAgentIsLeftWhoCouldDoIt(t *testing.T) {
	w := inCall(t)
	w.addsOutside("agent1", "c1", "n1")
	w.must(MuteLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "customer"), true})
	w.must(MuteLeg{w.id("agent1"), w.id("c1"), w.legOf("n1", "outside"), true})
	w.leaves("agent1", "c1")
	w.expectHears("n1", "customer: outside of n1; outside of n1: customer")
}

func TestSixPartiesTalkAndTheSeventhIsRefused(t *testing.T) {
	w := inCall(t)
	for _, name := range []string{"n1", "n2", "n3", "n4"} {
		w.addsOutside("agent1", "c1", name)
	}
	if n := w.m.parties(w.id("c1")); n != 6 {
		t.Fatalf("%d parties", n)
	}
	seventh := AddParty{UserID: w.id("agent1"), ContactID: w.id("c1"), Number: outsideNumber}
	w.refused(seventh, tandem.Exhausted, "ContactId")
	w.hungUp("n2", "outside")
	w.must(seventh)
}

func TestPartyWhoIsStillRingingCountsAsOneOfSix(t *testing.T) {
	w := inCall(t)
	for _, name := range []string{"n1", "n2", "n3", "n4"} {
		w.add("agent1", "c1", "to queue", name)
	}
	w.refused(AddParty{UserID: w.id("agent1"), ContactID: w.id("c1"), Number: outsideNumber}, tandem.Exhausted, "ContactId")
}

func TestNobodyStaysOnHoldWhoseHolderLeft(t *testing.T) {
	w := conference(t)
	w.adds("agent2", "n1", "agent3", "n2") // agent2 holds agent1 and the customer
	w.expectHears("c1", `agent1: [<speak>The line is on hold. <break time="10s"/></speak>]; agent2: agent3; agent3: agent2; customer: [CustomerHold.wav]`)
	w.leaves("agent2", "n1")
	w.expectHears("c1", "agent1: agent3, customer; agent3: agent1, customer; customer: agent1, agent3")
}

func TestNobodyStaysOnHoldWhoseHolderWasLost(t *testing.T) {
	w := conference(t)
	w.must(HoldAllLegs{w.id("agent2"), w.id("n1")})
	w.leg(voice.LegEnded, "c1", "agent2", voice.CauseLost)
	w.expectHears("c1", agentAndCustomer)
}

func TestCustomerStaysOnHoldWhoseHolderStays(t *testing.T) {
	w := conference(t)
	w.holds("agent2", "n1", "customer", true)
	w.leaves("agent1", "c1")
	w.expectHears("n1", "customer: [CustomerHold.wav]")
	if w.c("n1").customer() == nil {
		t.Fatal("the customer is agent2's now")
	}
	w.holds("agent2", "n1", "customer", false)
	w.expectHears("n1", "agent2: customer; customer: agent2")
}

func TestCustomerWithSomebodyOutsideCanBeHeldByAnAgentWhoJoins(t *testing.T) {
	w := inCall(t)
	w.addsOutside("agent1", "c1", "n1")
	w.add("agent1", "c1", "to queue", "n2")
	w.leaves("agent1", "c1")
	w.expectHears("n1", "customer: outside of n1; outside of n1: customer")
	w.leg(voice.LegAnswered, "n2", "agent2", 0)
	w.played("n2", event.AgentSide)
	w.expectHears("n1", "agent2: customer, outside of n1; customer: agent2, outside of n1; outside of n1: agent2, customer")
	w.must(HoldLeg{w.id("agent2"), w.id("n2"), w.legOf("n1", "customer"), true})
	w.expectHears("n1", "agent2: outside of n1; customer: [CustomerHold.wav]; outside of n1: agent2")
}

func TestCustomerIsHeldOnlyOnceAnswered(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "outside", "n1")
	w.refused(HoldLeg{w.id("agent1"), w.id("c1"), w.legOf("n1", "outside"), true}, tandem.Conflict, "ConnectionId")
	w.refused(HoldLeg{w.id("agent1"), w.id("c1"), w.id("nobody"), true}, tandem.NotFound, "ConnectionId")
}

func TestOnlyAConnectedAgentCommandsTheCall(t *testing.T) {
	w := callCenter(t)
	w.waitingCall("c1")
	agent, call := w.id("agent1"), w.id("c1")
	refuse := func(agent tandem.ID, kind tandem.ErrorKind) {
		t.Helper()
		for _, body := range []any{HoldLeg{agent, call, w.id("c1.customer"), true}, MuteLeg{agent, call, w.id("c1.customer"), true},
			SwapLegs{agent, call}, JoinLegs{agent, call}, HoldAllLegs{agent, call}, DropLeg{agent, call, w.id("c1.customer")},
			AddParty{UserID: agent, ContactID: call, Number: outsideNumber}} {
			w.refused(body, kind, "ContactId")
		}
	}
	refuse(agent, tandem.Conflict) // it only rings
	w.refused(DropLeg{UserID: agent, ContactID: call}, tandem.Conflict, "ContactId")
	refuse(w.id("agent2"), tandem.NotFound) // another one's
	w.joins("c1", "agent1")
	w.hungUp("c1", "customer")
	refuse(agent, tandem.Conflict) // wrap-up
	w.refused(HoldLeg{w.id("nobody"), call, call, true}, tandem.NotFound, "UserId")
}

func TestCommandOnAMissedContactThatIsForgottenIsRefused(t *testing.T) {
	w := ringing(t)
	w.legReport(voice.LegEnded, "c1", true, voice.CauseNoAnswer)
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.wait(time.Hour)
	agent, call := w.id("agent1"), w.id("c1")
	for _, body := range []any{HoldLeg{agent, call, call, true}, SwapLegs{agent, call}, DropLeg{UserID: agent, ContactID: call},
		DropLeg{agent, call, w.id("c1.customer")}, AddParty{UserID: agent, ContactID: call, Number: outsideNumber}, SetMonitorMode{agent, call, true}} {
		w.refused(body, tandem.Conflict, "ContactId")
	}
}

func TestTaskHasNoParties(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.task("t1")
	w.must(AcceptContact{w.id("agent1"), w.id("t1")})
	w.refused(HoldAllLegs{w.id("agent1"), w.id("t1")}, tandem.Conflict, "ContactId")
	w.leaves("agent1", "t1") // to leave a task ends it
	w.ended("t1", event.AgentDisconnect)
}

func TestAgentWhoDropsTheCustomerEndsTheCall(t *testing.T) {
	w := conference(t)
	w.must(DropLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "customer")})
	for _, contact := range []string{"c1", "n1"} {
		w.ended(contact, event.AgentDisconnect)
	}
	if r := w.lastRoom("c1"); !r.Ended {
		t.Error("all must be hung up")
	}
	if w.c("c1").NextID != (tandem.ID{}) {
		t.Error("nobody was handed on")
	}
}

func TestAgentCanDropAnotherPartyAndKeepTheRest(t *testing.T) {
	w := conference(t)
	w.addsOutside("agent1", "c1", "n2")
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	w.must(DropLeg{w.id("agent1"), w.id("c1"), w.legOf("n1", "agent2")})
	w.ended("n1", event.AgentDisconnect)
	if got := w.slotOf("agent2", "n1"); got != AfterContactWork {
		t.Errorf("agent2's slot is %s", got)
	}
	w.expectHears("c1", "agent1: customer, outside of n2; customer: agent1, outside of n2; outside of n2: agent1, customer")
	w.must(DropLeg{w.id("agent1"), w.id("c1"), w.legOf("n2", "outside")})
	w.ended("n2", event.AgentDisconnect)
	w.expectHears("c1", agentAndCustomer)
	for _, l := range w.lastRoom("c1").Legs {
		if gone := l.ID != w.legOf("c1", "agent1") && l.ID != w.legOf("c1", "customer"); gone != (l.Wish == voice.WishGone) {
			t.Errorf("leg %s: wish %d", w.text(l.ID), l.Wish)
		}
	}
}

// recording is what the room of a call writes now.
func (w *world) recording(call string) *voice.Recording { return w.m.room(w.id(call), 1).Record }

func TestRecordingIsThatOfTheContactConnectedFirst(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to queue", "n1") // waits: agent2 is offered it
	w.adds("agent1", "c1", "agent3", "n2")  // connected before n1, which began first
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	first := w.recording("c1")
	if first == nil || first.ID != w.c("c1").RecordingID || !first.Customer || !first.Agent {
		t.Fatalf("got %+v", first)
	}
	w.leaves("agent1", "c1")
	if got := w.recording("c1"); got == nil || got.ID != w.c("n2").RecordingID {
		t.Fatal("the recording of the next contact begins when the first ends")
	}
	w.now = w.now.Add(1000)
	w.leg(voice.LegAnswered, "n1", "agent2", 0)
	w.played("n1", event.AgentSide)
	if w.c("n1").Phase != WithAgent {
		t.Fatal("agent2 has joined")
	}
	if got := w.recording("c1"); got.ID != w.c("n2").RecordingID {
		t.Fatal("another one who joins takes no recording over")
	}
}

func TestNothingIsRecordedOfWhoIsHeldOrMuted(t *testing.T) {
	w := inCall(t)
	if got := w.recording("c1"); len(got.Held) != 0 {
		t.Fatalf("left out: %v", got.Held)
	}
	w.holds("agent1", "c1", "customer", true)
	w.must(MuteLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "agent1"), true})
	if got := w.text(w.recording("c1").Held); got != w.text([]tandem.ID{w.legOf("c1", "customer"), w.legOf("c1", "agent1")}) {
		t.Errorf("left out: %s", got)
	}
}

func TestRecordingIsSuspendedResumedAndStopped(t *testing.T) {
	w := inCall(t)
	set := func(action RecordingAction) { w.must(SetContactRecording{w.id("c1"), action}) }
	set(SuspendRecording)
	if got := w.recording("c1"); !got.Suspended || got.ID != w.c("c1").RecordingID {
		t.Fatalf("got %+v", got)
	}
	set(ResumeRecording)
	if got := w.recording("c1"); got.Suspended || !got.Customer {
		t.Fatalf("got %+v", got)
	}
	set(StopRecording)
	if got := w.recording("c1"); got != nil && (got.Customer || got.Agent) {
		t.Fatalf("got %+v", got)
	}
	w.refused(SetContactRecording{w.id("c1"), ResumeRecording}, tandem.Conflict, "ContactId")
	w.refused(SetContactRecording{w.id("c1"), StartRecording}, tandem.Conflict, "ContactId")
	w.refused(SetContactRecording{w.id("c1"), 9}, tandem.Invalid, "Recording")
}

func TestRecordingIsStartedOnceByCommand(t *testing.T) {
	w := callCenter(t)
	w.call("c1", "+4930123456", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.refused(SetContactRecording{w.id("c1"), StartRecording}, tandem.Conflict, "ContactId")
	w.playEnded("c1", voice.PlayDigits, "1")
	w.joins("c1", "agent1")
	if w.recording("c1") != nil {
		t.Fatal("the flow records nobody")
	}
	w.refused(SetContactRecording{w.id("c1"), SuspendRecording}, tandem.Conflict, "ContactId")
	w.must(SetContactRecording{w.id("c1"), StartRecording})
	if got := w.recording("c1"); got == nil || !got.Customer || !got.Agent {
		t.Fatalf("got %+v", got)
	}
	w.refused(SetContactRecording{w.id("c1"), StartRecording}, tandem.Conflict, "ContactId")
	w.refused(SetContactRecording{w.id("none"), StartRecording}, tandem.NotFound, "ContactId")
}

// TestWhoEndsTheCallFirstDecidesTheReason holds for each contact of a call.
func TestWhoEndsTheCallFirstDecidesTheReason(t *testing.T) {
	for _, c := range []struct {
		name   string
		ends   func(w *world)
		c1, n1 event.DisconnectReason // 0: goes on
	}{
		{"customer", func(w *world) { w.hungUp("c1", "customer") }, event.CustomerDisconnect, event.CustomerDisconnect},
		{"customer lost", func(w *world) { w.leg(voice.LegEnded, "c1", "customer", voice.CauseLost) }, event.TelecomProblem, event.TelecomProblem},
		{"first agent", func(w *world) { w.hungUp("c1", "agent1") }, event.AgentDisconnect, 0},
		{"second agent", func(w *world) { w.hungUp("c1", "agent2") }, 0, event.AgentDisconnect},
		{"agent lost", func(w *world) { w.leg(voice.LegEnded, "c1", "agent1", voice.CauseLost) }, event.TelecomProblem, 0},
		{"API, the customer's contact", func(w *world) { w.must(StopContact{w.id("c1")}) }, event.APIDisconnect, event.APIDisconnect},
		{"API, the other contact", func(w *world) { w.must(StopContact{w.id("n1")}) }, 0, event.APIDisconnect},
		{"media restarted", func(w *world) { w.newMedia(); w.report(voice.Report{Kind: voice.MediaStarted}) }, event.TelecomProblem, event.TelecomProblem},
		{"room forgotten", func(w *world) { w.report(voice.Report{Kind: voice.RoomForgotten, Room: w.id("c1")}) }, event.TelecomProblem, event.TelecomProblem},
		{"customer, then agents", func(w *world) {
			legs := []tandem.ID{w.legOf("c1", "customer"), w.legOf("c1", "agent1"), w.legOf("c1", "agent2")}
			for _, leg := range legs {
				w.report(voice.Report{Kind: voice.LegEnded, Room: w.id("c1"), Leg: leg, Cause: voice.CauseRemote})
			}
		}, event.CustomerDisconnect, event.CustomerDisconnect},
		{"agents, then customer", func(w *world) {
			legs := []tandem.ID{w.legOf("c1", "agent1"), w.legOf("c1", "agent2"), w.legOf("c1", "customer")}
			for _, leg := range legs {
				w.report(voice.Report{Kind: voice.LegEnded, Room: w.id("c1"), Leg: leg, Cause: voice.CauseRemote})
			}
		}, event.AgentDisconnect, event.AgentDisconnect},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := conference(t)
			c.ends(w)
			for name, want := range map[string]event.DisconnectReason{"c1": c.c1, "n1": c.n1} {
				if got := w.c(name); got.live() != (want == 0) || got.Reason != want {
					t.Errorf("%s: live %v, %s, want %s", name, got.live(), got.Reason, want)
				}
			}
		})
	}
}

func TestFlowThatHangsUpIsTheReason(t *testing.T) {
	w := callCenter(t)
	w.call("c1", "", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.playEnded("c1", voice.PlayTimeout, "")
	w.ended("c1", event.ContactFlowDisconnect)
}

// TestReportsOfACallThatComeTwiceOrLateChangeNothing sends every report of a
// call with three parties again, in each order of two.
func TestReportsOfACallThatComeTwiceOrLateChangeNothing(t *testing.T) {
	w := conference(t)
	customer, first, second := w.legOf("c1", "customer"), w.legOf("c1", "agent1"), w.legOf("c1", "agent2")
	w.hungUp("c1", "agent2")
	w.hungUp("c1", "customer")
	seq, hash := w.seq, w.m.Hash()
	for number := uint64(1); number <= w.reports; number++ {
		for _, leg := range []tandem.ID{customer, first, second} {
			for _, kind := range []voice.ReportKind{voice.LegRinging, voice.LegAnswered, voice.LegEnded} {
				w.must(TakeVoiceReport{voice.Report{Incarnation: w.media, Number: number, At: w.now, Kind: kind, Room: w.id("c1"), Leg: leg}})
			}
		}
	}
	for _, leg := range []tandem.ID{customer, second} { // news of legs that are gone
		for _, kind := range []voice.ReportKind{voice.LegRinging, voice.LegAnswered, voice.LegEnded} {
			w.report(voice.Report{Kind: kind, Room: w.id("c1"), Leg: leg, Cause: voice.CauseRemote})
		}
	}
	if w.seq != seq || w.m.Hash() != hash {
		t.Fatal("something has changed")
	}
	w.report(voice.Report{Kind: voice.LegEnded, Room: w.id("c1"), Leg: first, Cause: voice.CauseHangup})
	w.ended("c1", event.CustomerDisconnect) // as it was
}
