package center

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

func created(t *testing.T) *world {
	w := newWorld(t)
	w.create()
	return w
}

func TestUsersAreValidated(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	for _, c := range []struct {
		field string
		kind  tandem.ErrorKind
		spoil func(*event.UserSaved)
	}{
		{"UserId", tandem.Invalid, func(u *event.UserSaved) { u.UserID = tandem.ID{} }},
		{"UserId", tandem.Duplicate, func(u *event.UserSaved) { u.UserID = w.id("agent1") }},
		{"Username", tandem.Invalid, func(u *event.UserSaved) { u.Username = "" }},
		{"Username", tandem.Invalid, func(u *event.UserSaved) { u.Username = tandem.Personal(strings.Repeat("x", 101)) }},
		{"Username", tandem.Duplicate, func(u *event.UserSaved) { u.Username = "agent1" }},
		{"PhoneType", tandem.Invalid, func(u *event.UserSaved) { u.PhoneType = 0 }},
		{"DeskPhoneNumber", tandem.Invalid, func(u *event.UserSaved) { u.DeskPhoneNumber = "555" }},
		{"DeskPhoneNumber", tandem.Invalid, func(u *event.UserSaved) { u.DeskPhoneNumber = "" }},
		{"DeskPhoneNumber", tandem.Invalid, func(u *event.UserSaved) { u.PhoneType, u.DeskPhoneNumber = event.SoftPhone, "+0" }},
		{"RoutingProfileId", tandem.NotFound, func(u *event.UserSaved) { u.RoutingProfileID = w.id("none") }},
		{"SecurityProfileIds", tandem.Invalid, func(u *event.UserSaved) { u.SecurityProfileIDs = nil }},
		{"SecurityProfileIds", tandem.NotFound, func(u *event.UserSaved) { u.SecurityProfileIDs = []tandem.ID{w.id("none")} }},
		{"HierarchyGroupId", tandem.NotFound, func(u *event.UserSaved) { u.HierarchyGroupID = w.id("none") }},
		{"AfterContactWorkTimeLimit", tandem.Invalid, func(u *event.UserSaved) { u.AfterContactWorkSeconds = 2_000_001 }},
		{"FirstName", tandem.Invalid, func(u *event.UserSaved) { u.FirstName = tandem.Personal(strings.Repeat("x", 256)) }},
		{"Tags", tandem.Invalid, func(u *event.UserSaved) { u.Tags = map[string]string{"aws:x": "y"} }},
	} {
		u := w.user("agent2")
		c.spoil(&u)
		w.refused(SaveUser{User: u, New: true}, c.kind, c.field)
	}
	w.refused(SaveUser{User: w.user("agent2")}, tandem.NotFound, "UserId")
	w.addUser("agent2")
}

func TestUserIsDeletedOnceTheLastContactIsCleared(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.status("agent1", "Available")
	w.task("t1")
	w.must(DeleteUser{w.id("agent1")})
	w.must(AcceptContact{w.id("agent1"), w.id("t1")})
	w.task("t2")
	if w.c("t2").Phase != InQueue {
		t.Error("a user who is being deleted is offered nothing")
	}
	w.must(StopContact{w.id("t1")})
	w.must(DismissUserContact{w.id("agent1"), w.id("t1")})
	w.refused(DeleteUser{w.id("agent1")}, tandem.NotFound, "UserId")
	w.addUser("agent1")
}

func TestAgentStatusesAreValidated(t *testing.T) {
	w := created(t)
	w.addStatus("Break")
	custom := func(name string) event.AgentStatusSaved {
		return event.AgentStatusSaved{StatusID: w.id(name), Name: name, Type: event.Custom, Enabled: true}
	}
	twin := custom("Lunch")
	twin.Name = "Break"
	w.refused(SaveAgentStatus{twin, true}, tandem.Duplicate, "Name")
	routable := custom("Lunch")
	routable.Type = event.Routable
	w.refused(SaveAgentStatus{routable, true}, tandem.Invalid, "Type")
	far := custom("Lunch")
	far.Order = 51
	w.refused(SaveAgentStatus{far, true}, tandem.Invalid, "DisplayOrder")
	available := *w.m.State().Statuses[w.id("Available")]
	available.Enabled = false
	w.refused(SaveAgentStatus{available, false}, tandem.Invalid, "Name")
	available.Enabled, available.Description = true, "Takes contacts"
	w.must(SaveAgentStatus{available, false})
	for n := range tandem.MaxStatuses - 3 {
		w.addStatus(fmt.Sprint("status", n))
	}
	w.refused(SaveAgentStatus{custom("Lunch"), true}, tandem.Exhausted, "")
}

func TestDisabledStatusCannotBeTaken(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.addStatus("Break")
	st := *w.m.State().Statuses[w.id("Break")]
	st.Enabled = false
	w.must(SaveAgentStatus{Status: st})
	w.refused(PutUserStatus{w.id("agent1"), w.id("Break")}, tandem.Invalid, "AgentStatusId")
}

func TestQueuesAreValidatedAndGuarded(t *testing.T) {
	w := created(t)
	queue := event.QueueSaved{QueueID: w.id("Support"), Name: "Support", HoursID: w.id("Hours"), MaxContacts: -1, Enabled: true}
	for field, spoil := range map[string]func(*event.QueueSaved){
		"HoursOfOperationId":   func(q *event.QueueSaved) { q.HoursID = w.id("none") },
		"MaxContacts":          func(q *event.QueueSaved) { q.MaxContacts = -2 },
		"OutboundCallerConfig": func(q *event.QueueSaved) { q.OutboundFlowID = w.id("none") },
		"Name":                 func(q *event.QueueSaved) { q.Name = "" },
		"Description":          func(q *event.QueueSaved) { q.Description = strings.Repeat("x", 251) },
	} {
		q := queue
		spoil(&q)
		if _, _, err := w.step(SaveQueue{q, true}); err == nil || err.(*tandem.Error).Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	w.must(SaveQueue{queue, true})
	w.refused(SaveQueue{queue, true}, tandem.Duplicate, "QueueId")
	w.refused(DeleteHours{w.id("Hours")}, tandem.InUse, "HoursOfOperationId")
	w.refused(DeleteQueue{w.id("BasicQueue")}, tandem.InUse, "QueueId")
	w.must(DeleteQueue{w.id("Support")})
	w.refused(DeleteQueue{w.id("Support")}, tandem.NotFound, "QueueId")
}

func TestQueueWithWaitingContactsCannotBeDeleted(t *testing.T) {
	w := created(t)
	p := *w.m.State().RoutingProfiles[w.id("Basic")]
	w.must(SaveQueue{event.QueueSaved{QueueID: w.id("Other"), Name: "Other", HoursID: w.id("Hours"), MaxContacts: -1, Enabled: true}, true})
	p.Entries, p.DefaultOutboundQueueID = nil, w.id("Other")
	w.must(SaveRoutingProfile{p, false})
	w.task("t1")
	w.refused(DeleteQueue{w.id("BasicQueue")}, tandem.InUse, "QueueId")
	w.must(StopContact{w.id("t1")})
	w.must(DeleteQueue{w.id("BasicQueue")})
}

func TestHoursAreValidated(t *testing.T) {
	w := created(t)
	hours := event.HoursSaved{HoursID: w.id("Office"), Name: "Office", TimeZone: "Europe/Berlin"}
	bad := hours
	bad.TimeZone = "Berlin"
	w.refused(SaveHours{bad, true}, tandem.Invalid, "TimeZone")
	bad = hours
	bad.Slots = []event.HoursSlot{{Weekday: 7}}
	w.refused(SaveHours{bad, true}, tandem.Invalid, "Config")
	bad.Slots = []event.HoursSlot{{StartMinute: 1440}}
	w.refused(SaveHours{bad, true}, tandem.Invalid, "Config")
	w.must(SaveHours{hours, true})
	w.must(DeleteHours{w.id("Office")})
}

func TestRoutingProfilesAreValidated(t *testing.T) {
	w := created(t)
	good := *w.m.State().RoutingProfiles[w.id("Basic")]
	entry := good.Entries[0]
	with := func(change func(*event.RoutingEntry)) func(*event.RoutingProfileSaved) {
		return func(p *event.RoutingProfileSaved) {
			e := entry
			change(&e)
			p.Entries = []event.RoutingEntry{e}
		}
	}
	for _, c := range []struct {
		field string
		kind  tandem.ErrorKind
		spoil func(*event.RoutingProfileSaved)
	}{
		{"DefaultOutboundQueueId", tandem.NotFound, func(p *event.RoutingProfileSaved) { p.DefaultOutboundQueueID = w.id("none") }},
		{"MediaConcurrencies", tandem.Invalid, func(p *event.RoutingProfileSaved) {
			p.Concurrency = []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 2}}
		}},
		{"MediaConcurrencies", tandem.Invalid, func(p *event.RoutingProfileSaved) {
			p.Concurrency = []event.ChannelConcurrency{{Channel: event.Task, Maximum: 11}}
		}},
		{"MediaConcurrencies", tandem.Invalid, func(p *event.RoutingProfileSaved) { p.Concurrency = append(p.Concurrency[:1:1], p.Concurrency[0]) }},
		{"MediaConcurrencies", tandem.Invalid, func(p *event.RoutingProfileSaved) { p.Concurrency = []event.ChannelConcurrency{{Maximum: 1}} }},
		{"QueueConfigs", tandem.Invalid, with(func(e *event.RoutingEntry) { e.Priority = 0 })},
		{"QueueConfigs", tandem.Invalid, with(func(e *event.RoutingEntry) { e.Priority = 100 })},
		{"QueueConfigs", tandem.Invalid, with(func(e *event.RoutingEntry) { e.DelaySeconds = 10_000 })},
		{"QueueConfigs", tandem.Invalid, with(func(e *event.RoutingEntry) { e.Channel = event.Chat })},
		{"QueueConfigs", tandem.NotFound, with(func(e *event.RoutingEntry) { e.QueueID = w.id("none") })},
		{"QueueConfigs", tandem.Invalid, func(p *event.RoutingProfileSaved) { p.Entries = []event.RoutingEntry{entry, entry} }},
		{"QueueConfigs", tandem.Exhausted, func(p *event.RoutingProfileSaved) { p.Entries = make([]event.RoutingEntry, 51) }},
	} {
		p := good
		c.spoil(&p)
		w.refused(SaveRoutingProfile{Profile: p}, c.kind, c.field)
	}
	w.addUser("agent1")
	w.refused(DeleteRoutingProfile{w.id("Basic")}, tandem.InUse, "RoutingProfileId")
	good.ProfileID, good.Name = w.id("Spare"), "Spare"
	w.must(SaveRoutingProfile{good, true})
	w.must(DeleteRoutingProfile{w.id("Spare")})
	w.refused(DeleteRoutingProfile{w.id("Spare")}, tandem.NotFound, "RoutingProfileId")
}

func TestOnlyAValidFlowIsPublished(t *testing.T) {
	w := created(t)
	f := w.flow("poem", flow.TypeContactFlow, `{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":"Recite"}]}`)
	_, _, err := w.step(SaveFlow{f, true})
	var problems *FlowProblems
	if !errors.As(err, &problems) || len(problems.Problems) == 0 || !strings.Contains(err.Error(), "Invalid Action type") {
		t.Fatalf("got %v", err)
	}
	f.Published, f.Content = false, "not even JSON"
	w.must(SaveFlow{f, true})
	f.Published = true
	if _, _, err := w.step(SaveFlow{Flow: f}); !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	f.Type = string(flow.TypeCustomerQueue)
	w.refused(SaveFlow{Flow: f}, tandem.Invalid, "Type")
	f.Type, f.Content = "POEM", ""
	w.refused(SaveFlow{Flow: f}, tandem.Invalid, "Type")
	f.Type, f.Content = string(flow.TypeContactFlow), tandem.Blob(strings.Repeat(" ", tandem.MaxFlowContentBytes+1))
	w.refused(SaveFlow{Flow: f}, tandem.Invalid, "Content")
	w.refused(StartTask{FlowID: f.FlowID, Name: "t"}, tandem.NotFound, "ContactFlowId")
	w.must(DeleteFlow{f.FlowID})
	w.refused(DeleteFlow{f.FlowID}, tandem.NotFound, "ContactFlowId")
	w.refused(DeleteFlow{w.id("direct")}, tandem.InUse, "ContactFlowId")
}

func TestRunningContactKeepsTheFlowVersionItEntered(t *testing.T) {
	w := created(t)
	w.call("c1", "", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.must(SaveFlow{Flow: w.flow("menu", flow.TypeContactFlow, directFlow)})
	saved := w.m.State().Flows[w.id("menu")]
	if saved.Published.Version != 2 || saved.Running[1] == nil {
		t.Fatal("version 1 must be kept for the contact in it")
	}
	w.must(AssociateNumber{NumberID: w.id("number2")})
	w.refused(DeleteFlow{w.id("menu")}, tandem.InUse, "ContactFlowId")
	w.restart()
	if got := kinds(w.playEnded("c1", voice.PlayDigits, "1")); !strings.Contains(got, "ContactAttributesSet") {
		t.Fatalf("version 1 sets an attribute; got %s", got)
	}
	if len(w.m.State().Flows[w.id("menu")].Running) != 0 {
		t.Fatal("version 1 is kept without a contact in it")
	}
	w.must(DeleteFlow{w.id("menu")})
}

func TestNumbersAreValidated(t *testing.T) {
	w := created(t)
	w.refused(AssociateNumber{Number: directNumber, FlowID: w.id("direct")}, tandem.Invalid, "PhoneNumberId")
	w.refused(AssociateNumber{NumberID: w.id("number9"), Number: "4155550100", FlowID: w.id("direct")}, tandem.Invalid, "PhoneNumber")
	w.refused(AssociateNumber{NumberID: w.id("number9"), Number: directNumber, FlowID: w.id("direct")}, tandem.Duplicate, "PhoneNumber")
	w.refused(AssociateNumber{NumberID: w.id("number9"), Number: "+14155550199", FlowID: w.id("none")}, tandem.NotFound, "ContactFlowId")
	w.refused(AssociateNumber{NumberID: w.id("number9"), Number: "+14155550199", FlowID: w.id(flow.SampleCustomerQueue)}, tandem.Invalid, "ContactFlowId")
	if got := kinds(w.must(AssociateNumber{NumberID: w.id("number1"), Number: directNumber, FlowID: w.id("direct")})); got != "" {
		t.Errorf("the same again led to %s", got)
	}
	w.must(AssociateNumber{NumberID: w.id("number1"), Release: true})
	w.must(AssociateNumber{NumberID: w.id("number9"), Number: directNumber, FlowID: w.id("menu")})
}

func TestNumberThatStartsNoFlowIsKept(t *testing.T) {
	w := created(t)
	number := func(number, flowID string) string {
		b := AssociateNumber{NumberID: w.id("number9"), Number: number}
		if flowID != "" {
			b.FlowID = w.id(flowID)
		}
		return kinds(w.must(b))
	}
	w.refused(AssociateNumber{NumberID: w.id("number9")}, tandem.Invalid, "PhoneNumber")
	w.refused(AssociateNumber{NumberID: w.id("number9"), Number: directNumber}, tandem.Duplicate, "PhoneNumber")
	for i, is := range []struct{ number, flow, want string }{
		{"+14155550199", "", "NumberKept"},
		{"+14155550199", "", ""},
		{"+14155550199", "menu", "NumberAssociated"},
		{"", "menu", ""},
		{"", "", "NumberKept"}, // the flow is taken away; the number stays
		{"+14155550198", "", "NumberKept"},
	} {
		if got := number(is.number, is.flow); got != is.want {
			t.Errorf("%d. %+v: got %q", i, is, got)
		}
	}
	w.restart()
	if n := w.m.State().Numbers[w.id("number9")]; n == nil || n.Number != "+14155550198" || !n.FlowID.IsZero() {
		t.Errorf("kept: %+v", n)
	}
	w.must(AssociateNumber{NumberID: w.id("number8"), Number: "+14155550199"}) // nobody has it any more
}

func TestNumberIsReleasedOnceNoQueueShowsIt(t *testing.T) {
	w := created(t)
	w.must(AssociateNumber{NumberID: w.id("number9"), Number: "+14155550199"})
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = w.id("number9") })
	release := AssociateNumber{NumberID: w.id("number9"), Release: true}
	w.refused(release, tandem.InUse, "PhoneNumberId")
	if _, _, err := w.step(release); !strings.Contains(err.Error(), "BasicQueue") {
		t.Errorf("the refusal does not name the queue: %v", err)
	}
	w.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = tandem.ID{} })
	if got := kinds(w.must(release)); got != "NumberAssociated" || w.m.State().Numbers[w.id("number9")] != nil {
		t.Errorf("the release led to %s", got)
	}
	if got := kinds(w.must(release)); got != "" {
		t.Errorf("the same again led to %s", got)
	}
	q := *w.m.State().Queues[w.id("BasicQueue")]
	q.CallerIDNumberID = w.id("number9")
	w.refused(SaveQueue{Queue: q}, tandem.NotFound, "OutboundCallerConfig")
}

func TestUsersAndQueuesHaveIDsOfTheirOwn(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.task("t1")
	u := w.user("agent2")
	for _, taken := range []string{"BasicQueue", "t1"} {
		u.UserID = w.id(taken)
		w.refused(SaveUser{u, true}, tandem.Duplicate, "UserId")
	}
	w.refused(SaveQueue{event.QueueSaved{QueueID: w.id("agent1"), Name: "x", HoursID: w.id("Hours"), MaxContacts: -1}, true}, tandem.Duplicate, "QueueId")
}

func TestFlowOfAQuickConnectCannotBeDeleted(t *testing.T) {
	w := created(t)
	w.addUser("agent1")
	w.saveFlow("to agent", flow.TypeAgentTransfer, act{id: "go", kind: "TransferContactToAgent"})
	w.must(SaveQuickConnect{event.QuickConnectSaved{QuickConnectID: w.id("quick"), Name: "quick", Type: event.QuickConnectUser,
		UserID: w.id("agent1"), FlowID: w.id("to agent")}, true})
	w.refused(DeleteFlow{w.id("to agent")}, tandem.InUse, "ContactFlowId")
	w.refused(DeleteUser{w.id("agent1")}, tandem.InUse, "UserId")
	w.must(DeleteQuickConnect{w.id("quick")})
	w.must(DeleteFlow{w.id("to agent")})
}

func TestReferencesOfATaskAreLimited(t *testing.T) {
	w := created(t)
	for name, value := range map[string]string{"": "URL x", "long": strings.Repeat("x", 4097)} {
		w.refused(StartTask{FlowID: w.id("direct"), Name: "t", References: tandem.PersonalMap{name: value}}, tandem.Invalid, "References")
	}
	many := tandem.PersonalMap{}
	for n := range 11 {
		many[fmt.Sprint(n)] = "URL x"
	}
	w.refused(StartTask{FlowID: w.id("direct"), Name: "t", References: many}, tandem.Invalid, "References")
}
