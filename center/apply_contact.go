package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// applyContact applies the events of a contact's life.
func (m *Machine) applyContact(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		m.applyInitiated(ev)
	case *event.ContactConnectedToSystem:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.ConnectedToSystemAt = ev.At })
	case *event.ContactAttributesSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Attributes = ev.Attributes })
	case *event.ContactDisconnected:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.DisconnectedAt, c.Reason = ev.At, ev.Reason })
	case *event.ContactEnded:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.Phase, c.EndedAt = Ended, ev.At })
	case *event.ContactForgotten:
		c := m.contact(ev.ContactID)
		delete(m.state.Contacts, ev.ContactID)
		m.contactGone(c)
	case *event.LegChanged:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.applyLeg(ev) })
	case *event.RecordingFinished:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.RecordingLocation = ev.Location
			c.RecordingStartedAt, c.RecordingStoppedAt = ev.StartedAt, ev.StoppedAt
		})
	default:
		return false
	}
	return true
}

// changeContact changes a contact by a fact of the moment at, 0 for none.
func (m *Machine) changeContact(id tandem.ID, at tandem.Time, change func(*Contact)) {
	c := m.contact(id)
	change(c)
	c.LastAt = max(c.LastAt, at)
	m.contactChanged(c)
}

func (m *Machine) applyInitiated(ev *event.ContactInitiated) {
	c := &Contact{
		ContactID: ev.ContactID, InitialContactID: ev.InitialContactID, PreviousID: ev.PreviousID,
		Channel: ev.Channel, Method: ev.Method, Phase: InFlow,
		InitiatedAt: ev.At, LastAt: ev.At,
		CustomerAddress: ev.CustomerAddress, SystemAddress: ev.SystemAddress,
		Name: ev.Name, Description: ev.Description, Attributes: ev.Attributes, References: ev.References,
		ClientToken: ev.ClientToken,
	}
	if !ev.CustomerLeg.IsZero() {
		c.Legs = []Leg{{ID: ev.CustomerLeg, State: event.LegRinging, At: ev.At}}
	}
	m.state.Contacts[c.ContactID] = c
	m.contactChanged(c)
}

// applyLeg moves a leg. An agent's leg that is gone is of no more interest: the
// media process remembers it.
func (c *Contact) applyLeg(ev *event.LegChanged) {
	i := c.legIndex(ev.LegID)
	if i < 0 {
		return
	}
	if ev.State == event.LegGone && !c.Legs[i].UserID.IsZero() {
		c.Legs = slices.Delete(c.Legs, i, i+1)
		return
	}
	c.Legs[i].State, c.Legs[i].Cause, c.Legs[i].At = ev.State, ev.Cause, ev.At
}

func (c *Contact) legIndex(id tandem.ID) int {
	return slices.IndexFunc(c.Legs, func(l Leg) bool { return l.ID == id })
}

// applyErased blanks what is personal in the contacts of an erased chain.
func (m *Machine) applyErased(ev *event.SubjectErased) {
	for _, id := range ev.Contacts {
		c := m.state.Contacts[id]
		if c == nil {
			continue
		}
		c.CustomerAddress, c.Name, c.Description, c.StoredInput = "", "", "", ""
		c.Attributes, c.References = nil, nil
		m.contactChanged(c)
	}
}

// applyFlow applies the events of a contact in its flow.
func (m *Machine) applyFlow(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.FlowEntered:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.Flow = FlowPosition{FlowID: ev.FlowID, Version: ev.Version, Type: ev.Type}
		})
	case *event.FlowBlockRan:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Flow.moveTo(ev) })
	case *event.FlowEnded:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Flow = FlowPosition{} })
	case *event.PlayStarted:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.Play = &Play{Started: *ev}
			c.Flow.Deadline = ev.Deadline
		})
	case *event.PlayStopped:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Play = nil })
	case *event.CustomerInputStored:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.StoredInput = ev.Input })
	case *event.TargetQueueSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.TargetQueueID = ev.QueueID })
	case *event.RecordingBehaviorSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.RecordCustomer, c.RecordAgent = ev.Customer, ev.Agent
		})
	default:
		return false
	}
	return true
}

// moveTo moves the position to where a block left it. A block that waits says
// so by naming no next action; the deadline that its play brought then stands.
func (p *FlowPosition) moveTo(ev *event.FlowBlockRan) {
	p.ActionID, p.BlockState = ev.ActionID, ev.BlockState
	if ev.NextAction != "" {
		p.ActionID, p.Deadline = ev.NextAction, 0
	}
}

// lostReason is why a contact ends whose leg ended for the cause.
func lostReason(cause voice.Cause, byRemote event.DisconnectReason) event.DisconnectReason {
	switch cause {
	case voice.CauseLost, voice.CauseUnreachable, voice.CauseShutdown, voice.CauseHangup:
		return event.TelecomProblem
	}
	return byRemote
}
