package explain

import (
	"fmt"

	"tandem"
	"tandem/event"
)

// workWords tells of the contacts that the agent has.
func (s *agentStory) workWords(ev tandem.Event) string {
	contact, user := bothOf(ev)
	if user != s.id {
		return ""
	}
	name := "contact " + contact.String()
	switch ev := ev.(type) {
	case *event.OfferMade:
		return s.wasOffered(name, ev)
	case *event.OfferEnded:
		return offerOutcomes[ev.Outcome] + " " + name
	case *event.AgentConnected:
		if c := s.state().Contacts[contact]; c != nil && c.Method == event.Monitor {
			return "listens in " + name
		}
		return "is connected with " + name
	case *event.AfterContactWorkStarted:
		return "is in After Contact Work for " + name + until(ev.Deadline)
	case *event.ContactCleared:
		return "no longer has " + name
	case *event.ContactReturned:
		return "went Offline: " + name + " goes back to its queue"
	case *event.LegDialed:
		return "the phone is being called" + until(ev.Deadline)
	case *event.LegChanged:
		return "the phone " + legWords(ev)
	}
	return ""
}

func (s *agentStory) wasOffered(name string, ev *event.OfferMade) string {
	if ev.QueueID.IsZero() {
		return fmt.Sprintf("was offered %s, which is for nobody else, until %s at most", name, clock(ev.Deadline))
	}
	return fmt.Sprintf("was offered %s from %s, until %s at most; available since %s", name, s.queue(ev.QueueID), clock(ev.Deadline), clock(ev.AvailableSince))
}

var offerOutcomes = map[event.OfferOutcome]string{
	event.OfferAccepted:  "accepted",
	event.OfferMissed:    "did not answer in time and missed",
	event.OfferRejected:  "declined",
	event.OfferWithdrawn: "lost, since the customer left,",
	event.OfferFailed:    "could not be reached for",
}

// callWords tells what the agent does in calls, and what others do with the
// agent there.
func (s *agentStory) callWords(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		return s.began(ev)
	case *event.LegHeld:
		return s.held(ev)
	case *event.LegMuted:
		if s.isOwn(ev.ContactID, ev.LegID) && ev.Muted {
			return "is muted in contact " + ev.ContactID.String()
		} else if s.isOwn(ev.ContactID, ev.LegID) {
			return "can be heard again in contact " + ev.ContactID.String()
		}
	case *event.MonitorModeSet:
		if s.has(ev.ContactID) && ev.Barged {
			return "talks too in contact " + ev.ContactID.String()
		} else if s.has(ev.ContactID) {
			return "only listens in contact " + ev.ContactID.String()
		}
	case *event.ContactPaused:
		if s.has(ev.ContactID) && ev.Paused {
			return "put contact " + ev.ContactID.String() + " aside"
		} else if s.has(ev.ContactID) {
			return "took contact " + ev.ContactID.String() + " up again"
		}
	}
	return ""
}

// began tells of a contact that the agent has begun: a call, the listening to
// another's, or one more party of a call.
func (s *agentStory) began(ev *event.ContactInitiated) string {
	name := "contact " + ev.ContactID.String()
	switch {
	case ev.UserID == s.id && !ev.MonitoredID.IsZero():
		return fmt.Sprintf("is to listen to contact %s, as %s", ev.MonitoredID, name)
	case ev.UserID == s.id:
		return "calls a customer: " + name
	case ev.PreviousID.IsZero() || !s.has(ev.PreviousID):
		return ""
	case ev.Method == event.Transfer:
		return fmt.Sprintf("begins a transfer of contact %s: %s", ev.PreviousID, name)
	case ev.Method == event.ExternalOutbound:
		return fmt.Sprintf("calls somebody outside from contact %s: %s", ev.PreviousID, name)
	}
	return ""
}

func (s *agentStory) held(ev *event.LegHeld) string {
	c, in := s.state().Contacts[ev.ContactID], " in contact "+ev.ContactID.String()
	switch own := s.isOwn(ev.ContactID, ev.LegID); {
	case own && ev.Held:
		return "was put on hold" + in
	case own:
		return "is no longer on hold" + in
	case ev.ByUserID == s.id && ev.Held:
		return "put " + s.legName(c, ev.LegID) + " on hold" + in
	case ev.ByUserID == s.id:
		return "took " + s.legName(c, ev.LegID) + " off hold" + in
	}
	return ""
}

// has reports whether the contact is at the agent.
func (s *agentStory) has(contactID tandem.ID) bool {
	c := s.state().Contacts[contactID]
	return c != nil && c.UserID == s.id
}

// isOwn reports whether the leg is the agent's.
func (s *agentStory) isOwn(contactID, legID tandem.ID) bool {
	l := legOf(s.state().Contacts[contactID], legID)
	return l != nil && l.UserID == s.id
}
