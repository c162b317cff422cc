package route

import (
	"fmt"
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
