package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// callbackFlow queues a call back, and hangs up.
const callbackFlow = `{"Version":"2019-10-30","StartAction":"queue","Actions":[
	{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$QUEUE"},
	 "Transitions":{"NextAction":"back","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"back","Type":"CreateCallbackContact","Parameters":{"InitialCallDelaySeconds":"5","MaximumConnectionAttempts":"2","RetryDelaySeconds":"60"},
	 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// calledBack is a call center in which c1 asked to be called back; b1 is the
// contact of the first attempt, offered to agent1.
func calledBack(t *testing.T) *world {
	w := callCenter(t)
	w.must(SaveFlow{Flow: w.flow("menu", flow.TypeContactFlow, callbackFlow)})
	w.call("c1", "+4930123456", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.name(w.c("c1").NextID, "b1")
	w.wait(5 * time.Second)
	if !w.offeredTo("b1", "agent1") {
		t.Fatal("the callback is offered")
	}
	return w
}

// Amazon Connect Streams #344: a callback that was missed has the state
// "Default".
func TestMissedCallbackIsMissed(t *testing.T) {
	w := calledBack(t)
	w.wait(25 * time.Second)
	if got := w.slotOf("agent1", "b1"); got != Missed || got.String() != "MISSED" {
		t.Fatalf("the slot is %s", got)
	}
	if !w.offeredTo("b1", "agent2") {
		t.Fatal("it is offered to the next")
	}
}

// SalesForce Voice, examples-from-doc #17: the queue of callbacks loses the
// number to call.
func TestCallbackKeepsItsNumberInEveryAttempt(t *testing.T) {
	w := calledBack(t)
	for _, attempt := range []string{"b1", "b2"} {
		w.restart()
		w.leg(voice.LegAnswered, attempt, w.names[w.c(attempt).UserID], 0)
		if c := w.c(attempt); c.CustomerAddress != "+4930123456" || c.customer().Dialed.Target != "+4930123456" {
			t.Fatalf("%s calls %q", attempt, c.CustomerAddress)
		}
		w.leg(voice.LegEnded, attempt, "customer", voice.CauseBusy)
		w.name(w.c(attempt).NextID, "b2")
		w.wait(time.Minute)
	}
}

// A call of an agent without a caller id fails, and the agent goes to after
// contact work.
func TestCallAttemptWithoutACallerIDFailsIntoAfterContactWork(t *testing.T) {
	w := callCenter(t)
	q := *w.m.State().Queues[w.id("BasicQueue")]
	q.CallerIDNumberID = tandem.ID{}
	w.must(SaveQueue{Queue: q})
	answer, _, err := w.step(StartOutboundCall{UserID: w.id("agent1"), Number: outsideNumber})
	if err != nil {
		t.Fatal(err)
	}
	w.name(answer.(tandem.ID), "o1")
	events := w.leg(voice.LegAnswered, "o1", "agent1", 0)
	w.ended("o1", event.Other)
	if got := w.slotOf("agent1", "o1"); got != AfterContactWork || w.c("o1").customer() != nil {
		t.Errorf("the slot is %s", got)
	}
	if got := kinds(events[len(events)-1:]); got != "AfterContactWorkStarted" {
		t.Errorf("the last is %s: nothing runs on after the end", got)
	}
}
