package connect

import (
	"errors"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// stopContact ends a contact. The record says that the API did, whatever
// reason the request gives.
func (s *Server) stopContact(call *Call, in *StopContactRequest) (*StopContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	_, err = sc.control(in.ContactId, func(c *center.Contact) (any, error) {
		if c.Channel == event.Voice && slices.Contains(unstoppable, c.Method) {
			return nil, tandem.Errorf(tandem.Conflict, "ContactId", "a call that began as %s ends with its parties; it cannot be stopped", c.Method)
		}
		return center.StopContact{ContactID: c.ContactID}, nil
	})
	if refusal, ok := errors.AsType[*tandem.Error](err); ok && refusal.Kind == tandem.NotFound && refusal.Field == "ContactId" {
		return nil, &ContactNotFoundException{Message: new(refusal.Error())}
	}
	return &StopContactResponse{}, err
}

// unstoppable are the ways to begin of the calls that StopContact does not end
// (Amazon Connect API: StopContact).
var unstoppable = []event.InitiationMethod{event.Disconnect, event.Transfer, event.QueueTransfer, event.ExternalOutbound, event.Monitor}

// control gives the command that something shall be done with a contact. What
// the command is made from never changes in the contact's life, or is checked
// again by the center.
func (sc *scope) control(contact *string, command func(c *center.Contact) (body any, err error)) (answer any, err error) {
	id, err := sc.ref(ResourceContact, "ContactId", contact)
	if err != nil {
		return nil, err
	}
	var body any
	err = sc.read(func(st *center.State) (err error) {
		c := st.Contacts[id]
		if c == nil {
			return tandem.Errorf(tandem.NotFound, "ContactId", "there is no contact %s, or it ended a while ago", id)
		}
		body, err = command(c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sc.do(body)
}

// transferContact hands a chat or task to an agent or a queue. While the
// contact of a client token is remembered, the same token gives that contact.
func (s *Server) transferContact(call *Call, in *TransferContactRequest) (*TransferContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	t := center.TransferContact{ClientToken: text[string](in.ClientToken)}
	if t.ContactID, err = sc.ref(ResourceContact, "ContactId", in.ContactId); err != nil {
		return nil, err
	}
	if t.QueueID, err = sc.ref(ResourceQueue, "QueueId", in.QueueId); err != nil {
		return nil, err
	}
	if t.UserID, err = sc.ref(ResourceUser, "UserId", in.UserId); err != nil {
		return nil, err
	}
	if t.FlowID, _, err = sc.flowRef(in.ContactFlowId); err != nil {
		return nil, err
	}
	answer, err := sc.do(t)
	if err != nil {
		return nil, err
	}
	id := answer.(tandem.ID)
	return &TransferContactResponse{ContactId: new(id.String()), ContactArn: sc.arn(ResourceContact, id)}, nil
}

// updateContactRoutingData changes the priority of a contact that is not with
// an agent, or by how much it counts as older.
func (s *Server) updateContactRoutingData(call *Call, in *UpdateContactRoutingDataRequest) (*UpdateContactRoutingDataResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := refuse(in, "RoutingCriteria"); err != nil {
		return nil, err
	}
	u := center.UpdateContactRouting{Adjusts: in.QueueTimeAdjustmentSeconds != nil}
	if u.ContactID, err = sc.ref(ResourceContact, "ContactId", in.ContactId); err != nil {
		return nil, err
	}
	if u.Adjusts {
		u.AdjustmentSeconds = int64(*in.QueueTimeAdjustmentSeconds)
	}
	if in.QueuePriority != nil {
		u.Priority = *in.QueuePriority
	}
	if !u.Adjusts && u.Priority == 0 {
		return nil, tandem.Errorf(tandem.Invalid, "QueuePriority", "or QueueTimeAdjustmentSeconds must be given")
	}
	_, err = sc.do(u)
	return &UpdateContactRoutingDataResponse{}, err
}

// pauseContact lets the agent put a task aside.
func (s *Server) pauseContact(call *Call, in *PauseContactRequest) (*PauseContactResponse, error) {
	if err := refuse(in, "ContactFlowId"); err != nil {
		return nil, err
	}
	return &PauseContactResponse{}, s.setPaused(call, in.InstanceId, in.ContactId, true)
}

// resumeContact lets the agent take up a task that was put aside.
func (s *Server) resumeContact(call *Call, in *ResumeContactRequest) (*ResumeContactResponse, error) {
	if err := refuse(in, "ContactFlowId"); err != nil {
		return nil, err
	}
	return &ResumeContactResponse{}, s.setPaused(call, in.InstanceId, in.ContactId, false)
}

func (s *Server) setPaused(call *Call, instance, contact *string, paused bool) error {
	sc, err := s.scope(call, instance)
	if err != nil {
		return err
	}
	_, err = sc.control(contact, func(c *center.Contact) (any, error) {
		if c.UserID.IsZero() {
			return nil, tandem.Errorf(tandem.Conflict, "ContactId", "only a task that an agent works on can be paused and resumed")
		}
		return center.PauseContact{UserID: c.UserID, ContactID: c.ContactID, Paused: paused}, nil
	})
	return err
}

// monitorContact lets a supervisor listen to a call. Among the capabilities,
// BARGE without SILENT_MONITOR lets the supervisor talk from the beginning;
// else they only listen until they choose to talk.
func (s *Server) monitorContact(call *Call, in *MonitorContactRequest) (*MonitorContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	m := center.MonitorContact{Barged: slices.Contains(in.AllowedMonitorCapabilities, MonitorCapabilityBarge) &&
		!slices.Contains(in.AllowedMonitorCapabilities, MonitorCapabilitySilentMonitor)}
	if m.ContactID, err = sc.ref(ResourceContact, "ContactId", in.ContactId); err != nil {
		return nil, err
	}
	if m.UserID, err = sc.ref(ResourceUser, "UserId", in.UserId); err != nil {
		return nil, err
	}
	answer, err := sc.do(m)
	if err != nil {
		return nil, err
	}
	id := answer.(tandem.ID)
	return &MonitorContactResponse{ContactId: new(id.String()), ContactArn: sc.arn(ResourceContact, id)}, nil
}
