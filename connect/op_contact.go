package connect

import (
	"errors"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view/record"
)

// describeContact shows a contact that is under way, or the record of one that
// has ended.
func (s *Server) describeContact(call *Call, in *DescribeContactRequest) (*DescribeContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	c, err := sc.findContact("ContactId", in.ContactId)
	if err != nil {
		return nil, err
	}
	return &DescribeContactResponse{Contact: c}, nil
}

// findContact looks in the state and, for a contact that the center has
// forgotten, in the records.
func (sc *scope) findContact(member string, idOrARN *string) (*Contact, error) {
	id, err := sc.ref(ResourceContact, member, idOrARN)
	if err != nil {
		return nil, err
	}
	var found *Contact
	err = sc.read(func(st *center.State) error {
		if c := st.Contacts[id]; c != nil {
			found = sc.contact(st, c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if found != nil {
		return found, nil
	}
	row, err := sc.s.cfg.Backend.Record(sc.call, sc.id, id)
	if errors.Is(err, record.ErrNotFound) {
		return nil, namesNothing(member)
	}
	if err != nil {
		return nil, err
	}
	return sc.recordedContact(&row), nil
}

func (sc *scope) contact(st *center.State, c *center.Contact) *Contact {
	out := &Contact{
		Id: new(c.ContactID.String()), Arn: sc.arn(ResourceContact, c.ContactID),
		PreviousContactId: idText(c.PreviousID), RelatedContactId: idText(c.RelatedID),
		Channel: new(Channel(c.Channel.String())), InitiationMethod: new(ContactInitiationMethod(c.Method.String())),
		Name: given(c.Name), Description: given(c.Description), CustomerId: given(c.CustomerID),
		Attributes: present(c.Attributes), Tags: present(c.Tags),
		InitiationTimestamp: moment(c.InitiatedAt), ScheduledTimestamp: moment(c.ScheduledAt), ConnectedToSystemTimestamp: moment(c.ConnectedToSystemAt),
		LastPausedTimestamp: moment(c.PausedAt), DisconnectTimestamp: moment(c.DisconnectedAt), LastUpdateTimestamp: moment(c.LastAt),
		CustomerEndpoint: endpoint(string(c.CustomerAddress)), SystemEndpoint: systemEndpoint(c),
		Recordings: []RecordingInfo{}, AgentInfo: sc.agentOf(st, c),
	}
	if c.InitialContactID != c.ContactID {
		out.InitialContactId = idText(c.InitialContactID)
	}
	if next := c.NextID; !next.IsZero() {
		data := &QuickConnectContactData{ContactId: idText(next), InitiationTimestamp: moment(c.TransferredAt)}
		out.NextContacts = nextContact(data, c.TransferredTo)
	}
	if !c.EnqueuedAt.IsZero() {
		out.QueueInfo = &QueueInfo{Id: idText(c.QueueID), EnqueueTimestamp: moment(c.EnqueuedAt)}
		out.QueuePriority = new(c.Priority)
	}
	if c.AdjustmentMillis != 0 {
		out.QueueTimeAdjustmentSeconds = new(int32(c.AdjustmentMillis / millisPerSecond))
	}
	if c.Reason != 0 {
		out.DisconnectReason = new(c.Reason.String())
	}
	if c.RecordingLocation != "" {
		r := recording(c.RecordingLocation)
		r.StartTimestamp, r.StopTimestamp = moment(c.RecordingStartedAt), moment(c.RecordingStoppedAt)
		out.Recordings = append(out.Recordings, r)
	}
	return out
}

// systemEndpoint is not told of contacts that began within the center (Amazon
// Connect API: Contact).
func systemEndpoint(c *center.Contact) *EndpointInfo {
	switch c.Method {
	case event.Monitor, event.QueueTransfer, event.Callback:
		return nil
	}
	return endpoint(c.SystemAddress)
}

// nextContact is where the customer went on.
func nextContact(data *QuickConnectContactData, to event.TransferKind) []NextContactEntry {
	entry := NextContactEntry{NextContactMetadata: &NextContactMetadata{QuickConnectContactData: data}}
	if kind, known := transferTypes[to]; known {
		entry.Type, data.QuickConnectType = new(NextContactTypeQuickConnect), &kind
	}
	return []NextContactEntry{entry}
}

var transferTypes = map[event.TransferKind]QuickConnectType{
	event.TransferToAgent: QuickConnectTypeUser, event.TransferToQueue: QuickConnectTypeQueue, event.TransferOutside: QuickConnectTypePhoneNumber,
}

// agentOf is the agent whom the contact was connected to, nil for none.
func (sc *scope) agentOf(st *center.State, c *center.Contact) *AgentInfo {
	if c.ConnectedToAgentAt.IsZero() {
		return nil
	}
	out := agentInfo(c.ConnectedToAgentAt, c.WrapUpAt, c.ClearedAt)
	out.Id, out.AcceptedByAgentTimestamp = idText(c.HandledBy), moment(c.AcceptedAt)
	out.AgentInitiatedHoldDuration = new(int32(c.Holds.Millis / millisPerSecond))
	if path := groupPath(st, c.GroupID); len(path) > 0 {
		h := &HierarchyGroups{}
		levels := []**AgentHierarchyGroup{&h.Level1, &h.Level2, &h.Level3, &h.Level4, &h.Level5}
		for i, g := range path {
			*levels[i] = &AgentHierarchyGroup{Arn: sc.arn(ResourceHierarchyGroup, g.GroupID)}
		}
		out.HierarchyGroups = h
	}
	return out
}

// recordedContact is a contact as its record has it.
func (sc *scope) recordedContact(row *record.Row) *Contact {
	r, t := &row.Record, &row.Times
	out := &Contact{
		Id: new(row.ContactID.String()), Arn: sc.arn(ResourceContact, row.ContactID),
		InitialContactId: r.InitialContactID, PreviousContactId: r.PreviousContactID,
		Channel: new(Channel(r.Channel)), InitiationMethod: new(ContactInitiationMethod(r.InitiationMethod)),
		Attributes: present(r.Attributes), Tags: present(map[string]string(nil)), DisconnectReason: r.DisconnectReason,
		InitiationTimestamp: moment(t.Initiated), ConnectedToSystemTimestamp: moment(t.ConnectedToSystem),
		DisconnectTimestamp: moment(t.Disconnected), LastUpdateTimestamp: moment(t.RecordLastModified),
		Recordings: []RecordingInfo{},
	}
	if r.ContactDetails != nil {
		out.Name, out.Description = given(r.ContactDetails.Name), given(r.ContactDetails.Description)
	}
	if r.CustomerEndpoint != nil {
		out.CustomerEndpoint = endpoint(r.CustomerEndpoint.Address)
	}
	if r.SystemEndpoint != nil {
		out.SystemEndpoint = endpoint(r.SystemEndpoint.Address)
	}
	if r.Queue != nil {
		out.QueueInfo = &QueueInfo{Id: sc.idIn(ResourceQueue, r.Queue.ARN), EnqueueTimestamp: moment(t.Enqueued)}
	}
	if r.Agent != nil {
		out.AgentInfo = agentInfo(t.ConnectedToAgent, t.AfterWorkStarted, t.AfterWorkEnded)
		out.AgentInfo.Id = sc.idIn(ResourceUser, r.Agent.ARN)
		out.AgentInfo.AgentInitiatedHoldDuration = new(int32(r.Agent.CustomerHoldDuration))
		out.AgentInfo.HierarchyGroups = recordedGroups(r.Agent.HierarchyGroups)
	}
	if r.NextContactID != nil {
		out.NextContacts = nextContact(&QuickConnectContactData{ContactId: r.NextContactID}, 0)
	}
	if r.Recording != nil {
		out.Recordings = append(out.Recordings, recording(r.Recording.Location))
	}
	return out
}

func recordedGroups(in *record.HierarchyGroups) *HierarchyGroups {
	if in == nil {
		return nil
	}
	level := func(g *record.HierarchyGroup) *AgentHierarchyGroup {
		if g == nil {
			return nil
		}
		return &AgentHierarchyGroup{Arn: &g.ARN}
	}
	return &HierarchyGroups{Level1: level(in.Level1), Level2: level(in.Level2), Level3: level(in.Level3), Level4: level(in.Level4), Level5: level(in.Level5)}
}

// idIn is the id in an ARN of the instance.
func (sc *scope) idIn(kind Resource, arn string) *string {
	id, _ := sc.s.arns.ID(sc.id.String(), kind, arn)
	return given(id)
}

func endpoint(address string) *EndpointInfo {
	if address == "" {
		return nil
	}
	return &EndpointInfo{Address: &address, Type: new(EndpointTypeTelephoneNumber)}
}

// agentInfo is of the agent whom the contact was connected to, without id.
func agentInfo(connected, wrapUp, cleared tandem.Time) *AgentInfo {
	out := &AgentInfo{
		ConnectedToAgentTimestamp:      moment(connected),
		AfterContactWorkStartTimestamp: moment(wrapUp), AfterContactWorkEndTimestamp: moment(cleared),
	}
	if !cleared.IsZero() {
		out.AfterContactWorkDuration = new(int32(cleared.Sub(wrapUp) / millisPerSecond))
	}
	return out
}

func recording(location string) RecordingInfo {
	return RecordingInfo{
		Location: &location, StorageType: new(StorageTypeS3), Status: new(RecordingStatusAvailable),
		MediaStreamType: new(MediaStreamTypeAudio), ParticipantType: new(ParticipantTypeAll),
	}
}
