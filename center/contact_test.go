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

func TestAttributesAreMerged(t *testing.T) {
	w := talking(t)
	set := func(k, v string) []tandem.Event {
		return w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{k: v}})
	}
	set("name", "A")
	before := w.c("c1").Attributes
	set("city", "B")
	if c := w.c("c1"); c.Attributes["name"] != "A" || c.Attributes["city"] != "B" || len(before) != 1 {
		t.Fatalf("got %v, before %v", c.Attributes, before)
	}
	if got := kinds(set("city", "B")); got != "" {
		t.Errorf("the same again led to %s", got)
	}
	w.refused(UpdateContactAttributes{w.id("none"), nil}, tandem.NotFound, "ContactId")
	w.refused(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"": "x"}}, tandem.Invalid, "Attributes")
}

func TestAttributesTakeAtMost32KB(t *testing.T) {
	w := talking(t)
	big := strings.Repeat("x", tandem.MaxAttributesBytes-1)
	w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"k": big}})
	w.refused(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"l": ""}}, tandem.Invalid, "Attributes")
}

func TestFlowCannotSetAttributesOverTheLimit(t *testing.T) {
	w := created(t)
	w.call("c1", "", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"k": strings.Repeat("x", tandem.MaxAttributesBytes-1)}})
	var outcome string
	for _, ev := range w.playEnded("c1", voice.PlayDigits, "1") {
		if ran, ok := ev.(*event.FlowBlockRan); ok && ran.ActionID == "mark" {
			outcome = ran.Outcome
		}
	}
	if outcome != "AttributesOverLimit" || len(w.c("c1").Attributes) != 1 {
		t.Errorf("outcome %q", outcome)
	}
}

func TestAttributesOfAnEndedContactCanStillBeSet(t *testing.T) {
	w := created(t)
	w.task("t1")
	w.must(StopContact{w.id("t1")})
	w.must(UpdateContactAttributes{w.id("t1"), tandem.PersonalMap{"k": "v"}})
	if w.c("t1").Phase != Ended {
		t.Error("it stays ended")
	}
}

func TestErasedSubjectIsBlank(t *testing.T) {
	w := created(t)
	w.call("c1", "+4930123456", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.refused(EraseSubject{w.id("c1")}, tandem.Conflict, "Subject")
	w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"k": "v"}})
	w.legReport(voice.LegEnded, "c1", false, voice.CauseRemote)
	before := w.m.Hash() - w.m.shadow(w.id("c1")).sum
	events := w.must(EraseSubject{w.id("c1")})
	if ev := events[0].(*event.SubjectErased); len(ev.Contacts) != 1 || ev.Contacts[0] != w.id("c1") {
		t.Errorf("got %+v", ev)
	}
	if c := w.c("c1"); c.CustomerAddress != "" || c.Attributes != nil {
		t.Error("something personal is left")
	}
	if after := w.m.Hash() - w.m.shadow(w.id("c1")).sum; after != before {
		t.Error("erasing changes only the contact")
	}
}

func TestErasureIsRefusedForWhatStillExists(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.refused(EraseSubject{w.id("agent1")}, tandem.Conflict, "Subject")
	w.refused(EraseSubject{}, tandem.Invalid, "Subject")
	w.refused(EraseSubject{w.id("instance")}, tandem.Invalid, "Subject")
	w.must(DeleteUser{w.id("agent1")})
	w.must(EraseSubject{w.id("agent1")})
}

func TestReplayAfterErasureGivesTheSameState(t *testing.T) {
	// SIM-S2: the hash leaves out what is personal, so a machine that can no
	// longer open it has the same one.
	w := talking(t)
	w.must(UpdateContactAttributes{w.id("c1"), tandem.PersonalMap{"k": "v"}})
	blind := New(zones{})
	for i := range w.records {
		for _, ev := range w.records[i].Events {
			blind.Apply(w.records[i].Seq, w.records[i].At, withoutPersonal(ev))
		}
	}
	if blind.Hash() != w.m.Hash() {
		t.Error("the hash depends on something personal")
	}
	if err := blind.Check(); err != nil {
		t.Error(err)
	}
	if len(blind.Outstanding(1)) != 1 {
		t.Error("the room is still known")
	}
}

// erased opens nothing, as when every key was deleted.
type erased struct{ tandem.Plain }

// Open implements tandem.Sealer.
func (erased) Open([]byte, tandem.ID, []byte) ([]byte, error) { return nil, tandem.ErrErased }

func withoutPersonal(ev tandem.Event) tandem.Event {
	plain := tandem.Plain{}
	e := tandem.NewEncoder(nil, plain)
	ev.EncodeWire(e)
	blank := event.New(ev.Kind())
	var sealer tandem.Sealer = erased{plain}
	if ev.Kind() == (&event.FlowSaved{}).Kind() {
		sealer = plain // a flow belongs to the instance, not to a person
	}
	blank.DecodeWire(tandem.NewDecoder(e.Bytes(), sealer))
	return blank
}

func TestSameClientTokenGivesTheSameTask(t *testing.T) {
	w := created(t)
	start := StartTask{FlowID: w.id("direct"), Name: "t", ClientToken: "token1"}
	first, _, _ := w.step(start)
	again, events, err := w.step(start)
	if err != nil || first != again || len(events) != 0 {
		t.Fatalf("got %v, then %v with %s: %v", first, again, kinds(events), err)
	}
	w.restart()
	if third, _, _ := w.step(start); third != first {
		t.Error("the token is forgotten after a restart")
	}
	start.ClientToken = ""
	if other, _, _ := w.step(start); other == first {
		t.Error("without a token each task is its own")
	}
}

func TestTasksAreValidated(t *testing.T) {
	w := created(t)
	good := StartTask{FlowID: w.id("direct"), Name: "t"}
	for field, spoil := range map[string]func(*StartTask){
		"Name":              func(b *StartTask) { b.Name = "" },
		"Description":       func(b *StartTask) { b.Description = tandem.Personal(strings.Repeat("x", 4097)) },
		"ContactFlowId":     func(b *StartTask) { b.FlowID = w.id("none") },
		"PreviousContactId": func(b *StartTask) { b.PreviousID = w.id("none") },
		"Attributes":        func(b *StartTask) { b.Attributes = tandem.PersonalMap{"": ""} },
		"ClientToken":       func(b *StartTask) { b.ClientToken = strings.Repeat("x", 501) },
	} {
		b := good
		spoil(&b)
		if _, _, err := w.step(b); err == nil || err.(*tandem.Error).Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	b := good
	b.FlowID = w.m.defaultFlow(flow.TypeCustomerQueue).FlowID
	w.refused(b, tandem.Invalid, "ContactFlowId")
}

func TestChainOfTasksKeepsItsFirstContact(t *testing.T) {
	w := created(t)
	w.task("t1")
	answer, _, err := w.step(StartTask{FlowID: w.id("direct"), Name: "t2", PreviousID: w.id("t1")})
	if err != nil || w.m.contact(answer.(tandem.ID)).InitialContactID != w.id("t1") {
		t.Fatalf("got %v, %v", answer, err)
	}
}

func TestTaskThatNobodyTakesExpiresAfterAWeek(t *testing.T) {
	w := created(t)
	w.task("t1")
	w.wait(7*24*time.Hour - time.Second)
	if !w.c("t1").live() {
		t.Fatal("too early")
	}
	w.wait(time.Second)
	if c := w.c("t1"); c.Reason != event.Expired || c.Phase != Ended {
		t.Errorf("reason %s", c.Reason)
	}
	w.wait(tandem.TombstoneMillis * time.Millisecond)
	if len(w.m.State().Contacts) != 0 {
		t.Error("an ended contact is forgotten after ten minutes")
	}
	if _, due := w.m.NextDue(); due {
		t.Error("nothing is left to do")
	}
}

func TestStopContactNeedsALiveContact(t *testing.T) {
	w := created(t)
	w.task("t1")
	w.refused(StopContact{w.id("none")}, tandem.NotFound, "ContactId")
	w.must(StopContact{w.id("t1")})
	w.refused(StopContact{w.id("t1")}, tandem.Gone, "ContactId")
}

func TestWrapUpWithoutALimitLastsUntilItIsCleared(t *testing.T) {
	w := created(t)
	u := w.user("agent1")
	u.AfterContactWorkSeconds = 0
	w.must(SaveUser{u, true})
	w.status("agent1", "Available")
	w.task("t1")
	w.must(AcceptContact{w.id("agent1"), w.id("t1")})
	w.must(StopContact{w.id("t1")})
	w.wait(24 * time.Hour)
	if w.c("t1").Phase != WrapUp {
		t.Fatal("the wrap-up has no deadline")
	}
	w.must(DismissUserContact{w.id("agent1"), w.id("t1")})
	if w.c("t1").Phase != Ended {
		t.Fatal("cleared is ended")
	}
}

func TestDefaultQueueFlowIsFoundByItsName(t *testing.T) {
	w := created(t)
	other := w.flow("A queue flow", "CUSTOMER_QUEUE", waitFlow)
	w.must(SaveFlow{other, true})
	if got := w.m.defaultFlow(flow.TypeCustomerQueue); got == nil || got.Name != "Default customer queue" {
		t.Fatalf("got %v", got)
	}
	w.must(DeleteFlow{w.m.defaultFlow(flow.TypeCustomerQueue).FlowID})
	if got := w.m.defaultFlow(flow.TypeCustomerQueue); got == nil || got.FlowID != other.FlowID {
		t.Fatal("without it the other one is used")
	}
	w.must(DeleteFlow{other.FlowID})
	w.call("c1", "", directNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	if c := w.c("c1"); c.Phase != InQueue || c.Play != nil {
		t.Error("without any the caller waits in silence")
	}
}

func TestFlowSeesTheContact(t *testing.T) {
	w := created(t)
	w.call("c1", "+4930123456", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.playEnded("c1", voice.PlayDigits, "1")
	e := env{m: w.m, c: w.c("c1"), step: &tandem.Step{At: w.now}}
	arn := "arn:aws:connect:us-east-1:123456789012:instance/" + w.id("instance").String()
	for path, want := range map[string]string{
		"ContactId":                w.id("c1").String(),
		"InitialContactId":         w.id("c1").String(),
		"Channel":                  "VOICE",
		"InitiationMethod":         "INBOUND",
		"InstanceARN":              arn,
		"AwsRegion":                "us-east-1",
		"CustomerEndpoint.Address": "+4930123456",
		"CustomerEndpoint.Type":    "TELEPHONE_NUMBER",
		"SystemEndpoint.Address":   menuNumber,
		"Queue.Name":               "BasicQueue",
		"Queue.ARN":                arn + "/queue/" + w.id("BasicQueue").String(),
		"Attributes.choice":        "one",
	} {
		if got, ok := e.Value(strings.Split(path, ".")...); !ok || got != want {
			t.Errorf("$.%s is %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"PreviousContactId", "Name", "Attributes.none", "Queue.Size", "StoredCustomerInput", "A.b.c", "References.x"} {
		if got, ok := e.Value(strings.Split(path, ".")...); ok {
			t.Errorf("$.%s is %q", path, got)
		}
	}
}
