package center

import (
	"fmt"
	"slices"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// channelMatrix is in which channels each block does its work, and with which
// parameters; in the others, and for blocks that are not here in all, it takes
// its error branch (Amazon Connect Administrator Guide: Channel support of flow
// blocks). Set voice and Play prompt do nothing where nobody hears it.
var channelMatrix = []struct {
	kind, params, channels string
}{
	{"MessageParticipant", `"Text":"Hello."`, "VCT"},
	{"GetParticipantInput", `"Text":"One?","StoreInput":"False","InputTimeLimitSeconds":"5"`, "V"},
	{"GetParticipantInput", `"Text":"One?","StoreInput":"True","InputTimeLimitSeconds":"5","InputValidation":{"CustomValidation":{"MaximumLength":"4"}}`, "V"},
	{"ConnectParticipantWithLexBot", `"LexV2Bot":{"AliasArn":"` + botAlias + `"},"Text":"Hello."`, "VC"},
	{"MessageParticipantIteratively", `"Messages":[{"Text":"Music."}]`, "V"},
	{"ShowView", `"ViewResource":{"Id":"form"}`, "C"},
	{"CreateTask", `"ContactFlowId":"` + idOf("direct") + `","Name":"t"`, "VCT"},
	{"InvokeLambdaFunction", `"LambdaFunctionARN":"` + lookUp + `"`, "VCT"},
	{"InvokeFlowModule", `"FlowModuleId":"` + idOf("module") + `"`, "VCT"},
	{"Wait", `"TimeLimitSeconds":"5"`, "CT"},
	{"UpdateContactTargetQueue", `"QueueId":"` + idOf("BasicQueue") + `"`, "VCT"},
	{"UpdateContactRecordingBehavior", `"RecordingBehavior":{"RecordedParticipants":["Agent"]}`, "VCT"}, // it has no error branch
	{"UpdateContactRecordingAndAnalyticsBehavior", `"VoiceBehavior":{"VoiceRecordingBehavior":{"RecordedParticipants":["Agent"]}}`, "V"},
	{"UpdateContactAttributes", `"Attributes":{"k":"v"}`, "VCT"},
	{"UpdateFlowAttributes", `"FlowAttributes":{"k":{"Value":"v"}}`, "VCT"},
	{"UpdateContactData", `"Name":"n"`, "VCT"},
	{"UpdateContactEventHooks", `"EventHooks":{"CustomerQueue":"` + idOf(flow.SampleCustomerQueue) + `"}`, "VCT"},
	{"UpdateContactEventHooks", `"EventHooks":{"CustomerHold":"` + idOf("hold") + `"}`, "V"},
	{"UpdateContactRoutingBehavior", `"QueuePriority":"3"`, "VCT"}, // it has no error branch
	{"UpdateContactCallbackNumber", `"CallbackNumber":"$.Attributes.number"`, "V"},
	{"UpdateContactTextToSpeechVoice", `"TextToSpeechVoice":"Joanna"`, "VCT"},
	{"UpdateFlowLoggingBehavior", `"FlowLoggingBehavior":"Enabled"`, "VCT"},
	{"GetMetricData", ``, "VCT"},
	{"TagContact", `"Tags":{"k":"v"}`, "VCT"},
	{"UntagContact", `"TagKeys":["k"]`, "VCT"},
	{"UnTagContact", `"TagKeys":["k"]`, "VCT"},
	{"Compare", `"ComparisonValue":"$.Attributes.number"`, "VCT"},
	{"CheckHoursOfOperation", ``, "VCT"},
	{"CheckMetricData", `"MetricType":"NumberOfContactsInQueue"`, "VCT"},
	{"DistributeByPercentage", ``, "VCT"},
	{"Loop", `"LoopCount":"2"`, "VCT"},
	{"DisconnectParticipant", ``, "VCT"},
	{"TransferContactToQueue", ``, "VCT"},
	{"CreateCallbackContact", `"InitialCallDelaySeconds":"5","MaximumConnectionAttempts":"2","RetryDelaySeconds":"5"`, "V"},
	{"DequeueContactAndTransferToQueue", ``, "VCT"},
	{"TransferParticipantToThirdParty", `"ThirdPartyPhoneNumber":"+4930777","ThirdPartyConnectionTimeLimitSeconds":"9","ContinueFlowExecution":"True"`, "V"},
	{"TransferToFlow", `"ContactFlowId":"` + idOf("direct") + `"`, "VCT"},
	{"TransferContactToAgent", ``, "V"},
	{"CompleteOutboundCall", ``, "VCT"}, // it has no error branch, and only calls are outgoing
	{"EndFlowExecution", ``, "VCT"},
	{"EndFlowModuleExecution", ``, "VCT"},
}

// inChannels has a contact of each channel in a flow.
func inChannels(t *testing.T) (*world, map[byte]*Contact) {
	w := functionWorld(t, bye)
	w.must(AssociateBot{Bot: botAlias})
	w.saveFlow("module", flow.TypeModule, back)
	w.saveFlow("hold", flow.TypeCustomerHold, attr("k", "k", "v"), act{id: "bye", kind: "MessageParticipantIteratively", params: `"Messages":[{"Text":"On hold."}]`})
	w.addUser("agent1")
	wait := act{id: "pause", kind: "Wait", params: `"TimeLimitSeconds":"60"`, to: map[string]string{"Equals WaitCompleted": "bye"}}
	w.saveFlow("asks", flow.TypeContactFlow, toQueue, attr("number", "number", "+14155550100"), say("hello", "Hello."), wait, bye)
	w.chat("chat", "asks")
	answer, _, err := w.step(StartTask{FlowID: w.id("asks"), Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	w.name(answer.(tandem.ID), "task")
	return w, map[byte]*Contact{'V': w.arrives("call"), 'C': w.c("chat"), 'T': w.c("task")}
}

func TestBlocksTakeTheirErrorBranchInChannelsThatTheyDoNotSupport(t *testing.T) {
	w, contacts := inChannels(t)
	tried := map[string]bool{}
	try := func(kind, params, channels string) {
		tried[kind] = true
		doc, err := flow.Parse(fmt.Appendf(nil, `{"Version":"2019-10-30","StartAction":"b","Actions":[{"Identifier":"b","Type":%q,"Parameters":{%s},"Transitions":{"NextAction":"next","Errors":[
			{"ErrorType":"NoMatchingError","NextAction":"failed"},{"ErrorType":"NoMatchingCondition","NextAction":"next"},{"ErrorType":"InvalidCallbackNumber","NextAction":"failed"}]}},
			{"Identifier":"next","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}},{"Identifier":"failed","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`, kind, params))
		if err != nil {
			t.Fatal(err)
		}
		p := flow.Compile(doc, w.m.blocks)
		for _, channel := range []byte("VCT") {
			step := tandem.NewStep(w.seq, tandem.Command{ID: w.id("step"), At: w.now}, func(tandem.Event) {})
			result := p.Step(p.Start(), flow.Input{Kind: flow.InputStart}, env{m: w.m, c: contacts[channel], side: event.CustomerSide, step: step})
			failed := result.Next.ActionID == "failed" || result.End == flow.EndFault
			if works := slices.Contains([]byte(channels), channel); works == failed {
				t.Errorf("%s {%s} in channel %c: outcome %q, end %q", kind, params, channel, result.Outcome, result.End)
			}
		}
	}
	for _, c := range channelMatrix {
		try(c.kind, c.params, c.channels)
	}
	for _, b := range w.m.blocks.Blocks() {
		if !tried[b.Type] {
			try(b.Type, "", "")
		}
	}
}
