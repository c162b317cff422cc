package sim

import (
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/presence"
)

// The limits of the parts of the state, as their rooms declare them.
const (
	mostParties    = 6
	mostMonitors   = 5
	mostChain      = 13 // twelve transfers from queue to queue, and the first
	mostLegs       = 16 // of one contact: the customer, the agent, and those of agents whose end is not reported yet
	mostWaits      = 30 // minutes that a queue remembers
	mostSeen       = 16 // revisions that a leg remembers
	mostRemembered = 8  // writes that a leg remembers
)

// checkLimits makes sure that nothing which the present record touched is
// bigger than it may be (SIM-S20).
func (r *run) checkLimits(st *center.State) error {
	for _, p := range r.ledger.moved {
		c := st.Contacts[p.id]
		if c == nil {
			continue
		}
		r.meant(simS20)
		if err := checkContactSize(c); err != nil {
			return fmt.Errorf("contact %s %w", p.id, err)
		}
		if a := st.Agents[c.UserID]; a != nil {
			if err := checkSlots(a); err != nil {
				return fmt.Errorf("agent %s %w", c.UserID, err)
			}
		}
	}
	return nil
}

func checkContactSize(c *center.Contact) error {
	size := 0
	for name, value := range c.Attributes {
		size += len(name) + len(value)
	}
	switch {
	case size > tandem.MaxAttributesBytes:
		return fmt.Errorf("has %d bytes of attributes", size)
	case c.ChainLength > mostChain:
		return fmt.Errorf("is number %d of its chain", c.ChainLength)
	case len(c.Legs) > mostLegs:
		return fmt.Errorf("has %d legs", len(c.Legs))
	}
	return nil
}

func checkSlots(a *center.Agent) error {
	var held [event.Task + 1]int
	for i := range a.Contacts {
		if a.Contacts[i].State != center.Paused {
			held[a.Contacts[i].Channel]++
		}
	}
	if held[event.Voice] > 1 || held[event.Chat] > tandem.MaxConcurrency || held[event.Task] > tandem.MaxConcurrency {
		return fmt.Errorf("has %v contacts by channel", held)
	}
	return nil
}

// checkAllLimits looks at everything.
func (r *run) checkAllLimits(st *center.State) error {
	parties, monitors := map[tandem.ID]int{}, map[tandem.ID]int{}
	for id, c := range st.Contacts {
		if err := checkContactSize(c); err != nil {
			return fmt.Errorf("contact %s %w", id, err)
		}
		if !c.DisconnectedAt.IsZero() || c.Channel != event.Voice {
			continue
		}
		for i := range c.Legs {
			switch {
			case c.Legs[i].State == event.LegGone:
			case c.Method == event.Monitor:
				monitors[c.CallID]++
			default:
				parties[c.CallID]++
			}
		}
	}
	for id, n := range parties {
		if n > mostParties || monitors[id] > mostMonitors {
			return fmt.Errorf("call %s has %d parties and %d supervisors", id, n, monitors[id])
		}
	}
	return firstError(r.checkQueueSizes(st), checkConfigSize(st), checkPresenceSize(r.copy.presence.State()))
}

// checkForgotten makes sure that nothing is kept of contacts that ended long
// ago.
func (r *run) checkForgotten() error {
	if n := len(r.copy.center.State().Contacts); n > 0 && r.failure == nil {
		return fmt.Errorf("%d contacts are still in memory", n)
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) checkQueueSizes(st *center.State) error {
	for l, waiting := range r.ledger.lanes {
		if len(waiting) > tandem.DefaultQueueCapacity {
			return fmt.Errorf("queue %s holds %d contacts", l.queue, len(waiting))
		}
	}
	for id, w := range st.Waits {
		for i := range w.Channels {
			if n := len(w.Channels[i].Periods); n > mostWaits {
				return fmt.Errorf("queue %s remembers %d minutes", id, n)
			}
		}
	}
	return nil
}

func checkConfigSize(st *center.State) error {
	if n := len(st.Statuses); n > tandem.MaxStatuses {
		return fmt.Errorf("there are %d statuses", n)
	}
	for id, p := range st.RoutingProfiles {
		if n := len(p.Entries); n > tandem.MaxRoutingEntries {
			return fmt.Errorf("routing profile %s has %d entries", id, n)
		}
	}
	return nil
}

func checkPresenceSize(st *presence.State) error {
	for id, a := range st.Agents {
		for i := range a.Legs {
			if l := &a.Legs[i]; len(l.Seen) > mostSeen || len(l.Remembered) > mostRemembered {
				return fmt.Errorf("a leg of agent %s remembers %d revisions and %d writes", id, len(l.Seen), len(l.Remembered))
			}
		}
	}
	return nil
}
