package route

import (
	"testing"

	"tandem"
	"tandem/event"
)

func TestPositionCountsBetterPrioritiesThenLongerWaits(t *testing.T) {
	x := New()
	order := []struct {
		priority int64
		since    tandem.Time
	}{{1, 900}, {5, 100}, {5, 200}, {9, 50}}
	for n, o := range order {
		x.Wait(id("contact", n), sales, event.Voice, o.priority, o.since)
	}
	x.Wait(id("task", 1), sales, event.Task, 1, 0)     // another channel
	x.Wait(id("other", 1), support, event.Voice, 1, 0) // another queue
	for n := range order {
		if ahead, ok := x.Position(id("contact", n)); !ok || ahead != n {
			t.Errorf("%d are ahead of contact %d", ahead, n)
		}
	}
	x.Leave(id("contact", 1))
	if ahead, _ := x.Position(id("contact", 3)); ahead != 2 {
		t.Errorf("%d are ahead after one has left", ahead)
	}
	if _, ok := x.Position(id("contact", 1)); ok {
		t.Error("a contact that does not wait has no position")
	}
}

func TestOldestLooksAtAllPriorities(t *testing.T) {
	x := New()
	if _, ok := x.Oldest(sales, event.Voice); ok {
		t.Fatal("nobody waits")
	}
	x.Wait(id("contact", 1), sales, event.Voice, 1, 900)
	x.Wait(id("contact", 2), sales, event.Voice, 9, 400)
	x.Wait(id("contact", 3), sales, event.Chat, 1, 100)
	if since, ok := x.Oldest(sales, event.Voice); !ok || since != 400 {
		t.Fatalf("oldest since %d, want 400", since)
	}
	if _, ok := x.Oldest(sales, event.Task); ok {
		t.Fatal("no task waits")
	}
}

func TestWaitingInCountsOneQueueAndChannel(t *testing.T) {
	x := New()
	for n := range 5 {
		x.Wait(id("contact", n), sales, event.Voice, int64(n), 0)
	}
	x.Wait(id("contact", 5), sales, event.Chat, 1, 0)
	x.Wait(id("contact", 4), support, event.Voice, 1, 0)
	if a, b, c := x.WaitingIn(sales, event.Voice), x.WaitingIn(support, event.Voice), x.WaitingIn(id("queue", 9), event.Voice); a != 4 || b != 1 || c != 0 {
		t.Fatalf("%d, %d and %d wait, want 4, 1 and 0", a, b, c)
	}
}

func TestContactMadeOlderGoesFirst(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 30)})
	x.SetIdle(agent, first, event.Voice, 0)
	x.Wait(id("contact", 1), sales, event.Voice, 5, 100_000)
	x.Wait(id("contact", 2), sales, event.Voice, 5, 110_000)
	x.Wait(id("contact", 2), sales, event.Voice, 5, 70_000) // 40 s older
	if ahead, _ := x.Position(id("contact", 1)); ahead != 1 {
		t.Fatal("contact 2 is ahead now")
	}
	if got, ok := x.PickContact(agent, 110_000); !ok || got.Contact != id("contact", 2) {
		t.Fatal("contact 2 is old enough for the delay")
	}
}

// Without a delay even a contact made younger than new is taken.
func TestContactMadeYoungerIsTakenStill(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetIdle(agent, first, event.Voice, 0)
	x.Wait(id("contact", 1), sales, event.Voice, 5, 99_000)
	if got, ok := x.PickContact(agent, 1_000); !ok || got.Contact != id("contact", 1) {
		t.Fatal("the agent takes it")
	}
	if got, ok := x.PickAgent(id("contact", 1), 1_000); !ok || got != agent {
		t.Fatal("it goes to the agent")
	}
}

func TestContactMovedToAnotherQueueLeavesTheFirst(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetIdle(agent, first, event.Voice, 0)
	x.Wait(id("contact", 1), sales, event.Voice, 5, 100)
	x.Wait(id("contact", 1), support, event.Voice, 5, 100)
	if _, ok := x.PickContact(agent, 500); ok {
		t.Fatal("nobody serves support")
	}
	if _, ok := x.Oldest(sales, event.Voice); ok {
		t.Fatal("nobody waits for sales")
	}
}

// An agent with capacity left stays idle, and counts as available since the
// latest contact.
func TestAgentWithCapacityLeftIsLastInTurn(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{{QueueID: sales, Channel: event.Chat, Priority: 1}})
	agents := []tandem.ID{id("agent", 0), id("agent", 1), id("agent", 2)}
	for n, a := range agents {
		x.SetIdle(a, first, event.Chat, tandem.Time(n))
	}
	for n := range 9 {
		x.Wait(id("contact", n), sales, event.Chat, 5, 500)
		got, ok := x.PickAgent(id("contact", n), 1000)
		if !ok || got != agents[n%3] {
			t.Fatalf("chat %d goes to agent %d, the agents take turns", n, n%3)
		}
		x.Leave(id("contact", n))
		x.SetIdle(got, first, event.Chat, tandem.Time(1000+n))
	}
}

func TestChangedProfileFindsIdleAgentsAndWaitingContacts(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetIdle(agent, first, event.Voice, 0)
	x.Wait(id("contact", 1), sales, event.Voice, 5, 100)
	x.Wait(id("contact", 2), support, event.Voice, 5, 200)
	for _, step := range []struct {
		entries []event.RoutingEntry
		want    tandem.ID
	}{
		{nil, tandem.ID{}},
		{[]event.RoutingEntry{entry(sales, 1, 0)}, id("contact", 1)},
		{[]event.RoutingEntry{entry(sales, 2, 0), entry(support, 1, 0)}, id("contact", 2)},
		{[]event.RoutingEntry{entry(sales, 1, 60)}, tandem.ID{}},
		{nil, tandem.ID{}},
	} {
		x.SetProfile(first, step.entries)
		got, _ := x.PickContact(agent, 1000)
		back, _ := x.PickAgent(got.Contact, 1000)
		if got.Contact != step.want || step.want.IsZero() != back.IsZero() {
			t.Fatalf("with %v: contact %v to agent %v", step.entries, got.Contact, back)
		}
	}
}
