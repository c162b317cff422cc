package center

import (
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
)

func TestMessagesThatCannotBeSentAreRefused(t *testing.T) {
	w := functionWorld(t, toQueue, enter, bye)
	chatProfile(w)
	w.available("agent1", autoAccept)
	w.chat("chat1", "asks")
	w.arrives("call")
	w.want("chat1", WithAgent, "the agent takes it")
	fine := SendMessage{ContactID: w.id("chat1"), Role: event.MessageFromAgent, UserID: w.id("agent1"), ContentType: "text/plain", Content: "Hello."}
	for _, c := range []struct {
		kind  tandem.ErrorKind
		field string
		spoil func(*SendMessage)
	}{
		{tandem.NotFound, "ContactId", func(b *SendMessage) { b.ContactID = w.id("nobody") }},
		{tandem.Conflict, "ContactId", func(b *SendMessage) { b.ContactID = w.id("call") }},
		{tandem.Invalid, "Role", func(b *SendMessage) { b.Role = event.MessageFromBot }},
		{tandem.Invalid, "UserId", func(b *SendMessage) { b.Role = event.MessageFromCustomer }},
		{tandem.Conflict, "UserId", func(b *SendMessage) { b.UserID = w.id("agent2") }},
		{tandem.Invalid, "ContentType", func(b *SendMessage) { b.ContentType = "text/html" }},
		{tandem.Invalid, "Content", func(b *SendMessage) { b.Content = "" }},
		{tandem.Invalid, "Content", func(b *SendMessage) { b.Content = tandem.Personal(strings.Repeat("x", 1025)) }},
		{tandem.Invalid, "Content", func(b *SendMessage) { b.Content = "\xff" }},
		{tandem.Invalid, "ClientToken", func(b *SendMessage) { b.ClientToken = strings.Repeat("x", 501) }},
	} {
		b := fine
		c.spoil(&b)
		w.refused(b, c.kind, c.field)
	}
	w.must(fine)
	w.must(StopContact{w.id("chat1")})
	w.refused(fine, tandem.Gone, "ContactId")
}

func TestMessageSentAgainWithItsTokenIsSentOnce(t *testing.T) {
	w := functionWorld(t, toQueue, enter, bye)
	w.chat("chat1", "asks")
	b := SendMessage{ContactID: w.id("chat1"), Role: event.MessageFromCustomer, ContentType: "text/plain", Content: "Hello.", ClientToken: "t"}
	first, _, err := w.step(b)
	w.restart()
	again, events, err2 := w.step(b)
	if err != nil || err2 != nil || first != again || len(events) > 0 {
		t.Errorf("answered %v, %v; then %v, %v with %s", first, err, again, err2, kinds(events))
	}
	for n := range 2 * maxRecentSends {
		b.ClientToken = strings.Repeat("t", n+2)
		w.must(b)
	}
	if n := len(w.c("chat1").RecentSends); n != maxRecentSends {
		t.Errorf("%d are remembered", n)
	}
}

func TestWaitGoesOnWhenTheCustomerComesBack(t *testing.T) {
	w := functionWorld(t, act{id: "wait", kind: "Wait", params: `"TimeLimitSeconds":"60","Events":["CustomerReturned"]`,
		to: map[string]string{"Equals WaitCompleted": "over", "Equals CustomerReturned": "back", "NoMatchingError": "bye"}},
		say("back", "Welcome back."), bye, say("over", "Over."), bye2)
	for name, back := range map[string]bool{"chat1": true, "chat2": false} {
		w.chat(name, "asks")
		want := "SYSTEM: Over."
		if back {
			w.must(CustomerReturned{w.id(name)})
			want = "SYSTEM: Welcome back."
		}
		w.wait(time.Minute)
		if got := w.transcript(name); got != want {
			t.Errorf("the transcript is %q", got)
		}
	}
	w.refused(CustomerReturned{w.id("chat1")}, tandem.Gone, "ContactId")
	w.refused(CustomerReturned{w.id("nobody")}, tandem.NotFound, "ContactId")
	w.arrives("call")
	w.refused(CustomerReturned{w.id("call")}, tandem.Conflict, "ContactId")
}

func TestViewIsShownUntilItIsAnsweredOrTooLate(t *testing.T) {
	view := act{id: "view", kind: "ShowView", params: `"ViewResource":{"Id":"form","Version":"2"},"InvocationTimeLimitSeconds":"60","ViewData":{"title":"$.Attributes.t"}`,
		to: map[string]string{"Equals Submit": "sent", "NoMatchingCondition": "other", "NoMatchingError": "other", "TimeLimitExceeded": "late"}}
	w := functionWorld(t, attr("t", "t", "Your order"), view, say("sent", "$.Views.Action $.Views.ViewResultData.order.id"), bye, say("other", "Other."), bye2, say("late", "Late."),
		act{id: "bye3", kind: "DisconnectParticipant"})
	answer := AnswerView{Action: "Submit", Result: `{"order":{"id":7}}`}
	for name, want := range map[string]string{"Submit": "Submit 7", "Cancel": "Other.", "": "Late."} {
		w.chat("chat"+name, "asks")
		c := w.c("chat" + name)
		shown := c.Memory.Shown
		if shown == nil || shown.View != "form:2" || shown.Data != `{"title":"Your order"}` || shown.Deadline != w.now.Add(60_000) {
			t.Fatalf("shown is %+v", shown)
		}
		answer.ContactID, answer.ShownID, answer.Action = c.ContactID, shown.ShownID, name
		w.restart()
		if name == "" {
			w.refused(answer, tandem.Invalid, "Action")
			wrong := answer
			wrong.Action, wrong.Result = "Submit", "[]"
			w.refused(wrong, tandem.Invalid, "Result")
			wrong.Result = tandem.Personal(`{"a":"` + strings.Repeat("x", 33<<10) + `"}`)
			w.refused(wrong, tandem.Invalid, "Result")
			w.wait(time.Minute)
		} else {
			w.must(answer)
		}
		if got := w.transcript("chat" + name); got != "SYSTEM: "+want {
			t.Errorf("the transcript is %q", got)
		}
		answer.Action = "Submit"
		w.refused(answer, tandem.Gone, "ShownId")
	}
}
