package sim

import (
	"fmt"

	"tandem"
	"tandem/event"
)

// chains is what must hold along a chain of contacts: attributes are kept
// (SIM-S18), and callbacks are made one after the other (SIM-S19).
type chains struct {
	run      *run
	attempts map[tandem.ID]*attempt // by contact
}

// attempt is one attempt to call a customer back.
type attempt struct {
	number, limit uint32
	dialled       int
}

func newChains(r *run) chains { return chains{run: r, attempts: map[tandem.ID]*attempt{}} }

// begun makes sure that a contact which goes on for another one has all its
// attributes.
func (c *chains) begun(ev *event.ContactInitiated) {
	st := c.run.copy.center.State()
	from, to := st.Contacts[ev.PreviousID], st.Contacts[ev.ContactID]
	if from == nil || to == nil || ev.Method == event.Monitor || ev.Method == event.API || len(from.Attributes) == 0 {
		return
	}
	c.run.meant(simS18)
	for name, value := range from.Attributes {
		if got, there := to.Attributes[name]; !there || got != value {
			c.run.found(simS18, fmt.Errorf("contact %s follows %s and has lost its attribute %q", ev.ContactID, ev.PreviousID, name))
		}
	}
}

// setting makes sure that setting attributes takes none away.
func (c *chains) setting(ev *event.ContactAttributesSet) {
	old := c.run.copy.center.State().Contacts[ev.ContactID]
	if old == nil {
		return
	}
	for name := range old.Attributes {
		if _, there := ev.Attributes[name]; !there {
			c.run.found(simS18, fmt.Errorf("contact %s has lost its attribute %q when others were set", ev.ContactID, name))
		}
	}
}

// planned makes sure that an attempt follows the one before only when that is
// over, and is not one too many.
func (c *chains) planned(ev *event.CallbackPlanned) {
	st := c.run.copy.center.State()
	to := st.Contacts[ev.ContactID]
	if to == nil || to.Callback == nil {
		return
	}
	plan := to.Callback.Planned
	now := &attempt{number: plan.Attempt, limit: plan.Attempts}
	before := c.attempts[to.PreviousID]
	c.attempts[ev.ContactID] = now
	if now.number == 1 {
		return
	}
	c.run.meant(simS19)
	live := c.run.ledger.places[to.PreviousID]
	switch {
	case before == nil:
		c.run.found(simS19, fmt.Errorf("contact %s is attempt %d, and follows none", ev.ContactID, now.number))
	case now.number != before.number+1 || now.limit != before.limit || now.number > now.limit:
		c.run.found(simS19, fmt.Errorf("contact %s is attempt %d of %d, after attempt %d of %d", ev.ContactID, now.number, now.limit, before.number, before.limit))
	case live != nil && !live.gone:
		c.run.found(simS19, fmt.Errorf("contact %s is another attempt, while contact %s still is one", ev.ContactID, to.PreviousID))
	}
}

// dialled makes sure that an attempt calls the customer once.
func (c *chains) dialled(ev *event.LegDialed) {
	a := c.attempts[ev.ContactID]
	if a == nil || ev.Role != event.CustomerLeg {
		return
	}
	if a.dialled++; a.dialled > 1 {
		c.run.found(simS19, fmt.Errorf("the callback %s calls its customer %d times", ev.ContactID, a.dialled))
	}
}
