package center

import (
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// hoursFlow lets a task in while the hours are open, and else hangs up.
const hoursFlow = `{"Version":"2019-10-30","StartAction":"hours","Actions":[
	{"Identifier":"hours","Type":"CheckHoursOfOperation","Parameters":{"HoursOfOperationId":"$HOURS"},
	 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}],
	 "Conditions":[{"NextAction":"queue","Condition":{"Operator":"Equals","Operands":["True"]}},{"NextAction":"bye","Condition":{"Operator":"Equals","Operands":["False"]}}]}},
	{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$QUEUE"},
	 "Transitions":{"NextAction":"again","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"again","Type":"CheckHoursOfOperation","Parameters":{},
	 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}],
	 "Conditions":[{"NextAction":"enter","Condition":{"Operator":"Equals","Operands":["True"]}},{"NextAction":"bye","Condition":{"Operator":"Equals","Operands":["False"]}}]}},
	{"Identifier":"enter","Type":"TransferContactToQueue","Parameters":{},
	 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"QueueAtCapacity"},{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// storeFlow asks for several keys and keeps them.
const storeFlow = `{"Version":"2019-10-30","StartAction":"ask","Actions":[
	{"Identifier":"ask","Type":"GetParticipantInput","Parameters":{"Text":"Your number?","StoreInput":"True","InputTimeLimitSeconds":"5","InputValidation":{"CustomValidation":{"MaximumLength":"8"}}},
	 "Transitions":{"NextAction":"say","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"You typed $.StoredCustomerInput"},"Transitions":{"NextAction":"bye"}},
	{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

func TestFlowChecksNamedHoursAndThoseOfItsQueue(t *testing.T) {
	w := created(t)
	office := event.HoursSaved{HoursID: w.id("Office"), Name: "Office", TimeZone: "UTC",
		Slots: []event.HoursSlot{{Weekday: monday, StartMinute: 9 * 60, EndMinute: 10 * 60}}}
	w.must(SaveHours{office, true})
	content := strings.ReplaceAll(hoursFlow, "$HOURS", office.HoursID.String())
	w.must(SaveFlow{w.flow("hours", flow.TypeContactFlow, content), true})
	start := func() *Contact {
		answer, _, err := w.step(StartTask{FlowID: w.id("hours"), Name: "t"})
		if err != nil {
			t.Fatal(err)
		}
		return w.m.contact(answer.(tandem.ID))
	}
	if start().Phase != InQueue {
		t.Error("it is Monday, 09:00: open")
	}
	q := *w.m.State().Queues[w.id("BasicQueue")]
	q.HoursID = office.HoursID
	w.must(SaveQueue{Queue: q})
	if start().Phase != InQueue {
		t.Error("the queue is open as well")
	}
	w.wait(time.Hour)
	if start().Phase != Ended {
		t.Error("it is 10:00: closed")
	}
	if open, known := (env{m: w.m, c: &Contact{}, step: &tandem.Step{At: w.now}}).HoursOpen(""); open || known {
		t.Error("without a queue there are no hours")
	}
	if _, known := (env{m: w.m, c: &Contact{}, step: &tandem.Step{At: w.now}}).HoursOpen("office"); known {
		t.Error("that is no id")
	}
}

func TestStoredInputIsKept(t *testing.T) {
	w := created(t)
	w.must(SaveFlow{w.flow("store", flow.TypeContactFlow, storeFlow), true})
	w.must(AssociateNumber{NumberID: w.id("number4"), Number: "+14155550104", FlowID: w.id("store")})
	w.call("c1", "", "+14155550104")
	w.legReport(voice.LegAnswered, "c1", false, 0)
	if p := w.lastRoom("c1").Plays[0]; p.Collect.MaxDigits != 8 || p.Collect.Terminators != "#" || p.Collect.InterDigitMillis != 5000 {
		t.Errorf("got %+v", p.Collect)
	}
	w.playEnded("c1", voice.PlayDigits, "1234")
	if w.c("c1").StoredInput != "1234" || w.lastRoom("c1").Plays[0].Items[0].Text != "You typed 1234" {
		t.Errorf("stored %q", w.c("c1").StoredInput)
	}
	w.restart()
	w.playEnded("c1", voice.PlayDone, "")
	if w.c("c1").Phase != Ended {
		t.Error("the flow hangs up")
	}
}

func TestDeadlineThatAFlowDoesNotWantEndsIt(t *testing.T) {
	w := created(t)
	w.call("c1", "", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	c := w.c("c1")
	started := c.Play.Started
	started.Deadline = w.now.Add(1000)
	for _, m := range []*Machine{w.m, w.follower} {
		m.Apply(w.seq, w.now, &started)
	}
	w.wait(time.Second)
	if c.Phase != Ended || c.Reason != event.ContactFlowDisconnect {
		t.Errorf("phase %d", c.Phase)
	}
}

func TestOwnsItsCommandsOnly(t *testing.T) {
	m := New(zones{})
	for _, body := range []any{CreateInstance{}, PutUserStatus{}, TakeVoiceReport{}, EraseSubject{}} {
		if !m.Owns(body) {
			t.Errorf("%T", body)
		}
	}
	for _, body := range []any{tandem.Tick{}, nil, 5, &PutUserStatus{}} {
		if m.Owns(body) {
			t.Errorf("%T", body)
		}
	}
	w := created(t)
	w.refused("a poem", tandem.Invalid, "")
}

func TestAgentsFreedTogetherAreServedInTheirOrder(t *testing.T) {
	// SIM-S7: two agents begin to serve the queue in one step.
	w := created(t)
	w.profile(func(p *event.RoutingProfileSaved) { p.Entries = nil })
	for _, name := range []string{"agent1", "agent2"} {
		w.addUser(name)
	}
	w.status("agent2", "Available")
	w.wait(time.Second)
	w.status("agent1", "Available")
	w.waitingCall("c1")
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Entries = []event.RoutingEntry{{QueueID: w.id("BasicQueue"), Channel: event.Voice, Priority: 1}}
	})
	if !w.offeredTo("c1", "agent2") {
		t.Fatal("agent2 is available longer")
	}
}

func TestTagsAreValidated(t *testing.T) {
	many := map[string]string{}
	for n := range 51 {
		many[strings.Repeat("k", n+1)] = ""
	}
	for _, c := range []struct {
		tags map[string]string
		ok   bool
	}{
		{nil, true},
		{map[string]string{"team": "north"}, true},
		{map[string]string{"": "x"}, false},
		{map[string]string{"aws:team": "x"}, false},
		{map[string]string{strings.Repeat("k", 129): "x"}, false},
		{map[string]string{"k": strings.Repeat("v", 257)}, false},
		{many, false},
	} {
		if err := checkTags(c.tags); (err == nil) != c.ok {
			t.Errorf("%.40v: %v", c.tags, err)
		}
	}
}

func TestPhoneNumbersAreE164(t *testing.T) {
	for number, ok := range map[string]bool{
		"+14155550100": true, "+49301234567890": true, "+12": true,
		"": false, "+": false, "14155550100": false, "+0123": false, "+1415555a100": false, "+1234567890123456": false, "+1 415": false,
	} {
		if err := checkPhoneNumber("Number", number); (err == nil) != ok {
			t.Errorf("%q: %v", number, err)
		}
	}
}

func TestAliasIsADirectoryName(t *testing.T) {
	for alias, ok := range map[string]bool{
		"acme": true, "acme-2": true, "A": true, strings.Repeat("a", 45): true,
		"": false, "-a": false, "a-": false, "d-123": false, "a_b": false, "ä": false, strings.Repeat("a", 46): false,
	} {
		if err := checkAlias(alias); (err == nil) != ok {
			t.Errorf("%q: %v", alias, err)
		}
	}
}

func TestObstaclesAreNamedInTheirOrder(t *testing.T) {
	w := created(t)
	u := w.user("agent1")
	u.PhoneType = event.SoftPhone
	w.must(SaveUser{u, true})
	a := w.m.agent(w.id("agent1"))
	expect := func(ch event.Channel, want Obstacle) {
		t.Helper()
		if got := w.m.obstacle(a, ch); got != want {
			t.Errorf("%s: %s, want %s", ch, got, want)
		}
	}
	expect(event.Voice, NotAvailable)
	w.status("agent1", "Available")
	expect(event.Voice, NoPhone)
	expect(event.Chat, AtCapacity) // the profile has no chat
	expect(event.Task, NoObstacle)
	w.task("t1")
	expect(event.Task, BeingOffered)
	w.must(AcceptContact{a.User.UserID, w.id("t1")})
	expect(event.Task, NoObstacle)
	expect(event.Chat, OtherChannel)
	w.task("t2")
	w.must(AcceptContact{a.User.UserID, w.id("t2")})
	expect(event.Task, AtCapacity)
	w.status("agent1", "Offline")
	expect(event.Task, NextStatusWaits)
	w.status("agent1", "Available")
	w.must(StopContact{w.id("t2")})
	w.must(DismissUserContact{a.User.UserID, w.id("t2")})
	w.task("t3")
	w.must(RejectContact{a.User.UserID, w.id("t3")})
	expect(event.Task, HasMissedContact)
	for o := NoObstacle; o <= AtCapacity; o++ {
		if o.String() == "" {
			t.Errorf("obstacle %d has no text", o)
		}
	}
}

func TestSlotsOfSeveralTasksEndOneByOne(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.addStatus("Break")
	w.status("agent1", "Available")
	for _, name := range []string{"t1", "t2"} {
		w.task(name)
		w.must(AcceptContact{w.id("agent1"), w.id(name)})
	}
	w.status("agent1", "Break")
	w.must(StopContact{w.id("t1")})
	w.must(DismissUserContact{w.id("agent1"), w.id("t1")})
	if a := w.m.agent(w.id("agent1")); a.StatusID != w.id("Available") || len(a.Contacts) != 1 {
		t.Fatal("the next status waits for the last contact")
	}
	w.must(StopContact{w.id("t2")})
	w.wait(30 * time.Second)
	if a := w.m.agent(w.id("agent1")); a.StatusID != w.id("Break") || a.StatusSince != w.now {
		t.Fatal("now it is taken")
	}
}

func TestMissedContactCanBeClearedAfterItIsForgotten(t *testing.T) {
	w := ringing(t)
	w.legReport(voice.LegEnded, "c1", true, voice.CauseNoAnswer)
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	w.wait(time.Hour)
	if len(w.m.State().Contacts) != 0 {
		t.Fatal("the contact is forgotten")
	}
	w.refused(AcceptContact{w.id("agent1"), w.id("c1")}, tandem.Conflict, "ContactId")
	w.must(DismissUserContact{w.id("agent1"), w.id("c1")})
	w.waitingCall("c2")
	if !w.offeredTo("c2", "agent1") {
		t.Fatal("the agent is available again")
	}
}

func TestVersionOfAFlowThatNobodyRunsIsNotKept(t *testing.T) {
	w := created(t)
	for range 3 {
		w.must(SaveFlow{Flow: w.flow("menu", flow.TypeContactFlow, menuFlow)})
	}
	f := w.m.State().Flows[w.id("menu")]
	if f.Published.Version != 4 || len(f.Running) != 0 {
		t.Errorf("version %d, %d kept", f.Published.Version, len(f.Running))
	}
	draft := w.flow("menu", flow.TypeContactFlow, "{}")
	draft.Published = false
	w.must(SaveFlow{Flow: draft})
	if f.Published.Version != 4 || f.Saved.Version != 5 {
		t.Errorf("a draft leaves version 4 published, got %d", f.Published.Version)
	}
}

func TestContactInTwoVersionsOfOneFlowAreBothKept(t *testing.T) {
	w := created(t)
	for _, name := range []string{"c1", "c2", "c3"} {
		w.call(name, "", menuNumber)
		w.legReport(voice.LegAnswered, name, false, 0)
		w.must(SaveFlow{Flow: w.flow("menu", flow.TypeContactFlow, menuFlow)})
	}
	running := func() int { return len(w.m.State().Flows[w.id("menu")].Running) }
	if running() != 3 {
		t.Fatalf("%d versions kept", running())
	}
	for n, name := range []string{"c1", "c2", "c3"} {
		w.legReport(voice.LegEnded, name, false, voice.CauseRemote)
		if running() != 2-n {
			t.Fatalf("%d versions kept after %s", running(), name)
		}
	}
}
