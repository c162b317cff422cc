package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
)

const (
	// answerMillis is how long the media process may take to answer a call.
	answerMillis = 60_000
	// taskLifeMillis is how long a task lives at most, 7 days (Amazon Connect
	// Administrator Guide: Concepts: tasks).
	taskLifeMillis = 7 * 24 * 3_600_000
)

// NextDue is the next moment at which a Tick would do something.
func (m *Machine) NextDue() (tandem.Time, bool) {
	due, ok := m.index.NextDue()
	if len(m.timers) > 0 && (!ok || m.timers[0].due < due) {
		return m.timers[0].due, true
	}
	return due, ok
}

// contactDue is the earliest deadline of a contact; 0 for none.
func (m *Machine) contactDue(c *Contact) tandem.Time {
	due := c.Flow.Deadline
	earlier := func(t tandem.Time) {
		if !t.IsZero() && (due.IsZero() || t < due) {
			due = t
		}
	}
	switch {
	case c.Phase == Ended:
		return c.EndedAt.Add(tandem.TombstoneMillis)
	case c.Phase == Offered:
		earlier(m.offerDue(c))
	case c.Phase == WrapUp:
		earlier(m.slotDeadline(c))
	}
	if c.live() && c.Channel == event.Task {
		earlier(c.InitiatedAt.Add(taskLifeMillis))
	}
	if c.live() && c.Channel == event.Voice && c.ConnectedToSystemAt.IsZero() {
		earlier(c.InitiatedAt.Add(answerMillis))
	}
	return due
}

// offerDue is when an offer ends by itself. A phone gets some time more, in
// which the media process reports what became of it.
func (m *Machine) offerDue(c *Contact) tandem.Time {
	due := m.slotDeadline(c)
	if c.Channel == event.Voice && !due.IsZero() {
		due = due.Add(phoneGraceMillis)
	}
	return due
}

func (m *Machine) slotDeadline(c *Contact) tandem.Time {
	if a := m.state.Agents[c.UserID]; a != nil {
		if slot := a.slot(c.ContactID); slot != nil {
			return slot.Deadline
		}
	}
	return 0
}

// tick acts on every deadline that has passed, earliest first.
func (m *Machine) tick(s *tandem.Step) {
	for len(m.timers) > 0 && m.timers[0].due <= s.At {
		m.act(s, m.state.Contacts[m.timers[0].contactID])
	}
}

// act does what the earliest deadline of a contact asks for. Each case moves
// the deadline or takes it away.
func (m *Machine) act(s *tandem.Step, c *Contact) {
	due := func(t tandem.Time) bool { return !t.IsZero() && t <= s.At }
	switch {
	case c.Phase == Ended:
		s.Emit(&event.ContactForgotten{ContactID: c.ContactID})
	case c.Phase == Offered && due(m.offerDue(c)):
		m.endOffer(s, c, s.At, event.OfferMissed)
	case c.Phase == WrapUp && due(m.slotDeadline(c)):
		m.clear(s, m.agent(c.UserID), c.ContactID)
	case due(c.Flow.Deadline):
		m.interrupt(s, c)
	case c.Channel == event.Task:
		m.disconnect(s, c, s.At, event.Expired)
	default:
		m.disconnect(s, c, s.At, event.TelecomProblem)
	}
}

// interrupt tells a flow that its wait is over. A flow that does not want to
// know is faulty, for it asked for this.
func (m *Machine) interrupt(s *tandem.Step, c *Contact) {
	before := c.Flow
	m.resume(s, c, flow.Input{Kind: flow.InputInterrupted}, s.At)
	if c.Flow == before {
		m.endFlow(s, c, flow.EndFault, s.At)
	}
}
