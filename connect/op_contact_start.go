package connect

import (
	"slices"

	"tandem"
	"tandem/center"
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
	if err := refuse(in, "Attachments", "SegmentAttributes", "TaskTemplateId"); err != nil {
		return task, err
	}
	if (in.ContactFlowId == nil) == (in.QuickConnectId == nil) {
		return task, tandem.Errorf(tandem.Invalid, "ContactFlowId", "or QuickConnectId is required, and not both; it names the flow that the task starts in")
	}
	task = center.StartTask{Name: tandem.Personal(*in.Name), Description: text[tandem.Personal](in.Description),
		Attributes: in.Attributes, ClientToken: text[string](in.ClientToken)}
	if in.ContactFlowId != nil {
		if task.FlowID, _, err = sc.flowRef(in.ContactFlowId); err != nil {
			return task, err
		}
	}
	if task.QuickConnectID, err = sc.ref(ResourceQuickConnect, "QuickConnectId", in.QuickConnectId); err != nil {
		return task, err
	}
	if task.PreviousID, err = sc.ref(ResourceContact, "PreviousContactId", in.PreviousContactId); err != nil {
		return task, err
	}
	if task.RelatedID, err = sc.ref(ResourceContact, "RelatedContactId", in.RelatedContactId); err != nil {
		return task, err
	}
	if task.ScheduledAt, err = sc.scheduled(in.ScheduledTime); err != nil {
		return task, err
	}
	task.References, err = references(in.References)
	return task, err
}

// scheduled is when a contact shall begin; zero for at once.
func (sc *scope) scheduled(at *EpochTime) (tandem.Time, error) {
	switch {
	case at == nil:
		return 0, nil
	case at.Before(sc.call.Time):
		return 0, tandem.Errorf(tandem.Invalid, "ScheduledTime", "is past; leave it out to start at once")
	}
	return tandem.At(at.Time), nil
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

// startOutboundVoiceContact calls a customer and runs a flow when the call is
// answered. While the contact of a client token is remembered, the same token
// gives that contact.
func (s *Server) startOutboundVoiceContact(call *Call, in *StartOutboundVoiceContactRequest) (*StartOutboundVoiceContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	err = refuse(in, "AnswerMachineDetectionConfig", "CampaignId", "Description", "Name", "OutboundStrategy", "References")
	if err != nil {
		return nil, err
	}
	if in.TrafficType != nil && *in.TrafficType != TrafficTypeGeneral {
		return nil, tandem.Errorf(tandem.Invalid, "TrafficType", "%s is not supported; use %s", *in.TrafficType, TrafficTypeGeneral)
	}
	c := center.StartOutboundContact{Number: tandem.Personal(*in.DestinationPhoneNumber), SourceNumber: text[string](in.SourcePhoneNumber),
		Attributes: in.Attributes, ClientToken: text[string](in.ClientToken)}
	if in.RingTimeoutInSeconds != nil {
		c.RingSeconds = int64(*in.RingTimeoutInSeconds)
	}
	if c.FlowID, _, err = sc.flowRef(in.ContactFlowId); err != nil {
		return nil, err
	}
	if c.QueueID, err = sc.ref(ResourceQueue, "QueueId", in.QueueId); err != nil {
		return nil, err
	}
	if c.RelatedID, err = sc.ref(ResourceContact, "RelatedContactId", in.RelatedContactId); err != nil {
		return nil, err
	}
	answer, err := sc.do(c)
	if err != nil {
		return nil, err
	}
	return &StartOutboundVoiceContactResponse{ContactId: new(answer.(tandem.ID).String())}, nil
}

// startChatContact begins a chat. The answer is the contact's id alone: nobody
// can write in the chat by way of this API, so there are no participant's
// credentials. While the contact of a client token is remembered, the same
// token gives that contact.
func (s *Server) startChatContact(call *Call, in *StartChatContactRequest) (*StartChatContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	err = refuse(in, "ChatDurationInMinutes", "CustomerId", "DisconnectOnCustomerExit", "InitialMessage", "ParticipantConfiguration",
		"PersistentChat", "SegmentAttributes", "SupportedMessagingContentTypes")
	if err != nil {
		return nil, err
	}
	c := center.StartChat{CustomerName: tandem.Personal(*in.ParticipantDetails.DisplayName), Attributes: in.Attributes,
		ClientToken: text[string](in.ClientToken)}
	if c.FlowID, _, err = sc.flowRef(in.ContactFlowId); err != nil {
		return nil, err
	}
	if c.RelatedID, err = sc.ref(ResourceContact, "RelatedContactId", in.RelatedContactId); err != nil {
		return nil, err
	}
	answer, err := sc.do(c)
	if err != nil {
		return nil, err
	}
	return &StartChatContactResponse{ContactId: new(answer.(tandem.ID).String())}, nil
}
