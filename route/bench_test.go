package route

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"testing"

	"tandem"
	"tandem/event"
)

// size is how much of everything a contact center has. Each profile has so many
// entries, and the queues are served by equally many profiles.
type size struct{ agents, queues, profiles, entries int }

var sizes = []size{{1_000, 100, 20, 10}, {10_000, 1_000, 200, 25}, {100_000, 10_000, 2_000, 50}}

func (s size) String() string {
	return fmt.Sprintf("agents=%d/queues=%d/profiles=%d/entries=%d", s.agents, s.queues, s.profiles, s.entries)
}

// center is a contact center in which contacts arrive, are offered and accepted
// and end, all the time. Agents end their contacts in the order in which they
// began them; the ids of contacts are used again after a while.
type center struct {
	size
	x        *Index
	rnd      *rand.Rand
	now      tandem.Time
	queues   []tandem.ID
	agents   []tandem.ID
	profiles []tandem.ID
	contacts []tandem.ID
	arrived  int

	working      []int // numbers of agents, a ring
	ended, begun int
}

// newCenter has all agents at work, and so many contacts waiting.
func newCenter(s size, waiting int, delaySeconds uint16) *center {
	c := &center{size: s, x: New(), rnd: rand.New(rand.NewSource(1)), now: 1_000_000}
	c.queues, c.profiles = numbered("queue", s.queues), numbered("profile", s.profiles)
	c.agents, c.contacts = numbered("agent", s.agents), numbered("contact", waiting+s.agents+1)
	for p := range c.profiles {
		entries := make([]event.RoutingEntry, s.entries)
		for e := range entries {
			entries[e] = entry(c.queues[(p*s.entries+e)*7919%s.queues], uint8(1+e%3), uint16(p%2)*delaySeconds)
		}
		c.x.SetProfile(c.profiles[p], entries)
	}
	c.working = make([]int, s.agents)
	for c.begun < s.agents {
		c.working[c.begun] = c.begun
		c.begun++
	}
	for n, agent := range c.agents { // lets the index grow
		c.x.SetIdle(agent, c.profiles[n%len(c.profiles)], event.Voice, c.now)
	}
	for _, agent := range c.agents {
		c.x.SetBusy(agent, event.Voice)
	}
	for range waiting {
		c.arrive()
	}
	return c
}

// numbered makes ids that end in their number.
func numbered(kind string, n int) []tandem.ID {
	ids := make([]tandem.ID, n)
	for i := range ids {
		ids[i] = id(kind, i)
		binary.BigEndian.PutUint32(ids[i][12:], uint32(i))
	}
	return ids
}

func numberOf(id tandem.ID) int { return int(binary.BigEndian.Uint32(id[12:])) }

// arrive lets a contact arrive, and offers it if an agent is available.
func (c *center) arrive() {
	c.now++
	contact := c.contacts[c.arrived%len(c.contacts)]
	c.arrived++
	c.x.Wait(contact, c.queues[c.rnd.Intn(len(c.queues))], event.Voice, 5, c.now)
	if agent, ok := c.x.PickAgent(contact, c.now); ok {
		c.offer(agent)
	}
}

// end lets the contact end that began first, and offers its agent another one.
func (c *center) end() {
	c.now++
	n := c.working[c.ended%len(c.working)]
	c.ended++
	c.x.SetIdle(c.agents[n], c.profiles[n%len(c.profiles)], event.Voice, c.now)
	c.offer(c.agents[n])
}

func (c *center) offer(agent tandem.ID) {
	agent, pick, ok := c.x.Pair(agent, c.now)
	if !ok {
		return
	}
	c.x.SetBusy(agent, event.Voice)
	c.x.Leave(pick.Contact)
	c.working[c.begun%len(c.working)] = numberOf(agent)
	c.begun++
}

// ring offers the contacts that have reached a delay.
func (c *center) ring() {
	for contact, ok := c.x.TakeDue(c.now); ok; contact, ok = c.x.TakeDue(c.now) {
		if agent, ok := c.x.PickAgent(contact, c.now); ok {
			c.offer(agent)
		}
	}
}

// cycles measures whole cycles: one contact arrives and one ends.
func (c *center) cycles(b *testing.B) {
	begun := c.begun
	b.ReportAllocs()
	for b.Loop() {
		c.arrive()
		c.end()
		c.ring()
	}
	if n := c.begun - begun; n < b.N/2 || n > 2*b.N+c.size.agents {
		b.Fatalf("%d offers in %d cycles", n, b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cycles/s")
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, waiting := range []int{0, 1000} {
		c := newCenter(size{100, 10, 20, 5}, waiting, 1)
		cycle := func() {
			c.arrive()
			c.end()
			c.ring()
		}
		for range 5000 {
			cycle()
		}
		if got := testing.AllocsPerRun(5000, cycle); got > 0 {
			t.Errorf("with %d waiting: %g allocations per cycle", waiting, got)
		}
	}
}

// Half of the agents are available: each contact goes to one at once.
func BenchmarkAgentsWait(b *testing.B) {
	for _, s := range sizes {
		b.Run(s.String(), func(b *testing.B) {
			c := newCenter(s, 0, 0)
			for range s.agents / 2 {
				c.end()
			}
			c.cycles(b)
		})
	}
}

// All agents are at work: each that becomes available finds ten contacts for
// every agent.
func BenchmarkContactsWait(b *testing.B) {
	for _, s := range sizes {
		b.Run(s.String(), func(b *testing.B) { newCenter(s, 10*s.agents, 0).cycles(b) })
	}
}

// As BenchmarkContactsWait, but half of the profiles take contacts that are
// 30 s old only.
func BenchmarkContactsWaitForADelay(b *testing.B) {
	for _, s := range sizes {
		b.Run(s.String(), func(b *testing.B) { newCenter(s, 10*s.agents, 30).cycles(b) })
	}
}

// The cost grows no faster than the logarithm of the contacts in one queue.
func BenchmarkContactsInOneQueue(b *testing.B) {
	for _, waiting := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			newCenter(size{100, 1, 1, 1}, waiting, 0).cycles(b)
		})
	}
}

// The same with ages and priorities that flows have changed, so that contacts
// are anywhere in the queue.
func BenchmarkMovesInOneQueue(b *testing.B) {
	for _, waiting := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			c := newCenter(size{100, 1, 1, 1}, waiting, 0)
			move := func(contact tandem.ID) {
				c.x.Wait(contact, c.queues[0], event.Voice, int64(1+c.rnd.Intn(10)), tandem.Time(c.rnd.Intn(1_000_000)))
			}
			for _, contact := range c.contacts[:waiting] {
				move(contact)
			}
			b.ReportAllocs()
			for b.Loop() {
				move(c.contacts[c.rnd.Intn(waiting)])
			}
		})
	}
}

func BenchmarkPosition(b *testing.B) {
	for _, waiting := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			c := newCenter(size{100, 1, 1, 1}, waiting, 0)
			b.ReportAllocs()
			for b.Loop() {
				c.x.Position(c.contacts[c.rnd.Intn(waiting)])
			}
		})
	}
}

// One queue is served by ten thousand profiles; the delays are different.
func BenchmarkPickInAHotQueue(b *testing.B) {
	for _, delay := range []uint16{0, 30} {
		b.Run(fmt.Sprintf("profiles=10000/delay=%d", delay), func(b *testing.B) {
			c := newCenter(size{20_000, 1, 10_000, 1}, 0, delay)
			for range 10_000 {
				c.end()
			}
			contact := id("contact", -1)
			c.x.Wait(contact, c.queues[0], event.Voice, 5, c.now)
			b.ReportAllocs()
			for b.Loop() {
				c.x.PickAgent(contact, c.now)
			}
		})
	}
}

// The same in whole cycles. Where a profile serves many such queues, each must
// know when another of its agents is available longest.
func BenchmarkCyclesInHotQueues(b *testing.B) {
	for _, s := range []size{{20_000, 1, 10_000, 1}, {256, 50, 128, 50}, {512, 50, 256, 50}, {20_000, 50, 10_000, 50}} {
		b.Run(s.String(), func(b *testing.B) {
			c := newCenter(s, 0, 0)
			for range s.agents / 2 {
				c.end()
			}
			c.cycles(b)
		})
	}
}
