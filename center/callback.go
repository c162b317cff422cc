package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
)

// A queued callback is a contact of its own for each attempt. It waits for its
// first delay, then in its queue, at the place that the caller had; the agent is
// offered it like a call, and the customer is dialled when the agent has
// accepted. Where it is to be so, the customer is dialled first, as soon as an
// agent is free. An attempt that does not reach the customer ends, and another
// one follows after the retry delay, until there were enough (Amazon Connect
// Administrator Guide: Set up queued callback).

// callbackLifeMillis is how long a callback lives at most, 7 days.
const callbackLifeMillis = 7 * 24 * 3_600_000

// createCallback queues a call back to the contact's customer, and takes the
// contact itself out of its queue.
func (m *Machine) createCallback(s *tandem.Step, c *Contact, act flow.CreateCallback) {
	queueID := c.TargetQueueID
	if act.QueueID+act.AgentID != "" {
		queueID, _ = tandem.ParseID(act.QueueID + act.AgentID)
	}
	number := c.CallbackNumber
	if number == "" {
		number = c.CustomerAddress
	}
	startFlow, _ := tandem.ParseID(act.FlowID) // none: the agent first
	since := c.WaitingSince
	if since.IsZero() || c.Phase != InQueue {
		since = s.At.Add(-c.AdjustmentMillis)
	}
	plan := event.CallbackPlanned{Number: number, CallerID: tandem.Personal(act.CallerID), Attempt: 1, Attempts: uint32(max(1, act.Attempts)),
		RetryDelaySeconds: uint32(act.RetryDelaySeconds), CustomerFirst: !startFlow.IsZero(), WaitingSince: since}
	if c.Phase == InQueue {
		s.Emit(&event.ContactDequeued{ContactID: c.ContactID, At: c.notBefore(s, s.At)})
	}
	id := m.beginCallback(s, c, queueID, startFlow, plan, act.InitialDelaySeconds*1000)
	s.Emit(&event.ContactTransferred{ContactID: c.ContactID, InitialContactID: c.InitialContactID, NextContactID: id, At: c.notBefore(s, s.At)})
}

// beginCallback begins the contact of one attempt.
func (m *Machine) beginCallback(s *tandem.Step, c *Contact, queueID, startFlow tandem.ID, plan event.CallbackPlanned, delayMillis int64) tandem.ID {
	id := s.NextID()
	start := m.follower(c, event.ContactInitiated{ContactID: id, Method: event.Callback, At: s.At, TargetQueueID: queueID, StartFlowID: startFlow})
	start.CustomerAddress = plan.Number
	s.Emit(start)
	plan.ContactID, plan.InitialContactID = id, c.InitialContactID
	s.Emit(&plan)
	next := m.contact(id)
	if delayMillis > 0 {
		s.Emit(&event.ContactScheduled{ContactID: id, QueueID: queueID, Due: s.At.Add(delayMillis), At: s.At})
		return id
	}
	m.queue(s, next, s.At)
	return id
}

// scheduledDue goes on with a contact whose time has come.
func (m *Machine) scheduledDue(s *tandem.Step, c *Contact) {
	s.Emit(&event.ContactDue{ContactID: c.ContactID, At: c.notBefore(s, s.At)})
	if c.Callback != nil {
		m.queue(s, c, s.At)
		return
	}
	s.Emit(&event.ContactConnectedToSystem{ContactID: c.ContactID, At: c.LastAt})
	m.startFlow(s, c, s.At)
}

// customerFirst goes on with a callback whose customer was called first and has
// answered: the flow that was named for it runs; it brings them to the queue,
// where their place was kept.
func (m *Machine) customerFirst(s *tandem.Step, c *Contact, at tandem.Time) {
	s.Emit(&event.ContactDequeued{ContactID: c.ContactID, At: c.notBefore(s, at)})
	if m.state.Flows[c.StartFlowID].startable() == nil {
		m.queue(s, c, at)
		return
	}
	m.startFlow(s, c, at)
}

// reserves is the agent who is kept free while the customer of a callback is
// called first; the zero id for none.
func (c *Contact) reserves() tandem.ID {
	l := c.customer()
	if c.Callback == nil || c.Phase != Joining || !c.UserID.IsZero() || l == nil || l.Dialed == nil || l.State >= event.LegAnswered {
		return tandem.ID{}
	}
	return l.Dialed.UserID
}

// retryCallback begins the next attempt of a callback whose customer was not
// reached.
func (m *Machine) retryCallback(s *tandem.Step, c *Contact) {
	if c.Callback == nil || !c.ConnectedToSystemAt.IsZero() || c.Reason == event.APIDisconnect || c.Reason == event.Expired {
		return
	}
	plan := c.Callback.Planned
	if c.customer() == nil || plan.Attempt >= plan.Attempts || !m.hasQueue(c.QueueID) {
		return
	}
	plan.Attempt++
	plan.WaitingSince = c.WaitingSince
	id := m.beginCallback(s, c, c.QueueID, c.StartFlowID, plan, max(1, int64(plan.RetryDelaySeconds))*1000)
	s.Emit(&event.ContactTransferred{ContactID: c.ContactID, InitialContactID: c.InitialContactID, NextContactID: id, At: c.LastAt})
}
