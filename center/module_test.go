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

var back = act{id: "return", kind: "EndFlowModuleExecution"}

func module(id, name string, to map[string]string) act {
	if to == nil {
		to = map[string]string{"NoMatchingError": "bye"}
	}
	return act{id: id, kind: "InvokeFlowModule", params: `"FlowModuleId":"` + idOf(name) + `"`, to: to}
}

func attr(id, key, value string) act {
	return act{id: id, kind: "UpdateContactAttributes", params: `"Attributes":{"` + key + `":"` + value + `"}`, to: map[string]string{"NoMatchingError": "bye"}}
}

// moduleWorld is functionWorld with a module.
func moduleWorld(t *testing.T, inside []act, outside ...act) *world {
	w := functionWorld(t, bye)
	w.saveFlow("module", flow.TypeModule, inside...)
	w.saveFlow("asks", flow.TypeContactFlow, outside...)
	return w
}

func TestModuleSeesNothingOfItsFlowButTheContact(t *testing.T) {
	inside := []act{attr("seen", "inside", "[$.External.a|$.FlowAttributes.f|$.Attributes.x|$.Metrics.Queue.Name]"), ask("ask", ""), say("tell", "inside $.External.a"), back, bye}
	w := moduleWorld(t, inside, toQueue, act{id: "metrics", kind: "GetMetricData"}, ask("ask", ""), attr("x", "x", "shared"),
		act{id: "own", kind: "UpdateFlowAttributes", params: `"FlowAttributes":{"f":{"Value":"mine"}}`},
		module("call", "module", nil), say("after", "$.External.a $.FlowAttributes.f $.Metrics.Queue.Name $.Attributes.inside"), bye)
	w.arrives("c1")
	w.answers(`{"a":"outer"}`)
	if c := w.c("c1"); c.Flow.FlowID != w.id("module") || len(c.framesOn(event.CustomerSide)) != 1 {
		t.Fatalf("the contact is in %s", w.text(c.Flow.FlowID))
	}
	w.restart()
	w.answers(`{"a":"inner"}`)
	if w.prompt("c1") != "inside inner" {
		t.Errorf("inside the customer hears %q", w.prompt("c1"))
	}
	w.heard("c1", event.CustomerSide)
	if got := w.prompt("c1"); got != "outer mine BasicQueue [||shared|]" {
		t.Errorf("after it the customer hears %q", got)
	}
	if c := w.c("c1"); c.Flow.FlowID != w.id("asks") || len(c.framesOn(event.CustomerSide)) != 0 {
		t.Errorf("the contact is in %s", w.text(c.Flow.FlowID))
	}
}

func TestFaultOfAModuleIsTheErrorOfItsBlock(t *testing.T) {
	w := moduleWorld(t, []act{ask("ask", ""), back, bye},
		module("call", "module", map[string]string{"NoMatchingError": "sorry"}), say("fine", "Fine."), bye, say("sorry", "Sorry."), bye2)
	w.arrives("c1")
	broken := tandem.Blob(strings.ReplaceAll(script(ask("ask", ""), back, bye), "EndFlowModuleExecution", "Unknown")) // as a newer build may have published it
	for _, m := range []*Machine{w.m, w.follower} {
		m.state.Flows[w.id("module")].Published.Content = broken
		clear(m.programs)
	}
	w.answers(`{}`)
	if w.prompt("c1") != "Sorry." {
		t.Errorf("the customer hears %q", w.prompt("c1"))
	}
}

func TestModulesInvokeModulesFiveDeepAtMost(t *testing.T) {
	w := functionWorld(t, bye)
	w.saveFlow("m6", flow.TypeModule, say("six", "Six deep."), back)
	for n := 5; n > 0; n-- {
		w.saveFlow(fmt.Sprint("m", n), flow.TypeModule, module("call", fmt.Sprint("m", n+1), map[string]string{"NoMatchingError": "deep"}),
			back, say("deep", fmt.Sprintf("Refused at %d.", n)), act{id: "return2", kind: "EndFlowModuleExecution"})
	}
	w.saveFlow("asks", flow.TypeContactFlow, module("call", "m1", nil), say("after", "Back."), bye)
	w.arrives("c1")
	if c := w.c("c1"); w.prompt("c1") != "Refused at 5." || len(c.framesOn(event.CustomerSide)) != maxModuleDepth {
		t.Fatalf("%q at depth %d", w.prompt("c1"), len(c.framesOn(event.CustomerSide)))
	}
	w.heard("c1", event.CustomerSide)
	if w.prompt("c1") != "Back." {
		t.Errorf("the customer hears %q", w.prompt("c1"))
	}
}

func TestContactStaysInTheVersionsOfModuleAndFlowThatItEntered(t *testing.T) {
	w := moduleWorld(t, []act{say("one", "Module 1."), back}, module("call", "module", nil), say("after", "Flow 1."), bye)
	w.arrives("c1")
	w.saveFlow("module", flow.TypeModule, say("one", "Module 2."), back)
	w.saveFlow("asks", flow.TypeContactFlow, module("call", "module", nil), say("after", "Flow 2."), bye)
	w.restart()
	for _, id := range []string{"module", "asks"} {
		w.refused(DeleteFlow{w.id(id)}, tandem.InUse, "ContactFlowId")
	}
	w.heard("c1", event.CustomerSide)
	if w.prompt("c1") != "Flow 1." {
		t.Errorf("the customer hears %q", w.prompt("c1"))
	}
	w.arrives("c2")
	if w.prompt("c2") != "Module 2." {
		t.Errorf("the next customer hears %q", w.prompt("c2"))
	}
	w.hangsUp("c1", event.CustomerLeg)
	if f := w.m.state.Flows[w.id("asks")]; len(f.Running) != 0 {
		t.Errorf("%d versions are kept for nobody", len(f.Running))
	}
}

func TestOldVersionThatEntersAModuleIsKeptUntilItReturns(t *testing.T) {
	w := moduleWorld(t, []act{say("one", "Module."), back}, say("hello", "Hello."), module("call", "module", nil), say("after", "Flow 1."), bye)
	w.arrives("c1")
	w.saveFlow("asks", flow.TypeContactFlow, say("hello", "Hello."), bye)
	for range 2 { // enters the module, and comes back
		w.heard("c1", event.CustomerSide)
		w.restart()
	}
	if w.prompt("c1") != "Flow 1." {
		t.Errorf("the customer hears %q", w.prompt("c1"))
	}
}

func TestModuleIsFoundByVersionAndAlias(t *testing.T) {
	w := moduleWorld(t, []act{say("one", "Version 1."), back}, bye)
	id := w.id("module")
	w.must(SaveModulePointer{event.ModulePointerSaved{ModuleID: id}})
	w.must(SaveModulePointer{event.ModulePointerSaved{ModuleID: id, PointerID: w.id("alias"), Name: "live", Version: 1}})
	w.saveFlow("module", flow.TypeModule, say("one", "Version 2."), back)
	for suffix, want := range map[string]string{"": "Version 2.", ":$LATEST": "Version 2.", ":1": "Version 1.", ":live": "Version 1."} {
		w.saveFlow("asks", flow.TypeContactFlow, act{id: "call", kind: "InvokeFlowModule", params: `"FlowModuleId":"arn:aws:connect:eu-central-1:012345678901:instance/` + w.id("instance").String() + `/flow-module/` + id.String() + suffix + `"`,
			to: map[string]string{"NoMatchingError": "bye"}}, bye)
		name := "call" + suffix
		w.arrives(name)
		if w.prompt(name) != want {
			t.Errorf("%q: the customer hears %q", suffix, w.prompt(name))
		}
	}
	if env := (env{m: w.m}); env.ModuleKnown(id.String()+":2") || env.ModuleKnown(id.String()+":dead") || env.ModuleKnown(w.id("asks").String()) || env.ModuleKnown("") {
		t.Error("what is no version, no alias and no module is known")
	}
}

func TestModuleThatEndsTheContactOrTakesItElsewhereEndsItsFlowToo(t *testing.T) {
	for name, acts := range map[string][]act{
		"disconnects": {bye},
		"to a queue":  {toQueue, enter, bye},
		"to a flow":   {{id: "on", kind: "TransferToFlow", params: `"ContactFlowId":"` + idOf("direct") + `"`, to: map[string]string{"NoMatchingError": "bye"}}, bye},
	} {
		t.Run(name, func(t *testing.T) {
			w := moduleWorld(t, acts, ask("ask", ""), module("call", "module", nil), bye)
			w.arrives("c1")
			w.answers(`{"a":"1"}`)
			c := w.c("c1")
			if len(c.framesOn(event.CustomerSide)) != 0 || (name == "disconnects") != (c.Phase == Ended) {
				t.Fatalf("%d frames in phase %d", len(c.framesOn(event.CustomerSide)), c.Phase)
			}
			if c.Phase != Ended {
				if v, _ := (env{m: w.m, c: c}).Value("External", "a"); v != "1" {
					t.Errorf("the flow's External is %q", v)
				}
			}
		})
	}
}

func TestLoopInAModuleIsInterruptedByItselfAlone(t *testing.T) {
	w := functionWorld(t, bye)
	w.saveFlow("music", flow.TypeModule, act{id: "loop", kind: "MessageParticipantIteratively", params: `"Messages":[{"Text":"Inner."}],"InterruptFrequencySeconds":"30"`,
		to: map[string]string{"Equals MessagesInterrupted": "then"}}, say("then", "Still here?"), end)
	w.saveFlow("queue music", flow.TypeCustomerQueue, module("call", "music", map[string]string{"NoMatchingError": "end"}), end)
	w.saveFlow("asks", flow.TypeContactFlow, hook("h", "CustomerQueue", idOf("queue music")), toQueue, enter, bye)
	w.arrives("c1")
	for range 2 {
		if w.prompt("c1") != "Inner." {
			t.Fatalf("the customer hears %q", w.prompt("c1"))
		}
		w.wait(30 * time.Second)
		if w.prompt("c1") != "Still here?" {
			t.Fatalf("the customer hears %q", w.prompt("c1"))
		}
		w.heard("c1", event.CustomerSide)
	}
	if c := w.want("c1", InQueue, "it waits"); len(c.framesOn(event.CustomerSide)) != 1 {
		t.Error("the module is left")
	}
}

func TestQueueFlowInAModuleGoesOnInTheNextQueue(t *testing.T) {
	w := functionWorld(t, bye)
	w.addQueue("other")
	w.saveFlow("move", flow.TypeModule, act{id: "loop", kind: "MessageParticipantIteratively", params: `"Messages":[{"Text":"Inner."}],"InterruptFrequencySeconds":"30"`,
		to: map[string]string{"Equals MessagesInterrupted": "move"}},
		act{id: "move", kind: "DequeueContactAndTransferToQueue", params: `"QueueId":"` + tandem.NameID("test", "other").String() + `"`, to: map[string]string{"QueueAtCapacity": "end", "NoMatchingError": "end"}},
		back, end)
	w.saveFlow("queue music", flow.TypeCustomerQueue, ask("ask", ""), module("call", "move", map[string]string{"NoMatchingError": "end"}),
		act{id: "tell", kind: "MessageParticipantIteratively", params: `"Messages":[{"Text":"$.External.a"}]`}, end, bye)
	w.saveFlow("asks", flow.TypeContactFlow, hook("h", "CustomerQueue", idOf("queue music")), toQueue, enter, bye)
	w.arrives("c1")
	w.answers(`{"a":"kept"}`)
	next := w.born("c2", w.wait(30*time.Second))
	if next.QueueID != w.id("other") || next.Phase != InQueue || w.prompt("c2") != "kept" || w.c("c1").Memory != nil {
		t.Errorf("queue %s, phase %d, hears %q", w.text(next.QueueID), next.Phase, w.prompt("c2"))
	}
}

func TestWhisperOfMoreThanTwoMinutesEndsInAModuleToo(t *testing.T) {
	w := hookWorld(t, whispers()...)
	w.saveFlow("slow", flow.TypeModule, say("whisper", "Slow."), back)
	w.saveFlow("agent whisper", flow.TypeAgentWhisper, module("call", "slow", map[string]string{"NoMatchingError": "end"}), end)
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.lifts("c1")
	w.must(AcceptContact{w.id("agent1"), w.id("c1")})
	if p := w.want("c1", Joining, "whispering").AgentPlay; p == nil || p.Started.Prompts[0] != "Slow." {
		t.Fatalf("the agent hears %+v", p)
	}
	w.wait(2 * time.Minute)
	if c := w.want("c1", InQueue, "the agent is disconnected"); c.AgentFlow.runs() || len(c.framesOn(event.AgentSide)) > 0 {
		t.Error("the whisper goes on")
	}
}

func TestModuleForTheAgentTakesNothingFromTheCustomersFlow(t *testing.T) {
	w := hookWorld(t, append(whispers(), act{id: "pin", kind: "GetParticipantInput", params: `"Text":"Pin?","StoreInput":"True","InputTimeLimitSeconds":"5","InputValidation":{"CustomValidation":{"MaximumLength":"4"}}`,
		to: map[string]string{"NoMatchingCondition": none}})...)
	w.saveFlow("slow", flow.TypeModule, say("whisper", "Slow."), back)
	w.saveFlow("agent whisper", flow.TypeAgentWhisper, module("call", "slow", map[string]string{"NoMatchingError": "end"}), end)
	w.call("c1", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.playEnded("c1", voice.PlayDigits, "1234")
	w.lifts("c1")
	w.must(AcceptContact{w.id("agent1"), w.id("c1")})
	if c := w.want("c1", Joining, "whispering"); c.StoredInput != "1234" || len(c.framesOn(event.AgentSide)) != 1 {
		t.Errorf("the input is %q in %d modules", c.StoredInput, len(c.framesOn(event.AgentSide)))
	}
	w.hangsUp("c1", event.AgentLeg)
	if c := w.want("c1", InQueue, "the agent left"); c.StoredInput != "1234" || c.AgentMemory != nil {
		t.Errorf("the input is %q", c.StoredInput)
	}
}
