package forecast

import (
	"cmp"
	"slices"

	"tandem/event"
)

// Arrivals are the contacts that entered a queue that day.
func (d *Day) Arrivals() []Arrival {
	all := make([]Arrival, 0, len(d.listed))
	for _, h := range d.listed {
		if h.counts {
			all = append(all, h.arrival())
		}
	}
	sortArrivals(all)
	return all
}

func (h *history) arrival() Arrival {
	a := h.Arrival
	if a.Priority == normalPriority {
		a.Priority = 0
	}
	switch {
	case h.connected > 0:
		a.waited = h.connected.Sub(h.At)
		if h.cleared > 0 {
			a.HandleMillis = max(1, h.cleared.Sub(h.connected))
		}
	case h.leftAt > 0:
		a.PatienceMillis = max(1, h.leftAt.Sub(h.At))
		if n := len(h.offered); n > 0 {
			a.offers = interrupted(a.offers, h.leftAt.Sub(h.offered[n-1].at))
		}
	}
	a.offers = slices.DeleteFunc(slices.Clone(a.offers), func(o offer) bool { return o.cut == 0 && o.outcome != event.OfferAccepted && !o.refused() })
	return a
}

// interrupted is the offers of a contact whose customer left, some time after
// the last one was made: if that was under way, or the agent had accepted and
// was not connected yet, how long it would have taken is not known.
func interrupted(offers []offer, millis int64) []offer {
	last := len(offers) - 1
	if offers[last].refused() {
		return offers
	}
	offers = slices.Clone(offers)
	offers[last].cut = millis
	return offers
}

// normalPriority is the priority of a contact for which none was set (Amazon
// Connect Administrator Guide: Change routing priority / age).
const normalPriority = 5

// Habits are how people behaved that day, and the defaults where nobody did
// anything.
func (d *Day) Habits() *Habits {
	h := DefaultHabits()
	for _, c := range d.listed {
		if !c.counts {
			continue
		}
		for i, o := range c.offers {
			if o.outcome == event.OfferAccepted && c.connected > 0 || o.refused() {
				h.offers[c.Channel] = append(h.offers[c.Channel], o)
				h.byUser[c.offered[i].userID] = append(h.byUser[c.offered[i].userID], o)
			}
		}
		switch {
		case c.connected > 0:
			h.waits[c.Channel] = append(h.waits[c.Channel], wait{c.connected.Sub(c.At), false})
		case c.leftAt > 0:
			h.waits[c.Channel] = append(h.waits[c.Channel], wait{c.leftAt.Sub(c.At), true})
		}
		if c.connected > 0 && c.cleared > 0 {
			took := max(1, c.cleared.Sub(c.connected))
			h.handles[c.QueueID], h.all = append(h.handles[c.QueueID], took), append(h.all, took)
		}
	}
	h.sort()
	return h
}

// offersAsWork is the time for which a contact that is no arrival was offered to
// agents.
func (h *history) offersAsWork() (acts []act) {
	for i, m := range h.offered {
		if m.over > m.at {
			acts = append(acts, act{at: m.at, kind: works, userID: m.userID, millis: m.over.Sub(m.at) + h.offers[i].clear})
		}
	}
	return acts
}

// Staffing is what the agents did that day.
func (d *Day) Staffing() *Staffing {
	acts := slices.Clone(d.acts)
	for _, h := range d.listed {
		if !h.counts {
			acts = append(acts, h.offersAsWork()...)
		}
	}
	slices.SortStableFunc(acts, func(a, b act) int { return cmp.Compare(a.at, b.at) })
	return &Staffing{acts}
}
