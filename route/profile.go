package route

import (
	"cmp"
	"slices"

	"tandem"
	"tandem/event"
)

// profile is a routing profile.
type profile struct {
	id       tandem.ID
	services []service            // by priority, then queue, then channel
	idle     [channels]heap       // agents available, by since when
	longest  [channels]rank       // the first of each; nobody when there is none
	plays    [channels][]*service // of the services, those in a tournament
}

// service is an entry of a routing profile: that it serves a lane.
type service struct {
	event.RoutingEntry
	lane    *lane
	profile *profile
	player  int32 // place among the lane's services
	plays   bool  // in the lane's tournament
}

// server is what a pick needs of a service. It is kept apart, as a pick looks
// at many.
type server struct {
	delayMillis int64
	longest     *rank // the agent of the profile available longest
}

func (s *service) delayMillis() int64 { return int64(s.DelaySeconds) * 1000 }

// SetProfile says what a routing profile serves, with one entry at most for a
// queue and channel; no entries take it away. Agents that are idle under it
// stay so.
func (x *Index) SetProfile(id tandem.ID, entries []event.RoutingEntry) {
	p := x.profile(id)
	x.withdraw(p)
	if len(entries) == 0 {
		x.forgetIfUnused(p)
		return
	}
	p.services = make([]service, len(entries))
	for i, e := range entries {
		p.services[i] = service{RoutingEntry: e, lane: &x.queue(e.QueueID).lanes[e.Channel], profile: p}
	}
	slices.SortFunc(p.services, func(a, b service) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.QueueID.Compare(b.QueueID), cmp.Compare(a.Channel, b.Channel))
	})
	for i := range p.services {
		s := &p.services[i]
		s.lane.services = append(s.lane.services, s)
		x.unsettle(s.lane)
	}
}

// withdraw takes away what a profile serves.
func (x *Index) withdraw(p *profile) {
	for i := range p.services {
		l := p.services[i].lane
		l.services = slices.DeleteFunc(l.services, func(s *service) bool { return s.profile == p })
		x.unsettle(l)
		x.forgetIfIdle(l.queue)
	}
	p.services, p.plays = nil, [channels][]*service{}
}

// forgetIfUnused forgets a profile that serves nothing and that no idle agent
// has.
func (x *Index) forgetIfUnused(p *profile) {
	for ch := range p.idle {
		if len(p.idle[ch].nodes) > 0 {
			return
		}
	}
	x.profiles.remove(p.id)
}

func (x *Index) profile(id tandem.ID) *profile {
	p := x.profiles.get(id)
	if p == nil {
		p = &profile{id: id}
		for ch := range p.longest {
			p.longest[ch] = nobody
		}
		x.profiles.put(id, p)
	}
	return p
}

func (x *Index) unsettle(l *lane) {
	if !l.changed {
		l.changed = true
		x.unsettled = append(x.unsettled, l)
	}
}

// settle brings lanes whose services have changed into order. It is done when
// something is asked, so that many profiles can change for the price of one.
func (x *Index) settle() {
	for _, l := range x.unsettled {
		l.changed = false
		slices.SortFunc(l.services, func(a, b *service) int {
			return cmp.Or(cmp.Compare(a.DelaySeconds, b.DelaySeconds), a.profile.id.Compare(b.profile.id))
		})
		l.setServers(x.scanned)
		x.setDelays(l)
	}
	x.unsettled = x.unsettled[:0]
}

// setServers prepares what a pick needs, with a tournament if the services are
// too many to be scanned.
func (l *lane) setServers(scanned int) {
	l.servers, l.matches = nil, nil
	if len(l.services) > scanned {
		l.matches = newTournament(len(l.services))
	}
	for i, s := range l.services {
		longest := &s.profile.longest[l.channel]
		l.servers = append(l.servers, server{s.delayMillis(), longest})
		s.player = int32(i)
		if l.matches != nil {
			l.matches.set(s.player, *longest)
		}
		if s.plays != (l.matches != nil) {
			s.plays = !s.plays
			s.profile.setPlays(s)
		}
	}
}

func (p *profile) setPlays(s *service) {
	list := &p.plays[s.Channel]
	if s.plays {
		*list = append(*list, s)
	} else {
		*list = slices.DeleteFunc(*list, func(t *service) bool { return t == s })
	}
}

// update notes who of the profile's idle agents is available longest.
func (p *profile) update(ch event.Channel) {
	longest := p.idle[ch].first()
	if longest == p.longest[ch] {
		return
	}
	p.longest[ch] = longest
	for _, s := range p.plays[ch] {
		s.lane.matches.set(s.player, longest)
	}
}
