package agentevent

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view"
)

// snapshotOf describes an agent as the state has it.
func snapshotOf(st *center.State, arns view.ARNs, a *center.Agent) *Snapshot {
	s := &Snapshot{
		AgentStatus: Status{ARN: arns.Status(a.StatusID), StartTimestamp: view.Millis(a.StatusSince)},
		Configuration: Configuration{
			FirstName: string(a.User.FirstName), LastName: string(a.User.LastName), Username: string(a.User.Username),
			RoutingProfile: profileOf(st, arns, a),
		},
		Contacts: []Contact{},
	}
	if status := st.Statuses[a.StatusID]; status != nil {
		s.AgentStatus.Name, s.AgentStatus.Type = status.Name, status.Type.String()
	}
	if next := st.Statuses[a.NextStatusID]; next != nil {
		s.NextAgentStatus = &NextStatus{ARN: arns.Status(next.StatusID), EnqueuedTimestamp: view.Millis(a.NextSince), Name: next.Name}
	}
	for i := range a.Contacts {
		s.Contacts = append(s.Contacts, contactOf(st, arns, &a.Contacts[i]))
	}
	return s
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

func held(a *center.Agent, ch event.Channel) int {
	n := 0
	for i := range a.Contacts {
		if a.Contacts[i].Channel == ch {
			n++
		}
	}
	return n
}

func contactOf(st *center.State, arns view.ARNs, slot *center.AgentContact) Contact {
	out := Contact{
		Channel: slot.Channel.String(), ContactID: slot.ContactID.String(),
		ConnectedToAgentTimestamp: view.Millis(slot.ConnectedAt),
		State:                     slot.State.String(), StateStartTimestamp: view.Millis(slot.Since),
	}
	c := st.Contacts[slot.ContactID]
	if c == nil {
		return out // missed, not cleared, and long gone
	}
	out.InitiationMethod, out.QueueTimestamp = c.Method.String(), view.Millis(c.EnqueuedAt)
	if c.InitialContactID != c.ContactID {
		initial := c.InitialContactID.String()
		out.InitialContactID = &initial
	}
	if name := queueName(st, c.QueueID); name != nil {
		out.Queue = &ContactQueue{ARN: arns.Queue(c.QueueID), Name: *name}
	}
	return out
}

func queueName(st *center.State, id tandem.ID) *string {
	if q := st.Queues[id]; q != nil {
		return &q.Name
	}
	return nil
}
