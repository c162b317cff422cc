package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

func TestScheduledTaskBeginsAtItsTime(t *testing.T) {
	w := created(t)
	w.available("agent1")
	_, events, err := w.step(StartTask{FlowID: w.id("direct"), Name: "t", ScheduledAt: w.now.AddSeconds(3600)})
	if err != nil {
		t.Fatal(err)
	}
	w.born("t1", events)
	w.wait(time.Hour - time.Millisecond)
	w.want("t1", Scheduled, "not yet")
	w.restart()
	w.wait(time.Millisecond)
	w.wantOffered("t1", "agent1", "due")
	if c := w.c("t1"); c.ConnectedToSystemAt != w.now {
		t.Error("it begins now")
	}
	w.refused(StartTask{FlowID: w.id("direct"), Name: "t", ScheduledAt: w.now.AddSeconds(6*86_400 + 1)}, tandem.Invalid, "ScheduledTime")
	if _, _, err := w.step(StartTask{FlowID: w.id("direct"), Name: "t", ScheduledAt: w.now - 1}); err != nil {
		t.Errorf("a time that has passed is now: %v", err)
	}
}

func TestScheduledTaskCanBeStoppedAndExpiresAWeekAfterItsTime(t *testing.T) {
	w := created(t)
	start := StartTask{FlowID: w.id("direct"), Name: "t", ScheduledAt: w.now.AddSeconds(86_400)}
	_, events, _ := w.step(start)
	w.born("t1", events)
	w.must(StopContact{w.id("t1")})
	w.want("t1", Ended, "stopped")
	_, events, _ = w.step(start)
	w.born("t2", events)
	w.wait(8*24*time.Hour - time.Second)
	w.want("t2", InQueue, "nobody takes it")
	w.wait(time.Second)
	if c := w.want("t2", Ended, "expired"); c.Reason != event.Expired {
		t.Errorf("reason %s", c.Reason)
	}
}

func TestPausedTaskMakesRoomAndResumesWhereThereIsRoom(t *testing.T) {
	w := created(t)
	w.profile(func(p *event.RoutingProfileSaved) { p.Concurrency[1].Maximum = 1 })
	w.available("agent1", autoAccept)
	w.task("t1")
	w.task("t2")
	w.want("t2", InQueue, "one task at a time")
	w.must(PauseContact{w.id("agent1"), w.id("t1"), true})
	w.want("t2", WithAgent, "the other was put aside")
	if c := w.want("t1", WithAgent, "it stays with its agent"); c.PausedAt != w.now || w.agent("agent1").slot(c.ContactID).State != Paused {
		t.Errorf("paused at %s", c.PausedAt)
	}
	w.restart()
	w.refused(PauseContact{w.id("agent1"), w.id("t1"), false}, tandem.Conflict, "ContactId")
	w.must(StopContact{w.id("t2")})
	w.must(DismissUserContact{w.id("agent1"), w.id("t2")})
	w.must(PauseContact{w.id("agent1"), w.id("t1"), false})
	w.task("t3")
	w.want("t3", InQueue, "busy again")
	if got := kinds(w.must(PauseContact{w.id("agent1"), w.id("t1"), false})); got != "" {
		t.Errorf("resuming again led to %s", got)
	}
	w.must(StopContact{w.id("t1")})
	w.want("t1", WrapUp, "ended like any other")
}

func TestOnlyTasksArePaused(t *testing.T) {
	w := talking(t)
	w.refused(PauseContact{w.id("agent1"), w.id("c1"), true}, tandem.Conflict, "ContactId")
	w.refused(PauseContact{w.id("agent1"), w.id("none"), true}, tandem.NotFound, "ContactId")
}

func TestPausedTaskReturnsToItsQueueWithTheOthers(t *testing.T) {
	w := offlineWorld(t)
	w.task("t1")
	w.must(PauseContact{w.id("agent1"), w.id("t1"), true})
	w.status("agent1", "Offline")
	w.wantStatus("agent1", "Offline", "", "nothing is left")
	if next := w.m.contact(w.c("t1").NextID); next.Phase != InQueue || !next.PausedAt.IsZero() {
		t.Errorf("got %+v", next)
	}
}

// transferWorld has two agents, each with the flows to transfer by, and a chat
// and a task with the first.
func transferWorld(t *testing.T) *world {
	w := created(t)
	chatProfile(w)
	w.profile(func(p *event.RoutingProfileSaved) {
		for i := range p.Concurrency {
			p.Concurrency[i].AnyChannel = true
		}
	})
	w.addQueue("Other")
	w.saveFlow("to agent", flow.TypeAgentTransfer, enter, bye)
	w.saveFlow("to queue", flow.TypeQueueTransfer, enter, bye)
	w.available("agent1", autoAccept)
	w.task("t1")
	w.chat("chat1", "direct")
	return w
}

func TestTaskIsTransferredToAQueue(t *testing.T) {
	w := transferWorld(t)
	w.must(UpdateContactAttributes{w.id("t1"), tandem.PersonalMap{"k": "v"}})
	b := TransferContact{ContactID: w.id("t1"), QueueID: w.id("Other"), FlowID: w.id("to queue"), ClientToken: "token1"}
	answer, events, err := w.step(b)
	if err != nil {
		t.Fatal(err)
	}
	next := w.born("t2", events)
	old := w.want("t1", WrapUp, "the agent wraps up")
	if next.Phase != InQueue || next.QueueID != w.id("Other") || next.Method != event.Transfer || next.PreviousID != old.ContactID ||
		next.Attributes["k"] != "v" || next.Name != old.Name || next.InitialContactID != old.ContactID {
		t.Errorf("got %+v", next)
	}
	if old.NextID != next.ContactID || old.TransferredTo != event.TransferToQueue || old.Reason != event.AgentDisconnect {
		t.Errorf("got %+v", old)
	}
	if again, events, err := w.step(b); again != answer || len(events) != 0 || err != nil {
		t.Error("the same token is the same transfer")
	}
}

func TestChatIsTransferredToAnAgentsOwnQueue(t *testing.T) {
	w := transferWorld(t)
	w.available("agent2")
	_, events, err := w.step(TransferContact{ContactID: w.id("chat1"), UserID: w.id("agent2"), FlowID: w.id("to agent")})
	if err != nil {
		t.Fatal(err)
	}
	w.born("chat2", events)
	w.wantOffered("chat2", "agent2", "offered to this agent")
	if c := w.c("chat1"); c.TransferredTo != event.TransferToAgent {
		t.Errorf("transferred to %d", c.TransferredTo)
	}
}

func TestTransfersAreValidated(t *testing.T) {
	w := transferWorld(t)
	w.waitingCall("c1")
	w.saveFlow("whisper", flow.TypeAgentWhisper, end)
	good := TransferContact{ContactID: w.id("t1"), QueueID: w.id("Other"), FlowID: w.id("to queue")}
	with := func(change func(*TransferContact)) TransferContact { b := good; change(&b); return b }
	w.refused(with(func(b *TransferContact) { b.ContactID = w.id("none") }), tandem.NotFound, "ContactId")
	w.refused(with(func(b *TransferContact) { b.ContactID = w.id("c1") }), tandem.Conflict, "ContactId")
	w.refused(with(func(b *TransferContact) { b.FlowID = tandem.ID{} }), tandem.NotFound, "ContactFlowId")
	w.refused(with(func(b *TransferContact) { b.FlowID = w.id("whisper") }), tandem.Invalid, "ContactFlowId")
	w.refused(with(func(b *TransferContact) { b.QueueID = w.id("none") }), tandem.NotFound, "QueueId")
	w.refused(with(func(b *TransferContact) { b.UserID = w.id("none") }), tandem.NotFound, "UserId")
	w.refused(with(func(b *TransferContact) { b.UserID = w.id("agent1") }), tandem.Invalid, "UserId")
	w.refused(with(func(b *TransferContact) { b.QueueID = tandem.ID{} }), tandem.Invalid, "UserId")
	w.must(DeleteUser{w.id("agent1")})
	w.refused(with(func(b *TransferContact) { b.UserID, b.QueueID = w.id("agent1"), tandem.ID{} }), tandem.NotFound, "UserId")
	w.must(StopContact{w.id("t1")})
	w.refused(good, tandem.Conflict, "ContactId")
}

func TestFlowBeginsATaskThatBelongsToItsContact(t *testing.T) {
	w := created(t)
	w.saveFlow("creates", flow.TypeContactFlow, act{id: "task", kind: "CreateTask",
		params: `"ContactFlowId":"` + w.id("direct").String() + `","Name":"Call $.CustomerEndpoint.Address back","DelaySeconds":"600"`}, bye)
	w.saveNumber("+14155550110", "creates")
	w.call("c1", customerNumber, "+14155550110")
	w.born("t1", w.legReport(voice.LegAnswered, "c1", false, 0))
	c := w.want("t1", Scheduled, "later")
	if c.RelatedID != w.id("c1") || c.Name != "Call "+customerNumber+" back" || c.InitialContactID != c.ContactID {
		t.Errorf("got %+v", c)
	}
	w.wait(600 * time.Second)
	w.want("t1", InQueue, "its flow queued it")
}
