package connect

import (
	"cmp"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// associateQueueQuickConnects adds quick connects to a queue. One that the
// queue has already stays.
func (s *Server) associateQueueQuickConnects(call *Call, in *AssociateQueueQuickConnectsRequest) (*Empty, error) {
	return s.changeQueue(call, in.InstanceId, in.QueueId, func(sc *scope, q *event.QueueSaved) error {
		added, err := sc.refs(ResourceQuickConnect, "QuickConnectIds", in.QuickConnectIds)
		q.QuickConnectIDs = slices.Clone(q.QuickConnectIDs) // the list belongs to the state
		for _, id := range added {
			if !slices.Contains(q.QuickConnectIDs, id) {
				q.QuickConnectIDs = append(q.QuickConnectIDs, id)
			}
		}
		return err
	})
}

func (s *Server) disassociateQueueQuickConnects(call *Call, in *DisassociateQueueQuickConnectsRequest) (*Empty, error) {
	return s.changeQueue(call, in.InstanceId, in.QueueId, func(sc *scope, q *event.QueueSaved) error {
		removed, err := sc.refs(ResourceQuickConnect, "QuickConnectIds", in.QuickConnectIds)
		q.QuickConnectIDs = slices.Clone(q.QuickConnectIDs)
		for _, id := range removed {
			i := slices.Index(q.QuickConnectIDs, id)
			if i < 0 {
				return tandem.Errorf(tandem.NotFound, "QuickConnectIds", "the queue does not have the quick connect %s", id)
			}
			q.QuickConnectIDs = slices.Delete(q.QuickConnectIDs, i, i+1)
		}
		return err
	})
}

// listQueueQuickConnects lists the quick connects of a queue, in order of id.
func (s *Server) listQueueQuickConnects(call *Call, in *ListQueueQuickConnectsRequest) (*ListQueueQuickConnectsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var all []QuickConnectSummary
	var modifiedAt tandem.Time
	err = sc.read(func(st *center.State) error {
		q, err := find(sc, st.Queues, ResourceQueue, "QueueId", in.QueueId)
		if err != nil {
			return err
		}
		modifiedAt = q.ModifiedAt
		for _, id := range q.QuickConnectIDs {
			all = append(all, sc.quickConnectSummary(st.QuickConnects[id]))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	key := func(q QuickConnectSummary) string { return *q.Id }
	slices.SortFunc(all, func(a, b QuickConnectSummary) int { return cmp.Compare(key(a), key(b)) })
	part, next, err := page(call, all, key, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListQueueQuickConnectsResponse{QuickConnectSummaryList: part, NextToken: next,
		LastModifiedTime: moment(modifiedAt), LastModifiedRegion: sc.region()}, nil
}
