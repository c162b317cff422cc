package sim

import (
	"cmp"
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// What routing should do, said once more in the plainest way: looking at
// everything, and remembering nothing.

// view is the state as routing sees it at a moment.
type view struct {
	*center.State
	at       tandem.Time
	reserved map[tandem.ID]bool // agents kept free for callbacks whose customer is called first
}

func (r *run) look(at tandem.Time) view {
	v := view{r.copy.center.State(), at, nil}
	for id, p := range r.ledger.open {
		if p.phase != center.Joining || !p.agent.IsZero() {
			continue
		}
		for _, l := range v.Contacts[id].Legs {
			if l.Role == event.CustomerLeg && l.Dialed != nil && l.State < event.LegAnswered {
				if v.reserved == nil {
					v.reserved = map[tandem.ID]bool{}
				}
				v.reserved[l.Dialed.UserID] = true
			}
		}
	}
	return v
}

// free reports whether the agent can be offered one more contact of a channel.
func (v view) free(a *center.Agent, ch event.Channel) bool {
	status := v.Statuses[a.StatusID]
	switch {
	case status == nil || status.Type != event.Routable || !a.NextStatusID.IsZero() || !a.RetiredAt.IsZero(),
		a.Unreachable && v.Settings.HeartbeatGraceSeconds > 0,
		v.reserved[a.User.UserID],
		ch == event.Voice && a.User.PhoneType != event.DeskPhone && !a.Softphone:
		return false
	}
	held := 0
	for i := range a.Contacts {
		slot := &a.Contacts[i]
		switch {
		case slot.State == center.Paused:
			continue
		case refused(slot.State), slot.State == center.Connecting, slot.Channel != ch && !concurrency(v.State, a, slot.Channel).AnyChannel:
			return false
		case slot.Channel == ch:
			held++
		}
	}
	return held < int(concurrency(v.State, a, ch).Maximum)
}

// concurrency is how many contacts of the channel the agent takes at once.
func concurrency(st *center.State, a *center.Agent, ch event.Channel) event.ChannelConcurrency {
	if p := st.RoutingProfiles[a.User.RoutingProfileID]; p != nil {
		for _, c := range p.Concurrency {
			if c.Channel == ch {
				return c
			}
		}
	}
	return event.ChannelConcurrency{}
}

// serves is the entry by which an agent serves a lane, for a contact that has
// waited so long; nil for none. Of the agent's own queue it is priority 0.
func (v view) serves(a *center.Agent, l lane, waited int64) *event.RoutingEntry {
	if l.queue == a.User.UserID {
		return &event.RoutingEntry{QueueID: l.queue, Channel: l.channel}
	}
	p := v.RoutingProfiles[a.User.RoutingProfileID]
	if p == nil || v.Agents[l.queue] != nil {
		return nil
	}
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.QueueID == l.queue && e.Channel == l.channel && (e.DelaySeconds == 0 || waited >= int64(e.DelaySeconds)*1000) {
			return e
		}
	}
	return nil
}

// waitingSince is since when a contact counts as waiting.
func waitingSince(c *center.Contact) tandem.Time {
	if c.WaitingSince.IsZero() {
		return c.EnqueuedAt
	}
	return c.WaitingSince
}

// offering judges an offer by the state right before it.
func (r *run) offering(at tandem.Time, ev *event.OfferMade) {
	v := r.look(at)
	a, c := v.Agents[ev.UserID], v.Contacts[ev.ContactID]
	if a == nil || c == nil {
		return // misplaced
	}
	r.meant(simS4)
	if !v.free(a, c.Channel) {
		r.found(simS4, fmt.Errorf("contact %s is offered to agent %s, who cannot take it", ev.ContactID, ev.UserID))
	}
	if c.Phase != center.InQueue {
		return // offered to this agent alone
	}
	entry := r.checkDelay(v, a, c)
	if entry == nil {
		return
	}
	r.checkOrder(v, a, c, entry)
	r.checkLongest(v, a, c)
}

// checkDelay makes sure that the agent's routing profile serves the contact's
// queue, and that the contact is old enough (SIM-S8).
func (r *run) checkDelay(v view, a *center.Agent, c *center.Contact) *event.RoutingEntry {
	l, waited := lane{c.QueueID, c.Channel}, v.at.Sub(waitingSince(c))
	if entry := v.serves(a, l, waited); entry != nil {
		if entry.DelaySeconds > 0 {
			r.meant(simS8)
		}
		return entry
	}
	r.found(simS8, fmt.Errorf("contact %s is offered to agent %s, whose routing profile does not serve its queue yet: it has waited %d ms", c.ContactID, a.User.UserID, waited))
	return nil
}

// better orders contacts as an agent takes them.
func better(byX *event.RoutingEntry, x *center.Contact, byY *event.RoutingEntry, y *center.Contact) bool {
	return cmp.Or(cmp.Compare(byX.Priority, byY.Priority), cmp.Compare(x.Priority, y.Priority),
		cmp.Compare(waitingSince(x), waitingSince(y)), x.ContactID.Compare(y.ContactID)) < 0
}

// checkOrder makes sure that no contact was skipped that the agent should have
// taken first (SIM-S6).
func (r *run) checkOrder(v view, a *center.Agent, c *center.Contact, entry *event.RoutingEntry) {
	others := 0
	for l, waiting := range r.ledger.lanes {
		if len(waiting) == 0 || !v.free(a, l.channel) {
			continue
		}
		for id := range waiting {
			o := v.Contacts[id]
			if o == nil || o == c || o.Phase != center.InQueue {
				continue
			}
			by := v.serves(a, l, v.at.Sub(waitingSince(o)))
			if by == nil {
				continue
			}
			others++
			if better(by, o, entry, c) {
				r.found(simS6, fmt.Errorf("agent %s is offered contact %s, though %s comes first", a.User.UserID, c.ContactID, id))
			}
		}
	}
	if others > 0 {
		r.meant(simS6)
	}
}

// checkLongest makes sure that nobody who could take the contact is available
// for longer (SIM-S7).
func (r *run) checkLongest(v view, a *center.Agent, c *center.Contact) {
	l, waited, others := lane{c.QueueID, c.Channel}, v.at.Sub(waitingSince(c)), 0
	for id, o := range v.Agents {
		if o == a || !v.free(o, c.Channel) || v.serves(o, l, waited) == nil {
			continue
		}
		others++
		if cmp.Or(cmp.Compare(o.AvailableSince, a.AvailableSince), id.Compare(a.User.UserID)) < 0 {
			r.found(simS7, fmt.Errorf("contact %s is offered to agent %s, though agent %s is available for longer", c.ContactID, a.User.UserID, id))
		}
	}
	if others > 0 {
		r.meant(simS7)
	}
}

// checkIdle makes sure that nobody idle could take a contact that waits
// (SIM-S5).
func (r *run) checkIdle(at tandem.Time) error {
	v := r.look(at)
	var waiting [event.Task + 1]int
	for l, contacts := range r.ledger.lanes {
		waiting[l.channel] += len(contacts)
	}
	for ch := event.Voice; ch <= event.Task; ch++ {
		if waiting[ch] == 0 {
			continue
		}
		for id, a := range v.Agents {
			if !v.free(a, ch) {
				continue
			}
			r.meant(simS5)
			if c := r.servedBy(v, a, ch); !c.IsZero() {
				return fmt.Errorf("contact %s waits, though agent %s could take it", c, id)
			}
		}
	}
	return nil
}

// servedBy is a waiting contact of the channel that the agent could take.
func (r *run) servedBy(v view, a *center.Agent, ch event.Channel) tandem.ID {
	for l, waiting := range r.ledger.lanes {
		if l.channel != ch || len(waiting) == 0 || v.serves(a, l, 1<<40) == nil {
			continue
		}
		for id := range waiting {
			if c := v.Contacts[id]; c != nil && v.serves(a, l, v.at.Sub(waitingSince(c))) != nil {
				return id
			}
		}
	}
	return tandem.ID{}
}
