package viewtest

import (
	"fmt"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// The numbers of the instance, by what their flows do.
const (
	QueueNumber         = "+15550100000" // queues the call in BasicQueue, recorded, with a disconnect flow
	CallbackNumber      = "+15550100001" // plans a callback: the agent is asked first
	CustomerFirstNumber = "+15550100002" // plans a callback: the customer is called first
	MovingNumber        = "+15550100003" // queues the call in BasicQueue, and moves it to [SecondQueueID]
	OutsideNumber       = "+15550100004" // calls somebody outside
)

// More personal data of stories.
const (
	CallMeNumber    = "+15550107788" // what the callback flows call
	ThirdNumber     = "+15550106655" // somebody outside
	ThirdQuickDial  = "+15550106644" // the same, as a quick connect of the instance
	CustomerNumber2 = "+15550105566" // whom agents call
)

// What [SetupCalls] makes besides.
var (
	SecondQueueID = named("Second queue")
	AnnexID       = named("Annex")
	TeamID        = named("Team")
	ToQueueID     = named("To the second queue")
	ToOutsideID   = named("To somebody outside")
)

func named(name string) tandem.ID { return tandem.NameID("viewtest", name) }

// ToAgentID is the quick connect that leads to a user.
func ToAgentID(username string) tandem.ID { return tandem.NameID("viewtest quick connect", username) }

// numberID is the id of a number of the instance.
func numberID(number string) tandem.ID { return tandem.NameID("viewtest number", number) }

// action is one block of a flow; every error leads to the block "bye".
func action(id, kind, parameters, next string, errors ...string) string {
	var list []string
	for _, e := range errors {
		list = append(list, fmt.Sprintf(`{"NextAction":"bye","ErrorType":%q}`, e))
	}
	transitions := fmt.Sprintf(`"NextAction":%q,"Errors":[%s]`, next, strings.Join(list, ","))
	if next == "" {
		transitions = ""
	}
	return fmt.Sprintf(`{"Identifier":%q,"Type":%q,"Parameters":{%s},"Transitions":{%s}}`, id, kind, parameters, transitions)
}

// content is a flow that begins with the first action.
func content(start string, actions ...string) tandem.Blob {
	return tandem.Blob(fmt.Sprintf(`{"Version":"2019-10-30","StartAction":%q,"Actions":[%s]}`, start, strings.Join(actions, ",")))
}

var (
	bye    = action("bye", "DisconnectParticipant", "", "")
	end    = action("end", "EndFlowExecution", "", "")
	target = action("target", "UpdateContactTargetQueue", `"QueueId":"`+QueueID.String()+`"`, "enter", "NoMatchingError")
	enter  = action("enter", "TransferContactToQueue", "", "bye", "QueueAtCapacity", "NoMatchingError")
	say    = func(next string) string {
		return action("say", "MessageParticipant", `"Text":"One moment"`, next, "NoMatchingError")
	}
	hook = func(name, flowName, next string) string {
		return action("hook", "UpdateContactEventHooks", fmt.Sprintf(`"EventHooks":{%q:%q}`, name, flowID(flowName)), next, "NoMatchingError")
	}
	callBack = func(more string) string {
		return action("plan", "CreateCallbackContact", `"QueueId":"`+QueueID.String()+`","InitialCallDelaySeconds":"2","MaximumConnectionAttempts":"2","RetryDelaySeconds":"5"`+more,
			"bye", "NoMatchingError")
	}
	callMe = action("me", "UpdateContactAttributes", `"Attributes":{"CallMe":"`+CallMeNumber+`"}`, "number", "NoMatchingError")
	number = action("number", "UpdateContactCallbackNumber", `"CallbackNumber":"$.Attributes.CallMe"`, "plan", "InvalidCallbackNumber", "CallbackNumberNotDialable")
)

func flowID(name string) string { return named("flow " + name).String() }

// callFlows are the flows of [SetupCalls].
func callFlows() []*event.FlowSaved {
	saved := func(name string, kind flow.Type, content tandem.Blob) *event.FlowSaved {
		return &event.FlowSaved{FlowID: named("flow " + name), InstanceID: InstanceID, Name: name, Type: string(kind),
			Published: true, Version: 1, Content: content}
	}
	return []*event.FlowSaved{
		saved("Queue", flow.TypeContactFlow, content("record",
			action("record", "UpdateContactRecordingBehavior", `"RecordingBehavior":{"RecordedParticipants":["Agent","Customer"]}`, "hook"),
			hook("CustomerRemaining", "Remaining", "target"), target, enter, bye)),
		saved("Callback", flow.TypeContactFlow, content("me", callMe, number, callBack(""), bye)),
		saved("Customer first", flow.TypeContactFlow, content("me", callMe, number, callBack(`,"ContactFlowId":"`+FlowID.String()+`"`), bye)),
		saved("Moving", flow.TypeContactFlow, content("hook", hook("CustomerQueue", "Mover", "target"), target, enter, bye)),
		saved(flow.SampleCustomerQueue, flow.TypeCustomerQueue, content("music",
			action("music", "MessageParticipantIteratively", `"Messages":[{"Text":"Please wait"}]`, "end", "NoMatchingError"), end, bye)),
		saved("Mover", flow.TypeCustomerQueue, content("say", say("move"),
			action("move", "DequeueContactAndTransferToQueue", `"QueueId":"`+SecondQueueID.String()+`"`, "end", "QueueAtCapacity", "NoMatchingError"), end, bye)),
		saved("Outside", flow.TypeContactFlow, content("outside",
			action("outside", "TransferParticipantToThirdParty",
				`"ThirdPartyPhoneNumber":"`+ThirdNumber+`","ThirdPartyConnectionTimeLimitSeconds":"30","ContinueFlowExecution":"True"`,
				"bye", "CallFailed", "ConnectionTimeLimitExceeded", "NoMatchingError"), bye)),
		saved("Remaining", flow.TypeContactFlow, content("say", say("bye"), bye)),
		saved(flow.SampleAgentWhisper, flow.TypeAgentWhisper, content("say", say("end"), end, bye)),
		saved("Agent transfer", flow.TypeAgentTransfer, content("agent", action("agent", "TransferContactToAgent", "", ""), bye)),
		saved("Queue transfer", flow.TypeQueueTransfer, content("enter", enter, bye)),
	}
}

// SetupCalls adds to [Setup] what calls need: flows and their numbers, a second
// queue, a hierarchy with the users in its lower group, and quick connects.
func SetupCalls(usernames ...string) Moment {
	at := Start.Add(-1_800_000)
	m := Moment{At: at, Events: []tandem.Event{
		&event.HierarchyGroupSaved{GroupID: AnnexID, Name: "Annex", ModifiedAt: at},
		&event.HierarchyGroupSaved{GroupID: TeamID, Name: "Team", ParentID: AnnexID, ModifiedAt: at},
		&event.QueueSaved{QueueID: QueueID, Name: "BasicQueue", MaxContacts: -1, Enabled: true, CallerIDNumberID: numberID(QueueNumber), ModifiedAt: at},
		&event.QueueSaved{QueueID: SecondQueueID, Name: "Second queue", MaxContacts: -1, Enabled: true, CallerIDNumberID: numberID(QueueNumber), ModifiedAt: at},
		&event.RoutingProfileSaved{ProfileID: ProfileID, Name: "Basic Routing Profile", DefaultOutboundQueueID: QueueID,
			Concurrency: []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1}, {Channel: event.Task, Maximum: 3}},
			Entries: []event.RoutingEntry{{QueueID: QueueID, Channel: event.Voice, Priority: 1}, {QueueID: SecondQueueID, Channel: event.Voice, Priority: 1},
				{QueueID: QueueID, Channel: event.Task, Priority: 2}},
			ModifiedAt: at},
	}}
	for _, f := range callFlows() {
		m.Events = append(m.Events, f)
	}
	for _, n := range []struct{ number, flow string }{{QueueNumber, "Queue"}, {CallbackNumber, "Callback"}, {CustomerFirstNumber, "Customer first"},
		{MovingNumber, "Moving"}, {OutsideNumber, "Outside"}} {
		m.Events = append(m.Events, &event.NumberAssociated{NumberID: numberID(n.number), Number: n.number, FlowID: named("flow " + n.flow)})
	}
	m.Events = append(m.Events,
		&event.QuickConnectSaved{QuickConnectID: ToQueueID, Name: "Second queue", Type: event.QuickConnectQueue, QueueID: SecondQueueID, FlowID: named("flow Queue transfer"), ModifiedAt: at},
		&event.QuickConnectSaved{QuickConnectID: ToOutsideID, Name: "Outside", Type: event.QuickConnectPhone, Number: ThirdQuickDial, ModifiedAt: at})
	for _, name := range usernames {
		u := User(name, at)
		u.HierarchyGroupID = TeamID
		m.Events = append(m.Events, u, &event.QuickConnectSaved{QuickConnectID: ToAgentID(name), Name: name, Type: event.QuickConnectUser,
			UserID: UserID(name), FlowID: named("flow Agent transfer"), ModifiedAt: at})
	}
	return m
}
