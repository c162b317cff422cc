package connect

import (
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// getCurrentUserData says what the agents who are logged in do now.
func (s *Server) getCurrentUserData(call *Call, in *GetCurrentUserDataRequest) (*GetCurrentUserDataResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	filter, err := sc.userFilter(in.Filters)
	if err != nil {
		return nil, err
	}
	var all []UserData
	err = sc.read(func(st *center.State) error {
		for _, id := range tandem.SortedIDs(st.Agents) {
			a := st.Agents[id]
			if status := st.Statuses[a.StatusID]; status != nil && status.Type != event.Offline && filter.takes(st, a) {
				all = append(all, sc.userData(st, a, status))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	part, next, err := page(call, all, func(d UserData) string { return *d.User.Id }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &GetCurrentUserDataResponse{UserDataList: part, NextToken: next, ApproximateTotalCount: new(int64(len(all)))}, nil
}

// userFilter is what the caller wants to hear of: agents by one of four
// kinds of id, and by the states of their contacts. A nil list takes all.
type userFilter struct {
	agents, queues, routingProfiles, groups []tandem.ID

	states []ContactState
}

func (sc *scope) userFilter(in *UserDataFilters) (f userFilter, err error) {
	kinds := 0
	for _, ids := range [][]string{in.Agents, in.Queues, in.RoutingProfiles, in.UserHierarchyGroups} {
		if len(ids) > 0 {
			kinds++
		}
	}
	if kinds > 1 {
		return f, tandem.Errorf(tandem.Invalid, "Filters", "may have one of Agents, Queues, RoutingProfiles and UserHierarchyGroups, not several")
	}
	if in.ContactFilter != nil {
		f.states = in.ContactFilter.ContactStates
	}
	if f.groups, err = sc.refs(ResourceHierarchyGroup, "Filters.UserHierarchyGroups", in.UserHierarchyGroups); err != nil {
		return f, err
	}
	if f.agents, err = sc.refs(ResourceUser, "Filters.Agents", in.Agents); err != nil {
		return f, err
	}
	if f.routingProfiles, err = sc.refs(ResourceRoutingProfile, "Filters.RoutingProfiles", in.RoutingProfiles); err != nil {
		return f, err
	}
	f.queues, err = sc.refs(ResourceQueue, "Filters.Queues", in.Queues)
	return f, err
}

func (f *userFilter) takes(st *center.State, a *center.Agent) bool {
	switch {
	case f.agents != nil && !slices.Contains(f.agents, a.User.UserID),
		f.routingProfiles != nil && !slices.Contains(f.routingProfiles, a.User.RoutingProfileID),
		f.groups != nil && !slices.ContainsFunc(f.groups, func(id tandem.ID) bool { return standsIn(st, a.User.HierarchyGroupID, id) }),
		f.queues != nil && !f.worksInQueues(st, a):
		return false
	}
	inState := func(slot center.AgentContact) bool { return slices.Contains(f.states, contactState(st, &slot)) }
	return len(f.states) == 0 || slices.ContainsFunc(a.Contacts, inState)
}

// worksInQueues reports whether the agent is routed contacts of one of the
// queues, or has one.
func (f *userFilter) worksInQueues(st *center.State, a *center.Agent) bool {
	wanted := func(id tandem.ID) bool { return slices.Contains(f.queues, id) }
	p := st.RoutingProfiles[a.User.RoutingProfileID]
	if p != nil && slices.ContainsFunc(p.Entries, func(e event.RoutingEntry) bool { return wanted(e.QueueID) }) {
		return true
	}
	return slices.ContainsFunc(a.Contacts, func(slot center.AgentContact) bool {
		c := st.Contacts[slot.ContactID]
		return c != nil && wanted(c.QueueID)
	})
}

func (sc *scope) userData(st *center.State, a *center.Agent, status *event.AgentStatusSaved) UserData {
	u := &a.User
	out := UserData{
		User:           &UserReference{Id: new(u.UserID.String()), Arn: sc.arn(ResourceUser, u.UserID)},
		RoutingProfile: &RoutingProfileReference{Id: idText(u.RoutingProfileID), Arn: sc.arn(ResourceRoutingProfile, u.RoutingProfileID)},
		Status: &AgentStatusReference{StatusName: &status.Name, StatusArn: sc.arn(ResourceAgentStatus, status.StatusID),
			StatusStartTimestamp: moment(a.StatusSince)},
		HierarchyPath: sc.hierarchyReference(groupPath(st, u.HierarchyGroupID)),
		Contacts:      []AgentContactReference{},
	}
	if next := st.Statuses[a.NextStatusID]; next != nil {
		out.NextStatus = &next.Name
	}
	for i := range a.Contacts {
		out.Contacts = append(out.Contacts, sc.contactReference(st, &a.Contacts[i]))
	}
	out.countSlots(st.RoutingProfiles[u.RoutingProfileID], a, status.Type == event.Routable)
	return out
}

// hierarchyReference is nil for an agent outside of the hierarchy.
func (sc *scope) hierarchyReference(path []*event.HierarchyGroupSaved) *HierarchyPathReference {
	if len(path) == 0 {
		return nil
	}
	out := &HierarchyPathReference{}
	levels := []**HierarchyGroupSummaryReference{&out.LevelOne, &out.LevelTwo, &out.LevelThree, &out.LevelFour, &out.LevelFive}
	for i, g := range path {
		*levels[i] = &HierarchyGroupSummaryReference{Id: new(g.GroupID.String()), Arn: sc.arn(ResourceHierarchyGroup, g.GroupID)}
	}
	return out
}

// contactState is where a contact stands with its agent, in the API's words: an
// offered callback is incoming, a customer may be on hold, and a task that was
// put aside is connected, for want of a word of its own.
func contactState(st *center.State, slot *center.AgentContact) ContactState {
	c := st.Contacts[slot.ContactID]
	switch {
	case slot.State == center.Paused:
		return ContactStateConnected
	case c == nil:
	case slot.State == center.Connected && !c.Holds.Since.IsZero():
		return ContactStateConnectedOnhold
	case slot.State == center.Connecting && c.Method == event.Callback:
		return ContactStateIncoming
	}
	return ContactState(slot.State.String())
}

func (sc *scope) contactReference(st *center.State, slot *center.AgentContact) AgentContactReference {
	out := AgentContactReference{
		ContactId: new(slot.ContactID.String()), Channel: new(Channel(slot.Channel.String())),
		AgentContactState: new(contactState(st, slot)), StateStartTimestamp: moment(slot.Since),
		ConnectedToAgentTimestamp: moment(slot.ConnectedAt),
	}
	if c := st.Contacts[slot.ContactID]; c != nil {
		out.InitiationMethod = new(ContactInitiationMethod(c.Method.String()))
		if !c.QueueID.IsZero() {
			out.Queue = sc.queueReference(st, c.QueueID)
		}
	}
	return out
}

// queueReference names a standard queue, or the queue of an agent.
func (sc *scope) queueReference(st *center.State, id tandem.ID) *QueueReference {
	kind := ResourceQueue
	if st.Agents[id] != nil {
		kind = ResourceAgentQueue
	}
	return &QueueReference{Id: idText(id), Arn: sc.arn(kind, id)}
}

// countSlots fills in how many contacts of each channel the agent may have,
// has, and could be given now: none while the status, a contact that was not
// taken or the like forbids it; and while the agent works on another channel
// only where the routing profile says that this one does not mind. A task that
// was put aside holds no slot.
func (d *UserData) countSlots(p *event.RoutingProfileSaved, a *center.Agent, routable bool) {
	d.MaxSlotsByChannel, d.ActiveSlotsByChannel, d.AvailableSlotsByChannel = map[string]int32{}, map[string]int32{}, map[string]int32{}
	if p == nil {
		return
	}
	refused := func(slot center.AgentContact) bool {
		return slot.State == center.Missed || slot.State == center.Rejected || slot.State == center.Failed
	}
	open := routable && a.NextStatusID.IsZero() && a.RetiredAt.IsZero() && !a.Unreachable && !slices.ContainsFunc(a.Contacts, refused)
	for _, c := range p.Concurrency {
		active, elsewhere := int32(0), false
		for i := range a.Contacts {
			switch slot := &a.Contacts[i]; {
			case slot.State == center.Paused:
			case slot.Channel == c.Channel:
				active++
			default:
				elsewhere = true
			}
		}
		name, most := c.Channel.String(), int32(c.Maximum)
		d.MaxSlotsByChannel[name], d.ActiveSlotsByChannel[name], d.AvailableSlotsByChannel[name] = most, active, 0
		noPhone := c.Channel == event.Voice && a.User.PhoneType == event.SoftPhone && !a.Softphone
		if open && (c.AnyChannel || !elsewhere) && !noPhone {
			d.AvailableSlotsByChannel[name] = max(0, most-active)
		}
	}
}
