package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// saveQuickConnect creates or changes a quick connect (Amazon Connect API:
// CreateQuickConnect, UpdateQuickConnectConfig, UpdateQuickConnectName).
func (m *Machine) saveQuickConnect(s *tandem.Step, b SaveQuickConnect) (tandem.ID, error) {
	q := b.QuickConnect
	err := checkNamed(named{"QuickConnectId", "quick connect", q.QuickConnectID, q.Name, maxNameChars, q.Description, maxDescriptionChars, q.Tags},
		b.New, m.state.QuickConnects, func(q *event.QuickConnectSaved) string { return q.Name })
	if err == nil {
		err = m.checkQuickConnect(&q)
	}
	if err != nil {
		return tandem.ID{}, err
	}
	q.ModifiedAt = s.At
	s.Emit(&q)
	return q.QuickConnectID, nil
}

func (m *Machine) checkQuickConnect(q *event.QuickConnectSaved) error {
	kind := flow.TypeAgentTransfer
	switch q.Type {
	case event.QuickConnectPhone:
		q.UserID, q.QueueID, q.FlowID = tandem.ID{}, tandem.ID{}, tandem.ID{}
		return checkPhoneNumber("PhoneNumber", q.Number)
	case event.QuickConnectUser:
		q.QueueID, q.Number = tandem.ID{}, ""
		if m.state.Agents[q.UserID] == nil {
			return tandem.Errorf(tandem.NotFound, "UserId", "there is no user %s", q.UserID)
		}
	case event.QuickConnectQueue:
		q.UserID, q.Number, kind = tandem.ID{}, "", flow.TypeQueueTransfer
		if m.state.Queues[q.QueueID] == nil {
			return tandem.Errorf(tandem.NotFound, "QueueId", "there is no queue %s", q.QueueID)
		}
	default:
		return tandem.Errorf(tandem.Invalid, "QuickConnectType", "must be USER, QUEUE or PHONE_NUMBER")
	}
	f := m.state.Flows[q.FlowID]
	switch {
	case f == nil:
		return tandem.Errorf(tandem.NotFound, "ContactFlowId", "there is no flow %s", q.FlowID)
	case f.Saved.Type != string(kind):
		return tandem.Errorf(tandem.Invalid, "ContactFlowId", "this quick connect needs a flow of type %s, not %s", kind, f.Saved.Type)
	}
	return nil
}

func (m *Machine) deleteQuickConnect(s *tandem.Step, b DeleteQuickConnect) error {
	if m.state.QuickConnects[b.QuickConnectID] == nil {
		return tandem.Errorf(tandem.NotFound, "QuickConnectId", "there is no quick connect %s", b.QuickConnectID)
	}
	s.Emit(&event.QuickConnectDeleted{QuickConnectID: b.QuickConnectID})
	return nil
}

// checkQuickConnects looks at the quick connects of a queue.
func (m *Machine) checkQuickConnects(ids []tandem.ID) error {
	if len(ids) > maxQueueQuickConnects {
		return tandem.Errorf(tandem.Exhausted, "QuickConnectIds", "a queue has at most %d quick connects", maxQueueQuickConnects)
	}
	for i, id := range ids {
		if m.state.QuickConnects[id] == nil {
			return tandem.Errorf(tandem.NotFound, "QuickConnectIds", "there is no quick connect %s", id)
		}
		if slices.Contains(ids[:i], id) {
			return tandem.Errorf(tandem.Invalid, "QuickConnectIds", "the quick connect %s is listed twice", id)
		}
	}
	return nil
}

// saveHierarchyGroup creates or changes a group of the agent hierarchy (Amazon
// Connect API: CreateUserHierarchyGroup, UpdateUserHierarchyGroupName).
func (m *Machine) saveHierarchyGroup(s *tandem.Step, b SaveHierarchyGroup) (tandem.ID, error) {
	g := b.Group
	err := checkNamed(named{"HierarchyGroupId", "hierarchy group", g.GroupID, g.Name, maxNameChars, "", maxDescriptionChars, g.Tags},
		b.New, m.state.HierarchyGroups, func(o *event.HierarchyGroupSaved) string {
			if o.ParentID != g.ParentID { // names are used again under other parents
				return ""
			}
			return o.Name
		})
	if err == nil {
		err = m.checkParent(&g)
	}
	if err != nil {
		return tandem.ID{}, err
	}
	g.ModifiedAt = s.At
	s.Emit(&g)
	return g.GroupID, nil
}

// checkParent makes sure that a group stands under an existing one, never moves,
// and not too deep.
func (m *Machine) checkParent(g *event.HierarchyGroupSaved) error {
	if old := m.state.HierarchyGroups[g.GroupID]; old != nil && old.ParentID != g.ParentID {
		return tandem.Errorf(tandem.Invalid, "ParentGroupId", "a group cannot move; create another one")
	}
	level := 1
	for parent := g.ParentID; !parent.IsZero(); level++ {
		up := m.state.HierarchyGroups[parent]
		if up == nil {
			return tandem.Errorf(tandem.NotFound, "ParentGroupId", "there is no hierarchy group %s", parent)
		}
		parent = up.ParentID
	}
	if level > maxHierarchyLevels {
		return tandem.Errorf(tandem.Exhausted, "ParentGroupId", "the hierarchy has at most %d levels", maxHierarchyLevels)
	}
	return nil
}

func (m *Machine) deleteHierarchyGroup(s *tandem.Step, b DeleteHierarchyGroup) error {
	if m.state.HierarchyGroups[b.GroupID] == nil {
		return tandem.Errorf(tandem.NotFound, "HierarchyGroupId", "there is no hierarchy group %s", b.GroupID)
	}
	for _, id := range tandem.SortedIDs(m.state.HierarchyGroups) {
		if m.state.HierarchyGroups[id].ParentID == b.GroupID {
			return tandem.Errorf(tandem.InUse, "HierarchyGroupId", "the group has groups below it")
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		if m.state.Agents[id].User.HierarchyGroupID == b.GroupID {
			return tandem.Errorf(tandem.InUse, "HierarchyGroupId", "the user %s is in this group", id)
		}
	}
	s.Emit(&event.HierarchyGroupDeleted{GroupID: b.GroupID})
	return nil
}

// saveSettings changes the settings of the instance.
func (m *Machine) saveSettings(s *tandem.Step, b SaveSettings) error {
	set := b.Settings
	pause := m.state.Statuses[set.PauseStatusID]
	switch {
	case set.HeartbeatGraceSeconds > maxGraceSeconds:
		return tandem.Errorf(tandem.Invalid, "HeartbeatGraceSeconds", "must be 0 to %d", maxGraceSeconds)
	case set.ResumeWithinMinutes > maxResumeMinutes:
		return tandem.Errorf(tandem.Invalid, "ResumeWithinMinutes", "must be 0 to %d", maxResumeMinutes)
	case set.MissedBeforePause == 0 && !set.PauseStatusID.IsZero():
		return tandem.Errorf(tandem.Invalid, "MissedBeforePause", "say after how many missed offers the status is set")
	case set.MissedBeforePause > 0 && (pause == nil || pause.Type != event.Custom):
		return tandem.Errorf(tandem.Invalid, "PauseStatusId", "name a custom status")
	}
	set.ModifiedAt = m.state.Settings.ModifiedAt
	if set == m.state.Settings {
		return nil
	}
	set.ModifiedAt = s.At
	s.Emit(&set)
	return nil
}
