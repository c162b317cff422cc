package center

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

func TestOnlyAvailableAgentsAreOfferedContacts(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.addStatus("Break")
	w.waitingCall("c1")
	w.want("c1", InQueue, "a new user is offline")
	w.status("agent1", "Break")
	w.want("c1", InQueue, "a custom status is not productive")
	w.status("agent1", "Available")
	w.wantOffered("c1", "agent1", "available")
}

func TestStatusesKeepTheirOrderAndCanBeDisabledAndEnabled(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.addStatus("Break")
	st := *w.m.state.Statuses[w.id("Break")]
	st.Order, st.Enabled = 7, false
	w.must(SaveAgentStatus{Status: st})
	if got := w.m.state.Statuses[w.id("Break")]; got.Order != 7 || got.Enabled {
		t.Errorf("got %+v", got)
	}
	w.refused(PutUserStatus{w.id("agent1"), w.id("Break")}, tandem.Invalid, "AgentStatusId")
	st.Enabled = true
	w.must(SaveAgentStatus{Status: st})
	w.status("agent1", "Break")
	w.wantStatus("agent1", "Break", "", "enabled again")
}

func TestStatusDisabledWhileInUseStaysUntilTheNextChange(t *testing.T) {
	w := created(t)
	w.addStatus("Break")
	w.addStatus("Lunch")
	w.available("agent1")
	w.available("agent2")
	w.status("agent1", "Break")
	w.task("t1")
	w.must(AcceptContact{w.id("agent2"), w.id("t1")})
	w.status("agent2", "Lunch")
	for _, name := range []string{"Break", "Lunch"} {
		st := *w.m.state.Statuses[w.id(name)]
		st.Enabled = false
		w.must(SaveAgentStatus{Status: st})
	}
	w.wantStatus("agent1", "Break", "", "nobody is moved")
	w.wantStatus("agent2", "Available", "Lunch", "a wish made before stands")
	w.must(StopContact{w.id("t1")})
	w.must(DismissUserContact{w.id("agent2"), w.id("t1")})
	w.wantStatus("agent2", "Lunch", "", "the wish is fulfilled")
	w.status("agent1", "Available")
	w.refused(PutUserStatus{w.id("agent1"), w.id("Break")}, tandem.Invalid, "AgentStatusId")
}

func TestNextStatusStopsRoutingAndIsTakenWhenTheLastContactIsCleared(t *testing.T) {
	w := created(t)
	w.addStatus("Break")
	w.available("agent1")
	w.task("t1")
	w.must(AcceptContact{w.id("agent1"), w.id("t1")})
	w.status("agent1", "Break")
	w.wantStatus("agent1", "Available", "Break", "busy")
	w.task("t2")
	w.want("t2", InQueue, "a pending next status stops routing")
	w.must(StopContact{w.id("t1")})
	w.wantStatus("agent1", "Available", "Break", "the wrap-up counts")
	w.must(DismissUserContact{w.id("agent1"), w.id("t1")})
	w.wantStatus("agent1", "Break", "", "cleared")
	w.want("t2", InQueue, "on break")
}

func TestNextStatusIsTakenBackByAvailableAndReplacedByAnother(t *testing.T) {
	w := talking(t)
	w.addStatus("Break")
	w.status("agent1", "Break")
	w.status("agent1", "Offline")
	w.wantStatus("agent1", "Available", "Offline", "the last choice counts")
	w.status("agent1", "Available")
	w.wantStatus("agent1", "Available", "", "taken back")
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.wait(time.Minute)
	w.wantStatus("agent1", "Available", "", "nothing was left of the wish")
}

func TestAgentOnBreakWhoCallsOutCanComeBackAvailable(t *testing.T) {
	w := outboundWorld(t)
	w.addStatus("Break")
	w.status("agent1", "Break")
	w.calls("agent1", "c1")
	w.status("agent1", "Available")
	w.wantStatus("agent1", "Break", "Available", "the choice is not lost")
	w.hangsUp("c1", event.AgentLeg)
	w.must(DismissUserContact{w.id("agent1"), w.id("c1")})
	w.wantStatus("agent1", "Available", "", "after the call")
}

func TestOfflineLogsOutAndAnyOtherStatusLogsIn(t *testing.T) {
	w := talking(t)
	w.status("agent1", "Offline")
	w.wantStatus("agent1", "Available", "Offline", "the call goes on")
	w.want("c1", WithAgent, "Offline ends no call")
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.wait(30 * time.Second)
	w.wantStatus("agent1", "Offline", "", "logged out after the wrap-up")
	w.waitingCall("c2")
	w.want("c2", InQueue, "logged out")
	w.addStatus("Break")
	w.status("agent1", "Break")
	if w.m.offline(w.agent("agent1")) {
		t.Error("a custom status is a login")
	}
}

func TestClosingTheBrowserIsNoLogout(t *testing.T) {
	w := created(t)
	w.available("agent1")
	w.must(SetAgentConnection{UserID: w.id("agent1"), Connected: true})
	w.must(SetAgentConnection{UserID: w.id("agent1")})
	w.wait(24 * time.Hour)
	w.wantStatus("agent1", "Available", "", "the panel says nothing about the status")
	w.waitingCall("c1")
	w.wantOffered("c1", "agent1", "the desk phone rings")
}

func TestPanelThatIsGoneForTheGraceMakesItsAgentUnreachable(t *testing.T) {
	w := created(t)
	w.settings(event.SettingsSaved{HeartbeatGraceSeconds: 30})
	w.available("agent1")
	w.must(SetAgentConnection{UserID: w.id("agent1"), Connected: true})
	w.must(SetAgentConnection{UserID: w.id("agent1")})
	w.wait(29 * time.Second)
	w.task("t1")
	w.wantOffered("t1", "agent1", "within the grace")
	w.must(AcceptContact{w.id("agent1"), w.id("t1")})
	if got := kinds(w.wait(time.Second)); got != "AgentUnreachable" {
		t.Fatalf("got %s", got)
	}
	w.task("t2")
	w.want("t2", InQueue, "unreachable")
	w.wantStatus("agent1", "Available", "", "the status stays")
	w.want("t1", WithAgent, "and so does the work")
	w.restart()
	w.must(SetAgentConnection{UserID: w.id("agent1"), Connected: true})
	w.wantOffered("t2", "agent1", "the panel is back")
}

func TestPanelThatIsBackWithinTheGraceChangesNothing(t *testing.T) {
	w := created(t)
	w.settings(event.SettingsSaved{HeartbeatGraceSeconds: 30})
	w.available("agent1")
	w.must(SetAgentConnection{UserID: w.id("agent1")})
	w.wait(29 * time.Second)
	w.must(SetAgentConnection{UserID: w.id("agent1"), Connected: true})
	if got := kinds(w.wait(time.Hour)); got != "" {
		t.Errorf("got %s", got)
	}
}

func TestUnreachableAgentsAreRoutableAgainWithoutTheSetting(t *testing.T) {
	w := created(t)
	w.settings(event.SettingsSaved{HeartbeatGraceSeconds: 30})
	w.available("agent1")
	w.must(SetAgentConnection{UserID: w.id("agent1")})
	w.wait(time.Minute)
	w.waitingCall("c1")
	w.want("c1", InQueue, "unreachable")
	w.settings(event.SettingsSaved{})
	w.wantOffered("c1", "agent1", "without a grace nobody is unreachable")
}

func TestOfflineAgentsNeverBecomeUnreachable(t *testing.T) {
	w := created(t)
	w.settings(event.SettingsSaved{HeartbeatGraceSeconds: 30})
	w.addUser("agent1")
	w.must(SetAgentConnection{UserID: w.id("agent1")})
	if got := kinds(w.wait(time.Hour)); got != "" {
		t.Errorf("got %s", got)
	}
	w.status("agent1", "Available")
	if got := kinds(w.wait(0)); got != "AgentUnreachable" {
		t.Errorf("one who is logged in without a panel: got %q", got)
	}
}

func TestEachChannelHasItsOwnConcurrency(t *testing.T) {
	for n := 1; n <= tandem.MaxConcurrency; n++ {
		w := created(t)
		w.profile(func(p *event.RoutingProfileSaved) {
			p.Concurrency = []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1}, {Channel: event.Chat, Maximum: uint8(n)}}
			p.Entries = []event.RoutingEntry{{QueueID: w.id("BasicQueue"), Channel: event.Chat, Priority: 1}}
		})
		w.available("agent1", autoAccept)
		for i := range n + 1 {
			w.chat(fmt.Sprint("chat", i), "direct")
		}
		for i := range n {
			w.want(fmt.Sprint("chat", i), WithAgent, "within the concurrency")
		}
		w.want(fmt.Sprint("chat", n), InQueue, "one too many")
	}
}

func TestAgentTakesOtherChannelsWhileOnOneThatAllowsIt(t *testing.T) {
	w := created(t)
	w.profile(func(p *event.RoutingProfileSaved) { p.Concurrency[1].AnyChannel = true })
	w.available("agent1", autoAccept)
	w.task("t1")
	w.waitingCall("c1")
	w.wantOffered("c1", "agent1", "on a task other channels are routed too")
	w.lifts("c1")
	w.task("t2")
	w.want("t2", InQueue, "on a call only calls are")
	w.profile(func(p *event.RoutingProfileSaved) { p.Concurrency[0].AnyChannel = true })
	w.want("t2", WithAgent, "now both allow it")
	w.waitingCall("c2")
	w.want("c2", InQueue, "one call at a time all the same")
}

func TestRoutingProfileChangedWhileWorkingCountsForTheNextContact(t *testing.T) {
	w := talking(t)
	w.addQueue("Support")
	p := *w.m.state.RoutingProfiles[w.id("Basic")]
	p.ProfileID, p.Name = w.id("Second"), "Second"
	p.Entries = []event.RoutingEntry{{QueueID: w.id("Support"), Channel: event.Voice, Priority: 1}}
	w.must(SaveRoutingProfile{p, true})
	w.changeUser("agent1", func(u *event.UserSaved) { u.RoutingProfileID = w.id("Second") })
	c := w.want("c1", WithAgent, "the call goes on")
	if c.ProfileID != w.id("Basic") {
		t.Error("the contact keeps the profile by which it was handled")
	}
	w.waitingCall("c2")
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.wait(time.Minute)
	w.want("c2", InQueue, "the new profile does not serve its queue")
}

func TestHierarchyGroupOfAContactIsThatOfTheMomentItWasTaken(t *testing.T) {
	w := created(t)
	for _, name := range []string{"North", "South"} {
		w.must(SaveHierarchyGroup{event.HierarchyGroupSaved{GroupID: w.id(name), Name: name}, true})
	}
	w.available("agent1", autoAccept, func(u *event.UserSaved) { u.HierarchyGroupID = w.id("North") })
	w.task("t1")
	w.changeUser("agent1", func(u *event.UserSaved) { u.HierarchyGroupID = w.id("South") })
	w.task("t2")
	if w.c("t1").GroupID != w.id("North") || w.c("t2").GroupID != w.id("South") {
		t.Error("each contact has the group of its moment")
	}
	w.refused(DeleteHierarchyGroup{w.id("South")}, tandem.InUse, "HierarchyGroupId")
	w.must(DeleteHierarchyGroup{w.id("North")})
}

func TestUserDeletedWhileWorkingFinishesFirst(t *testing.T) {
	w := talking(t)
	w.must(DeleteUser{w.id("agent1")})
	w.want("c1", WithAgent, "the call goes on")
	w.refused(PutUserStatus{w.id("agent1"), w.id("Offline")}, tandem.Conflict, "UserId")
	w.waitingCall("c2")
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.want("c1", WrapUp, "wrap-up is part of it")
	w.wait(30 * time.Second)
	if w.m.state.Agents[w.id("agent1")] != nil {
		t.Error("the user must be gone")
	}
	w.want("c2", InQueue, "who is being deleted takes nothing")
}

func TestUserDeletedWithAMissedContactIsGoneAtOnce(t *testing.T) {
	w := ringing(t)
	w.legReport(voice.LegEnded, "c1", true, voice.CauseNoAnswer)
	w.must(DeleteUser{w.id("agent1")})
	if w.m.state.Agents[w.id("agent1")] != nil {
		t.Error("there is nothing to finish")
	}
	w.want("c1", InQueue, "the caller waits for somebody else")
}

func TestUserDeletedWhileBeingOfferedIsGoneWhenTheOfferIsMissed(t *testing.T) {
	w := ringing(t)
	w.must(DeleteUser{w.id("agent1")})
	w.legReport(voice.LegEnded, "c1", true, voice.CauseNoAnswer)
	if w.m.state.Agents[w.id("agent1")] != nil {
		t.Error("nobody clears a missed contact for a user who is being deleted")
	}
	w.want("c1", InQueue, "the caller waits on")
}

func TestOwnQueueOfAUserWhoIsBeingDeletedTakesNobody(t *testing.T) {
	w := talking(t)
	w.saveFlow("own", "CONTACT_FLOW", act{id: "set", kind: "UpdateContactTargetQueue", params: `"AgentId":"` + w.id("agent1").String() + `"`,
		to: map[string]string{"NoMatchingError": "bye"}}, enter, bye)
	w.must(DeleteUser{w.id("agent1")})
	_, _, err := w.step(StartTask{FlowID: w.id("own"), Name: "t"})
	if err != nil || w.m.queued[w.id("agent1")] != 0 {
		t.Fatalf("%v, %d wait for a user who goes", err, w.m.queued[w.id("agent1")])
	}
}

func TestChatsAndTasksAreAcceptedByThemselvesWhereTheAgentWantsIt(t *testing.T) {
	w := created(t)
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Concurrency = append(p.Concurrency, event.ChannelConcurrency{Channel: event.Chat, Maximum: 2})
		p.Entries = append(p.Entries, event.RoutingEntry{QueueID: w.id("BasicQueue"), Channel: event.Chat, Priority: 1})
	})
	w.available("agent1", autoAccept)
	w.task("t1")
	w.want("t1", WithAgent, "auto-accept")
	w.available("agent2", autoAccept)
	w.chat("chat1", "direct")
	w.want("chat1", WithAgent, "auto-accept")
}

func TestSoftPhoneCallIsAcceptedByItselfOnceTheBrowserAnswers(t *testing.T) {
	w := created(t)
	w.available("agent1", autoAccept, softPhone)
	w.waitingCall("c1")
	w.want("c1", InQueue, "no panel takes calls")
	w.must(SetAgentConnection{UserID: w.id("agent1"), Connected: true, Softphone: true})
	w.want("c1", Joining, "accepted, the browser does not answer yet")
	legs := w.lastRoom("c1").Legs
	if i := slices.IndexFunc(legs, func(l voice.Leg) bool { return l.Soft }); i < 0 || legs[i].UserID != w.id("agent1") {
		t.Errorf("the legs are %+v, want one of the browser of agent1", legs)
	}
	w.lifts("c1")
	w.want("c1", WithAgent, "connected")
}

func TestSoftPhoneThatNeverAnswersFailsTheOffer(t *testing.T) {
	w := created(t)
	w.available("agent1", autoAccept, softPhone)
	w.must(SetAgentConnection{UserID: w.id("agent1"), Connected: true, Softphone: true})
	w.waitingCall("c1")
	w.wait(20 * time.Second)
	w.want("c1", InQueue, "the call waits on")
	if slot := w.agent("agent1").slot(w.id("c1")); slot == nil || slot.State != Failed {
		t.Error("the agent has an error to clear")
	}
}

func TestDeskPhoneRingsWhateverTheAutoAccept(t *testing.T) {
	w := created(t)
	w.available("agent1", autoAccept)
	w.waitingCall("c1")
	w.wantOffered("c1", "agent1", "a desk phone must be lifted")
	w.lifts("c1")
	w.want("c1", WithAgent, "lifted")
}

func TestWrapUpEndsByItselfAtItsLimit(t *testing.T) {
	w := talking(t)
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.wait(30*time.Second - time.Millisecond)
	w.want("c1", WrapUp, "29.999 seconds")
	w.restart()
	w.wait(time.Millisecond)
	w.want("c1", Ended, "30 seconds")
	if c := w.c("c1"); c.ClearedAt.Sub(c.WrapUpAt) != 30_000 {
		t.Errorf("the wrap-up took %d ms", c.ClearedAt.Sub(c.WrapUpAt))
	}
}

func TestRefusedOffersHoldTheAgentUntilTheyAreCleared(t *testing.T) {
	for cause, state := range map[voice.Cause]AgentContactState{voice.CauseNoAnswer: Missed, voice.CauseBusy: Rejected, voice.CauseUnreachable: Failed} {
		w := ringing(t)
		w.legReport(voice.LegEnded, "c1", true, cause)
		w.wait(time.Hour)
		w.want("c1", InQueue, "not routable")
		if slot := w.agent("agent1").slot(w.id("c1")); slot == nil || slot.State != state {
			t.Fatalf("%s: got %+v", cause, slot)
		}
		w.must(DismissUserContact{w.id("agent1"), w.id("c1")})
		w.wantOffered("c1", "agent1", "cleared")
	}
}

func TestAgentIsPausedAfterSoManyMissedOffersInARow(t *testing.T) {
	w := created(t)
	w.addStatus("Away")
	w.settings(event.SettingsSaved{MissedBeforePause: 2, PauseStatusID: w.id("Away")})
	w.available("agent1")
	miss := func() {
		w.wait(20 * time.Second)
		w.must(DismissUserContact{w.id("agent1"), w.id("t1")})
	}
	w.task("t1")
	miss()
	w.wantOffered("t1", "agent1", "one is not enough")
	w.must(AcceptContact{w.id("agent1"), w.id("t1")})
	w.must(StopContact{w.id("t1")})
	w.must(DismissUserContact{w.id("agent1"), w.id("t1")})
	w.task("t1")
	miss()
	w.wantStatus("agent1", "Available", "", "the one that was taken broke the row")
	miss()
	w.wantStatus("agent1", "Away", "", "two in a row")
	w.status("agent1", "Available")
	miss()
	w.wantStatus("agent1", "Available", "", "the count began anew")
}

func TestPauseAfterMissedOffersLeavesAChosenNextStatus(t *testing.T) {
	w := created(t)
	w.addStatus("Away")
	w.settings(event.SettingsSaved{MissedBeforePause: 1, PauseStatusID: w.id("Away")})
	w.available("agent1")
	w.task("t1")
	w.status("agent1", "Offline")
	w.wait(20 * time.Second)
	w.wantStatus("agent1", "Available", "Offline", "what the agent chose counts")
}

func TestSupervisorChangesAnAgentsStatus(t *testing.T) {
	// Whoever sets it, a status is the same: the API has no other way.
	w := talking(t)
	w.addStatus("Training")
	w.status("agent1", "Training")
	w.wantStatus("agent1", "Available", "Training", "at once where nothing goes on, else next")
	w.addUser("agent2")
	w.status("agent2", "Available")
	w.status("agent2", "Training")
	w.wantStatus("agent2", "Training", "", "at once")
}
