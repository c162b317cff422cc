package sim

import (
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// offers is the offers that have not ended.
type offers struct {
	run  *run
	made map[tandem.ID]made // by contact
}

// made is when an offer was made.
type made struct {
	at   tandem.Time
	down int64 // how long nobody had led until then
}

// stay is a contact's place in its queue.
type stay struct {
	queue    tandem.ID
	priority int64
	since    tandem.Time
}

func stayOf(c *center.Contact) stay { return stay{c.QueueID, c.Priority, waitingSince(c)} }

// phoneGrace is how much longer than the ringing a phone's offer may last.
const phoneGrace = 5_000

// lateMillis is how much later than due a deadline may be met: the clock jumps
// there and back, a commit is slow.
const lateMillis = 2*2*maxJump + 3_000

// ended judges the end of an offer by the state before and after it.
func (o *offers) ended(before stay, ev *event.OfferEnded, at tandem.Time) {
	r, st := o.run, o.run.copy.center.State()
	if m, ok := o.made[ev.ContactID]; ok {
		delete(o.made, ev.ContactID)
		r.meant(simL2)
		r.judge(simL2, func() error { return o.checkTime(ev.ContactID, m, at) })
	}
	if ev.Outcome == event.OfferAccepted || ev.Outcome == event.OfferWithdrawn || before.queue.IsZero() {
		return
	}
	r.meant(simS11)
	r.judge(simS11, func() error { return checkReturned(st, before, ev) })
}

// checkTime makes sure that an offer did not last longer than it may (SIM-L2).
func (o *offers) checkTime(id tandem.ID, m made, now tandem.Time) error {
	down := o.run.shell.downUntil(now) - m.down
	if lasted := now.Sub(m.at); lasted > tandem.RingMillis+phoneGrace+lateMillis+down {
		return fmt.Errorf("the offer of contact %s lasted %d ms, in %d of which nobody led", id, lasted, down)
	}
	return nil
}

// checkOpen makes sure of the same of those that have not ended.
func (o *offers) checkOpen(now tandem.Time) error {
	for id, m := range o.made {
		if err := o.checkTime(id, m, now); err != nil {
			return err
		}
	}
	return nil
}

// checkReturned makes sure that a contact which was not taken has its place
// again, and that the agent holds it as what it was (SIM-S11).
func checkReturned(st *center.State, before stay, ev *event.OfferEnded) error {
	c, a := st.Contacts[ev.ContactID], st.Agents[ev.UserID]
	if c == nil || a == nil || c.Phase != center.InQueue || stayOf(c) != before {
		return fmt.Errorf("contact %s, whose offer was %s, has lost its place in the queue", ev.ContactID, ev.Outcome)
	}
	want := map[event.OfferOutcome]center.AgentContactState{
		event.OfferMissed: center.Missed, event.OfferRejected: center.Rejected, event.OfferFailed: center.Failed}[ev.Outcome]
	for i := range a.Contacts {
		if a.Contacts[i].ContactID == ev.ContactID && a.Contacts[i].State == want {
			return nil
		}
	}
	if !a.RetiredAt.IsZero() { // nobody would clear it
		return nil
	}
	return fmt.Errorf("agent %s does not hold contact %s as %s", ev.UserID, ev.ContactID, ev.Outcome)
}

// checkPaused makes sure that an agent who has missed too much takes a pause,
// where the settings say so (SIM-S11).
func (r *run) checkPaused(ev *event.OfferEnded) error {
	st := r.copy.center.State()
	limit, pause := st.Settings.MissedBeforePause, st.Statuses[st.Settings.PauseStatusID]
	a := st.Agents[ev.UserID]
	if ev.Outcome != event.OfferMissed || limit == 0 || pause == nil || !pause.Enabled || a == nil || a.MissedInRow < limit {
		return nil
	}
	r.tally["paused after missed offers"]++
	if a.StatusID != pause.StatusID && a.NextStatusID.IsZero() && a.RetiredAt.IsZero() { // else the agent has chosen another
		return fmt.Errorf("agent %s has missed %d offers in a row and takes no pause", ev.UserID, a.MissedInRow)
	}
	return nil
}

// entering judges what a flow found out about a queue, before it goes on
// (SIM-S10).
func (r *run) entering(ev *event.FlowBlockRan) {
	st := r.copy.center.State()
	c := st.Contacts[ev.ContactID]
	if c == nil || ev.Type != "TransferContactToQueue" {
		return
	}
	limit, known := queueLimit(st, c.TargetQueueID)
	if !known {
		return
	}
	full := r.ledger.length(c.TargetQueueID) >= limit
	if full {
		r.meant(simS10)
	}
	if full != (ev.Outcome == "QueueAtCapacity") {
		r.found(simS10, fmt.Errorf("contact %s comes to a queue of at most %d contacts, full: %v, and its flow went on with %q", ev.ContactID, limit, full, ev.Outcome))
	}
}

// queueLimit is how many contacts a queue takes; not known for one that takes
// none.
func queueLimit(st *center.State, id tandem.ID) (limit int, known bool) {
	q := st.Queues[id]
	switch {
	case st.Agents[id] != nil:
		return ownQueueLimit, true
	case q == nil || !q.Enabled:
		return 0, false
	case q.MaxContacts >= 0:
		return min(int(q.MaxContacts), tandem.DefaultQueueCapacity), true
	}
	return tandem.DefaultQueueCapacity, true
}

// ownQueueLimit is how many contacts wait in an agent's own queue (Amazon
// Connect service quotas: agent queue).
const ownQueueLimit = 10
