package connect

import (
	"errors"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/view/record"
)

// startTaskContact begins a task. While the contact of a client token is
// remembered, the same token gives that contact.
func (s *Server) startTaskContact(call *Call, in *StartTaskContactRequest) (*StartTaskContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	task, err := sc.task(in)
	if err != nil {
		return nil, err
	}
	answer, err := sc.do(task)
	if err != nil {
		return nil, err
	}
	return &StartTaskContactResponse{ContactId: new(answer.(tandem.ID).String())}, nil
}

func (sc *scope) task(in *StartTaskContactRequest) (task center.StartTask, err error) {
	if err := refuse(in, "Attachments", "QuickConnectId", "RelatedContactId", "ScheduledTime", "SegmentAttributes", "TaskTemplateId"); err != nil {
		return task, err
	}
	if in.ContactFlowId == nil {
		return task, tandem.Errorf(tandem.Invalid, "ContactFlowId", "is required; it names the flow that the task starts in")
	}
	task = center.StartTask{Name: tandem.Personal(*in.Name), Description: text[tandem.Personal](in.Description),
		Attributes: in.Attributes, ClientToken: text[string](in.ClientToken)}
	if task.FlowID, _, err = sc.flowRef(in.ContactFlowId); err != nil {
		return task, err
	}
	if task.PreviousID, err = sc.ref(ResourceContact, "PreviousContactId", in.PreviousContactId); err != nil {
		return task, err
	}
	task.References, err = references(in.References)
	return task, err
}

// referenceTypes are those that a task can have without a file.
var referenceTypes = []ReferenceType{ReferenceTypeUrl, ReferenceTypeNumber, ReferenceTypeString, ReferenceTypeDate, ReferenceTypeEmail}

// references are in our form the type, a space, and the value.
func references(in map[string]Reference) (tandem.PersonalMap, error) {
	out := tandem.PersonalMap{}
	for name, r := range in {
		if !slices.Contains(referenceTypes, *r.Type) {
			return nil, tandem.Errorf(tandem.Invalid, "References", "the type %s is not supported; use one of %v", *r.Type, referenceTypes)
		}
		out[name] = string(*r.Type) + " " + text[string](r.Value)
	}
	return out, nil
}

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
			found = sc.contact(c)
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

func (sc *scope) contact(c *center.Contact) *Contact {
	out := &Contact{
		Id: new(c.ContactID.String()), Arn: sc.arn(ResourceContact, c.ContactID), PreviousContactId: idText(c.PreviousID),
		Channel: new(Channel(c.Channel.String())), InitiationMethod: new(ContactInitiationMethod(c.Method.String())),
		Name: given(c.Name), Description: given(c.Description), Attributes: present(c.Attributes), Tags: present(map[string]string(nil)),
		InitiationTimestamp: moment(c.InitiatedAt), ConnectedToSystemTimestamp: moment(c.ConnectedToSystemAt),
		DisconnectTimestamp: moment(c.DisconnectedAt), LastUpdateTimestamp: moment(c.LastAt),
		CustomerEndpoint: endpoint(string(c.CustomerAddress)), SystemEndpoint: endpoint(c.SystemAddress),
		Recordings: []RecordingInfo{},
	}
	if c.InitialContactID != c.ContactID {
		out.InitialContactId = idText(c.InitialContactID)
	}
	if !c.EnqueuedAt.IsZero() {
		out.QueueInfo = &QueueInfo{Id: idText(c.QueueID), EnqueueTimestamp: moment(c.EnqueuedAt)}
		out.QueuePriority = new(c.Priority)
	}
	if !c.ConnectedToAgentAt.IsZero() {
		out.AgentInfo = agentInfo(c.ConnectedToAgentAt, c.WrapUpAt, c.ClearedAt)
		out.AgentInfo.Id = idText(c.UserID)
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
	}
	if r.Recording != nil {
		out.Recordings = append(out.Recordings, recording(r.Recording.Location))
	}
	return out
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

// stopContact ends a contact. The record says that the API did, whatever
// reason the request gives.
func (s *Server) stopContact(call *Call, in *StopContactRequest) (*StopContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceContact, "ContactId", in.ContactId)
	if err == nil {
		_, err = sc.do(center.StopContact{ContactID: id})
	}
	if refusal, ok := errors.AsType[*tandem.Error](err); ok && refusal.Kind == tandem.NotFound && refusal.Field == "ContactId" {
		return nil, &ContactNotFoundException{Message: new(refusal.Error())}
	}
	return &StopContactResponse{}, err
}

func (s *Server) getContactAttributes(call *Call, in *GetContactAttributesRequest) (*GetContactAttributesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	c, err := sc.findContact("InitialContactId", in.InitialContactId)
	if err != nil {
		return nil, err
	}
	return &GetContactAttributesResponse{Attributes: c.Attributes}, nil
}

func (s *Server) updateContactAttributes(call *Call, in *UpdateContactAttributesRequest) (*UpdateContactAttributesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceContact, "InitialContactId", in.InitialContactId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.UpdateContactAttributes{ContactID: id, Attributes: in.Attributes})
	return &UpdateContactAttributesResponse{}, err
}
