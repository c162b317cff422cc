package center

import (
	"strings"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

const (
	// defaultLocale is how customers speak to bots where a flow has set no
	// language.
	defaultLocale = "en_US"
	// botMillis is how long a bot may take where its block sets no limit.
	botMillis = 10_000
	// maxAnswerBytes is how long the answer of a bot may be.
	maxAnswerBytes = 64 << 10
)

// askBot hands what the customer said to a bot.
func (r *runner) askBot(s *tandem.Step, act flow.AskBot) {
	c := r.c
	ev := &event.BotAsked{ContactID: c.ContactID, InitialContactID: c.InitialContactID, TurnID: s.NextID(), Side: r.side, Bot: act.Bot,
		Locale: c.locale(), Mode: botMode(act.Mode), Input: tandem.Personal(act.Text), Session: r.session(act)}
	if len(ev.Session)+len(ev.Input) > maxRequestBytes {
		r.soon = &flow.Input{Kind: flow.InputBotFailed, Text: "too large a request"}
		return
	}
	millis := int64(act.TimeoutMillis)
	if millis <= 0 {
		millis = botMillis
	}
	ev.Deadline = s.At.Add(millis)
	if mem := c.memoryOn(r.side); mem != nil && mem.Asked != nil {
		r.m.turnEnded(s, c, mem.Asked.TurnID, superseded)
	}
	s.Emit(ev)
}

// locale is the contact's language as bots name it.
func (c *Contact) locale() string {
	if c.LanguageCode == "" {
		return defaultLocale
	}
	return strings.ReplaceAll(c.LanguageCode, "-", "_")
}

func botMode(mode string) event.BotInputMode {
	for m := event.BotText; m <= event.BotDTMF; m++ {
		if m.String() == mode {
			return m
		}
	}
	return event.BotText
}

// session is what the bot is told of the conversation so far: its last answer,
// with the attributes that the flow sets. Of a conversation that is over only
// the attributes go on, of one with another bot nothing.
func (r *runner) session(act flow.AskBot) tandem.Personal {
	session := map[string]any{}
	if mem := r.c.memoryOn(r.side); mem != nil && mem.Locals.Bot == act.Bot {
		if last := readObject(string(mem.Locals.Session)); last != nil {
			session = last
		}
	}
	state, _ := session["sessionState"].(map[string]any)
	attributes, _ := state["sessionAttributes"].(map[string]any)
	if attributes == nil {
		attributes = map[string]any{}
	}
	for _, name := range tandem.SortedKeys(act.Attributes) {
		attributes[name] = act.Attributes[name]
	}
	if state == nil || closed(state) {
		session, state = map[string]any{}, map[string]any{}
	}
	state["sessionAttributes"] = attributes
	session["sessionState"] = state
	return tandem.Personal(marshal(session))
}

// closed reports whether the conversation about an intent is over (Amazon Lex
// API: Intent, member state).
func closed(state map[string]any) bool {
	action, _ := state["dialogAction"].(map[string]any)
	intent, _ := state["intent"].(map[string]any)
	switch intent["state"] {
	case "Fulfilled", "Failed", "ReadyForFulfillment":
		return true
	}
	return action["type"] == "Close"
}

// turn finds what a side has asked a bot.
func (c *Contact) turn(id tandem.ID) (*FlowMemory, event.FlowSide) {
	for side := event.CustomerSide; side <= event.AgentSide; side++ {
		if mem := c.memoryOn(side); mem != nil && mem.Asked != nil && mem.Asked.TurnID == id {
			return mem, side
		}
	}
	return nil, 0
}

// botAnswered goes on with the flow that waits for a bot. The answer to a turn
// that nobody waits for leaves no trace.
func (m *Machine) botAnswered(s *tandem.Step, b BotAnswered) {
	c := m.state.Contacts[b.ContactID]
	if c == nil {
		return
	}
	mem, side := c.turn(b.TurnID)
	switch {
	case mem == nil:
	case b.Failure == "" && (len(b.Answer) > maxAnswerBytes || !isObject(string(b.Answer))):
		m.botEnds(s, c, side, "", "the answer is no JSON object, or too long")
	default:
		m.botEnds(s, c, side, string(b.Answer), shortened(b.Failure))
	}
}

// botEnds takes the answer of the bot that a side has asked, or its failure.
func (m *Machine) botEnds(s *tandem.Step, c *Contact, side event.FlowSide, answer, failure string) {
	m.turnEnded(s, c, c.memoryOn(side).Asked.TurnID, failure)
	in := flow.Input{Kind: flow.InputBotAnswered, Result: answer}
	if failure != "" {
		in = flow.Input{Kind: flow.InputBotFailed, Text: failure}
	}
	m.resume(s, c, side, in, s.At)
}

// turnEnded ends a turn; the failure is empty if the bot has answered.
func (m *Machine) turnEnded(s *tandem.Step, c *Contact, turnID tandem.ID, failure string) {
	s.Emit(&event.BotAnswered{ContactID: c.ContactID, InitialContactID: c.InitialContactID, TurnID: turnID, Failure: failure})
}
