package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

func TestCustomerWhoRemainsGoesOnInTheDisconnectFlow(t *testing.T) {
	w := callCenter(t)
	w.hooked("CustomerRemaining", "menu")
	w.waitingCall("c1")
	w.joins("c1", "agent1")
	w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"k": "v"}})
	w.holds("agent1", "c1", "customer", true)
	w.leaves("agent1", "c1")
	w.ended("c1", event.AgentDisconnect)
	w.name(w.c("c1").NextID, "d1")
	w.chain("d1", "c1", event.Disconnect)
	w.handedOn("c1", "d1", 0)
	w.expectHears("d1", "customer: [Hello +4930123456, press 1.]")
	if w.c("d1").Attributes["k"] != "v" {
		t.Error("attributes are kept")
	}
	w.report(voice.Report{Kind: voice.PlayEnded, Room: w.id("c1"), Play: w.c("d1").Play.Started.PlayID, Outcome: voice.PlayDigits, Digits: "1"})
	w.joins("d1", "agent2")
	w.expectHears("d1", "agent2: customer; customer: agent2")
}

func TestDisconnectFlowRunsForACustomerLeftBySomebodyOutside(t *testing.T) {
	w := callCenter(t)
	w.hooked("CustomerRemaining", "menu")
	w.waitingCall("c1")
	w.joins("c1", "agent1")
	w.addsOutside("agent1", "c1", "n1")
	w.leaves("agent1", "c1")
	w.hungUp("n1", "outside")
	w.name(w.c("n1").NextID, "d1")
	w.chain("d1", "n1", event.Disconnect)
	w.expectHears("d1", "customer: [Hello "+outsideNumber+", press 1.]")
}

func TestDisconnectFlowDoesNotRunForACustomerWhoIsHungUp(t *testing.T) {
	for name, end := range map[string]func(*world){
		"stopped": func(w *world) { w.must(StopContact{w.id("c1")}) },
		"dropped": func(w *world) { w.must(DropLeg{w.id("agent1"), w.id("c1"), w.legOf("c1", "customer")}) },
		"left":    func(w *world) { w.hungUp("c1", "customer") },
		"lost":    func(w *world) { w.report(voice.Report{Kind: voice.RoomForgotten, Room: w.id("c1")}) },
	} {
		w := callCenter(t)
		w.hooked("CustomerRemaining", "menu")
		w.waitingCall("c1")
		w.joins("c1", "agent1")
		end(w)
		if !w.lastRoom("c1").Ended || !w.c("c1").NextID.IsZero() {
			t.Errorf("%s: the call must end", name)
		}
	}
}

func TestDisconnectFlowDoesNotRunForACustomerWhoNeverHadAnAgent(t *testing.T) {
	w := callCenter(t)
	w.hooked("CustomerRemaining", "menu")
	w.waitingCall("c1")
	w.must(StopContact{w.id("c1")})
	w.ended("c1", event.APIDisconnect)
	if !w.lastRoom("c1").Ended {
		t.Error("the call must end")
	}
}

// outsideFlow is a queue flow that calls somebody outside after 30 seconds.
const outsideFlow = `{"Version":"2019-10-30","StartAction":"loop","Actions":[
	{"Identifier":"loop","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"PromptId":"CustomerQueue.wav"}],"InterruptFrequencySeconds":"10"},
	 "Transitions":{"NextAction":"out","Errors":[{"NextAction":"out","ErrorType":"NoMatchingError"}],
	 "Conditions":[{"NextAction":"out","Condition":{"Operator":"Equals","Operands":["MessagesInterrupted"]}}]}},
	{"Identifier":"out","Type":"TransferParticipantToThirdParty","Parameters":{"ThirdPartyPhoneNumber":"+4930777","ThirdPartyConnectionTimeLimitSeconds":"20","ContinueFlowExecution":"True"},
	 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"CallFailed"},{"NextAction":"bye","ErrorType":"ConnectionTimeLimitExceeded"},{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// queueFlowCallsOutside is a world whose queue flow calls outside.
func queueFlowCallsOutside(t *testing.T) *world {
	w := callCenter(t)
	w.must(SaveFlow{Flow: w.flow(flow.SampleCustomerQueue, flow.TypeCustomerQueue, outsideFlow)})
	return w
}

func TestQueueFlowThatCallsOutsideFreesTheAgentWhosePhoneRings(t *testing.T) {
	w := queueFlowCallsOutside(t)
	w.waitingCall("c1")
	if !w.offeredTo("c1", "agent1") {
		t.Fatal("agent1's phone rings")
	}
	w.wait(10 * time.Second)
	c := w.c("c1")
	if c.Phase != Bridged || len(w.m.agent(w.id("agent1")).Contacts) > 0 || c.DequeuedAt != w.now {
		t.Fatalf("phase %d, dequeued %s", c.Phase, w.text(c.DequeuedAt))
	}
	w.leg(voice.LegAnswered, "c1", "outside", 0)
	w.expectHears("c1", "customer: outside of c1; outside of c1: customer")
	w.hungUp("c1", "outside")
	w.ended("c1", event.ContactFlowDisconnect) // the flow goes on, and hangs up
}

func TestQueueFlowThatCallsOutsideFreesTheAgentWhoHearsTheWhisper(t *testing.T) {
	w := queueFlowCallsOutside(t)
	w.waitingCall("c1")
	w.leg(voice.LegAnswered, "c1", "agent1", 0)
	w.wait(10 * time.Second)
	if c := w.c("c1"); c.Phase != Bridged || len(w.m.agent(w.id("agent1")).Contacts) > 0 {
		t.Fatalf("phase %d", c.Phase)
	}
	w.wait(30 * time.Second)
	w.ended("c1", event.ContactFlowDisconnect) // nobody answered
}
