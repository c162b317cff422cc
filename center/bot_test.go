package center

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

const botAlias = "arn:aws:lex:eu-central-1:012345678901:bot-alias/BOT/ALIAS"

func talk(params string, intents ...string) act {
	a := act{id: "talk", kind: "ConnectParticipantWithLexBot", params: `"LexV2Bot":{"AliasArn":"` + botAlias + `"}` + params,
		to: map[string]string{"NoMatchingError": "error", "NoMatchingCondition": "other", "InputTimeLimitExceeded": "late"}}
	for _, intent := range intents {
		a.to["Equals "+intent] = "done"
	}
	return a
}

// botWorld has a number, and the flow "asks" for chats too, that talks with a bot.
func botWorld(t *testing.T, block act) *world {
	w := functionWorld(t, bye)
	w.must(AssociateBot{Bot: botAlias})
	w.saveFlow("asks", flow.TypeContactFlow, block, say("done", "Done: $.Lex.IntentName $.Lex.slots.City $.Lex.SessionAttributes.k."), bye,
		say("other", "Other."), bye2, say("error", "Error."), act{id: "bye3", kind: "DisconnectParticipant"}, say("late", "Late."), act{id: "bye4", kind: "DisconnectParticipant"})
	return w
}

// askedBot is the newest wish to ask a bot.
func (w *world) askedBot() AskBot {
	w.t.Helper()
	for i := len(w.effects) - 1; i >= 0; i-- {
		if a, ok := w.effects[i].(AskBot); ok {
			return a
		}
	}
	w.t.Fatal("no bot was asked")
	return AskBot{}
}

func (w *world) botSays(answer string) []tandem.Event {
	w.t.Helper()
	a := w.askedBot()
	return w.must(BotAnswered{ContactID: a.ContactID, TurnID: a.TurnID, Answer: tandem.Personal(answer)})
}

// spoken lets the customer of a call say something.
func (w *world) spoken(contact, text string) {
	w.t.Helper()
	c := w.c(contact)
	w.report(voice.Report{Kind: voice.PlayEnded, Room: c.callID(), Play: c.Play.Started.PlayID, Outcome: voice.PlaySpoken, Text: tandem.Personal(text)})
}

const (
	botAsksCity = `{"messages":[{"content":"Which city?","contentType":"PlainText"}],"sessionState":{"dialogAction":{"type":"ElicitSlot","slotToElicit":"City"},
		"intent":{"name":"Book","state":"InProgress","slots":{"City":null}},"sessionAttributes":{"k":"v"}}}`
	botIsDone = `{"messages":[{"content":"Booked.","contentType":"PlainText"}],"sessionState":{"dialogAction":{"type":"Close"},
		"intent":{"name":"Book","state":"Fulfilled","slots":{"City":{"value":{"originalValue":"rome","interpretedValue":"Rome"}}}},"sessionAttributes":{"k":"v"}}}`
)

func TestCallerTalksWithABotByVoiceAndKeysUntilItsIntentIsDone(t *testing.T) {
	w := botWorld(t, talk(`,"Text":"How can I help?","LexSessionAttributes":{"from":"flow"}`, "Book"))
	c := w.arrives("c1")
	room := w.lastRoom("c1")
	if len(room.Plays) != 1 || room.Plays[0].Collect == nil || room.Plays[0].Collect.Listen == nil || room.Plays[0].Collect.Listen.Locale != "en_US" || room.Plays[0].Collect.CancelKey != "*" {
		t.Fatalf("media is told %+v", room.Plays)
	}
	w.wait(20 * time.Second) // the prompt may be long
	w.spoken("c1", "I want to travel")
	a := w.askedBot()
	if a.Bot != botAlias || a.Input != "I want to travel" || a.Mode != event.BotSpeech || a.Locale != "en_US" || a.ContactID != c.ContactID || a.Deadline != w.now.Add(30_000) {
		t.Fatalf("the bot is asked %+v", a)
	}
	w.restart()
	w.botSays(botAsksCity)
	if w.prompt("c1") != "Which city?" {
		t.Fatalf("the customer hears %q", w.prompt("c1"))
	}
	w.playEnded("c1", voice.PlayDigits, "7")
	if a = w.askedBot(); a.Mode != event.BotDTMF || a.Input != "7" || !strings.Contains(string(a.Session), `"slotToElicit":"City"`) {
		t.Fatalf("the bot is asked %+v", a)
	}
	w.botSays(botIsDone)
	if w.prompt("c1") != "Booked." {
		t.Fatalf("the customer hears %q", w.prompt("c1"))
	}
	w.playEnded("c1", voice.PlayDone, "")
	if w.prompt("c1") != "Done: Book Rome v." {
		t.Fatalf("the customer hears %q", w.prompt("c1"))
	}
}

func TestBotThatFailsOrLiesOrIsTooLateLeadsToTheErrorBranch(t *testing.T) {
	for name, answered := range map[string]*BotAnswered{
		"failed": {Failure: "gone"}, "no JSON": {Answer: "{"}, "no object": {Answer: "[]"}, "no session": {Answer: "{}"},
		"too long": {Answer: tandem.Personal(`{"sessionState":{},"x":"` + strings.Repeat("x", 70<<10) + `"}`)}, "late": nil,
	} {
		t.Run(name, func(t *testing.T) {
			w := botWorld(t, talk(`,"Text":"How can I help?"`, "Book"))
			w.arrives("c1")
			w.spoken("c1", "hello")
			if answered != nil {
				a := w.askedBot()
				answered.ContactID, answered.TurnID = a.ContactID, a.TurnID
				w.must(*answered)
			} else {
				w.wait(30 * time.Second)
			}
			if w.prompt("c1") != "Error." || len(w.m.Outstanding(1)) != 1 {
				t.Errorf("the customer hears %q; %d outstanding", w.prompt("c1"), len(w.m.Outstanding(1)))
			}
			if got := w.botSays(botIsDone); len(got) > 0 {
				t.Errorf("a late answer gave %s", kinds(got))
			}
		})
	}
}

func TestCallerWhoSaysNothingIsTooLate(t *testing.T) {
	w := botWorld(t, talk(`,"Text":"How can I help?"`, "Book"))
	w.arrives("c1")
	w.playEnded("c1", voice.PlayTimeout, "")
	if w.prompt("c1") != "Late." {
		t.Errorf("the customer hears %q", w.prompt("c1"))
	}
}

// transcript is who said what in a chat.
func (w *world) transcript(contact string) string {
	var lines []string
	for i := range w.records {
		for _, ev := range w.records[i].Events {
			if m, ok := ev.(*event.MessageSent); ok && m.ContactID == w.id(contact) {
				lines = append(lines, m.Role.String()+": "+string(m.Content))
			}
		}
	}
	return strings.Join(lines, "\n")
}

func (w *world) writes(contact, text string) {
	w.t.Helper()
	w.must(SendMessage{ContactID: w.id(contact), Role: event.MessageFromCustomer, ContentType: "text/plain", Content: tandem.Personal(text)})
}

func TestChatWithABotIsATranscriptInTheJournal(t *testing.T) {
	w := botWorld(t, talk(`,"Text":"How can I help?"`, "Book"))
	w.chat("chat1", "asks")
	w.wait(time.Minute) // five are allowed
	w.writes("chat1", "travel")
	w.restart()
	w.botSays(botAsksCity)
	w.writes("chat1", "rome")
	w.botSays(botIsDone)
	want := "SYSTEM: How can I help?\nCUSTOMER: travel\nCUSTOM_BOT: Which city?\nCUSTOMER: rome\nCUSTOM_BOT: Booked.\nSYSTEM: Done: Book Rome v."
	if got := w.transcript("chat1"); got != want {
		t.Errorf("the transcript is\n%s", got)
	}
	w.want("chat1", Ended, "the flow disconnects")
}

func TestCustomerOfAChatWhoWritesNothingInTimeIsTooLate(t *testing.T) {
	w := botWorld(t, talk(`,"Text":"How can I help?","LexTimeoutSeconds":{"Text":"120"}`, "Book"))
	w.chat("chat1", "asks")
	w.wait(2*time.Minute - time.Millisecond)
	w.want("chat1", InFlow, "not yet")
	w.wait(time.Millisecond)
	if got := w.transcript("chat1"); !strings.HasSuffix(got, "SYSTEM: Late.") {
		t.Errorf("the transcript is\n%s", got)
	}
}

func TestCustomerWhoWritesOnWhileTheBotThinksIsAnsweredOnce(t *testing.T) {
	w := botWorld(t, talk(`,"Text":"How can I help?"`, "Book"))
	w.chat("chat1", "asks")
	w.writes("chat1", "travel")
	first := w.askedBot()
	w.writes("chat1", "to rome")
	if got := w.must(BotAnswered{ContactID: first.ContactID, TurnID: first.TurnID, Answer: botAsksCity}); len(got) > 0 {
		t.Errorf("the first answer gave %s", kinds(got))
	}
	w.botSays(botIsDone)
	w.want("chat1", Ended, "the second answer counts")
}

func TestLexAttributesAreReadInAnyCase(t *testing.T) {
	answer := `{"sessionState":{"intent":{"name":"Book","state":"Failed","slots":{"City":{"value":{"originalValue":"rome"}},"Day":null}},"sessionAttributes":{"Key":"v"}},
		"interpretations":[{"nluConfidence":{"score":0.87},"sentimentResponse":{"sentiment":"POSITIVE","sentimentScore":{"positive":0.9}}},
		{"intent":{"name":"Cancel","slots":{"City":{"value":{"interpretedValue":"Oslo"}}}},"nluConfidence":{"score":0.5}}]}`
	w := functionWorld(t, bye)
	c := &Contact{Memory: &FlowMemory{Locals: Locals{Session: tandem.Personal(answer)}}}
	e := env{m: w.m, c: c}
	for path, want := range map[string]string{
		"IntentName": "Book", "intentname": "Book", "DialogState": "Failed", "dialogState": "Failed", "Slots.City": "rome", "slots.city": "rome", "Slots.Day": "",
		"SessionAttributes.Key": "v", "sessionAttributes.Key": "v", "sessionAttributes.key": "", "IntentConfidence.Score": "0.87", "SentimentResponse.Label": "POSITIVE", "SentimentResponse.Scores.Positive": "0.9",
		"AlternateIntents.1.IntentName": "Cancel", "AlternateIntents.Cancel.IntentConfidence.Score": "0.5", "AlternateIntents.1.Slots.City": "Oslo", "AlternateIntents.2.IntentName": "", "Nothing": "",
	} {
		got, ok := e.Value(append([]string{"Lex"}, strings.Split(path, ".")...)...)
		if got != want || ok != (want != "") {
			t.Errorf("$.Lex.%s is %q, %v; want %q", path, got, ok, want)
		}
	}
}

func TestNextConversationKeepsTheAttributesAlone(t *testing.T) {
	r := &runner{m: New(zones{}), c: &Contact{Memory: &FlowMemory{Locals: Locals{Bot: botAlias, Session: botIsDone}}}}
	for bot, want := range map[string]string{botAlias: `{"k":"v","new":"1"}`, "another": `{"new":"1"}`} {
		var got struct{ SessionState map[string]json.RawMessage }
		text := r.session(flow.AskBot{Bot: bot, Attributes: map[string]string{"new": "1"}})
		if err := json.Unmarshal([]byte(text), &got); err != nil || len(got.SessionState) != 1 || string(got.SessionState["sessionAttributes"]) != want {
			t.Errorf("%s is told %s", bot, text)
		}
	}
}

func TestBlockAfterATalkThatWasTooLateHasItsOwnDeadline(t *testing.T) {
	w := botWorld(t, talk(`,"Text":"How can I help?"`, "Book"))
	block := talk(`,"Text":"How can I help?"`)
	block.to = map[string]string{"NoMatchingError": "pause", "NoMatchingCondition": "pause", "InputTimeLimitExceeded": "pause"}
	w.saveFlow("asks", flow.TypeContactFlow, block, act{id: "pause", kind: "Wait", params: `"TimeLimitSeconds":"60"`, to: map[string]string{"Equals WaitCompleted": "over", "NoMatchingError": "over"}},
		say("over", "Over."), bye)
	w.chat("chat1", "asks")
	w.wait(6 * time.Minute)
	if got := w.transcript("chat1"); !strings.HasSuffix(got, "SYSTEM: Over.") {
		t.Errorf("the transcript is\n%s", got)
	}
}
