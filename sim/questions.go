package sim

import (
	"fmt"
	"slices"

	"tandem"
	"tandem/event"
)

// questions is what flows have asked functions and bots, and was not answered
// yet.
type questions struct {
	run  *run
	open map[tandem.ID]question // by the id of the invocation or the turn
}

// question is one that a flow waits for, and until when.
type question struct {
	contact  tandem.ID
	deadline tandem.Time
	down     int64 // how long nobody had led when it was asked
}

// take follows questions and their ends.
func (q *questions) take(at tandem.Time, ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.FunctionInvoked:
		q.open[ev.InvocationID] = question{ev.ContactID, ev.Deadline, q.run.shell.downUntil(at)}
	case *event.BotAsked:
		q.open[ev.TurnID] = question{ev.ContactID, ev.Deadline, q.run.shell.downUntil(at)}
	case *event.FunctionReturned:
		q.ended(ev.InvocationID, at)
	case *event.BotAnswered:
		q.ended(ev.TurnID, at)
	case *event.SubjectErased: // nobody is asked for them any more
		for id, asked := range q.open {
			if slices.Contains(ev.Contacts, asked.contact) {
				delete(q.open, id)
			}
		}
	}
}

func (q *questions) ended(id tandem.ID, at tandem.Time) {
	if asked, ok := q.open[id]; ok {
		delete(q.open, id)
		q.run.meant(simL6)
		q.run.judge(simL6, func() error { return q.checkTime(asked, at) })
	}
}

// checkTime makes sure that nobody waited longer for an answer than allowed
// (SIM-L6).
func (q *questions) checkTime(asked question, now tandem.Time) error {
	down := q.run.shell.downUntil(now) - asked.down
	if late := now.Sub(asked.deadline); late > lateMillis+down {
		return fmt.Errorf("contact %s waits for an answer %d ms longer than it should, in %d of which nobody led", asked.contact, late, down)
	}
	return nil
}

// checkOpen makes sure of the same of those that have not ended.
func (q *questions) checkOpen(now tandem.Time) error {
	for _, id := range tandem.SortedIDs(q.open) {
		if err := q.checkTime(q.open[id], now); err != nil {
			return err
		}
	}
	return nil
}
