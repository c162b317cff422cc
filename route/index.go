package route

import (
	"slices"

	"tandem"
	"tandem/event"
)

// channels is one more than the highest channel number.
const channels = int(event.Task) + 1

// keptBuckets is how many empty priorities a lane keeps for their next use.
const keptBuckets = 8

// laneKey names the contacts of one channel in one queue.
type laneKey struct {
	queue   tandem.ID
	channel event.Channel
}

// lane is the contacts of one channel that wait in one queue.
type lane struct {
	key     laneKey
	servers []server // by profile id
	delays  []int64  // the distinct delays of the servers over zero, in milliseconds, ascending
	buckets []bucket // by contact priority, best first
	waiting int
}

// server is a routing profile that serves a lane.
type server struct {
	profile *profile
	entry   event.RoutingEntry
}

// bucket is the waiting contacts of one priority, oldest first.
type bucket struct {
	priority int64
	contacts *heap[*contact]
}

type contact struct {
	item
	lane     *lane
	priority int64
	alarm    alarm
}

func (c *contact) at() *item { return &c.item }

// alarm is when a contact becomes old enough for one more routing profile.
type alarm struct {
	item
	contact *contact
}

func (a *alarm) at() *item { return &a.item }

type profile struct {
	id      tandem.ID
	entries []line // by priority, then queue, then channel
	idle    [channels]heap[*slot]
}

// line is an entry of a routing profile, ready for use.
type line struct {
	event.RoutingEntry
	lane *lane
}

// slot is an agent's readiness for one channel.
type slot struct {
	item
	agent *agent
}

func (s *slot) at() *item { return &s.item }

type agent struct {
	profile *profile
	slots   [channels]slot
	idle    int // slots that are in a heap
}

// Index is the matcher's view of the center. The zero value is not usable;
// see [New].
type Index struct {
	profiles map[tandem.ID]*profile
	lanes    map[laneKey]*lane
	agents   map[tandem.ID]*agent
	contacts map[tandem.ID]*contact
	alarms   heap[*alarm]
	spare    []*contact
}

// New returns an empty index.
func New() *Index {
	return &Index{
		profiles: map[tandem.ID]*profile{},
		lanes:    map[laneKey]*lane{},
		agents:   map[tandem.ID]*agent{},
		contacts: map[tandem.ID]*contact{},
	}
}

// SetProfile says what a routing profile serves; no entries take it away.
// Agents that are idle under it stay so.
func (x *Index) SetProfile(id tandem.ID, entries []event.RoutingEntry) {
	p := x.profile(id)
	for _, old := range p.entries {
		l := old.lane
		l.servers = slices.DeleteFunc(l.servers, func(s server) bool { return s.profile == p })
	}
	changed := p.entries
	p.entries = nil
	for _, e := range entries {
		l := x.lane(laneKey{e.QueueID, e.Channel})
		p.entries = append(p.entries, line{e, l})
		l.servers = append(l.servers, server{p, e})
		slices.SortFunc(l.servers, func(a, b server) int { return a.profile.id.Compare(b.profile.id) })
	}
	slices.SortFunc(p.entries, func(a, b line) int {
		if a.Priority != b.Priority {
			return int(a.Priority) - int(b.Priority)
		}
		if c := a.QueueID.Compare(b.QueueID); c != 0 {
			return c
		}
		return int(a.Channel) - int(b.Channel)
	})
	for _, e := range append(changed, p.entries...) {
		x.setDelays(e.lane)
	}
}

// setDelays collects the delays of a lane's servers and sets the alarms of its
// contacts anew.
func (x *Index) setDelays(l *lane) {
	l.delays = l.delays[:0]
	for _, s := range l.servers {
		if s.entry.DelaySeconds > 0 {
			l.delays = append(l.delays, int64(s.entry.DelaySeconds)*1000)
		}
	}
	slices.Sort(l.delays)
	l.delays = slices.Compact(l.delays)
	for _, b := range l.buckets {
		for _, c := range b.contacts.nodes {
			x.setAlarm(c, c.key)
		}
	}
}

// setAlarm lets c ring when it reaches the first delay that ends after now.
func (x *Index) setAlarm(c *contact, now tandem.Time) {
	if c.alarm.pos >= 0 {
		x.alarms.remove(&c.alarm)
	}
	for _, d := range c.lane.delays {
		if due := c.key.Add(d); due > now {
			c.alarm.key, c.alarm.id = due, c.id
			x.alarms.push(&c.alarm)
			return
		}
	}
}

// SetIdle says that an agent can take one more contact of the channel, and
// since when the agent counts as available. Under another routing profile than
// before, the agent becomes busy in the other channels.
func (x *Index) SetIdle(id, profileID tandem.ID, ch event.Channel, since tandem.Time) {
	a := x.agents[id]
	if a == nil {
		a = newAgent(id)
		x.agents[id] = a
	}
	p := x.profile(profileID)
	s := &a.slots[ch]
	if a.profile != p {
		x.clear(a)
		a.profile = p
	}
	if s.pos >= 0 {
		if s.key == since {
			return
		}
		p.idle[ch].remove(s)
		a.idle--
	}
	s.key = since
	p.idle[ch].push(s)
	a.idle++
}

// SetBusy says that an agent can take no contact of the channel now.
func (x *Index) SetBusy(id tandem.ID, ch event.Channel) {
	if a := x.agents[id]; a != nil {
		a.drop(ch)
	}
}

// Idle reports whether an agent is idle in any channel.
func (x *Index) Idle(id tandem.ID) bool {
	a := x.agents[id]
	return a != nil && a.idle > 0
}

// IdleIn reports whether an agent is idle in the channel, and since when.
func (x *Index) IdleIn(id tandem.ID, ch event.Channel) (tandem.Time, bool) {
	a := x.agents[id]
	if a == nil || a.slots[ch].pos < 0 {
		return 0, false
	}
	return a.slots[ch].key, true
}

// RemoveAgent forgets an agent.
func (x *Index) RemoveAgent(id tandem.ID) {
	if a := x.agents[id]; a != nil {
		x.clear(a)
		delete(x.agents, id)
	}
}

func (x *Index) clear(a *agent) {
	for ch := range a.slots {
		a.drop(event.Channel(ch))
	}
}

func (a *agent) drop(ch event.Channel) {
	if s := &a.slots[ch]; s.pos >= 0 {
		a.profile.idle[ch].remove(s)
		a.idle--
	}
}

func newAgent(id tandem.ID) *agent {
	a := &agent{}
	for ch := range a.slots {
		a.slots[ch].item = item{id: id, pos: -1}
		a.slots[ch].agent = a
	}
	return a
}

// Wait says that a contact waits in a queue since a moment, at a priority of
// which 1 is the best. A contact that waits already is moved.
func (x *Index) Wait(id, queueID tandem.ID, ch event.Channel, priority int64, since tandem.Time) {
	x.Leave(id)
	c := x.newContact()
	c.item = item{key: since, id: id, pos: -1}
	c.lane = x.lane(laneKey{queueID, ch})
	c.priority = priority
	c.alarm = alarm{item{pos: -1}, c}
	c.lane.bucket(priority).contacts.push(c)
	c.lane.waiting++
	x.contacts[id] = c
	x.setAlarm(c, since)
}

func (x *Index) newContact() *contact {
	if n := len(x.spare); n > 0 {
		c := x.spare[n-1]
		x.spare = x.spare[:n-1]
		return c
	}
	return &contact{}
}

// Leave says that a contact waits no more.
func (x *Index) Leave(id tandem.ID) {
	c := x.contacts[id]
	if c == nil {
		return
	}
	delete(x.contacts, id)
	if c.alarm.pos >= 0 {
		x.alarms.remove(&c.alarm)
	}
	c.lane.waiting--
	c.lane.leave(c)
	x.spare = append(x.spare, c)
}

// Waiting reports whether a contact waits.
func (x *Index) Waiting(id tandem.ID) bool { return x.contacts[id] != nil }

// bucket finds or makes the place of a priority.
func (l *lane) bucket(priority int64) *bucket {
	i, found := slices.BinarySearchFunc(l.buckets, priority, func(b bucket, p int64) int {
		switch {
		case b.priority < p:
			return -1
		case b.priority > p:
			return 1
		}
		return 0
	})
	if !found {
		l.buckets = slices.Insert(l.buckets, i, bucket{priority, &heap[*contact]{}})
	}
	return &l.buckets[i]
}

func (l *lane) leave(c *contact) {
	b := l.bucket(c.priority)
	b.contacts.remove(c)
	if b.contacts.len() == 0 && len(l.buckets) > keptBuckets {
		l.buckets = slices.DeleteFunc(l.buckets, func(b bucket) bool { return b.priority == c.priority })
	}
}

func (x *Index) profile(id tandem.ID) *profile {
	p := x.profiles[id]
	if p == nil {
		p = &profile{id: id}
		x.profiles[id] = p
	}
	return p
}

func (x *Index) lane(k laneKey) *lane {
	l := x.lanes[k]
	if l == nil {
		l = &lane{key: k}
		x.lanes[k] = l
	}
	return l
}
