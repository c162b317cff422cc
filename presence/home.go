package presence

import (
	"slices"

	"tandem"
	"tandem/event"
)

// An instance without a center works with the statuses and users of an Amazon
// Connect instance: its home. Each status there means itself, so that a home
// needs no mapping, and its users are the agents.

// isHome reports whether a system stands in for the center.
func (m *Machine) isHome(system tandem.ID) bool {
	b := m.state.Borrowed
	return b != nil && !b.Home.IsZero() && b.Home == system
}

// homeID is where statuses are at home: the center, or the system that stands
// in for it.
func (m *Machine) homeID() tandem.ID {
	if b := m.state.Borrowed; b != nil {
		return b.Home
	}
	return m.state.Center
}

// homeWord is a status in the words of home.
func (m *Machine) homeWord(status tandem.ID) string {
	if m.state.Borrowed == nil {
		return status.String()
	}
	if sys := m.state.Systems[m.homeID()]; sys != nil {
		return m.preferred(sys, status, "")
	}
	return ""
}

// shownAtHome is the status that home shows for an agent, the next one when set.
func (m *Machine) shownAtHome(a *Agent) tandem.ID {
	if a.center() != nil {
		return a.logical()
	}
	if l := a.leg(m.homeID()); l != nil {
		return m.canonical(l, l.Observed.Remote)
	}
	return tandem.ID{}
}

// homeStatusID is the id here of a status at home: the same.
func homeStatusID(remote string) tandem.ID { return homeThing("status", remote) }

// homeThing is the id there, or one derived from it where it has another form.
func homeThing(kind, remote string) tandem.ID {
	if id, err := tandem.ParseID(remote); err == nil {
		return id
	}
	return tandem.NameID("amazon connect "+kind, remote)
}

// homeRows is what stands for the mapping of home: each status means itself.
func (m *Machine) homeRows(sys *System) []event.MappingRow {
	rows := make([]event.MappingRow, 0, len(sys.Statuses))
	for i := range sys.Statuses {
		if id := homeStatusID(sys.Statuses[i].Remote); m.enabled(id) {
			rows = append(rows, event.MappingRow{Remote: sys.Statuses[i].Remote, StatusID: id})
		}
	}
	return rows
}

// lintHome completes the system that stands in for the center: there is one, and
// it has no mapping.
func (m *Machine) lintHome(sys *event.SystemSaved) error {
	b := m.state.Borrowed
	switch {
	case b == nil || sys.System != event.AmazonConnectSystem:
		return nil
	case !b.Home.IsZero() && b.Home != sys.SystemID:
		return tandem.Errorf(tandem.Conflict, "System", "this instance works with the statuses of %q already; one Amazon Connect can be connected",
			m.Name(b.Home, ""))
	case len(sys.Mapping) > 0:
		return tandem.Errorf(tandem.Invalid, "Mapping", "leave it empty: the statuses of this Amazon Connect are those that other systems are mapped to")
	}
	sys.StatusSync = true
	return nil
}

// SignIn tells people what to do before statuses can be mapped to those of
// Amazon Connect; empty when these are known, or where there is a center.
func (st *State) SignIn() string {
	b := st.Borrowed
	switch {
	case b == nil:
		return ""
	case b.Home.IsZero():
		return "sign in to Amazon Connect first: connect it as a system of the kind amazon_connect, with an access key; its statuses are the ones to map to"
	case len(st.Systems[b.Home].Statuses) == 0:
		return "Amazon Connect has not told its statuses yet: check the access key of \"" + st.Systems[b.Home].Saved.Name + "\", then refresh it"
	}
	return ""
}

// saveHomeStatuses takes the statuses that home lists. One that is gone can no
// longer be chosen, and keeps its name.
func (m *Machine) saveHomeStatuses(s *tandem.Step, listed []event.RemoteStatus) {
	there := map[tandem.ID]bool{}
	for i := range listed {
		st := event.AgentStatusSaved{StatusID: homeStatusID(listed[i].Remote), Name: listed[i].Name, Type: listed[i].Type, Enabled: true, ModifiedAt: s.At}
		if st.Type == 0 {
			st.Type = event.Custom
		}
		there[st.StatusID] = true
		if known := m.state.Statuses[st.StatusID]; known == nil || known.Name != st.Name || known.Type != st.Type || !known.Enabled {
			s.Emit(&st)
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Statuses) {
		if known := m.state.Statuses[id]; !there[id] && known.Enabled {
			gone := *known
			gone.Enabled, gone.ModifiedAt = false, s.At
			s.Emit(&gone)
		}
	}
}

// createInstance begins an instance without a center.
func (m *Machine) createInstance(s *tandem.Step, c CreateInstance) (any, error) {
	switch {
	case m.state.Borrowed != nil || !m.state.Center.IsZero():
		return nil, tandem.Errorf(tandem.Duplicate, "InstanceId", "the instance exists already")
	case c.Instance.InstanceID.IsZero():
		return nil, tandem.Errorf(tandem.Invalid, "InstanceId", "give the instance an id")
	}
	e := c.Instance
	e.PresenceOnly, e.CreatedAt = true, s.At
	s.Emit(&e)
	return e.InstanceID, nil
}

// saveAgent takes a user of home as an agent, linked there.
func (m *Machine) saveAgent(s *tandem.Step, c SaveAgent) (any, error) {
	home := m.homeID()
	switch {
	case m.state.Borrowed == nil:
		return nil, tandem.Errorf(tandem.Conflict, "", "this instance has a contact center, whose users are the agents")
	case home.IsZero():
		return nil, tandem.Errorf(tandem.Conflict, "", "connect Amazon Connect first; its users are the agents")
	case c.RemoteID == "":
		return nil, tandem.Errorf(tandem.Invalid, "RemoteID", "say which user of Amazon Connect it is")
	}
	at := remoteAgent{home, c.RemoteID}
	user, linked := m.byRemote[at]
	if !linked {
		user = homeThing("user", c.RemoteID)
	}
	s.Emit(&event.UserSaved{UserID: user, Username: tandem.Personal(c.Name), Email: tandem.Personal(c.Email), ModifiedAt: s.At})
	if a := m.state.Agents[user]; !linked && a.leg(home) == nil {
		s.Emit(&event.AgentLinked{UserID: user, SystemID: home, RemoteID: c.RemoteID})
		m.settle(s, a)
	}
	return user, nil
}

// dropAgent forgets an agent who is no longer a user of home.
func (m *Machine) dropAgent(s *tandem.Step, c DropAgent) error {
	switch {
	case m.state.Borrowed == nil:
		return tandem.Errorf(tandem.Conflict, "", "this instance has a contact center; delete the user there")
	case m.state.Agents[c.UserID] == nil:
		return tandem.Errorf(tandem.NotFound, "UserId", "there is no user %s", c.UserID)
	}
	s.Emit(&event.UserDeleted{UserID: c.UserID})
	return nil
}

// noteUnlinked remembers that a link was taken back by hand, or forgets it.
func (m *Machine) noteUnlinked(user, system tandem.ID, byHand bool) {
	b := m.state.Borrowed
	if b == nil {
		return
	}
	u := Unlinked{user, system}
	b.Unlinked = slices.DeleteFunc(b.Unlinked, func(o Unlinked) bool { return o == u })
	if byHand {
		b.Unlinked = append(b.Unlinked, u)
	}
}

// LinkedByItself reports whether an agent may be linked in a system without
// anybody asking for it: not where a person took the link back.
func (st *State) LinkedByItself(user, system tandem.ID) bool {
	return st.Borrowed != nil && !slices.Contains(st.Borrowed.Unlinked, Unlinked{user, system})
}
