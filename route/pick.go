package route

import (
	"tandem"
	"tandem/event"
)

// PickAgent is the agent that a waiting contact goes to: of those idle, whose
// routing profile serves its queue and channel and whose delay is over, the
// one available longest.
func (x *Index) PickAgent(contactID tandem.ID, now tandem.Time) (tandem.ID, bool) {
	c := x.contacts[contactID]
	if c == nil {
		return tandem.ID{}, false
	}
	var best *slot
	for i := range c.lane.servers {
		s := &c.lane.servers[i]
		idle := s.profile.idle[c.lane.key.channel].nodes
		if len(idle) == 0 || !oldEnough(c, s.entry, now) {
			continue
		}
		if best == nil || idle[0].before(&best.item) {
			best = idle[0]
		}
	}
	if best == nil {
		return tandem.ID{}, false
	}
	return best.id, true
}

// Pick is the contact that an agent takes, and the line of the routing profile
// that led to it.
type Pick struct {
	Contact tandem.ID
	Entry   event.RoutingEntry
}

// PickContact is the contact that an agent takes next, over all channels in
// which the agent is idle.
func (x *Index) PickContact(agentID tandem.ID, now tandem.Time) (Pick, bool) {
	a := x.agents[agentID]
	if a == nil || a.idle == 0 {
		return Pick{}, false
	}
	var best *contact
	var by *line
	for i := range a.profile.entries {
		e := &a.profile.entries[i]
		if best != nil && e.Priority > by.Priority {
			break
		}
		if a.slots[e.Channel].pos < 0 || e.lane.waiting == 0 {
			continue
		}
		if c := e.lane.head(e.RoutingEntry, now); c != nil && (best == nil || c.betterThan(best)) {
			best, by = c, e
		}
	}
	if best == nil {
		return Pick{}, false
	}
	return Pick{best.id, by.RoutingEntry}, true
}

// head is the lane's first contact that is old enough for the entry. When the
// oldest contact of a priority is too young, all of that priority are.
func (l *lane) head(e event.RoutingEntry, now tandem.Time) *contact {
	for _, b := range l.buckets {
		if b.contacts.len() > 0 && oldEnough(b.contacts.nodes[0], e, now) {
			return b.contacts.nodes[0]
		}
	}
	return nil
}

func (c *contact) betterThan(d *contact) bool {
	if c.priority != d.priority {
		return c.priority < d.priority
	}
	return c.before(&d.item)
}

func oldEnough(c *contact, e event.RoutingEntry, now tandem.Time) bool {
	return e.DelaySeconds == 0 || c.key.AddSeconds(int64(e.DelaySeconds)) <= now
}

// Pair is the agent and contact that belong together when the agent may take a
// contact: both are each other's first choice. It starts at the agent and
// follows choices. Every contact prefers the agents available longest, so each
// turn leads to an agent available longer, and it ends.
func (x *Index) Pair(agentID tandem.ID, now tandem.Time) (agent tandem.ID, pick Pick, ok bool) {
	pick, ok = x.PickContact(agentID, now)
	for ok {
		best, _ := x.PickAgent(pick.Contact, now)
		if best == agentID {
			return agentID, pick, true
		}
		agentID = best
		pick, ok = x.PickContact(agentID, now)
	}
	return tandem.ID{}, Pick{}, false
}

// NextDue is when the next contact becomes old enough for one more routing
// profile.
func (x *Index) NextDue() (tandem.Time, bool) {
	if x.alarms.len() == 0 {
		return 0, false
	}
	return x.alarms.nodes[0].key, true
}

// TakeDue returns the next contact whose delay is over by now, and lets it
// ring again at its next delay.
func (x *Index) TakeDue(now tandem.Time) (tandem.ID, bool) {
	if x.alarms.len() == 0 || x.alarms.nodes[0].key > now {
		return tandem.ID{}, false
	}
	c := x.alarms.nodes[0].contact
	x.setAlarm(c, now)
	return c.id, true
}
