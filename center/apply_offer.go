package center

import (
	"slices"

	"tandem"
	"tandem/event"
)

// applyOffer applies the events of a contact between queue and agent.
func (m *Machine) applyOffer(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.ContactQueued:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
			c.Phase, c.QueueID, c.Priority, c.EnqueuedAt = InQueue, ev.QueueID, ev.Priority, ev.At
		})
	case *event.OfferMade:
		m.applyOfferMade(ev)
	case *event.OfferEnded:
		m.applyOfferEnded(ev)
	case *event.AgentConnected:
		m.applyConnected(ev)
	case *event.AfterContactWorkStarted:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.Phase, c.WrapUpAt = WrapUp, ev.At })
		a := m.agent(ev.UserID)
		if slot := a.slot(ev.ContactID); slot != nil {
			slot.State, slot.Since, slot.Deadline = AfterContactWork, ev.At, ev.Deadline
		}
		m.agentChanged(a)
		m.contactDerived(m.contact(ev.ContactID))
	case *event.ContactCleared:
		m.applyCleared(ev)
	default:
		return false
	}
	return true
}

func (m *Machine) applyOfferMade(ev *event.OfferMade) {
	a := m.agent(ev.UserID)
	m.changeContact(ev.ContactID, 0, func(c *Contact) {
		c.Phase, c.UserID, c.OfferID = Offered, ev.UserID, ev.OfferID
		c.Attempts++
		a.Contacts = append(a.Contacts, AgentContact{ContactID: ev.ContactID, OfferID: ev.OfferID, Channel: c.Channel,
			State: Connecting, Since: m.now, Deadline: ev.Deadline})
		if c.Channel == event.Voice {
			c.Legs = append(c.Legs, Leg{ID: ev.OfferID, UserID: ev.UserID, State: event.LegRequested, At: m.now})
		}
	})
	m.agentChanged(a)
}

// applyOfferEnded returns a contact to its queue with its age, unless it was
// accepted or its customer has left. An agent who was offered a contact that
// was withdrawn keeps the place among those available; one who missed it, or
// declined it, holds its slot until it is cleared.
func (m *Machine) applyOfferEnded(ev *event.OfferEnded) {
	a := m.agent(ev.UserID)
	switch ev.Outcome {
	case event.OfferAccepted:
	case event.OfferWithdrawn:
		a.dropSlot(ev.ContactID)
	default:
		if slot := a.slot(ev.ContactID); slot != nil {
			slot.State, slot.Since, slot.Deadline = Missed, ev.At, 0
		}
	}
	m.agentChanged(a)
	m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
		if ev.Outcome == event.OfferAccepted {
			return
		}
		c.UserID, c.OfferID = tandem.ID{}, tandem.ID{}
		if ev.Outcome != event.OfferWithdrawn {
			c.Phase = InQueue
		}
	})
}

func (m *Machine) applyConnected(ev *event.AgentConnected) {
	a := m.agent(ev.UserID)
	if slot := a.slot(ev.ContactID); slot != nil {
		slot.State, slot.Since, slot.ConnectedAt, slot.Deadline = Connected, ev.At, ev.At, 0
	}
	m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
		c.Phase, c.DequeuedAt, c.ConnectedToAgentAt = WithAgent, ev.At, ev.At
		if c.Channel == event.Voice && (c.RecordCustomer || c.RecordAgent) {
			c.RecordingID = c.ContactID.Derive(recordingNumber)
		}
		m.active(a, c.Method, ev.At)
	})
	m.agentChanged(a)
}

func (m *Machine) applyCleared(ev *event.ContactCleared) {
	a := m.agent(ev.UserID)
	method := event.Inbound
	held := a.dropSlot(ev.ContactID)
	if c := m.state.Contacts[ev.ContactID]; c != nil {
		method = c.Method
		if c.Phase == WrapUp && c.UserID == ev.UserID {
			m.changeContact(c.ContactID, ev.At, func(c *Contact) { c.ClearedAt = ev.At })
		}
	}
	if held {
		m.active(a, method, ev.At)
	}
	m.agentChanged(a)
}

// active moves an agent to the end of those available: by default any contact
// does, by choice of the routing profile outbound ones do not (Amazon Connect
// API: UpdateRoutingProfileAgentAvailabilityTimer).
func (m *Machine) active(a *Agent, method event.InitiationMethod, at tandem.Time) {
	p := m.state.RoutingProfiles[a.User.RoutingProfileID]
	if p != nil && p.SinceLastInbound && method == event.Outbound {
		return
	}
	a.AvailableSince = max(a.AvailableSince, at)
}

func (m *Machine) applyAgentStatus(ev *event.AgentStatusChanged) {
	a := m.agent(ev.UserID)
	a.StatusID, a.StatusSince = ev.StatusID, ev.At
	a.NextStatusID, a.NextSince = tandem.ID{}, 0
	if st := m.state.Statuses[ev.StatusID]; st != nil && st.Type == event.Routable {
		a.AvailableSince = max(a.AvailableSince, ev.At)
	}
	m.agentChanged(a)
}

// slot is the slot of the agent that the contact holds, or nil.
func (a *Agent) slot(contactID tandem.ID) *AgentContact {
	i := slices.IndexFunc(a.Contacts, func(c AgentContact) bool { return c.ContactID == contactID })
	if i < 0 {
		return nil
	}
	return &a.Contacts[i]
}

func (a *Agent) dropSlot(contactID tandem.ID) bool {
	n := len(a.Contacts)
	a.Contacts = slices.DeleteFunc(a.Contacts, func(c AgentContact) bool { return c.ContactID == contactID })
	return len(a.Contacts) < n
}
