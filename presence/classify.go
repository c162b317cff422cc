package presence

import (
	"tandem"
	"tandem/event"
)

// Times of the classifier, in milliseconds.
const (
	closeMillis    = 2_000  // of acts closer than this the rank of the cause decides
	clockMillis    = 1_000  // how far a system's clock may be from ours where it tells when
	tieMillis      = 250    // acts closer than this have no order where a system does not tell when
	graceMillis    = 60_000 // how long a lost session may take to come back
	rememberMillis = 60_000 // how long a write's echo may take
)

// observe takes what a system was seen to show. What was seen before says
// nothing new, unless the system was looked at and does not show what it is
// known to show (SYNC-1, SYNC-2).
func (m *Machine) observe(s *tandem.Step, c Observe) error {
	a, l, err := m.findLeg(c.SystemID, c.RemoteID)
	if err != nil || !l.heard(&c) {
		return err
	}
	o := &event.ObservationTaken{UserID: a.UserID, SystemID: c.SystemID, Remote: c.Remote, Version: c.Version, Reason: c.Reason,
		At: seenAt(c.At, s.At), Arrival: c.At == 0, Told: c.At, Sequence: c.Sequence}
	o.Read = c.LookedAt != 0 && c.LookedAt >= l.EndedAt && l.Write == nil
	rev, last := revision(o), revision(&l.Observed)
	same := l.Observed.Remote != "" && (rev == last || c.Version == 0 && c.At == 0 && c.Remote == l.Observed.Remote)
	within := o.Read && same && c.Version == 0 && c.Remote != l.Observed.Remote && c.Remote != l.WriteShown
	switch {
	case within: // it changed twice within the grain of the system's clock
		m.take(s, a, l, o, kindOf(c.Reason))
		m.noteRules(s, a, l, o)
	case o.Read && (same && (l.Unsure || c.Remote != l.Observed.Remote) || rev > last && l.seen(rev)):
		o.Class = event.ClassKnown
		s.Emit(o)
	case same, l.seen(rev):
		return nil
	default:
		o.Late = rev < last
		m.take(s, a, l, o, kindOf(c.Reason))
		m.noteRules(s, a, l, o)
	}
	m.settle(s, a)
	return nil
}

func (m *Machine) findLeg(system tandem.ID, remote string) (*Agent, *Leg, error) {
	sys := m.state.Systems[system]
	if sys == nil {
		return nil, nil, unknownSystem(system)
	}
	if !sys.Saved.Enabled {
		return nil, nil, tandem.Errorf(tandem.Conflict, "SystemId", "the system %q is switched off; switch it on first", sys.Saved.Name)
	}
	a := m.state.Agents[m.byRemote[remoteAgent{system, remote}]]
	if a == nil {
		return nil, nil, tandem.Errorf(tandem.NotFound, "RemoteId", "no user is linked to agent %q of the system %q", remote, sys.Saved.Name)
	}
	return a, a.leg(system), nil
}

// take classifies an observation and does what follows for the intent.
func (m *Machine) take(s *tandem.Step, a *Agent, l *Leg, o *event.ObservationTaken, k kind) {
	status := m.meant(a, l, m.canonical(l, o.Remote))
	desired, because := m.desired(a, l)
	m.classify(s, a, l, o, k, status, desired)
	during := l.Kept != "" && o.Class != event.ClassEcho && revision(o) >= l.ChosenRev
	s.Emit(o)
	m.thaw(s, a, o)
	if during {
		m.takeDuringOverlay(s, a, l, o, k)
	}
	switch o.Class {
	case event.ClassIntent:
		m.intend(s, a, o, status, k.cause())
	case event.ClassEqual:
		if because != becauseFocus && o.At > a.Intent.At {
			again := a.Intent
			again.At, again.Arrival = o.At, o.Arrival
			s.Emit(&again)
		}
	case event.ClassReverted:
		m.revert(s, a, l, status)
	}
}

// classify says what an observation means (SYNC-3 to SYNC-9).
func (m *Machine) classify(s *tandem.Step, a *Agent, l *Leg, o *event.ObservationTaken, k kind, status tandem.ID, desired string) {
	if k.ours(o.Reason) {
		if write, superseded := l.explains(o, s.At); !write.IsZero() {
			o.Class, o.WriteID, o.Late = event.ClassEcho, write, o.Late || superseded
			return
		}
	}
	if k == bySelf {
		o.Class = event.ClassEcho
		return
	}
	o.Cause = k.cause()
	switch {
	case k == byDisconnect && o.Late:
		o.Class = event.ClassStale
	case k == byDisconnect:
		o.Class, o.Until = event.ClassDeferred, s.At.Add(graceMillis)
	case k == bySession:
		o.Class = event.ClassSystem
	case k.machine():
		o.Class = m.classifyMachine(a, l, o, k, status)
	case !o.Late && o.Remote == desired:
		o.Class = event.ClassEqual
	case status.IsZero():
		o.Class = event.ClassUnmapped
	case !m.wins(a, l, o, k.cause(), status):
		o.Class = event.ClassStale
	case m.governed(a, l, status) != nil:
		o.Class = event.ClassReverted
	default:
		o.Class = event.ClassIntent
	}
}

// classifyMachine says whether what no person did counts as a wish: only
// where it makes the agent less available, and, but for a log-out, not while
// the agent works (ZD-L17). A session that is back may bring back what a
// person had chosen.
func (m *Machine) classifyMachine(a *Agent, l *Leg, o *event.ObservationTaken, k kind, status tandem.ID) event.ObservationClass {
	switch {
	case status.IsZero() || status == a.Intent.StatusID,
		l.SystemID != m.state.Center && k == bySystem && a.working():
		return event.ClassSystem
	case !m.wins(a, l, o, k.cause(), status):
		return event.ClassStale
	case k == byReconnect && !m.returns(a, l, status), k != byReconnect && m.raises(a, status):
		return event.ClassSystem
	}
	return event.ClassIntent
}

// returns reports whether a status is the one that a person chose last and
// that the loss of this system's session had taken away.
func (m *Machine) returns(a *Agent, l *Leg, status tandem.ID) bool {
	return a.Intent.SystemID == l.SystemID && a.Intent.Cause <= event.CauseSessionEnd && a.Person.StatusID == status
}

// raises reports whether a status makes the agent more available than now.
func (m *Machine) raises(a *Agent, status tandem.ID) bool {
	return m.availability(status) > m.availability(m.shownAtHome(a))
}

// The degrees of availability.
const (
	offline Availability = iota
	away
	available
)

// reach is how available a leg's status makes the agent; away for one that means
// nothing in the center, such as a focus status.
func (m *Machine) reach(l *Leg, remote string) Availability {
	if status := m.canonical(l, remote); !status.IsZero() {
		return m.availability(status)
	}
	return away
}

func (m *Machine) availability(status tandem.ID) Availability {
	switch st := m.state.Statuses[status]; {
	case st == nil || st.Type == event.Offline:
		return offline
	case st.Type == event.Custom:
		return away
	}
	return available
}

// wins reports whether an act counts against the present intent: by their
// times, and of two at the same time the one that arrived later; where two
// systems' clocks are too close to trust, the rank of the cause decides
// (SYNC-6). In the same moment, or closely where a system does not tell when,
// the less available status counts (SYNC-8). A master does not yield to what others chose before it was seen.
func (m *Machine) wins(a *Agent, l *Leg, o *event.ObservationTaken, cause event.IntentCause, status tandem.ID) bool {
	after := o.At.Sub(a.Intent.At)
	switch {
	case a.Intent.Version == 0:
		return true
	case o.Late && l.SystemID == a.Intent.SystemID && revision(o) < a.Intent.Revision:
		return false
	case !o.Late && m.master(l.SystemID) && !m.master(a.Intent.SystemID) && m.maps(l.SystemID, a.Intent.StatusID):
		return true
	case l.SystemID != a.Intent.SystemID && cause != a.Intent.Cause && -closeMillis < after && after < closeMillis:
		return cause > a.Intent.Cause
	case l.SystemID != a.Intent.SystemID && tied(after, o.Arrival || a.Intent.Arrival) && m.availability(status) != m.availability(a.Intent.StatusID):
		return m.availability(status) < m.availability(a.Intent.StatusID)
	case o.Late:
		return after > 0
	}
	return after >= 0
}

// tied reports whether two acts have no order in time.
func tied(apart int64, unsure bool) bool {
	return apart == 0 || unsure && -tieMillis < apart && apart < tieMillis
}

// governed finds the leg of a master that puts back the choice of a status in
// another system: it maps the status, and shows one that is mapped to
// something else (ZD-L5 to ZD-L8).
func (m *Machine) governed(a *Agent, l *Leg, status tandem.ID) *Leg {
	if m.master(l.SystemID) {
		return nil
	}
	for i := range a.Legs {
		ruler := &a.Legs[i]
		if !m.master(ruler.SystemID) || !m.maps(ruler.SystemID, status) {
			continue
		}
		if shown := m.canonical(ruler, ruler.Chosen); !shown.IsZero() && shown != status {
			return ruler
		}
	}
	return nil
}

// revert tells the agent that a choice is put back. The intent becomes what
// the master shows, if it is something else.
func (m *Machine) revert(s *tandem.Step, a *Agent, l *Leg, status tandem.ID) {
	m.notify(s, a.UserID, l.SystemID, noticePutBack, m.state.Statuses[status].Name)
	ruler := m.governed(a, l, status)
	if shown := m.canonical(ruler, ruler.Chosen); shown != a.Intent.StatusID {
		m.newIntent(s, a, ruler.SystemID, ruler.Chosen, shown, event.CausePerson, s.At)
	}
}

// takeDuringOverlay does what a person's act means for the status that is
// kept to be put back: an act from before the overlay is what is put back, a
// later one ends the overlay in this system (SYNC-10, ZD-K8).
func (m *Machine) takeDuringOverlay(s *tandem.Step, a *Agent, l *Leg, o *event.ObservationTaken, k kind) {
	switch {
	case k == byLogout:
		s.Emit(&event.StatusKept{UserID: a.UserID, SystemID: l.SystemID, Released: a.OnContact})
	case k.machine() || a.OnContact && o.Remote == m.focus(l):
	case a.OnContact && o.At < a.OverlayAt:
		s.Emit(&event.StatusKept{UserID: a.UserID, SystemID: l.SystemID, Remote: o.Remote, Intent: a.Intent.Version})
	default:
		s.Emit(&event.StatusKept{UserID: a.UserID, SystemID: l.SystemID, Released: a.OnContact})
	}
}

// thaw starts frozen legs again when a person did something.
func (m *Machine) thaw(s *tandem.Step, a *Agent, o *event.ObservationTaken) {
	for i := range a.Legs {
		if l := &a.Legs[i]; personal(o) && l.Health == event.HealthFrozen {
			m.setHealth(s, a, l, event.HealthOK, "")
		}
	}
}

// intend makes what was seen the intent.
func (m *Machine) intend(s *tandem.Step, a *Agent, o *event.ObservationTaken, status tandem.ID, cause event.IntentCause) {
	remote := o.Remote
	if l := a.leg(o.SystemID); m.canonical(l, remote) != status {
		remote = m.wordFor(l, status)
	}
	s.Emit(&event.IntentChanged{UserID: a.UserID, Version: a.Intent.Version + 1, StatusID: status, SystemID: o.SystemID, Remote: remote,
		Cause: cause, At: o.At, Arrival: o.Arrival, Revision: revision(o)})
}

// newIntent states what a person wants everywhere.
func (m *Machine) newIntent(s *tandem.Step, a *Agent, system tandem.ID, remote string, status tandem.ID, cause event.IntentCause, at tandem.Time) {
	s.Emit(&event.IntentChanged{UserID: a.UserID, Version: a.Intent.Version + 1, StatusID: status, SystemID: system, Remote: remote, Cause: cause, At: at})
}

// deferredUntil is when a lost session counts as a wish, if it is still lost;
// 0 for never. It waits for the end of the agent's work.
func (m *Machine) deferredUntil(a *Agent, l *Leg) tandem.Time {
	if l.Observed.Class != event.ClassDeferred || a.working() {
		return 0
	}
	return l.Observed.Until
}

// loseSession decides about a session that was lost and did not come back.
func (m *Machine) loseSession(s *tandem.Step, a *Agent, l *Leg) {
	if until := m.deferredUntil(a, l); until == 0 || until > s.At {
		return
	}
	o := l.Observed
	status := m.canonical(l, o.Remote)
	o.Until, o.Class = 0, m.classifyMachine(a, l, &o, byDisconnect, status)
	s.Emit(&o)
	if o.Class == event.ClassIntent {
		m.newIntent(s, a, l.SystemID, o.Remote, status, event.CauseSessionEnd, o.At)
	}
}
