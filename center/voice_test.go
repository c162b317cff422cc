package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// talking is a world in which agent1 talks with the customer of c1.
func talking(t *testing.T) *world {
	w := ringing(t)
	w.legReport(voice.LegAnswered, "c1", true, 0)
	return w
}

// ringing is a world in which c1 is offered to agent1.
func ringing(t *testing.T) *world {
	w := created(t)
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.call("c1", "+4930123456", directNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	return w
}

func (w *world) c(name string) *Contact { return w.m.contact(w.id(name)) }

func TestReportSentAgainChangesNothing(t *testing.T) {
	w := talking(t)
	seq := w.seq
	leg := w.id("c1.customer")
	for number := uint64(1); number <= w.reports; number++ {
		for kind := voice.CallArrived; kind <= voice.MediaStarted; kind++ {
			w.must(TakeVoiceReport{voice.Report{Incarnation: w.media, Number: number, At: w.now, Kind: kind, Room: w.id("c1"), Leg: leg, To: directNumber}})
		}
	}
	if w.seq != seq {
		t.Fatal("a known report led to a record")
	}
}

func TestReportThatChangesNothingLeavesNoTrace(t *testing.T) {
	w := talking(t)
	seq := w.seq
	w.legReport(voice.LegRinging, "c1", false, 0)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.legReport(voice.LegAnswered, "c1", true, 0)
	w.playEnded("c1", voice.PlayDone, "")
	w.report(voice.Report{Kind: voice.LegEnded, Room: w.id("c1"), Leg: w.id("no leg")})
	w.report(voice.Report{Kind: voice.LegEnded, Room: w.id("no contact"), Leg: w.id("c1.customer")})
	w.report(voice.Report{Kind: voice.RecordingEnded, Room: w.id("c1"), Recording: w.id("other")})
	w.report(voice.Report{Kind: voice.MediaStarted})
	w.report(voice.Report{Kind: voice.CallArrived, Leg: w.id("c1.customer"), To: directNumber})
	w.report(voice.Report{Kind: voice.CallArrived, To: directNumber})
	if w.seq != seq {
		t.Fatal("a report without news led to a record")
	}
	w.refused(TakeVoiceReport{}, tandem.Invalid, "Report")
}

func TestReportOvertakenByALaterOneIsDropped(t *testing.T) {
	w := talking(t)
	w.reports++ // this one is overtaken
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	late := voice.Report{Incarnation: w.media, Number: w.reports - 1, At: w.now, Kind: voice.LegAnswered, Room: w.id("c1"), Leg: w.id("c1.customer")}
	if got := kinds(w.must(TakeVoiceReport{late})); got != "" {
		t.Fatalf("the late report led to %s", got)
	}
	if w.c("c1").Phase != WrapUp {
		t.Fatal("the contact is in wrap-up")
	}
}

func TestTimesOfAContactNeverGoBack(t *testing.T) {
	w := ringing(t)
	w.wait(5 * time.Second)
	early, c := w.now-10_000, w.c("c1")
	w.report(voice.Report{Kind: voice.LegAnswered, Room: c.ContactID, Leg: c.OfferID, At: early})
	if c.ConnectedToAgentAt < c.EnqueuedAt {
		t.Error("connected before it was queued")
	}
	w.report(voice.Report{Kind: voice.LegEnded, Room: c.ContactID, Leg: c.OfferID, Cause: voice.CauseRemote, At: w.now + 90_000})
	if c.DisconnectedAt != w.now || c.Reason != event.AgentDisconnect {
		t.Errorf("disconnected at %s for %s: the future is not known yet", c.DisconnectedAt, c.Reason)
	}
}

func TestFactsTakeTheTimeOfTheirPackets(t *testing.T) {
	w := ringing(t)
	w.wait(3 * time.Second)
	c := w.c("c1")
	w.report(voice.Report{Kind: voice.LegAnswered, Room: c.ContactID, Leg: c.OfferID, At: w.now - 400})
	if c.ConnectedToAgentAt != w.now-400 || c.DequeuedAt != w.now-400 {
		t.Errorf("connected at %s, want 400 ms before %s", c.ConnectedToAgentAt, w.now)
	}
}

func TestReasonOfTheEndFollowsFromWhoHungUp(t *testing.T) {
	for _, c := range []struct {
		agent bool
		cause voice.Cause
		want  event.DisconnectReason
	}{
		{false, voice.CauseRemote, event.CustomerDisconnect},
		{true, voice.CauseRemote, event.AgentDisconnect},
		{false, voice.CauseLost, event.TelecomProblem},
		{true, voice.CauseLost, event.TelecomProblem},
		{false, voice.CauseShutdown, event.TelecomProblem},
	} {
		w := talking(t)
		w.legReport(voice.LegEnded, "c1", c.agent, c.cause)
		if got := w.c("c1"); got.Reason != c.want || got.Phase != WrapUp {
			t.Errorf("agent=%v cause=%s: %s in phase %d", c.agent, c.cause, got.Reason, got.Phase)
		}
		if r := w.lastRoom("c1"); !r.Ended || r.Legs[0].Wish != voice.WishGone {
			t.Error("the other leg must be hung up")
		}
	}
}

func TestOutcomeOfAnOfferFollowsFromThePhone(t *testing.T) {
	for cause, want := range map[voice.Cause]event.OfferOutcome{
		voice.CauseNoAnswer:    event.OfferMissed,
		voice.CauseBusy:        event.OfferRejected,
		voice.CauseRejected:    event.OfferRejected,
		voice.CauseUnreachable: event.OfferFailed,
		voice.CauseInvalid:     event.OfferFailed,
		voice.CauseLost:        event.OfferFailed,
	} {
		w := ringing(t)
		age := w.c("c1").EnqueuedAt
		w.wait(time.Second)
		var got event.OfferOutcome
		for _, ev := range w.legReport(voice.LegEnded, "c1", true, cause) {
			if ended, ok := ev.(*event.OfferEnded); ok {
				got = ended.Outcome
			}
		}
		c := w.c("c1")
		if got != want || c.Phase != InQueue || c.EnqueuedAt != age {
			t.Errorf("%s: %s, phase %d, queued %s (want %s)", cause, got, c.Phase, c.EnqueuedAt, age)
		}
		if slot := w.m.agent(w.id("agent1")).slot(c.ContactID); slot == nil || slot.State != refusedState(want) {
			t.Errorf("%s: the slot must stay until it is cleared", cause)
		}
	}
}

func TestAnswerAfterTheOfferEndedConnectsNobody(t *testing.T) {
	w := ringing(t)
	offer := w.c("c1").OfferID
	w.must(RejectContact{w.id("agent1"), w.id("c1")})
	if r := w.lastRoom("c1"); r.Legs[1].ID != offer || r.Legs[1].Wish != voice.WishGone {
		t.Fatal("the phone must stop ringing")
	}
	w.report(voice.Report{Kind: voice.LegAnswered, Room: w.id("c1"), Leg: offer})
	if w.c("c1").Phase != InQueue {
		t.Fatal("the contact waits")
	}
	w.report(voice.Report{Kind: voice.LegEnded, Room: w.id("c1"), Leg: offer})
	if len(w.c("c1").Legs) != 1 {
		t.Fatal("the leg that is gone is of no more interest")
	}
}

func TestVoiceIsAcceptedByLiftingThePhone(t *testing.T) {
	w := ringing(t)
	w.refused(AcceptContact{w.id("agent1"), w.id("c1")}, tandem.Conflict, "ContactId")
	w.refused(DismissUserContact{w.id("agent1"), w.id("c1")}, tandem.Conflict, "ContactId")
}

func TestCustomerWhoHangsUpBeforeTheAnswerEndsTheContact(t *testing.T) {
	w := created(t)
	w.call("c1", "", directNumber)
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	if c := w.c("c1"); c.Phase != Ended || c.Reason != event.CustomerDisconnect || !c.ConnectedToSystemAt.IsZero() {
		t.Fatalf("phase %d, reason %s", c.Phase, c.Reason)
	}
}

func TestForgottenRoomEndsALiveContact(t *testing.T) {
	w := talking(t)
	w.report(voice.Report{Kind: voice.RoomForgotten, Room: w.id("c1")})
	if c := w.c("c1"); c.Reason != event.TelecomProblem || c.hasLegs() {
		t.Fatal("nothing of the call is left")
	}
	if got := kinds(w.report(voice.Report{Kind: voice.RoomForgotten, Room: w.id("c1")})); got != "" {
		t.Fatalf("again it led to %s", got)
	}
}

func TestFirstReportOfAnUnknownMediaEndsTheCallsOfTheOthers(t *testing.T) {
	w := talking(t)
	old, number := w.media, w.reports
	w.newMedia()
	w.call("c2", "", directNumber) // the first report that arrives is not MediaStarted
	if w.c("c1").live() || !w.c("c2").live() {
		t.Fatal("c1 ended with its media process, c2 lives in the new one")
	}
	w.must(TakeVoiceReport{voice.Report{Incarnation: old, Number: number + 1, At: w.now, Kind: voice.CallArrived, Leg: w.id("c3.customer"), To: directNumber}})
	if len(w.m.State().Contacts) != 2 {
		t.Fatal("a dead media process has no calls")
	}
}

func TestCallToANumberWithoutAFlowIsRefusedWithoutAContact(t *testing.T) {
	w := created(t)
	f := w.flow("menu", "CONTACT_FLOW", menuFlow)
	f.Archived = true
	w.must(SaveFlow{Flow: f})
	const kept = "+14155550188"
	w.must(AssociateNumber{NumberID: w.id("kept"), Number: kept})
	for to, cause := range map[string]voice.Cause{"+14155550777": voice.CauseInvalid, menuNumber: voice.CauseUnreachable, kept: voice.CauseUnreachable} {
		w.call("call to "+to, "", to)
		r := w.lastRoom("call to " + to)
		if !r.Ended || r.Legs[0].Wish != voice.WishGone || r.Legs[0].Cause != cause {
			t.Errorf("%s: %+v", to, r)
		}
	}
	if len(w.m.State().Contacts) != 0 {
		t.Error("a refused call is no contact")
	}
}

func TestCallWhoseFlowWasTakenAwayWhileItRangIsEnded(t *testing.T) {
	w := created(t)
	w.call("c1", "", directNumber)
	w.must(AssociateNumber{NumberID: w.id("number1")})
	w.legReport(voice.LegAnswered, "c1", false, 0)
	if w.c("c1").Phase != Ended {
		t.Error("no flow, no contact")
	}
}

func TestFlowThatRunsInACircleIsEnded(t *testing.T) {
	w := created(t)
	w.call("c1", "", circleNumber)
	events := w.legReport(voice.LegAnswered, "c1", false, 0)
	if c := w.c("c1"); c.Phase != Ended || c.Reason != event.ContactFlowDisconnect {
		t.Error("the contact must end")
	}
	if len(events) > tandem.MaxStepsPerSprint+20 {
		t.Errorf("%d events", len(events))
	}
}

func TestOutstandingIsTheRoomsThatMediaMayHave(t *testing.T) {
	w := talking(t)
	w.call("c2", "", menuNumber)
	w.legReport(voice.LegEnded, "c2", false, voice.CauseRemote) // nothing is left of it
	w.call("c3", "", directNumber)
	w.legReport(voice.LegEnded, "c1", true, voice.CauseRemote) // the customer's leg may still be there
	w.task("t1")
	w.restart()
	rooms := map[tandem.ID]voice.Room{}
	for _, e := range w.m.Outstanding(7) {
		r := e.(voice.Room)
		rooms[r.ID] = r
	}
	if len(rooms) != 2 || !rooms[w.id("c1")].Ended || rooms[w.id("c3")].Ended {
		t.Fatalf("got %d rooms", len(rooms))
	}
	if r := rooms[w.id("c1")]; r.Epoch != 7 || r.Rev != w.c("c1").Rev || r.Instance != w.id("instance") {
		t.Errorf("epoch %d, rev %d", r.Epoch, r.Rev)
	}
}

func TestEffectsAreTheRoomsThatChanged(t *testing.T) {
	w := talking(t)
	if len(w.m.TakeEffects(1)) != 0 {
		t.Error("an effect is handed out once")
	}
	w.effects = nil
	w.addStatus("Break")
	w.task("t1")
	if len(w.effects) != 0 {
		t.Error("no call has changed")
	}
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	if len(w.effects) != 1 || w.lastRoom("c1").Rev != uint64(w.seq) {
		t.Errorf("%d effects", len(w.effects))
	}
}

func TestRecordingStartsOnlyWhenTheFlowAskedForIt(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.call("c1", "", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.playEnded("c1", voice.PlayDigits, "1")
	w.legReport(voice.LegAnswered, "c1", true, 0)
	if r := w.lastRoom("c1"); r.Record != nil || len(r.Mix) != 2 {
		t.Error("they talk, and nothing is recorded")
	}
	if r := w.lastRoom("c1"); r.Legs[1].CallerID != menuNumber {
		t.Errorf("a customer without a number is shown as %s", r.Legs[1].CallerID)
	}
}

func TestKeysAreAskedForAsTheFlowSays(t *testing.T) {
	w := created(t)
	w.call("c1", "", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	p := w.lastRoom("c1").Plays[0]
	if p.Collect == nil || p.Collect.MaxDigits != 1 || p.Collect.FirstDigitMillis != 5000 {
		t.Fatalf("got %+v", p)
	}
}

func TestStaleAnswerOfAnEarlierAgentConnectsNobody(t *testing.T) {
	w := ringing(t)
	stale := w.c("c1").OfferID
	w.addUser("agent2")
	w.status("agent2", "Available")
	w.must(RejectContact{w.id("agent1"), w.id("c1")})
	if !w.offeredTo("c1", "agent2") {
		t.Fatal("agent2 is next")
	}
	w.report(voice.Report{Kind: voice.LegAnswered, Room: w.id("c1"), Leg: stale})
	w.report(voice.Report{Kind: voice.LegEnded, Room: w.id("c1"), Leg: stale, Cause: voice.CauseHangup})
	if !w.offeredTo("c1", "agent2") {
		t.Fatal("the contact is still offered to agent2")
	}
	w.legReport(voice.LegAnswered, "c1", true, 0)
	if c := w.c("c1"); c.Phase != WithAgent || c.UserID != w.id("agent2") {
		t.Fatal("agent2 answers")
	}
}
