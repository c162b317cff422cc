package agentevent

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view"
)

// describer describes one agent.
type describer struct {
	st     *center.State
	arns   view.ARNs
	at     tandem.Time // of the record that has changed something
	before *Snapshot   // what was told last; nil before the log-in
}

// snapshotOf describes an agent as the state has it.
func (d *describer) snapshotOf(a *center.Agent) *Snapshot {
	s := &Snapshot{
		AgentStatus: Status{ARN: d.arns.Status(a.StatusID), StartTimestamp: view.Millis(a.StatusSince)},
		Configuration: Configuration{
			AgentHierarchyGroups: d.groupsOf(a.User.HierarchyGroupID),
			FirstName:            string(a.User.FirstName), LastName: string(a.User.LastName), Username: string(a.User.Username),
			RoutingProfile: profileOf(d.st, d.arns, a),
		},
		Contacts: []Contact{},
	}
	if status := d.st.Statuses[a.StatusID]; status != nil {
		s.AgentStatus.Name, s.AgentStatus.Type = status.Name, status.Type.String()
	}
	if next := d.st.Statuses[a.NextStatusID]; next != nil {
		s.NextAgentStatus = &NextStatus{ARN: d.arns.Status(next.StatusID), EnqueuedTimestamp: view.Millis(a.NextSince), Name: next.Name}
	}
	for i := range a.Contacts {
		s.Contacts = append(s.Contacts, d.contactOf(a, &a.Contacts[i]))
	}
	return s
}

// goneOf describes an agent whose user was deleted while logged in: as told
// last, without contacts and Offline.
func (d *describer) goneOf() *Snapshot {
	s := *d.before
	s.AgentStatus = Status{StartTimestamp: view.Millis(d.at), Type: event.Offline.String()}
	for _, id := range tandem.SortedIDs(d.st.Statuses) {
		if status := d.st.Statuses[id]; status.Type == event.Offline {
			s.AgentStatus.ARN, s.AgentStatus.Name = d.arns.Status(id), status.Name
		}
	}
	s.NextAgentStatus, s.Contacts = nil, []Contact{}
	return &s
}

// groupsOf is the group of an agent and those above it; nil for none.
func (d *describer) groupsOf(id tandem.ID) *HierarchyGroups {
	path := view.HierarchyPath(d.st, id)
	if len(path) == 0 {
		return nil
	}
	h := &HierarchyGroups{}
	levels := [view.HierarchyLevels]**HierarchyGroup{&h.Level1, &h.Level2, &h.Level3, &h.Level4, &h.Level5}
	for i, g := range path {
		*levels[i] = &HierarchyGroup{ARN: d.arns.HierarchyGroup(g.GroupID), Name: g.Name}
	}
	return h
}

func profileOf(st *center.State, arns view.ARNs, a *center.Agent) RoutingProfile {
	out := RoutingProfile{ARN: arns.RoutingProfile(a.User.RoutingProfileID), Concurrency: []Concurrency{}}
	p := st.RoutingProfiles[a.User.RoutingProfileID]
	if p == nil {
		return out
	}
	out.Name = p.Name
	var all []string
	for _, c := range p.Concurrency {
		out.Concurrency = append(out.Concurrency, Concurrency{
			AvailableSlots: max(0, int(c.Maximum)-held(a, c.Channel)), Channel: c.Channel.String(), MaximumSlots: int(c.Maximum),
		})
		all = append(all, c.Channel.String())
	}
	out.InboundQueues = inboundQueues(st, arns, p)
	out.InboundQueues = append(out.InboundQueues, Queue{ARN: arns.AgentQueue(a.User.UserID), Channels: all})
	if !p.DefaultOutboundQueueID.IsZero() {
		out.DefaultOutboundQueue = &Queue{ARN: arns.Queue(p.DefaultOutboundQueueID), Channels: []string{event.Voice.String()}, Name: queueName(st, p.DefaultOutboundQueueID)}
	}
	return out
}

// inboundQueues lists each queue of the profile once, with its channels.
func inboundQueues(st *center.State, arns view.ARNs, p *event.RoutingProfileSaved) []Queue {
	var queues []Queue
	place := map[tandem.ID]int{}
	for _, e := range p.Entries {
		i, known := place[e.QueueID]
		if !known {
			i = len(queues)
			place[e.QueueID] = i
			queues = append(queues, Queue{ARN: arns.Queue(e.QueueID), Name: queueName(st, e.QueueID)})
		}
		queues[i].Channels = append(queues[i].Channels, e.Channel.String())
	}
	return queues
}

// held counts the slots of a channel that are taken; a task that was put aside
// takes none.
func held(a *center.Agent, ch event.Channel) int {
	n := 0
	for i := range a.Contacts {
		if a.Contacts[i].Channel == ch && a.Contacts[i].State != center.Paused {
			n++
		}
	}
	return n
}

func queueName(st *center.State, id tandem.ID) *string {
	if q := st.Queues[id]; q != nil {
		return &q.Name
	}
	return nil
}
