package presence

import (
	"cmp"

	"tandem"
	"tandem/event"
	"tandem/presence/rule"
)

// bandOf is the band of a load: at capacity without room for more, partial with
// some work (Kustomer help: Sync Amazon Connect statuses, capacity).
func bandOf(used, most uint32) event.CapacityBand {
	switch {
	case most == 0:
		return event.BandUnknown
	case used >= most:
		return event.BandFull
	case used > 0:
		return event.BandPartial
	}
	return event.BandFree
}

// observeCapacity takes how much work a system counts for an agent.
func (m *Machine) observeCapacity(s *tandem.Step, c ObserveCapacity) error {
	a, l, err := m.findLeg(c.SystemID, c.RemoteID)
	if err != nil {
		return err
	}
	e := &event.CapacityObserved{UserID: a.UserID, SystemID: c.SystemID, Used: c.Used, Max: c.Max, Previous: c.Previous,
		TellsPrevious: c.TellsPrevious, Version: c.Version, At: seenAt(c.At, s.At), Band: bandOf(c.Used, c.Max)}
	if known := l.Capacity; known != nil {
		older := e.Version < known.Version || e.Version == known.Version && e.At < known.At
		if older || e.Used == known.Used && e.Max == known.Max {
			return nil
		}
		if !e.TellsPrevious {
			e.Previous, e.TellsPrevious = known.Used, true
		}
	}
	s.Emit(e)
	m.fire(s, a, l, rule.Workload(e), false)
	m.settle(s, a)
	return nil
}

// seenAt is when something happened: as the system says, but not later than
// now, or now where it does not say.
func seenAt(at, now tandem.Time) tandem.Time { return min(cmp.Or(at, now), now) }

// applyCapacity keeps a load. A band that begins covers the wish again where a
// person had chosen otherwise.
func (a *Agent) applyCapacity(l *Leg, e *event.CapacityObserved) {
	if l.Capacity == nil || l.Capacity.Band != e.Band {
		for i := range a.Legs {
			b := &a.Legs[i]
			b.BandOff, b.Refused, b.Recent = false, false, nil
		}
	}
	l.Capacity = e
}

// band is the center's status that an available agent is shown in for the work
// in other systems; zero for none. At capacity anywhere outweighs partial.
func (m *Machine) band(a *Agent) tandem.ID {
	var partial tandem.ID
	for i := range a.Legs {
		sys, load := m.state.Systems[a.Legs[i].SystemID], a.Legs[i].Capacity
		if sys == nil || load == nil || !sys.Saved.Enabled {
			continue
		}
		switch id := sys.Saved.AtCapacityStatusID; {
		case load.Band == event.BandFull && m.enabled(id):
			return id
		case load.Band == event.BandPartial && m.enabled(sys.Saved.PartialCapacityStatusID) && partial.IsZero():
			partial = sys.Saved.PartialCapacityStatusID
		}
	}
	return partial
}

// voice reports whether a leg is where calls are routed: the center, or Amazon
// Connect itself. Only there does an agent's load elsewhere show.
func (m *Machine) voice(l *Leg) bool {
	sys := m.state.Systems[l.SystemID]
	return l.SystemID == m.state.Center || sys != nil && sys.Saved.System == event.AmazonConnectSystem
}

// loaded is what a leg shows of the agent's load, in its words; "" for nothing.
func (m *Machine) loaded(a *Agent, l *Leg) string {
	if l.BandOff || !m.voice(l) || m.availability(a.Intent.StatusID) != available {
		return ""
	}
	switch status := m.band(a); {
	case status.IsZero():
		return ""
	case l.SystemID == m.state.Center:
		return status.String()
	default:
		return m.preferred(m.state.Systems[l.SystemID], status, l.Observed.Remote)
	}
}

// meant is the wish behind a status that was chosen where calls are routed: what
// shows the load stands for being available. During a contact it also comes back
// when the next status is taken back.
func (m *Machine) meant(a *Agent, l *Leg, status tandem.ID) tandem.ID {
	if status.IsZero() || !m.voice(l) {
		return status
	}
	if status == m.band(a) || a.working() && m.showsLoad(a, status) {
		return m.statusOfType(event.Routable)
	}
	return status
}

// showsLoad reports whether a status shows a load of the agent in some system.
func (m *Machine) showsLoad(a *Agent, status tandem.ID) bool {
	for i := range a.Legs {
		sys := m.state.Systems[a.Legs[i].SystemID]
		if sys != nil && (status == sys.Saved.PartialCapacityStatusID || status == sys.Saved.AtCapacityStatusID) {
			return true
		}
	}
	return false
}

// observeWork takes what an agent does in another contact center.
func (m *Machine) observeWork(s *tandem.Step, c ObserveWork) error {
	a, l, err := m.findLeg(c.SystemID, c.RemoteID)
	if err != nil {
		return err
	}
	e := &event.WorkStateObserved{UserID: a.UserID, SystemID: c.SystemID, State: c.State, OnContact: c.OnContact, At: seenAt(c.At, s.At)}
	known := l.Work
	if known == nil {
		known = &event.WorkStateObserved{}
	}
	if e.At < known.At || e.State == known.State && e.OnContact == known.OnContact {
		return nil
	}
	s.Emit(e)
	m.noteConnect(s, a, nil, false)
	m.settle(s, a)
	return nil
}

// working reports whether the agent holds a contact, here or in another
// contact center.
func (a *Agent) working() bool {
	for i := range a.Legs {
		if w := a.Legs[i].Work; w != nil && w.OnContact {
			return true
		}
	}
	return len(a.Contacts) > 0
}
