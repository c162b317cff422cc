package center

import (
	"slices"

	"tandem"
	"tandem/event"
)

// applyConfig applies the events of configuration.
func (m *Machine) applyConfig(ev tandem.Event) bool {
	st := &m.state
	switch ev := ev.(type) {
	case *event.InstanceCreated:
		st.Instance = *ev
		m.dirty.add(entity{kindInstance, ev.InstanceID})
	case *event.UserSaved:
		m.applyUser(ev)
	case *event.UserDeleted:
		delete(st.Agents, ev.UserID)
		m.agentGone(ev.UserID)
	case *event.AgentStatusSaved:
		st.Statuses[ev.StatusID] = ev
		m.dirty.add(entity{kindStatus, ev.StatusID})
	case *event.QueueSaved:
		st.Queues[ev.QueueID] = ev
		m.dirty.add(entity{kindQueue, ev.QueueID})
	case *event.QueueDeleted:
		delete(st.Queues, ev.QueueID)
		m.dropWaits(ev.QueueID)
		m.dirty.add(entity{kindQueue, ev.QueueID})
	case *event.HoursSaved:
		st.Hours[ev.HoursID] = ev
		m.dirty.add(entity{kindHours, ev.HoursID})
	case *event.HoursDeleted:
		delete(st.Hours, ev.HoursID)
		m.dirty.add(entity{kindHours, ev.HoursID})
	case *event.RoutingProfileSaved:
		m.applyRoutingProfile(ev)
	case *event.RoutingProfileDeleted:
		delete(st.RoutingProfiles, ev.ProfileID)
		m.index.SetProfile(ev.ProfileID, nil)
		m.live.SetProfile(ev.ProfileID, nil)
		m.dirty.add(entity{kindRoutingProfile, ev.ProfileID})
	case *event.SecurityProfileSaved:
		st.SecurityProfiles[ev.ProfileID] = ev
		m.dirty.add(entity{kindSecurityProfile, ev.ProfileID})
	case *event.FlowSaved:
		m.applyFlowSaved(ev)
	case *event.FlowDeleted:
		delete(st.Flows, ev.FlowID)
		m.forgetPointers(ev.FlowID)
		m.defaults = nil
		m.dirty.add(entity{kindFlow, ev.FlowID})
	case *event.NumberAssociated:
		m.applyNumber(ev, ev.FlowID.IsZero())
	case *event.NumberKept:
		m.applyNumber(&event.NumberAssociated{NumberID: ev.NumberID, Number: ev.Number}, false)
	default:
		return m.applyCenterConfig(ev)
	}
	return true
}

// applyCenterConfig applies the events of quick connects, hierarchy and
// settings.
func (m *Machine) applyCenterConfig(ev tandem.Event) bool {
	st := &m.state
	switch ev := ev.(type) {
	case *event.QuickConnectSaved:
		st.QuickConnects[ev.QuickConnectID] = ev
		m.dirty.add(entity{kindQuickConnect, ev.QuickConnectID})
	case *event.QuickConnectDeleted:
		m.applyQuickConnectDeleted(ev.QuickConnectID)
	case *event.HierarchyGroupSaved:
		st.HierarchyGroups[ev.GroupID] = ev
		m.dirty.add(entity{kindHierarchyGroup, ev.GroupID})
	case *event.HierarchyGroupDeleted:
		delete(st.HierarchyGroups, ev.GroupID)
		m.dirty.add(entity{kindHierarchyGroup, ev.GroupID})
	case *event.SettingsSaved:
		st.Settings = *ev
		m.dirty.add(entity{kindSettings, tandem.ID{}})
		for _, id := range tandem.SortedIDs(st.Agents) {
			m.agentChanged(st.Agents[id])
		}
		for _, id := range tandem.SortedIDs(st.Contacts) {
			m.contactDerived(st.Contacts[id])
		}
	default:
		return m.applyFlowResources(ev)
	}
	return true
}

// applyQuickConnectDeleted takes a quick connect out of the queues too.
func (m *Machine) applyQuickConnectDeleted(id tandem.ID) {
	delete(m.state.QuickConnects, id)
	m.dirty.add(entity{kindQuickConnect, id})
	for _, queueID := range tandem.SortedIDs(m.state.Queues) {
		q := m.state.Queues[queueID]
		if !slices.Contains(q.QuickConnectIDs, id) {
			continue
		}
		changed := *q
		changed.QuickConnectIDs = slices.DeleteFunc(slices.Clone(q.QuickConnectIDs), func(o tandem.ID) bool { return o == id })
		m.state.Queues[queueID] = &changed
		m.dirty.add(entity{kindQueue, queueID})
	}
}

// applyUser makes a new user an agent who is offline.
func (m *Machine) applyUser(ev *event.UserSaved) {
	a := m.state.Agents[ev.UserID]
	if a == nil {
		a = &Agent{StatusID: m.statusOfType(event.Offline), StatusSince: ev.ModifiedAt}
		m.state.Agents[ev.UserID] = a
	}
	a.User = *ev
	m.agentChanged(a)
}

// statusOfType is the one status of type Routable, or of type Offline.
func (m *Machine) statusOfType(t event.StatusType) tandem.ID {
	for _, id := range tandem.SortedIDs(m.state.Statuses) {
		if m.state.Statuses[id].Type == t {
			return id
		}
	}
	return tandem.ID{}
}

func (m *Machine) applyRoutingProfile(ev *event.RoutingProfileSaved) {
	m.state.RoutingProfiles[ev.ProfileID] = ev
	m.index.SetProfile(ev.ProfileID, ev.Entries)
	m.live.SetProfile(ev.ProfileID, ev.Entries)
	m.dirty.add(entity{kindRoutingProfile, ev.ProfileID})
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		if a := m.state.Agents[id]; a.User.RoutingProfileID == ev.ProfileID {
			m.agentChanged(a)
		}
	}
}

func (m *Machine) applyFlowSaved(ev *event.FlowSaved) {
	f := m.state.Flows[ev.FlowID]
	if f == nil {
		f = &Flow{}
		m.state.Flows[ev.FlowID] = f
	}
	f.Saved = *ev
	m.defaults = nil
	m.dirty.add(entity{kindFlow, ev.FlowID})
	if !ev.Published {
		return
	}
	if old := f.Published; old != nil {
		v := flowVersion{ev.FlowID, old.Version}
		if m.running[v] > 0 || m.numbered(v) {
			if f.Running == nil {
				f.Running = map[uint64]*event.FlowSaved{}
			}
			f.Running[old.Version] = old
		} else {
			delete(m.programs, v)
		}
	}
	f.Published = ev
}

func (m *Machine) applyNumber(n *event.NumberAssociated, gone bool) {
	if old := m.state.Numbers[n.NumberID]; old != nil {
		delete(m.numbers, old.Number)
	}
	m.dirty.add(entity{kindNumber, n.NumberID})
	if gone {
		delete(m.state.Numbers, n.NumberID)
		return
	}
	m.state.Numbers[n.NumberID] = n
	m.numbers[n.Number] = n.NumberID
}
