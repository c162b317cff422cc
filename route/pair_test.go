package route

import (
	"testing"

	"tandem"
	"tandem/event"
)

// The agents are each available longer in the channel that the other one
// prefers, so every contact prefers the agent who prefers another.
func TestPairEndsWhenChoicesRunInACircle(t *testing.T) {
	const n = 5
	for start := range n + 1 { // the last one only leads into the circle
		x := New()
		x.SetProfile(id("profile", n), []event.RoutingEntry{entry(id("queue", 0), 1, 0)})
		x.SetIdle(id("agent", n), id("profile", n), event.Voice, 900)
		for i := range n {
			queue, next := id("queue", i), id("queue", (i+1)%n)
			mine, theirs := event.Voice, event.Chat
			if i%2 == 1 {
				mine, theirs = theirs, mine
			}
			if i == n-1 {
				mine, theirs = event.Task, event.Voice
			} else if i == n-2 {
				theirs = event.Task
			}
			x.SetProfile(id("profile", i), []event.RoutingEntry{
				{QueueID: queue, Channel: mine, Priority: 1}, {QueueID: next, Channel: theirs, Priority: 2}})
			x.SetIdle(id("agent", i), id("profile", i), mine, tandem.Time(100+i))
			x.SetIdle(id("agent", i), id("profile", i), theirs, tandem.Time(50+i))
			x.Wait(id("contact", i), queue, mine, 5, 500)
		}
		for i := range n {
			if got, _ := x.PickAgent(id("contact", i), 500); got != id("agent", (i+n-1)%n) {
				t.Fatalf("contact %d prefers the agent before", i)
			}
		}
		agent, pick, ok := x.Pair(id("agent", start), 500)
		if !ok || agent != id("agent", 0) || pick.Contact != id("contact", 0) {
			t.Fatalf("from agent %d: agent 0 is available longest of the circle, and takes contact 0", start)
		}
	}
}

func TestPairFollowsALongChain(t *testing.T) {
	const n = 50
	x := New()
	for i := range n {
		x.SetProfile(id("profile", i), []event.RoutingEntry{entry(id("queue", i), 1, 0), entry(id("queue", i-1), 2, 0)})
		x.SetIdle(id("agent", i), id("profile", i), event.Voice, tandem.Time(1000-i))
		x.Wait(id("contact", i), id("queue", i), event.Voice, 5, 2000)
	}
	agent, pick, ok := x.Pair(id("agent", 0), 2000)
	if !ok || agent != id("agent", n-1) || pick.Contact != id("contact", n-1) {
		t.Fatal("each contact prefers the agent of the next, who prefers the next contact")
	}
}
