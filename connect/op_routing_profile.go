package connect

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

func (s *Server) createRoutingProfile(call *Call, in *CreateRoutingProfileRequest) (*CreateRoutingProfileResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := refuse(in, "ManualAssignmentQueueConfigs"); err != nil {
		return nil, err
	}
	p := event.RoutingProfileSaved{ProfileID: newID(), Name: *in.Name, Description: *in.Description, Tags: in.Tags,
		SinceLastInbound: in.AgentAvailabilityTimer != nil && *in.AgentAvailabilityTimer == AgentAvailabilityTimerTimeSinceLastInbound}
	if p.DefaultOutboundQueueID, err = sc.ref(ResourceQueue, "DefaultOutboundQueueId", in.DefaultOutboundQueueId); err != nil {
		return nil, err
	}
	if p.Concurrency, err = concurrency(in.MediaConcurrencies); err != nil {
		return nil, err
	}
	if p.Entries, err = sc.routingEntries(in.QueueConfigs); err != nil {
		return nil, err
	}
	if _, err := sc.do(center.SaveRoutingProfile{Profile: p, New: true}); err != nil {
		return nil, err
	}
	return &CreateRoutingProfileResponse{RoutingProfileId: new(p.ProfileID.String()), RoutingProfileArn: sc.arn(ResourceRoutingProfile, p.ProfileID)}, nil
}

// channel finds the channel that the API calls by this name.
func channel(member string, name Channel) (event.Channel, error) {
	for _, ch := range []event.Channel{event.Voice, event.Chat, event.Task} {
		if string(name) == ch.String() {
			return ch, nil
		}
	}
	return 0, tandem.Errorf(tandem.Invalid, member, "the channel %s is not supported; use VOICE, CHAT or TASK", name)
}

func concurrency(in []MediaConcurrency) (out []event.ChannelConcurrency, err error) {
	for _, m := range in {
		ch, err := channel("MediaConcurrencies.Channel", *m.Channel)
		if err != nil {
			return nil, err
		}
		cross := m.CrossChannelBehavior
		out = append(out, event.ChannelConcurrency{Channel: ch, Maximum: uint8(*m.Concurrency),
			AnyChannel: cross != nil && *cross.BehaviorType == BehaviorTypeRouteAnyChannel})
	}
	return out, nil
}

// crossChannel says whether contacts of a channel are offered while the agent
// works on other channels.
func crossChannel(c event.ChannelConcurrency) *CrossChannelBehavior {
	if c.AnyChannel {
		return &CrossChannelBehavior{BehaviorType: new(BehaviorTypeRouteAnyChannel)}
	}
	return &CrossChannelBehavior{BehaviorType: new(BehaviorTypeRouteCurrentChannelOnly)}
}

func (sc *scope) routingEntries(in []RoutingProfileQueueConfig) (out []event.RoutingEntry, err error) {
	for _, config := range in {
		e, err := sc.routingEntry(config.QueueReference)
		if err != nil {
			return nil, err
		}
		e.Priority, e.DelaySeconds = uint8(*config.Priority), uint16(*config.Delay)
		out = append(out, e)
	}
	return out, nil
}

// routingEntry is the entry that a reference names, without priority and delay.
func (sc *scope) routingEntry(ref *RoutingProfileQueueReference) (e event.RoutingEntry, err error) {
	if e.Channel, err = channel("QueueReference.Channel", *ref.Channel); err != nil {
		return e, err
	}
	e.QueueID, err = sc.ref(ResourceQueue, "QueueReference.QueueId", ref.QueueId)
	return e, err
}

func (s *Server) describeRoutingProfile(call *Call, in *DescribeRoutingProfileRequest) (*DescribeRoutingProfileResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var p *event.RoutingProfileSaved
	users := int64(0)
	err = sc.read(func(st *center.State) (err error) {
		if p, err = find(sc, st.RoutingProfiles, ResourceRoutingProfile, "RoutingProfileId", in.RoutingProfileId); err != nil {
			return err
		}
		for _, a := range st.Agents {
			if a.User.RoutingProfileID == p.ProfileID {
				users++
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := sc.routingProfile(p)
	out.NumberOfAssociatedUsers = &users
	return &DescribeRoutingProfileResponse{RoutingProfile: out}, nil
}

func (sc *scope) routingProfile(p *event.RoutingProfileSaved) *RoutingProfile {
	out := &RoutingProfile{
		InstanceId: new(sc.id.String()), RoutingProfileId: new(p.ProfileID.String()), RoutingProfileArn: sc.arn(ResourceRoutingProfile, p.ProfileID),
		Name: &p.Name, Description: given(p.Description), DefaultOutboundQueueId: idText(p.DefaultOutboundQueueID),
		AgentAvailabilityTimer: new(AgentAvailabilityTimerTimeSinceLastActivity), Tags: present(p.Tags),
		AssociatedQueueIds: []string{}, NumberOfAssociatedManualAssignmentQueues: new(int64(0)),
		LastModifiedTime: moment(p.ModifiedAt), LastModifiedRegion: sc.region(),
	}
	if p.SinceLastInbound {
		out.AgentAvailabilityTimer = new(AgentAvailabilityTimerTimeSinceLastInbound)
	}
	for _, c := range p.Concurrency {
		out.MediaConcurrencies = append(out.MediaConcurrencies, MediaConcurrency{
			Channel: new(Channel(c.Channel.String())), Concurrency: new(int32(c.Maximum)),
			CrossChannelBehavior: crossChannel(c),
		})
	}
	seen := map[tandem.ID]bool{}
	for _, e := range p.Entries {
		if !seen[e.QueueID] {
			seen[e.QueueID] = true
			out.AssociatedQueueIds = append(out.AssociatedQueueIds, e.QueueID.String())
		}
	}
	out.NumberOfAssociatedQueues = new(int64(len(seen)))
	return out
}

func (s *Server) listRoutingProfiles(call *Call, in *ListRoutingProfilesRequest) (*ListRoutingProfilesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*event.RoutingProfileSaved { return st.RoutingProfiles }
	part, next, err := list(sc, things, func(id tandem.ID, p *event.RoutingProfileSaved) (RoutingProfileSummary, bool) {
		return RoutingProfileSummary{Id: new(id.String()), Arn: sc.arn(ResourceRoutingProfile, id), Name: &p.Name,
			LastModifiedTime: moment(p.ModifiedAt), LastModifiedRegion: sc.region()}, true
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListRoutingProfilesResponse{RoutingProfileSummaryList: part, NextToken: next}, nil
}

func (s *Server) deleteRoutingProfile(call *Call, in *DeleteRoutingProfileRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceRoutingProfile, "RoutingProfileId", in.RoutingProfileId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.DeleteRoutingProfile{ProfileID: id})
	return &Empty{}, err
}
