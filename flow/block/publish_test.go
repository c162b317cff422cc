package block

import (
	"slices"
	"strings"
	"testing"

	"tandem/flow"
)

// transitions writes transitions to "end": "next", error types, or conditions as
// flowOf knows them.
func transitions(branches ...string) string {
	var errors, conditions []string
	next := ""
	for _, branch := range branches {
		operator, isCondition := operators[branch[0]]
		switch {
		case branch == "next":
			next = `"NextAction":"end",`
		case isCondition:
			conditions = append(conditions, `{"NextAction":"end","Condition":{"Operator":"`+operator+`","Operands":["`+branch[1:]+`"]}}`)
		default:
			errors = append(errors, `{"NextAction":"end","ErrorType":"`+branch+`"}`)
		}
	}
	return `{` + next + `"Errors":[` + strings.Join(errors, ",") + `],"Conditions":[` + strings.Join(conditions, ",") + `]}`
}

// The beginnings of problems, and their end.
const (
	missingError = "Action is missing required error. Error: "
	refusedError = "Invalid Action error. Error: "
	badValue     = "Invalid Action property value. Path: Actions[0].Parameters"
	first        = ", Path: Actions[0]"
)

// publishCases are flows of one block, and all that Validate says about them.
var publishCases = []struct {
	actionType, parameters string
	branches               []string
	want                   string
}{
	{"UpdateContactEventHooks", `{"EventHooks":{"CustomerQueue":"inbound"}}`, []string{"next"}, missingError + anError + first},
	{"UpdateContactEventHooks", `{"EventHooks":{"CustomerQueue":"gone"}}`, []string{"next", anError}, badValue + ".EventHooks.CustomerQueue. The instance has no such contact flow"},
	{"UpdateContactEventHooks", `{"EventHooks":{"CustomerQueue":"inbound","AgentHold":"inbound"}}`, []string{"next", anError}, badValue + ".EventHooks. There must be exactly one event hook"},
	{"UpdateContactEventHooks", `{"EventHooks":{"Nap":"inbound"}}`, []string{"next", anError}, badValue + ".EventHooks.Nap. There is no such event hook"},
	{"UpdateContactRoutingBehavior", `{"QueuePriority":1}`, []string{"next", anError}, refusedError + anError + first},
	{"UpdateContactRoutingBehavior", `{"QueuePriority":"1","QueueTimeAdjustmentSeconds":"1"}`, []string{"next"},
		"Only one of these properties may be defined. Properties: [QueuePriority, QueueTimeAdjustmentSeconds]. Path: Actions[0].Parameters"},
	{"UpdateContactRoutingBehavior", `{"QueuePriority":"$.Attributes.n"}`, []string{"next"}, badValue + ".QueuePriority. It cannot come from an attribute"},
	{"UpdateContactCallbackNumber", `{"CallbackNumber":"$.StoredCustomerInput"}`, []string{"next", anError},
		refusedError + anError + first + "\n" + missingError + flow.InvalidCallbackNumber + first + "\n" + missingError + flow.CallbackNumberNotDialable + first},
	{"UpdateContactCallbackNumber", `{"CallbackNumber":"+4930123456"}`, []string{"next", flow.InvalidCallbackNumber, flow.CallbackNumberNotDialable},
		badValue + ".CallbackNumber. It must be one reference to an attribute, such as $.Attributes.language"},
	{"CreateCallbackContact", `{"InitialCallDelaySeconds":"259201","MaximumConnectionAttempts":"0","RetryDelaySeconds":"1"}`, []string{"next"},
		badValue + ".InitialCallDelaySeconds. It must be a whole number from 1 to 259200\n" + badValue + ".MaximumConnectionAttempts. It must be a whole number from 1 to 100"},
	{"CreateCallbackContact", `{"InitialCallDelaySeconds":1,"MaximumConnectionAttempts":1,"RetryDelaySeconds":1,"QueueId":"support","AgentId":"agent1"}`, []string{"next"},
		"Only one of these properties may be defined. Properties: [QueueId, AgentId]. Path: Actions[0].Parameters"},
	{"DequeueContactAndTransferToQueue", `{"QueueId":"support"}`, []string{"next", anError}, missingError + atFull + first},
	{"TransferContactToAgent", `{}`, []string{anError}, refusedError + anError + first},
	{"TransferParticipantToThirdParty", `{"ThirdPartyPhoneNumber":"reception","ContinueFlowExecution":"True"}`, []string{"next", flow.CallFailed, tooLong, anError},
		badValue + ".ThirdPartyPhoneNumber. It must be a number in E.164 form, such as +4930123456"},
	{"TransferParticipantToThirdParty", `{"ThirdPartyPhoneNumber":"+4930123456","ContinueFlowExecution":"False"}`, []string{flow.CallFailed, anError}, refusedError + flow.CallFailed + first},
	{"TransferParticipantToThirdParty", `{"ThirdPartyPhoneNumber":"+4930123456","ThirdPartyConnectionTimeLimitSeconds":"601","ThirdPartyDTMFDigits":"call"}`, []string{anError},
		badValue + ".ThirdPartyConnectionTimeLimitSeconds. It must be a whole number from 0 to 600\n" +
			badValue + ".ThirdPartyDTMFDigits. It may have at most 50 of the keys 0123456789*# and the comma, a pause"},
	{"TransferToFlow", `{"ContactFlowId":"x-$.Attributes.flow"}`, []string{anError}, badValue + ".ContactFlowId. It must be an id, an ARN, or one reference to an attribute"},
	{"CompleteOutboundCall", `{"CallerId":{"Number":"$.Attributes.number","Loud":"x"}}`, []string{"next"},
		"Invalid Action property. Path: Actions[0].Parameters.CallerId.Loud. The block has no such parameter"},
	{"UpdatePreviousContactParticipantState", `{"PreviousContactParticipantState":"Muted"}`, []string{"next", anError},
		badValue + ".PreviousContactParticipantState. It must be one of AgentOnHold, CustomerOnHold, OffHold"},
	{"CheckMetricData", `{"MetricType":"NumberOfAgentsStaffed"}`, []string{"=1", anError, "NoMatchingCondition"},
		"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operator. It must be one of NumberGreaterThan\n" +
			"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operands[0]. It must be one of 0"},
	{"CheckMetricData", `{"MetricType":"NumberOfContactsInQueue"}`, []string{"=1", "<9", anError}, missingError + "NoMatchingCondition" + first},
	{"CheckMetricData", `{"MetricType":"OldestContactInQueueAgeSeconds"}`, []string{">300000", anError, "NoMatchingCondition"}, ""},
	{"GetMetricData", `{"QueueChannel":"Fax"}`, []string{"next", anError}, badValue + ".QueueChannel. It must be one of VOICE, CHAT, TASK, EMAIL"},
	{"DistributeByPercentage", `{}`, []string{"<51"}, missingError + "NoMatchingCondition" + first},
	{"DistributeByPercentage", `{}`, []string{"=50", "NoMatchingCondition"},
		"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operator. It must be one of NumberLessThan"},
	{"Loop", `{"LoopCount":"101"}`, []string{"=ContinueLooping"},
		badValue + ".LoopCount. It must be a whole number from 0 to 100\nAction is missing required condition. Path: Actions[0]. Condition: Equals DoneLooping"},
	{"Wait", `{"TimeLimitSeconds":"604801"}`, []string{"=WaitCompleted"}, badValue + ".TimeLimitSeconds. It must be a whole number from 1 to 604800\n" + missingError + anError + first},
	{"Wait", `{"TimeLimitSeconds":"1","Events":["CustomerReturned","Rain"]}`, []string{"=WaitCompleted", anError},
		badValue + ".Events[1]. It must be one of CustomerReturned, BotParticipantDisconnected\nAction is missing required condition. Path: Actions[0]. Condition: Equals CustomerReturned"},
	{"Wait", `{"TimeLimitSeconds":"1"}`, []string{"=WaitCompleted", anError, flow.ParticipantNotFound}, refusedError + flow.ParticipantNotFound + first},
	{"UpdateContactTextToSpeechVoice", `{"TextToSpeechVoice":"Vicki","TextToSpeechEngine":"Turbo"}`, []string{"next"}, badValue + ".TextToSpeechEngine. It must be one of standard, neural, generative"},
	{"UpdateContactData", `{"Name":"x","TargetContact":"Related"}`, []string{"next"}, badValue + ".TargetContact. Only Current is supported\n" + missingError + anError + first},
	{"UpdateFlowAttributes", `{"FlowAttributes":{"a":"x"}}`, []string{"next", anError}, badValue + ".FlowAttributes.a. Expected an object"},
	{"UpdateFlowLoggingBehavior", `{"FlowLoggingBehavior":"Loud"}`, []string{"next", anError}, badValue + ".FlowLoggingBehavior. It must be one of Enabled, Disabled\n" + refusedError + anError + first},
	{"TagContact", `{"Tags":{"aws:x":"1"}}`, []string{"next"}, badValue + ".Tags.aws:x. The names of tags may not begin with aws:\n" + missingError + anError + first},
	{"UntagContact", `{"TagKeys":[]}`, []string{"next", anError}, badValue + ".TagKeys. There must be 1 to 6 tags"},
	{"CreateTask", `{"ContactFlowId":"inbound","Name":"x","TaskTemplateId":"t"}`, []string{"next"}, badValue + ".TaskTemplateId. It is not supported; use ContactFlowId and DelaySeconds"},
	{"UpdateContactRecordingAndAnalyticsBehavior", `{"VoiceBehavior":{},"ChatBehavior":{}}`, []string{"next", anError, mismatch},
		"Only one of these properties may be defined. Properties: [VoiceBehavior, ChatBehavior, ScreenRecordingBehavior]. Path: Actions[0].Parameters"},
	{"UpdateContactRecordingAndAnalyticsBehavior", `{"ChatBehavior":{}}`, []string{"next", anError, mismatch}, missingError + flow.InFlightRedactionConfigurationFailed + first},
	{"UpdateContactRecordingAndAnalyticsBehavior", `{"ScreenRecordingBehavior":{}}`, []string{"next", anError}, missingError + mismatch + first},
	{"UpdateContactMediaStreamingBehavior", `{"MediaStreamingState":"Maybe"}`, []string{"next"}, badValue + ".MediaStreamingState. It must be one of Enabled, Disabled"},
}

func TestValidateWantsTheBranchesThatEachBlockNeeds(t *testing.T) {
	for _, c := range publishCases {
		t.Run(c.actionType+" "+c.parameters, func(t *testing.T) {
			b, _ := Registry().Lookup(c.actionType)
			if got := problemsOf(t, b.FlowTypes[0], c.actionType, c.parameters, transitions(c.branches...)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Where the guides of Amazon Connect differ, a block may stand wherever one of
// them allows it.
func TestBlocksStandInTheTypesOfFlowThatTheGuidesName(t *testing.T) {
	inbound := []flow.Type{flow.TypeContactFlow, flow.TypeAgentTransfer, flow.TypeQueueTransfer}
	with := func(more ...flow.Type) []flow.Type { return append(more, inbound...) }
	queued := with(flow.TypeCustomerQueue)
	for actionType, want := range map[string][]flow.Type{
		"UpdateContactRoutingBehavior":          with(flow.TypeCustomerQueue, flow.TypeOutboundWhisper),
		"UpdateContactCallbackNumber":           queued,
		"CreateCallbackContact":                 queued,
		"DequeueContactAndTransferToQueue":      {flow.TypeCustomerQueue},
		"TransferContactToAgent":                {flow.TypeAgentTransfer, flow.TypeQueueTransfer},
		"TransferParticipantToThirdParty":       queued,
		"TransferToFlow":                        inbound,
		"CompleteOutboundCall":                  {flow.TypeOutboundWhisper},
		"UpdatePreviousContactParticipantState": with(flow.TypeOutboundWhisper),
		"CheckMetricData":                       queued,
		"DistributeByPercentage":                with(flow.TypeCustomerQueue, flow.TypeOutboundWhisper),
		"UpdateContactMediaStreamingBehavior":   allTypesBut(flow.TypeAgentHold, flow.TypeCustomerHold),

		"UpdateContactEventHooks": flow.AllTypes(), "GetMetricData": flow.AllTypes(), "Loop": flow.AllTypes(), "Wait": flow.AllTypes(),
		"UpdateContactTextToSpeechVoice": flow.AllTypes(), "UpdateContactData": flow.AllTypes(), "UpdateFlowAttributes": flow.AllTypes(),
		"UpdateFlowLoggingBehavior": flow.AllTypes(), "TagContact": flow.AllTypes(), "UntagContact": flow.AllTypes(),
		"CreateTask": flow.AllTypes(), "UpdateContactRecordingAndAnalyticsBehavior": flow.AllTypes(),
	} {
		b, ok := Registry().Lookup(actionType)
		got := slices.Clone(b.FlowTypes)
		slices.Sort(got)
		slices.Sort(want)
		if !ok || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", actionType, got, want)
		}
	}
}
