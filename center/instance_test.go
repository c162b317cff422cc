package center

import (
	"fmt"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// The flows of the tests.
const (
	directFlow = `{"Version":"2019-10-30","StartAction":"queue","Actions":[
		{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$QUEUE"},
		 "Transitions":{"NextAction":"record","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"record","Type":"UpdateContactRecordingBehavior","Parameters":{"RecordingBehavior":{"RecordedParticipants":["Agent","Customer"]}},
		 "Transitions":{"NextAction":"enter"}},
		{"Identifier":"enter","Type":"TransferContactToQueue","Parameters":{},
		 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"full","ErrorType":"QueueAtCapacity"},{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"full","Type":"MessageParticipant","Parameters":{"Text":"All lines are busy."},"Transitions":{"NextAction":"bye"}},
		{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	menuFlow = `{"Version":"2019-10-30","StartAction":"ask","Actions":[
		{"Identifier":"ask","Type":"GetParticipantInput","Parameters":{"Text":"Hello $.CustomerEndpoint.Address, press 1.","StoreInput":"False","InputTimeLimitSeconds":"5"},
		 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"InputTimeLimitExceeded"},{"NextAction":"bye","ErrorType":"NoMatchingCondition"},{"NextAction":"bye","ErrorType":"NoMatchingError"}],
		 "Conditions":[{"NextAction":"mark","Condition":{"Operator":"Equals","Operands":["1"]}}]}},
		{"Identifier":"mark","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"choice":"one"}},
		 "Transitions":{"NextAction":"queue","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$QUEUE"},
		 "Transitions":{"NextAction":"enter","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"enter","Type":"TransferContactToQueue","Parameters":{},
		 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"QueueAtCapacity"},{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	waitFlow = `{"Version":"2019-10-30","StartAction":"loop","Actions":[
		{"Identifier":"loop","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"Text":"Please hold."},{"PromptId":"CustomerQueue.wav"}],"InterruptFrequencySeconds":"30"},
		 "Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],
		 "Conditions":[{"NextAction":"sorry","Condition":{"Operator":"Equals","Operands":["MessagesInterrupted"]}}]}},
		{"Identifier":"sorry","Type":"MessageParticipant","Parameters":{"Text":"Still busy."},"Transitions":{"NextAction":"end"}},
		{"Identifier":"end","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`
	circleFlow = `{"Version":"2019-10-30","StartAction":"a","Actions":[
		{"Identifier":"a","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"k":"v"}},
		 "Transitions":{"NextAction":"a","Errors":[{"NextAction":"a","ErrorType":"NoMatchingError"}]}}]}`
)

const (
	directNumber = "+14155550100"
	menuNumber   = "+14155550101"
	circleNumber = "+14155550102"
)

func (w *world) content(text string) tandem.Blob {
	return tandem.Blob(strings.ReplaceAll(text, "$QUEUE", w.id("BasicQueue").String()))
}

func (w *world) flow(name string, kind flow.Type, content string) event.FlowSaved {
	return event.FlowSaved{FlowID: w.id(name), Name: name, Type: string(kind), Published: true, Content: w.content(content)}
}

// create begins an instance with the flows of the tests and two numbers.
func (w *world) create() {
	w.t.Helper()
	w.must(w.createCommand())
	w.must(AssociateNumber{NumberID: w.id("number1"), Number: directNumber, FlowID: w.id("direct")})
	w.must(AssociateNumber{NumberID: w.id("number2"), Number: menuNumber, FlowID: w.id("menu")})
	w.must(AssociateNumber{NumberID: w.id("number3"), Number: circleNumber, FlowID: w.id("circle")})
	w.must(SaveRoutingProfile{Profile: event.RoutingProfileSaved{
		ProfileID: w.id("Basic"), Name: "Basic Routing Profile", DefaultOutboundQueueID: w.id("BasicQueue"),
		Concurrency: []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1}, {Channel: event.Task, Maximum: 2}},
		Entries: []event.RoutingEntry{{QueueID: w.id("BasicQueue"), Channel: event.Voice, Priority: 1},
			{QueueID: w.id("BasicQueue"), Channel: event.Task, Priority: 2}},
	}})
}

func (w *world) createCommand() CreateInstance {
	return CreateInstance{
		Instance: event.InstanceCreated{InstanceID: w.id("instance"), Alias: "acme", Region: "us-east-1", AccountID: "123456789012"},
		Flows: []event.FlowSaved{
			w.flow("direct", flow.TypeContactFlow, directFlow),
			w.flow("menu", flow.TypeContactFlow, menuFlow),
			w.flow("circle", flow.TypeContactFlow, circleFlow),
			w.flow(flow.SampleCustomerQueue, flow.TypeCustomerQueue, waitFlow),
		},
		Defaults: Defaults{
			AvailableID: w.id("Available"), OfflineID: w.id("Offline"), HoursID: w.id("Hours"), QueueID: w.id("BasicQueue"),
			RoutingProfileID: w.id("Basic"), AdminID: w.id("Admin"), AgentID: w.id("Agent"), ManagerID: w.id("Manager"),
			AnalystID: w.id("Analyst"), TimeZone: "Europe/Berlin",
		},
	}
}

// user is an agent with a desk phone and the routing profile Basic.
func (w *world) user(name string) event.UserSaved {
	number := 200 + len(w.m.state.Agents)
	return event.UserSaved{UserID: w.id(name), Username: tandem.Personal(name), PhoneType: event.DeskPhone,
		DeskPhoneNumber: tandem.Personal(fmt.Sprintf("+14155550%d", number)), AfterContactWorkSeconds: 30,
		RoutingProfileID: w.id("Basic"), SecurityProfileIDs: []tandem.ID{w.id("Agent")}}
}

func (w *world) addUser(name string) {
	w.t.Helper()
	w.must(SaveUser{User: w.user(name), New: true})
}

func (w *world) addStatus(name string) {
	w.t.Helper()
	w.must(SaveAgentStatus{New: true, Status: event.AgentStatusSaved{StatusID: w.id(name), Name: name, Type: event.Custom, Enabled: true}})
}

func (w *world) status(agent, status string) []tandem.Event {
	w.t.Helper()
	return w.must(PutUserStatus{w.id(agent), w.id(status)})
}

func (w *world) task(name string) []tandem.Event {
	w.t.Helper()
	answer, events, err := w.step(StartTask{FlowID: w.id("direct"), Name: tandem.Personal(name)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.name(answer.(tandem.ID), name)
	return events
}

func TestNewInstanceHasWhatConnectGives(t *testing.T) {
	w := newWorld(t)
	answer, _, err := w.step(w.createCommand())
	if err != nil || answer != w.id("instance") {
		t.Fatalf("got %v, %v", answer, err)
	}
	st := w.m.State()
	if st.Statuses[w.id("Available")].Type != event.Routable || st.Statuses[w.id("Offline")].Type != event.Offline {
		t.Error("the statuses Available and Offline are missing")
	}
	if st.Queues[w.id("BasicQueue")].Name != "BasicQueue" || st.RoutingProfiles[w.id("Basic")].Name != "Basic Routing Profile" {
		t.Error("the first queue or routing profile is missing")
	}
	for id, name := range map[string]string{"Admin": "Admin", "Agent": "Agent", "Manager": "CallCenterManager", "Analyst": "QualityAnalyst"} {
		if p := st.SecurityProfiles[w.id(id)]; p == nil || p.Name != name || len(p.Permissions) == 0 {
			t.Errorf("the security profile %s is missing", name)
		}
	}
	if open, known := w.m.hoursOpen(st.Hours[w.id("Hours")], day1); !open || !known {
		t.Error("Basic Hours are not open")
	}
	if f := st.Flows[w.id("direct")]; f.Published == nil || f.Published.Version != 1 {
		t.Error("the first flow is not published")
	}
	w.refused(w.createCommand(), tandem.Duplicate, "InstanceId")
}

func TestCreateInstanceRefuses(t *testing.T) {
	for field, spoil := range map[string]func(*CreateInstance){
		"InstanceAlias": func(c *CreateInstance) { c.Instance.Alias = "-x" },
		"TimeZone":      func(c *CreateInstance) { c.Defaults.TimeZone = "Mars/Olympus" },
		"Defaults":      func(c *CreateInstance) { c.Defaults.QueueID = c.Defaults.HoursID },
		"Flows":         func(c *CreateInstance) { c.Flows[1].Name = c.Flows[0].Name },
		"Type":          func(c *CreateInstance) { c.Flows[0].Type = "POEM" },
	} {
		w := newWorld(t)
		c := w.createCommand()
		spoil(&c)
		w.refused(c, tandem.Invalid, field)
	}
}

func TestCommandsBeforeTheInstanceExistsAreRefused(t *testing.T) {
	w := newWorld(t)
	w.refused(PutUserStatus{}, tandem.NotFound, "InstanceId")
	w.must(tandem.Tick{})
}
