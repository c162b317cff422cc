package center

import (
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// waitStory is a flow with a block that waits, and what happens to it.
type waitStory struct {
	block act
	chat  bool
	goes  []func(*world) // each brings it out of its wait, in a life of its own
}

// waitStories has every block that waits, with every input that it waits for.
func waitStories() map[string]waitStory {
	played := func(outcome voice.PlayOutcome, digits string) func(*world) {
		return func(w *world) {
			c := w.c("c1")
			w.report(voice.Report{Kind: voice.PlayEnded, Room: c.callID(), Play: c.Play.Started.PlayID, Outcome: outcome, Digits: tandem.Personal(digits), Text: "hello"})
		}
	}
	late := func(d time.Duration) func(*world) { return func(w *world) { w.wait(d) } }
	outside := func(kind voice.ReportKind) func(*world) {
		return func(w *world) {
			c := w.c("c1")
			w.report(voice.Report{Kind: kind, Room: c.callID(), Leg: c.legOf(event.OutsideLeg).ID, Cause: voice.CauseRemote})
		}
	}
	then := func(all ...func(*world)) func(*world) {
		return func(w *world) {
			for _, do := range all {
				do(w)
				w.pause()
			}
		}
	}
	spoken, wrote := func(w *world) { w.spoken("c1", "travel") }, func(w *world) { w.writes("c1", "travel") }
	bot := func(answer string) func(*world) { return func(w *world) { w.botSays(answer) } }
	to := func(names ...string) map[string]string {
		all := map[string]string{}
		for _, name := range names {
			all[name] = "second"
		}
		return all
	}
	talking := talk(`,"Text":"How can I help?"`)
	talking.to = to("NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded", "Equals Book")
	return map[string]waitStory{
		"prompt": {block: say("block", "Hello."), goes: []func(*world){played(voice.PlayDone, ""), played(voice.PlayFailed, "")}},
		"keys": {block: act{id: "block", kind: "GetParticipantInput", params: `"Text":"One?","StoreInput":"False","InputTimeLimitSeconds":"5"`,
			to: to("Equals 1", "InputTimeLimitExceeded", "NoMatchingCondition", "NoMatchingError")},
			goes: []func(*world){played(voice.PlayDigits, "1"), played(voice.PlayDigits, "2"), played(voice.PlayTimeout, ""), played(voice.PlayFailed, "")}},
		"function": {block: ask("block", ""), goes: []func(*world){func(w *world) { w.answers(`{"a":"1"}`) }, func(w *world) { w.answers(`[`) }, late(3 * time.Second)}},
		"bot on the phone": {block: talking, goes: []func(*world){
			then(spoken, bot(botAsksCity), played(voice.PlayDigits, "1"), bot(botIsDone), played(voice.PlayDone, "")),
			then(spoken, bot(`{}`)), then(spoken, late(30*time.Second)), played(voice.PlayTimeout, ""), played(voice.PlayFailed, "")}},
		"bot in a chat": {block: talking, chat: true, goes: []func(*world){then(wrote, bot(botAsksCity), wrote, bot(botIsDone)), then(wrote, wrote, bot(botIsDone)), late(5 * time.Minute)}},
		"module":        {block: module("block", "inside", nil), goes: []func(*world){then(played(voice.PlayDone, ""), func(w *world) { w.answers(`{}`) })}},
		"view": {chat: true, block: act{id: "block", kind: "ShowView", params: `"ViewResource":{"Id":"form"},"InvocationTimeLimitSeconds":"60"`,
			to: to("Equals Submit", "NoMatchingCondition", "NoMatchingError", "TimeLimitExceeded")},
			goes: []func(*world){func(w *world) {
				w.must(AnswerView{ContactID: w.id("c1"), ShownID: w.c("c1").Memory.Shown.ShownID, Action: "Submit", Result: `{"a":1}`})
			}, late(time.Minute)}},
		"wait": {chat: true, block: act{id: "block", kind: "Wait", params: `"TimeLimitSeconds":"60","Events":["CustomerReturned"]`,
			to: to("Equals WaitCompleted", "Equals CustomerReturned", "NoMatchingError")},
			goes: []func(*world){func(w *world) { w.must(CustomerReturned{w.id("c1")}) }, late(time.Minute)}},
		"somebody outside": {block: act{id: "block", kind: "TransferParticipantToThirdParty", params: `"ThirdPartyPhoneNumber":"+4930777","ThirdPartyConnectionTimeLimitSeconds":"9","ContinueFlowExecution":"True"`,
			to: to("CallFailed", "ConnectionTimeLimitExceeded", "NoMatchingError")},
			goes: []func(*world){then(outside(voice.LegAnswered), outside(voice.LegEnded)), outside(voice.LegEnded), late(time.Minute)}},
	}
}

// pause is where the center is killed and begins again, in the lives in which it
// is: it knows its snapshot alone, and what is outstanding is handed out anew.
func (w *world) pause() {
	if w.killed {
		w.restart()
		w.effects = w.m.Outstanding(1)
	}
}

// story lives one way out of a wait, and tells all of it.
func (s *waitStory) story(t *testing.T, goes func(*world), killed bool) string {
	w := functionWorld(t, bye)
	w.must(AssociateBot{Bot: botAlias})
	w.saveFlow("inside", flow.TypeModule, say("in", "Inside."), ask("ask", ""), back, bye)
	w.saveFlow("asks", flow.TypeContactFlow, s.block, say("first", "First $.External.a $.Lex.IntentName $.Views.Action."), bye, say("second", "Second $.Lex.IntentName $.Views.Action."), bye2)
	w.killed = killed
	before := len(w.records)
	if s.chat {
		w.chat("c1", "asks")
	} else {
		w.arrives("c1")
	}
	w.pause()
	goes(w)
	w.pause()
	w.wait(10 * time.Minute)
	var b strings.Builder
	for i := range w.records[before:] {
		b.WriteString(w.tell(w.records[before+i].Events))
	}
	return b.String()
}

func TestCenterKilledAtAnyWaitGoesOnAsIfNothingHadHappened(t *testing.T) {
	all := waitStories()
	for _, name := range tandem.SortedKeys(all) {
		s := all[name]
		if s.block.id != "block" && s.block.id != "talk" {
			t.Fatalf("%s has no block", name)
		}
		for i, goes := range s.goes {
			straight, killed := s.story(t, goes, false), s.story(t, goes, true)
			if straight != killed {
				t.Errorf("%s, way %d: straight on it is\n%s\nkilled at every wait it is\n%s", name, i, straight, killed)
			}
			if !strings.Contains(straight, "First ") && !strings.Contains(straight, "Second ") && !strings.Contains(straight, "ContactDisconnected") {
				t.Errorf("%s, way %d leads nowhere:\n%s", name, i, straight)
			}
		}
	}
}
