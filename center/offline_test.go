package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// offlineWorld has an agent with a chat, a task, a call, and the setting by
// which work returns.
func offlineWorld(t *testing.T) *world {
	w := created(t)
	w.settings(event.SettingsSaved{RequeueOnOffline: true})
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Concurrency = []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1, AnyChannel: true},
			{Channel: event.Chat, Maximum: 2, AnyChannel: true}, {Channel: event.Task, Maximum: 2, AnyChannel: true}}
		p.Entries = append(p.Entries, event.RoutingEntry{QueueID: w.id("BasicQueue"), Channel: event.Chat, Priority: 1})
	})
	w.available("agent1", autoAccept)
	return w
}

func TestWorkOfAnAgentWhoGoesOfflineReturnsToItsQueueWithItsPlace(t *testing.T) {
	w := offlineWorld(t)
	w.task("t1")
	w.wait(time.Second)
	w.chat("chat1", "direct")
	since := w.c("t1").WaitingSince
	w.must(UpdateContactAttributes{w.id("t1"), tandem.PersonalMap{"k": "v"}})
	w.wait(time.Minute)
	w.status("agent1", "Offline")
	w.wantStatus("agent1", "Offline", "", "nothing is left to do")
	old := w.want("t1", Ended, "its record is complete")
	next := w.m.contact(old.NextID)
	if old.HandledBy != w.id("agent1") || old.ConnectedToAgentAt.IsZero() || old.TransferredTo != event.TransferToQueue {
		t.Errorf("the record must say who had it: %+v", old)
	}
	if next.Phase != InQueue || next.WaitingSince != since || next.QueueID != w.id("BasicQueue") {
		t.Errorf("phase %d since %s, want %s", next.Phase, next.WaitingSince, since)
	}
	if next.PreviousID != old.ContactID || next.InitialContactID != old.ContactID || next.Attributes["k"] != "v" || next.Method != event.QueueTransfer {
		t.Error("the chain is broken")
	}
	w.name(next.ContactID, "t1 again")
	w.name(w.c("chat1").NextID, "chat1 again")
	w.task("t2")
	w.available("agent2")
	w.wantOffered("chat1 again", "agent2", "chats go first in the profile")
	w.must(AcceptContact{w.id("agent2"), w.id("chat1 again")})
	w.wantOffered("t1 again", "agent2", "before the younger task")
}

func TestWorkReturnsOnlyWhereTheSettingsSaySo(t *testing.T) {
	w := offlineWorld(t)
	w.settings(event.SettingsSaved{})
	w.task("t1")
	w.status("agent1", "Offline")
	w.want("t1", WithAgent, "the guide's way: the agent finishes it")
	w.wantStatus("agent1", "Available", "Offline", "next")
}

func TestCallsOfAnAgentWhoGoesOfflineStay(t *testing.T) {
	w := offlineWorld(t)
	w.waitingCall("c1")
	w.lifts("c1")
	w.task("t1")
	w.status("agent1", "Offline")
	w.want("c1", WithAgent, "voice stays")
	w.want("t1", Ended, "the task returned")
	w.wantStatus("agent1", "Available", "Offline", "after the call")
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.wait(30 * time.Second)
	w.wantStatus("agent1", "Offline", "", "the call is over")
}

func TestReturnedChatRunsItsQueueFlowAgain(t *testing.T) {
	w := offlineWorld(t)
	w.saveFlow("waiting", "CUSTOMER_QUEUE", act{id: "pause", kind: "Wait", params: `"TimeLimitSeconds":"600"`, to: map[string]string{"Equals WaitCompleted": "end"}}, end)
	w.saveFlow("chat flow", "CONTACT_FLOW", hook("hook", "CustomerQueue", w.id("waiting").String()), toQueue, enter, bye)
	w.chat("chat1", "chat flow")
	w.want("chat1", WithAgent, "auto-accept")
	w.status("agent1", "Offline")
	w.name(w.c("chat1").NextID, "chat1 again")
	if c := w.want("chat1 again", InQueue, "returned"); c.Flow.FlowID != w.id("waiting") {
		t.Error("the queue flow does not run")
	}
}

func TestWorkWhoseQueueIsGoneEndsWithItsAgent(t *testing.T) {
	w := offlineWorld(t)
	w.addQueue("Old")
	w.saveFlow("to old", "CONTACT_FLOW", act{id: "queue", kind: "UpdateContactTargetQueue", params: `"QueueId":"` + w.id("Old").String() + `"`,
		to: map[string]string{"NoMatchingError": "bye"}}, enter, bye)
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Entries = append(p.Entries, event.RoutingEntry{QueueID: w.id("Old"), Channel: event.Task, Priority: 1})
	})
	_, events, _ := w.step(StartTask{FlowID: w.id("to old"), Name: "t"})
	w.born("t1", events)
	w.want("t1", WithAgent, "taken")
	w.profile(func(p *event.RoutingProfileSaved) { p.Entries = p.Entries[:3] })
	w.must(DeleteQueue{w.id("Old")})
	w.status("agent1", "Offline")
	w.want("t1", WrapUp, "there is no queue to return to")
	w.wantStatus("agent1", "Available", "Offline", "after the wrap-up")
}
