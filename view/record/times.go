package record

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

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

// timesOf reads a contact's times.
func timesOf(c *center.Contact, at tandem.Time) Times {
	return Times{
		Initiated: c.InitiatedAt, ConnectedToSystem: c.ConnectedToSystemAt, Enqueued: c.EnqueuedAt, Dequeued: dequeued(c),
		ConnectedToAgent: c.ConnectedToAgentAt, Disconnected: c.DisconnectedAt,
		AfterWorkStarted: c.WrapUpAt, AfterWorkEnded: c.ClearedAt, Ended: c.EndedAt, RecordLastModified: at,
	}
}

// dequeued is when a contact left its queue: when an agent was connected, when
// it went on elsewhere or a callback took its place, or with its end. The
// whispers are part of the wait. A callback leaves its queue when dialling
// begins: when an agent accepts, or, where the customer is called first, then.
func dequeued(c *center.Contact) tandem.Time {
	switch {
	case c.EnqueuedAt.IsZero():
		return 0
	case c.Callback != nil && !c.Callback.Planned.CustomerFirst && !c.AcceptedAt.IsZero():
		return c.AcceptedAt
	case !c.DequeuedAt.IsZero():
		return c.DequeuedAt
	case c.Callback != nil && c.ConnectedToSystemAt.IsZero():
		if at := customerDialed(c); !at.IsZero() {
			return at
		}
	}
	return c.DisconnectedAt
}

// customerDialed is when the customer was called; zero for never.
func customerDialed(c *center.Contact) tandem.Time {
	for i := range c.Legs {
		if l := &c.Legs[i]; l.Role == event.CustomerLeg && l.Dialed != nil {
			return l.Dialed.At
		}
	}
	return 0
}
