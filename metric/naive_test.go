package metric

import (
	"math/rand"
	"slices"
	"testing"

	"tandem"
	"tandem/event"
)

// naive remembers what was told, and counts everything anew for each question.
type naive struct {
	agents   map[tandem.ID]Agent
	profiles map[tandem.ID][]event.RoutingEntry
	contacts map[tandem.ID]Contact
}

func newNaive() *naive {
	return &naive{map[tandem.ID]Agent{}, map[tandem.ID][]event.RoutingEntry{}, map[tandem.ID]Contact{}}
}

var allChannels = []event.Channel{event.Voice, event.Chat, event.Task}

func (n *naive) serves(profileID tandem.ID, queues []tandem.ID, in []event.Channel) bool {
	return slices.ContainsFunc(n.profiles[profileID], func(e event.RoutingEntry) bool {
		return slices.Contains(queues, e.QueueID) && slices.Contains(in, e.Channel)
	})
}

func (n *naive) figures(agent func(tandem.ID, Agent) bool, contact func(Contact) bool, in []event.Channel, now tandem.Time) Figures {
	var agents []Agent
	for aid, a := range n.agents {
		if agent(aid, a) {
			agents = append(agents, a)
		}
	}
	var oldest Value
	var inQueue, scheduled int64
	for _, c := range n.contacts {
		switch {
		case !contact(c):
		case c.Scheduled:
			scheduled++
		default:
			inQueue++
			oldest = Value{true, max(oldest.N, now.Sub(c.EnqueuedAt), 0)}
		}
	}
	total := func(of func(Agent) int) Value {
		var sum int64
		for _, a := range agents {
			sum += int64(of(a))
		}
		return Value{true, sum}
	}
	count := func(is func(Agent) bool) Value {
		return total(func(a Agent) int {
			if is(a) {
				return 1
			}
			return 0
		})
	}
	f := Figures{
		ContactsInQueue:        Value{true, inQueue},
		OldestContactAgeMillis: oldest,
		ContactsScheduled:      Value{true, scheduled},
		AgentsOnline:           count(func(a Agent) bool { return a.Status != event.Offline && a.Status != 0 }),
		AgentsAvailable: count(func(a Agent) bool {
			return a.Status == event.Routable && !a.NextStatus && busyWith(a, allChannels, ringingOf, handlingOf, wrapUpOf, missedOf) == 0
		}),
		AgentsStaffed:          count(func(a Agent) bool { return a.Status == event.Routable }),
		AgentsOnContact:        count(func(a Agent) bool { return busyWith(a, allChannels, handlingOf, wrapUpOf) > 0 }),
		AgentsAfterContactWork: count(func(a Agent) bool { return busyWith(a, allChannels, wrapUpOf) > 0 }),
		AgentsMissed:           count(func(a Agent) bool { return busyWith(a, allChannels, missedOf) > 0 }),
		AgentsNonProductive:    count(func(a Agent) bool { return a.Status == event.Custom }),

		ContactsAfterContactWork: total(func(a Agent) int { return busyWith(a, in, wrapUpOf) }),
		SlotsActive:              total(func(a Agent) int { return busyWith(a, in, handlingOf, wrapUpOf) }),
		SlotsAvailable:           total(func(a Agent) int { return freeSlots(a, in) }),
	}
	if inQueue == 0 && scheduled == 0 && f.AgentsOnline.N == 0 && f.AgentsOnContact.N == 0 {
		return Figures{}
	}
	return f
}

func ringingOf(s Slots) uint8  { return s.Ringing }
func handlingOf(s Slots) uint8 { return s.Handling }
func wrapUpOf(s Slots) uint8   { return s.AfterContactWork }
func missedOf(s Slots) uint8   { return s.Missed }

func busyWith(a Agent, in []event.Channel, states ...func(Slots) uint8) int {
	n := 0
	for _, ch := range in {
		for _, of := range states {
			n += int(of(a.Slots[ch]))
		}
	}
	return n
}

func freeSlots(a Agent, in []event.Channel) int {
	if a.Status != event.Routable || a.NextStatus || busyWith(a, allChannels, missedOf) > 0 {
		return 0
	}
	free := 0
	for _, ch := range in {
		here := busyWith(a, []event.Channel{ch}, ringingOf, handlingOf, wrapUpOf)
		elsewhere := busyWith(a, allChannels, ringingOf, handlingOf, wrapUpOf) - here
		if more := int(a.Slots[ch].Maximum) - here; (elsewhere == 0 || a.Slots[ch].AnyChannel) && more > 0 {
			free += more
		}
	}
	return free
}

func (n *naive) queues(queues []tandem.ID, in []event.Channel, now tandem.Time) Figures {
	return n.figures(
		func(_ tandem.ID, a Agent) bool { return n.serves(a.ProfileID, queues, in) },
		func(c Contact) bool { return slices.Contains(queues, c.QueueID) && slices.Contains(in, c.Channel) },
		in, now)
}

func (n *naive) profilesOf(profiles []tandem.ID, in []event.Channel, now tandem.Time) Figures {
	return n.figures(
		func(_ tandem.ID, a Agent) bool { return slices.Contains(profiles, a.ProfileID) },
		func(c Contact) bool {
			return slices.Contains(in, c.Channel) && slices.ContainsFunc(profiles, func(p tandem.ID) bool {
				return n.serves(p, []tandem.ID{c.QueueID}, []event.Channel{c.Channel})
			})
		}, in, now)
}

func (n *naive) agent(agentID tandem.ID, now tandem.Time) Figures {
	return n.figures(
		func(aid tandem.ID, _ Agent) bool { return aid == agentID },
		func(c Contact) bool { return c.QueueID == agentID }, allChannels, now)
}

func (n *naive) position(contactID tandem.ID) Value {
	mine, ok := n.contacts[contactID]
	if !ok || mine.Scheduled {
		return Value{}
	}
	var line []tandem.ID
	for cid, c := range n.contacts {
		if c.QueueID == mine.QueueID && c.Channel == mine.Channel && !c.Scheduled {
			line = append(line, cid)
		}
	}
	slices.SortFunc(line, func(a, b tandem.ID) int {
		x, y := n.contacts[a], n.contacts[b]
		if x.Priority != y.Priority {
			return int(x.Priority - y.Priority)
		}
		if d := x.EnqueuedAt.Add(-x.AddedAgeMillis) - y.EnqueuedAt.Add(-y.AddedAgeMillis); d != 0 {
			return int(d)
		}
		return a.Compare(b)
	})
	return known(slices.Index(line, contactID) + 1)
}

// life is a random history, told to the metrics and to the naive count.
type life struct {
	rnd  *rand.Rand
	live *Live
	all  *naive
}

func (h *life) id(kind string, n int) tandem.ID { return id(kind, h.rnd.Intn(n)) }

func (h *life) anyQueue() tandem.ID {
	if h.rnd.Intn(8) == 0 {
		return h.id("agent", 12) // an agent's own queue
	}
	return h.id("queue", 6)
}

func (h *life) act() {
	switch h.rnd.Intn(12) {
	case 0:
		pid, entries := h.id("profile", 5), []event.RoutingEntry(nil)
		for range h.rnd.Intn(8) {
			entries = append(entries, serves(h.id("queue", 6), allChannels[h.rnd.Intn(3)]))
		}
		h.live.SetProfile(pid, entries)
		h.all.profiles[pid] = entries
	case 1:
		aid := h.id("agent", 12)
		h.live.RemoveAgent(aid)
		delete(h.all.agents, aid)
	case 2, 3, 4, 5:
		aid, a := h.id("agent", 12), h.anyAgent()
		h.live.SetAgent(aid, a)
		h.all.agents[aid] = a
	case 6, 7, 8, 9:
		cid := h.id("contact", 25)
		c := Contact{h.anyQueue(), allChannels[h.rnd.Intn(3)], tandem.Time(h.rnd.Intn(20_000)), int64(h.rnd.Intn(3)),
			int64(h.rnd.Intn(3)-1) * 3000, h.rnd.Intn(4) == 0}
		h.live.SetContact(cid, c)
		h.all.contacts[cid] = c
	default:
		cid := h.id("contact", 25)
		h.live.RemoveContact(cid)
		delete(h.all.contacts, cid)
	}
}

func (h *life) anyAgent() Agent {
	a := Agent{ProfileID: h.id("profile", 5), Status: event.StatusType(h.rnd.Intn(4)), NextStatus: h.rnd.Intn(5) == 0}
	for _, ch := range allChannels {
		a.Slots[ch].Maximum, a.Slots[ch].AnyChannel = uint8(h.rnd.Intn(4)), h.rnd.Intn(3) == 0
	}
	for range h.rnd.Intn(3) {
		s := &a.Slots[allChannels[h.rnd.Intn(3)]]
		*[]*uint8{&s.Ringing, &s.Handling, &s.AfterContactWork, &s.Missed}[h.rnd.Intn(4)]++
	}
	return a
}

// compare asks both everything.
func (h *life) compare(t *testing.T, l *Live, now tandem.Time) {
	t.Helper()
	var chosen []event.Channel
	for _, ch := range allChannels {
		if h.rnd.Intn(2) == 0 {
			chosen = append(chosen, ch)
		}
	}
	spelled := chosen
	if len(chosen) == 0 {
		spelled = allChannels
	}
	same := func(what string, got, want Figures) {
		t.Helper()
		if got != want {
			t.Fatalf("%s, %v:\nlive  %+v\nnaive %+v", what, chosen, got, want)
		}
	}
	var queues, profiles []tandem.ID
	for n := range 6 {
		queueID := id("queue", n)
		same("a queue", l.Queue(queueID, Only(chosen...), now), h.all.queues([]tandem.ID{queueID}, spelled, now))
		queues = append(queues, h.id("queue", 6))
		profiles = append(profiles, h.id("profile", 5))
		same("queues", l.Read(Scope{QueueIDs: queues, Channels: Only(chosen...)}, now), h.all.queues(queues, spelled, now))
		same("profiles", l.Read(Scope{ProfileIDs: profiles, Channels: Only(chosen...)}, now), h.all.profilesOf(profiles, spelled, now))
	}
	for n := range 12 {
		same("an agent", l.Agent(id("agent", n), now), h.all.agent(id("agent", n), now))
	}
	for n := range 25 {
		if got, want := l.Position(id("contact", n)), h.all.position(id("contact", n)); got != want {
			t.Fatalf("contact %d is at %s, counted anew at %s", n, got, want)
		}
	}
}

// rebuilt is metrics of the same, told once, in another order.
func (h *life) rebuilt() *Live {
	l := New()
	for cid, c := range h.all.contacts {
		l.SetContact(cid, c)
	}
	for aid, a := range h.all.agents {
		l.SetAgent(aid, a)
	}
	for pid, entries := range h.all.profiles {
		l.SetProfile(pid, entries)
	}
	return l
}

func TestLiveMetricsAreThoseCountedAnewAndThoseRebuilt(t *testing.T) {
	for seed := range int64(8) {
		h := &life{rand.New(rand.NewSource(seed)), New(), newNaive()}
		for n := range 300 {
			h.act()
			now := tandem.Time(h.rnd.Intn(60_000))
			h.compare(t, h.live, now)
			if n%20 == 0 {
				h.compare(t, h.rebuilt(), now)
			}
		}
	}
}
