package route

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"tandem"
	"tandem/event"
)

func id(kind string, n int) tandem.ID { return tandem.NameID(kind, fmt.Sprint(n)) }

var (
	sales   = id("queue", 1)
	support = id("queue", 2)
	first   = id("profile", 1)
	second  = id("profile", 2)
)

func entry(queue tandem.ID, priority uint8, delay uint16) event.RoutingEntry {
	return event.RoutingEntry{QueueID: queue, Channel: event.Voice, Priority: priority, DelaySeconds: delay}
}

func TestContactGoesToTheAgentAvailableLongest(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetProfile(second, []event.RoutingEntry{entry(sales, 9, 0)})
	x.SetIdle(id("agent", 1), first, event.Voice, 200)
	x.SetIdle(id("agent", 2), second, event.Voice, 100)
	x.SetIdle(id("agent", 3), second, event.Task, 50) // another channel
	x.Wait(id("contact", 1), sales, event.Voice, 5, 300)
	if got, ok := x.PickAgent(id("contact", 1), 300); !ok || got != id("agent", 2) {
		t.Fatalf("got %v %v, want agent 2: the priority of the profile does not matter to a contact", got, ok)
	}
	x.SetBusy(id("agent", 2), event.Voice)
	if got, _ := x.PickAgent(id("contact", 1), 300); got != id("agent", 1) {
		t.Fatal("agent 1 is next")
	}
}

func TestAgentsAvailableEquallyLongGoByID(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	agents := []tandem.ID{id("agent", 1), id("agent", 2), id("agent", 3)}
	for _, a := range agents {
		x.SetIdle(a, first, event.Voice, 100)
	}
	slices.SortFunc(agents, tandem.ID.Compare)
	x.Wait(id("contact", 1), sales, event.Voice, 5, 100)
	if got, _ := x.PickAgent(id("contact", 1), 100); got != agents[0] {
		t.Fatal("the lowest id is first")
	}
}

func TestAgentTakesProfilePriorityThenContactPriorityThenOldest(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 2, 0), entry(support, 1, 0)})
	agent := id("agent", 1)
	x.SetIdle(agent, first, event.Voice, 0)
	order := []struct {
		n        int
		queue    tandem.ID
		priority int64
		since    tandem.Time
	}{
		{1, support, 5, 900}, // the queue is better, though the contact is the youngest
		{2, sales, 1, 800},   // then the contact's own priority
		{3, sales, 5, 100},   // then the oldest
		{4, sales, 5, 200},
	}
	for _, o := range slices.Backward(order) {
		x.Wait(id("contact", o.n), o.queue, event.Voice, o.priority, o.since)
	}
	for _, o := range order {
		got, ok := x.PickContact(agent, 1000)
		if !ok || got.Contact != id("contact", o.n) {
			t.Fatalf("contact %d should be next", o.n)
		}
		x.Leave(got.Contact)
	}
	if _, ok := x.PickContact(agent, 1000); ok {
		t.Fatal("nobody waits any more")
	}
}

// SIM-S8
func TestNoPickBeforeTheDelay(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 30)})
	agent, contact := id("agent", 1), id("contact", 1)
	x.SetIdle(agent, first, event.Voice, 0)
	x.Wait(contact, sales, event.Voice, 5, 1000)
	if due, ok := x.NextDue(); !ok || due != 31_000 {
		t.Fatalf("due at %d %v, want 31000", due, ok)
	}
	for now, want := range map[tandem.Time]bool{30_999: false, 31_000: true} {
		if _, ok := x.PickAgent(contact, now); ok != want {
			t.Errorf("pick an agent at %d: %v", now, ok)
		}
		if _, ok := x.PickContact(agent, now); ok != want {
			t.Errorf("pick a contact at %d: %v", now, ok)
		}
	}
	if _, ok := x.TakeDue(30_999); ok {
		t.Error("due too early")
	}
	if got, ok := x.TakeDue(31_000); !ok || got != contact {
		t.Error("not due at its delay")
	}
	if _, ok := x.NextDue(); ok {
		t.Error("no further delay is left")
	}
}

func TestYoungContactOfBetterPriorityDoesNotHideAnOldOne(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 30)})
	x.SetIdle(id("agent", 1), first, event.Voice, 0)
	x.Wait(id("contact", 1), sales, event.Voice, 1, 29_000)
	x.Wait(id("contact", 2), sales, event.Voice, 5, 0)
	if got, ok := x.PickContact(id("agent", 1), 30_000); !ok || got.Contact != id("contact", 2) {
		t.Fatal("only contact 2 is old enough")
	}
}

func TestPairIsBothSidesFirstChoice(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetProfile(second, []event.RoutingEntry{entry(sales, 2, 0), entry(support, 1, 0)})
	x.SetIdle(id("agent", 1), first, event.Voice, 500)
	x.SetIdle(id("agent", 2), second, event.Voice, 100)
	x.Wait(id("contact", 1), sales, event.Voice, 5, 600)
	x.Wait(id("contact", 2), support, event.Voice, 5, 700)
	// Agent 1 wants contact 1, which prefers agent 2, who prefers contact 2.
	a, pick, ok := x.Pair(id("agent", 1), 1000)
	if !ok || a != id("agent", 2) || pick.Contact != id("contact", 2) || pick.Entry.Priority != 1 {
		t.Fatalf("got %v %v", a, pick)
	}
}

func TestChangedProfileMovesAlarms(t *testing.T) {
	x := New()
	x.Wait(id("contact", 1), sales, event.Voice, 5, 1000)
	if _, ok := x.NextDue(); ok {
		t.Fatal("no profile, no delay")
	}
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 10), entry(support, 1, 20)})
	if due, _ := x.NextDue(); due != 11_000 {
		t.Fatalf("due %d", due)
	}
	x.SetProfile(first, nil)
	if _, ok := x.NextDue(); ok {
		t.Fatal("the delay is gone with the profile")
	}
}

func TestExplainSaysWhyNot(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetProfile(second, []event.RoutingEntry{entry(sales, 1, 60)})
	third := id("profile", 3)
	for n, profile := range []tandem.ID{first, first, second, third, first} {
		x.SetIdle(id("agent", n), profile, event.Voice, tandem.Time(100+n))
	}
	x.SetBusy(id("agent", 4), event.Voice)
	x.Wait(id("contact", 1), sales, event.Voice, 5, 1000)
	want := []Verdict{Chosen, AvailableLater, DelayNotReached, NotServed, NotIdle}
	for n, c := range x.Explain(id("contact", 1), 1000) {
		if c.AgentID != id("agent", n) || c.Verdict != want[n] {
			t.Errorf("place %d: %v, want %v", n, c.Verdict, want[n])
		}
	}
	if x.Explain(id("contact", 2), 1000) != nil {
		t.Error("a contact that does not wait has no candidates")
	}
}

// naive is the same matcher as a scan over everything.
type naive struct {
	profiles map[tandem.ID][]event.RoutingEntry
	agents   map[tandem.ID]*naiveAgent
	contacts map[tandem.ID]*naiveContact
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

func (n *naive) entry(a *naiveAgent, c *naiveContact, now tandem.Time) (event.RoutingEntry, bool) {
	if _, idle := a.idle[c.channel]; !idle {
		return event.RoutingEntry{}, false
	}
	for _, e := range n.profiles[a.profile] {
		if e.QueueID == c.queue && e.Channel == c.channel {
			return e, c.since.AddSeconds(int64(e.DelaySeconds)) <= now
		}
	}
	return event.RoutingEntry{}, false
}

func (n *naive) pickAgent(c *naiveContact, now tandem.Time) (best tandem.ID, found bool) {
	var since tandem.Time
	for aid, a := range n.agents {
		if _, ok := n.entry(a, c, now); !ok {
			continue
		}
		t := a.idle[c.channel]
		if !found || t < since || t == since && aid.Compare(best) < 0 {
			best, since, found = aid, t, true
		}
	}
	return best, found
}

func (n *naive) pickContact(a *naiveAgent, now tandem.Time) (best tandem.ID, found bool) {
	type rank struct {
		profile, own int64
		since        tandem.Time
		id           tandem.ID
	}
	var top rank
	for cid, c := range n.contacts {
		e, ok := n.entry(a, c, now)
		if !ok {
			continue
		}
		r := rank{int64(e.Priority), c.priority, c.since, cid}
		better := r.profile < top.profile || r.profile == top.profile && (r.own < top.own ||
			r.own == top.own && (r.since < top.since || r.since == top.since && r.id.Compare(top.id) < 0))
		if !found || better {
			top, found = r, true
		}
	}
	return top.id, found
}

// SIM-S6, SIM-S7
func TestMatcherAgreesWithANaiveScan(t *testing.T) {
	for seed := range int64(30) {
		rnd := rand.New(rand.NewSource(seed))
		x, n := New(), &naive{map[tandem.ID][]event.RoutingEntry{}, map[tandem.ID]*naiveAgent{}, map[tandem.ID]*naiveContact{}}
		for step := range 1500 {
			now := tandem.Time(step * 50)
			change(rnd, x, n, now)
			for cid, c := range n.contacts {
				want, found := n.pickAgent(c, now)
				if got, ok := x.PickAgent(cid, now); ok != found || got != want {
					t.Fatalf("seed %d step %d: agent %v %v, want %v %v", seed, step, got, ok, want, found)
				}
			}
			for aid, a := range n.agents {
				want, found := n.pickContact(a, now)
				if got, ok := x.PickContact(aid, now); ok != found || got.Contact != want {
					t.Fatalf("seed %d step %d: contact %v %v, want %v %v", seed, step, got, ok, want, found)
				}
			}
		}
	}
}

// change makes one random change to both matchers.
func change(rnd *rand.Rand, x *Index, n *naive, now tandem.Time) {
	channel := event.Channel(1 + rnd.Intn(3))
	switch aid, cid := id("agent", rnd.Intn(8)), id("contact", rnd.Intn(12)); rnd.Intn(8) {
	case 0:
		var entries []event.RoutingEntry
		for q := range 4 {
			if rnd.Intn(2) == 0 {
				entries = append(entries, event.RoutingEntry{QueueID: id("queue", q), Channel: channel,
					Priority: uint8(1 + rnd.Intn(3)), DelaySeconds: uint16(rnd.Intn(3) * 5)})
			}
		}
		pid := id("profile", rnd.Intn(3))
		x.SetProfile(pid, entries)
		n.profiles[pid] = entries
	case 1, 2, 3:
		a := n.agents[aid]
		profile := id("profile", rnd.Intn(3))
		if a == nil || a.profile != profile {
			a = &naiveAgent{profile, map[event.Channel]tandem.Time{}}
			n.agents[aid] = a
		}
		since := now - tandem.Time(rnd.Intn(3)*100)
		a.idle[channel] = since
		x.SetIdle(aid, profile, channel, since)
	case 4:
		x.SetBusy(aid, channel)
		if a := n.agents[aid]; a != nil {
			delete(a.idle, channel)
		}
	case 5, 6:
		c := &naiveContact{id("queue", rnd.Intn(4)), channel, int64(1 + rnd.Intn(12)), now - tandem.Time(rnd.Intn(3)*1000)}
		n.contacts[cid] = c
		x.Wait(cid, c.queue, c.channel, c.priority, c.since)
	case 7:
		x.Leave(cid)
		delete(n.contacts, cid)
	}
}

func TestRemovedAgentIsNeverPicked(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetIdle(id("agent", 1), first, event.Voice, 100)
	x.RemoveAgent(id("agent", 1))
	x.Wait(id("contact", 1), sales, event.Voice, 5, 0)
	if _, ok := x.PickAgent(id("contact", 1), 200); ok || x.Idle(id("agent", 1)) {
		t.Fatal("the agent is gone")
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	x, agents, contacts := busyIndex(100, 10)
	cycle(x, agents, contacts, 0)
	n := 0
	if got := testing.AllocsPerRun(200, func() { n++; cycle(x, agents, contacts, n) }); got > 0 {
		t.Errorf("%g allocations per cycle", got)
	}
}

// busyIndex has agents idle over some queues and profiles.
func busyIndex(agents, queues int) (x *Index, agentIDs, contactIDs []tandem.ID) {
	x = New()
	for p := range queues {
		var entries []event.RoutingEntry
		for q := range min(queues, 10) {
			entries = append(entries, entry(id("queue", (p+q)%queues), uint8(1+q%3), 0))
		}
		x.SetProfile(id("profile", p), entries)
	}
	for n := range agents {
		agentIDs = append(agentIDs, id("agent", n))
		contactIDs = append(contactIDs, id("contact", n))
		x.SetIdle(agentIDs[n], id("profile", n%queues), event.Voice, tandem.Time(n))
	}
	return x, agentIDs, contactIDs
}

// cycle lets one contact arrive and be offered, and its agent become idle again.
func cycle(x *Index, agents, contacts []tandem.ID, n int) {
	c := contacts[n%len(contacts)]
	now := tandem.Time(1_000_000 + n)
	x.Wait(c, queueIDs[n%10], event.Voice, 5, now)
	if a, ok := x.PickAgent(c, now); ok {
		x.Leave(c)
		x.SetBusy(a, event.Voice)
		x.SetIdle(a, x.agents[a].profile.id, event.Voice, now)
	}
}

var queueIDs = func() (ids []tandem.ID) {
	for n := range 10 {
		ids = append(ids, id("queue", n))
	}
	return ids
}()

func BenchmarkCycle(b *testing.B) {
	for _, size := range []struct{ agents, queues int }{{1_000, 100}, {10_000, 1_000}} {
		b.Run(fmt.Sprintf("agents=%d", size.agents), func(b *testing.B) {
			x, agents, contacts := busyIndex(size.agents, size.queues)
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				cycle(x, agents, contacts, n)
			}
		})
	}
}
