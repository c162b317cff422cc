package agentevent

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view"
)

// States that the center's names do not tell apart.
const (
	incoming        = "INCOMING" // a callback that is offered
	connectedOnHold = "CONNECTED_ONHOLD"
)

// contactOf describes a contact that an agent has. Of one that was missed, not
// cleared and is long gone, it says what was told last.
func (d *describer) contactOf(a *center.Agent, slot *center.AgentContact) Contact {
	before := d.toldOf(slot.ContactID)
	out := Contact{
		Channel: slot.Channel.String(), ContactID: slot.ContactID.String(),
		ConnectedToAgentTimestamp: view.Millis(slot.ConnectedAt),
		State:                     slot.State.String(), StateStartTimestamp: view.Millis(slot.Since),
	}
	c := d.st.Contacts[slot.ContactID]
	if c == nil {
		if before != nil {
			out.InitiationMethod, out.InitialContactID = before.InitiationMethod, before.InitialContactID
			out.Queue, out.QueueTimestamp = before.Queue, before.QueueTimestamp
		}
		return out
	}
	switch {
	case slot.State == center.Connected && c.Method != event.Monitor:
		d.connected(&out, c, slot, before)
	case slot.State == center.Connecting && c.Method == event.Callback:
		out.State = incoming
	}
	out.InitiationMethod, out.QueueTimestamp = c.Method.String(), view.Millis(c.EnqueuedAt)
	if c.InitialContactID != c.ContactID {
		initial := c.InitialContactID.String()
		out.InitialContactID = &initial
	}
	out.Queue = d.queueOf(a, c.QueueID)
	return out
}

// connected tells whether the agent's part of a call is on hold, and since when
// it is so: the customer is, or the agent was put on hold by another.
func (d *describer) connected(out *Contact, c *center.Contact, slot *center.AgentContact, before *Contact) {
	switch {
	case !c.Holds.Since.IsZero():
		out.State, out.StateStartTimestamp = connectedOnHold, view.Millis(c.Holds.Since)
	case agentHeld(c, slot):
		out.State, out.StateStartTimestamp = connectedOnHold, view.Millis(d.at)
	}
	held := before != nil && before.State == connectedOnHold
	switch {
	case before == nil || !held && before.State != slot.State.String():
	case before.State == out.State:
		out.StateStartTimestamp = before.StateStartTimestamp
	case held:
		out.StateStartTimestamp = view.Millis(d.at)
	}
}

// agentHeld reports whether the agent's own leg is on hold.
func agentHeld(c *center.Contact, slot *center.AgentContact) bool {
	for i := range c.Legs {
		if l := &c.Legs[i]; l.ID == slot.OfferID {
			return l.Held
		}
	}
	return false
}

// toldOf is what was told last of a contact of the agent, or nil.
func (d *describer) toldOf(id tandem.ID) *Contact {
	if d.before == nil {
		return nil
	}
	for i := range d.before.Contacts {
		if d.before.Contacts[i].ContactID == id.String() {
			return &d.before.Contacts[i]
		}
	}
	return nil
}

// queueOf is the queue of a contact: a standard one, or the agent's own.
func (d *describer) queueOf(a *center.Agent, id tandem.ID) *ContactQueue {
	if name := queueName(d.st, id); name != nil {
		return &ContactQueue{ARN: d.arns.Queue(id), Name: name}
	}
	if id == a.User.UserID {
		return &ContactQueue{ARN: d.arns.AgentQueue(id)}
	}
	return nil
}
