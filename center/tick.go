package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

const (
	// answerMillis is how long the media process may take to answer a call.
	answerMillis = 60_000
	// taskLifeMillis is how long a task lives at most, 7 days (Amazon Connect
	// Administrator Guide: Concepts: tasks). A chat lives as long.
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

// A deadline is a moment at which a contact must go on by itself, and what
// happens then.
type deadline struct {
	at   tandem.Time // 0: none
	what dueKind
}

// dueKind is what happens at a deadline. It is no function, for the deadline is
// computed at each change of a contact, and only few ever come.
type dueKind uint8

const (
	offerMissed dueKind = iota + 1
	wrapUpOver
	begins
	whisperOver
	joinFailed
	waitOver
	agentWaitOver
	expires
	unanswered
	dialFailed
	forgotten
	answerLate
)

// act does what happens at a deadline.
func (m *Machine) act(s *tandem.Step, c *Contact, what dueKind) {
	switch what {
	case offerMissed:
		m.endOffer(s, c, s.At, event.OfferMissed)
	case wrapUpOver:
		m.clear(s, m.agent(c.UserID), c.ContactID)
	case begins:
		m.scheduledDue(s, c)
	case whisperOver:
		m.endWhisper(s, c)
	case joinFailed:
		m.dropJoining(s, c, s.At, event.OfferFailed)
	case waitOver:
		m.interrupt(s, c, event.CustomerSide)
	case agentWaitOver:
		m.interrupt(s, c, event.AgentSide)
	case expires:
		m.disconnect(s, c, s.At, event.Expired)
	case unanswered:
		m.disconnect(s, c, s.At, event.TelecomProblem)
	case dialFailed:
		m.dialExpired(s, c)
	case answerLate:
		m.answersLate(s, c)
	case forgotten:
		s.Emit(&event.ContactForgotten{ContactID: c.ContactID})
	}
}

// consider takes a deadline if it comes before the one known.
func (d *deadline) consider(at tandem.Time, what dueKind) {
	if !at.IsZero() && (d.at.IsZero() || at < d.at) {
		*d = deadline{at, what}
	}
}

// contactDue is the earliest deadline of a contact; 0 for none.
func (m *Machine) contactDue(c *Contact) tandem.Time { return m.earliest(c).at }

// earliest is the deadline that comes first. Of those at the same moment the
// one that is looked at first counts.
func (m *Machine) earliest(c *Contact) deadline {
	if c.Phase == Ended {
		keep := tandem.TombstoneMillis + int64(m.state.Settings.ResumeWithinMinutes)*60_000
		first := deadline{c.EndedAt.Add(keep), forgotten}
		c.answersDue(&first)
		return first
	}
	var first deadline
	switch c.Phase {
	case Offered:
		first.consider(m.offerDue(c), offerMissed)
	case WrapUp:
		first.consider(m.slotDeadline(c), wrapUpOver)
	case Scheduled:
		first.consider(c.ScheduledAt, begins)
	case Joining:
		first.consider(c.whisperDue(), whisperOver)
		first.consider(m.joinDue(c), joinFailed)
	}
	if c.live() {
		c.liveDeadlines(&first)
	}
	c.answersDue(&first)
	return first
}

func (c *Contact) liveDeadlines(first *deadline) {
	first.consider(c.Flow.Deadline, waitOver)
	first.consider(c.AgentFlow.Deadline, agentWaitOver)
	switch {
	case c.Channel != event.Voice:
		first.consider(max(c.InitiatedAt, c.ScheduledAt).Add(taskLifeMillis), expires)
	case c.Method == event.Callback:
		first.consider(max(c.InitiatedAt, c.ScheduledAt).Add(callbackLifeMillis), expires)
	case c.Method == event.Inbound && c.ConnectedToSystemAt.IsZero():
		first.consider(c.InitiatedAt.Add(answerMillis), unanswered)
	}
	for i := range c.Legs {
		l := &c.Legs[i]
		if d := l.Dialed; d != nil && l.State < event.LegAnswered && !d.Deadline.IsZero() {
			first.consider(d.Deadline.Add(phoneGraceMillis), dialFailed)
		}
	}
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
	if p := m.person(c.UserID); p != nil {
		if slot := p.agent.slot(c.ContactID); slot != nil {
			return slot.Deadline
		}
	}
	return 0
}

// whisperDue is when a whisper has taken long enough.
func (c *Contact) whisperDue() tandem.Time {
	for _, p := range [...]*FlowPosition{&c.AgentFlow, &c.Flow} {
		switch flow.Type(p.Type) {
		case flow.TypeAgentWhisper, flow.TypeCustomerWhisper:
			return p.Since.Add(whisperMillis)
		case flow.TypeOutboundWhisper:
			if c.customerAnswered() {
				return max(p.Since, c.ConnectedToSystemAt).Add(whisperMillis)
			}
		}
	}
	return 0
}

// endWhisper disconnects who has listened to a whisper for too long: the agent,
// so that the contact waits on, or the customer.
func (m *Machine) endWhisper(s *tandem.Step, c *Contact) {
	if flow.Type(c.AgentFlow.Type) == flow.TypeAgentWhisper {
		m.agentLeft(s, c, s.At, event.AgentDisconnect)
		return
	}
	m.disconnect(s, c, s.At, event.ContactFlowDisconnect)
}

// joinDue is when an agent who accepted in the browser must be heard from: the
// leg may not be there yet.
func (m *Machine) joinDue(c *Contact) tandem.Time {
	own := c.own()
	if c.Channel != event.Voice || c.AcceptedAt.IsZero() || own == nil || own.State == event.LegAnswered || own.Dialed != nil {
		return 0
	}
	return c.AcceptedAt.Add(tandem.RingMillis)
}

// dialExpired gives up a leg of which the media process has reported nothing
// since its deadline.
func (m *Machine) dialExpired(s *tandem.Step, c *Contact) {
	for i := range c.Legs {
		l := c.Legs[i]
		if d := l.Dialed; d != nil && l.State < event.LegAnswered && d.Deadline.Add(phoneGraceMillis) <= s.At {
			m.legGone(s, c, l, voice.CauseNoAnswer, s.At)
			return
		}
	}
}

// tick acts on every deadline that has passed, earliest first.
func (m *Machine) tick(s *tandem.Step) {
	for len(m.timers) > 0 && m.timers[0].due <= s.At {
		if first := m.timers[0].of; first.agent != nil {
			m.agentDeadline(s, first.agent)
		} else {
			m.act(s, first.contact, m.earliest(first.contact).what)
		}
	}
}

// interrupt tells a flow that its wait is over. A flow that does not want to
// know is faulty, for it asked for this.
func (m *Machine) interrupt(s *tandem.Step, c *Contact, side event.FlowSide) {
	if !m.resume(s, c, side, flow.Input{Kind: flow.InputInterrupted}, s.At) {
		m.endFlow(s, &runner{m: m, c: c, side: side, at: s.At}, flow.EndFault)
	}
}

// agentDue is when an agent whose panel is gone becomes unreachable; 0 for
// never.
func (m *Machine) agentDue(a *Agent) tandem.Time {
	grace := m.state.Settings.HeartbeatGraceSeconds
	if grace == 0 || a.Disconnected.IsZero() || a.Unreachable || m.offline(a) {
		return 0
	}
	return a.Disconnected.AddSeconds(int64(grace))
}

func (m *Machine) offline(a *Agent) bool {
	st := m.state.Statuses[a.StatusID]
	return st == nil || st.Type == event.Offline
}

func (m *Machine) agentDeadline(s *tandem.Step, a *Agent) {
	s.Emit(&event.AgentUnreachable{UserID: a.User.UserID, At: s.At})
}
