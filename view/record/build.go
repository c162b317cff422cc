package record

import (
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view"
)

const phoneNumber = "TELEPHONE_NUMBER"

// build makes the record of a contact that has ended. The name is that of the
// agent who was connected, empty when it is not known.
func build(st *center.State, c *center.Contact, t Times, username tandem.Personal) *Record {
	arns := view.ARNsOf(st.Instance)
	r := &Record{
		AWSAccountID: st.Instance.AccountID, FormatVersion: FormatVersion, InstanceARN: arns.Instance(),
		ContactID: c.ContactID.String(), PreviousContactID: idText(c.PreviousID), NextContactID: idText(c.NextID), RelatedContactID: idText(c.RelatedID),
		Channel: c.Channel.String(), InitiationMethod: c.Method.String(), AgentConnectionAttempts: c.Attempts,
		Attributes: attributes(c.Attributes), References: references(c.References), Tags: c.Tags,
		InitiationTimestamp: view.Seconds(t.Initiated), ConnectedToSystemTimestamp: connectedToSystem(c.Method, t),
		DisconnectTimestamp: view.Seconds(t.Disconnected), LastUpdateTimestamp: view.Seconds(t.RecordLastModified),
		ScheduledTimestamp: view.Seconds(c.ScheduledAt),
		Agent:              agentOf(st, arns, c, t, username), Queue: queueOf(st, arns, c, t),
	}
	if c.InitialContactID != c.ContactID {
		r.InitialContactID = idText(c.InitialContactID)
	}
	if c.Reason != 0 {
		reason := c.Reason.String()
		r.DisconnectReason = &reason
	}
	if c.TransferredTo == event.TransferOutside {
		r.TransferCompletedTimestamp, r.TransferredToEndpoint = view.Seconds(c.TransferredAt), endpoint(string(c.TransferEndpoint))
	}
	if c.Channel == event.Voice {
		r.CustomerEndpoint, r.SystemEndpoint = endpoint(string(c.CustomerAddress)), systemEndpoint(st, c)
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

// references are those of a contact by name; nil for none.
func references(m tandem.PersonalMap) []Reference {
	var list []Reference
	for _, name := range tandem.SortedKeys(m) {
		kind, value, _ := strings.Cut(m[name], " ")
		list = append(list, Reference{Name: name, Type: kind, Value: value})
	}
	return list
}

// connectedToSystem is the moment that the customer's endpoint was connected;
// of an inbound contact it matches the initiation.
func connectedToSystem(method event.InitiationMethod, t Times) *string {
	if method == event.Inbound && !t.ConnectedToSystem.IsZero() {
		return view.Seconds(t.Initiated)
	}
	return view.Seconds(t.ConnectedToSystem)
}

// systemEndpoint is the number that the customer has dialled, or that was shown
// to who was called. Some contacts have none (Amazon Connect API: Contact,
// SystemEndpoint).
func systemEndpoint(st *center.State, c *center.Contact) *Endpoint {
	switch c.Method {
	case event.Monitor, event.QueueTransfer, event.Callback:
		return nil
	case event.Outbound:
		return endpoint(callerID(st, c))
	}
	return endpoint(c.SystemAddress)
}

// callerID is the number shown to the customer of an outbound contact. It stands
// in the customer's leg, which may have gone on to the contacts that follow.
func callerID(st *center.State, c *center.Contact) string {
	for range maxFollowers {
		for i := range c.Legs {
			if l := &c.Legs[i]; l.Role == event.CustomerLeg && l.Dialed != nil {
				return string(l.Dialed.CallerID)
			}
		}
		if c = st.Contacts[c.NextID]; c == nil {
			break
		}
	}
	return ""
}

// maxFollowers is how many contacts are looked at that follow another.
const maxFollowers = 100

func queueOf(st *center.State, arns view.ARNs, c *center.Contact, t Times) *Queue {
	if t.Enqueued.IsZero() {
		return nil
	}
	own := st.Agents[c.QueueID] != nil || c.QueueID == c.TargetUserID || c.QueueID == handledBy(c)
	q := &Queue{
		ARN:              arns.QueueOf(c.QueueID, own),
		EnqueueTimestamp: view.Seconds(t.Enqueued), DequeueTimestamp: view.Seconds(t.Dequeued),
		Duration: view.WholeSeconds(t.Enqueued, t.Dequeued),
	}
	if saved := st.Queues[c.QueueID]; saved != nil {
		q.Name = &saved.Name
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
