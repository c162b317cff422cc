package explain

import (
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
)

// party tells of those who are in the contact's call.
func (s *contactStory) party(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.LegDialed:
		return s.partyName(ev.Role, ev.UserID) + " is being called" + until(ev.Deadline)
	case *event.LegChanged:
		return s.phone(s.contact(), ev) + " " + legWords(ev)
	case *event.LegHeld:
		return s.held(ev)
	case *event.LegMuted:
		if ev.Muted {
			return s.legName(s.contact(), ev.LegID) + " is muted"
		}
		return s.legName(s.contact(), ev.LegID) + " can be heard again"
	case *event.MonitorModeSet:
		if ev.Barged {
			return "the supervisor talks too"
		}
		return "the supervisor only listens"
	case *event.CustomerMoved:
		if ev.FromContactID == s.id {
			return "its customer goes on in contact " + ev.ToContactID.String()
		}
		return "the customer came to it from contact " + ev.FromContactID.String()
	case *event.ContactTransferred:
		return transferred(ev)
	case *event.ContactBridged:
		return "somebody outside is being called for it"
	}
	return ""
}

func (s *contactStory) held(ev *event.LegHeld) string {
	who := s.legName(s.contact(), ev.LegID)
	switch {
	case ev.Held && !ev.ByUserID.IsZero():
		return s.user(ev.ByUserID) + " put " + who + " on hold"
	case ev.Held:
		return who + " was put on hold"
	case !ev.ByUserID.IsZero():
		return s.user(ev.ByUserID) + " took " + who + " off hold"
	}
	return who + " is no longer on hold"
}

func transferred(ev *event.ContactTransferred) string {
	to := map[event.TransferKind]string{event.TransferToAgent: "transferred to an agent", event.TransferToQueue: "transferred to a queue",
		event.TransferOutside: "transferred to somebody outside"}[ev.To]
	switch {
	case ev.NextContactID.IsZero():
		return to
	case to == "":
		return "goes on as contact " + ev.NextContactID.String()
	}
	return to + ": goes on as contact " + ev.NextContactID.String()
}

// partyName is what somebody in a call is called: agents by name.
func (t *teller) partyName(role event.LegRole, userID tandem.ID) string {
	switch {
	case role == event.CustomerLeg || role == 0 && userID.IsZero():
		return "the customer"
	case role == event.OutsideLeg:
		return "the party outside"
	case role == event.MonitorLeg:
		return "the supervisor " + t.user(userID)
	}
	return t.user(userID)
}

// legName is what the party of a leg is called.
func (t *teller) legName(c *center.Contact, legID tandem.ID) string {
	if l := legOf(c, legID); l != nil {
		return t.partyName(l.Role, l.UserID)
	}
	return "a party"
}

func legOf(c *center.Contact, legID tandem.ID) *center.Leg {
	if c == nil {
		return nil
	}
	for i := range c.Legs {
		if c.Legs[i].ID == legID {
			return &c.Legs[i]
		}
	}
	return nil
}

// customerCalled reports whether the contact's customer was called, rather than
// being the one who called.
func customerCalled(c *center.Contact) bool {
	for i := range c.Legs {
		if l := &c.Legs[i]; l.Role == event.CustomerLeg && l.Dialed != nil {
			return true
		}
	}
	return false
}

// phone is what the leg of an event is called.
func (t *teller) phone(c *center.Contact, ev *event.LegChanged) string {
	var role event.LegRole
	if l := legOf(c, ev.LegID); l != nil {
		role = l.Role
	}
	switch {
	case !ev.UserID.IsZero():
		return "the phone of " + t.user(ev.UserID)
	case role == event.OutsideLeg:
		return "the phone outside"
	}
	return "the customer's call"
}

func legWords(ev *event.LegChanged) string {
	switch ev.State {
	case event.LegRequested:
		return "is being called"
	case event.LegRinging:
		return "rings"
	case event.LegAnswered:
		return "is answered"
	}
	return fmt.Sprintf("is over: %s", voice.Cause(ev.Cause))
}
