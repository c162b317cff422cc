package center

import (
	"fmt"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

func createCallback(more string) act {
	return act{id: "callback", kind: "CreateCallbackContact", to: map[string]string{"NoMatchingError": "sorry"},
		params: `"InitialCallDelaySeconds":"5","MaximumConnectionAttempts":"2","RetryDelaySeconds":"600"` + more}
}

// callbackWorld has a number whose callers are called back at once, and another
// whose callers first wait in the queue for 30 seconds.
func callbackWorld(t *testing.T, more string) *world {
	w := created(t)
	w.report(voice.Report{Kind: voice.MediaStarted})
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = w.id("number1") })
	w.saveFlow("callback", flow.TypeContactFlow, toQueue, createCallback(more), bye, say("sorry", "Not now."), bye2)
	w.saveNumber("+14155550110", "callback")
	w.saveFlow("waiting", flow.TypeCustomerQueue, loopOnce, act{id: "then", kind: "CreateCallbackContact", params: createCallback(more).params}, bye)
	w.saveFlow("wait first", flow.TypeContactFlow, hook("hook", "CustomerQueue", w.id("waiting").String()), toQueue, enter, bye)
	w.saveNumber("+14155550111", "wait first")
	return w
}

var bye2 = act{id: "bye2", kind: "DisconnectParticipant"}

// asks lets a caller ask to be called back; name is that of the callback.
func (w *world) asks(name string) *Contact {
	w.t.Helper()
	w.call(name+" call", customerNumber, "+14155550110")
	return w.born(name, w.legReport(voice.LegAnswered, name+" call", false, 0))
}

func TestCallbackWaitsForItsFirstDelayThenForAnAgent(t *testing.T) {
	w := callbackWorld(t, "")
	w.available("agent1")
	c := w.asks("cb")
	if c.Phase != Scheduled || c.Method != event.Callback || c.PreviousID != w.id("cb call") || c.CallID != c.ContactID {
		t.Fatalf("got %+v", c)
	}
	call := w.want("cb call", Ended, "the flow hung up")
	if call.NextID != c.ContactID || call.Reason != event.ContactFlowDisconnect {
		t.Errorf("next %s, reason %s", w.text(call.NextID), call.Reason)
	}
	w.wait(5*time.Second - time.Millisecond)
	w.want("cb", Scheduled, "not yet")
	w.restart()
	w.wait(time.Millisecond)
	w.wantOffered("cb", "agent1", "the delay is over")
}

func TestCallbackIsDialledOnceTheAgentHasAccepted(t *testing.T) {
	w := callbackWorld(t, "")
	w.available("agent1")
	w.asks("cb")
	w.wait(5 * time.Second)
	if w.c("cb").customer() != nil {
		t.Fatal("the agent first")
	}
	w.lifts("cb")
	l := w.want("cb", Joining, "the customer is dialled").customer()
	if l == nil || l.Dialed.Target != customerNumber || l.Dialed.CallerID != directNumber {
		t.Fatalf("got %+v", l)
	}
	w.customerAnswers("cb")
	c := w.want("cb", WithAgent, "connected")
	if c.HandledBy != w.id("agent1") || c.EnqueuedAt.IsZero() || c.DequeuedAt.IsZero() {
		t.Errorf("the record is not whole: %+v", c)
	}
	w.hangsUp("cb", event.CustomerLeg)
	w.want("cb", WrapUp, "handled")
	w.wait(time.Minute)
	if c := w.want("cb", Ended, "wrapped up"); !c.NextID.IsZero() {
		t.Error("a customer who was reached is not called again")
	}
}

func TestCallerLeavesTheQueueWhenTheCallbackIsMadeAndKeepsThePlace(t *testing.T) {
	w := callbackWorld(t, "")
	w.call("c1", customerNumber, "+14155550111")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	since := w.c("c1").WaitingSince
	w.wait(10 * time.Second)
	w.waitingCall("c2")
	events := w.wait(20 * time.Second)
	w.born("cb", events)
	if c := w.c("c1"); c.DequeuedAt.IsZero() || c.NextID != w.id("cb") || c.Phase != Ended {
		t.Errorf("the caller must have left the queue for the callback: %+v", c)
	}
	w.wait(5 * time.Second)
	if c := w.want("cb", InQueue, "due"); c.WaitingSince != since {
		t.Errorf("waits since %s, want %s", c.WaitingSince, since)
	}
	w.available("agent1")
	w.wantOffered("cb", "agent1", "before the call that came later")
}

func TestCallbackTriesAsOftenAsAllowed(t *testing.T) {
	// SIM-S19
	w := callbackWorld(t, "")
	w.available("agent1")
	c := w.asks("attempt1")
	since := c.WaitingSince
	w.wait(5 * time.Second)
	w.lifts("attempt1")
	w.born("attempt2", w.phone(voice.LegEnded, "attempt1", event.CustomerLeg, voice.CauseNoAnswer))
	w.want("attempt1", WrapUp, "the agent wraps up the attempt")
	second := w.want("attempt2", Scheduled, "the retry delay")
	if second.Callback.Planned.Attempt != 2 || w.c("attempt1").NextID != second.ContactID || second.InitialContactID != w.id("attempt1 call") {
		t.Errorf("got %+v", second)
	}
	w.wait(600*time.Second - time.Millisecond)
	w.want("attempt2", Scheduled, "not yet")
	w.wait(time.Millisecond)
	w.wantOffered("attempt2", "agent1", "the retry")
	if got := w.c("attempt2").WaitingSince; got != since {
		t.Errorf("its place was %s, now %s", since, got)
	}
	w.lifts("attempt2")
	events := w.phone(voice.LegEnded, "attempt2", event.CustomerLeg, voice.CauseBusy)
	for _, ev := range events {
		if ev, ok := ev.(*event.ContactInitiated); ok {
			t.Errorf("a third attempt: %+v", ev)
		}
	}
	dialled := 0
	for i := range w.records {
		for _, ev := range w.records[i].Events {
			if d, ok := ev.(*event.LegDialed); ok && d.Role == event.CustomerLeg {
				dialled++
			}
		}
	}
	if dialled != 2 {
		t.Errorf("dialled %d times", dialled)
	}
}

func TestCallbackGoesToTheNumberThatTheFlowSet(t *testing.T) {
	w := callbackWorld(t, "")
	w.saveFlow("callback", flow.TypeContactFlow, toQueue,
		act{id: "number", kind: "UpdateContactAttributes", params: `"Attributes":{"number":"+4940999999"}`},
		act{id: "set", kind: "UpdateContactCallbackNumber", params: `"CallbackNumber":"$.Attributes.number"`},
		createCallback(""), bye, say("sorry", "Not now."), bye2)
	w.available("agent1")
	w.asks("cb")
	w.wait(5 * time.Second)
	w.lifts("cb")
	if c := w.c("cb"); c.CustomerAddress != "+4940999999" || c.customer().Dialed.Target != "+4940999999" {
		t.Errorf("got %s", c.CustomerAddress)
	}
}

func TestFullQueueTakesNoCallback(t *testing.T) {
	w := callbackWorld(t, "")
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.MaxContacts = 1 })
	w.waitingCall("c1")
	w.call("c2", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c2", false, 0)
	if c := w.want("c2", InFlow, "the error branch"); c.Flow.ActionID != "sorry" || !c.NextID.IsZero() {
		t.Errorf("stands in %s", c.Flow.ActionID)
	}
}

func TestAnonymousCallerIsNotCalledBack(t *testing.T) {
	w := callbackWorld(t, "")
	w.call("c1", "", "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	if c := w.want("c1", InFlow, "the error branch"); c.Flow.ActionID != "sorry" {
		t.Errorf("stands in %s", c.Flow.ActionID)
	}
}

func TestAgentWhoHangsUpBeforeDiallingReturnsTheCallback(t *testing.T) {
	w := callbackWorld(t, "")
	w.saveFlow("whisper", flow.TypeOutboundWhisper, say("hello", "Hello."), end)
	w.available("agent1", softPhone)
	w.must(SetAgentConnection{UserID: w.id("agent1"), Connected: true, Softphone: true})
	w.asks("cb")
	w.wait(5 * time.Second)
	since := w.c("cb").WaitingSince
	w.must(AcceptContact{w.id("agent1"), w.id("cb")})
	w.must(DropLeg{UserID: w.id("agent1"), ContactID: w.id("cb")})
	c := w.want("cb", InQueue, "nobody was called")
	if slot := w.agent("agent1").slot(c.ContactID); slot == nil || slot.State != Rejected || c.WaitingSince != since {
		t.Errorf("slot %+v, since %s", slot, c.WaitingSince)
	}
	if c.Callback.Planned.Attempt != 1 {
		t.Error("it was no attempt")
	}
	w.must(DismissUserContact{w.id("agent1"), w.id("cb")})
	w.wantOffered("cb", "agent1", "again")
}

func TestAgentWhoHangsUpWhileDiallingUsesTheAttempt(t *testing.T) {
	w := callbackWorld(t, "")
	w.available("agent1")
	w.asks("cb")
	w.wait(5 * time.Second)
	w.lifts("cb")
	w.born("again", w.hangsUp("cb", event.AgentLeg))
	w.want("cb", WrapUp, "an attempt was made")
	if c := w.want("again", Scheduled, "the next attempt"); c.Callback.Planned.Attempt != 2 {
		t.Errorf("attempt %d", c.Callback.Planned.Attempt)
	}
	if l := w.lastRoom("cb").Legs[0]; l.Wish != voice.WishGone {
		t.Error("the customer's phone must stop ringing")
	}
}

func TestCallbackWithoutACallerIDFailsAndIsNotTriedAgain(t *testing.T) {
	w := callbackWorld(t, "")
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = tandem.ID{} })
	w.available("agent1")
	w.asks("cb")
	w.wait(5 * time.Second)
	w.lifts("cb")
	if c := w.want("cb", WrapUp, "the attempt failed"); !c.NextID.IsZero() {
		t.Error("it would fail again")
	}
}

func TestStoppedCallbackIsNotTriedAgain(t *testing.T) {
	w := callbackWorld(t, "")
	w.asks("cb")
	w.must(StopContact{w.id("cb")})
	w.want("cb", Ended, "stopped while it waits for its delay")
	w.available("agent1")
	w.asks("cb2")
	w.wait(5 * time.Second)
	w.lifts("cb2")
	w.must(StopContact{w.id("cb2")})
	if c := w.want("cb2", WrapUp, "stopped while dialling"); !c.NextID.IsZero() {
		t.Error("who stops it wants no more attempts")
	}
}

func TestCallbackThatNobodyTakesExpiresAfterAWeek(t *testing.T) {
	w := callbackWorld(t, "")
	w.asks("cb")
	w.wait(5*time.Second + 7*24*time.Hour - time.Second)
	w.want("cb", InQueue, "it waits")
	w.wait(time.Second)
	if c := w.want("cb", Ended, "a week after it was due"); c.Reason != event.Expired {
		t.Errorf("reason %s", c.Reason)
	}
}

func TestQueueWithScheduledCallbacksCannotBeDeleted(t *testing.T) {
	w := callbackWorld(t, "")
	w.addQueue("Other")
	w.asks("cb")
	w.profile(func(p *event.RoutingProfileSaved) { p.Entries, p.DefaultOutboundQueueID = nil, w.id("Other") })
	w.refused(DeleteQueue{w.id("BasicQueue")}, tandem.InUse, "QueueId")
	w.must(StopContact{w.id("cb")})
	w.must(DeleteQueue{w.id("BasicQueue")})
}

func TestDisabledQueueServesTheCallbackThatIsDue(t *testing.T) {
	w := callbackWorld(t, "")
	w.available("agent1")
	w.asks("cb")
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.Enabled = false })
	w.wait(5 * time.Second)
	w.wantOffered("cb", "agent1", "it was promised before")
	w.call("c2", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c2", false, 0)
	w.want("c2", Ended, "a new one is not: the working queue cannot be set")
}

// customerFirstWorld calls customers before agents; they hear a flow then.
func customerFirstWorld(t *testing.T, acts ...act) *world {
	w := callbackWorld(t, "")
	w.saveFlow("reached", flow.TypeContactFlow, append(acts, toQueue, enter, bye)...)
	w.saveFlow("callback", flow.TypeContactFlow, toQueue, createCallback(`,"ContactFlowId":"`+w.id("reached").String()+`"`), bye, say("sorry", "Not now."), bye2)
	return w
}

func TestCustomerIsCalledFirstAsSoonAsAnAgentIsFree(t *testing.T) {
	w := customerFirstWorld(t, say("hello", "Thank you for waiting."))
	w.asks("cb")
	w.wait(5 * time.Second)
	if c := w.want("cb", InQueue, "no agent is free"); c.customer() != nil {
		t.Fatal("nobody may be called")
	}
	since := w.c("cb").WaitingSince
	w.wait(time.Minute)
	w.available("agent1")
	c := w.want("cb", Joining, "the customer is called")
	if c.customer() == nil || !c.UserID.IsZero() || len(w.agent("agent1").Contacts) != 0 {
		t.Fatalf("got %+v", c)
	}
	w.customerAnswers("cb")
	w.want("cb", InFlow, "the flow greets the customer")
	w.heard("cb", event.CustomerSide)
	w.wantOffered("cb", "agent1", "queued at the old place")
	if c := w.c("cb"); c.WaitingSince != since || c.ConnectedToSystemAt.IsZero() {
		t.Errorf("waits since %s, want %s", c.WaitingSince, since)
	}
	w.lifts("cb")
	w.want("cb", WithAgent, "connected")
}

func TestNoMoreCustomersAreCalledFirstThanAgentsAreFree(t *testing.T) {
	w := customerFirstWorld(t)
	for n := range 5 {
		w.asks(fmt.Sprint("cb", n))
	}
	w.wait(5 * time.Second)
	calling := func() (n int) {
		for i := range 5 {
			if w.c(fmt.Sprint("cb", i)).Phase == Joining {
				n++
			}
		}
		return n
	}
	w.available("agent1")
	if n := calling(); n != 1 {
		t.Fatalf("%d customers are called for one agent", n)
	}
	w.waitingCall("c1")
	w.want("c1", InQueue, "the agent is kept free")
	if got, _ := w.m.ExplainOffer(w.id("c1"), w.now); got[0].Reason != IsReserved.String() {
		t.Errorf("got %+v", got)
	}
	w.available("agent2")
	if n := calling(); n != 2 {
		t.Fatalf("%d customers are called for two agents", n)
	}
	w.restart()
	w.phone(voice.LegEnded, "cb0", event.CustomerLeg, voice.CauseNoAnswer)
	w.want("cb0", Ended, "not reached")
	w.want("cb2", Joining, "the agent who was kept free is there for the next")
	w.customerAnswers("cb1")
	if c := w.c("cb1"); c.Phase != Offered {
		t.Errorf("phase %d", c.Phase)
	}
}

func TestCustomerCalledFirstWhoIsNotReachedIsCalledAgain(t *testing.T) {
	w := customerFirstWorld(t)
	w.available("agent1")
	w.asks("cb")
	w.wait(5 * time.Second)
	w.born("again", w.wait(65*time.Second))
	w.want("cb", Ended, "no agent wraps up")
	if c := w.want("again", Scheduled, "the next attempt"); !c.Callback.Planned.CustomerFirst || c.StartFlowID != w.id("reached") {
		t.Errorf("got %+v", c.Callback.Planned)
	}
	if len(w.agent("agent1").Contacts) != 0 {
		t.Error("the agent has nothing of it")
	}
	w.wait(600 * time.Second)
	w.want("again", Joining, "called again")
}

func TestFlowOfACustomerCalledFirstCanChangeTheAge(t *testing.T) {
	w := customerFirstWorld(t, act{id: "older", kind: "UpdateContactRoutingBehavior", params: `"QueueTimeAdjustmentSeconds":"60"`})
	w.available("agent1")
	w.asks("cb")
	w.wait(5 * time.Second)
	since := w.c("cb").WaitingSince
	w.customerAnswers("cb")
	if c := w.c("cb"); since.Sub(c.WaitingSince) != 60_000 {
		t.Errorf("older by %d ms", since.Sub(c.WaitingSince))
	}
}

func TestCustomerWhoHangsUpInTheFlowAfterBeingCalledFirstIsNotCalledAgain(t *testing.T) {
	w := customerFirstWorld(t, say("hello", "Thank you for waiting."))
	w.available("agent1")
	w.asks("cb")
	w.wait(5 * time.Second)
	w.customerAnswers("cb")
	w.hangsUp("cb", event.CustomerLeg)
	if c := w.want("cb", Ended, "gone"); !c.NextID.IsZero() {
		t.Error("the customer was reached")
	}
}
