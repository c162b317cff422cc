package record

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view"
)

const phoneNumber = "TELEPHONE_NUMBER"

// Times are the exact times of a contact; zero is never.
type Times struct {
	Initiated          tandem.Time
	ConnectedToSystem  tandem.Time
	Enqueued           tandem.Time
	Dequeued           tandem.Time
	ConnectedToAgent   tandem.Time
	Disconnected       tandem.Time
	AfterWorkStarted   tandem.Time
	AfterWorkEnded     tandem.Time
	Ended              tandem.Time
	RecordLastModified tandem.Time
}

// timesOf reads a contact's times. A contact leaves its queue when an agent is
// connected or when its customer is gone.
func timesOf(c *center.Contact, at tandem.Time) Times {
	t := Times{
		Initiated: c.InitiatedAt, ConnectedToSystem: c.ConnectedToSystemAt, Enqueued: c.EnqueuedAt, Dequeued: c.DequeuedAt,
		ConnectedToAgent: c.ConnectedToAgentAt, Disconnected: c.DisconnectedAt,
		AfterWorkStarted: c.WrapUpAt, AfterWorkEnded: c.ClearedAt, Ended: c.EndedAt, RecordLastModified: at,
	}
	if !t.Enqueued.IsZero() && t.Dequeued.IsZero() {
		t.Dequeued = t.Disconnected
	}
	return t
}

// build makes the record of a contact that has ended.
func build(st *center.State, c *center.Contact, t Times) *Record {
	arns := view.ARNsOf(st.Instance)
	r := &Record{
		AWSAccountID: st.Instance.AccountID, FormatVersion: FormatVersion, InstanceARN: arns.Instance(),
		ContactID: c.ContactID.String(), PreviousContactID: idText(c.PreviousID),
		Channel: c.Channel.String(), InitiationMethod: c.Method.String(), AgentConnectionAttempts: c.Attempts,
		Attributes:          attributes(c.Attributes),
		InitiationTimestamp: view.Seconds(t.Initiated), ConnectedToSystemTimestamp: connectedToSystem(c.Method, t),
		DisconnectTimestamp: view.Seconds(t.Disconnected), LastUpdateTimestamp: view.Seconds(t.RecordLastModified),
		Agent: agentOf(st, arns, c, t), Queue: queueOf(st, arns, c, t),
	}
	if c.InitialContactID != c.ContactID {
		r.InitialContactID = idText(c.InitialContactID)
	}
	if c.Reason != 0 {
		reason := c.Reason.String()
		r.DisconnectReason = &reason
	}
	if c.Channel == event.Voice {
		r.CustomerEndpoint, r.SystemEndpoint = endpoint(string(c.CustomerAddress)), endpoint(c.SystemAddress)
		r.MediaStreams = []MediaStream{{"AUDIO"}}
	}
	if c.Channel == event.Task && c.Name+c.Description != "" {
		r.ContactDetails = &ContactDetails{Name: string(c.Name), Description: string(c.Description)}
	}
	if c.RecordingLocation != "" {
		r.Recording = available(c.RecordingLocation)
	}
	return r
}

// attributes are those of a contact, empty rather than null.
func attributes(m tandem.PersonalMap) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// connectedToSystem is the moment that the customer's endpoint was connected;
// of an inbound contact it matches the initiation.
func connectedToSystem(method event.InitiationMethod, t Times) *string {
	if method == event.Inbound && !t.ConnectedToSystem.IsZero() {
		return view.Seconds(t.Initiated)
	}
	return view.Seconds(t.ConnectedToSystem)
}

// agentOf is the agent who was connected, as the agent is configured now.
func agentOf(st *center.State, arns view.ARNs, c *center.Contact, t Times) *Agent {
	if t.ConnectedToAgent.IsZero() || c.UserID.IsZero() {
		return nil
	}
	a := &Agent{
		ARN:                          arns.User(c.UserID),
		ConnectedToAgentTimestamp:    view.Seconds(t.ConnectedToAgent),
		AgentInteractionDuration:     view.WholeSeconds(t.ConnectedToAgent, t.Disconnected),
		AfterContactWorkStart:        view.Seconds(t.AfterWorkStarted),
		AfterContactWorkEndTimestamp: view.Seconds(t.AfterWorkEnded),
		AfterContactWorkDuration:     view.WholeSeconds(t.AfterWorkStarted, t.AfterWorkEnded),
	}
	user := st.Agents[c.UserID]
	if user == nil {
		return a
	}
	if name := string(user.User.Username); name != "" {
		a.Username = &name
	}
	if p := st.RoutingProfiles[user.User.RoutingProfileID]; p != nil {
		a.RoutingProfile = &RoutingProfile{ARN: arns.RoutingProfile(p.ProfileID), Name: p.Name}
	}
	return a
}

func queueOf(st *center.State, arns view.ARNs, c *center.Contact, t Times) *Queue {
	if t.Enqueued.IsZero() {
		return nil
	}
	q := &Queue{
		ARN:              arns.Queue(c.QueueID),
		EnqueueTimestamp: view.Seconds(t.Enqueued), DequeueTimestamp: view.Seconds(t.Dequeued),
		Duration: view.WholeSeconds(t.Enqueued, t.Dequeued),
	}
	if saved := st.Queues[c.QueueID]; saved != nil {
		q.Name = saved.Name
	}
	return q
}

func endpoint(address string) *Endpoint {
	if address == "" {
		return nil
	}
	return &Endpoint{Address: address, Type: phoneNumber}
}

func available(location string) *Recording {
	return &Recording{Location: location, Status: "AVAILABLE", Type: "AUDIO"}
}

func idText(id tandem.ID) *string {
	if id.IsZero() {
		return nil
	}
	s := id.String()
	return &s
}
