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

// hookWorld has a number whose flow runs acts, records nobody, and queues the
// caller, and an agent with a soft phone who is available.
func hookWorld(t *testing.T, acts ...act) *world {
	w := created(t)
	w.report(voice.Report{Kind: voice.MediaStarted})
	w.saveFlow(flow.SampleAgentWhisper, flow.TypeAgentWhisper, end)
	w.saveFlow(flow.SampleCustomerWhisper, flow.TypeCustomerWhisper, end)
	w.saveFlow("agent whisper", flow.TypeAgentWhisper, say("whisper", "A call for sales."), end)
	w.saveFlow("customer whisper", flow.TypeCustomerWhisper, say("whisper", "This call is recorded."), end)
	w.saveFlow("music", flow.TypeCustomerQueue, act{id: "loop", kind: "MessageParticipantIteratively", params: `"Messages":[{"Text":"Music."}]`}, end)
	w.saveFlow("remaining", flow.TypeContactFlow, say("survey", "How was it?"), bye)
	w.saveFlow("hooked", flow.TypeContactFlow, append(acts, toQueue, enter, bye)...)
	w.saveNumber("+14155550110", "hooked")
	w.available("agent1", softPhone)
	w.must(SetAgentConnection{UserID: w.id("agent1"), Connected: true, Softphone: true})
	return w
}

// whispers chooses both whispers.
func whispers() []act {
	return []act{hook("h1", "AgentWhisper", idOf("agent whisper")), hook("h2", "CustomerWhisper", idOf("customer whisper"))}
}

// idOf is the id of a flow that has this name in the world, or will.
func idOf(name string) string { return tandem.NameID("test", name).String() }

// whispering has a call that both whispers are for, accepted by its agent.
func whispering(t *testing.T) *world {
	w := hookWorld(t, whispers()...)
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.lifts("c1")
	w.must(AcceptContact{w.id("agent1"), w.id("c1")})
	return w
}

func (w *world) hearsText(leg tandem.ID) string {
	for _, p := range w.lastRoom("c1").Plays {
		if p.Listener == leg {
			return string(p.Items[0].Text)
		}
	}
	return ""
}

func TestAgentHearsTheWhisperWhileTheCustomerWaitsThenTheCustomerHearsTheirs(t *testing.T) {
	w := whispering(t)
	c := w.want("c1", Joining, "the agent whisper")
	agent, customer := c.own().ID, c.customer().ID
	if w.hearsText(agent) != "A call for sales." || w.hearsText(customer) != "Please hold." {
		t.Fatalf("agent hears %q, customer %q", w.hearsText(agent), w.hearsText(customer))
	}
	w.restart()
	w.heard("c1", event.AgentSide)
	if w.hearsText(agent) != "" || w.hearsText(customer) != "This call is recorded." || w.c("c1").Phase != Joining {
		t.Fatalf("agent hears %q, customer %q", w.hearsText(agent), w.hearsText(customer))
	}
	w.heard("c1", event.CustomerSide)
	if c := w.want("c1", WithAgent, "both are over"); len(w.lastRoom("c1").Mix) != 2 || c.DequeuedAt != w.now {
		t.Error("they must hear each other")
	}
}

func TestAgentWhisperOfMoreThanTwoMinutesReturnsTheContactToItsQueue(t *testing.T) {
	w := whispering(t)
	since := w.c("c1").WaitingSince
	w.wait(2*time.Minute - time.Millisecond)
	w.want("c1", Joining, "not yet")
	w.wait(time.Millisecond)
	c := w.want("c1", InQueue, "the agent is disconnected")
	if slot := w.agent("agent1").slot(c.ContactID); slot == nil || slot.State != Rejected || c.WaitingSince != since {
		t.Errorf("slot %+v", slot)
	}
}

func TestCustomerWhisperOfMoreThanTwoMinutesEndsTheContact(t *testing.T) {
	w := whispering(t)
	w.wait(time.Minute)
	w.heard("c1", event.AgentSide)
	w.wait(2*time.Minute - time.Millisecond)
	w.want("c1", Joining, "each whisper has its two minutes")
	w.wait(time.Millisecond)
	w.want("c1", Ended, "the customer is disconnected")
	if len(w.agent("agent1").Contacts) != 0 {
		t.Error("the agent has nothing of it")
	}
}

func TestCustomerWhoHangsUpInAWhisperFreesTheAgentWithoutAfterContactWork(t *testing.T) {
	for _, side := range []event.FlowSide{event.CustomerSide, event.AgentSide} {
		w := whispering(t)
		if side == event.CustomerSide {
			w.heard("c1", event.AgentSide)
		}
		w.hangsUp("c1", event.CustomerLeg)
		if c := w.want("c1", Ended, "gone"); !c.WrapUpAt.IsZero() || len(w.agent("agent1").Contacts) != 0 {
			t.Error("nothing stays with the agent")
		}
	}
}

func TestAgentWhoHangsUpInAWhisperReturnsTheContactWithItsAge(t *testing.T) {
	for _, side := range []event.FlowSide{event.CustomerSide, event.AgentSide} {
		w := whispering(t)
		since := w.c("c1").WaitingSince
		if side == event.CustomerSide {
			w.heard("c1", event.AgentSide)
		}
		w.hangsUp("c1", event.AgentLeg)
		c := w.want("c1", InQueue, "the caller waits on")
		if c.WaitingSince != since || c.Flow.Type != string(flow.TypeCustomerQueue) || w.hearsText(c.customer().ID) != "Please hold." {
			t.Errorf("side %d: in flow %s since %s", side, c.Flow.Type, c.WaitingSince)
		}
	}
}

func TestWhispersThatSayNothingConnectAtOnce(t *testing.T) {
	w := hookWorld(t, whispers()...)
	w.saveFlow("agent whisper", flow.TypeAgentWhisper, act{id: "a", kind: "UpdateContactAttributes", params: `"Attributes":{"k":"v"}`, to: map[string]string{"NoMatchingError": "end"}}, end)
	w.saveFlow("customer whisper", flow.TypeCustomerWhisper, end)
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.lifts("c1")
	w.must(AcceptContact{w.id("agent1"), w.id("c1")})
	w.want("c1", WithAgent, "whispers that say nothing")
}

func TestDefaultHooksRunForCallsUnlessDisabled(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		var acts []act
		if disabled {
			acts = []act{{id: "off", kind: "UpdateContactEventHooks", params: `"EventHooksConfiguration":{"AgentWhisper":{"DisableExecution":"True"}}`}}
		}
		w := hookWorld(t, acts...)
		w.saveFlow(flow.SampleAgentWhisper, flow.TypeAgentWhisper, say("whisper", "The default."), end)
		w.call("c1", customerNumber, "+14155550110")
		w.legReport(voice.LegAnswered, "c1", false, 0)
		w.lifts("c1")
		w.must(AcceptContact{w.id("agent1"), w.id("c1")})
		if disabled {
			w.want("c1", WithAgent, "no whisper at all")
		} else if w.want("c1", Joining, "the default"); w.hearsText(w.c("c1").own().ID) != "The default." {
			t.Error("the default whisper does not run")
		}
	}
}

func TestChosenFlowThatIsNoLongerPublishedGivesWayToTheDefault(t *testing.T) {
	w := hookWorld(t, hook("h1", "CustomerQueue", idOf("music")))
	w.status("agent1", "Offline")
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	if w.hearsText(w.c("c1").customer().ID) != "Music." {
		t.Error("the chosen flow")
	}
	f := w.m.state.Flows[w.id("music")].Saved
	f.Archived = true
	w.must(SaveFlow{Flow: f})
	w.call("c2", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c2", false, 0)
	if c := w.c("c2"); c.Flow.FlowID != w.m.defaultFlow(flow.TypeCustomerQueue).FlowID {
		t.Error("the default flow")
	}
}

// chatProfile lets the agents of the world take chats.
func chatProfile(w *world) {
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Concurrency = append(p.Concurrency, event.ChannelConcurrency{Channel: event.Chat, Maximum: 2})
		p.Entries = append(p.Entries, event.RoutingEntry{QueueID: w.id("BasicQueue"), Channel: event.Chat, Priority: 1})
	})
}

func TestChatsRunHooksOnlyWhereTheyAreSet(t *testing.T) {
	w := created(t)
	chatProfile(w)
	w.saveFlow(flow.SampleAgentWhisper, flow.TypeAgentWhisper, say("whisper", "The default."), end)
	w.saveFlow("chat whisper", flow.TypeAgentWhisper, act{id: "mark", kind: "UpdateContactAttributes", params: `"Attributes":{"whispered":"yes"}`}, say("whisper", "A chat."), end)
	w.saveFlow("chat flow", flow.TypeContactFlow, hook("h", "AgentWhisper", w.id("chat whisper").String()), toQueue, enter, bye)
	w.available("agent1", autoAccept)
	w.chat("chat1", "direct")
	if c := w.want("chat1", WithAgent, "no hook is set"); c.Attributes["whispered"] != "" {
		t.Error("the default is for calls")
	}
	w.chat("chat2", "chat flow")
	if c := w.want("chat2", WithAgent, "the whisper is over at once"); c.Attributes["whispered"] != "yes" {
		t.Error("the hook does not run")
	}
	if got := w.transcript("chat2"); strings.Contains(got, "A chat.") {
		t.Errorf("the customer reads what is for the agent: %s", got)
	}
}

func TestChatMessageIsSaidAtOnce(t *testing.T) {
	w := created(t)
	w.saveFlow("chat flow", flow.TypeContactFlow, say("hello", "Hello."), say("wait", "Somebody will be with you."), toQueue, enter, bye)
	events := w.chat("chat1", "chat flow")
	c := w.want("chat1", InQueue, "both messages are said")
	var said []string
	for _, ev := range events {
		if p, ok := ev.(*event.PlayStarted); ok {
			said = append(said, string(p.Prompts[0]))
		}
	}
	if fmt.Sprint(said) != "[Hello. Somebody will be with you.]" || c.Play != nil {
		t.Errorf("said %v, plays %v", said, c.Play)
	}
}

func TestDisconnectFlowTakesTheCustomerWhomTheAgentLeft(t *testing.T) {
	w := hookWorld(t, hook("h1", "CustomerRemaining", idOf("remaining")))
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.lifts("c1")
	w.must(AcceptContact{w.id("agent1"), w.id("c1")})
	w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"k": "v"}})
	next := w.born("c2", w.hangsUp("c1", event.AgentLeg))
	w.want("c1", WrapUp, "the agent wraps up")
	if next.Method != event.Disconnect || next.Flow.FlowID != w.id("remaining") || next.Attributes["k"] != "v" || next.customer() == nil ||
		next.PreviousID != w.id("c1") || w.c("c1").NextID != next.ContactID {
		t.Fatalf("got %+v", next)
	}
	w.heard("c2", event.CustomerSide)
	w.want("c2", Ended, "the survey is over")
}

func TestDisconnectFlowIsNotForCustomersWhoHangUpOrWereNeverServed(t *testing.T) {
	w := hookWorld(t, hook("h1", "CustomerRemaining", idOf("remaining")))
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.must(StopContact{w.id("c1")})
	w.must(UpdateContactAttributes{w.id("c1"), nil})
	w.call("c2", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c2", false, 0)
	w.lifts("c2")
	w.must(AcceptContact{w.id("agent1"), w.id("c2")})
	w.hangsUp("c2", event.CustomerLeg)
	if len(w.m.state.Contacts) != 2 || !w.c("c2").NextID.IsZero() {
		t.Error("nobody remains")
	}
}

func TestQueueFlowIsInterruptedAndResumed(t *testing.T) {
	w := created(t)
	w.saveFlow(flow.SampleCustomerQueue, flow.TypeCustomerQueue, loopOnce, say("then", "You are number $.Queue.Position."), end)
	w.waitingCall("c1")
	for range 3 {
		w.wait(30 * time.Second)
		c := w.c("c1")
		if c.Flow.ActionID != "then" || c.Play.Started.Prompts[0] != "You are number 1." {
			t.Fatalf("stands in %s, plays %v", c.Flow.ActionID, c.Play.Started.Prompts)
		}
		w.restart()
		w.heard("c1", event.CustomerSide)
		if c := w.c("c1"); c.Flow.ActionID != "loop" || c.Flow.Deadline != w.now.Add(30_000) {
			t.Fatalf("stands in %s until %s", c.Flow.ActionID, c.Flow.Deadline)
		}
	}
}

func TestTransferToFlowGoesOnInTheOtherFlowAndACircleEnds(t *testing.T) {
	w := created(t)
	w.saveFlow("b", flow.TypeContactFlow, toQueue, enter, bye)
	w.saveFlow("a", flow.TypeContactFlow, act{id: "go", kind: "TransferToFlow", params: `"ContactFlowId":"` + w.id("b").String() + `"`}, bye)
	_, events, _ := w.step(StartTask{FlowID: w.id("a"), Name: "t1"})
	w.born("t1", events)
	w.want("t1", InQueue, "the other flow queued it")
	w.saveFlow("b", flow.TypeContactFlow, act{id: "back", kind: "TransferToFlow", params: `"ContactFlowId":"` + w.id("a").String() + `"`}, bye)
	_, events, _ = w.step(StartTask{FlowID: w.id("a"), Name: "t2"})
	if c := w.born("t2", events); c.Phase != Ended || c.Reason != event.ContactFlowDisconnect {
		t.Errorf("phase %d", c.Phase)
	}
	entered := strings.Count(kinds(events), "FlowEntered")
	if entered != maxHops+1 {
		t.Errorf("entered %d flows", entered)
	}
}

func TestFlowAttributesEndWithTheFlow(t *testing.T) {
	w := created(t)
	local := act{id: "local", kind: "UpdateFlowAttributes", params: `"FlowAttributes":{"k":{"Value":"v"}}`}
	copied := func(name string) act {
		return act{id: name, kind: "UpdateContactAttributes", params: `"Attributes":{"` + name + `":"<$.FlowAttributes.k>"}`}
	}
	w.saveFlow("b", flow.TypeContactFlow, copied("b"), toQueue, enter, bye)
	w.saveFlow("a", flow.TypeContactFlow, local, copied("a"), act{id: "go", kind: "TransferToFlow", params: `"ContactFlowId":"` + w.id("b").String() + `"`}, bye)
	_, events, _ := w.step(StartTask{FlowID: w.id("a"), Name: "t1"})
	c := w.born("t1", events)
	if c.Attributes["a"] != "<v>" || c.Attributes["b"] != "<>" || c.FlowAttributes != nil {
		t.Errorf("got %v, left %v", c.Attributes, c.FlowAttributes)
	}
}

func TestFlowAttributesOfBothSidesAreApart(t *testing.T) {
	local := func(value string) act {
		return act{id: "local", kind: "UpdateFlowAttributes", params: `"FlowAttributes":{"k":{"Value":"` + value + `"}}`}
	}
	w := hookWorld(t, hook("h1", "AgentWhisper", idOf("agent whisper")), hook("h2", "CustomerQueue", idOf("music")))
	w.saveFlow("music", flow.TypeCustomerQueue, local("customer's"), loopOnce, say("then", "$.FlowAttributes.k"), end)
	w.saveFlow("agent whisper", flow.TypeAgentWhisper, act{id: "before", kind: "UpdateContactAttributes", params: `"Attributes":{"before":"<$.FlowAttributes.k>"}`},
		local("agent's"), say("whisper", "$.FlowAttributes.k"), end)
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.lifts("c1")
	w.must(AcceptContact{w.id("agent1"), w.id("c1")})
	c := w.want("c1", Joining, "whispering")
	if c.Attributes["before"] != "<>" || w.hearsText(c.own().ID) != "agent's" {
		t.Errorf("the whisper saw %q and says %q", c.Attributes["before"], w.hearsText(c.own().ID))
	}
	w.restart()
	w.wait(30 * time.Second)
	if got := w.hearsText(w.c("c1").customer().ID); got != "customer's" {
		t.Errorf("the queue flow says %q", got)
	}
	w.heard("c1", event.AgentSide)
	if c := w.c("c1"); c.AgentFlowAttributes != nil || c.FlowAttributes != nil {
		t.Error("both flows have ended")
	}
}

func TestRunningContactKeepsItsFlowVersionsOnBothSides(t *testing.T) {
	w := whispering(t)
	w.saveFlow("agent whisper", flow.TypeAgentWhisper, say("new", "New."), end)
	w.must(SaveFlow{Flow: func() event.FlowSaved {
		f := w.m.state.Flows[w.id(flow.SampleCustomerQueue)].Saved
		f.Content = w.content(script(say("new", "New."), end))
		return f
	}()})
	w.restart()
	c := w.c("c1")
	if c.Flow.Version != 1 || c.AgentFlow.Version != 1 {
		t.Fatalf("versions %d and %d", c.Flow.Version, c.AgentFlow.Version)
	}
	w.wait(30 * time.Second)
	if got := w.hearsText(c.customer().ID); got != "Still busy." {
		t.Errorf("the customer hears %q", got)
	}
	w.heard("c1", event.AgentSide)
	w.heard("c1", event.CustomerSide)
	w.want("c1", WithAgent, "through")
	for _, name := range []string{"agent whisper", flow.SampleCustomerQueue} {
		if n := len(w.m.state.Flows[w.id(name)].Running); n != 0 {
			t.Errorf("%s keeps %d versions that nobody runs", name, n)
		}
	}
}

func TestCallerWhoGoesToSomebodyOutsideWhileBeingOfferedLeavesTheAgentNothing(t *testing.T) {
	for _, accepted := range []bool{false, true} {
		w := hookWorld(t, hook("h1", "CustomerQueue", idOf("music")), hook("h2", "AgentWhisper", idOf("agent whisper")))
		w.saveFlow("music", flow.TypeCustomerQueue, loopOnce, act{id: "then", kind: "TransferParticipantToThirdParty", params: `"ThirdPartyPhoneNumber":"+4940999999"`}, bye)
		w.status("agent1", "Offline")
		w.call("c1", customerNumber, "+14155550110")
		w.legReport(voice.LegAnswered, "c1", false, 0)
		w.wait(25 * time.Second)
		w.status("agent1", "Available")
		w.wantOffered("c1", "agent1", "offered")
		if accepted {
			w.lifts("c1")
			w.must(AcceptContact{w.id("agent1"), w.id("c1")})
		}
		w.wait(5 * time.Second)
		w.want("c1", Bridged, "somebody outside is called")
		if len(w.agent("agent1").Contacts) != 0 {
			t.Error("nothing stays with the agent")
		}
	}
}

func TestAttributesSurviveEveryTransfer(t *testing.T) {
	// SIM-S18
	w := created(t)
	w.addQueue("Other")
	w.report(voice.Report{Kind: voice.MediaStarted})
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = w.id("number1") })
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Entries = append(p.Entries, event.RoutingEntry{QueueID: w.id("Other"), Channel: event.Voice, Priority: 1})
	})
	w.saveFlow("remaining", flow.TypeContactFlow, toQueue, createCallback(""), bye, say("sorry", "Not now."), bye2)
	w.saveFlow("queue", flow.TypeCustomerQueue, loopOnce, act{id: "then", kind: "DequeueContactAndTransferToQueue", params: `"QueueId":"` + w.id("Other").String() + `"`}, end)
	w.saveFlow("first", flow.TypeContactFlow, hook("h1", "CustomerQueue", w.id("queue").String()), hook("h2", "CustomerRemaining", w.id("remaining").String()), toQueue, enter, bye)
	w.saveNumber("+14155550110", "first")
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	all := tandem.PersonalMap{"k": strings.Repeat("x", tandem.MaxAttributesBytes-1)}
	w.must(UpdateContactAttributes{w.id("c1"), all})
	w.born("c2", w.wait(30*time.Second))
	w.available("agent1")
	w.lifts("c2")
	c3 := w.born("c3", w.hangsUp("c2", event.AgentLeg))
	if c3.NextID.IsZero() {
		t.Fatal("the disconnect flow made a callback")
	}
	w.name(c3.NextID, "c4")
	for i, name := range []string{"c1", "c2", "c3", "c4"} {
		c := w.c(name)
		if c.Attributes["k"] != all["k"] || c.InitialContactID != w.id("c1") || int(c.ChainLength) != i+1 {
			t.Errorf("%s: %d bytes of attributes, place %d in the chain, after %s", name, len(c.Attributes["k"]), c.ChainLength, w.text(c.PreviousID))
		}
	}
}

func TestHooksOfTasksAndGuidesAreKept(t *testing.T) {
	hooks := []event.Hook{event.HookDefaultAgentUI, event.HookDisconnectAgentUI, event.HookPauseContact, event.HookResumeContact}
	var acts []act
	for _, h := range hooks {
		acts = append(acts, hook(h.String(), h.String(), idOf("remaining")))
	}
	off := act{id: "off", kind: "UpdateContactEventHooks", params: `"EventHooksConfiguration":{"ResumeContact":{"DisableExecution":"True"}}`}
	w := hookWorld(t, append(acts, off)...)
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.restart()
	for _, h := range hooks {
		id, disabled := w.c("c1").Hooks.of(h)
		if (id == w.id("remaining")) == disabled || disabled != (h == event.HookResumeContact) {
			t.Errorf("%s is %s, disabled %v", h, w.text(id), disabled)
		}
	}
}
