package explain

import (
	"fmt"

	"tandem"
	"tandem/event"
)

// asked tells of functions, bots, modules and views of the contact's flows, and
// of messages, without what was said.
func (s *contactStory) asked(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.FunctionInvoked:
		return forSide(ev.Side) + invoked(ev)
	case *event.FunctionReturned:
		return answered("the function", ev.Failure)
	case *event.ExternalSet:
		return forSide(ev.Side) + "the flow can read what the function answered"
	case *event.BotAsked:
		return forSide(ev.Side) + fmt.Sprintf("asked the bot %s (%s, %s)", ev.Bot, ev.Locale, ev.Mode) + until(ev.Deadline)
	case *event.BotAnswered:
		return answered("the bot", ev.Failure)
	case *event.BotSessionSet:
		return forSide(ev.Side) + "what the flow reads of its talk with the bot changed"
	case *event.ModuleEntered:
		return forSide(ev.Side) + fmt.Sprintf("went into the module %s, version %d", s.flowName(ev.ModuleID), ev.Version)
	case *event.ModuleLeft:
		return forSide(ev.Side) + "came back from the module: " + ev.Outcome
	case *event.ViewShown:
		return forSide(ev.Side) + fmt.Sprintf("the view %s is shown", ev.View) + until(ev.Deadline)
	case *event.ViewAnswered:
		if ev.Action == "" {
			return forSide(ev.Side) + "the view is no longer shown; nobody answered it"
		}
		return forSide(ev.Side) + "the view was answered: " + ev.Action
	case *event.MessageSent:
		return s.wrote(ev)
	case *event.FlowBlockLogged:
		return forSide(ev.Side) + fmt.Sprintf("the block %s was logged as %s", ev.Identifier, ev.ModuleType)
	}
	return ""
}

func invoked(ev *event.FunctionInvoked) string {
	what := "asked the function " + ev.FunctionARN
	if ev.Async {
		return what + ", and goes on without its answer"
	}
	return what + until(ev.Deadline)
}

// answered tells how it ended that somebody was asked.
func answered(who, failure string) string {
	if failure == "" {
		return who + " answered"
	}
	return who + " did not answer: " + failure
}

func (s *contactStory) wrote(ev *event.MessageSent) string {
	switch ev.Role {
	case event.MessageFromCustomer:
		return "the customer wrote a message"
	case event.MessageFromAgent:
		return s.user(ev.UserID) + " wrote a message"
	case event.MessageFromBot:
		return "the bot wrote a message"
	}
	return "the flow wrote a message"
}

// askedOf is the contact that an event of [contactStory.asked] is about.
func askedOf(ev tandem.Event) tandem.ID {
	switch ev := ev.(type) {
	case *event.FunctionInvoked:
		return ev.ContactID
	case *event.FunctionReturned:
		return ev.ContactID
	case *event.ExternalSet:
		return ev.ContactID
	case *event.BotAsked:
		return ev.ContactID
	case *event.BotAnswered:
		return ev.ContactID
	case *event.BotSessionSet:
		return ev.ContactID
	case *event.ModuleEntered:
		return ev.ContactID
	case *event.ModuleLeft:
		return ev.ContactID
	case *event.ViewShown:
		return ev.ContactID
	case *event.ViewAnswered:
		return ev.ContactID
	case *event.MessageSent:
		return ev.ContactID
	case *event.FlowBlockLogged:
		return ev.ContactID
	}
	return tandem.ID{}
}
