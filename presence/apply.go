package presence

import (
	"slices"

	"tandem"
	"tandem/event"
)

// Apply implements instance.Machine.
func (m *Machine) Apply(_ tandem.Seq, at tandem.Time, ev tandem.Event) {
	if m.applyCenter(ev) || m.applyConfig(ev) {
		return
	}
	switch e := ev.(type) {
	case *event.IntentChanged:
		m.change(e.UserID, func(a *Agent) { m.applyIntent(a, e) })
	case *event.OverlayChanged:
		m.change(e.UserID, func(a *Agent) { a.applyOverlay(e, at) })
	case *event.ObservationTaken:
		m.changeLeg(e.UserID, e.SystemID, func(a *Agent, l *Leg) {
			m.applyObservation(a, l, e)
			if personal(e) {
				a.forgetRecent()
			}
		})
	case *event.CapacityObserved:
		m.changeLeg(e.UserID, e.SystemID, func(a *Agent, l *Leg) { a.applyCapacity(l, e) })
	case *event.WorkAccepted:
		m.changeLeg(e.UserID, e.SystemID, func(_ *Agent, l *Leg) { l.applyAccepted(e.WorkID) })
	case *event.RuleFired:
		m.change(e.UserID, func(a *Agent) { m.applyFired(a, e) })
	case *event.ConnectStateSeen:
		m.change(e.UserID, func(a *Agent) { a.ConnectState = e.State })
	case *event.PageAttached:
		m.changeLeg(e.UserID, e.SystemID, func(a *Agent, l *Leg) {
			l.Profile = e.Profile
			m.applyPages(a, l, append(slices.Clone(l.Pages), Page{PageID: e.PageID, Mute: e.Mute}), at)
		})
	case *event.PageLeft:
		m.changeLeg(e.UserID, e.SystemID, func(a *Agent, l *Leg) {
			m.applyPages(a, l, slices.DeleteFunc(slices.Clone(l.Pages), func(p Page) bool { return p.PageID == e.PageID }), at)
		})
	case *event.SessionEnded:
		m.changeLeg(e.UserID, e.SystemID, func(_ *Agent, l *Leg) { l.AloneAt = 0 })
	case *event.WorkStateObserved:
		m.changeLeg(e.UserID, e.SystemID, func(_ *Agent, l *Leg) { l.Work = e })
	case *event.StatusKept:
		m.changeLeg(e.UserID, e.SystemID, func(_ *Agent, l *Leg) {
			l.Kept, l.KeptIntent, l.OverlayOff = e.Remote, e.Intent, l.OverlayOff || e.Released
		})
	case *event.StatusWriteRequested:
		m.changeLeg(e.UserID, e.SystemID, func(_ *Agent, l *Leg) { m.applyRequested(l, e, at) })
	case *event.StatusWriteEnded:
		m.changeLeg(e.UserID, e.SystemID, func(a *Agent, l *Leg) { m.applyEnded(a, l, e, at) })
	case *event.LegHealthChanged:
		m.changeLeg(e.UserID, e.SystemID, func(_ *Agent, l *Leg) {
			if l.Health = e.Health; e.Health == event.HealthOK {
				l.Recent, l.Refused, l.Last.Attempt = nil, false, 0
			}
		})
	}
}

// change changes an agent and what derives from it.
func (m *Machine) change(user tandem.ID, f func(*Agent)) {
	if a := m.state.Agents[user]; a != nil {
		f(a)
		m.agentChanged(a)
	}
}

func (m *Machine) changeLeg(user, system tandem.ID, f func(*Agent, *Leg)) {
	m.change(user, func(a *Agent) {
		if l := a.leg(system); l != nil {
			f(a, l)
		}
	})
}

func (m *Machine) applyIntent(a *Agent, e *event.IntentChanged) {
	if e.Version == a.Intent.Version {
		a.Intent.At, a.Intent.Arrival = e.At, e.Arrival
		return
	}
	a.Intent = *e
	if e.Cause >= event.CauseProgram {
		a.Person = *e
	}
	for i := range a.Legs {
		a.Legs[i].Refused = false
		a.Legs[i].BandOff = a.Legs[i].BandOff && m.availability(e.StatusID) == available
	}
}

// forgetRecent lets the loop breaker begin anew.
func (a *Agent) forgetRecent() {
	for i := range a.Legs {
		a.Legs[i].Recent = nil
	}
}

// personal reports whether an observation shows that a person did something.
func personal(o *event.ObservationTaken) bool {
	return o.Cause == event.CausePerson && o.Class != event.ClassStale && o.Class != event.ClassKnown
}

func (a *Agent) applyOverlay(e *event.OverlayChanged, at tandem.Time) {
	a.OnContact, a.OverlayAt = e.OnContact, at
	for i := range a.Legs {
		l := &a.Legs[i]
		l.OverlayOff, l.Refused, l.Recent = false, false, nil
	}
}

func (m *Machine) applyObservation(a *Agent, l *Leg, e *event.ObservationTaken) {
	echo := e.Class == event.ClassEcho
	l.Unsure = l.Unsure && !e.Read && !(echo && e.WriteID == l.Ended.WriteID)
	l.remember(revision(e))
	if p := l.speaker(); p != nil && e.Sequence != 0 {
		p.Sequence = e.Sequence
	}
	l.applyChosen(e, m.focus(l))
	if echo {
		l.useUp(e.WriteID)
	}
	switch {
	case e.Late:
		return
	case e.Class == event.ClassKnown && e.Remote == l.Observed.Remote:
		l.Observed.Version, l.Observed.At, l.Observed.Told = e.Version, e.At, e.Told
		return
	}
	l.Moved = l.Moved || l.Write != nil && !echo
	if e.Class != event.ClassKnown {
		l.IntentSeen = 0
		if e.At >= a.Intent.At {
			l.IntentSeen = a.Intent.Version
		}
	}
	if e.Class != event.ClassEcho && e.Class != event.ClassEqual && e.Class != event.ClassKnown && e.Class != event.ClassStale {
		l.Rule = nil
	}
	l.BandOff = l.BandOff || m.loaded(a, l) != "" && e.Class == event.ClassIntent && e.Cause == event.CausePerson
	l.Observed = *e
}

// applyChosen notes what was chosen for the system, or for want of anything
// better what it showed first. What became the intent counts however late it
// was seen.
func (l *Leg) applyChosen(e *event.ObservationTaken, focus string) {
	rev := revision(e)
	counts := e.Cause >= event.CauseProgram && e.Class != event.ClassReverted &&
		(l.Kept == "" || e.Remote != focus) && rev >= l.ChosenRev
	if counts || e.Class == event.ClassIntent || l.Chosen == "" {
		l.Chosen, l.ChosenRev = e.Remote, max(rev, l.ChosenRev)
	}
}

func (m *Machine) applyRequested(l *Leg, e *event.StatusWriteRequested, at tandem.Time) {
	l.Write, l.Last, l.Moved = e, *e, false
	l.WriteVersion, l.WriteShown = l.Observed.Version, l.Observed.Remote
	if e.Because != becauseFocus {
		l.Chosen, l.ChosenRev = e.Remote, revision(&l.Observed)
	}
	l.Recent = append(slices.DeleteFunc(l.Recent, func(t tandem.Time) bool { return t <= at.Add(-breakerMillis) }), at)
	if e.SystemID == m.state.Center {
		return
	}
	l.rememberWrite(e, at)
	m.effects = append(m.effects, m.writeEffect(m.state.Systems[l.SystemID], l))
}

func (m *Machine) applyEnded(a *Agent, l *Leg, e *event.StatusWriteEnded, at tandem.Time) {
	l.Write, l.Ended, l.EndedAt, l.Refused = nil, *e, at, e.Outcome == event.WriteRefused
	if i := l.remembered(e.WriteID); i >= 0 {
		r := &l.Remembered[i]
		r.At, r.Twice, r.Done = at, e.Again && !r.Seen, e.Outcome == event.WriteDone && !e.Again
		if r.Seen && !e.Again {
			l.useUp(e.WriteID)
		}
	}
	switch e.Outcome {
	case event.WriteDone:
		l.applyDone(e, l.SystemID == m.state.Center)
	case event.WriteUnknown:
		l.Unsure = true
	default:
		l.useUp(e.WriteID)
	}
	if e.Again && l.remembered(e.WriteID) < 0 { // one echo was seen, another may come
		l.rememberWrite(&l.Last, at)
	}
	if sys := m.state.Systems[l.SystemID]; l.Unsure && sys != nil {
		m.effects = append(m.effects, readEffect(sys, a, l))
	}
}

// applyDone takes a write that was made as what the system shows, unless
// something newer is known. Without a revision of the write that cannot be
// told when something else was seen meanwhile: then the system is read.
func (l *Leg) applyDone(e *event.StatusWriteEnded, center bool) {
	switch {
	case e.Version == 0 && l.Moved && !center:
		l.Unsure = true
		return
	case e.Version != 0:
		l.remember(e.Version)
		l.useUp(e.WriteID)
		if e.Version < l.Observed.Version {
			return
		}
		l.Observed.Version = e.Version
	}
	l.Observed.Remote, l.Observed.Class, l.Observed.Reason, l.Observed.Until = l.Last.Remote, event.ClassEcho, "", 0
	l.IntentSeen = l.Last.Intent
}

// explains finds the write that an observation may be the echo of: rather one
// that was surely made, since of the others nobody knows when they are. It is
// superseded when it was made before a later one that has ended too.
func (l *Leg) explains(e *event.ObservationTaken, now tandem.Time) (write tandem.ID, superseded bool) {
	best := -1
	for i := range l.Remembered {
		r := &l.Remembered[i]
		if l.mayShow(r, e, now) && (best < 0 || r.Done && !l.Remembered[best].Done) {
			best = i
		}
	}
	if best < 0 {
		return tandem.ID{}, false
	}
	r := &l.Remembered[best]
	later := len(l.Remembered) - 1 - best
	if l.Write != nil && l.Write.WriteID != r.WriteID {
		later-- // the one under way has not ended
	}
	return r.WriteID, r.Done && later > 0
}

// mayShow reports whether an observation may be the echo of a write: by its
// value and its order, in time, and not when the status was plainly chosen again
// after the write was made.
func (l *Leg) mayShow(r *Remembered, e *event.ObservationTaken, now tandem.Time) bool {
	under := l.Write != nil && l.Write.WriteID == r.WriteID
	switch {
	case r.Remote != e.Remote || revision(e) <= r.After || !under && r.At < now.Add(-rememberMillis):
		return false
	case r.Done && !e.Arrival && e.At > r.At.Add(clockMillis):
		return false
	}
	return true
}

// rememberWrite expects the echo of a write.
func (l *Leg) rememberWrite(e *event.StatusWriteRequested, at tandem.Time) {
	l.Remembered = slices.DeleteFunc(l.Remembered, func(r Remembered) bool { return r.At < at.Add(-rememberMillis) })
	if len(l.Remembered) == maxRemembered {
		l.Remembered = slices.Delete(l.Remembered, 0, 1)
	}
	l.Remembered = append(l.Remembered, Remembered{WriteID: e.WriteID, Remote: e.Remote, After: revision(&l.Observed), At: at})
}

// remembered is the place of a write among those whose echo may come, or -1.
func (l *Leg) remembered(write tandem.ID) int {
	return slices.IndexFunc(l.Remembered, func(r Remembered) bool { return r.WriteID == write })
}

// useUp forgets a write that has explained an observation, or cannot, once it
// has ended.
func (l *Leg) useUp(write tandem.ID) {
	switch i := l.remembered(write); {
	case i < 0:
	case l.Write != nil && l.Write.WriteID == write:
		l.Remembered[i].Seen = true
	case l.Remembered[i].Twice:
		l.Remembered[i].Twice = false
	default:
		l.Remembered = slices.Delete(l.Remembered, i, i+1)
	}
}
