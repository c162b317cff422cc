package explain

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// wait tells of the contact in queues, and of what it waits for.
func (s *contactStory) wait(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.ContactQueued:
		return s.queued(ev)
	case *event.ContactDequeued:
		if c := s.contact(); c != nil && c.Callback != nil {
			return "left the queue: the customer, who was called first, has answered"
		}
		return "left the queue without an agent"
	case *event.ContactScheduled:
		return "waits for its time, " + moment(ev.At, ev.Due)
	case *event.ContactDue:
		return "its time has come"
	case *event.CallbackPlanned:
		return planned(ev)
	case *event.RoutingSet:
		return s.routed(ev)
	}
	return ""
}

func (s *contactStory) queued(ev *event.ContactQueued) string {
	what := fmt.Sprintf("queued in %s with priority %d", s.queue(ev.QueueID), ev.Priority)
	switch {
	case ev.Since.IsZero() || ev.Since == ev.At:
	case ev.Since < ev.At:
		what += ", at the place of one who waits since " + moment(ev.At, ev.Since)
	default:
		what += ", at the place of one who will come at " + moment(ev.At, ev.Since)
	}
	return what
}

func planned(ev *event.CallbackPlanned) string {
	what := fmt.Sprintf("it is attempt %d of %d to call back", ev.Attempt, ev.Attempts)
	if ev.CustomerFirst {
		what += "; the customer is called as soon as an agent is free"
	} else {
		what += "; the customer is called once an agent has accepted"
	}
	if ev.Attempt < ev.Attempts {
		what += fmt.Sprintf("; without an answer the next attempt follows after %d s", ev.RetryDelaySeconds)
	}
	if !ev.WaitingSince.IsZero() {
		what += "; it keeps the place of " + clock(ev.WaitingSince)
	}
	return what
}

// routed tells how priority and age were changed.
func (s *contactStory) routed(ev *event.RoutingSet) string {
	what := fmt.Sprintf("its priority is %d", ev.Priority)
	if c := s.contact(); c != nil && c.Priority != 0 && c.Priority != ev.Priority {
		what += fmt.Sprintf(" (was %d)", c.Priority)
	}
	switch {
	case ev.AdjustmentMillis > 0:
		what += ", and it counts as " + seconds(ev.AdjustmentMillis) + " older"
	case ev.AdjustmentMillis < 0:
		what += ", and it counts as " + seconds(-ev.AdjustmentMillis) + " younger"
	}
	return what
}

// after tells why a contact that just came into its queue stays there.
func (s *contactStory) after(rec *tandem.Record) (string, []string) {
	if !slices.ContainsFunc(rec.Events, s.cameToQueue) {
		return "", nil
	}
	c := s.contact()
	if c == nil || c.Phase != center.InQueue {
		return "", nil
	}
	candidates, err := s.center.ExplainOffer(s.id, rec.At)
	if err != nil {
		return "", nil
	}
	return "waits: nobody can take it now", append([]string{s.place(c)}, s.others(candidates)...)
}

func (s *contactStory) cameToQueue(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.ContactQueued:
		return ev.ContactID == s.id
	case *event.OfferEnded:
		return ev.ContactID == s.id
	case *event.RoutingSet:
		return ev.ContactID == s.id
	}
	return false
}

// place tells where the contact stands among those of its channel who wait in
// its queue: by priority, then by age.
func (s *contactStory) place(c *center.Contact) string {
	place, all := 1, 0
	for _, o := range s.state().Contacts { // any order: they are counted
		if o.Phase != center.InQueue || o.QueueID != c.QueueID || o.Channel != c.Channel {
			continue
		}
		all++
		if cmp.Or(cmp.Compare(o.Priority, c.Priority), cmp.Compare(o.WaitingSince, c.WaitingSince), o.ContactID.Compare(c.ContactID)) < 0 {
			place++
		}
	}
	return fmt.Sprintf("it is number %d of %d in the queue", place, all)
}

// moment is a moment told at another: with its day where that is not the same.
func moment(now, at tandem.Time) string {
	if now.Std().Format(time.DateOnly) != at.Std().Format(time.DateOnly) {
		return at.Std().Format(time.DateOnly + " 15:04:05.000")
	}
	return clock(at)
}
