package presence

import (
	"tandem"
	"tandem/event"
)

// Limits of writing.
const (
	breakerMillis    = 30_000 // the loop breaker's window
	breakerWrites    = 6      // writes in it without a person's act
	maxAsserts       = 3      // times that a write is made again which was made and is not shown
	degradedAttempts = 3      // attempts without success until a leg counts as degraded
	maxBackoffMillis = 60_000
)

// wanted is a write that a leg wants.
type wanted struct {
	remote, because string
	attempt         uint32
	notBefore       tandem.Time // 0: none is wanted
	exhausted       bool        // made often enough without being shown
}

// settle does what follows for an agent's legs from all that is known.
func (m *Machine) settle(s *tandem.Step, a *Agent) {
	if !a.linked() {
		return
	}
	if on := a.working(); on != a.OnContact {
		s.Emit(&event.OverlayChanged{UserID: a.UserID, OnContact: on})
	}
	for i := range a.Legs {
		m.loseSession(s, a, &a.Legs[i])
		m.endSession(s, a, &a.Legs[i])
	}
	for i := range a.Legs {
		m.keep(s, a, &a.Legs[i])
		m.write(s, a, &a.Legs[i])
		m.recover(s, a, &a.Legs[i])
	}
}

// recover says that a leg does well again when it shows what it should, by
// whatever way it came to.
func (m *Machine) recover(s *tandem.Step, a *Agent, l *Leg) {
	if l.Health != event.HealthDegraded || l.Write != nil || l.Unsure || l.Ended.Outcome == event.WriteRefused {
		return
	}
	if remote, _ := m.desired(a, l); remote == l.Observed.Remote {
		m.setHealth(s, a, l, event.HealthOK, "")
	}
}

// keep remembers what is to be put back after the overlay, and forgets it when
// it was put back (SYNC-10, ZD-K4 to ZD-K13).
func (m *Machine) keep(s *tandem.Step, a *Agent, l *Leg) {
	sys := m.state.Systems[l.SystemID]
	if sys == nil || !sys.Saved.Enabled || l.Observed.Remote == "" || l.gone() {
		return
	}
	kept := l.Kept
	switch {
	case kept != "", m.focused(a, l):
		kept = m.beneath(a, l)
	case l.Observed.Remote == sys.Saved.Focus && l.Chosen != sys.Saved.Focus: // our focus write came late
		kept = l.Chosen
	}
	if kept != "" && !m.focused(a, l) && l.Write == nil && !l.Unsure {
		gone := !sys.offers(kept)
		if gone {
			m.notify(s, a.UserID, l.SystemID, noticeSavedGone, kept)
		}
		if gone || kept == l.Observed.Remote {
			kept = ""
		}
	}
	if kept != l.Kept {
		s.Emit(&event.StatusKept{UserID: a.UserID, SystemID: l.SystemID, Remote: kept, Intent: a.Intent.Version})
	}
}

// wanted says which write a leg wants and from when (SYNC-13).
func (m *Machine) wanted(a *Agent, l *Leg) wanted {
	if !m.writable(a, l) {
		return wanted{}
	}
	remote, because := m.desired(a, l)
	if remote == "" || remote == l.Observed.Remote || l.Refused && l.Last.Remote == remote {
		return wanted{}
	}
	w := wanted{remote: remote, because: because, attempt: 1}
	same := l.Last.Remote == remote && l.Last.Intent == a.Intent.Version
	failed := l.Ended.Outcome == event.WriteRetry || l.Ended.Outcome == event.WriteUnknown
	center := l.SystemID == m.state.Center
	if same && (failed || l.Observed.Class == event.ClassKnown) {
		w.attempt = l.Last.Attempt + 1
	}
	switch {
	case (center || !failed) && w.attempt > maxAsserts+1:
		w.exhausted = true
	case center && same && failed && len(a.Contacts) > 0: // when the contact ends
	case failed:
		w.notBefore = max(1, l.Ended.RetryAt)
	default:
		w.notBefore = 1
	}
	return w
}

// writable reports whether a write may be sent to a leg at all.
func (m *Machine) writable(a *Agent, l *Leg) bool {
	if !a.linked() || l.Write != nil || l.Unsure || l.Health == event.HealthFrozen || l.Observed.Remote == "" || l.Paged && l.speaker() == nil {
		return false
	}
	sys := m.state.Systems[l.SystemID]
	return l.SystemID == m.state.Center || sys != nil && sys.Saved.Enabled
}

// write requests the write that a leg wants, unless the loop breaker stops it
// (SYNC-22).
func (m *Machine) write(s *tandem.Step, a *Agent, l *Leg) {
	w := m.wanted(a, l)
	if w.exhausted {
		m.setHealth(s, a, l, event.HealthDegraded, "the status was written several times and is not shown")
	}
	if w.notBefore == 0 || w.notBefore > s.At {
		return
	}
	recent := 0
	for _, at := range l.Recent {
		if at > s.At.Add(-breakerMillis) {
			recent++
		}
	}
	if recent >= breakerWrites {
		m.setHealth(s, a, l, event.HealthFrozen, "too many writes without a person's act: another program may be changing the status too")
		return
	}
	s.Emit(&event.StatusWriteRequested{UserID: a.UserID, SystemID: l.SystemID, WriteID: s.NextID(), Remote: w.remote,
		Intent: a.Intent.Version, Because: w.because, Attempt: w.attempt})
	if l.SystemID == m.state.Center {
		s.Wish(CenterWrite{UserID: a.UserID, StatusID: m.canonical(l, w.remote)})
	}
}

// finishWrite takes what became of a write (SYNC-14, SYNC-16).
func (m *Machine) finishWrite(s *tandem.Step, c FinishWrite) error {
	e := c.Ended
	if e.Outcome < event.WriteDone || e.Outcome > event.WriteRetry {
		return tandem.Errorf(tandem.Invalid, "Outcome", "%d is not an outcome of a write", e.Outcome)
	}
	a := m.state.Agents[e.UserID]
	if a == nil {
		return nil
	}
	l := a.leg(e.SystemID)
	if l == nil || l.Write == nil || l.Write.WriteID != e.WriteID || l.SystemID == m.state.Center {
		return nil
	}
	if e.Again && e.Outcome == event.WriteRetry {
		e.Outcome = event.WriteUnknown // the copy sent before the restart may still be made
	}
	if e.Outcome == event.WriteRetry || e.Outcome == event.WriteUnknown {
		e.RetryAt = max(e.RetryAt, s.At.Add(backoff(l.Write.Attempt)))
	}
	s.Emit(&e)
	if l == m.connectLeg(a) && e.Outcome == event.WriteDone {
		m.noteConnect(s, a, &l.Last, a.Intent.Cause == event.CausePerson)
	}
	m.report(s, a, l)
	m.settle(s, a)
	return nil
}

// backoff is the wait after an attempt, in milliseconds: 1, 2, 4 s and so on,
// up to a minute.
func backoff(attempt uint32) int64 {
	if attempt > 6 {
		return maxBackoffMillis
	}
	return 1000 << (attempt - 1)
}

// report says how a leg does after a write has ended.
func (m *Machine) report(s *tandem.Step, a *Agent, l *Leg) {
	switch e := &l.Ended; {
	case e.Outcome == event.WriteDone && l.Health == event.HealthDegraded:
		m.setHealth(s, a, l, event.HealthOK, "")
	case e.Outcome == event.WriteRefused, e.RetryAt != 0 && l.Last.Attempt >= degradedAttempts:
		m.setHealth(s, a, l, event.HealthDegraded, e.Detail)
	}
}

// setHealth says how a leg does. Administrators are told once when it gets
// worse; that a system does not answer is told once for all its agents.
func (m *Machine) setHealth(s *tandem.Step, a *Agent, l *Leg, h event.LegHealth, detail string) {
	if l.Health == h {
		return
	}
	known := m.unanswered(l.SystemID)
	s.Emit(&event.LegHealthChanged{UserID: a.UserID, SystemID: l.SystemID, Health: h, Detail: detail})
	switch {
	case h == event.HealthOK:
	case !l.unanswered():
		m.notify(s, tandem.ID{}, l.SystemID, noticeSyncTrouble, detail)
	case !known:
		m.notify(s, tandem.ID{}, l.SystemID, noticeUnreachable, detail)
	}
}

// unanswered reports whether some agent's writes wait because the system does
// not answer.
func (m *Machine) unanswered(system tandem.ID) bool {
	for _, a := range m.state.Agents { // any order: only whether there is one matters
		if l := a.leg(system); l != nil && l.unanswered() {
			return true
		}
	}
	return false
}

// unanswered reports whether the leg is degraded because the system does not
// answer.
func (l *Leg) unanswered() bool {
	return l.Health == event.HealthDegraded && (l.Ended.Outcome == event.WriteRetry || l.Ended.Outcome == event.WriteUnknown)
}

// releaseLeg starts a frozen or degraded leg again.
func (m *Machine) releaseLeg(s *tandem.Step, c ReleaseLeg) error {
	a, l, err := m.knownLeg(c.UserID, c.SystemID)
	if err != nil {
		return err
	}
	m.setHealth(s, a, l, event.HealthOK, "")
	m.settle(s, a)
	return nil
}
