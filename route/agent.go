package route

import (
	"tandem"
	"tandem/event"
)

// agent is one that the matcher knows.
type agent struct {
	id      tandem.ID
	profile *profile // under which the agent was idle last
	own     *queue   // nil when no contact ever waited in it
	idle    int      // channels in which the agent is idle
	slots   [channels]slot
}

// slot is an agent's readiness for one channel.
type slot struct {
	since tandem.Time
	place int32 // among the profile's idle agents
}

func (a *agent) isIdle(ch event.Channel) bool { return a.slots[ch].place != nowhere }

// rank is the agent's place among those idle in the channel.
func (a *agent) rank(ch event.Channel) rank {
	if !a.isIdle(ch) {
		return nobody
	}
	return rank{a.slots[ch].since, a.id}
}

// SetIdle says that an agent can take one more contact of the channel, and
// since when the agent counts as available, which may be another time than
// before: one who has capacity left after an offer stays idle, but counts as
// available since that offer. Under another routing profile than before, the
// agent becomes busy in the other channels.
//
// From the first SetIdle or [Index.SetBusy] until [Index.RemoveAgent] the
// matcher knows the agent, and the queue of the same id is the agent's own.
func (x *Index) SetIdle(id, profileID tandem.ID, ch event.Channel, since tandem.Time) {
	a, p := x.agent(id), x.profile(profileID)
	if a.profile != p {
		a.dropAll()
		a.profile = p
	}
	s := &a.slots[ch]
	if a.isIdle(ch) && s.since == since {
		return
	}
	idle := &p.idle[ch]
	if a.isIdle(ch) {
		idle.remove(s.place)
		a.idle--
	}
	s.since = since
	idle.push(rank{since, id}, &s.place)
	a.idle++
	p.update(ch)
}

// SetBusy says that an agent can take no contact of the channel now.
func (x *Index) SetBusy(id tandem.ID, ch event.Channel) { x.agent(id).drop(ch) }

// RemoveAgent forgets an agent. What waits in the agent's own queue stays
// there.
func (x *Index) RemoveAgent(id tandem.ID) {
	a := x.agents.get(id)
	if a == nil {
		return
	}
	a.dropAll()
	x.agents.remove(id)
	if q := a.own; q != nil {
		for ch := range q.lanes {
			q.lanes[ch].owner = nil
		}
		x.forgetIfIdle(q)
	}
}

// Idle reports whether an agent is idle in any channel.
func (x *Index) Idle(id tandem.ID) bool {
	a := x.agents.get(id)
	return a != nil && a.idle > 0
}

// IdleIn reports whether an agent is idle in the channel, and since when.
func (x *Index) IdleIn(id tandem.ID, ch event.Channel) (tandem.Time, bool) {
	a := x.agents.get(id)
	if a == nil || !a.isIdle(ch) {
		return 0, false
	}
	return a.slots[ch].since, true
}

// agent finds or makes an agent, who owns the queue of the same id from then on.
func (x *Index) agent(id tandem.ID) *agent {
	a := x.agents.get(id)
	if a != nil {
		return a
	}
	a = &agent{id: id, own: x.queues.get(id)}
	for ch := range a.slots {
		a.slots[ch].place = nowhere
	}
	if a.own != nil {
		for ch := range a.own.lanes {
			a.own.lanes[ch].owner = a
		}
	}
	x.agents.put(id, a)
	return a
}

func (a *agent) dropAll() {
	for ch := range a.slots {
		a.drop(event.Channel(ch))
	}
}

func (a *agent) drop(ch event.Channel) {
	if !a.isIdle(ch) {
		return
	}
	a.profile.idle[ch].remove(a.slots[ch].place)
	a.profile.update(ch)
	a.idle--
}
