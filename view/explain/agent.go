package explain

import (
	"fmt"

	"tandem"
	"tandem/event"
)

// agentStory is what one agent did and what happened to the agent's status.
type agentStory struct {
	*teller
	id    tandem.ID
	known bool
}

func (s *agentStory) words(_ *tandem.Record, ev tandem.Event) (string, []string) {
	if what, why := s.statusWords(ev); what != "" {
		return what, why
	}
	if what := s.workWords(ev); what != "" {
		return what, nil
	}
	return s.presenceWords(ev), nil
}

func (*agentStory) after(*tandem.Record) (string, []string) { return "", nil }

// statusWords tells of the user and the status in the center.
func (s *agentStory) statusWords(ev tandem.Event) (string, []string) {
	switch ev := ev.(type) {
	case *event.UserSaved:
		if ev.UserID == s.id {
			return s.saved(), nil
		}
	case *event.UserDeleted:
		if ev.UserID == s.id {
			return "the user was deleted", nil
		}
	case *event.SubjectErased:
		if ev.Subject == s.id {
			return "everything personal about the user was erased", nil
		}
	case *event.AgentStatusChanged:
		if ev.UserID == s.id {
			return s.changed(ev)
		}
	case *event.NextStatusSet:
		if ev.UserID == s.id && ev.StatusID.IsZero() {
			return "took the next status back", nil
		}
		if ev.UserID == s.id {
			return fmt.Sprintf("chose %s as the next status, to be taken when the present contacts are cleared", s.status(ev.StatusID)), nil
		}
	}
	return "", nil
}

func (s *agentStory) saved() string {
	if s.known {
		return "the user was changed"
	}
	s.known = true
	return "the user was created"
}

func (s *agentStory) changed(ev *event.AgentStatusChanged) (string, []string) {
	what := "status is now " + s.status(ev.StatusID)
	a := s.state().Agents[s.id]
	if a == nil {
		return what, nil
	}
	what += fmt.Sprintf(" (was %s since %s)", s.status(a.StatusID), clock(a.StatusSince))
	if a.NextStatusID == ev.StatusID {
		return what, []string{"it was chosen as the next status at " + clock(a.NextSince)}
	}
	return what, nil
}

// workWords tells of the contacts that the agent has.
func (s *agentStory) workWords(ev tandem.Event) string {
	contact, user := bothOf(ev)
	if user != s.id {
		return ""
	}
	name := "contact " + contact.String()
	switch ev := ev.(type) {
	case *event.OfferMade:
		return fmt.Sprintf("was offered %s from %s, until %s at most; available since %s", name, s.queue(ev.QueueID), clock(ev.Deadline), clock(ev.AvailableSince))
	case *event.OfferEnded:
		return offerOutcomes[ev.Outcome] + " " + name
	case *event.AgentConnected:
		return "is connected with " + name
	case *event.AfterContactWorkStarted:
		return "is in After Contact Work for " + name + until(ev.Deadline)
	case *event.ContactCleared:
		return "no longer has " + name
	case *event.LegChanged:
		return "the phone " + legWords(ev)
	}
	return ""
}

var offerOutcomes = map[event.OfferOutcome]string{
	event.OfferAccepted:  "accepted",
	event.OfferMissed:    "did not answer in time and missed",
	event.OfferRejected:  "declined",
	event.OfferWithdrawn: "lost, since the customer left,",
	event.OfferFailed:    "could not be reached for",
}
