package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

const customerNumber = "+4930123456"

// outboundWorld has an agent, and a queue with a caller id.
func outboundWorld(t *testing.T) *world {
	w := created(t)
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = w.id("number1") })
	w.available("agent1")
	w.report(voice.Report{Kind: voice.MediaStarted})
	return w
}

// calls lets an agent call the customer, and lift the phone.
func (w *world) calls(agent, contact string) {
	w.t.Helper()
	answer, _, err := w.step(StartOutboundCall{UserID: w.id(agent), Number: customerNumber})
	if err != nil {
		w.t.Fatal(err)
	}
	w.name(answer.(tandem.ID), contact)
	w.lifts(contact)
}

func TestAgentCallsOutInAnyStatus(t *testing.T) {
	w := outboundWorld(t)
	w.addStatus("Break")
	for _, status := range []string{"Available", "Break", "Offline"} {
		w.status("agent1", status)
		w.calls("agent1", status+" call")
		w.customerAnswers(status + " call")
		c := w.want(status+" call", WithAgent, status)
		if c.Method != event.Outbound || c.CustomerAddress != customerNumber || c.HandledBy != w.id("agent1") || !c.EnqueuedAt.IsZero() {
			t.Errorf("%s: %+v", status, c)
		}
		w.hangsUp(status+" call", event.CustomerLeg)
		w.want(status+" call", WrapUp, "after contact work")
		w.must(DismissUserContact{w.id("agent1"), w.id(status + " call")})
		w.wantStatus("agent1", status, "", "the status stays")
	}
}

func TestNumberThatStartsNoFlowIsShown(t *testing.T) {
	w := outboundWorld(t)
	w.must(AssociateNumber{NumberID: w.id("number1")}) // the flow is taken away; the queue still shows it
	w.calls("agent1", "c1")
	if shown := w.c("c1").customer().Dialed.CallerID; shown != directNumber {
		t.Errorf("the agent's call shows %q", shown)
	}
	_, events, err := w.step(StartOutboundContact{Number: customerNumber, SourceNumber: directNumber, FlowID: w.id("direct")})
	if err != nil {
		t.Fatal(err)
	}
	if shown := w.born("c2", events).customer().Dialed.CallerID; shown != directNumber {
		t.Errorf("the call of the API shows %q", shown)
	}
}

func TestOutboundCallShowsTheNumberOfTheBlockThenOfTheQueue(t *testing.T) {
	w := outboundWorld(t)
	number := func(name string) tandem.Personal {
		w.calls("agent1", name)
		shown := w.c(name).customer().Dialed.CallerID
		w.hangsUp(name, event.AgentLeg)
		w.must(DismissUserContact{w.id("agent1"), w.id(name)})
		return shown
	}
	if got := number("c1"); got != directNumber {
		t.Errorf("the queue's: got %s", got)
	}
	w.saveFlow("whisper", "OUTBOUND_WHISPER", act{id: "call", kind: "CompleteOutboundCall", params: `"CallerId":{"Number":"` + menuNumber + `"}`}, end)
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.OutboundFlowID = w.id("whisper") })
	if got := number("c2"); got != menuNumber {
		t.Errorf("the block's: got %s", got)
	}
	w.saveFlow("whisper", "OUTBOUND_WHISPER", act{id: "call", kind: "CompleteOutboundCall", params: `"CallerId":{"Number":"$.Attributes.none"}`}, end)
	if got := number("c3"); got != directNumber {
		t.Errorf("no number in E.164: got %s", got)
	}
}

func TestOutboundCallWithoutACallerIDFailsAndLeadsToAfterContactWork(t *testing.T) {
	for _, acts := range [][]act{nil, {{id: "call", kind: "CompleteOutboundCall"}, end}, {say("hello", "This call is recorded."), end}} {
		w := outboundWorld(t)
		w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = tandem.ID{} })
		if acts != nil {
			w.saveFlow("whisper", "OUTBOUND_WHISPER", acts...)
		}
		w.calls("agent1", "c1")
		c := w.want("c1", WrapUp, "the attempt failed")
		if c.customer() != nil || !c.ConnectedToAgentAt.IsZero() || c.Flow != (FlowPosition{}) {
			t.Errorf("nobody was called: %+v", c.Flow)
		}
		w.wait(30 * time.Second)
		w.want("c1", Ended, "wrapped up")
	}
}

func TestOutboundWhisperIsHeardByTheCustomerBeforeTheAgent(t *testing.T) {
	w := outboundWorld(t)
	w.saveFlow("whisper", "OUTBOUND_WHISPER", say("hello", "This call is recorded."), end)
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.OutboundFlowID = w.id("whisper") })
	w.calls("agent1", "c1")
	w.want("c1", Joining, "the customer is dialled")
	w.customerAnswers("c1")
	c := w.want("c1", Joining, "the whisper plays")
	if r := w.lastRoom("c1"); len(r.Plays) != 1 || r.Plays[0].Listener != c.customer().ID || len(r.Mix) != 0 {
		t.Fatalf("got %+v", r)
	}
	w.heard("c1", event.CustomerSide)
	w.want("c1", WithAgent, "connected")
}

func TestOutboundWhisperEndsAfterTwoMinutes(t *testing.T) {
	w := outboundWorld(t)
	w.saveFlow("whisper", "OUTBOUND_WHISPER", say("hello", "A very long text."), end)
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.OutboundFlowID = w.id("whisper") })
	w.calls("agent1", "c1")
	w.wait(30 * time.Second)
	w.customerAnswers("c1")
	w.wait(2*time.Minute - time.Millisecond)
	w.want("c1", Joining, "not yet")
	w.wait(time.Millisecond)
	w.want("c1", WrapUp, "the customer has listened for two minutes")
}

func TestOutboundCallThatIsNotAnsweredLeadsToAfterContactWork(t *testing.T) {
	w := outboundWorld(t)
	w.calls("agent1", "c1")
	w.phone(voice.LegEnded, "c1", event.CustomerLeg, voice.CauseNoAnswer)
	if c := w.want("c1", WrapUp, "nobody answered"); !c.ConnectedToSystemAt.IsZero() || c.Reason != event.CustomerDisconnect {
		t.Errorf("got %s", c.Reason)
	}
	w.must(DismissUserContact{w.id("agent1"), w.id("c1")})
	w.calls("agent1", "c2")
	w.wait(65 * time.Second)
	w.want("c2", WrapUp, "media said nothing for a minute")
}

func TestOutboundCallIsRefusedWhereItCannotBeMade(t *testing.T) {
	w := outboundWorld(t)
	w.available("agent2", softPhone)
	call := StartOutboundCall{UserID: w.id("agent1"), Number: customerNumber}
	with := func(change func(*StartOutboundCall)) StartOutboundCall { b := call; change(&b); return b }
	w.refused(with(func(b *StartOutboundCall) { b.UserID = w.id("none") }), tandem.NotFound, "UserId")
	w.refused(with(func(b *StartOutboundCall) { b.UserID = w.id("agent2") }), tandem.Conflict, "UserId")
	w.refused(with(func(b *StartOutboundCall) { b.Number = "110" }), tandem.Invalid, "PhoneNumber")
	w.refused(with(func(b *StartOutboundCall) { b.QueueID = w.id("none") }), tandem.NotFound, "QueueId")
	w.calls("agent1", "c1")
	w.refused(call, tandem.Conflict, "UserId")
}

func TestOutboundContactRunsItsFlowWhenTheCustomerAnswers(t *testing.T) {
	w := outboundWorld(t)
	start := StartOutboundContact{Number: customerNumber, SourceNumber: menuNumber, FlowID: w.id("direct"), ClientToken: "token1", RingSeconds: 20,
		Attributes: tandem.PersonalMap{"order": "7"}}
	answer, events, err := w.step(start)
	if err != nil {
		t.Fatal(err)
	}
	w.born("c1", events)
	if l := w.c("c1").customer(); l.Dialed.CallerID != menuNumber || l.Dialed.Deadline.Sub(w.now) != 20_000 {
		t.Errorf("got %+v", l.Dialed)
	}
	if again, _, _ := w.step(start); again != answer {
		t.Error("the same token is the same contact")
	}
	w.customerAnswers("c1")
	c := w.c("c1")
	w.wantOffered("c1", "agent1", "its flow queued it")
	if c.Method != event.API || c.ConnectedToSystemAt.IsZero() || c.Attributes["order"] != "7" {
		t.Errorf("got %+v", c)
	}
	w.lifts("c1")
	w.want("c1", WithAgent, "connected")
}

func TestOutboundContactThatIsNotAnsweredRunsNoFlow(t *testing.T) {
	for _, cause := range []voice.Cause{voice.CauseNoAnswer, voice.CauseBusy, voice.CauseInvalid} {
		w := outboundWorld(t)
		_, events, err := w.step(StartOutboundContact{Number: customerNumber, QueueID: w.id("BasicQueue"), FlowID: w.id("direct")})
		if err != nil {
			t.Fatal(err)
		}
		w.born("c1", events)
		events = w.phone(voice.LegEnded, "c1", event.CustomerLeg, cause)
		c := w.want("c1", Ended, "not reached")
		if !c.ConnectedToSystemAt.IsZero() || c.Flow.runs() || (cause == voice.CauseInvalid) != (c.Reason == event.TelecomProblem) {
			t.Errorf("%s: %s\n%s", cause, c.Reason, w.tell(events))
		}
	}
}

func TestOutboundContactIsValidated(t *testing.T) {
	w := outboundWorld(t)
	good := StartOutboundContact{Number: customerNumber, SourceNumber: menuNumber, FlowID: w.id("direct")}
	for field, spoil := range map[string]func(*StartOutboundContact){
		"DestinationPhoneNumber": func(b *StartOutboundContact) { b.Number = "1" },
		"SourcePhoneNumber":      func(b *StartOutboundContact) { b.SourceNumber = "+14155559999" },
		"ContactFlowId":          func(b *StartOutboundContact) { b.FlowID = w.id("none") },
		"QueueId":                func(b *StartOutboundContact) { b.QueueID = w.id("none") },
		"RingTimeoutInSeconds":   func(b *StartOutboundContact) { b.RingSeconds = 301 },
		"Attributes":             func(b *StartOutboundContact) { b.Attributes = tandem.PersonalMap{"": ""} },
	} {
		b := good
		spoil(&b)
		if _, _, err := w.step(b); err == nil || err.(*tandem.Error).Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = tandem.ID{} })
	w.refused(StartOutboundContact{Number: customerNumber, QueueID: w.id("BasicQueue"), FlowID: w.id("direct")}, tandem.Invalid, "SourcePhoneNumber")
}

func TestTimeSinceLastInboundLeavesOutboundCallsOutOfThePlaceAmongTheAvailable(t *testing.T) {
	for _, inboundOnly := range []bool{false, true} {
		w := outboundWorld(t)
		w.profile(func(p *event.RoutingProfileSaved) { p.SinceLastInbound = inboundOnly })
		w.wait(time.Second)
		w.available("agent2")
		w.wait(time.Second)
		w.calls("agent1", "c1")
		w.customerAnswers("c1")
		w.hangsUp("c1", event.CustomerLeg)
		w.must(DismissUserContact{w.id("agent1"), w.id("c1")})
		w.waitingCall("c2")
		first := "agent2"
		if inboundOnly {
			first = "agent1"
		}
		w.wantOffered("c2", first, "available longest")
	}
}
