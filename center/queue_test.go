package center

import (
	"fmt"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

func routing(id, params string) act {
	return act{id: id, kind: "UpdateContactRoutingBehavior", params: params}
}

func TestPriorityOfAContactGoesBeforeItsAge(t *testing.T) {
	w := created(t)
	w.saveFlow("urgent", flow.TypeContactFlow, routing("first", `"QueuePriority":"1"`), toQueue, enter, bye)
	w.saveNumber("+14155550110", "urgent")
	w.waitingCall("c1")
	w.wait(time.Minute)
	w.call("c2", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c2", false, 0)
	w.available("agent1")
	w.wantOffered("c2", "agent1", "priority 1 before 5")
}

func TestPriorityCanChangeWhileAContactWaits(t *testing.T) {
	w := created(t)
	w.waitingCall("c1")
	w.waitingCall("c2")
	w.must(UpdateContactRouting{ContactID: w.id("c2"), Priority: 4})
	w.restart()
	w.available("agent1")
	w.wantOffered("c2", "agent1", "priority 4 before 5")
}

func TestAgeCanChangeBeforeAndWhileAContactWaits(t *testing.T) {
	w := created(t)
	w.saveFlow("older", flow.TypeContactFlow, routing("older", `"QueueTimeAdjustmentSeconds":"30"`), toQueue, enter, bye)
	w.saveNumber("+14155550110", "older")
	w.waitingCall("c1")
	w.wait(20 * time.Second)
	w.call("c2", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c2", false, 0)
	if c := w.c("c2"); c.EnqueuedAt.Sub(c.WaitingSince) != 30_000 {
		t.Fatalf("counts as %d ms older", c.EnqueuedAt.Sub(c.WaitingSince))
	}
	w.must(UpdateContactRouting{ContactID: w.id("c1"), Adjusts: true, AdjustmentSeconds: -60})
	w.must(UpdateContactRouting{ContactID: w.id("c1"), Adjusts: true, AdjustmentSeconds: 11})
	if c := w.c("c1"); c.EnqueuedAt.Sub(c.WaitingSince) != 11_000 {
		t.Fatalf("the adjustment is not a sum: %d ms", c.EnqueuedAt.Sub(c.WaitingSince))
	}
	w.available("agent1")
	w.wantOffered("c1", "agent1", "31 seconds old, the other 30")
}

func TestQueueFlowCanChangeThePriority(t *testing.T) {
	w := created(t)
	w.saveFlow(flow.SampleCustomerQueue, flow.TypeCustomerQueue, loopOnce, routing("then", `"QueuePriority":"2"`), end)
	w.waitingCall("c1")
	w.wait(time.Second)
	w.waitingCall("c2")
	w.must(UpdateContactRouting{ContactID: w.id("c1"), Priority: 9})
	w.wait(30 * time.Second)
	if w.c("c1").Priority != 2 || w.c("c2").Priority != 2 {
		t.Fatalf("priorities %d and %d", w.c("c1").Priority, w.c("c2").Priority)
	}
	w.available("agent1")
	w.wantOffered("c1", "agent1", "of the same priority the older one")
}

func TestRoutingOfAContactIsValidated(t *testing.T) {
	w := talking(t)
	w.refused(UpdateContactRouting{ContactID: w.id("c1"), Priority: 1}, tandem.Conflict, "ContactId")
	w.refused(UpdateContactRouting{ContactID: w.id("none"), Priority: 1}, tandem.NotFound, "ContactId")
	w.waitingCall("c2")
	w.refused(UpdateContactRouting{ContactID: w.id("c2"), Priority: -1}, tandem.Invalid, "QueuePriority")
	w.refused(UpdateContactRouting{ContactID: w.id("c2"), Adjusts: true, AdjustmentSeconds: maxAgeSeconds + 1}, tandem.Invalid, "QueueTimeAdjustmentSeconds")
	if got := kinds(w.must(UpdateContactRouting{ContactID: w.id("c2"), Priority: 5})); got != "" {
		t.Errorf("the same again led to %s", got)
	}
}

func TestQueueWithoutALimitTakesAsManyAsTheInstance(t *testing.T) {
	w := created(t)
	w.m.queued[w.id("BasicQueue")] = tandem.DefaultQueueCapacity - 1
	if room, known := w.m.queueRoom(w.id("BasicQueue")); !room || !known {
		t.Error("one place is left")
	}
	w.m.queued[w.id("BasicQueue")]++
	if room, known := w.m.queueRoom(w.id("BasicQueue")); room || !known {
		t.Error("the queue is full")
	}
	delete(w.m.queued, w.id("BasicQueue"))
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.MaxContacts = 0 })
	if room, _ := w.m.queueRoom(w.id("BasicQueue")); room {
		t.Error("a limit of 0 takes nobody")
	}
}

func TestOfferedContactsCountInTheQueueUntilTheyAreConnected(t *testing.T) {
	w := created(t)
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.MaxContacts = 1 })
	w.available("agent1")
	w.waitingCall("c1")
	w.wantOffered("c1", "agent1", "rings")
	w.waitingCall("c2")
	w.want("c2", InFlow, "the queue is full")
	w.lifts("c1")
	w.waitingCall("c3")
	w.want("c3", InQueue, "the place is free")
}

func TestDisabledQueueServesThoseWhoWait(t *testing.T) {
	w := created(t)
	w.waitingCall("c1")
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.Enabled = false })
	w.waitingCall("c2")
	w.want("c2", Ended, "no new contacts")
	w.available("agent1")
	w.wantOffered("c1", "agent1", "who waits is served")
	w.legReport(voice.LegEnded, "c1", true, voice.CauseNoAnswer)
	w.want("c1", InQueue, "and comes back to it")
	w.must(DismissUserContact{w.id("agent1"), w.id("c1")})
	w.wantOffered("c1", "agent1", "again")
}

func TestQueueIsOpenOverMidnightAndOnTheDaysWhenClocksChange(t *testing.T) {
	w := created(t)
	night := event.HoursSaved{HoursID: w.id("Night"), Name: "Night", TimeZone: "Europe/Berlin",
		Slots: []event.HoursSlot{{Weekday: uint8(time.Saturday), StartMinute: 22 * 60, EndMinute: 4 * 60}}}
	w.must(SaveHours{night, true})
	w.saveFlow("hours", flow.TypeContactFlow, act{id: "hours", kind: "CheckHoursOfOperation", params: `"HoursOfOperationId":"` + w.id("Night").String() + `"`,
		to: map[string]string{"Equals True": "queue", "Equals False": "bye", "NoMatchingError": "bye"}}, toQueue, enter, bye)
	for _, c := range []struct {
		at   string
		open bool
	}{
		{"2026-03-28T20:59:59Z", false}, // 21:59:59, winter
		{"2026-03-28T21:00:00Z", true},
		{"2026-03-29T01:00:00Z", true}, // 03:00, summer now: the night is an hour shorter
		{"2026-03-29T01:59:59Z", true},
		{"2026-03-29T02:00:00Z", false},
		{"2026-10-24T19:59:59Z", false}, // 21:59:59, summer
		{"2026-10-24T20:00:00Z", true},
		{"2026-10-25T02:59:59Z", true}, // 03:59:59, winter again: the night is an hour longer
		{"2026-10-25T03:00:00Z", false},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		w.wait(time.Duration(tandem.At(at).Sub(w.now)) * time.Millisecond)
		_, events, err := w.step(StartTask{FlowID: w.id("hours"), Name: "t"})
		if err != nil {
			t.Fatal(err)
		}
		if got := w.born("t "+c.at, events).Phase == InQueue; got != c.open {
			t.Errorf("%s: open is %v", c.at, got)
		}
	}
}

// ownQueue lets a flow queue contacts for one agent.
func ownQueue(w *world, agent string) {
	w.saveFlow("own", flow.TypeContactFlow, act{id: "set", kind: "UpdateContactTargetQueue", params: `"AgentId":"` + w.id(agent).String() + `"`,
		to: map[string]string{"NoMatchingError": "bye"}}, act{id: "enter", kind: "TransferContactToQueue", to: map[string]string{"QueueAtCapacity": "full", "NoMatchingError": "bye"}},
		say("full", "Later."), bye)
	w.saveNumber("+14155550110", "own")
}

func (w *world) ownTask(name string) *Contact {
	w.t.Helper()
	_, events, err := w.step(StartTask{FlowID: w.id("own"), Name: "t"})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.born(name, events)
}

func TestAgentsOwnQueueTakesTenAndIsServedByThatAgentAlone(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.available("agent2")
	ownQueue(w, "agent1")
	for n := range maxAgentQueue {
		if c := w.ownTask(fmt.Sprint("t", n)); c.Phase != InQueue || c.QueueID != w.id("agent1") {
			t.Fatalf("task %d is in phase %d", n, c.Phase)
		}
	}
	if c := w.ownTask("one too many"); c.Phase != Ended {
		t.Errorf("the eleventh is in phase %d", c.Phase)
	}
	w.refused(DeleteUser{w.id("agent1")}, tandem.InUse, "UserId")
	w.status("agent1", "Available")
	w.wantOffered("t0", "agent1", "their own")
	if len(w.agent("agent2").Contacts) != 0 {
		t.Error("nobody else is offered it")
	}
}

func TestOwnQueueGoesBeforeTheQueuesOfTheProfile(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	ownQueue(w, "agent1")
	w.task("t1")
	w.wait(time.Minute)
	w.ownTask("own1")
	w.status("agent1", "Available")
	w.wantOffered("own1", "agent1", "meant for this agent")
}

// resuming is a world in which callers take their place again for 10 minutes,
// and c1 waits since a minute.
func resuming(t *testing.T) *world {
	w := created(t)
	w.report(voice.Report{Kind: voice.MediaStarted})
	w.settings(event.SettingsSaved{ResumeWithinMinutes: 10})
	w.waitingCall("c1")
	w.wait(time.Minute)
	return w
}

func TestCallerWhoCallsAgainInTimeTakesTheOldPlace(t *testing.T) {
	for _, cause := range []voice.Cause{voice.CauseRemote, voice.CauseLost} {
		w := resuming(t)
		since := w.c("c1").WaitingSince
		w.call("other", "+4930999999", directNumber)
		w.legReport(voice.LegAnswered, "other", false, 0)
		w.phone(voice.LegEnded, "c1", event.CustomerLeg, cause)
		w.wait(10 * time.Minute)
		w.restart()
		w.call("c2", customerNumber, directNumber)
		w.wait(10 * time.Second) // it is the call that comes in time, not the queue
		w.legReport(voice.LegAnswered, "c2", false, 0)
		if c := w.c("c2"); c.WaitingSince != since || c.EnqueuedAt != w.now {
			t.Fatalf("%s: waits since %s, want %s", cause, c.WaitingSince, since)
		}
		w.available("agent1")
		w.wantOffered("c2", "agent1", "before who came meanwhile")
	}
}

func TestOldPlaceIsLostAfterTheTimeInAnotherQueueAndForAnotherCaller(t *testing.T) {
	w := resuming(t)
	w.hangsUp("c1", event.CustomerLeg)
	w.call("other", "+4930999999", directNumber)
	w.legReport(voice.LegAnswered, "other", false, 0)
	if c := w.c("other"); c.WaitingSince != w.now {
		t.Error("another caller")
	}
	w.addQueue("Other")
	w.saveFlow("to other", flow.TypeContactFlow, act{id: "queue", kind: "UpdateContactTargetQueue", params: `"QueueId":"` + w.id("Other").String() + `"`,
		to: map[string]string{"NoMatchingError": "bye"}}, enter, bye)
	w.saveNumber("+14155550110", "to other")
	w.call("c2", customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, "c2", false, 0)
	if c := w.c("c2"); c.WaitingSince != w.now {
		t.Error("another queue")
	}
	w.wait(10*time.Minute + time.Millisecond)
	w.waitingCall("c3")
	if c := w.c("c3"); c.WaitingSince != w.now {
		t.Error("too late")
	}
}

func TestOldPlaceIsTakenOnce(t *testing.T) {
	w := resuming(t)
	since := w.c("c1").WaitingSince
	w.hangsUp("c1", event.CustomerLeg)
	w.wait(time.Second)
	w.waitingCall("c2")
	w.waitingCall("c3")
	if w.c("c2").WaitingSince != since || w.c("c3").WaitingSince != w.now {
		t.Fatal("a second call from the same number has a place of its own")
	}
	w.hangsUp("c2", event.CustomerLeg)
	w.wait(time.Second)
	w.waitingCall("c4")
	if w.c("c4").WaitingSince != since {
		t.Error("who drops again still has the place")
	}
}

func TestCallerWhoWasServedHasNoOldPlace(t *testing.T) {
	w := resuming(t)
	w.available("agent1")
	w.lifts("c1")
	w.hangsUp("c1", event.CustomerLeg)
	w.waitingCall("c2")
	if w.c("c2").WaitingSince != w.now {
		t.Error("this is a new matter")
	}
}

func TestWithoutTheSettingCallersBeginAnew(t *testing.T) {
	w := resuming(t)
	w.settings(event.SettingsSaved{})
	w.hangsUp("c1", event.CustomerLeg)
	w.waitingCall("c2")
	if w.c("c2").WaitingSince != w.now {
		t.Error("nothing was set")
	}
}

// movingWorld has a queue flow that moves its caller every 30 seconds.
func movingWorld(t *testing.T, to string) *world {
	w := created(t)
	w.addQueue("Other")
	move := act{id: "then", kind: "DequeueContactAndTransferToQueue", params: to, to: map[string]string{"QueueAtCapacity": "full", "NoMatchingError": "failed"}}
	w.saveFlow(flow.SampleCustomerQueue, flow.TypeCustomerQueue, loopOnce, move, end, say("full", "All are busy."), end2, say("failed", "Sorry."), end3)
	return w
}

var (
	end2 = act{id: "end2", kind: "EndFlowExecution"}
	end3 = act{id: "end3", kind: "EndFlowExecution"}
)

func TestQueueToQueueIsANewContactInTheSameFlow(t *testing.T) {
	w := movingWorld(t, `"QueueId":"`+tandem.NameID("test", "Other").String()+`"`)
	w.waitingCall("c1")
	w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"k": "v"}})
	c2 := w.born("c2", w.wait(30*time.Second))
	c1 := w.want("c1", Ended, "its record is complete")
	if c1.NextID != c2.ContactID || c1.TransferredTo != event.TransferToQueue || c1.customer() != nil || c1.Flow.runs() {
		t.Errorf("got %+v", c1)
	}
	if c2.Phase != InQueue || c2.QueueID != w.id("Other") || c2.Method != event.QueueTransfer || c2.PreviousID != c1.ContactID ||
		c2.callID() != c1.ContactID || c2.Attributes["k"] != "v" || c2.EnqueuedAt != w.now || c2.WaitingSince != w.now {
		t.Errorf("got %+v", c2)
	}
	if c2.Flow.ActionID != "loop" || c2.Play == nil || w.lastRoom("c1").Plays[0].Listener != c2.customer().ID {
		t.Error("the same flow goes on, and the caller hears it")
	}
	w.restart()
	w.hangsUp("c2", event.CustomerLeg)
	w.want("c2", Ended, "the caller gave up")
}

func TestQueueToQueueStaysWhereItIsWhenTheOtherIsFull(t *testing.T) {
	w := movingWorld(t, `"QueueId":"`+tandem.NameID("test", "Other").String()+`"`)
	w.changeQueue("Other", func(q *event.QueueSaved) { q.MaxContacts = 0 })
	w.waitingCall("c1")
	w.wait(30 * time.Second)
	if c := w.want("c1", InQueue, "it waits on"); c.QueueID != w.id("BasicQueue") || c.Flow.ActionID != "full" {
		t.Errorf("in %s, block %s", w.text(c.QueueID), c.Flow.ActionID)
	}
	w.changeQueue("Other", func(q *event.QueueSaved) { q.Enabled = false })
	w.heard("c1", event.CustomerSide)
	w.wait(30 * time.Second)
	if c := w.c("c1"); c.Flow.ActionID != "failed" {
		t.Errorf("a disabled queue is an error, not %s", c.Flow.ActionID)
	}
}

func TestChainHasAtMostTwelveContactsByQueueToQueue(t *testing.T) {
	for name, to := range map[string]string{"by name": `"QueueId":"` + tandem.NameID("test", "Other").String() + `"`, "target queue": ""} {
		w := movingWorld(t, to)
		w.waitingCall("c1")
		for n := 2; n <= 12; n++ {
			if c := w.born(fmt.Sprint("c", n), w.wait(30*time.Second)); int(c.ChainLength) != n {
				t.Fatalf("%s: place %d of the chain is %d", name, n, c.ChainLength)
			}
		}
		w.wait(30 * time.Second)
		if c := w.want("c12", InQueue, name); c.Flow.ActionID != "failed" {
			t.Errorf("%s: the thirteenth stands in %s", name, c.Flow.ActionID)
		}
	}
}

func TestContactIsNotMovedWhileItIsOffered(t *testing.T) {
	for _, to := range []string{`"QueueId":"` + tandem.NameID("test", "Other").String() + `"`, ""} {
		w := movingWorld(t, to)
		w.waitingCall("c1")
		w.wait(25 * time.Second)
		w.available("agent1")
		w.wait(5 * time.Second)
		w.wantOffered("c1", "agent1", "the offer stands")
		if c := w.c("c1"); c.Flow.ActionID != "failed" {
			t.Errorf("stands in %s", c.Flow.ActionID)
		}
	}
}
