package route

import (
	"testing"

	"tandem"
	"tandem/event"
)

func TestOwnQueueGoesToItsAgentOnly(t *testing.T) {
	x, owner, other := New(), id("agent", 1), id("agent", 2)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.Wait(id("contact", 1), owner, event.Voice, 5, 100)
	x.SetIdle(other, first, event.Voice, 0)
	x.SetBusy(owner, event.Voice)
	if _, ok := x.PickAgent(id("contact", 1), 500); ok {
		t.Fatal("only the owner may take it, who is busy")
	}
	if _, ok := x.PickContact(other, 500); ok {
		t.Fatal("another agent takes it")
	}
	x.SetIdle(owner, first, event.Voice, 400)
	if got, ok := x.PickAgent(id("contact", 1), 500); !ok || got != owner {
		t.Fatal("it goes to the owner")
	}
	if a, pick, ok := x.Pair(owner, 500); !ok || a != owner || pick.Contact != id("contact", 1) {
		t.Fatal("the owner takes it")
	}
}

func TestOwnQueueGoesBeforeTheQueuesOfTheProfile(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetIdle(agent, first, event.Voice, 0)
	x.Wait(id("contact", 1), sales, event.Voice, 1, 100)
	x.Wait(id("contact", 2), agent, event.Voice, 9, 900)
	got, _ := x.PickContact(agent, 1000)
	if want := (event.RoutingEntry{QueueID: agent, Channel: event.Voice}); got.Contact != id("contact", 2) || got.Entry != want {
		t.Fatalf("got %v, want the contact of the own queue", got)
	}
	x.Leave(id("contact", 2))
	if got, _ := x.PickContact(agent, 1000); got.Contact != id("contact", 1) {
		t.Fatal("then the queues of the profile")
	}
}

func TestOwnQueueIsServedInAnyChannelInOrder(t *testing.T) {
	x, agent := New(), id("agent", 1)
	for ch := event.Voice; ch <= event.Task; ch++ {
		x.SetIdle(agent, first, ch, 0) // a profile that serves nothing
		x.Wait(id("old", int(ch)), agent, ch, 5, tandem.Time(100-ch))
		x.Wait(id("better", int(ch)), agent, ch, 1, tandem.Time(200-ch))
	}
	for _, kind := range []string{"better", "old"} {
		for ch := event.Task; ch >= event.Voice; ch-- {
			got, ok := x.PickContact(agent, 0)
			if !ok || got.Contact != id(kind, int(ch)) || got.Entry.Channel != ch {
				t.Fatalf("the %s one of channel %s should be next", kind, ch)
			}
			x.Leave(got.Contact)
		}
	}
}

func TestNoProfileServesAnOwnQueue(t *testing.T) {
	x, owner, other := New(), id("agent", 1), id("agent", 2)
	x.SetProfile(first, []event.RoutingEntry{entry(owner, 1, 30)})
	x.SetIdle(other, first, event.Voice, 0)
	x.SetIdle(owner, first, event.Voice, 50)
	x.Wait(id("contact", 1), owner, event.Voice, 5, 100)
	if _, ok := x.PickContact(other, 99_000); ok {
		t.Fatal("the entry counts for nothing")
	}
	if got, ok := x.PickAgent(id("contact", 1), 100); !ok || got != owner {
		t.Fatal("the owner takes it, without the delay of the entry")
	}
}

func TestOwnQueueOutlivesItsAgent(t *testing.T) {
	x, agent := New(), id("agent", 1)
	x.SetIdle(agent, first, event.Voice, 0)
	x.Wait(id("contact", 1), agent, event.Voice, 5, 100)
	x.RemoveAgent(agent)
	if _, ok := x.PickAgent(id("contact", 1), 200); ok || x.WaitingIn(agent, event.Voice) != 1 {
		t.Fatal("the contact waits for nobody")
	}
	x.SetIdle(agent, first, event.Voice, 300)
	if got, ok := x.PickContact(agent, 400); !ok || got.Contact != id("contact", 1) {
		t.Fatal("the agent is back")
	}
}

func TestExplainTellsOfOwnQueues(t *testing.T) {
	x, owner, other := New(), id("agent", 1), id("agent", 2)
	x.SetProfile(first, []event.RoutingEntry{entry(sales, 1, 0)})
	x.SetIdle(other, first, event.Voice, 100)
	x.SetBusy(owner, event.Voice)
	x.Wait(id("contact", 1), owner, event.Voice, 5, 200)
	check := func(want ...Candidate) {
		t.Helper()
		got := x.Explain(id("contact", 1), 500)
		for i, c := range got {
			if len(got) != len(want) || c != want[i] {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
	}
	check(Candidate{other, 100, NotOwner, false}, Candidate{owner, 0, NotIdle, true})
	x.SetIdle(owner, first, event.Voice, 300)
	check(Candidate{other, 100, NotOwner, false}, Candidate{owner, 300, Chosen, true})
}

func TestQueuesThatNobodyNeedsAreForgotten(t *testing.T) {
	x := New()
	for n := range 100 {
		x.SetIdle(id("agent", n), first, event.Voice, 0)
		x.Wait(id("contact", n), id("agent", n), event.Voice, 5, 0)
		x.Wait(id("task", n), id("queue", n), event.Task, 5, 0)
		x.SetProfile(first, []event.RoutingEntry{entry(id("served", n), 1, 0)})
		x.Leave(id("contact", n))
		x.RemoveAgent(id("agent", n))
		x.Leave(id("task", n))
	}
	x.SetProfile(first, nil)
	if x.queues.count != 0 || x.agents.count != 0 || x.profiles.count != 0 {
		t.Errorf("%d queues, %d agents and %d profiles are kept", x.queues.count, x.agents.count, x.profiles.count)
	}
}
