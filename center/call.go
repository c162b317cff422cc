package center

import (
	"tandem"
	"tandem/event"
	"tandem/voice"
)

// The contacts that talk together are one call: the one that began it, and one
// more for each agent or outside party who was added. They share the call's id,
// which is the first contact's and the room's. The customer's leg belongs to one
// of them at a time; when that one ends, it moves on to another.

// callID is the call of a voice contact.
func (c *Contact) callID() tandem.ID {
	if c.CallID.IsZero() { // from before calls had ids
		return c.ContactID
	}
	return c.CallID
}

// role is the part of a leg, also of one from before legs had roles.
func (l *Leg) role() event.LegRole {
	switch {
	case l.Role != 0:
		return l.Role
	case l.UserID.IsZero():
		return event.CustomerLeg
	}
	return event.AgentLeg
}

// alive reports whether the leg may exist.
func (l *Leg) alive() bool { return l != nil && l.State != event.LegGone }

// inCall is the contacts of a call, in the order of their beginning. The list
// stays as it is when the call changes.
func (m *Machine) inCall(callID tandem.ID) []*Contact {
	if sh := m.latest; sh != nil && sh.call != nil && sh.call.id == callID {
		return sh.call.contacts
	}
	if of := m.calls[callID]; of != nil {
		return of.contacts
	}
	return nil
}

// others is the live contacts of the contact's call besides itself, without
// those that only listen.
func (m *Machine) others(c *Contact) []*Contact {
	var others []*Contact
	for _, o := range m.inCall(c.callID()) {
		if o != c && o.live() && o.Method != event.Monitor {
			others = append(others, o)
		}
	}
	return others
}

// leg finds a leg of a call, and the contact that it belongs to.
func (m *Machine) leg(callID, legID tandem.ID) (*Contact, *Leg) {
	for _, c := range m.inCall(callID) {
		if i := c.legIndex(legID); i >= 0 {
			return c, &c.Legs[i]
		}
	}
	return nil, nil
}

// customer is the customer's leg, if this contact has it; nil if not.
func (c *Contact) customer() *Leg { return c.legOf(event.CustomerLeg) }

// outside is the leg of somebody outside whom the contact has called.
func (c *Contact) outside() *Leg { return c.legOf(event.OutsideLeg) }

// own is the leg of the contact's agent, or of its supervisor.
func (c *Contact) own() *Leg {
	if i := c.legIndex(c.OfferID); i >= 0 && !c.OfferID.IsZero() {
		return &c.Legs[i]
	}
	return nil
}

func (c *Contact) legOf(role event.LegRole) *Leg {
	for i := range c.Legs {
		if c.Legs[i].role() == role {
			return &c.Legs[i]
		}
	}
	return nil
}

// customerOf is the customer's leg of a call, and the contact that has it.
func (m *Machine) customerOf(callID tandem.ID) (*Contact, *Leg) {
	for _, c := range m.inCall(callID) {
		if l := c.customer(); l != nil {
			return c, l
		}
	}
	return nil, nil
}

// requester is the leg of the agent who asked for the transfer, as long as it
// lives: that agent hears the contact's flow.
func (m *Machine) requester(c *Contact) *Leg {
	if c.RequesterLeg.IsZero() {
		return nil
	}
	o, l := m.leg(c.callID(), c.RequesterLeg)
	if o == nil || !o.live() || !l.alive() {
		return nil
	}
	return l
}

// listener is the leg that hears what the contact's flow plays on a side; the
// zero id for none.
func (m *Machine) listener(c *Contact, side event.FlowSide) tandem.ID {
	if side == event.AgentSide {
		return c.OfferID
	}
	if l := m.requester(c); l != nil {
		if _, customer := m.customerOf(c.callID()); l.Held && customer.alive() && !customer.Held {
			return customer.ID // the agent has left the customer alone with the flow
		}
		return l.ID
	}
	if l := c.customer(); l.alive() {
		return l.ID
	}
	return tandem.ID{}
}

// talks reports whether the leg takes part in the talk of its call.
func (c *Contact) talks(l *Leg) bool {
	if !c.live() || l.State != event.LegAnswered || l.Held {
		return false
	}
	switch l.role() {
	case event.AgentLeg:
		return c.Phase == WithAgent && l.ID == c.OfferID
	case event.MonitorLeg:
		return c.Phase == WithAgent && l.Barged
	}
	return c.Phase == WithAgent || c.Phase == Bridged && c.bridged()
}

// bridged reports whether the outside party has answered.
func (c *Contact) bridged() bool {
	l := c.outside()
	return l != nil && l.State == event.LegAnswered
}

// parties counts who takes part in a call, or is about to.
func (m *Machine) parties(callID tandem.ID) int {
	n := 0
	for _, c := range m.inCall(callID) {
		if !c.live() || c.Method == event.Monitor {
			continue
		}
		if c.customer().alive() {
			n++
		}
		if c.own().alive() || c.outside().alive() || c.customer() == nil {
			n++
		}
	}
	return n
}

// emitLeg states where a leg stands.
func (m *Machine) emitLeg(s *tandem.Step, c *Contact, leg Leg, state event.LegState, cause voice.Cause, at tandem.Time) {
	s.Emit(&event.LegChanged{ContactID: c.ContactID, LegID: leg.ID, UserID: leg.UserID, State: state, Cause: uint8(cause), At: c.notBefore(s, at)})
}

// dial asks for one more leg.
func (m *Machine) dial(s *tandem.Step, c *Contact, d event.LegDialed) {
	d.ContactID, d.InitialContactID, d.At = c.ContactID, c.InitialContactID, c.notBefore(s, s.At)
	s.Emit(&d)
}
