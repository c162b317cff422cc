package connect

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

func (s *Server) createAgentStatus(call *Call, in *CreateAgentStatusRequest) (*CreateAgentStatusResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	st := event.AgentStatusSaved{
		StatusID: newID(), Name: *in.Name, Description: text[string](in.Description), Type: event.Custom,
		Enabled: *in.State == AgentStatusStateEnabled, Tags: in.Tags,
	}
	if in.DisplayOrder != nil {
		st.Order = *in.DisplayOrder
	}
	if _, err := sc.do(center.SaveAgentStatus{Status: st, New: true}); err != nil {
		return nil, err
	}
	return &CreateAgentStatusResponse{AgentStatusId: new(st.StatusID.String()), AgentStatusARN: sc.arn(ResourceAgentStatus, st.StatusID)}, nil
}

func (s *Server) updateAgentStatus(call *Call, in *UpdateAgentStatusRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.change(func(state *center.State) (any, error) {
		old, err := find(sc, state.Statuses, ResourceAgentStatus, "AgentStatusId", in.AgentStatusId)
		if err != nil {
			return nil, err
		}
		st := *old
		set(&st.Name, in.Name)
		set(&st.Description, in.Description)
		if in.State != nil {
			st.Enabled = *in.State == AgentStatusStateEnabled
		}
		if in.DisplayOrder != nil {
			st.Order = *in.DisplayOrder
		}
		if in.ResetOrderNumber != nil && *in.ResetOrderNumber {
			st.Order = 0
		}
		return center.SaveAgentStatus{Status: st}, nil
	})
}

func (s *Server) describeAgentStatus(call *Call, in *DescribeAgentStatusRequest) (*DescribeAgentStatusResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var st *event.AgentStatusSaved
	err = sc.read(func(state *center.State) (err error) {
		st, err = find(sc, state.Statuses, ResourceAgentStatus, "AgentStatusId", in.AgentStatusId)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &AgentStatus{
		AgentStatusId: new(st.StatusID.String()), AgentStatusARN: sc.arn(ResourceAgentStatus, st.StatusID),
		Name: &st.Name, Description: given(st.Description), Type: new(AgentStatusType(st.Type.String())),
		State: new(AgentStatusStateDisabled), Tags: present(st.Tags),
		LastModifiedTime: moment(st.ModifiedAt), LastModifiedRegion: sc.region(),
	}
	if st.Enabled {
		out.State = new(AgentStatusStateEnabled)
	}
	if st.Order > 0 {
		out.DisplayOrder = &st.Order
	}
	return &DescribeAgentStatusResponse{AgentStatus: out}, nil
}

func (s *Server) listAgentStatuses(call *Call, in *ListAgentStatusRequest) (*ListAgentStatusResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(state *center.State) map[tandem.ID]*event.AgentStatusSaved { return state.Statuses }
	part, next, err := list(sc, things, func(id tandem.ID, st *event.AgentStatusSaved) (AgentStatusSummary, bool) {
		kind := AgentStatusType(st.Type.String())
		return AgentStatusSummary{Id: new(id.String()), Arn: sc.arn(ResourceAgentStatus, id), Name: &st.Name, Type: &kind,
			LastModifiedTime: moment(st.ModifiedAt), LastModifiedRegion: sc.region()}, among(kind, in.AgentStatusTypes)
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListAgentStatusResponse{AgentStatusSummaryList: part, NextToken: next}, nil
}

// putUserStatus sets an agent's status, or the next one while the agent has a
// contact.
func (s *Server) putUserStatus(call *Call, in *PutUserStatusRequest) (*PutUserStatusResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	user, err := sc.ref(ResourceUser, "UserId", in.UserId)
	if err != nil {
		return nil, err
	}
	status, err := sc.ref(ResourceAgentStatus, "AgentStatusId", in.AgentStatusId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.PutUserStatus{UserID: user, StatusID: status})
	return &PutUserStatusResponse{}, err
}

// dismissUserContact clears a contact that the agent missed or wraps up.
func (s *Server) dismissUserContact(call *Call, in *DismissUserContactRequest) (*DismissUserContactResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	user, err := sc.ref(ResourceUser, "UserId", in.UserId)
	if err != nil {
		return nil, err
	}
	contact, err := sc.ref(ResourceContact, "ContactId", in.ContactId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.DismissUserContact{UserID: user, ContactID: contact})
	return &DismissUserContactResponse{}, err
}
