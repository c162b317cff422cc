package block

import (
	"strings"
	"testing"

	"tandem/flow"
)

// logged is what the flow log tells of a block: each entry as "Type {parameters}",
// with its own results behind it.
func logged(t *testing.T, actionType, parameters string, branches ...string) string {
	t.Helper()
	program := flowOf(t, actionType, parameters, branches...)
	var lines []string
	for _, e := range program.Describe(program.Start(), newWorld()) {
		lines = append(lines, strings.TrimSpace(e.ModuleType+" "+e.Parameters+" "+e.Results))
	}
	return strings.Join(lines, "\n")
}

func TestFlowLogTellsBlocksByTheirFirstNames(t *testing.T) {
	for _, c := range []struct{ actionType, parameters, want string }{
		{"MessageParticipant", `{"Text":"Hello $.Attributes.name"}`, `PlayPrompt {"Text":"Hello Ann & Bo","TextToSpeechType":"text"}`},
		{"MessageParticipant", `{"SSML":"<speak>$.Attributes.amount</speak>"}`, `PlayPrompt {"Text":"<speak>12.50</speak>","TextToSpeechType":"ssml"}`},
		{"MessageParticipant", `{"PromptId":"beep"}`, `PlayPrompt {"AudioPrompt":"beep"}`},
		{"MessageParticipantIteratively", `{"Messages":[{"Text":"$.Attributes.name"}],"InterruptFrequencySeconds":30}`, `LoopPrompts {"InterruptSeconds":"30","Prompts":[{"Text":"Ann & Bo"}]}`},
		{"GetParticipantInput", `{"Text":"Press 1","InputTimeLimitSeconds":"5","StoreInput":"False"}`, `GetUserInput {"MaxDigits":"1","Text":"Press 1","TextToSpeechType":"text","Timeout":"5000"}`},
		{"GetParticipantInput", `{"Text":"Card?","InputTimeLimitSeconds":5,"StoreInput":true,"InputValidation":{"CustomValidation":{"MaximumLength":16}},"InputEncryption":{"EncryptionKeyId":"k1","Key":"x"},"DTMFConfiguration":{"InputTerminationSequence":"##","DisableCancelKey":"True"}}`,
			`StoreUserInput {"CustomerInputType":"Custom","DisableCancel":"True","EncryptEntry":"true","EncryptionKeyId":"k1","MaxDigits":"16","TerminatorDigits":"##","Text":"Card?","TextToSpeechType":"text","Timeout":"5000"}`},
		{"GetParticipantInput", `{"Text":"Number?","InputTimeLimitSeconds":5,"StoreInput":true,"InputValidation":{"PhoneNumberValidation":{"NumberFormat":"Local","CountryCode":"DE"}}}`,
			`StoreUserInput {"CountryCode":"DE","CustomerInputType":"PhoneNumber","EncryptEntry":"false","PhoneNumberFormat":"Local","Text":"Number?","TextToSpeechType":"text","Timeout":"5000"}`},
		{"ConnectParticipantWithLexBot", `{"Text":"Hi","LexV2Bot":{"AliasArn":"concierge"}}`, `GetUserInput {"BotAliasArn":"concierge","Text":"Hi","TextToSpeechType":"text"}`},
		{"ConnectParticipantWithLexBot", `{"Text":"Hi","LexBot":{"Name":"a","Region":"b","Alias":"c"}}`, `GetUserInput {"BotAlias":"c","BotName":"a","BotRegion":"b","Text":"Hi","TextToSpeechType":"text"}`},
		{"InvokeLambdaFunction", `{"LambdaFunctionARN":"arn","LambdaInvocationAttributes":{"a":"$.Attributes.name","b":["c"]}}`,
			`InvokeExternalResource {"FunctionArn":"arn","Parameters":{"a":"Ann & Bo","b":["c"]},"TimeLimit":"3000"}`},
		{"UpdateContactAttributes", `{"Attributes":{"a":"$.Attributes.name","b":"c"},"TargetContact":"Current"}`,
			`SetAttributes {"AddAttributeToRelatedContact":"false","Key":"a","Value":"Ann & Bo"}` + "\n" + `SetAttributes {"AddAttributeToRelatedContact":"false","Key":"b","Value":"c"}`},
		{"UpdateFlowAttributes", `{"FlowAttributes":{"a":{"Value":"$.Attributes.name"}}}`, `SetAttributes {"Key":"a","Value":"Ann & Bo"}`},
		{"CheckMetricData", `{"MetricType":"NumberOfAgentsStaffed","QueueId":"q"}`, `CheckStaffing {"Queue":"q","Status":"Staffed"}`},
		{"CheckMetricData", `{"MetricType":"NumberOfAgentsAvailable"}`, `CheckStaffing {"Status":"Available"}`},
		{"CheckMetricData", `{"MetricType":"NumberOfAgentsOnline"}`, `CheckStaffing {"Status":"Online"}`},
		{"CheckMetricData", `{"MetricType":"NumberOfContactsInQueue"}`, `CheckQueueStatus {"MetricType":"NumberOfContactsInQueue"}`},
		{"UpdateContactEventHooks", `{"EventHooks":{"CustomerQueue":"waiting"}}`, `SetContactFlow {"ContactFlowId":"waiting","Type":"CustomerQueue"}`},
		{"UpdateContactEventHooks", `{"EventHooksConfiguration":{"CustomerQueue":{"DisableExecution":"True"}}}`, `SetContactFlow {"EventHooksConfiguration":{"CustomerQueue":{"DisableExecution":"True"}}}`},
		{"UpdateContactRecordingBehavior", `{"RecordingBehavior":{"RecordedParticipants":["Agent","Customer"]}}`, `SetRecordingBehavior {"RecordingBehaviorOption":"Enable","RecordingParticipantOption":"Both"}`},
		{"UpdateContactRecordingBehavior", `{"RecordingBehavior":{"RecordedParticipants":[]}}`, `SetRecordingBehavior {"RecordingBehaviorOption":"Disable"}`},
		{"UpdateContactRecordingAndAnalyticsBehavior", `{"VoiceBehavior":{"VoiceRecordingBehavior":{"RecordedParticipants":["Agent"]}}}`, `SetRecordingBehavior {"RecordingBehaviorOption":"Enable","RecordingParticipantOption":"Agent"}`},
		{"UpdateFlowLoggingBehavior", `{"FlowLoggingBehavior":"Disabled"}`, `SetLoggingBehavior {"LoggingBehavior":"Disable"}`},
		{"TransferParticipantToThirdParty", `{"ThirdPartyPhoneNumber":"$.CustomerEndpoint.Address","ThirdPartyConnectionTimeLimitSeconds":"30","ContinueFlowExecution":"True","CallerId":{"Number":"+1"}}`,
			`Transfer {"BlindTransfer":"false","CallerId":"+1","PhoneNumber":"+15550100","TimeLimit":"30000"}`},
		{"TransferParticipantToThirdParty", `{"ThirdPartyPhoneNumber":"+1","ThirdPartyConnectionTimeoutSeconds":30}`, `Transfer {"BlindTransfer":"true","PhoneNumber":"+1","TimeLimit":"30000"}`},
		{"UpdateContactTargetQueue", `{"QueueId":"$.Attributes.queue"}`, `SetQueue {"Queue":"arn:aws:connect:eu:1:instance/i/queue/support"}`},
		{"Loop", `{"LoopCount":3}`, `Loop {"LoopCount":3}`},
		{"DisconnectParticipant", `{}`, `Disconnect {}`},
		{"OddAction", `{"a":"$.Attributes.name"}`, `OddAction {"a":"Ann & Bo"}`},
	} {
		if got := logged(t, c.actionType, c.parameters, "next"); got != c.want {
			t.Errorf("%s %s:\ngot  %s\nwant %s", c.actionType, c.parameters, got, c.want)
		}
	}
}

func TestFlowLogTellsEachComparisonUntilOneHolds(t *testing.T) {
	got := logged(t, "Compare", `{"ComparisonValue":"$.Attributes.amount"}`, "=7", ">10", ">11", "NoMatchingCondition")
	want := `CheckAttribute {"ComparisonMethod":"Equals","SecondValue":"7","Value":"12.50"} false
CheckAttribute {"ComparisonMethod":"NumberGreaterThan","SecondValue":"10","Value":"12.50"} true`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFlowLogSaysTheVoice(t *testing.T) {
	w := newWorld()
	w.values["TextToSpeechVoiceId"] = "Joanna"
	program := flowOf(t, "MessageParticipant", `{"Text":"Hi"}`)
	if got := program.Describe(program.Start(), w)[0].Parameters; got != `{"Text":"Hi","TextToSpeechType":"text","Voice":"Joanna"}` {
		t.Errorf("got %s", got)
	}
	if entries := program.Describe(flow.Position{ActionID: "gone"}, w); entries != nil {
		t.Errorf("a position that is not in the flow: %v", entries)
	}
}
