package world

import (
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// The function and the bot that the world's flows ask.
const (
	functionARN = "arn:aws:lambda:eu-central-1:012345678901:function:look-up"
	botAlias    = "arn:aws:lex:eu-central-1:012345678901:bot-alias/BOT/ALIAS"
)

// edges is how functions and bots are: slow, of little use, and forgetful.
var edges = tandem.Actor{Kind: tandem.ActorSystem}

// asked lets a function or a bot be asked, mostly once.
func (w *World) asked(effect tandem.Effect) {
	switch e := effect.(type) {
	case center.InvokeFunction:
		w.replies("function", e.Deadline, func() any {
			b := center.FunctionReturned{ContactID: e.ContactID, InvocationID: e.InvocationID}
			b.Result, b.Failure = w.functionSays()
			return b
		})
	case center.AskBot:
		w.replies("bot", e.Deadline, func() any {
			b := center.BotAnswered{ContactID: e.ContactID, TurnID: e.TurnID}
			b.Answer, b.Failure = w.botSays(e)
			return b
		})
	}
}

// replies lets an answer come: in time or too late, once, twice or never.
func (w *World) replies(who string, deadline tandem.Time, answer func() any) {
	after := w.chance.Between(20, 1_500)
	switch {
	case w.chance.PerMille(60):
		w.count(who + " never answered")
		return
	case w.chance.PerMille(60):
		w.count(who + " answered late")
		after = max(0, deadline.Sub(w.Now())) + w.chance.Between(1, 20_000)
	}
	w.After(after, func() { w.ask(edges, answer(), nil) })
	if w.chance.PerMille(60) {
		w.count(who + " answered twice")
		w.After(after+w.chance.Between(0, 5_000), func() { w.ask(edges, answer(), nil) })
	}
}

// functionSays is the answer of the function, which may be a lie or too long.
func (w *World) functionSays() (result tandem.Personal, failure string) {
	switch {
	case w.chance.PerMille(100):
		w.count("function failed")
		return "", "Status Code: 500; Error Code: ServiceException"
	case w.chance.PerMille(60):
		w.count("function lied")
		return `{"plan":["gold"`, ""
	case w.chance.PerMille(60):
		w.count("function said too much")
		return tandem.Personal(`{"plan":"` + strings.Repeat("x", 33<<10) + `"}`), ""
	}
	w.count("function answered")
	return `{"plan":"gold","orders":7}`, ""
}

// botSays is the answer of the bot: a question, or the end of the talk.
func (w *World) botSays(e center.AskBot) (answer tandem.Personal, failure string) {
	switch {
	case w.chance.PerMille(80):
		w.count("bot failed")
		return "", "the bot is gone"
	case w.chance.PerMille(50):
		w.count("bot lied")
		return `{"sessionState":[]}`, ""
	case w.chance.PerMille(500):
		w.count("bot asked back")
		return `{"messages":[{"content":"Which city?","contentType":"PlainText"}],"sessionState":{"dialogAction":{"type":"ElicitSlot","slotToElicit":"City"},
			"intent":{"name":"Travel","state":"InProgress","slots":{"City":null}},"sessionAttributes":{"mode":"` + tandem.Personal(e.Mode.String()) + `"}}}`, ""
	}
	w.count("bot done")
	return `{"messages":[{"content":"Fine.","contentType":"PlainText"}],"sessionState":{"dialogAction":{"type":"Close"},
		"intent":{"name":"Travel","state":"Fulfilled","slots":{"City":{"value":{"originalValue":"rome","interpretedValue":"Rome"}}}}}}`, ""
}

// chatSees lets the customer of a chat write back, fill in what is shown, or
// come back after a while.
func (w *World) chatSees(ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.MessageSent:
		if ev.Role == event.MessageFromCustomer || !w.chance.PerMille(700) {
			return
		}
		b := center.SendMessage{ContactID: ev.ContactID, Role: event.MessageFromCustomer, ContentType: "text/plain", Content: "I want to travel."}
		if w.chance.PerMille(300) {
			b.ClientToken = w.token("message")
		}
		w.After(w.chance.Between(500, 20_000), func() { w.writes(b) })
		if w.chance.PerMille(100) {
			w.After(w.chance.Between(500, 60_000), func() { w.ask(program, center.CustomerReturned{ContactID: ev.ContactID}, nil) })
		}
	case *event.ViewShown:
		action := "Submit"
		if w.chance.PerMille(300) {
			action = "Cancel"
		}
		if w.chance.PerMille(700) {
			b := center.AnswerView{ContactID: ev.ContactID, ShownID: ev.ShownID, Action: action, Result: `{"city":"Rome"}`}
			w.After(w.chance.Between(500, 60_000), func() { w.ask(program, b, nil) })
		}
	}
}

// writes sends a message, and one with a token now and then again.
func (w *World) writes(b center.SendMessage) {
	w.ask(program, b, func(answer any, err error) {
		if err != nil || b.ClientToken == "" || !w.chance.PerMille(300) {
			return
		}
		w.ask(program, b, func(again any, err error) {
			if err == nil && again != answer {
				w.complain("a message that was sent again was answered %v, not %v", again, answer)
			}
		})
	})
}
