package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

const (
	// maxChain is how many contacts one chain may have by transfers from queue to
	// queue (Amazon Connect User Guide 2018: Using Queue to Queue Transfer).
	maxChain = 12
	// maxParties is how many may talk in a call (Amazon Connect service quotas:
	// participants of a multi-party call).
	maxParties = 6
)

// addParty calls a quick connect or a number from an agent's call. The customer
// and the other parties are put on hold meanwhile.
func (m *Machine) addParty(s *tandem.Step, b AddParty) (tandem.ID, error) {
	c, err := m.talking(b.UserID, b.ContactID)
	if err != nil {
		return tandem.ID{}, err
	}
	if m.parties(c.callID()) >= maxParties {
		return tandem.ID{}, tandem.Errorf(tandem.Exhausted, "ContactId", "at most %d parties can be in a call", maxParties)
	}
	start, err := m.endpoint(c, b)
	if err != nil {
		return tandem.ID{}, err
	}
	id := s.NextID()
	start.ContactID, start.At = id, c.notBefore(s, s.At)
	m.each(c, func(o *Contact, l Leg) { m.hold(s, o, l.ID, b.UserID, true, s.At) })
	callerID := m.callerID(m.outboundQueue(c))
	follow := m.follower(c, start)
	if start.Method == event.ExternalOutbound {
		follow.CustomerAddress, follow.SystemAddress = start.CustomerAddress, callerID
	}
	s.Emit(follow)
	next := m.contact(id)
	if start.Method == event.ExternalOutbound {
		s.Emit(&event.ContactBridged{ContactID: id, At: next.LastAt})
		m.dial(s, next, event.LegDialed{LegID: s.NextID(), Role: event.OutsideLeg, Target: start.CustomerAddress,
			CallerID: tandem.Personal(callerID), Deadline: s.At.Add(customerRingMillis)})
		return id, nil
	}
	m.startFlow(s, next, s.At)
	return id, nil
}

// endpoint is what the contact of an added party begins with.
func (m *Machine) endpoint(c *Contact, b AddParty) (start event.ContactInitiated, err error) {
	start = event.ContactInitiated{Method: event.Transfer, RequesterLeg: c.OfferID}
	number := string(b.Number)
	if !b.QuickConnectID.IsZero() {
		q := m.state.QuickConnects[b.QuickConnectID]
		if q == nil {
			return start, tandem.Errorf(tandem.NotFound, "QuickConnectId", "there is no quick connect %s", b.QuickConnectID)
		}
		if number = q.Number; q.Type != event.QuickConnectPhone {
			aim(&start, q)
			_, err := m.quickConnectFlow(q.QuickConnectID)
			return start, err
		}
	}
	if err := checkPhoneNumber("PhoneNumber", number); err != nil {
		return start, err
	}
	if m.callerID(m.outboundQueue(c)) == "" {
		return start, tandem.Errorf(tandem.Conflict, "PhoneNumber", "the queue has no outbound caller id number; give it one")
	}
	return event.ContactInitiated{Method: event.ExternalOutbound, CustomerAddress: tandem.Personal(number)}, nil
}

// aim lets a contact begin at a quick connect of a user or a queue.
func aim(start *event.ContactInitiated, q *event.QuickConnectSaved) {
	start.StartFlowID, start.TargetUserID, start.TargetQueueID = q.FlowID, q.UserID, q.QueueID
	if q.Type == event.QuickConnectUser {
		start.TargetQueueID = q.UserID
	}
}

// outboundQueue is the queue whose caller id a contact's calls show.
func (m *Machine) outboundQueue(c *Contact) tandem.ID {
	if m.callerID(c.QueueID) != "" {
		return c.QueueID
	}
	if a := m.state.Agents[c.UserID]; a != nil {
		if p := m.state.RoutingProfiles[a.User.RoutingProfileID]; p != nil {
			return p.DefaultOutboundQueueID
		}
	}
	return tandem.ID{}
}

// moveToQueue takes a waiting contact to another queue, where it goes on as a
// contact of its own, with the same flow.
func (m *Machine) moveToQueue(s *tandem.Step, c *Contact, act flow.MoveToQueue) *Contact {
	queueID, err := tandem.ParseID(act.QueueID + act.AgentID) // one of them is empty
	if act.QueueID == "" && act.AgentID == "" {
		queueID, err = c.TargetQueueID, nil
	}
	if err != nil || c.Phase != InQueue {
		return c
	}
	return m.requeue(s, c, queueID, event.QueueTransfer, s.At)
}

// requeue lets a contact go on in a queue as a contact of its own, with its
// customer, its flow and, in the same queue, its age.
func (m *Machine) requeue(s *tandem.Step, c *Contact, queueID tandem.ID, method event.InitiationMethod, at tandem.Time) *Contact {
	at = c.notBefore(s, at)
	id := s.NextID()
	start := m.follower(c, event.ContactInitiated{ContactID: id, Method: method, At: at, TargetQueueID: queueID, RequesterLeg: c.RequesterLeg})
	s.Emit(start)
	queued := &event.ContactQueued{ContactID: id, QueueID: queueID, Priority: max(c.Priority, 1), At: at, Since: at.Add(-c.AdjustmentMillis)}
	if queueID == c.QueueID {
		queued.Since = c.WaitingSince
	}
	s.Emit(&event.CustomerMoved{FromContactID: c.ContactID, ToContactID: id, Flow: true, At: at})
	s.Emit(&event.ContactTransferred{ContactID: c.ContactID, InitialContactID: c.InitialContactID, NextContactID: id, To: event.TransferToQueue, At: at})
	s.Emit(&event.ContactDisconnected{ContactID: c.ContactID, At: at, Reason: event.Other})
	s.Emit(&event.ContactEnded{ContactID: c.ContactID, At: c.LastAt})
	s.Emit(queued)
	return m.contact(id)
}

// returnWork takes the chats and tasks from an agent who goes Offline; they
// wait in the queue that they came from, or end where it is gone.
func (m *Machine) returnWork(s *tandem.Step, a *Agent) {
	for _, slot := range append([]AgentContact(nil), a.Contacts...) {
		c := m.state.Contacts[slot.ContactID]
		working := slot.State == Connected || slot.State == Paused
		if slot.Channel == event.Voice || !working || c == nil {
			continue
		}
		if !m.hasQueue(c.QueueID) {
			m.disconnect(s, c, s.At, event.AgentDisconnect)
			continue
		}
		at := c.notBefore(s, s.At)
		s.Emit(&event.ContactReturned{ContactID: c.ContactID, UserID: a.User.UserID, At: at})
		s.Emit(&event.ContactCleared{ContactID: c.ContactID, UserID: a.User.UserID, At: at})
		m.enterQueueFlow(s, m.requeue(s, c, c.QueueID, event.QueueTransfer, at), at)
	}
}

// hasQueue reports whether contacts in the queue can still be served.
func (m *Machine) hasQueue(id tandem.ID) bool {
	a := m.state.Agents[id]
	return m.state.Queues[id] != nil || a != nil && a.RetiredAt.IsZero()
}

// transferTypes is the types of flow by which chats and tasks are handed on.
var transferTypes = []flow.Type{flow.TypeContactFlow, flow.TypeAgentTransfer, flow.TypeQueueTransfer}

// transferContact hands a chat or task on (Amazon Connect API: TransferContact).
func (m *Machine) transferContact(s *tandem.Step, b TransferContact) (tandem.ID, error) {
	if id, known := m.tokens[b.ClientToken]; known && b.ClientToken != "" {
		return id, nil
	}
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return tandem.ID{}, err
	}
	f := m.state.Flows[b.FlowID].startable()
	a := m.state.Agents[b.UserID]
	switch {
	case c.Channel == event.Voice:
		return tandem.ID{}, tandem.Errorf(tandem.Conflict, "ContactId", "a call is transferred by its agent")
	case c.Phase != WithAgent:
		return tandem.ID{}, tandem.Errorf(tandem.Conflict, "ContactId", "only a contact that an agent has can be transferred")
	case f == nil:
		return tandem.ID{}, tandem.Errorf(tandem.NotFound, "ContactFlowId", "there is no published flow %s", b.FlowID)
	case !slices.Contains(transferTypes, flow.Type(f.Type)):
		return tandem.ID{}, tandem.Errorf(tandem.Invalid, "ContactFlowId", "a contact is not transferred by a flow of type %s", f.Type)
	case !b.UserID.IsZero() && (a == nil || !a.RetiredAt.IsZero()):
		return tandem.ID{}, tandem.Errorf(tandem.NotFound, "UserId", "there is no user %s", b.UserID)
	case !b.QueueID.IsZero() && m.state.Queues[b.QueueID] == nil:
		return tandem.ID{}, tandem.Errorf(tandem.NotFound, "QueueId", "there is no queue %s", b.QueueID)
	case b.UserID.IsZero() == b.QueueID.IsZero():
		return tandem.ID{}, tandem.Errorf(tandem.Invalid, "UserId", "name either a user or a queue")
	}
	if err := checkLength("ClientToken", b.ClientToken, 0, maxClientTokenChars); err != nil {
		return tandem.ID{}, err
	}
	start := event.ContactInitiated{ContactID: s.NextID(), Method: event.Transfer, At: c.notBefore(s, s.At), ClientToken: b.ClientToken,
		StartFlowID: b.FlowID, TargetQueueID: b.QueueID, TargetUserID: b.UserID}
	to := event.TransferToQueue
	if !b.UserID.IsZero() {
		start.TargetQueueID, to = b.UserID, event.TransferToAgent
	}
	s.Emit(m.follower(c, start))
	s.Emit(&event.ContactTransferred{ContactID: c.ContactID, InitialContactID: c.InitialContactID, NextContactID: start.ContactID, To: to, At: start.At})
	m.disconnect(s, c, s.At, event.AgentDisconnect)
	m.startFlow(s, m.contact(start.ContactID), s.At)
	return start.ContactID, nil
}

// bridge calls somebody outside for a customer who is in a flow, and who leaves
// the queue if they wait in one.
func (m *Machine) bridge(s *tandem.Step, c *Contact, act flow.Bridge) {
	caller, ring := tandem.Personal(act.CallerID), int64(act.TimeoutSeconds)*1000
	if caller == "" {
		caller = c.CustomerAddress
	}
	if ring == 0 {
		ring = customerRingMillis
	}
	m.leaveQueue(s, c)
	s.Emit(&event.ContactBridged{ContactID: c.ContactID, At: c.notBefore(s, s.At)})
	m.dial(s, c, event.LegDialed{LegID: s.NextID(), Role: event.OutsideLeg, Target: tandem.Personal(act.Number), CallerID: caller,
		Deadline: s.At.Add(ring), Digits: act.Digits})
}

// leaveQueue takes a contact out of its queue, and away from the agent to whom
// it is just offered.
func (m *Machine) leaveQueue(s *tandem.Step, c *Contact) {
	switch {
	case c.Phase == InQueue:
	case (c.Phase == Offered || c.Phase == Joining) && !c.UserID.IsZero():
		m.stopFlow(s, c, event.AgentSide, "Disconnected")
		m.endOffer(s, c, s.At, event.OfferWithdrawn)
	default:
		return
	}
	s.Emit(&event.ContactDequeued{ContactID: c.ContactID, At: c.notBefore(s, s.At)})
}

// holdPrevious holds or releases the parties of the call that a transfer flow
// was begun from (Amazon Connect API: flow language,
// UpdatePreviousContactParticipantState).
func (m *Machine) holdPrevious(s *tandem.Step, c *Contact, state string) {
	owner, customer := m.customerOf(c.callID())
	if customer.alive() && customer.State == event.LegAnswered {
		m.hold(s, owner, customer.ID, tandem.ID{}, state == "CustomerOnHold", s.At)
	}
	if l := m.requester(c); l != nil {
		o, _ := m.leg(c.callID(), l.ID)
		m.hold(s, o, l.ID, tandem.ID{}, state == "AgentOnHold", s.At)
	}
}
