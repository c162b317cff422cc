package center

import (
	"cmp"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

const maxRingSeconds = 300

// startOutboundCall lets an agent call a number. The agent's phone rings first
// (Amazon Connect Administrator Guide: Make outbound calls).
func (m *Machine) startOutboundCall(s *tandem.Step, b StartOutboundCall) (tandem.ID, error) {
	a, err := m.knownAgent(b.UserID)
	if err != nil {
		return tandem.ID{}, err
	}
	queueID := b.QueueID
	if p := m.state.RoutingProfiles[a.User.RoutingProfileID]; queueID.IsZero() && p != nil {
		queueID = p.DefaultOutboundQueueID
	}
	if err := firstOf(m.canCall(a), checkPhoneNumber("PhoneNumber", string(b.Number)), checkAttributes(b.Attributes)); err != nil {
		return tandem.ID{}, err
	}
	if m.state.Queues[queueID] == nil {
		return tandem.ID{}, tandem.Errorf(tandem.NotFound, "QueueId", "there is no queue %s", queueID)
	}
	id := s.NextID()
	s.Emit(&event.ContactInitiated{ContactID: id, InitialContactID: id, RelatedID: b.RelatedID, Channel: event.Voice, Method: event.Outbound,
		At: s.At, CustomerAddress: b.Number, UserID: b.UserID, TargetQueueID: queueID, Attributes: b.Attributes})
	m.dialAgent(s, m.contact(id), a, event.AgentLeg)
	return id, nil
}

// canCall makes sure that the agent can begin a call now, whatever the status.
func (m *Machine) canCall(a *Agent) error {
	if m.noPhone(a) {
		return tandem.Errorf(tandem.Conflict, "UserId", "the agent has no phone: open the panel, or set a desk phone")
	}
	if !a.RetiredAt.IsZero() {
		return tandem.Errorf(tandem.Conflict, "UserId", "the user is being deleted")
	}
	for i := range a.Contacts {
		if slot := &a.Contacts[i]; slot.Channel == event.Voice || slot.State == Connecting {
			return tandem.Errorf(tandem.Conflict, "UserId", "the agent has a contact that is %s; end or clear it first", slot.State)
		}
	}
	return nil
}

// dialAgent rings the phone of an agent who has begun a contact. That of a
// supervisor shows the number that the customer of the call has dialled.
func (m *Machine) dialAgent(s *tandem.Step, c *Contact, a *Agent, role event.LegRole) {
	caller := m.callerID(c.QueueID)
	if o := m.state.Contacts[c.MonitoredID]; o != nil {
		caller = cmp.Or(m.callerID(o.QueueID), o.SystemAddress)
	}
	m.dial(s, c, event.LegDialed{LegID: s.NextID(), Role: role, UserID: a.User.UserID, Target: a.User.DeskPhoneNumber,
		CallerID: tandem.Personal(caller), Deadline: s.At.Add(tandem.RingMillis)})
}

// startOutboundContact calls a customer, and runs a flow when they answer
// (Amazon Connect API: StartOutboundVoiceContact).
func (m *Machine) startOutboundContact(s *tandem.Step, b StartOutboundContact) (tandem.ID, error) {
	if id, known := m.tokens[b.ClientToken]; known && b.ClientToken != "" {
		return id, nil
	}
	f, err := m.entryFlow(b.FlowID)
	if err != nil {
		return tandem.ID{}, err
	}
	source := b.SourceNumber
	if source == "" {
		source = m.callerID(b.QueueID)
	}
	_, ours := m.numbers[source]
	switch {
	case !b.QueueID.IsZero() && m.state.Queues[b.QueueID] == nil:
		return tandem.ID{}, tandem.Errorf(tandem.NotFound, "QueueId", "there is no queue %s", b.QueueID)
	case source == "":
		return tandem.ID{}, tandem.Errorf(tandem.Invalid, "SourcePhoneNumber", "name a source number, or a queue that has an outbound caller id number")
	case !ours:
		return tandem.ID{}, tandem.Errorf(tandem.Invalid, "SourcePhoneNumber", "%s is not a number of this instance", source)
	case b.RingSeconds < 0 || b.RingSeconds > maxRingSeconds:
		return tandem.ID{}, tandem.Errorf(tandem.Invalid, "RingTimeoutInSeconds", "must be 1 to %d", maxRingSeconds)
	}
	err = firstOf(checkPhoneNumber("DestinationPhoneNumber", string(b.Number)), checkAttributes(b.Attributes),
		checkLength("ClientToken", b.ClientToken, 0, maxClientTokenChars))
	if err != nil {
		return tandem.ID{}, err
	}
	id := s.NextID()
	s.Emit(&event.ContactInitiated{ContactID: id, InitialContactID: id, RelatedID: b.RelatedID, Channel: event.Voice, Method: event.API, At: s.At,
		CustomerAddress: b.Number, SystemAddress: source, StartFlowID: f.FlowID, TargetQueueID: b.QueueID, Attributes: b.Attributes, ClientToken: b.ClientToken})
	ring := int64(customerRingMillis)
	if b.RingSeconds > 0 {
		ring = b.RingSeconds * 1000
	}
	m.dial(s, m.contact(id), event.LegDialed{LegID: s.NextID(), Role: event.CustomerLeg, Target: b.Number, CallerID: tandem.Personal(source),
		Deadline: s.At.Add(ring)})
	return id, nil
}

// unreached is why a contact ends whose customer could not be reached.
func unreached(cause voice.Cause) event.DisconnectReason {
	switch cause {
	case voice.CauseNoAnswer, voice.CauseBusy, voice.CauseRejected, voice.CauseRemote:
		return event.CustomerDisconnect
	}
	return event.TelecomProblem
}
