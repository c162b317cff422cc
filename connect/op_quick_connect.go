package connect

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

func (s *Server) createQuickConnect(call *Call, in *CreateQuickConnectRequest) (*CreateQuickConnectResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	q := event.QuickConnectSaved{QuickConnectID: newID(), Name: *in.Name, Description: text[string](in.Description), Tags: in.Tags}
	if err := sc.setDestination(&q, in.QuickConnectConfig); err != nil {
		return nil, err
	}
	if _, err := sc.do(center.SaveQuickConnect{QuickConnect: q, New: true}); err != nil {
		return nil, err
	}
	return &CreateQuickConnectResponse{QuickConnectId: new(q.QuickConnectID.String()), QuickConnectARN: sc.arn(ResourceQuickConnect, q.QuickConnectID)}, nil
}

// setDestination replaces where a quick connect leads to.
func (sc *scope) setDestination(q *event.QuickConnectSaved, in *QuickConnectConfig) (err error) {
	if err := refuse(in, "FlowConfig"); err != nil {
		return err
	}
	q.Type, q.UserID, q.QueueID, q.FlowID, q.Number = 0, tandem.ID{}, tandem.ID{}, tandem.ID{}, ""
	user, queue, phone := in.UserConfig, in.QueueConfig, in.PhoneConfig
	switch kind := *in.QuickConnectType; {
	case kind == QuickConnectTypeUser && user != nil && queue == nil && phone == nil:
		q.Type = event.QuickConnectUser
		if q.UserID, err = sc.ref(ResourceUser, "UserId", user.UserId); err == nil {
			q.FlowID, _, err = sc.flowRef(user.ContactFlowId)
		}
	case kind == QuickConnectTypeQueue && queue != nil && user == nil && phone == nil:
		q.Type = event.QuickConnectQueue
		if q.QueueID, err = sc.ref(ResourceQueue, "QueueId", queue.QueueId); err == nil {
			q.FlowID, _, err = sc.flowRef(queue.ContactFlowId)
		}
	case kind == QuickConnectTypePhoneNumber && phone != nil && user == nil && queue == nil:
		q.Type, q.Number = event.QuickConnectPhone, *phone.PhoneNumber
	case kind == QuickConnectTypeFlow:
		return tandem.Errorf(tandem.Invalid, "QuickConnectType", "FLOW is not supported; use USER, QUEUE or PHONE_NUMBER")
	default:
		return tandem.Errorf(tandem.Invalid, "QuickConnectConfig", "must have the configuration of its type and no other: UserConfig, QueueConfig or PhoneConfig")
	}
	return err
}

func (s *Server) describeQuickConnect(call *Call, in *DescribeQuickConnectRequest) (*DescribeQuickConnectResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var q *event.QuickConnectSaved
	err = sc.read(func(st *center.State) (err error) {
		q, err = find(sc, st.QuickConnects, ResourceQuickConnect, "QuickConnectId", in.QuickConnectId)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DescribeQuickConnectResponse{QuickConnect: new(sc.quickConnect(q))}, nil
}

func (sc *scope) quickConnect(q *event.QuickConnectSaved) QuickConnect {
	config := &QuickConnectConfig{QuickConnectType: new(QuickConnectType(q.Type.String()))}
	switch q.Type {
	case event.QuickConnectUser:
		config.UserConfig = &UserQuickConnectConfig{UserId: idText(q.UserID), ContactFlowId: idText(q.FlowID)}
	case event.QuickConnectQueue:
		config.QueueConfig = &QueueQuickConnectConfig{QueueId: idText(q.QueueID), ContactFlowId: idText(q.FlowID)}
	case event.QuickConnectPhone:
		config.PhoneConfig = &PhoneNumberQuickConnectConfig{PhoneNumber: &q.Number}
	}
	return QuickConnect{
		QuickConnectId: new(q.QuickConnectID.String()), QuickConnectARN: sc.arn(ResourceQuickConnect, q.QuickConnectID),
		Name: &q.Name, Description: given(q.Description), QuickConnectConfig: config, Tags: present(q.Tags),
		LastModifiedTime: moment(q.ModifiedAt), LastModifiedRegion: sc.region(),
	}
}

func (s *Server) listQuickConnects(call *Call, in *ListQuickConnectsRequest) (*ListQuickConnectsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*event.QuickConnectSaved { return st.QuickConnects }
	part, next, err := list(sc, things, func(_ tandem.ID, q *event.QuickConnectSaved) (QuickConnectSummary, bool) {
		summary := sc.quickConnectSummary(q)
		return summary, among(*summary.QuickConnectType, in.QuickConnectTypes)
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListQuickConnectsResponse{QuickConnectSummaryList: part, NextToken: next}, nil
}

func (sc *scope) quickConnectSummary(q *event.QuickConnectSaved) QuickConnectSummary {
	return QuickConnectSummary{
		Id: new(q.QuickConnectID.String()), Arn: sc.arn(ResourceQuickConnect, q.QuickConnectID), Name: &q.Name,
		QuickConnectType: new(QuickConnectType(q.Type.String())), LastModifiedTime: moment(q.ModifiedAt), LastModifiedRegion: sc.region(),
	}
}

// changeQuickConnect saves a quick connect as edit leaves it.
func (s *Server) changeQuickConnect(call *Call, instance, quickConnect *string, edit func(sc *scope, q *event.QuickConnectSaved) error) (*Empty, error) {
	sc, err := s.scope(call, instance)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.change(func(st *center.State) (any, error) {
		old, err := find(sc, st.QuickConnects, ResourceQuickConnect, "QuickConnectId", quickConnect)
		if err != nil {
			return nil, err
		}
		q := *old
		err = edit(sc, &q)
		return center.SaveQuickConnect{QuickConnect: q}, err
	})
}

func (s *Server) updateQuickConnectName(call *Call, in *UpdateQuickConnectNameRequest) (*Empty, error) {
	return s.changeQuickConnect(call, in.InstanceId, in.QuickConnectId, func(_ *scope, q *event.QuickConnectSaved) error {
		set(&q.Name, in.Name)
		set(&q.Description, in.Description)
		return nil
	})
}

func (s *Server) updateQuickConnectConfig(call *Call, in *UpdateQuickConnectConfigRequest) (*Empty, error) {
	return s.changeQuickConnect(call, in.InstanceId, in.QuickConnectId, func(sc *scope, q *event.QuickConnectSaved) error {
		return sc.setDestination(q, in.QuickConnectConfig)
	})
}

func (s *Server) deleteQuickConnect(call *Call, in *DeleteQuickConnectRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceQuickConnect, "QuickConnectId", in.QuickConnectId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.DeleteQuickConnect{QuickConnectID: id})
	return &Empty{}, err
}
