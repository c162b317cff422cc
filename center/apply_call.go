package center

import (
	"slices"

	"tandem"
	"tandem/event"
)

// applyCall applies the events of a call's parties.
func (m *Machine) applyCall(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.LegChanged:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.applyLeg(ev) })
	case *event.LegDialed:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { m.applyDialed(c, ev) })
	case *event.LegHeld:
		m.changeLeg(ev.ContactID, ev.LegID, ev.At, func(c *Contact, l *Leg) {
			l.Held, l.HeldBy = ev.Held, ev.ByUserID
			if l.role() == event.CustomerLeg && c.live() {
				c.Holds.change(ev.Held, ev.At)
			}
		})
	case *event.LegMuted:
		m.changeLeg(ev.ContactID, ev.LegID, ev.At, func(_ *Contact, l *Leg) { l.Muted = ev.Muted })
	case *event.MonitorModeSet:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
			for i := range c.Legs {
				c.Legs[i].Barged = ev.Barged && c.Legs[i].role() == event.MonitorLeg
			}
		})
	case *event.CustomerMoved:
		m.applyMoved(ev)
	case *event.ContactBridged:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.Phase = Bridged })
	case *event.RecordingFinished:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.RecordingLocation = ev.Location
			c.RecordingStartedAt, c.RecordingStoppedAt = ev.StartedAt, ev.StoppedAt
		})
	case *event.RecordingBehaviorSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.RecordCustomer, c.RecordAgent, c.RecordSuspended = ev.Customer, ev.Agent, ev.Suspended
			c.beginRecording()
		})
	default:
		return false
	}
	return true
}

// changeLeg changes a party of the contact's call. One that is gone by now is
// of no interest.
func (m *Machine) changeLeg(contactID, legID tandem.ID, at tandem.Time, change func(*Contact, *Leg)) {
	m.changeContact(contactID, at, func(c *Contact) {
		if i := c.legIndex(legID); i >= 0 {
			change(c, &c.Legs[i])
		}
	})
}

// applyLeg moves a leg. Only the customer's is kept once it is gone: of the
// others the media process remembers what there is. A flow that had called
// somebody outside has its customer again.
func (c *Contact) applyLeg(ev *event.LegChanged) {
	i := c.legIndex(ev.LegID)
	if i < 0 {
		return
	}
	role := c.Legs[i].role()
	if ev.State == event.LegGone && role != event.CustomerLeg {
		c.Legs = slices.Delete(c.Legs, i, i+1)
		if role == event.OutsideLeg && c.Phase == Bridged && c.Flow.waits() {
			c.Phase = InFlow
		}
		return
	}
	c.Legs[i].State, c.Legs[i].Cause, c.Legs[i].At = ev.State, ev.Cause, ev.At
}

// applyDialed adds a leg. The customer of a callback who is called first leaves
// the queue for that time; the leg of the agent who began the contact is the
// one that the agent's slot names.
func (m *Machine) applyDialed(c *Contact, ev *event.LegDialed) {
	c.Legs = slices.DeleteFunc(c.Legs, func(l Leg) bool { return l.role() == ev.Role && l.State == event.LegGone })
	leg := Leg{ID: ev.LegID, UserID: ev.UserID, State: event.LegRequested, At: ev.At, Role: ev.Role, Dialed: ev}
	if ev.Role == event.CustomerLeg {
		leg.UserID = tandem.ID{}
	}
	c.Legs = append(c.Legs, leg)
	switch {
	case ev.Role == event.CustomerLeg && c.Phase == InQueue:
		c.Phase = Joining
	case ev.Role == event.AgentLeg || ev.Role == event.MonitorLeg:
		c.OfferID = ev.LegID
		if a := m.agent(ev.UserID); a.slot(c.ContactID) != nil {
			a.slot(c.ContactID).OfferID = ev.LegID
			m.agentChanged(a)
		}
	}
}

// applyMoved hands the customer's leg from one contact of a call to another.
func (m *Machine) applyMoved(ev *event.CustomerMoved) {
	from, to := m.contact(ev.FromContactID), m.contact(ev.ToContactID)
	if i := slices.IndexFunc(from.Legs, func(l Leg) bool { return l.role() == event.CustomerLeg }); i >= 0 {
		to.Legs = append([]Leg{from.Legs[i]}, to.Legs...)
		from.Legs = slices.Delete(from.Legs, i, i+1)
	}
	if to.ConnectedToSystemAt.IsZero() {
		to.ConnectedToSystemAt = ev.At
	}
	if ev.Flow {
		to.Flow, to.Play, to.FlowAttributes, to.Memory, to.Metrics = from.Flow, from.Play, from.FlowAttributes, from.Memory, from.Metrics
		from.Flow, from.Play, from.FlowAttributes, from.Memory, from.Metrics = FlowPosition{}, nil, nil, nil, nil
	}
	from.LastAt, to.LastAt = max(from.LastAt, ev.At), max(to.LastAt, ev.At)
	m.contactChanged(from)
	m.contactChanged(to)
}

// change begins or ends a hold.
func (h *Holds) change(on bool, at tandem.Time) {
	switch {
	case on && h.Since.IsZero():
		h.Count++
		h.Since = at
	case !on && !h.Since.IsZero():
		lasted := max(0, at.Sub(h.Since))
		h.Millis += lasted
		h.LongestMillis = max(h.LongestMillis, lasted)
		h.Since = 0
	}
}

// beginRecording names the recording of a call with an agent in which anybody
// is to be recorded.
func (c *Contact) beginRecording() {
	wanted := c.Channel == event.Voice && (c.RecordCustomer || c.RecordAgent)
	if wanted && c.Phase == WithAgent && c.Method != event.Monitor && c.RecordingID.IsZero() {
		c.RecordingID = c.ContactID.Derive(recordingNumber)
	}
}
