package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// chain makes sure that a contact follows another one in its chain.
func (w *world) chain(contact, previous string, method event.InitiationMethod) {
	w.t.Helper()
	c := w.c(contact)
	if c.InitialContactID != w.id("c1") || c.PreviousID != w.id(previous) || c.Method != method || c.CallID != w.id("c1") {
		w.t.Fatalf("%s: initial %s, previous %s, %s, call %s", contact, w.text(c.InitialContactID), w.text(c.PreviousID), c.Method, w.text(c.CallID))
	}
}

// handedOn makes sure that a contact's customer went on in the next one.
func (w *world) handedOn(contact, next string, to event.TransferKind) {
	w.t.Helper()
	if c := w.c(contact); c.NextID != w.id(next) || c.TransferredTo != to || (to != 0) == c.TransferredAt.IsZero() || w.c(next).customer() == nil {
		w.t.Fatalf("%s: next %s, transferred %d at %s", contact, w.text(c.NextID), c.TransferredTo, w.text(c.TransferredAt))
	}
}

// TestWarmTransferToAnAgent consults, swaps, joins and leaves.
func TestWarmTransferToAnAgent(t *testing.T) {
	w := inCall(t)
	w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"account": "7"}})
	w.wait(10 * time.Second)
	w.add("agent1", "c1", "to agent2", "n1")
	w.chain("n1", "c1", event.Transfer)
	w.expectHears("c1", "agent1: [One moment, we are connecting you.]; customer: [CustomerHold.wav]")
	w.played("n1", event.CustomerSide)
	w.expectHears("c1", "customer: [CustomerHold.wav]")
	w.joins("n1", "agent2")
	w.expectHears("c1", "agent1: agent2; agent2: agent1; customer: [CustomerHold.wav]")
	w.must(SwapLegs{w.id("agent1"), w.id("c1")})
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	w.wait(10 * time.Second)
	if w.c("c1").TransferredTo != 0 || w.c("n1").customer() != nil {
		t.Fatal("the transfer is complete only when the agent leaves")
	}
	w.leaves("agent1", "c1")
	w.expectHears("n1", "agent2: customer; customer: agent2")
	w.handedOn("c1", "n1", event.TransferToAgent)
	w.ended("c1", event.AgentDisconnect)
	if c := w.c("c1"); c.TransferredAt != w.now || c.DisconnectedAt != w.now || c.WrapUpAt != w.now || w.slotOf("agent1", "c1") != AfterContactWork {
		t.Errorf("transferred at %s, left at %s", w.text(c.TransferredAt), w.text(c.DisconnectedAt))
	}
	if c := w.c("n1"); c.Attributes["account"] != "7" || c.CustomerAddress != "+4930123456" || c.ConnectedToSystemAt != w.now ||
		c.ConnectedToAgentAt != w.now-10_000 || c.InitiatedAt != w.now-10_000 {
		t.Errorf("got %+v", c)
	}
	w.hungUp("n1", "customer")
	w.ended("n1", event.CustomerDisconnect)
	if w.slotOf("agent2", "n1") != AfterContactWork {
		t.Error("agent2 wraps up")
	}
}

func TestWarmTransferToAQueue(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to queue", "n1")
	w.chain("n1", "c1", event.Transfer)
	w.expectHears("c1", "agent1: [CustomerQueue.wav]; customer: [CustomerHold.wav]")
	w.leg(voice.LegAnswered, "n1", "agent2", 0)
	w.expectHears("c1", "agent1: [CustomerQueue.wav]; agent2: [BasicQueue]; customer: [CustomerHold.wav]")
	w.played("n1", event.AgentSide)
	w.expectHears("c1", "agent1: agent2; agent2: agent1; customer: [CustomerHold.wav]") // nobody hears a customer whisper
	w.leaves("agent1", "c1")
	w.handedOn("c1", "n1", event.TransferToQueue)
	w.expectHears("n1", "agent2: customer; customer: agent2")
}

func TestWarmTransferToANumber(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "outside", "n1")
	w.chain("n1", "c1", event.ExternalOutbound)
	if l := w.c("n1").outside(); l.Dialed.Target != outsideNumber || l.Dialed.CallerID != directNumber || w.c("n1").CustomerAddress != outsideNumber {
		t.Errorf("got %+v", l.Dialed)
	}
	w.wait(5 * time.Second)
	w.leg(voice.LegAnswered, "n1", "outside", 0)
	if c := w.c("n1"); c.ConnectedToSystemAt != w.now {
		t.Error("connected when the party answered")
	}
	w.expectHears("c1", "agent1: outside of n1; customer: [CustomerHold.wav]; outside of n1: agent1")
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	w.leaves("agent1", "c1")
	w.handedOn("c1", "n1", event.TransferOutside)
	if c := w.c("c1"); c.TransferEndpoint != outsideNumber {
		t.Errorf("endpoint %s", c.TransferEndpoint)
	}
	w.expectHears("n1", "customer: outside of n1; outside of n1: customer")
	w.hungUp("n1", "outside")
	w.ended("n1", event.ThirdPartyDisconnect)
	if r := w.lastRoom("c1"); !r.Ended {
		t.Error("a customer who is left alone is hung up")
	}
}

func TestAgentCanDialANumberInsteadOfAQuickConnect(t *testing.T) {
	w := inCall(t)
	add := func(number string) any {
		return AddParty{UserID: w.id("agent1"), ContactID: w.id("c1"), Number: tandem.Personal(number)}
	}
	w.refused(add("030 777"), tandem.Invalid, "PhoneNumber")
	w.refused(AddParty{UserID: w.id("agent1"), ContactID: w.id("c1"), QuickConnectID: w.id("none")}, tandem.NotFound, "QuickConnectId")
	answer, _, err := w.step(add("+4930888"))
	if err != nil || w.m.contact(answer.(tandem.ID)).outside().Dialed.Target != "+4930888" {
		t.Fatalf("got %v, %v", answer, err)
	}
}

func TestNumberIsDialledOnlyWithACallerID(t *testing.T) {
	w := inCall(t)
	q := *w.m.State().Queues[w.id("BasicQueue")]
	q.CallerIDNumberID = tandem.ID{}
	w.must(SaveQueue{Queue: q})
	w.refused(AddParty{UserID: w.id("agent1"), ContactID: w.id("c1"), Number: outsideNumber}, tandem.Conflict, "PhoneNumber")
	w.expectHears("c1", agentAndCustomer) // nobody was put on hold
}

func TestColdTransferWhileTheFlowStillPlays(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to agent2", "n1")
	w.leaves("agent1", "c1")
	w.handedOn("c1", "n1", event.TransferToAgent)
	w.expectHears("n1", "customer: [One moment, we are connecting you.]")
	w.played("n1", event.CustomerSide)
	w.joins("n1", "agent2")
	w.expectHears("n1", "agent2: customer; customer: agent2")
}

func TestColdTransferWhileTheAgentsPhoneRings(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to agent2", "n1")
	w.played("n1", event.CustomerSide)
	w.leaves("agent1", "c1")
	w.handedOn("c1", "n1", event.TransferToAgent)
	w.expectHears("n1", "")
	w.joins("n1", "agent2")
	w.expectHears("n1", "agent2: customer; customer: agent2")
}

func TestColdTransferWhileItWaitsInTheQueue(t *testing.T) {
	w := inCall(t)
	w.status("agent2", "Offline")
	w.status("agent3", "Offline")
	w.add("agent1", "c1", "to queue", "n1")
	w.expectHears("c1", "agent1: [CustomerQueue.wav]; customer: [CustomerHold.wav]")
	w.leaves("agent1", "c1")
	w.handedOn("c1", "n1", event.TransferToQueue)
	w.expectHears("n1", "customer: [CustomerQueue.wav]")
	w.wait(20 * time.Second)
	w.status("agent3", "Available")
	w.leg(voice.LegAnswered, "n1", "agent3", 0)
	w.expectHears("n1", "agent3: [BasicQueue]; customer: [CustomerQueue.wav]")
	w.played("n1", event.AgentSide)
	w.expectHears("n1", "customer: [Beep.wav]")
	w.played("n1", event.CustomerSide)
	w.expectHears("n1", "agent3: customer; customer: agent3")
}

func TestColdTransferWhileTheOtherAgentHearsTheWhisper(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to queue", "n1")
	w.leg(voice.LegAnswered, "n1", "agent2", 0)
	w.leaves("agent1", "c1")
	w.expectHears("n1", "agent2: [BasicQueue]; customer: [CustomerQueue.wav]")
	w.played("n1", event.AgentSide)
	w.expectHears("n1", "customer: [Beep.wav]")
}

func TestColdTransferToANumberThatRings(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "outside", "n1")
	w.leaves("agent1", "c1")
	w.handedOn("c1", "n1", event.TransferOutside)
	w.expectHears("n1", "")
	w.leg(voice.LegAnswered, "n1", "outside", 0)
	w.expectHears("n1", "customer: outside of n1; outside of n1: customer")
}

func TestTransferToABusyAgentEndsAndTheAskingAgentKeepsTheCustomer(t *testing.T) {
	for name, busy := range map[string]func(*world){
		"offline":   func(w *world) { w.status("agent2", "Offline") },
		"in a call": func(w *world) { w.status("agent3", "Offline"); w.waitingCall("c2"); w.joins("c2", "agent2") },
		"rung": func(w *world) { // by another call
			w.status("agent3", "Offline")
			w.waitingCall("c2")
		},
	} {
		w := inCall(t)
		busy(w)
		w.add("agent1", "c1", "to agent2", "n1")
		w.played("n1", event.CustomerSide)
		w.ended("n1", event.ContactFlowDisconnect)
		w.expectHears("c1", "customer: [CustomerHold.wav]")
		w.must(JoinLegs{w.id("agent1"), w.id("c1")})
		w.expectHears("c1", agentAndCustomer)
		if c := w.c("c1"); !c.NextID.IsZero() || c.TransferredTo != 0 {
			t.Errorf("%s: nobody was transferred", name)
		}
	}
}

func TestTransferThatIsMissedOrDeclinedEndsAndTheAskingAgentKeepsTheCustomer(t *testing.T) {
	for cause, want := range map[voice.Cause]AgentContactState{voice.CauseNoAnswer: Missed, voice.CauseRejected: Rejected, voice.CauseUnreachable: Failed} {
		w := inCall(t)
		w.add("agent1", "c1", "to agent2", "n1")
		w.played("n1", event.CustomerSide)
		w.leg(voice.LegEnded, "n1", "agent2", cause)
		w.ended("n1", event.Other)
		if got := w.slotOf("agent2", "n1"); got != want {
			t.Errorf("%s: agent2's slot is %s", cause, got)
		}
		w.must(JoinLegs{w.id("agent1"), w.id("c1")})
		w.expectHears("c1", agentAndCustomer)
	}
}

func TestTransferToQueueThatIsMissedIsOfferedToTheNextAgent(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to queue", "n1")
	w.wait(30 * time.Second)
	if !w.offeredTo("n1", "agent3") || w.slotOf("agent2", "n1") != Missed {
		t.Fatal("agent3 is next")
	}
	w.expectHears("c1", "agent1: [Still busy.]; customer: [CustomerHold.wav]")
}

func TestCustomerOfAColdTransferToABusyAgentIsHungUp(t *testing.T) {
	w := inCall(t)
	w.status("agent2", "Offline")
	w.add("agent1", "c1", "to agent2", "n1")
	w.leaves("agent1", "c1")
	w.played("n1", event.CustomerSide)
	w.ended("n1", event.ContactFlowDisconnect)
	if r := w.lastRoom("c1"); !r.Ended {
		t.Error("nobody is left to talk to")
	}
}

func TestTransferPullsAnAgentOutOfAfterContactWork(t *testing.T) {
	w := callCenter(t)
	w.waitingCall("c0")
	w.joins("c0", "agent1")
	w.hungUp("c0", "customer")
	w.waitingCall("c1")
	w.joins("c1", "agent2")
	if w.slotOf("agent1", "c0") != AfterContactWork {
		t.Fatal("agent1 wraps up")
	}
	w.add("agent2", "c1", "to agent1", "n1")
	w.played("n1", event.CustomerSide)
	if !w.offeredTo("n1", "agent1") || w.slotOf("agent1", "c0") != 0 || w.c("c0").Phase != Ended || w.c("c0").ClearedAt != w.now {
		t.Fatal("the wrap-up ends for the transfer")
	}
	w.joins("n1", "agent1")
}

func TestAgentWhoWantsAnotherStatusAfterTheWorkIsNotPulledOut(t *testing.T) {
	w := callCenter(t)
	w.addStatus("Break")
	w.waitingCall("c0")
	w.joins("c0", "agent1")
	w.hungUp("c0", "customer")
	w.status("agent1", "Break")
	w.waitingCall("c1")
	w.joins("c1", "agent2")
	w.add("agent2", "c1", "to agent1", "n1")
	w.played("n1", event.CustomerSide)
	w.ended("n1", event.ContactFlowDisconnect)
	if w.slotOf("agent1", "c0") != AfterContactWork {
		t.Error("agent1 still wraps up")
	}
}

func TestTransferToOneselfEndsAtOnce(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to agent1", "n1")
	w.played("n1", event.CustomerSide)
	w.ended("n1", event.ContactFlowDisconnect)
	if w.slotOf("agent1", "c1") != Connected {
		t.Error("agent1 keeps the call")
	}
}

func TestOutsidePartyWhoFailsEndsAndTheAgentKeepsTheCustomer(t *testing.T) {
	for cause, want := range map[voice.Cause]event.DisconnectReason{
		voice.CauseBusy: event.ThirdPartyDisconnect, voice.CauseRejected: event.ThirdPartyDisconnect, voice.CauseNoAnswer: event.ThirdPartyDisconnect,
		voice.CauseInvalid: event.ThirdPartyDisconnect, voice.CauseUnreachable: event.TelecomProblem} {
		w := inCall(t)
		w.add("agent1", "c1", "outside", "n1")
		w.leg(voice.LegEnded, "n1", "outside", cause)
		w.ended("n1", want)
		w.must(JoinLegs{w.id("agent1"), w.id("c1")})
		w.expectHears("c1", agentAndCustomer)
	}
}

func TestOutsidePartyOfWhomNothingIsHeardIsGivenUp(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "outside", "n1")
	w.wait(64 * time.Second)
	if !w.c("n1").live() {
		t.Fatal("too early")
	}
	w.wait(time.Second)
	w.ended("n1", event.ThirdPartyDisconnect)
}

func TestOutsidePartyWhoHangsUpLeavesAgentAndCustomer(t *testing.T) {
	w := inCall(t)
	w.addsOutside("agent1", "c1", "n1")
	w.hungUp("n1", "outside")
	w.ended("n1", event.ThirdPartyDisconnect)
	w.expectHears("c1", "customer: [CustomerHold.wav]")
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	w.expectHears("c1", agentAndCustomer)
}

func TestCustomerWhoHangsUpEndsTheConsultation(t *testing.T) {
	w := inCall(t)
	w.addsOutside("agent1", "c1", "n1")
	w.hungUp("c1", "customer")
	for _, name := range []string{"c1", "n1"} {
		w.ended(name, event.CustomerDisconnect)
	}
	if !w.lastRoom("c1").Ended {
		t.Error("all are hung up")
	}
}

func TestCustomerGoesFromOneOutsidePartyToTheNext(t *testing.T) {
	w := inCall(t)
	w.addsOutside("agent1", "c1", "n1")
	w.addsOutside("agent1", "c1", "n2")
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	w.leaves("agent1", "c1")
	w.expectHears("c1", "customer: outside of n1, outside of n2; outside of n1: customer, outside of n2; outside of n2: customer, outside of n1")
	w.hungUp("n1", "outside")
	w.handedOn("n1", "n2", event.TransferOutside)
	w.expectHears("c1", "customer: outside of n2; outside of n2: customer")
	w.hungUp("n2", "customer")
	w.ended("n2", event.CustomerDisconnect)
}

func TestCustomerGoesOnWithAnAgentRatherThanSomebodyOutside(t *testing.T) {
	w := inCall(t)
	w.addsOutside("agent1", "c1", "n1")
	w.adds("agent1", "c1", "agent2", "n2")
	w.leaves("agent1", "c1")
	w.handedOn("c1", "n2", event.TransferToAgent)
	w.expectHears("c1", "agent2: customer, outside of n1; customer: agent2, outside of n1; outside of n1: agent2, customer")
}

func TestChainOfTransfersKeepsInitialPreviousAndNext(t *testing.T) {
	w := inCall(t)
	w.adds("agent1", "c1", "agent2", "n1")
	w.leaves("agent1", "c1")
	w.handedOn("c1", "n1", event.TransferToAgent)
	w.adds("agent2", "n1", "agent3", "n2")
	w.chain("n2", "n1", event.Transfer)
	w.leaves("agent2", "n1")
	w.handedOn("n1", "n2", event.TransferToAgent)
	w.expectHears("n2", "agent3: customer; customer: agent3")
	w.wait(30 * time.Second)
	w.add("agent3", "n2", "to agent1", "n3") // back to the first
	w.played("n3", event.CustomerSide)
	w.joins("n3", "agent1")
	w.chain("n3", "n2", event.Transfer)
}

// TestCallWhoseFirstContactIsForgottenGoesOn talks for longer than an ended
// contact is kept.
func TestCallWhoseFirstContactIsForgottenGoesOn(t *testing.T) {
	w := inCall(t)
	w.adds("agent1", "c1", "agent2", "n1")
	w.leaves("agent1", "c1")
	w.wait(time.Hour)
	if w.m.State().Contacts[w.id("c1")] != nil {
		t.Fatal("c1 is forgotten")
	}
	w.restart()
	w.expectHears("n1", "agent2: customer; customer: agent2")
	w.report(voice.Report{Kind: voice.CallArrived, Leg: w.id("c1.customer"), From: "+4930123456", To: directNumber}) // sent again
	if w.m.State().Contacts[w.id("c1")] != nil {
		t.Fatal("the call is known")
	}
	w.hungUp("n1", "customer")
	w.ended("n1", event.CustomerDisconnect)
}

func TestTransferCanBeTakenBackBeforeAnybodyJoins(t *testing.T) {
	for _, phase := range []Phase{InFlow, InQueue, Offered} {
		w := inCall(t)
		if phase == InQueue {
			w.status("agent2", "Offline")
			w.status("agent3", "Offline")
		}
		if phase == InFlow {
			w.add("agent1", "c1", "to agent2", "n1")
		} else {
			w.add("agent1", "c1", "to queue", "n1")
		}
		if w.c("n1").Phase != phase {
			t.Fatalf("phase %d, want %d", w.c("n1").Phase, phase)
		}
		w.must(DropLeg{w.id("agent1"), w.id("c1"), w.id("n1")})
		w.ended("n1", event.AgentDisconnect)
		w.must(JoinLegs{w.id("agent1"), w.id("c1")})
		w.expectHears("c1", agentAndCustomer)
		if len(w.m.agent(w.id("agent2")).Contacts) > 0 {
			t.Error("agent2 has nothing of it")
		}
		w.refused(DropLeg{w.id("agent1"), w.id("c1"), w.id("n1")}, tandem.NotFound, "ConnectionId")
	}
}

// TestTwoTransfersAtOnceBothGoOn lets one agent hear two transfer flows: they
// are heard one after the other, and no flow waits forever for its turn.
func TestTwoTransfersAtOnceBothGoOn(t *testing.T) {
	w := inCall(t)
	w.status("agent2", "Offline")
	w.add("agent1", "c1", "to queue", "n1") // repeats its music
	w.add("agent1", "c1", "to agent3", "n2")
	w.add("agent1", "c1", "to agent3", "n3")
	w.expectHears("c1", "agent1: [One moment, we are connecting you.]; customer: [CustomerHold.wav]")
	w.played("n2", event.CustomerSide)
	w.played("n3", event.CustomerSide)
	w.expectHears("c1", "agent1: [CustomerQueue.wav]; customer: [CustomerHold.wav]")
}

func TestAgentWhoJoinsHasTheCustomerWhoWaitsForAnother(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to queue", "n1")
	w.add("agent1", "c1", "to queue", "n2")
	w.leaves("agent1", "c1")
	waits, joins, agent := "n1", "n2", "agent3"
	if w.c("n1").customer() == nil {
		t.Fatal("the customer is in n1")
	}
	w.joins(joins, agent)
	w.ended(waits, event.Other)
	w.handedOn(waits, joins, event.TransferToQueue)
	w.expectHears(joins, agent+": customer; customer: "+agent)
	if len(w.m.agent(w.id("agent2")).Contacts) > 0 {
		t.Error("the other offer is withdrawn")
	}
}

func TestCustomerIsNotKeptFromAnAgentByAPhoneThatRings(t *testing.T) {
	w := inCall(t)
	w.add("agent1", "c1", "to queue", "n2")
	w.add("agent1", "c1", "outside", "n1")
	w.must(RejectContact{w.id("agent2"), w.id("n2")})
	w.must(RejectContact{w.id("agent3"), w.id("n2")})
	w.leaves("agent1", "c1")
	if w.c("n1").customer() == nil {
		t.Fatal("the customer waits for the phone")
	}
	w.must(DismissUserContact{w.id("agent2"), w.id("n2")})
	w.joins("n2", "agent2")
	w.expectHears("n2", "agent2: customer; customer: agent2")
	w.leg(voice.LegAnswered, "n1", "outside", 0)
	w.expectHears("n2", "agent2: customer, outside of n1; customer: agent2, outside of n1; outside of n1: agent2, customer")
}

func TestTransferFlowThatNobodyHearsAnyMoreEnds(t *testing.T) {
	w := conference(t)
	w.add("agent1", "c1", "to agent3", "n2") // its flow speaks to agent1
	w.leaves("agent1", "c1")
	w.ended("n2", event.AgentDisconnect)
	w.expectHears("n1", "agent2: customer; customer: agent2")
}

func TestFlowCanTakeTheCustomerFromTheAgentForAWhile(t *testing.T) {
	w := inCall(t)
	w.must(SaveFlow{w.flow("card", flow.TypeQueueTransfer, cardFlow), true})
	w.addQuickConnect(event.QuickConnectSaved{Name: "card quick connect", Type: event.QuickConnectQueue, QueueID: w.id("BasicQueue"), FlowID: w.id("card")})
	w.add("agent1", "c1", "card quick connect", "n1")
	w.expectHears("c1", `agent1: [<speak>The line is on hold. <break time="10s"/></speak>]; customer: [Your card?]`)
	w.report(voice.Report{Kind: voice.PlayEnded, Room: w.id("c1"), Play: w.c("n1").Play.Started.PlayID, Outcome: voice.PlayDigits, Digits: "1"})
	w.ended("n1", event.ContactFlowDisconnect)
	w.expectHears("c1", agentAndCustomer)
	w.add("agent1", "c1", "card quick connect", "n2")
	w.report(voice.Report{Kind: voice.PlayEnded, Room: w.id("c1"), Play: w.c("n2").Play.Started.PlayID, Outcome: voice.PlayTimeout})
	w.expectHears("c1", agentAndCustomer) // the flow that held the agent is over
}
