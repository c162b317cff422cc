package route

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"tandem"
	"tandem/event"
)

// naive is the same matcher as a scan over everything.
type naive struct {
	profiles map[tandem.ID][]event.RoutingEntry
	agents   map[tandem.ID]*naiveAgent
	contacts map[tandem.ID]*naiveContact
}

func newNaive() *naive {
	return &naive{map[tandem.ID][]event.RoutingEntry{}, map[tandem.ID]*naiveAgent{}, map[tandem.ID]*naiveContact{}}
}

type naiveAgent struct {
	profile tandem.ID
	idle    map[event.Channel]tandem.Time
}

type naiveContact struct {
	queue    tandem.ID
	channel  event.Channel
	priority int64
	since    tandem.Time
}

// entry is what makes the agent able to take the contact, and whether the
// agent is.
func (n *naive) entry(aid tandem.ID, c *naiveContact, now tandem.Time) (event.RoutingEntry, bool) {
	a := n.agents[aid]
	if _, idle := a.idle[c.channel]; !idle {
		return event.RoutingEntry{}, false
	}
	if n.agents[c.queue] != nil {
		return event.RoutingEntry{QueueID: aid, Channel: c.channel}, c.queue == aid
	}
	for _, e := range n.profiles[a.profile] {
		if e.QueueID == c.queue && e.Channel == c.channel {
			return e, e.DelaySeconds == 0 || c.since.AddSeconds(int64(e.DelaySeconds)) <= now
		}
	}
	return event.RoutingEntry{}, false
}

func (n *naive) pickAgent(c *naiveContact, now tandem.Time) (best tandem.ID, found bool) {
	top := nobody
	for aid, a := range n.agents {
		if _, ok := n.entry(aid, c, now); !ok {
			continue
		}
		if r := (rank{a.idle[c.channel], aid}); r.before(&top) {
			top = r
		}
	}
	return top.id, top != nobody
}

func (n *naive) pickContact(aid tandem.ID, now tandem.Time) (best Pick, found bool) {
	for cid, c := range n.contacts {
		e, ok := n.entry(aid, c, now)
		if ok && (!found || e.Priority < best.Entry.Priority || e.Priority == best.Entry.Priority && n.before(cid, best.Contact)) {
			best, found = Pick{cid, e}, true
		}
	}
	return best, found
}

// before is whether contact a is taken before contact b of the same queue.
func (n *naive) before(a, b tandem.ID) bool {
	c, d := n.contacts[a], n.contacts[b]
	if c.priority != d.priority {
		return c.priority < d.priority
	}
	r, s := rank{c.since, a}, rank{d.since, b}
	return r.before(&s)
}

func (n *naive) pair(aid tandem.ID, now tandem.Time) (tandem.ID, Pick, bool) {
	var chain []tandem.ID
	for !slices.Contains(chain, aid) {
		chain = append(chain, aid)
		pick, ok := n.pickContact(aid, now)
		if !ok {
			return tandem.ID{}, Pick{}, false
		}
		aid, _ = n.pickAgent(n.contacts[pick.Contact], now)
	}
	top, best := nobody, Pick{}
	for _, a := range chain[slices.Index(chain, aid):] {
		pick, _ := n.pickContact(a, now)
		if r := (rank{n.agents[a].idle[pick.Entry.Channel], a}); r.before(&top) {
			top, best = r, pick
		}
	}
	return top.id, best, true
}

// position counts those before a contact, and tells of its queue and channel
// how many wait, and since when.
func (n *naive) position(cid tandem.ID) (ahead, waiting int, oldest tandem.Time) {
	c := n.contacts[cid]
	oldest = c.since
	for did, d := range n.contacts {
		if d.queue != c.queue || d.channel != c.channel {
			continue
		}
		waiting++
		oldest = min(oldest, d.since)
		if n.before(did, cid) {
			ahead++
		}
	}
	return ahead, waiting, oldest
}

// both are the two matchers, and how many of what there is.
type both struct {
	*rand.Rand
	x *Index
	n *naive

	agents, profiles, queues, contacts int
	now                                tandem.Time
}

// sized makes matchers of an odd seed with many profiles and few queues, so
// that tournaments are played.
func sized(seed int64) *both {
	b := &both{Rand: rand.New(rand.NewSource(seed)), x: New(), n: newNaive(), agents: 8, profiles: 3, queues: 4, contacts: 12}
	if seed%2 == 1 {
		b.agents, b.profiles, b.queues = 30, 40, 2
		b.x.scanned = 10
	}
	return b
}

func (b *both) agent() tandem.ID { return id("agent", b.Intn(b.agents)) }

func (b *both) profile() tandem.ID { return id("profile", b.Intn(b.profiles)) }

// queue is one of the profiles' in most cases, and an agent's own otherwise.
func (b *both) queue() tandem.ID {
	if b.Intn(6) == 0 {
		return b.agent()
	}
	return id("queue", b.Intn(b.queues))
}

// change makes one random change to both matchers.
func (b *both) change() {
	channel := event.Channel(1 + b.Intn(3))
	switch b.Intn(16) {
	case 0, 1:
		b.setProfile(channel)
	case 2, 3, 4, 5, 6:
		b.setIdle(b.agent(), b.profile(), channel)
	case 7, 8:
		aid := b.agent()
		b.x.SetBusy(aid, channel)
		if a := b.n.agents[aid]; a != nil {
			delete(a.idle, channel)
		} else {
			b.n.agents[aid] = &naiveAgent{idle: map[event.Channel]tandem.Time{}}
		}
	case 9:
		aid := b.agent()
		b.x.RemoveAgent(aid)
		delete(b.n.agents, aid)
	case 10, 11:
		cid := id("contact", b.Intn(b.contacts))
		b.x.Leave(cid)
		delete(b.n.contacts, cid)
	default:
		cid := id("contact", b.Intn(b.contacts))
		c := &naiveContact{b.queue(), channel, int64(1 + b.Intn(4)), b.now - tandem.Time(b.Intn(4)*1000-1000)}
		b.n.contacts[cid] = c
		b.x.Wait(cid, c.queue, c.channel, c.priority, c.since)
	}
}

func (b *both) setProfile(ch event.Channel) {
	var entries []event.RoutingEntry
	for q := range b.queues {
		for c := event.Voice; c <= ch; c++ {
			if b.Intn(2) == 0 {
				entries = append(entries, event.RoutingEntry{QueueID: id("queue", q), Channel: c,
					Priority: uint8(1 + b.Intn(3)), DelaySeconds: uint16(b.Intn(3) * 5)})
			}
		}
	}
	if b.Intn(4) == 0 {
		entries = append(entries, event.RoutingEntry{QueueID: b.agent(), Channel: ch, Priority: 1})
	}
	pid := b.profile()
	b.x.SetProfile(pid, entries)
	b.n.profiles[pid] = entries
}

func (b *both) setIdle(aid, profile tandem.ID, ch event.Channel) {
	a := b.n.agents[aid]
	if a == nil || a.profile != profile {
		a = &naiveAgent{profile, map[event.Channel]tandem.Time{}}
		b.n.agents[aid] = a
	}
	a.idle[ch] = b.now - tandem.Time(b.Intn(3)*100)
	b.x.SetIdle(aid, profile, ch, a.idle[ch])
}

// agree compares all answers of the two.
func (b *both) agree() error {
	for cid, c := range b.n.contacts {
		want, found := b.n.pickAgent(c, b.now)
		if got, ok := b.x.PickAgent(cid, b.now); ok != found || found && got != want {
			return fmt.Errorf("agent %v %v, want %v %v", got, ok, want, found)
		}
		ahead, waiting, oldest := b.n.position(cid)
		gotAhead, _ := b.x.Position(cid)
		gotOldest, _ := b.x.Oldest(c.queue, c.channel)
		if n := b.x.WaitingIn(c.queue, c.channel); gotAhead != ahead || n != waiting || gotOldest != oldest {
			return fmt.Errorf("%d of %d ahead, oldest %d, want %d of %d, oldest %d", gotAhead, n, gotOldest, ahead, waiting, oldest)
		}
	}
	for aid := range b.n.agents {
		want, found := b.n.pickContact(aid, b.now)
		if got, ok := b.x.PickContact(aid, b.now); ok != found || got != want {
			return fmt.Errorf("contact %v %v, want %v %v", got, ok, want, found)
		}
		wantAgent, wantPick, found := b.n.pair(aid, b.now)
		if a, pick, ok := b.x.Pair(aid, b.now); ok != found || found && (a != wantAgent || pick != wantPick) {
			return fmt.Errorf("from %v: pair %v %v %v, want %v %v %v", aid, a, pick, ok, wantAgent, wantPick, found)
		}
	}
	return nil
}

// pass lets time go by, and makes sure that every contact that reached a delay
// by which an agent can take it has rung, and no sooner.
func (b *both) pass(ms int64) error {
	could := map[tandem.ID]bool{}
	for cid, c := range b.n.contacts {
		_, could[cid] = b.n.pickAgent(c, b.now)
	}
	if due, ok := b.x.NextDue(); ok && due <= b.now {
		for _, taken := b.x.TakeDue(b.now); taken; _, taken = b.x.TakeDue(b.now) {
		}
	}
	b.now = b.now.Add(ms)
	rung := map[tandem.ID]bool{}
	for cid, ok := b.x.TakeDue(b.now); ok; cid, ok = b.x.TakeDue(b.now) {
		if rung[cid] || b.n.contacts[cid] == nil {
			return fmt.Errorf("contact %v rings twice, or does not wait", cid)
		}
		rung[cid] = true
	}
	for cid, c := range b.n.contacts {
		if _, can := b.n.pickAgent(c, b.now); can && !could[cid] && !rung[cid] {
			return fmt.Errorf("contact %v can go to an agent now, but did not ring", cid)
		}
	}
	return nil
}

// SIM-S6, SIM-S7
func TestMatcherAgreesWithANaiveScan(t *testing.T) {
	for seed := range int64(20) {
		b := sized(seed)
		for step := range 800 {
			b.change()
			if err := b.agree(); err != nil {
				t.Fatalf("seed %d step %d: %v", seed, step, err)
			}
			if err := b.pass(50); err != nil {
				t.Fatalf("seed %d step %d: %v", seed, step, err)
			}
		}
	}
}

func TestExplainAgreesWithThePick(t *testing.T) {
	b := sized(1)
	for step := range 1000 {
		b.now += 50
		b.change()
		for cid, c := range b.n.contacts {
			best, found := b.n.pickAgent(c, b.now)
			var chosen []tandem.ID
			for _, a := range b.x.Explain(cid, b.now) {
				if a.Verdict.String() == "" || a.OwnQueue != (a.AgentID == c.queue) {
					t.Fatalf("step %d: said of %v: %v", step, a.AgentID, a)
				}
				if a.Verdict == Chosen {
					chosen = append(chosen, a.AgentID)
				}
			}
			if found && !slices.Equal(chosen, []tandem.ID{best}) || !found && chosen != nil {
				t.Fatalf("step %d: explained %v, picked %v %v", step, chosen, best, found)
			}
		}
	}
}
