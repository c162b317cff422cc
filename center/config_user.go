package center

import (
	"slices"

	"tandem"
	"tandem/event"
)

// saveUser creates or changes a user (Amazon Connect API: CreateUser and the
// UpdateUser operations).
func (m *Machine) saveUser(s *tandem.Step, b SaveUser) (tandem.ID, error) {
	u := b.User
	if err := m.checkUser(&u, b.New); err != nil {
		return tandem.ID{}, err
	}
	u.ModifiedAt = s.At
	s.Emit(&u)
	return u.UserID, nil
}

func (m *Machine) checkUser(u *event.UserSaved, isNew bool) error {
	exists := m.state.Agents[u.UserID] != nil
	switch {
	case u.UserID.IsZero():
		return tandem.Errorf(tandem.Invalid, "UserId", "the user needs an id")
	case isNew && exists:
		return tandem.Errorf(tandem.Duplicate, "UserId", "there is a user %s already", u.UserID)
	case !isNew && !exists:
		return tandem.Errorf(tandem.NotFound, "UserId", "there is no user %s", u.UserID)
	case isNew && (m.state.Queues[u.UserID] != nil || m.state.Contacts[u.UserID] != nil):
		return tandem.Errorf(tandem.Duplicate, "UserId", "the id %s is taken; the user needs one of their own", u.UserID)
	case u.AfterContactWorkSeconds > maxWrapUpSeconds:
		return tandem.Errorf(tandem.Invalid, "AfterContactWorkTimeLimit", "must be 0 to %d seconds", maxWrapUpSeconds)
	case m.state.RoutingProfiles[u.RoutingProfileID] == nil:
		return tandem.Errorf(tandem.NotFound, "RoutingProfileId", "there is no routing profile %s", u.RoutingProfileID)
	case len(u.SecurityProfileIDs) == 0 || len(u.SecurityProfileIDs) > maxSecurityProfiles:
		return tandem.Errorf(tandem.Invalid, "SecurityProfileIds", "a user has 1 to %d security profiles", maxSecurityProfiles)
	case !u.HierarchyGroupID.IsZero() && m.state.HierarchyGroups[u.HierarchyGroupID] == nil:
		return tandem.Errorf(tandem.NotFound, "HierarchyGroupId", "there is no hierarchy group %s", u.HierarchyGroupID)
	}
	for _, id := range u.SecurityProfileIDs {
		if m.state.SecurityProfiles[id] == nil {
			return tandem.Errorf(tandem.NotFound, "SecurityProfileIds", "there is no security profile %s", id)
		}
	}
	return firstOf(
		checkLength("Username", string(u.Username), 1, maxUsernameChars),
		checkLength("FirstName", string(u.FirstName), 0, maxPersonNameChars),
		checkLength("LastName", string(u.LastName), 0, maxPersonNameChars),
		checkLength("Email", string(u.Email), 0, maxPersonNameChars),
		checkPhone(u),
		checkTags(u.Tags),
		m.checkUsernameFree(u))
}

func checkPhone(u *event.UserSaved) error {
	switch u.PhoneType {
	case event.DeskPhone:
		return checkPhoneNumber("DeskPhoneNumber", string(u.DeskPhoneNumber))
	case event.SoftPhone:
		if u.DeskPhoneNumber != "" {
			return checkPhoneNumber("DeskPhoneNumber", string(u.DeskPhoneNumber))
		}
		return nil
	}
	return tandem.Errorf(tandem.Invalid, "PhoneType", "must be SOFT_PHONE or DESK_PHONE")
}

func (m *Machine) checkUsernameFree(u *event.UserSaved) error {
	for id, a := range m.state.Agents { // any order: at most one has it
		if id != u.UserID && a.User.Username == u.Username {
			return tandem.Errorf(tandem.Duplicate, "Username", "another user has this username")
		}
	}
	return nil
}

func (m *Machine) deleteUser(s *tandem.Step, b DeleteUser) error {
	a, err := m.knownAgent(b.UserID)
	if err != nil {
		return err
	}
	for _, id := range tandem.SortedIDs(m.state.QuickConnects) {
		if q := m.state.QuickConnects[id]; q.UserID == b.UserID {
			return tandem.Errorf(tandem.InUse, "UserId", "the quick connect %q leads to this user", q.Name)
		}
	}
	if m.queued[b.UserID] > 0 || m.scheduled(b.UserID) {
		return tandem.Errorf(tandem.InUse, "UserId", "contacts wait in this user's own queue")
	}
	for _, slot := range slices.Clone(a.Contacts) {
		if slot.State.refused() {
			s.Emit(&event.ContactCleared{ContactID: slot.ContactID, UserID: b.UserID, At: s.At})
		}
	}
	if len(a.Contacts) > 0 {
		if a.RetiredAt.IsZero() {
			s.Emit(&event.UserRetired{UserID: b.UserID, At: s.At})
		}
		return nil
	}
	m.endUser(s, a)
	return nil
}

// saveAgentStatus creates or changes an agent status (Amazon Connect API:
// CreateAgentStatus, UpdateAgentStatus).
func (m *Machine) saveAgentStatus(s *tandem.Step, b SaveAgentStatus) (tandem.ID, error) {
	st := b.Status
	err := checkNamed(named{"AgentStatusId", "status", st.StatusID, st.Name, maxNameChars, st.Description, maxDescriptionChars, st.Tags},
		b.New, m.state.Statuses, func(s *event.AgentStatusSaved) string { return s.Name })
	if err == nil {
		err = m.checkStatus(&st, b.New)
	}
	if err != nil {
		return tandem.ID{}, err
	}
	st.ModifiedAt = s.At
	s.Emit(&st)
	return st.StatusID, nil
}

func (m *Machine) checkStatus(st *event.AgentStatusSaved, isNew bool) error {
	old := m.state.Statuses[st.StatusID]
	switch {
	case st.Order < 0 || st.Order > maxStatusOrder:
		return tandem.Errorf(tandem.Invalid, "DisplayOrder", "must be 1 to %d", maxStatusOrder)
	case isNew && len(m.state.Statuses) >= tandem.MaxStatuses:
		return tandem.Errorf(tandem.Exhausted, "", "an instance has at most %d agent statuses", tandem.MaxStatuses)
	case isNew && st.Type != event.Custom:
		return tandem.Errorf(tandem.Invalid, "Type", "a new status is of type CUSTOM")
	case !isNew && st.Type != old.Type:
		return tandem.Errorf(tandem.Invalid, "Type", "the type of a status cannot change")
	case !isNew && old.Type != event.Custom && (st.Name != old.Name || st.Enabled != old.Enabled):
		return tandem.Errorf(tandem.Invalid, "Name", "%s can neither be renamed nor disabled", old.Name)
	}
	return nil
}

// saveRoutingProfile creates or changes a routing profile (Amazon Connect API:
// CreateRoutingProfile and the UpdateRoutingProfile operations).
func (m *Machine) saveRoutingProfile(s *tandem.Step, b SaveRoutingProfile) (tandem.ID, error) {
	p := b.Profile
	err := checkNamed(named{"RoutingProfileId", "routing profile", p.ProfileID, p.Name, maxNameChars, p.Description, maxDescriptionChars, p.Tags},
		b.New, m.state.RoutingProfiles, func(p *event.RoutingProfileSaved) string { return p.Name })
	if err == nil {
		err = firstOf(m.checkConcurrency(&p), m.checkEntries(&p))
	}
	if err != nil {
		return tandem.ID{}, err
	}
	p.ModifiedAt = s.At
	s.Emit(&p)
	return p.ProfileID, nil
}

func (m *Machine) checkConcurrency(p *event.RoutingProfileSaved) error {
	if m.state.Queues[p.DefaultOutboundQueueID] == nil {
		return tandem.Errorf(tandem.NotFound, "DefaultOutboundQueueId", "there is no queue %s", p.DefaultOutboundQueueID)
	}
	for i, c := range p.Concurrency {
		most := uint8(tandem.MaxConcurrency)
		if c.Channel == event.Voice {
			most = 1
		}
		switch {
		case c.Channel < event.Voice || c.Channel > event.Task:
			return tandem.Errorf(tandem.Invalid, "MediaConcurrencies", "the channel must be VOICE, CHAT or TASK")
		case c.Maximum < 1 || c.Maximum > most:
			return tandem.Errorf(tandem.Invalid, "MediaConcurrencies", "for %s the concurrency must be 1 to %d", c.Channel, most)
		case slices.ContainsFunc(p.Concurrency[:i], func(o event.ChannelConcurrency) bool { return o.Channel == c.Channel }):
			return tandem.Errorf(tandem.Invalid, "MediaConcurrencies", "%s is listed twice", c.Channel)
		}
	}
	return nil
}

func (m *Machine) checkEntries(p *event.RoutingProfileSaved) error {
	if len(p.Entries) > tandem.MaxRoutingEntries {
		return tandem.Errorf(tandem.Exhausted, "QueueConfigs", "a routing profile has at most %d pairs of queue and channel", tandem.MaxRoutingEntries)
	}
	for i, e := range p.Entries {
		twice := func(o event.RoutingEntry) bool { return o.QueueID == e.QueueID && o.Channel == e.Channel }
		offered := func(c event.ChannelConcurrency) bool { return c.Channel == e.Channel }
		switch {
		case m.state.Queues[e.QueueID] == nil:
			return tandem.Errorf(tandem.NotFound, "QueueConfigs", "there is no queue %s", e.QueueID)
		case e.Priority < 1 || e.Priority > maxPriority:
			return tandem.Errorf(tandem.Invalid, "QueueConfigs", "the priority must be 1 to %d", maxPriority)
		case e.DelaySeconds > maxDelaySeconds:
			return tandem.Errorf(tandem.Invalid, "QueueConfigs", "the delay must be 0 to %d seconds", maxDelaySeconds)
		case !slices.ContainsFunc(p.Concurrency, offered):
			return tandem.Errorf(tandem.Invalid, "QueueConfigs", "a queue is listed for a channel that MediaConcurrencies does not allow")
		case slices.ContainsFunc(p.Entries[:i], twice):
			return tandem.Errorf(tandem.Invalid, "QueueConfigs", "the queue %s is listed twice for %s", e.QueueID, e.Channel)
		}
	}
	return nil
}

func (m *Machine) deleteRoutingProfile(s *tandem.Step, b DeleteRoutingProfile) error {
	if m.state.RoutingProfiles[b.ProfileID] == nil {
		return tandem.Errorf(tandem.NotFound, "RoutingProfileId", "there is no routing profile %s", b.ProfileID)
	}
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		if m.state.Agents[id].User.RoutingProfileID == b.ProfileID {
			return tandem.Errorf(tandem.InUse, "RoutingProfileId", "the user %s has this routing profile", id)
		}
	}
	s.Emit(&event.RoutingProfileDeleted{ProfileID: b.ProfileID})
	return nil
}
