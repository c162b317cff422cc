package forecast

import (
	"cmp"
	"slices"

	"tandem"
	"tandem/event"
	"tandem/world"
)

// offer is what became of an offer.
type offer struct {
	outcome event.OfferOutcome
	millis  int64 // until it was accepted, or ended otherwise
	connect int64 // accepted: until agent and customer were connected
	clear   int64 // not accepted: from then until the agent cleared it
	cut     int64 // after this time the customer left: it would have taken longer; 0: it went to its end
}

// wait is how long a contact was in its queue, and whether its customer left.
type wait struct {
	millis int64
	left   bool
}

// Habits are how people behave. What a recorded day tells comes first; where it
// tells nothing, the fields say.
type Habits struct {
	AnswerMillis   int64 // from an offer until agent and customer are connected
	PatienceMillis int64 // typical patience of a caller in a queue; 0: forever. Others never leave
	HandleMillis   int64 // mean handling time

	offers  map[event.Channel][]offer
	byUser  map[tandem.ID][]offer
	waits   map[event.Channel][]wait // the shortest first
	handles map[tandem.ID][]int64    // by queue
	all     []int64                  // of all queues

	answersFixed  bool // the fields go before what was recorded
	patienceFixed bool
}

// enough is from how many of their own offers an agent's way to answer is
// known.
const enough = 20

func newHabits() *Habits {
	return &Habits{
		offers: map[event.Channel][]offer{}, byUser: map[tandem.ID][]offer{}, waits: map[event.Channel][]wait{}, handles: map[tandem.ID][]int64{},
	}
}

// FixAnswer lets every agent answer after this time, whatever was recorded.
func (h *Habits) FixAnswer(millis int64) {
	h.AnswerMillis, h.answersFixed = millis, true
	h.offers, h.byUser = nil, nil
}

// FixPatience lets customers have this typical patience, whatever was recorded.
func (h *Habits) FixPatience(millis int64) {
	h.PatienceMillis, h.patienceFixed = millis, true
	h.waits = nil
}

// DefaultHabits are those of people of whom nothing is known: agents need 5
// seconds, a contact takes 4 minutes, and a caller's typical patience is 3.
func DefaultHabits() *Habits {
	h := newHabits()
	h.AnswerMillis, h.HandleMillis, h.PatienceMillis = 5_000, 240_000, 180_000
	return h
}

// offerOf is what becomes of the n-th offer of an arrival: what was recorded, or
// drawn.
func (h *Habits) offerOf(c *world.Chance, a *Arrival, n int, user tandem.ID) offer {
	if n >= len(a.offers) || h.answersFixed {
		return h.offer(c, user, a.Channel)
	}
	was := a.offers[n]
	if was.cut == 0 {
		return was
	}
	for range drawings {
		o := h.offer(c, user, a.Channel)
		accepted := o.outcome == event.OfferAccepted
		if accepted && o.connect > was.cut || !accepted && was.outcome != event.OfferAccepted && o.millis > was.cut {
			return o
		}
	}
	return offer{outcome: event.OfferAccepted, millis: was.cut + 1, connect: was.cut + 1}
}

// drawings is how often a way to answer is drawn that takes longer than some
// time.
const drawings = 10

// patienceOf is how long the customer of an arrival waits.
func (h *Habits) patienceOf(c *world.Chance, a *Arrival) int64 {
	switch {
	case a.recorded && h.patienceFixed:
		return h.patience(c, a.Channel, 0)
	case a.PatienceMillis != 0:
		return a.PatienceMillis
	}
	return h.patience(c, a.Channel, a.waited)
}

// sort is called once all waits are known.
func (h *Habits) sort() {
	for _, waits := range h.waits {
		slices.SortStableFunc(waits, func(a, b wait) int { return cmp.Compare(a.millis, b.millis) })
	}
}

// offer draws what becomes of an offer to a user.
func (h *Habits) offer(c *world.Chance, user tandem.ID, ch event.Channel) offer {
	from := h.byUser[user]
	if len(from) < enough {
		from = h.offers[ch]
	}
	if len(from) == 0 {
		return offer{outcome: event.OfferAccepted, millis: h.AnswerMillis, connect: h.AnswerMillis}
	}
	return from[c.Between(0, int64(len(from)-1))]
}

// patience draws how long a customer waits who has waited some time. Contacts
// that were answered tell only that their customers were patient so long: one
// that is drawn is drawn again among those that waited longer (B. Efron, The Two
// Sample Problem with Censored Data), which is the product-limit estimate of
// Kaplan and Meier.
func (h *Habits) patience(c *world.Chance, ch event.Channel, waited int64) int64 {
	waits := h.waits[ch]
	if len(waits) == 0 {
		return h.typicalPatience(c, ch, waited)
	}
	for {
		from, _ := slices.BinarySearchFunc(waits, waited+1, func(w wait, millis int64) int { return cmp.Compare(w.millis, millis) })
		if from == len(waits) {
			return Forever
		}
		drawn := waits[c.Between(int64(from), int64(len(waits)-1))]
		if drawn.left {
			return drawn.millis
		}
		waited = drawn.millis
	}
}

func (h *Habits) typicalPatience(c *world.Chance, ch event.Channel, waited int64) int64 {
	if h.PatienceMillis == 0 || ch != event.Voice {
		return Forever
	}
	return waited + 1 + exponential(c, h.PatienceMillis)
}

// handle draws how long a contact of a queue takes.
func (h *Habits) handle(c *world.Chance, queueID tandem.ID) int64 {
	from := h.handles[queueID]
	if len(from) == 0 {
		from = h.all
	}
	if len(from) == 0 {
		return max(1, exponential(c, h.HandleMillis))
	}
	return from[c.Between(0, int64(len(from)-1))]
}
