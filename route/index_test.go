package route

import (
	"testing"

	"tandem"
	"tandem/event"
)

func task(queue tandem.ID, priority uint8) event.RoutingEntry {
	return event.RoutingEntry{QueueID: queue, Channel: event.Task, Priority: priority}
}

func TestAgentIdleInTwoChannelsTakesTheBetterEntry(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 2, 0), task(sales, 1)})
	x.SetIdle(agent, first, event.Voice, 0)
	x.SetIdle(agent, first, event.Task, 0)
	x.Wait(id("call", 1), sales, event.Voice, 1, 100)
	x.Wait(id("task", 1), sales, event.Task, 5, 900)
	if got, _ := x.PickContact(agent, 1000); got.Contact != id("task", 1) || got.Entry.Channel != event.Task {
		t.Fatal("tasks have the better priority in the profile")
	}
	x.SetBusy(agent, event.Task)
	if got, _ := x.PickContact(agent, 1000); got.Contact != id("call", 1) {
		t.Fatal("busy with tasks, the agent takes the call")
	}
	x.SetBusy(agent, event.Voice)
	if _, ok := x.PickContact(agent, 1000); ok || x.Idle(agent) {
		t.Fatal("the agent is busy")
	}
}

func TestAgentMovesBackWhenAvailableLater(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.Wait(id("contact", 1), sales, event.Voice, 5, 0)
	x.SetIdle(id("agent", 1), first, event.Voice, 100)
	x.SetIdle(id("agent", 2), first, event.Voice, 200)
	x.SetIdle(id("agent", 1), first, event.Voice, 300)
	if got, _ := x.PickAgent(id("contact", 1), 400); got != id("agent", 2) {
		t.Fatal("agent 2 is available longer now")
	}
	if since, ok := x.IdleIn(id("agent", 1), event.Voice); !ok || since != 300 {
		t.Fatalf("available since %d", since)
	}
	if _, ok := x.IdleIn(id("agent", 1), event.Chat); ok {
		t.Fatal("not idle for chats")
	}
	if _, ok := x.IdleIn(id("agent", 9), event.Voice); ok {
		t.Fatal("nobody knows agent 9")
	}
}

func TestAgentUnderAnotherProfileServesItsQueues(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetProfile(second, []event.RoutingEntry{entry(support, 1, 0)})
	x.Wait(id("contact", 1), sales, event.Voice, 5, 0)
	x.Wait(id("contact", 2), support, event.Voice, 5, 0)
	x.SetIdle(agent, first, event.Voice, 0)
	x.SetIdle(agent, first, event.Task, 0)
	x.SetIdle(agent, second, event.Voice, 0)
	if got, _ := x.PickContact(agent, 0); got.Contact != id("contact", 2) {
		t.Fatal("the agent serves support now")
	}
	if _, ok := x.PickAgent(id("contact", 1), 0); ok {
		t.Fatal("nobody serves sales")
	}
	if _, ok := x.IdleIn(agent, event.Task); ok {
		t.Fatal("under the new profile the agent is idle for calls only")
	}
}

func TestContactThatWaitsAlreadyIsMoved(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetIdle(agent, first, event.Voice, 0)
	x.Wait(id("contact", 1), sales, event.Voice, 5, 100)
	x.Wait(id("contact", 2), sales, event.Voice, 5, 200)
	x.Wait(id("contact", 1), sales, event.Voice, 9, 100)
	if got, _ := x.PickContact(agent, 500); got.Contact != id("contact", 2) {
		t.Fatal("contact 1 has a worse priority now")
	}
	x.Leave(id("contact", 2))
	x.Leave(id("contact", 2))
	if got, _ := x.PickContact(agent, 500); got.Contact != id("contact", 1) || x.Waiting(id("contact", 2)) {
		t.Fatal("contact 1 is the only one")
	}
}

func TestEachDelayRingsInTurn(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 10)})
	x.SetProfile(second, []event.RoutingEntry{entry(sales, 1, 30)})
	x.SetProfile(id("profile", 3), []event.RoutingEntry{entry(sales, 1, 10)})
	x.SetProfile(id("profile", 4), []event.RoutingEntry{entry(sales, 1, 0)})
	x.Wait(id("contact", 1), sales, event.Voice, 5, 0)
	x.Wait(id("contact", 2), sales, event.Voice, 5, 5_000)
	for _, want := range []struct {
		due     tandem.Time
		contact int
	}{{10_000, 1}, {15_000, 2}, {30_000, 1}, {35_000, 2}} {
		due, ok := x.NextDue()
		if !ok || due != want.due {
			t.Fatalf("due %d, want %d", due, want.due)
		}
		if got, ok := x.TakeDue(due); !ok || got != id("contact", want.contact) {
			t.Fatalf("at %d contact %d should ring", due, want.contact)
		}
	}
	if _, ok := x.NextDue(); ok {
		t.Fatal("no delay is left")
	}
}

// A queue with more profiles than a scan looks at follows the same rules.
func TestDelaysOfManyProfilesAreRespected(t *testing.T) {
	const many = 2 * maxScanned
	x := New()
	for n := range many {
		x.SetProfile(id("profile", n), []event.RoutingEntry{entry(sales, 1, uint16(n))})
		x.SetIdle(id("agent", n), id("profile", n), event.Voice, tandem.Time(1000-n))
	}
	x.Wait(id("contact", 1), sales, event.Voice, 5, 0)
	for n := range many {
		if got, ok := x.PickAgent(id("contact", 1), tandem.Time(n*1000)); !ok || got != id("agent", n) {
			t.Fatalf("after %d s, agent %d is the one available longest whose delay is over", n, n)
		}
		if due, ok := x.NextDue(); !ok || due != tandem.Time(max(1, n)*1000) {
			t.Fatalf("after %d s: due %d %v", n, due, ok)
		}
		if n > 0 {
			x.TakeDue(tandem.Time(n * 1000))
		}
	}
	x.SetBusy(id("agent", many-1), event.Voice)
	if got, _ := x.PickAgent(id("contact", 1), many*1000); got != id("agent", many-2) {
		t.Fatal("the next one is available longest now")
	}
	for n := 16; n < many; n++ { // few enough to be looked at one by one
		x.SetProfile(id("profile", n), nil)
	}
	if got, _ := x.PickAgent(id("contact", 1), many*1000); got != id("agent", 15) {
		t.Fatal("of few profiles left, agent 15 is available longest")
	}
}

func TestLateTickRingsOnceForAllDelaysThatPassed(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 10)})
	x.SetProfile(second, []event.RoutingEntry{entry(sales, 1, 30)})
	x.Wait(id("contact", 1), sales, event.Voice, 5, 0)
	if _, ok := x.TakeDue(60_000); !ok {
		t.Fatal("both delays are over")
	}
	if _, ok := x.TakeDue(60_000); ok {
		t.Fatal("it rings once")
	}
}

func TestContactThatLeftDoesNotRing(t *testing.T) {
	x := New()
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 10)})
	x.Wait(id("contact", 1), sales, event.Voice, 5, 0)
	x.Leave(id("contact", 1))
	if _, ok := x.NextDue(); ok {
		t.Fatal("nobody waits")
	}
}

func TestStrangersAreNeverPicked(t *testing.T) {
	x := New()
	if _, ok := x.PickAgent(id("contact", 1), 0); ok {
		t.Error("the contact does not wait")
	}
	if _, _, ok := x.Pair(id("agent", 1), 0); ok {
		t.Error("nobody knows the agent")
	}
	x.SetBusy(id("agent", 1), event.Voice)
	x.RemoveAgent(id("agent", 1))
	x.Leave(id("contact", 1))
}
