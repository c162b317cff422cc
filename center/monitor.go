package center

import (
	"tandem"
	"tandem/event"
)

// maxMonitors is how many supervisors can listen to one call (Amazon Connect
// service quotas: monitors of a call).
const maxMonitors = 5

// monitorContact lets a supervisor listen to an agent's call. Agent and customer
// must both be recorded, so that nobody is heard who was not told (Amazon
// Connect User Guide 2018: Live monitor).
func (m *Machine) monitorContact(s *tandem.Step, b MonitorContact) (tandem.ID, error) {
	a, err := m.knownAgent(b.UserID)
	if err != nil {
		return tandem.ID{}, err
	}
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return tandem.ID{}, err
	}
	listening := 0
	for _, o := range m.inCall(c.callID()) {
		if o.live() && o.Method == event.Monitor {
			listening++
		}
	}
	switch {
	case c.Channel != event.Voice || c.Phase != WithAgent || c.Method == event.Monitor:
		return tandem.ID{}, tandem.Errorf(tandem.Conflict, "ContactId", "only a call that an agent is in can be listened to")
	case c.UserID == b.UserID:
		return tandem.ID{}, tandem.Errorf(tandem.Conflict, "UserId", "this is the agent's own call")
	case !c.RecordCustomer || !c.RecordAgent:
		return tandem.ID{}, tandem.Errorf(tandem.Conflict, "ContactId", "the call cannot be listened to: its flow does not record agent and customer")
	case listening >= maxMonitors:
		return tandem.ID{}, tandem.Errorf(tandem.Exhausted, "ContactId", "at most %d supervisors can listen to a call", maxMonitors)
	}
	if err := m.canCall(a); err != nil {
		return tandem.ID{}, err
	}
	id := s.NextID()
	s.Emit(&event.ContactInitiated{ContactID: id, InitialContactID: c.InitialContactID, PreviousID: c.ContactID, RelatedID: c.ContactID,
		Channel: event.Voice, Method: event.Monitor, At: s.At, CallID: c.callID(), MonitoredID: c.ContactID, UserID: b.UserID})
	next := m.contact(id)
	m.dialAgent(s, next, a, event.MonitorLeg)
	if b.Barged {
		s.Emit(&event.MonitorModeSet{ContactID: id, Barged: true, At: next.LastAt})
	}
	return id, nil
}

// setMonitorMode lets a supervisor talk too, or only listen.
func (m *Machine) setMonitorMode(s *tandem.Step, b SetMonitorMode) error {
	_, slot, err := m.knownSlot(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	c := m.state.Contacts[b.ContactID] // one that was missed may be forgotten
	if slot.State != Connected || c.Method != event.Monitor {
		return tandem.Errorf(tandem.Conflict, "ContactId", "the user is not listening to a call")
	}
	if l := c.legOf(event.MonitorLeg); l != nil && l.Barged != b.Barged {
		s.Emit(&event.MonitorModeSet{ContactID: c.ContactID, Barged: b.Barged, At: c.notBefore(s, s.At)})
	}
	return nil
}

// endMonitors ends the listening to a contact that has ended.
func (m *Machine) endMonitors(s *tandem.Step, c *Contact, at tandem.Time) {
	if c.Channel != event.Voice {
		return
	}
	for _, o := range m.inCall(c.callID()) {
		if o.Method == event.Monitor && (o.MonitoredID == c.ContactID || len(m.others(c)) == 0) {
			m.disconnect(s, o, at, event.Other)
		}
	}
}
