package presence

import (
	"slices"

	"tandem"
	"tandem/event"
)

func unknownSystem(id tandem.ID) error {
	return tandem.Errorf(tandem.NotFound, "SystemId", "there is no system %s", id)
}

func (m *Machine) saveSystem(s *tandem.Step, c SaveSystem) (any, error) {
	sys := c.System
	old := m.state.Systems[sys.SystemID]
	switch {
	case c.New && sys.SystemID.IsZero():
		sys.SystemID = s.NextID()
	case c.New && old != nil:
		return nil, tandem.Errorf(tandem.Duplicate, "SystemId", "the system %s exists already", sys.SystemID)
	case !c.New && old == nil:
		return nil, unknownSystem(sys.SystemID)
	case old != nil && old.Saved.System != sys.System:
		return nil, tandem.Errorf(tandem.Invalid, "System", "the kind of a system cannot change; delete it and create another")
	}
	if sys.Policy == 0 {
		sys.Policy = event.LastActionWins
		if sys.System == event.ZendeskSystem {
			sys.Policy = event.Master
		}
	}
	if text := m.state.SignIn(); text != "" && len(sys.Mapping) > 0 && sys.System != event.AmazonConnectSystem {
		return nil, tandem.Errorf(tandem.Conflict, "Mapping", "%s", text) // KUS-10
	}
	if err := m.lint(&sys, old); err != nil {
		return nil, err
	}
	if err := m.lintHome(&sys); err != nil {
		return nil, err
	}
	sys.ModifiedAt = s.At
	s.Emit(&sys)
	if c.NewSecret && !c.New {
		s.Emit(&event.SystemSecretReplaced{SystemID: sys.SystemID})
	}
	m.settleSystem(s, sys.SystemID)
	return sys.SystemID, nil
}

// settleSystem settles the agents who are linked to a system.
func (m *Machine) settleSystem(s *tandem.Step, system tandem.ID) {
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		if a := m.state.Agents[id]; a.leg(system) != nil {
			m.settle(s, a)
		}
	}
}

func (m *Machine) deleteSystem(s *tandem.Step, c DeleteSystem) error {
	if m.state.Systems[c.SystemID] == nil {
		return unknownSystem(c.SystemID)
	}
	s.Emit(&event.SystemDeleted{SystemID: c.SystemID})
	return nil
}

func (m *Machine) linkAgent(s *tandem.Step, c LinkAgent) error {
	sys, a := m.state.Systems[c.SystemID], m.state.Agents[c.UserID]
	switch {
	case sys == nil:
		return unknownSystem(c.SystemID)
	case a == nil:
		return tandem.Errorf(tandem.NotFound, "UserId", "there is no user %s", c.UserID)
	case c.RemoteID == "":
		return tandem.Errorf(tandem.Invalid, "RemoteId", "say which agent of the system %q the user is", sys.Saved.Name)
	}
	if l := a.leg(c.SystemID); l != nil {
		if l.RemoteID == c.RemoteID {
			return nil
		}
		return tandem.Errorf(tandem.Conflict, "RemoteId", "the user is linked to agent %q of the system %q already; unlink that first", l.RemoteID, sys.Saved.Name)
	}
	if _, taken := m.byRemote[remoteAgent{c.SystemID, c.RemoteID}]; taken {
		return tandem.Errorf(tandem.Duplicate, "RemoteId", "agent %q of the system %q is linked to another user", c.RemoteID, sys.Saved.Name)
	}
	s.Emit(&event.AgentLinked{UserID: c.UserID, SystemID: c.SystemID, RemoteID: c.RemoteID})
	m.begin(s, a)
	m.settle(s, a)
	return nil
}

// begin takes what the center shows as the first intent of an agent who was
// not linked before, if it was ever chosen.
func (m *Machine) begin(s *tandem.Step, a *Agent) {
	l, v := a.center(), a.logical().String()
	if l != nil && a.StatusAt != 0 && (a.Intent.Version == 0 || v != l.Observed.Remote) {
		m.take(s, a, l, &event.ObservationTaken{UserID: a.UserID, SystemID: l.SystemID, Remote: v, At: min(a.StatusAt, s.At)}, byPerson)
	}
}

func (m *Machine) unlinkAgent(s *tandem.Step, c UnlinkAgent) error {
	if _, _, err := m.knownLeg(c.UserID, c.SystemID); err != nil {
		return err
	}
	if m.isHome(c.SystemID) {
		return tandem.Errorf(tandem.Conflict, "SystemId", "the users of this Amazon Connect are the agents; to leave one out, unlink the agent in the other systems")
	}
	s.Emit(&event.AgentUnlinked{UserID: c.UserID, SystemID: c.SystemID})
	return nil
}

func (m *Machine) knownLeg(user, system tandem.ID) (*Agent, *Leg, error) {
	if a := m.state.Agents[user]; a != nil {
		if l := a.leg(system); l != nil {
			return a, l, nil
		}
	}
	return nil, nil, tandem.Errorf(tandem.NotFound, "SystemId", "user %s is not linked to system %s", user, system)
}

func (m *Machine) setRemoteStatuses(s *tandem.Step, c SetRemoteStatuses) error {
	sys := m.state.Systems[c.SystemID]
	if sys == nil {
		return unknownSystem(c.SystemID)
	}
	names := map[string]bool{}
	for _, st := range c.Statuses {
		if st.Remote == "" || names[st.Remote] {
			return tandem.Errorf(tandem.Invalid, "Statuses", "the status id %q is empty or listed twice", st.Remote)
		}
		names[st.Remote] = true
	}
	if slices.Equal(c.Statuses, sys.Statuses) {
		return nil
	}
	focus := m.Name(c.SystemID, sys.Saved.Focus) // it may be gone from the new list
	s.Emit(&event.RemoteStatusesListed{SystemID: c.SystemID, Statuses: slices.Clone(c.Statuses)})
	if m.isHome(c.SystemID) {
		m.saveHomeStatuses(s, c.Statuses)
	}
	if sys.Saved.FocusMode && !sys.fitForFocus(sys.Saved.Focus) {
		m.disableFocus(s, sys, noticeFocusDisabled, focus)
	}
	m.settleSystem(s, c.SystemID)
	return nil
}

// disableFocus switches focus mode off where it cannot work any more, and tells
// the first agent concerned why.
func (m *Machine) disableFocus(s *tandem.Step, sys *System, why, focus string) {
	saved := sys.Saved
	saved.FocusMode, saved.ModifiedAt = false, s.At
	s.Emit(&saved)
	m.notify(s, m.firstOnContact(saved.SystemID), saved.SystemID, why, focus)
}

// checkFocus switches focus mode off where the focus status has come to mean
// something else than Available (ZD-L15).
func (m *Machine) checkFocus(s *tandem.Step) {
	for _, id := range tandem.SortedIDs(m.state.Systems) {
		if sys := m.state.Systems[id]; sys.Saved.FocusMode && m.focusClash(&sys.Saved) >= 0 {
			m.disableFocus(s, sys, noticeFocusConflict, m.Name(id, sys.Saved.Focus))
			m.settleSystem(s, id)
		}
	}
}

// firstOnContact is a linked agent who works on a contact now, or zero.
func (m *Machine) firstOnContact(system tandem.ID) tandem.ID {
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		if a := m.state.Agents[id]; a.working() && a.leg(system) != nil {
			return id
		}
	}
	return tandem.ID{}
}

// applyConfig applies what is known of systems and links.
func (m *Machine) applyConfig(ev tandem.Event) bool {
	switch e := ev.(type) {
	case *event.SystemSaved:
		m.applySystem(e)
	case *event.PresenceRulesSaved:
		if sys := m.state.Systems[e.SystemID]; sys != nil {
			sys.Rules = *e
			m.changed(e.SystemID)
			for _, id := range tandem.SortedIDs(m.state.Agents) { // the wait at a session's end may be another
				m.changeLeg(id, e.SystemID, func(*Agent, *Leg) {})
			}
		}
	case *event.SystemDeleted:
		delete(m.state.Systems, e.SystemID)
		for _, id := range tandem.SortedIDs(m.state.Agents) {
			m.applyUnlinked(id, e.SystemID)
			m.noteUnlinked(id, e.SystemID, false)
		}
		if m.isHome(e.SystemID) {
			m.state.Borrowed.Home = tandem.ID{}
		}
		m.changed(e.SystemID)
	case *event.RemoteStatusesListed:
		if sys := m.state.Systems[e.SystemID]; sys != nil {
			sys.Statuses = e.Statuses
			m.changed(e.SystemID)
		}
	case *event.AgentLinked:
		m.applyLinked(e)
	case *event.AgentUnlinked:
		m.applyUnlinked(e.UserID, e.SystemID)
		m.noteUnlinked(e.UserID, e.SystemID, true)
	default:
		return false
	}
	return true
}

func (m *Machine) applySystem(e *event.SystemSaved) {
	sys := m.state.Systems[e.SystemID]
	if sys == nil {
		sys = &System{}
		m.state.Systems[e.SystemID] = sys
	}
	on := e.Enabled && !sys.Saved.Enabled
	sys.Saved = *e
	if b := m.state.Borrowed; b != nil && e.System == event.AmazonConnectSystem {
		b.Home = e.SystemID
	}
	m.changed(e.SystemID)
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		m.changeLeg(id, e.SystemID, func(a *Agent, l *Leg) {
			l.Refused = false
			if on {
				m.effects = append(m.effects, m.outstanding(a, l)...)
			}
		})
	}
}

func (m *Machine) applyLinked(e *event.AgentLinked) {
	m.change(e.UserID, func(a *Agent) {
		at := len(a.Legs) - len(a.remotes())
		for at < len(a.Legs) && a.Legs[at].SystemID.Compare(e.SystemID) < 0 {
			at++
		}
		a.Legs = slices.Insert(a.Legs, at, Leg{SystemID: e.SystemID, RemoteID: e.RemoteID, Health: event.HealthOK})
		m.byRemote[remoteAgent{e.SystemID, e.RemoteID}] = e.UserID
		m.effects = append(m.effects, m.outstanding(a, &a.Legs[at])...)
	})
	m.noteUnlinked(e.UserID, e.SystemID, false)
}

func (m *Machine) applyUnlinked(user, system tandem.ID) {
	a := m.state.Agents[user]
	if a == nil || a.leg(system) == nil {
		return
	}
	delete(m.byRemote, remoteAgent{system, a.leg(system).RemoteID})
	m.change(user, func(a *Agent) {
		a.Legs = slices.DeleteFunc(a.Legs, func(l Leg) bool { return l.SystemID == system })
	})
}
