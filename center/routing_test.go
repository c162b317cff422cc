package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

func (w *world) profile(change func(*event.RoutingProfileSaved)) {
	w.t.Helper()
	p := *w.m.State().RoutingProfiles[w.id("Basic")]
	change(&p)
	w.must(SaveRoutingProfile{Profile: p})
}

func (w *world) waitingCall(name string) {
	w.t.Helper()
	w.call(name, "+4930123456", directNumber)
	w.legReport(voice.LegAnswered, name, false, 0)
}

func (w *world) offeredTo(contact, agent string) bool {
	c := w.c(contact)
	return c.Phase == Offered && c.UserID == w.id(agent)
}

func TestOfferGoesToTheAgentAvailableLongest(t *testing.T) {
	w := created(t)
	for _, name := range []string{"agent1", "agent2", "agent3"} {
		w.addUser(name)
	}
	for _, name := range []string{"agent2", "agent3", "agent1"} {
		w.wait(time.Second)
		w.status(name, "Available")
	}
	for i, name := range []string{"agent2", "agent3", "agent1"} {
		call := "c" + string(rune('1'+i))
		w.waitingCall(call)
		if !w.offeredTo(call, name) {
			t.Fatalf("%s should be offered to %s", call, name)
		}
	}
}

func TestOfferSkipsAgentInWrapUp(t *testing.T) {
	w := talking(t)
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.waitingCall("c2")
	if w.c("c2").Phase != InQueue {
		t.Fatal("the agent wraps up")
	}
	w.wait(30 * time.Second)
	if !w.offeredTo("c2", "agent1") {
		t.Fatal("the wrap-up is over")
	}
}

func TestOldestContactIsTakenFirst(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.waitingCall("c1")
	w.wait(time.Second)
	w.waitingCall("c2")
	w.status("agent1", "Available")
	if !w.offeredTo("c1", "agent1") || w.c("c2").Phase != InQueue {
		t.Fatal("c1 waits longer")
	}
}

func TestProfilePriorityGoesBeforeAge(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.task("t1") // priority 2 in the profile
	w.wait(time.Minute)
	w.waitingCall("c1") // priority 1
	w.status("agent1", "Available")
	if !w.offeredTo("c1", "agent1") {
		t.Fatal("calls go first")
	}
}

func TestMissedContactComesBackBeforeYoungerOnes(t *testing.T) {
	// SIM-S11
	w := ringing(t)
	w.wait(time.Second)
	w.waitingCall("c2")
	w.legReport(voice.LegEnded, "c1", true, voice.CauseNoAnswer)
	w.must(DismissUserContact{w.id("agent1"), w.id("c1")})
	if !w.offeredTo("c1", "agent1") || w.c("c1").Attempts != 2 {
		t.Fatal("c1 keeps its age")
	}
}

// SIM-S8
func TestNoOfferBeforeTheDelay(t *testing.T) {
	w := created(t)
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Entries = []event.RoutingEntry{{QueueID: w.id("BasicQueue"), Channel: event.Voice, Priority: 1, DelaySeconds: 20}}
	})
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.waitingCall("c1")
	if got, err := w.m.ExplainOffer(w.id("c1"), w.now); err != nil || got[0].Chosen || got[0].Reason != "the delay of the routing profile is not over" {
		t.Fatalf("got %+v, %v", got, err)
	}
	w.wait(20*time.Second - time.Millisecond)
	if w.c("c1").Phase != InQueue {
		t.Fatal("too early")
	}
	w.restart()
	w.wait(time.Millisecond)
	if !w.offeredTo("c1", "agent1") {
		t.Fatal("the delay is over")
	}
}

func TestDelayThatEndedIsSeenByWhateverCommandComesFirst(t *testing.T) {
	w := created(t)
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Entries = []event.RoutingEntry{{QueueID: w.id("BasicQueue"), Channel: event.Voice, Priority: 1, DelaySeconds: 20}}
	})
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.waitingCall("c1")
	w.now = w.now.AddSeconds(25)
	w.addStatus("Break")
	if !w.offeredTo("c1", "agent1") {
		t.Fatal("the delay is over")
	}
}

func TestConcurrencyLimitsTheTasksOfAnAgent(t *testing.T) {
	// SIM-S4
	w := created(t)
	u := w.user("agent1")
	u.AutoAccept = true
	w.must(SaveUser{u, true})
	w.status("agent1", "Available")
	for _, name := range []string{"t1", "t2", "t3"} {
		w.task(name)
	}
	if w.c("t1").Phase != WithAgent || w.c("t2").Phase != WithAgent || w.c("t3").Phase != InQueue {
		t.Fatal("two tasks at once, the third waits")
	}
	w.profile(func(p *event.RoutingProfileSaved) { p.Concurrency[1].Maximum = 3 })
	if w.c("t3").Phase != WithAgent {
		t.Fatal("the changed routing profile counts at once")
	}
}

func TestAgentOnATaskGetsNoCall(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.task("t1")
	w.must(AcceptContact{w.id("agent1"), w.id("t1")})
	w.waitingCall("c1")
	if w.c("c1").Phase != InQueue {
		t.Fatal("one channel at a time")
	}
	w.task("t2")
	if !w.offeredTo("t2", "agent1") {
		t.Fatal("another task is fine")
	}
}

func TestAgentIsOfferedOneContactAtATime(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.task("t1")
	w.task("t2")
	if !w.offeredTo("t1", "agent1") || w.c("t2").Phase != InQueue {
		t.Fatal("t2 waits until t1 is accepted")
	}
	w.must(AcceptContact{w.id("agent1"), w.id("t1")})
	if !w.offeredTo("t2", "agent1") {
		t.Fatal("now t2 is offered")
	}
}

func TestAgentWhoTookATaskGoesBehindTheOthers(t *testing.T) {
	w := created(t)
	for _, name := range []string{"agent1", "agent2"} {
		u := w.user(name)
		u.AutoAccept = true
		w.must(SaveUser{u, true})
		w.status(name, "Available")
		w.wait(time.Second)
	}
	w.task("t1")
	w.task("t2")
	if w.c("t1").UserID != w.id("agent1") || w.c("t2").UserID != w.id("agent2") {
		t.Fatal("tasks go round")
	}
}

func TestWithdrawnOfferKeepsTheAgentsPlace(t *testing.T) {
	w := ringing(t)
	since := w.m.agent(w.id("agent1")).AvailableSince
	w.wait(time.Second)
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	if a := w.m.agent(w.id("agent1")); a.AvailableSince != since || len(a.Contacts) != 0 {
		t.Errorf("available since %s, want %s", a.AvailableSince, since)
	}
}

func TestWithdrawnOfferLetsTheNextStatusBeTaken(t *testing.T) {
	w := ringing(t)
	w.status("agent1", "Offline")
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	if a := w.m.agent(w.id("agent1")); a.StatusID != w.id("Offline") || !a.NextStatusID.IsZero() {
		t.Error("the agent is offline now")
	}
}

func TestChangedRoutingProfileOfAUserCountsAtOnce(t *testing.T) {
	w := created(t)
	p := *w.m.State().RoutingProfiles[w.id("Basic")]
	p.ProfileID, p.Name, p.Entries = w.id("Idle"), "Idle", nil
	w.must(SaveRoutingProfile{p, true})
	u := w.user("agent1")
	u.RoutingProfileID = w.id("Idle")
	w.must(SaveUser{u, true})
	w.status("agent1", "Available")
	w.waitingCall("c1")
	if got, _ := w.m.ExplainOffer(w.id("c1"), w.now); got[0].Reason != "the routing profile does not serve this queue and channel" {
		t.Errorf("got %+v", got)
	}
	u.RoutingProfileID = w.id("Basic")
	w.must(SaveUser{User: u})
	if !w.offeredTo("c1", "agent1") {
		t.Fatal("the agent serves the queue now")
	}
}

// SIM-S10
func TestFullQueueTakesTheOverflowBranch(t *testing.T) {
	w := created(t)
	q := *w.m.State().Queues[w.id("BasicQueue")]
	q.MaxContacts = 1
	w.must(SaveQueue{Queue: q})
	w.waitingCall("c1")
	w.waitingCall("c2")
	if c := w.c("c2"); c.Phase != InFlow || c.Flow.ActionID != "full" {
		t.Fatalf("phase %d in %s", c.Phase, c.Flow.ActionID)
	}
	w.playEnded("c2", voice.PlayDone, "")
	if w.c("c2").Phase != Ended {
		t.Fatal("all lines were busy")
	}
}

func TestDisabledQueueTakesNobody(t *testing.T) {
	w := created(t)
	q := *w.m.State().Queues[w.id("BasicQueue")]
	q.Enabled = false
	w.must(SaveQueue{Queue: q})
	w.task("t1")
	if c := w.c("t1"); c.Phase != Ended || c.Reason != event.ContactFlowDisconnect {
		t.Fatal("the flow takes its error branch")
	}
}

func TestOutboundContactsCanLeaveTheAvailabilityAlone(t *testing.T) {
	w := created(t)
	w.profile(func(p *event.RoutingProfileSaved) { p.SinceLastInbound = true })
	w.addUser("agent1")
	w.status("agent1", "Available")
	a := w.m.agent(w.id("agent1"))
	since := a.AvailableSince
	w.m.active(a, event.Outbound, since+1000)
	if a.AvailableSince != since {
		t.Error("an outbound contact counts")
	}
	w.m.active(a, event.Inbound, since+1000)
	if a.AvailableSince != since+1000 {
		t.Error("an inbound contact does not count")
	}
	a.AvailableSince = since
}

func TestExplainNamesEveryAgent(t *testing.T) {
	w := created(t)
	for _, name := range []string{"agent1", "agent2"} {
		w.addUser(name)
	}
	w.task("t1")
	if _, err := w.m.ExplainOffer(w.id("none"), w.now); err == nil {
		t.Error("there is no such contact")
	}
	got, err := w.m.ExplainOffer(w.id("t1"), w.now)
	if err != nil || len(got) != 2 || got[0].Chosen || got[0].Reason != NotAvailable.String() {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPutUserStatusIsIdempotent(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.addStatus("Break")
	w.status("agent1", "Available")
	if got := kinds(w.status("agent1", "Available")); got != "" {
		t.Errorf("the same status again led to %s", got)
	}
	w.task("t1")
	w.status("agent1", "Break")
	since := w.m.agent(w.id("agent1")).NextSince
	w.wait(time.Second)
	if got := kinds(w.status("agent1", "Break")); got != "" || w.m.agent(w.id("agent1")).NextSince != since {
		t.Errorf("the same wish again led to %s", got)
	}
	if got := kinds(w.status("agent1", "Available")); got != "NextStatusSet" {
		t.Errorf("got %s", got)
	}
}

func TestHashIsIncrementalAndComplete(t *testing.T) {
	w := talking(t)
	fresh := New(zones{})
	for i := range w.records {
		for _, ev := range w.records[i].Events {
			fresh.Apply(w.records[i].Seq, w.records[i].At, ev)
		}
	}
	if fresh.Hash() != w.m.Hash() {
		t.Error("hashing once and hashing at each step differ")
	}
	before := w.m.Hash()
	w.m.contact(w.id("c1")).Attempts++
	w.m.markUnsummed(&w.m.shadow(w.id("c1")).tracked)
	if w.m.Hash() == before {
		t.Error("a changed contact must change the hash")
	}
	w.m.contact(w.id("c1")).Attempts--
	w.m.markUnsummed(&w.m.shadow(w.id("c1")).tracked)
	if w.m.Hash() != before {
		t.Error("the same state has the same hash")
	}
}

func TestCheckFindsBrokenState(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"phase":     func(w *world) { w.c("c1").Phase = InQueue },
		"times":     func(w *world) { w.c("c1").ConnectedToAgentAt = 1 },
		"slot":      func(w *world) { w.m.agent(w.id("agent1")).Contacts = nil },
		"ended":     func(w *world) { w.c("c1").EndedAt = w.now },
		"agent":     func(w *world) { w.c("c1").UserID = w.id("nobody") },
		"status":    func(w *world) { w.m.agent(w.id("agent2")).StatusID = w.id("Offline") },
		"next":      func(w *world) { w.m.agent(w.id("agent2")).NextStatusID = w.id("Offline") },
		"timer":     func(w *world) { w.c("c1").Flow.Deadline = 5 },
		"count":     func(w *world) { w.m.queued[w.id("BasicQueue")] = 3 },
		"id":        func(w *world) { w.c("c1").ContactID = w.id("c2") },
		"twice":     func(w *world) { a := w.m.agent(w.id("agent1")); a.Contacts = append(a.Contacts, a.Contacts[0]) },
		"unmatched": func(w *world) { w.m.index.Wait(w.id("c1"), w.id("BasicQueue"), event.Voice, 5, w.now) },
	} {
		w := talking(t)
		w.addUser("agent2")
		w.status("agent2", "Available")
		spoil(w)
		if w.m.Check() == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestEventOfAStrangerStopsTheReplay(t *testing.T) {
	for _, ev := range []tandem.Event{&event.ContactEnded{ContactID: tandem.NameID("x", "y")}, &event.NextStatusSet{UserID: tandem.NameID("x", "y")}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was applied to nothing", ev.EventName())
				}
			}()
			New(zones{}).Apply(1, day1, ev)
		}()
	}
}
