package route

import (
	"tandem"
	"tandem/event"
)

// Pair is the agent and contact that belong together when the agent may take a
// contact: both are each other's first choice. It starts at the agent and
// follows choices: the contact that the agent takes, the agent to whom that
// contact goes, and so on.
//
// Every contact prefers the agent available longest, so each turn leads to an
// agent available longer, and it ends. Only where agents are available in one
// channel longer than in another, choices can run in a circle, in which no two
// are each other's first choice. Then, of the agents in the circle, the one
// available longest in the channel of the contact chosen takes that contact.
func (x *Index) Pair(agentID tandem.ID, now tandem.Time) (agent tandem.ID, pick Pick, ok bool) {
	a := x.agents.get(agentID)
	if a == nil || a.idle == 0 {
		return tandem.ID{}, Pick{}, false
	}
	// The mark stays with an agent for 1, 2, 4... turns. Once it is within a
	// circle that is not longer, the turns come back to it (Brent's algorithm).
	mark, turns, stay := a, 0, 1
	for {
		next, c, entry := x.turn(a, now)
		if c == nil {
			return tandem.ID{}, Pick{}, false
		}
		if next == mark && next != a {
			a, c, entry = x.cutCircle(mark, now)
			next = a
		}
		if next == a {
			return a.id, Pick{c.id, *entry}, true
		}
		if a, turns = next, turns+1; turns == stay {
			mark, turns, stay = a, 0, 2*stay
		}
	}
}

// turn is the contact that an agent takes, by which entry, and the agent to
// whom the contact goes.
func (x *Index) turn(a *agent, now tandem.Time) (*agent, *contact, *event.RoutingEntry) {
	c, entry := a.next(now)
	if c == nil {
		return nil, nil, nil
	}
	if best := x.agentFor(c, now); best.id != a.id {
		a = x.agents.get(best.id)
	}
	return a, c, entry
}

// cutCircle is the agent available longest of a circle, and what this agent
// takes.
func (x *Index) cutCircle(start *agent, now tandem.Time) (*agent, *contact, *event.RoutingEntry) {
	longest := start
	c, entry := start.next(now)
	for a, _, _ := x.turn(start, now); a != start; a, _, _ = x.turn(a, now) {
		d, by := a.next(now)
		r, best := a.rank(by.Channel), longest.rank(entry.Channel)
		if r.before(&best) {
			longest, c, entry = a, d, by
		}
	}
	return longest, c, entry
}
