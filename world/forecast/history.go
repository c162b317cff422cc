package forecast

import (
	"tandem"
	"tandem/event"
)

// history is what happened to a contact.
type history struct {
	Arrival
	counts    bool // it entered a queue in the day, and did not go on elsewhere without an agent
	callback  bool
	listed    bool
	userID    tandem.ID // who has it
	busySince tandem.Time
	workAct   int // what was noted of it as work of another kind; 0: nothing
	connected tandem.Time
	leftAt    tandem.Time
	cleared   tandem.Time
	offered   []made // to whom and when, one for each of the Arrival's offers
}

// made is where and when an offer was made, and when it ended.
type made struct {
	userID   tandem.ID
	at, over tandem.Time
}

// contactEvent follows a contact.
func (d *Day) contactEvent(at tandem.Time, ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		d.contacts[ev.ContactID] = &history{Arrival: Arrival{Channel: ev.Channel, recorded: true}, callback: ev.Method == event.Callback}
	case *event.ContactQueued:
		d.queued(ev)
	case *event.OfferMade:
		if h := d.contacts[ev.ContactID]; h != nil {
			h.offers, h.offered = append(h.offers, offer{}), append(h.offered, made{userID: ev.UserID, at: at})
		}
	case *event.LegDialed:
		if h := d.contacts[ev.ContactID]; h != nil && ev.Role == event.AgentLeg {
			d.holds(h, ev.UserID, at)
		}
	case *event.AgentConnected:
		d.agentConnected(ev)
	case *event.ContactDequeued:
		d.movedOn(ev.ContactID)
	case *event.ContactTransferred:
		d.movedOn(ev.ContactID)
	case *event.ContactDisconnected:
		d.left(ev.ContactID, ev.At)
	case *event.ContactCleared:
		d.cleared(at, ev)
	case *event.ContactForgotten:
		delete(d.contacts, ev.ContactID)
	}
}

func (d *Day) queued(ev *event.ContactQueued) {
	h := d.contacts[ev.ContactID]
	if h == nil || h.counts || !h.connected.IsZero() || ev.At < d.start || ev.At >= d.end {
		return
	}
	h.counts = true
	h.At, h.QueueID, h.Priority = ev.At, ev.QueueID, ev.Priority
	if !ev.Since.IsZero() {
		h.AgeMillis = ev.At.Sub(ev.Since)
	}
	if !h.listed {
		h.listed = true
		d.listed = append(d.listed, h)
	}
}

func (d *Day) offerEnded(at tandem.Time, ev *event.OfferEnded) {
	h := d.contacts[ev.ContactID]
	if h == nil || len(h.offers) == 0 {
		return
	}
	o, m := &h.offers[len(h.offers)-1], &h.offered[len(h.offers)-1]
	o.outcome, o.millis = ev.Outcome, at.Sub(m.at)
	o.connect = o.millis
	m.over = at
	if ev.Outcome == event.OfferAccepted {
		d.holds(h, ev.UserID, at)
	}
}

// holds notes that an agent has a contact. One that is no arrival keeps the
// agent from others.
func (d *Day) holds(h *history, userID tandem.ID, at tandem.Time) {
	if !h.busySince.IsZero() && h.userID == userID {
		return
	}
	h.userID, h.busySince = userID, at
	if !h.counts {
		d.work(h, at)
	}
}

func (d *Day) agentConnected(ev *event.AgentConnected) {
	h := d.contacts[ev.ContactID]
	if h == nil {
		return
	}
	d.holds(h, ev.UserID, ev.At)
	h.connected = ev.At
	if n := len(h.offers); n > 0 {
		h.offers[n-1].connect = ev.At.Sub(h.offered[n-1].at)
	}
}

// left notes that a customer left. A callback that did not reach its customer is
// no arrival.
func (d *Day) left(contactID tandem.ID, at tandem.Time) {
	h := d.contacts[contactID]
	switch {
	case h == nil || !h.connected.IsZero():
	case h.callback:
		d.movedOn(contactID)
	default:
		h.leftAt = at
	}
}

// movedOn notes that a contact goes on elsewhere without an agent: it is no
// arrival here. An agent who had it already was kept from others.
func (d *Day) movedOn(contactID tandem.ID) {
	h := d.contacts[contactID]
	if h == nil || !h.counts || !h.connected.IsZero() {
		return
	}
	h.counts = false
	if !h.busySince.IsZero() {
		d.work(h, h.busySince)
	}
}

// cleared notes that a contact holds no slot of an agent any more: the end of
// its handling, or of what an agent had of an offer that was not taken.
func (d *Day) cleared(at tandem.Time, ev *event.ContactCleared) {
	h := d.contacts[ev.ContactID]
	if h == nil {
		return
	}
	if h.userID == ev.UserID && !h.busySince.IsZero() {
		h.busySince = 0
		if h.connected > 0 && h.cleared.IsZero() {
			h.cleared = at
		}
		if h.workAct > 0 {
			d.acts[h.workAct].millis = at.Sub(d.acts[h.workAct].at)
			h.workAct = 0
		}
		return
	}
	for i := range h.offers {
		if o, m := &h.offers[i], &h.offered[i]; m.userID == ev.UserID && o.refused() && o.clear == 0 {
			o.clear = max(1, at.Sub(m.over))
		}
	}
}

// refused reports whether the agent did not take what was offered.
func (o *offer) refused() bool {
	return o.outcome == event.OfferMissed || o.outcome == event.OfferRejected || o.outcome == event.OfferFailed
}

// work notes that a contact which is no arrival keeps its agent from others,
// until it is cleared. In a pause the agent has none to be kept from.
func (d *Day) work(h *history, from tandem.Time) {
	if from >= d.start && d.agent(h.userID).pauseAct == 0 {
		h.workAct = len(d.acts)
		d.acts = append(d.acts, act{at: from, kind: works, userID: h.userID, millis: d.end.Add(spillMillis).Sub(from)})
	}
}
