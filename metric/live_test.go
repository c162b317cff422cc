package metric

import (
	"testing"

	"tandem"
	"tandem/event"
)

func TestQueueWhereNothingGoesOnIsAllNull(t *testing.T) {
	l := salesOnly()
	l.SetAgent(id("agent", 1), in(event.Offline, Slots{}))
	if f := l.Queue(sales, 0, 5); f != (Figures{}) {
		t.Errorf("an agent who is offline makes no figures: %+v", f)
	}
	if f := l.Queue(id("queue", 9), 0, 5); f != (Figures{}) {
		t.Errorf("an unknown queue has no figures: %+v", f)
	}
	if f := l.Agent(id("agent", 1), 5); f != (Figures{}) {
		t.Errorf("an agent who is offline has no figures: %+v", f)
	}
	l.SetAgent(id("agent", 1), in(event.Custom, Slots{}))
	f := l.Queue(sales, 0, 5)
	wantValue(t, "size", f.ContactsInQueue, "0")
	wantValue(t, "oldest", f.OldestContactAgeMillis, "null")
	wantValue(t, "available", f.AgentsAvailable, "0")
	if f.OldestContactAgeMillis.Or(7) != 7 || f.ContactsInQueue.Or(7) != 0 {
		t.Error("only null gives way to another number")
	}
}

func TestOldestContactIsTheOneLongestInQueue(t *testing.T) {
	l := salesOnly()
	set := func(n int, ch event.Channel, at tandem.Time, scheduled bool) {
		l.SetContact(id("contact", n), Contact{QueueID: sales, Channel: ch, EnqueuedAt: at, Scheduled: scheduled})
	}
	set(1, event.Voice, 3000, false)
	set(2, event.Voice, 2000, false)
	set(3, event.Chat, 1000, false)
	set(4, event.Voice, 500, true)
	f := l.Queue(sales, 0, 10_000)
	wantValue(t, "size", f.ContactsInQueue, "3")
	wantValue(t, "scheduled", f.ContactsScheduled, "1")
	wantValue(t, "oldest", f.OldestContactAgeMillis, "9000")
	wantValue(t, "oldest call", l.Queue(sales, Only(event.Voice), 10_000).OldestContactAgeMillis, "8000")
	l.RemoveContact(id("contact", 2))
	wantValue(t, "oldest call when the older left", l.Queue(sales, Only(event.Voice), 10_000).OldestContactAgeMillis, "7000")
	wantValue(t, "before its time", l.Queue(sales, Only(event.Voice), 10).OldestContactAgeMillis, "0")
	set(4, event.Voice, 500, false) // the delay is over
	wantValue(t, "scheduled", l.Queue(sales, 0, 10_000).ContactsScheduled, "0")
	wantValue(t, "oldest", l.Queue(sales, 0, 10_000).OldestContactAgeMillis, "9500")
	l.SetContact(id("contact", 4), Contact{QueueID: support, Channel: event.Voice, EnqueuedAt: 9000})
	wantValue(t, "of the queue that it moved to", l.Queue(support, 0, 10_000).OldestContactAgeMillis, "1000")
	wantValue(t, "oldest", l.Queue(sales, 0, 10_000).OldestContactAgeMillis, "9000")
}

func TestAgentCountsForEachQueueAndChannelOfTheProfile(t *testing.T) {
	l := New()
	l.SetAgent(id("agent", 1), in(event.Routable, Slots{})) // before the profile
	l.SetProfile(first, []event.RoutingEntry{serves(sales, event.Voice), serves(sales, event.Task), serves(support, event.Task)})
	online := func(queueID tandem.ID, c Channels, want string) {
		t.Helper()
		wantValue(t, "online", l.Queue(queueID, c, 0).AgentsOnline, want)
	}
	online(sales, 0, "1")
	online(sales, Only(event.Voice), "1")
	online(sales, Only(event.Chat), "null")
	online(support, Only(event.Voice), "null")
	online(support, Only(event.Voice, event.Task), "1")
	l.SetProfile(first, []event.RoutingEntry{serves(support, event.Voice)})
	online(sales, 0, "null")
	online(support, Only(event.Voice), "1")
	moved := in(event.Routable, Slots{})
	moved.ProfileID = second
	l.SetAgent(id("agent", 1), moved)
	online(support, 0, "null")
	l.SetProfile(second, []event.RoutingEntry{serves(sales, event.Chat)})
	online(sales, 0, "1")
	l.RemoveAgent(id("agent", 1))
	l.RemoveAgent(id("agent", 1))
	online(sales, 0, "null")
}

func TestScopeCountsNobodyTwice(t *testing.T) {
	l := New()
	l.SetProfile(first, []event.RoutingEntry{serves(sales, event.Voice), serves(support, event.Voice)})
	l.SetProfile(second, []event.RoutingEntry{serves(support, event.Voice), serves(support, event.Task)})
	l.SetAgent(id("agent", 1), in(event.Routable, Slots{}))
	other := in(event.Routable, talking)
	other.ProfileID = second
	l.SetAgent(id("agent", 2), other)
	l.SetContact(id("contact", 1), Contact{QueueID: support, Channel: event.Voice, EnqueuedAt: 1})
	l.SetContact(id("contact", 2), Contact{QueueID: support, Channel: event.Task, EnqueuedAt: 1})
	for _, c := range []struct {
		sentence       string
		of             Scope
		online, queued string
	}{
		{"both queues", Scope{QueueIDs: []tandem.ID{sales, support, sales}}, "2", "2"},
		{"both queues, one profile", Scope{QueueIDs: []tandem.ID{sales, support}, ProfileIDs: []tandem.ID{first}}, "1", "2"},
		{"one queue, a profile that does not serve it", Scope{QueueIDs: []tandem.ID{sales}, ProfileIDs: []tandem.ID{second}}, "null", "null"},
		{"one profile, and only what it serves", Scope{ProfileIDs: []tandem.ID{first}}, "1", "1"},
		{"two profiles that share a queue", Scope{ProfileIDs: []tandem.ID{first, second, first}}, "2", "2"},
		{"two profiles, only tasks", Scope{ProfileIDs: []tandem.ID{first, second}, Channels: Only(event.Task)}, "2", "1"},
		{"unknown ones", Scope{QueueIDs: []tandem.ID{id("queue", 9)}}, "null", "null"},
		{"nothing asked", Scope{}, "null", "null"},
	} {
		f := l.Read(c.of, 1)
		wantValue(t, c.sentence+": online", f.AgentsOnline, c.online)
		wantValue(t, c.sentence+": in queue", f.ContactsInQueue, c.queued)
	}
}

func TestAgentQueueIsTheAgentAndItsOwnContacts(t *testing.T) {
	l := salesOnly()
	l.SetAgent(id("agent", 1), in(event.Routable, talking))
	l.SetAgent(id("agent", 2), in(event.Routable, Slots{}))
	l.SetContact(id("contact", 1), Contact{QueueID: id("agent", 1), Channel: event.Voice, EnqueuedAt: 1000})
	f := l.Agent(id("agent", 1), 3000)
	wantValue(t, "size", f.ContactsInQueue, "1")
	wantValue(t, "oldest", f.OldestContactAgeMillis, "2000")
	wantValue(t, "busy", f.AgentsOnContact, "1")
	wantValue(t, "available", f.AgentsAvailable, "0")
}

func TestPositionGoesByPriorityThenAge(t *testing.T) {
	l := New()
	at := func(n int, since tandem.Time, priority, added int64) {
		l.SetContact(id("contact", n), Contact{QueueID: sales, Channel: event.Voice, EnqueuedAt: since, Priority: priority, AddedAgeMillis: added})
	}
	at(1, 100, 5, 0)
	at(2, 200, 5, 0)
	at(3, 300, 1, 0)   // the best priority
	at(4, 400, 5, 350) // as if since 50
	l.SetContact(id("contact", 5), Contact{QueueID: sales, Channel: event.Task, EnqueuedAt: 1, Priority: 1})
	l.SetContact(id("contact", 6), Contact{QueueID: sales, Channel: event.Voice, EnqueuedAt: 1, Priority: 1, Scheduled: true})
	for n, want := range map[int]string{3: "1", 4: "2", 1: "3", 2: "4", 5: "1", 6: "null", 7: "null"} {
		wantValue(t, "position", l.Position(id("contact", n)), want)
	}
	wantValue(t, "the age, which no flow changes", l.Queue(sales, Only(event.Voice), 400).OldestContactAgeMillis, "300")
}

func TestNothingIsKeptOfWhatIsGone(t *testing.T) {
	l := salesOnly()
	for n := range 100 {
		l.SetAgent(id("agent", n), in(event.Routable, Slots{}))
		l.SetContact(id("contact", n), Contact{QueueID: id("queue", n), Channel: event.Voice})
		l.SetContact(id("contact", n), Contact{QueueID: id("queue", n+100), Channel: event.Voice, Scheduled: n%2 == 0})
	}
	for n := range 100 {
		l.RemoveAgent(id("agent", n))
		l.RemoveContact(id("contact", n))
		l.RemoveContact(id("contact", n))
	}
	l.SetProfile(first, nil)
	l.SetProfile(second, nil)
	if n := len(l.agents) + len(l.contacts) + len(l.queues) + len(l.profiles); n != 0 {
		t.Errorf("%d agents, %d contacts, %d queues and %d profiles are kept", len(l.agents), len(l.contacts), len(l.queues), len(l.profiles))
	}
}
