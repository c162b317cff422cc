package connect

import (
	"cmp"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// changeRoutingProfile saves a routing profile as edit leaves it. Lists belong
// to the state: edit replaces them.
func (s *Server) changeRoutingProfile(call *Call, instance, profile *string, edit func(sc *scope, p *event.RoutingProfileSaved) error) (*Empty, error) {
	sc, err := s.scope(call, instance)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.change(func(st *center.State) (any, error) {
		old, err := find(sc, st.RoutingProfiles, ResourceRoutingProfile, "RoutingProfileId", profile)
		if err != nil {
			return nil, err
		}
		p := *old
		err = edit(sc, &p)
		return center.SaveRoutingProfile{Profile: p}, err
	})
}

func (s *Server) updateRoutingProfileName(call *Call, in *UpdateRoutingProfileNameRequest) (*Empty, error) {
	return s.changeRoutingProfile(call, in.InstanceId, in.RoutingProfileId, func(_ *scope, p *event.RoutingProfileSaved) error {
		set(&p.Name, in.Name)
		set(&p.Description, in.Description)
		return nil
	})
}

func (s *Server) updateRoutingProfileConcurrency(call *Call, in *UpdateRoutingProfileConcurrencyRequest) (*Empty, error) {
	return s.changeRoutingProfile(call, in.InstanceId, in.RoutingProfileId, func(_ *scope, p *event.RoutingProfileSaved) (err error) {
		p.Concurrency, err = concurrency(in.MediaConcurrencies)
		return err
	})
}

func (s *Server) updateRoutingProfileDefaultOutboundQueue(call *Call, in *UpdateRoutingProfileDefaultOutboundQueueRequest) (*Empty, error) {
	return s.changeRoutingProfile(call, in.InstanceId, in.RoutingProfileId, func(sc *scope, p *event.RoutingProfileSaved) (err error) {
		p.DefaultOutboundQueueID, err = sc.ref(ResourceQueue, "DefaultOutboundQueueId", in.DefaultOutboundQueueId)
		return err
	})
}

func (s *Server) updateRoutingProfileAgentAvailabilityTimer(call *Call, in *UpdateRoutingProfileAgentAvailabilityTimerRequest) (*Empty, error) {
	return s.changeRoutingProfile(call, in.InstanceId, in.RoutingProfileId, func(_ *scope, p *event.RoutingProfileSaved) error {
		p.SinceLastInbound = *in.AgentAvailabilityTimer == AgentAvailabilityTimerTimeSinceLastInbound
		return nil
	})
}

// associateRoutingProfileQueues adds pairs of queue and channel.
func (s *Server) associateRoutingProfileQueues(call *Call, in *AssociateRoutingProfileQueuesRequest) (*Empty, error) {
	if err := refuse(in, "ManualAssignmentQueueConfigs"); err != nil {
		return nil, err
	}
	return s.changeRoutingProfile(call, in.InstanceId, in.RoutingProfileId, func(sc *scope, p *event.RoutingProfileSaved) error {
		added, err := sc.routingEntries(in.QueueConfigs)
		p.Entries = slices.Concat(p.Entries, added)
		return err
	})
}

// updateRoutingProfileQueues changes priority and delay of pairs that are
// there.
func (s *Server) updateRoutingProfileQueues(call *Call, in *UpdateRoutingProfileQueuesRequest) (*Empty, error) {
	return s.changeRoutingProfile(call, in.InstanceId, in.RoutingProfileId, func(sc *scope, p *event.RoutingProfileSaved) error {
		changed, err := sc.routingEntries(in.QueueConfigs)
		if err != nil {
			return err
		}
		p.Entries = slices.Clone(p.Entries)
		for _, e := range changed {
			i, err := indexOfPair(p.Entries, e)
			if err != nil {
				return err
			}
			p.Entries[i] = e
		}
		return nil
	})
}

func (s *Server) disassociateRoutingProfileQueues(call *Call, in *DisassociateRoutingProfileQueuesRequest) (*Empty, error) {
	if err := refuse(in, "ManualAssignmentQueueReferences"); err != nil {
		return nil, err
	}
	return s.changeRoutingProfile(call, in.InstanceId, in.RoutingProfileId, func(sc *scope, p *event.RoutingProfileSaved) error {
		p.Entries = slices.Clone(p.Entries)
		for _, ref := range in.QueueReferences {
			e, err := sc.routingEntry(&ref)
			if err != nil {
				return err
			}
			i, err := indexOfPair(p.Entries, e)
			if err != nil {
				return err
			}
			p.Entries = slices.Delete(p.Entries, i, i+1)
		}
		return nil
	})
}

// indexOfPair finds the entry with the same queue and channel.
func indexOfPair(entries []event.RoutingEntry, like event.RoutingEntry) (int, error) {
	i := slices.IndexFunc(entries, func(e event.RoutingEntry) bool { return e.QueueID == like.QueueID && e.Channel == like.Channel })
	if i < 0 {
		return 0, tandem.Errorf(tandem.NotFound, "QueueReference", "the routing profile does not have the queue %s for %s", like.QueueID, like.Channel)
	}
	return i, nil
}

// listRoutingProfileQueues lists the pairs of queue and channel, in order of
// queue and channel.
func (s *Server) listRoutingProfileQueues(call *Call, in *ListRoutingProfileQueuesRequest) (*ListRoutingProfileQueuesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var all []RoutingProfileQueueConfigSummary
	var modifiedAt tandem.Time
	err = sc.read(func(st *center.State) error {
		p, err := find(sc, st.RoutingProfiles, ResourceRoutingProfile, "RoutingProfileId", in.RoutingProfileId)
		if err != nil {
			return err
		}
		modifiedAt = p.ModifiedAt
		for _, e := range p.Entries {
			if q := st.Queues[e.QueueID]; q != nil {
				all = append(all, sc.queueConfigSummary(e, q))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	key := func(c RoutingProfileQueueConfigSummary) string { return *c.QueueId + string(*c.Channel) }
	slices.SortFunc(all, func(a, b RoutingProfileQueueConfigSummary) int { return cmp.Compare(key(a), key(b)) })
	part, next, err := page(call, all, key, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListRoutingProfileQueuesResponse{RoutingProfileQueueConfigSummaryList: part, NextToken: next,
		LastModifiedTime: moment(modifiedAt), LastModifiedRegion: sc.region()}, nil
}

func (sc *scope) queueConfigSummary(e event.RoutingEntry, q *event.QueueSaved) RoutingProfileQueueConfigSummary {
	return RoutingProfileQueueConfigSummary{
		QueueId: new(e.QueueID.String()), QueueArn: sc.arn(ResourceQueue, e.QueueID), QueueName: &q.Name,
		Channel: new(Channel(e.Channel.String())), Priority: new(int32(e.Priority)), Delay: new(int32(e.DelaySeconds)),
	}
}
