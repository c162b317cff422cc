package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
)

// env answers the questions of a contact's flow.
type env struct {
	m   *Machine
	c   *Contact
	now tandem.Time
}

// Channel implements flow.Env.
func (e env) Channel() string { return e.c.Channel.String() }

// Value implements flow.Env (Amazon Connect Administrator Guide: List of
// available contact attributes).
func (e env) Value(path ...string) (string, bool) {
	c := e.c
	switch len(path) {
	case 1:
		return e.system(path[0])
	case 2:
		switch path[0] + "." + path[1] {
		case "CustomerEndpoint.Address":
			return string(c.CustomerAddress), c.CustomerAddress != ""
		case "CustomerEndpoint.Type", "SystemEndpoint.Type":
			return "TELEPHONE_NUMBER", c.Channel == event.Voice
		case "SystemEndpoint.Address":
			return c.SystemAddress, c.SystemAddress != ""
		}
		switch path[0] {
		case "Attributes":
			v, ok := c.Attributes[path[1]]
			return v, ok
		case "References":
			v, ok := c.References[path[1]]
			return v, ok
		case "Queue":
			return e.queue(path[1])
		}
	}
	return "", false
}

func (e env) system(name string) (string, bool) {
	c, in := e.c, &e.m.state.Instance
	switch name {
	case "ContactId":
		return c.ContactID.String(), true
	case "InitialContactId":
		return c.InitialContactID.String(), true
	case "PreviousContactId":
		return c.PreviousID.String(), !c.PreviousID.IsZero()
	case "Channel":
		return c.Channel.String(), true
	case "InitiationMethod":
		return c.Method.String(), true
	case "InstanceARN":
		return e.arn(""), true
	case "AwsRegion":
		return in.Region, in.Region != ""
	case "Name":
		return string(c.Name), c.Name != ""
	case "Description":
		return string(c.Description), c.Description != ""
	case "StoredCustomerInput":
		return string(c.StoredInput), c.StoredInput != ""
	}
	return "", false
}

// queue is what is known of the queue that the contact is in, or will be.
func (e env) queue(member string) (string, bool) {
	id := e.c.QueueID
	if id.IsZero() {
		id = e.c.TargetQueueID
	}
	q := e.m.state.Queues[id]
	if q == nil {
		return "", false
	}
	switch member {
	case "Name":
		return q.Name, true
	case "ARN":
		return e.arn("/queue/" + id.String()), true
	}
	return "", false
}

func (e env) arn(rest string) string {
	in := &e.m.state.Instance
	return "arn:aws:connect:" + in.Region + ":" + in.AccountID + ":instance/" + in.InstanceID.String() + rest
}

// HoursOpen implements flow.Env.
func (e env) HoursOpen(hoursID string) (open, known bool) {
	id, err := tandem.ParseID(hoursID)
	if hoursID == "" {
		q := e.m.state.Queues[e.c.TargetQueueID]
		if q == nil {
			return false, false
		}
		id, err = q.HoursID, nil
	}
	h := e.m.state.Hours[id]
	if err != nil || h == nil {
		return false, false
	}
	return e.m.hoursOpen(h, e.now)
}

// QueueKnown implements flow.Env.
func (e env) QueueKnown(queueID string) bool {
	id, err := tandem.ParseID(queueID)
	if err != nil {
		return false
	}
	q := e.m.state.Queues[id]
	return q != nil && q.Enabled
}

// QueueHasRoom implements flow.Env.
func (e env) QueueHasRoom() (room, known bool) {
	q := e.m.state.Queues[e.c.TargetQueueID]
	if q == nil || !q.Enabled {
		return false, false
	}
	limit := tandem.DefaultQueueCapacity
	if q.MaxContacts >= 0 {
		limit = min(limit, int(q.MaxContacts))
	}
	return e.m.queued[q.QueueID] < limit, true
}

// Known implements flow.Resources, for publishing a flow. Prompts are files of
// the media process, which answers for them when they are played.
func (m *Machine) Known(kind flow.ResourceKind, id string) bool {
	if kind == flow.ResourcePrompt {
		return true
	}
	parsed, err := tandem.ParseID(id)
	if err != nil {
		return false
	}
	if kind == flow.ResourceQueue {
		return m.state.Queues[parsed] != nil
	}
	return m.state.Hours[parsed] != nil
}
