package metric

import (
	"slices"

	"tandem"
	"tandem/event"
)

// Live keeps the live metrics of one instance. The zero value is not usable;
// see [New]. It is not safe for concurrent use, but reading changes nothing.
type Live struct {
	agents   map[tandem.ID]*agent
	profiles map[tandem.ID]*profile
	queues   map[tandem.ID]*queue
	contacts map[tandem.ID]*contact
	spare    []*contact
}

// New returns metrics of nothing.
func New() *Live {
	return &Live{
		agents:   map[tandem.ID]*agent{},
		profiles: map[tandem.ID]*profile{},
		queues:   map[tandem.ID]*queue{},
		contacts: map[tandem.ID]*contact{},
	}
}

type agent struct {
	Agent
	profile *profile
}

// profile is a routing profile and the count of its agents.
type profile struct {
	id     tandem.ID
	agents int
	serves []served
	tally
}

// served is a queue that a routing profile serves in some channels.
type served struct {
	queue    *queue
	channels Channels
}

// SetAgent says what an agent is now. An agent that is offline may be set or
// left out.
func (l *Live) SetAgent(id tandem.ID, now Agent) {
	a := l.agents[id]
	if a == nil {
		a = &agent{}
		l.agents[id] = a
	} else {
		if a.Agent == now {
			return
		}
		a.profile.count(&a.Agent, -1)
	}
	if a.profile == nil || a.ProfileID != now.ProfileID {
		l.leaveProfile(a)
		a.profile = l.profile(now.ProfileID)
		a.profile.agents++
	}
	a.Agent = now
	a.profile.count(&a.Agent, 1)
}

// RemoveAgent forgets an agent.
func (l *Live) RemoveAgent(id tandem.ID) {
	a := l.agents[id]
	if a == nil {
		return
	}
	a.profile.count(&a.Agent, -1)
	l.leaveProfile(a)
	delete(l.agents, id)
}

func (l *Live) leaveProfile(a *agent) {
	if a.profile != nil {
		a.profile.agents--
		l.dropProfile(a.profile)
	}
}

// SetProfile says what a routing profile serves; no entries take it away. It
// may be told before its agents or after them.
func (l *Live) SetProfile(id tandem.ID, entries []event.RoutingEntry) {
	p := l.profile(id)
	before := p.serves
	p.serves = nil
	for _, e := range entries {
		p.serve(l.queue(e.QueueID), Only(e.Channel))
	}
	for _, s := range before {
		s.queue.servers = slices.DeleteFunc(s.queue.servers, func(by server) bool { return by.profile == p })
	}
	for _, s := range p.serves {
		s.queue.servers = append(s.queue.servers, server{p, s.channels})
	}
	for _, s := range before {
		l.dropQueue(s.queue)
	}
	l.dropProfile(p)
}

func (p *profile) serve(q *queue, in Channels) {
	for i := range p.serves {
		if p.serves[i].queue == q {
			p.serves[i].channels |= in
			return
		}
	}
	p.serves = append(p.serves, served{q, in})
}

func (l *Live) profile(id tandem.ID) *profile {
	p := l.profiles[id]
	if p == nil {
		p = &profile{id: id}
		l.profiles[id] = p
	}
	return p
}

// dropProfile forgets a routing profile that nothing speaks of.
func (l *Live) dropProfile(p *profile) {
	if p.agents == 0 && len(p.serves) == 0 {
		delete(l.profiles, p.id)
	}
}

// Channels is a choice of channels. The zero value is all of them.
type Channels uint8

// Only chooses the channels given.
func Only(these ...event.Channel) Channels {
	var c Channels
	for _, ch := range these {
		c |= 1 << ch
	}
	return c
}

func (c Channels) has(ch event.Channel) bool { return c == 0 || c&(1<<ch) != 0 }

// meets reports whether a choice and another, which is not zero, share a channel.
func (c Channels) meets(other Channels) bool { return c == 0 || c&other != 0 }
