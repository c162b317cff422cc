package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/metric"
)

// applyOffer applies the events of a contact between queue and agent.
func (m *Machine) applyOffer(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.ContactQueued:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
			c.Phase, c.QueueID, c.Priority, c.EnqueuedAt, c.DequeuedAt = InQueue, ev.QueueID, ev.Priority, ev.At, 0
			if c.WaitingSince = ev.Since; ev.Since.IsZero() {
				c.WaitingSince = ev.At
			}
		})
	case *event.ContactDequeued:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.Phase, c.DequeuedAt = InFlow, ev.At })
	case *event.OfferMade:
		m.applyOfferMade(ev)
	case *event.OfferEnded:
		m.applyOfferEnded(ev)
	case *event.AgentConnected:
		m.applyConnected(ev)
	case *event.AfterContactWorkStarted:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.Phase, c.WrapUpAt = WrapUp, ev.At })
		m.changeSlot(ev.UserID, ev.ContactID, func(slot *AgentContact) {
			slot.State, slot.Since, slot.Deadline = AfterContactWork, ev.At, ev.Deadline
		})
		m.contactDerived(m.contact(ev.ContactID))
	case *event.ContactCleared:
		m.applyCleared(ev)
	case *event.ContactPaused:
		m.applyPaused(ev)
	case *event.ContactReturned:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
			c.UserID, c.OfferID, c.Phase = tandem.ID{}, tandem.ID{}, InFlow
		})
	default:
		return false
	}
	return true
}

// changeSlot changes what an agent has of a contact.
func (m *Machine) changeSlot(userID, contactID tandem.ID, change func(*AgentContact)) {
	a := m.agent(userID)
	if slot := a.slot(contactID); slot != nil {
		change(slot)
	}
	m.agentChanged(a)
}

func (m *Machine) applyOfferMade(ev *event.OfferMade) {
	a := m.agent(ev.UserID)
	m.changeContact(ev.ContactID, 0, func(c *Contact) {
		c.Phase, c.UserID, c.OfferID = Offered, ev.UserID, ev.OfferID
		c.Attempts++
		a.Contacts = append(a.Contacts, AgentContact{ContactID: ev.ContactID, OfferID: ev.OfferID, Channel: c.Channel,
			State: Connecting, Since: m.now, Deadline: ev.Deadline})
		if c.Channel == event.Voice {
			c.Legs = append(c.Legs, Leg{ID: ev.OfferID, UserID: ev.UserID, Role: event.AgentLeg, State: event.LegRequested, At: m.now})
		}
	})
	m.agentChanged(a)
}

// applyOfferEnded lets an agent who accepted join, and returns a contact that
// was not accepted to its queue with its age, unless its customer has left. An
// agent who was offered a contact that was withdrawn keeps the place among
// those available; one who missed it, or declined it, holds its slot until it
// is cleared.
func (m *Machine) applyOfferEnded(ev *event.OfferEnded) {
	a := m.agent(ev.UserID)
	slot := a.slot(ev.ContactID)
	switch {
	case ev.Outcome == event.OfferWithdrawn:
		a.dropSlot(ev.ContactID)
	case slot == nil:
	case ev.Outcome == event.OfferAccepted:
		slot.State, slot.Since, slot.Deadline = Dialing, ev.At, 0
		a.MissedInRow = 0
	default:
		slot.State, slot.Since, slot.Deadline = refusedState(ev.Outcome), ev.At, 0
	}
	if ev.Outcome == event.OfferMissed {
		a.MissedInRow++
	}
	m.agentChanged(a)
	m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
		switch ev.Outcome {
		case event.OfferAccepted:
			c.Phase, c.AcceptedAt = Joining, ev.At
			return
		case event.OfferWithdrawn:
		default:
			c.Phase = InQueue
			if c.QueueID.IsZero() { // it was offered to this agent alone
				c.Phase = InFlow
			}
		}
		c.UserID, c.OfferID, c.AcceptedAt = tandem.ID{}, tandem.ID{}, 0
	})
}

// refusedState is what an agent has of a contact that was not accepted.
func refusedState(outcome event.OfferOutcome) AgentContactState {
	switch outcome {
	case event.OfferRejected:
		return Rejected
	case event.OfferFailed:
		return Failed
	}
	return Missed
}

func (m *Machine) applyConnected(ev *event.AgentConnected) {
	a := m.agent(ev.UserID)
	if slot := a.slot(ev.ContactID); slot != nil {
		slot.State, slot.Since, slot.ConnectedAt, slot.Deadline = Connected, ev.At, ev.At, 0
	}
	m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
		c.Phase, c.ConnectedToAgentAt = WithAgent, ev.At
		c.HandledBy, c.ProfileID, c.GroupID = ev.UserID, a.User.RoutingProfileID, a.User.HierarchyGroupID
		if !c.EnqueuedAt.IsZero() {
			c.DequeuedAt = ev.At
			m.dequeued(c, ev.At)
		}
		c.beginRecording()
		m.active(a, c.Method, ev.At)
	})
	m.agentChanged(a)
}

// dequeued notes how long a contact has waited that an agent took.
func (m *Machine) dequeued(c *Contact, at tandem.Time) {
	if m.state.Queues[c.QueueID] == nil {
		return
	}
	w := m.state.Waits[c.QueueID]
	if w == nil {
		w = &metric.Waits{}
		m.state.Waits[c.QueueID] = w
	}
	w.Dequeued(c.Channel, at, at.Sub(c.EnqueuedAt))
	m.dirty.add(entity{kindWaits, c.QueueID})
}

// dropWaits forgets how long contacts waited in a queue that is deleted.
func (m *Machine) dropWaits(queueID tandem.ID) {
	delete(m.state.Waits, queueID)
	m.dirty.add(entity{kindWaits, queueID})
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

func (m *Machine) applyPaused(ev *event.ContactPaused) {
	c := m.contact(ev.ContactID)
	state := Connected
	if ev.Paused {
		state = Paused
	}
	m.changeSlot(c.UserID, ev.ContactID, func(slot *AgentContact) { slot.State, slot.Since = state, ev.At })
	m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
		if c.PausedAt = ev.At; !ev.Paused {
			c.PausedAt = 0
		}
	})
}

// active moves an agent to the end of those available: by default any contact
// does, by choice of the routing profile outbound ones do not (Amazon Connect
// API: UpdateRoutingProfileAgentAvailabilityTimer).
func (m *Machine) active(a *Agent, method event.InitiationMethod, at tandem.Time) {
	p := m.state.RoutingProfiles[a.User.RoutingProfileID]
	if p != nil && p.SinceLastInbound && method == event.Outbound || method == event.Monitor {
		return
	}
	a.AvailableSince = max(a.AvailableSince, at)
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
