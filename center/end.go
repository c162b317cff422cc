package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// disconnect ends a live contact. What it held is released: an offer is
// withdrawn, its flows are stopped, and a customer who is not the one who left
// goes on in another contact of the call, if there is one. With an agent the
// wrap-up begins. Who ended it first decides the reason: a contact that has
// ended is left alone.
func (m *Machine) disconnect(s *tandem.Step, c *Contact, at tandem.Time, reason event.DisconnectReason) {
	if !c.live() {
		return
	}
	m.stopOffer(s, c, at)
	at = c.notBefore(s, at)
	var remaining *Contact
	if c.customer().alive() {
		remaining = m.passCustomer(s, c, at)
	}
	m.releaseParties(s, c, at)
	m.finish(s, c, at, reason)
	m.endUnheard(s, c, at)
	if remaining != nil {
		m.startFlow(s, remaining, at)
	}
}

// stopOffer withdraws the offer of a contact, and stops its flows.
func (m *Machine) stopOffer(s *tandem.Step, c *Contact, at tandem.Time) {
	if c.Phase == Offered {
		m.endOffer(s, c, at, event.OfferWithdrawn)
	}
	m.stopFlows(s, c, "Disconnected")
}

// finish ends a contact of which nobody is handed on.
func (m *Machine) finish(s *tandem.Step, c *Contact, at tandem.Time, reason event.DisconnectReason) {
	at = c.notBefore(s, at)
	s.Emit(&event.ContactDisconnected{ContactID: c.ContactID, At: at, Reason: reason})
	m.endWork(s, c, at)
	m.endMonitors(s, c, at)
	m.retryCallback(s, c)
}

// endWork ends what the agent has of a contact that was disconnected. After a
// conversation, and after an attempt to reach a customer, comes the wrap-up; of
// one that the agent had accepted but whose customer left, nothing stays.
func (m *Machine) endWork(s *tandem.Step, c *Contact, at tandem.Time) {
	tried := c.Phase == Joining && (c.Method == event.Outbound || c.Method == event.Callback)
	switch {
	case c.UserID.IsZero():
	case c.Method != event.Monitor && (c.Phase == WithAgent || tried):
		work := &event.AfterContactWorkStarted{ContactID: c.ContactID, UserID: c.UserID, At: at}
		if seconds := m.agent(c.UserID).User.AfterContactWorkSeconds; seconds > 0 {
			work.Deadline = at.AddSeconds(int64(seconds))
		}
		s.Emit(work)
		return
	default:
		s.Emit(&event.ContactCleared{ContactID: c.ContactID, UserID: c.UserID, At: s.At})
		defer m.slotFreed(s, m.agent(c.UserID))
	}
	s.Emit(&event.ContactEnded{ContactID: c.ContactID, At: c.LastAt})
}

// passCustomer hands the customer of a contact that ends to another contact of
// the call, best one with somebody to talk to, or to one for the disconnect
// flow, which it returns: that flow begins once the contact has ended. With none
// the customer is hung up with the contact.
func (m *Machine) passCustomer(s *tandem.Step, c *Contact, at tandem.Time) (remaining *Contact) {
	heir := m.heir(c)
	if heir == nil {
		return m.beginRemaining(s, c, at)
	}
	m.moveCustomer(s, c, heir, at)
	to := event.TransferToAgent
	switch {
	case heir.Method == event.ExternalOutbound:
		to = event.TransferOutside
	case heir.TargetUserID.IsZero():
		to = event.TransferToQueue
	}
	transferred := &event.ContactTransferred{ContactID: c.ContactID, InitialContactID: c.InitialContactID, NextContactID: heir.ContactID, To: to, At: c.LastAt}
	if to == event.TransferOutside {
		transferred.Endpoint = heir.CustomerAddress
	}
	s.Emit(transferred)
	return nil
}

// moveCustomer hands the customer on. On hold stays whom an agent holds who is
// still in the call.
func (m *Machine) moveCustomer(s *tandem.Step, c, to *Contact, at tandem.Time) {
	l := c.customer()
	holder := slices.ContainsFunc(m.others(c), func(o *Contact) bool {
		return o.Phase == WithAgent && !o.UserID.IsZero() && o.UserID == l.HeldBy
	})
	if !holder {
		m.release(s, c, l, at)
	}
	s.Emit(&event.CustomerMoved{FromContactID: c.ContactID, ToContactID: to.ContactID, At: to.notBefore(s, at)})
	if l = to.customer(); l.Held {
		m.enterHoldFlow(s, to, event.CustomerLeg, at)
	}
}

// heir is the contact of the call in which the customer goes on: the first with
// an agent to talk to, then one with somebody outside, else one that waits for an
// agent; nil for none.
func (m *Machine) heir(c *Contact) *Contact {
	var best *Contact
	rank := func(o *Contact) int {
		switch {
		case o.Phase == WithAgent:
			return 0
		case o.Phase == Bridged && o.bridged():
			return 1
		case o.Phase == Joining || o.Phase == Offered || o.Phase == Bridged:
			return 2
		}
		return 3
	}
	for _, o := range m.others(c) {
		if best == nil || rank(o) < rank(best) {
			best = o
		}
	}
	return best
}

// beginRemaining lets a customer who remains after the agent has left go on in
// the flow that the contact names for it, as a contact of its own; nil for none.
func (m *Machine) beginRemaining(s *tandem.Step, c *Contact, at tandem.Time) *Contact {
	f := m.remainingFlow(c)
	if f == nil {
		return nil
	}
	id := s.NextID()
	s.Emit(m.follower(c, event.ContactInitiated{ContactID: id, Method: event.Disconnect, At: at, StartFlowID: f.FlowID}))
	m.moveCustomer(s, c, m.contact(id), at)
	s.Emit(&event.ContactTransferred{ContactID: c.ContactID, InitialContactID: c.InitialContactID, NextContactID: id, At: c.LastAt})
	return m.contact(id)
}

// remainingFlow is the disconnect flow of a contact, if it had an agent or
// somebody outside; nil for none.
func (m *Machine) remainingFlow(c *Contact) *event.FlowSaved {
	id, disabled := c.Hooks.of(event.HookCustomerRemaining)
	f := m.state.Flows[id].startable()
	if f == nil || disabled || c.Channel != event.Voice || c.ConnectedToAgentAt.IsZero() && c.Phase != Bridged {
		return nil
	}
	if flow.Type(f.Type) != flow.TypeContactFlow {
		return nil
	}
	return f
}

// follower is the beginning of a contact that follows c in its chain: it has
// its attributes, and is in its call.
func (m *Machine) follower(c *Contact, ev event.ContactInitiated) *event.ContactInitiated {
	ev.InitialContactID, ev.PreviousID, ev.Channel = c.InitialContactID, c.ContactID, c.Channel
	ev.CustomerAddress, ev.SystemAddress = c.CustomerAddress, c.SystemAddress
	ev.Name, ev.Description, ev.Attributes, ev.References = c.Name, c.Description, c.Attributes, c.References
	if c.Channel == event.Voice && ev.Method != event.Callback {
		ev.CallID = c.callID()
	}
	return &ev
}

// customerLeft ends every contact of a call whose customer is gone, or is hung
// up.
func (m *Machine) customerLeft(s *tandem.Step, callID tandem.ID, at tandem.Time, reason event.DisconnectReason) {
	for _, c := range m.inCall(callID) {
		if c.live() {
			m.stopOffer(s, c, at)
			m.finish(s, c, at, reason)
		}
	}
}

// agentLeft ends the part of an agent in a call.
func (m *Machine) agentLeft(s *tandem.Step, c *Contact, at tandem.Time, reason event.DisconnectReason) {
	if c.Phase == Joining {
		m.dropJoining(s, c, at, event.OfferRejected)
		return
	}
	m.disconnect(s, c, at, reason)
}

// releaseParties takes the parties off hold that the agent of a contact had put
// on it, or its transfer flow: nobody is left on hold by one who is gone. Once no
// agent is left who could do it, all are heard again who were muted.
func (m *Machine) releaseParties(s *tandem.Step, c *Contact, at tandem.Time) {
	if c.Channel != event.Voice || c.Method == event.Monitor {
		return
	}
	others := m.others(c)
	agents := slices.ContainsFunc(others, func(o *Contact) bool { return o.Phase == WithAgent })
	for _, o := range others {
		for i := range o.Legs {
			l := o.Legs[i]
			if l.HeldBy == c.UserID && !c.UserID.IsZero() || l.HeldBy.IsZero() && !c.RequesterLeg.IsZero() {
				m.release(s, o, &l, at)
			}
			if l.Muted && !agents {
				s.Emit(&event.LegMuted{ContactID: o.ContactID, LegID: l.ID, At: o.notBefore(s, at)})
			}
		}
	}
}

// endUnheard ends the transfers that the agent of a contact which has ended had
// asked for, if they are still in their flow and nobody is left to hear it.
func (m *Machine) endUnheard(s *tandem.Step, c *Contact, at tandem.Time) {
	if c.Channel != event.Voice || c.OfferID.IsZero() {
		return
	}
	for _, o := range m.others(c) {
		if o.RequesterLeg == c.OfferID && o.Phase == InFlow && o.customer() == nil {
			m.disconnect(s, o, at, event.AgentDisconnect)
		}
	}
}

// release takes a leg off hold.
func (m *Machine) release(s *tandem.Step, c *Contact, l *Leg, at tandem.Time) {
	if l.Held {
		m.hold(s, c, l.ID, tandem.ID{}, false, at)
	}
}
