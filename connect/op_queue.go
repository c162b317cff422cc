package connect

import (
	"tandem"

	"tandem/center"
	"tandem/event"
)

// noMaxContacts is the limit of a queue that has none of its own.
const noMaxContacts = -1

func (s *Server) createQueue(call *Call, in *CreateQueueRequest) (*CreateQueueResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := refuse(in, "EmailAddressesConfig", "OutboundEmailConfig"); err != nil {
		return nil, err
	}
	q := event.QueueSaved{QueueID: newID(), Name: *in.Name, Description: text[string](in.Description),
		MaxContacts: noMaxContacts, Enabled: true, Tags: in.Tags}
	if in.MaxContacts != nil {
		q.MaxContacts = *in.MaxContacts
	}
	if q.HoursID, err = sc.ref(ResourceHours, "HoursOfOperationId", in.HoursOfOperationId); err != nil {
		return nil, err
	}
	if q.QuickConnectIDs, err = sc.refs(ResourceQuickConnect, "QuickConnectIds", in.QuickConnectIds); err != nil {
		return nil, err
	}
	if err := sc.setOutboundCaller(&q, in.OutboundCallerConfig); err != nil {
		return nil, err
	}
	if _, err := sc.do(center.SaveQueue{Queue: q, New: true}); err != nil {
		return nil, err
	}
	return &CreateQueueResponse{QueueId: new(q.QueueID.String()), QueueArn: sc.arn(ResourceQueue, q.QueueID)}, nil
}

// setOutboundCaller replaces how outbound calls from the queue look.
func (sc *scope) setOutboundCaller(q *event.QueueSaved, in *OutboundCallerConfig) (err error) {
	if in == nil {
		return nil
	}
	q.CallerIDName = text[string](in.OutboundCallerIdName)
	if q.CallerIDNumberID, err = sc.s.numberRef("OutboundCallerConfig.OutboundCallerIdNumberId", in.OutboundCallerIdNumberId); err != nil {
		return err
	}
	q.OutboundFlowID, err = sc.ref(ResourceFlow, "OutboundCallerConfig.OutboundFlowId", in.OutboundFlowId)
	return err
}

func (s *Server) describeQueue(call *Call, in *DescribeQueueRequest) (*DescribeQueueResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var q *event.QueueSaved
	err = sc.read(func(st *center.State) (err error) {
		q, err = find(sc, st.Queues, ResourceQueue, "QueueId", in.QueueId)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DescribeQueueResponse{Queue: sc.queue(q)}, nil
}

func (sc *scope) queue(q *event.QueueSaved) *Queue {
	out := &Queue{
		QueueId: new(q.QueueID.String()), QueueArn: sc.arn(ResourceQueue, q.QueueID), Name: &q.Name, Description: given(q.Description),
		HoursOfOperationId: idText(q.HoursID), Status: new(QueueStatusDisabled), Tags: present(q.Tags),
		LastModifiedTime: moment(q.ModifiedAt), LastModifiedRegion: sc.region(),
	}
	if q.Enabled {
		out.Status = new(QueueStatusEnabled)
	}
	if q.MaxContacts != noMaxContacts {
		out.MaxContacts = &q.MaxContacts
	}
	caller := OutboundCallerConfig{OutboundCallerIdName: given(q.CallerIDName),
		OutboundCallerIdNumberId: idText(q.CallerIDNumberID), OutboundFlowId: idText(q.OutboundFlowID)}
	if caller != (OutboundCallerConfig{}) {
		out.OutboundCallerConfig = &caller
	}
	return out
}

// listQueues lists standard queues and the queues of agents, which have no
// name.
func (s *Server) listQueues(call *Call, in *ListQueuesRequest) (*ListQueuesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	part, next, err := list(sc, sc.allQueues, func(_ tandem.ID, q QueueSummary) (QueueSummary, bool) {
		return q, among(*q.QueueType, in.QueueTypes)
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListQueuesResponse{QueueSummaryList: part, NextToken: next}, nil
}

// allQueues summarises the standard queues and those of agents.
func (sc *scope) allQueues(st *center.State) map[tandem.ID]QueueSummary {
	all := make(map[tandem.ID]QueueSummary, len(st.Queues)+len(st.Agents))
	for id, q := range st.Queues {
		all[id] = QueueSummary{Id: new(id.String()), Arn: sc.arn(ResourceQueue, id), Name: &q.Name,
			QueueType: new(QueueTypeStandard), LastModifiedTime: moment(q.ModifiedAt), LastModifiedRegion: sc.region()}
	}
	for id, a := range st.Agents {
		all[id] = QueueSummary{Id: new(id.String()), Arn: sc.arn(ResourceAgentQueue, id),
			QueueType: new(QueueTypeAgent), LastModifiedTime: moment(a.User.ModifiedAt), LastModifiedRegion: sc.region()}
	}
	return all
}

func (s *Server) deleteQueue(call *Call, in *DeleteQueueRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceQueue, "QueueId", in.QueueId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.DeleteQueue{QueueID: id})
	return &Empty{}, err
}

// changeQueue saves a queue as edit leaves it.
func (s *Server) changeQueue(call *Call, instance, queue *string, edit func(sc *scope, q *event.QueueSaved) error) (*Empty, error) {
	sc, err := s.scope(call, instance)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.change(func(st *center.State) (any, error) {
		old, err := find(sc, st.Queues, ResourceQueue, "QueueId", queue)
		if err != nil {
			return nil, err
		}
		q := *old
		err = edit(sc, &q)
		return center.SaveQueue{Queue: q}, err
	})
}

func (s *Server) updateQueueName(call *Call, in *UpdateQueueNameRequest) (*Empty, error) {
	return s.changeQueue(call, in.InstanceId, in.QueueId, func(_ *scope, q *event.QueueSaved) error {
		set(&q.Name, in.Name)
		set(&q.Description, in.Description)
		return nil
	})
}

func (s *Server) updateQueueStatus(call *Call, in *UpdateQueueStatusRequest) (*Empty, error) {
	return s.changeQueue(call, in.InstanceId, in.QueueId, func(_ *scope, q *event.QueueSaved) error {
		q.Enabled = *in.Status == QueueStatusEnabled
		return nil
	})
}

func (s *Server) updateQueueHoursOfOperation(call *Call, in *UpdateQueueHoursOfOperationRequest) (*Empty, error) {
	return s.changeQueue(call, in.InstanceId, in.QueueId, func(sc *scope, q *event.QueueSaved) (err error) {
		q.HoursID, err = sc.ref(ResourceHours, "HoursOfOperationId", in.HoursOfOperationId)
		return err
	})
}

// updateQueueMaxContacts without MaxContacts takes the queue's own limit away.
func (s *Server) updateQueueMaxContacts(call *Call, in *UpdateQueueMaxContactsRequest) (*Empty, error) {
	return s.changeQueue(call, in.InstanceId, in.QueueId, func(_ *scope, q *event.QueueSaved) error {
		q.MaxContacts = noMaxContacts
		if in.MaxContacts != nil {
			q.MaxContacts = *in.MaxContacts
		}
		return nil
	})
}

func (s *Server) updateQueueOutboundCallerConfig(call *Call, in *UpdateQueueOutboundCallerConfigRequest) (*Empty, error) {
	return s.changeQueue(call, in.InstanceId, in.QueueId, func(sc *scope, q *event.QueueSaved) error {
		return sc.setOutboundCaller(q, in.OutboundCallerConfig)
	})
}
