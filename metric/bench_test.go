package metric

import (
	"testing"

	"tandem"
	"tandem/event"
)

// BenchmarkContact is what one contact costs: into the queue, ringing at an
// agent, connected, in after contact work, and gone.
func BenchmarkContact(b *testing.B) {
	l := salesOnly()
	ids := make([]tandem.ID, 1000)
	for n := range ids {
		ids[n] = id("thing", n)
		l.SetAgent(ids[n], in(event.Routable, Slots{}))
		l.SetContact(ids[n], Contact{QueueID: sales, Channel: event.Voice, EnqueuedAt: tandem.Time(n)})
	}
	states := []Agent{in(event.Routable, ringing), in(event.Routable, talking), in(event.Routable, wrapping), in(event.Routable, Slots{})}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		one := ids[n%len(ids)]
		l.RemoveContact(one)
		for _, s := range states {
			l.SetAgent(one, s)
		}
		l.SetContact(one, Contact{QueueID: sales, Channel: event.Voice, EnqueuedAt: tandem.Time(1000 + n)})
	}
}

// BenchmarkQueue reads a queue that 2,000 routing profiles serve.
func BenchmarkQueue(b *testing.B) {
	l := New()
	for n := range 2000 {
		l.SetProfile(id("profile", n), []event.RoutingEntry{serves(sales, event.Voice)})
		a := in(event.Routable, Slots{})
		a.ProfileID = id("profile", n)
		l.SetAgent(id("agent", n), a)
	}
	b.ReportAllocs()
	for b.Loop() {
		if l.Queue(sales, 0, 0).AgentsAvailable.N != 2000 {
			b.Fatal("2,000 agents are available")
		}
	}
}

func TestSettingAndReadingAllocateNothing(t *testing.T) {
	l := salesOnly()
	agentID, contactID := id("agent", 1), id("contact", 1)
	waits := &Waits{}
	cycle := func() {
		l.SetAgent(agentID, in(event.Routable, talking))
		l.SetContact(contactID, Contact{QueueID: sales, Channel: event.Voice, EnqueuedAt: 5})
		waits.Dequeued(event.Voice, 5, 5)
		_ = l.Queue(sales, 0, 9)
		_ = l.Position(contactID)
		_ = l.EstimatedWait(sales, event.Voice, waits, 3, 9)
		l.RemoveContact(contactID)
		l.SetAgent(agentID, in(event.Routable, Slots{}))
	}
	cycle()
	if n := testing.AllocsPerRun(100, cycle); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
