package route

import (
	"math"
	"sort"

	"tandem"
	"tandem/event"
)

// PickAgent is the agent that a waiting contact goes to: of those idle, whose
// routing profile serves its queue and channel and whose delay is over, the
// one available longest. From an agent's own queue it is that agent or nobody.
func (x *Index) PickAgent(contactID tandem.ID, now tandem.Time) (tandem.ID, bool) {
	c := x.contacts.get(contactID)
	if c == nil {
		return tandem.ID{}, false
	}
	best := x.agentFor(c, now)
	return best.id, best != nobody
}

func (x *Index) agentFor(c *contact, now tandem.Time) rank {
	x.settle()
	l := c.lane
	if l.owner != nil {
		return l.owner.rank(l.channel)
	}
	age := max(0, now.Sub(c.at))
	if l.matches != nil {
		return l.matches.best(l.openAt(age))
	}
	best := &nobody
	for i := range l.servers {
		s := &l.servers[i]
		if s.delayMillis > age {
			break
		}
		if s.longest.before(best) {
			best = s.longest
		}
	}
	return *best
}

// openAt is how many of the servers are there for a contact of the age.
func (l *lane) openAt(age int64) int {
	return sort.Search(len(l.servers), func(i int) bool { return l.servers[i].delayMillis > age })
}

// Pick is the contact that an agent takes, and the entry of the routing
// profile that led to it. For a contact in the agent's own queue the entry is
// that queue and the channel, with priority 0, which is better than any.
type Pick struct {
	Contact tandem.ID
	Entry   event.RoutingEntry
}

// PickContact is the contact that an agent takes next, over all channels in
// which the agent is idle.
func (x *Index) PickContact(agentID tandem.ID, now tandem.Time) (Pick, bool) {
	a := x.agents.get(agentID)
	if a == nil || a.idle == 0 {
		return Pick{}, false
	}
	c, entry := a.next(now)
	if c == nil {
		return Pick{}, false
	}
	return Pick{c.id, *entry}, true
}

// next is the contact that the idle agent takes next, and the entry that led
// to it.
func (a *agent) next(now tandem.Time) (*contact, *event.RoutingEntry) {
	if c := a.nextOwn(); c != nil {
		return c, &c.lane.ownEntry
	}
	var best *contact
	var by *service
	for i := range a.profile.services {
		s := &a.profile.services[i]
		if best != nil && s.Priority > by.Priority {
			break
		}
		if s.lane.waiting.head == nil || !a.isIdle(s.Channel) || s.lane.owner != nil {
			continue
		}
		if c := s.lane.waiting.first(s.openSince(now)); c != nil && (best == nil || c.before(best)) {
			best, by = c, s
		}
	}
	if best == nil {
		return nil, nil
	}
	return best, &by.RoutingEntry
}

// nextOwn is the contact of the agent's own queue that the agent takes next.
func (a *agent) nextOwn() *contact {
	if a.own == nil {
		return nil
	}
	var best *contact
	for ch := range a.own.lanes {
		c := a.own.lanes[ch].waiting.head
		if c != nil && a.isIdle(event.Channel(ch)) && (best == nil || c.before(best)) {
			best = c
		}
	}
	return best
}

// openSince is the latest moment since which a contact waits that is old enough
// now. Without a delay all are, even those that a flow has made younger than
// new.
func (s *service) openSince(now tandem.Time) tandem.Time {
	if s.DelaySeconds == 0 {
		return math.MaxInt64
	}
	return now.Add(-s.delayMillis())
}
