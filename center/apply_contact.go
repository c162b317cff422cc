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
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
			c.DisconnectedAt, c.Reason = ev.At, ev.Reason
			c.Holds.AtEnd = !c.Holds.Since.IsZero()
			c.Holds.change(false, ev.At)
			c.Memory, c.AgentMemory = nil, nil
		})
	case *event.ContactEnded:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.Phase, c.EndedAt = Ended, ev.At })
	case *event.ContactForgotten:
		c := m.contact(ev.ContactID)
		delete(m.state.Contacts, ev.ContactID)
		m.contactGone(c)
	case *event.ContactScheduled:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
			c.Phase, c.ScheduledAt, c.QueueID = Scheduled, ev.Due, ev.QueueID
		})
	case *event.ContactDue:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.Phase = InFlow })
	case *event.ContactDataSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.setData(ev) })
	case *event.ContactTagsSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Tags = ev.Tags })
	case *event.CallbackPlanned:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.Callback, c.WaitingSince = &Callback{Planned: *ev}, ev.WaitingSince
		})
	case *event.ContactTransferred:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) {
			c.NextID, c.TransferredTo, c.TransferEndpoint = ev.NextContactID, ev.To, ev.Endpoint
			if ev.To != 0 {
				c.TransferredAt = ev.At
			}
		})
	default:
		return m.applyCall(ev)
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
		ClientToken: ev.ClientToken, CallID: ev.CallID, RelatedID: ev.RelatedID, StartFlowID: ev.StartFlowID,
		TargetQueueID: ev.TargetQueueID, TargetUserID: ev.TargetUserID, RequesterLeg: ev.RequesterLeg,
		MonitoredID: ev.MonitoredID, UserID: ev.UserID, ScheduledAt: ev.ScheduledAt, ChainLength: 1,
	}
	if c.Channel == event.Voice && c.CallID.IsZero() {
		c.CallID = c.ContactID
	}
	if !ev.CustomerLeg.IsZero() {
		c.Legs = make([]Leg, 1, 2) // there will be the agent's too
		c.Legs[0] = Leg{ID: ev.CustomerLeg, Role: event.CustomerLeg, State: event.LegRinging, At: ev.At}
	}
	if previous := m.state.Contacts[c.PreviousID]; previous != nil && c.Method != event.API {
		c.inherit(previous)
	}
	m.state.Contacts[c.ContactID] = c
	if !c.UserID.IsZero() { // the agent began it
		c.Phase, c.QueueID, c.AcceptedAt = Joining, c.TargetQueueID, ev.At
		a := m.agent(c.UserID)
		a.Contacts = append(a.Contacts, AgentContact{ContactID: c.ContactID, Channel: c.Channel, State: Dialing, Since: ev.At})
		m.agentChanged(a)
	}
	m.contactChanged(c)
}

// inherit takes over what flows have set for the chain.
func (c *Contact) inherit(p *Contact) {
	c.Hooks, c.RecordCustomer, c.RecordAgent, c.Logging = p.Hooks, p.RecordCustomer, p.RecordAgent, p.Logging
	c.StoredInput, c.CallbackNumber, c.CustomerID = p.StoredInput, p.CallbackNumber, p.CustomerID
	c.LanguageCode, c.TextVoice, c.TextEngine, c.TextStyle = p.LanguageCode, p.TextVoice, p.TextEngine, p.TextStyle
	c.Priority, c.AdjustmentMillis, c.Tags = p.Priority, p.AdjustmentMillis, p.Tags
	c.ChainLength = min(p.ChainLength, maxChain) + 1
}

// setData takes what is set; what is empty stays.
func (c *Contact) setData(ev *event.ContactDataSet) {
	for _, f := range []struct {
		to   *tandem.Personal
		from tandem.Personal
	}{{&c.Name, ev.Name}, {&c.Description, ev.Description}, {&c.CustomerID, ev.CustomerID}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if ev.References != nil {
		c.References = ev.References
	}
	for _, f := range []struct{ to, from *string }{{&c.LanguageCode, &ev.LanguageCode}, {&c.TextVoice, &ev.Voice},
		{&c.TextEngine, &ev.Engine}, {&c.TextStyle, &ev.Style}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
}

// applyErased blanks what is personal in the contacts of an erased chain.
func (m *Machine) applyErased(ev *event.SubjectErased) {
	for _, id := range ev.Contacts {
		c := m.state.Contacts[id]
		if c == nil {
			continue
		}
		m.forgetCaller(m.shadow(id))
		c.CustomerAddress, c.Name, c.Description, c.StoredInput = "", "", "", ""
		c.CallbackNumber, c.CustomerID, c.TransferEndpoint = "", "", ""
		c.Attributes, c.References, c.FlowAttributes, c.AgentFlowAttributes = nil, nil, nil, nil
		c.Invocations = nil
		for i := range c.Legs {
			c.Legs[i].Dialed = nil
		}
		if c.Callback != nil {
			c.Callback.Planned.Number, c.Callback.Planned.CallerID = "", ""
		}
		m.contactChanged(c)
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

func (c *Contact) legIndex(id tandem.ID) int {
	return slices.IndexFunc(c.Legs, func(l Leg) bool { return l.ID == id })
}
