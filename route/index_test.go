package route

import (
	"math/rand"
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

func TestEmptyPrioritiesAreForgotten(t *testing.T) {
	x := New()
	for n := range 1000 {
		x.Wait(id("contact", 1), sales, event.Voice, int64(n), 0)
	}
	if n := len(x.lanes[laneKey{sales, event.Voice}].buckets); n > keptBuckets+1 {
		t.Errorf("%d priorities are kept for one contact", n)
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

// TestExplainAgreesWithThePick lets random changes happen and asks why.
func TestExplainAgreesWithThePick(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	x, n := New(), &naive{map[tandem.ID][]event.RoutingEntry{}, map[tandem.ID]*naiveAgent{}, map[tandem.ID]*naiveContact{}}
	for step := range 2000 {
		now := tandem.Time(step * 50)
		change(rnd, x, n, now)
		for cid := range n.contacts {
			best, found := x.PickAgent(cid, now)
			chosen := 0
			for _, c := range x.Explain(cid, now) {
				if c.Verdict.String() == "" {
					t.Fatalf("verdict %d has no text", c.Verdict)
				}
				if c.Verdict == Chosen {
					chosen++
					if c.AgentID != best {
						t.Fatalf("step %d: explained %s, picked %s", step, c.AgentID, best)
					}
				}
			}
			if found != (chosen == 1) {
				t.Fatalf("step %d: %d chosen, picked: %v", step, chosen, found)
			}
		}
	}
}
