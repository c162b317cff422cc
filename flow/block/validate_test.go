package block

import (
	"strings"
	"testing"

	"tandem/flow"
)

// problemsOf validates a flow of one action A with the given parameters and
// transitions, and an action "end" to go to.
func problemsOf(t *testing.T, flowType flow.Type, actionType, parameters, transitions string) string {
	t.Helper()
	content := `{"Version":"2019-10-30","StartAction":"A","Actions":[{"Identifier":"A","Type":"` + actionType + `","Parameters":` +
		parameters + `,"Transitions":` + transitions + `},{"Identifier":"end","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"a":"b"}},` +
		`"Transitions":{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}}]}`
	doc, err := flow.Parse([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	problems := flow.Validate(doc, flowType, Registry(), known{})
	return strings.ReplaceAll(problems.Error(), `. In the block "A"`, "")
}

// known is an instance with one resource of each kind.
type known struct{}

func (known) Known(kind flow.ResourceKind, id string) bool {
	return id == map[flow.ResourceKind]string{flow.ResourceQueue: "support", flow.ResourcePrompt: "music",
		flow.ResourceHours: "office", flow.ResourceFlow: "inbound", flow.ResourceUser: "agent1",
		flow.ResourceFunction: "arn:x:lookup", flow.ResourceBot: "concierge", flow.ResourceModule: "identify:2"}[kind]
}

const (
	toEnd    = `{"NextAction":"end"}`
	orErr    = `{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}`
	menuTo   = `{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"},{"ErrorType":"NoMatchingCondition","NextAction":"end"}]}`
	phoneErr = `{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"},{"ErrorType":"InvalidPhoneNumber","NextAction":"end"}]}`
	stored   = `"Text":"x","StoreInput":"True","InputTimeLimitSeconds":"5"`
)

// aCertificate is a block of PEM as JSON text; what is in it is for others to check.
const aCertificate = `"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"`

// parameterCases are flows of one block, and all that Validate says about them.
var parameterCases = []struct {
	name, actionType, parameters, transitions string
	flowType                                  flow.Type
	want                                      string // all messages; empty: publishable
}{
	{"no message", "MessageParticipant", `{}`, toEnd, flow.TypeContactFlow,
		"Action is missing a property. One of these is required. Properties: [PromptId, Text, SSML, Media]. Path: Actions[0].Parameters"},
	{"two messages", "MessageParticipant", `{"Text":"a","PromptId":"music"}`, toEnd, flow.TypeContactFlow,
		"Only one of these properties may be defined. Properties: [PromptId, Text, SSML, Media]. Path: Actions[0].Parameters"},
	{"outside sound", "MessageParticipant", `{"Media":{"Uri":"s3://x"}}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.Media. Sound files outside the instance cannot be played; add the sound as a prompt and use PromptId"},
	{"unknown prompt", "MessageParticipant", `{"PromptId":"gone"}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.PromptId. The instance has no such prompt"},
	{"broken SSML", "MessageParticipant", `{"SSML":"<speak>a<break></speak>"}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.SSML. It is not well-formed SSML inside <speak> and </speak>"},
	{"good SSML", "MessageParticipant", `{"SSML":"<speak>a<break time='1s'/><amazon:effect name='whispered'>b</amazon:effect></speak>"}`, toEnd, flow.TypeContactFlow, ""},
	{"two speak elements", "MessageParticipant", `{"SSML":"<speak>a</speak><speak>b</speak>"}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.SSML. It is not well-formed SSML inside <speak> and </speak>"},
	{"too long", "MessageParticipant", `{"Text":"` + strings.Repeat("a", 6001) + `"}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.Text. It is too long to be spoken; at most 6000 characters are allowed"},
	{"unknown attribute root", "MessageParticipant", `{"Text":"$.BadValue costs $1000"}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.Text. There is no attribute $.BadValue"},
	{"unknown parameter", "MessageParticipant", `{"Text":"a","Volume":"11"}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property. Path: Actions[0].Parameters.Volume. The block has no such parameter"},
	{"empty text", "MessageParticipant", `{"Text":""}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.Text. It may not be empty"},

	{"time limit too long, store not a truth", "GetParticipantInput", `{"Text":"a","InputTimeLimitSeconds":"181","StoreInput":"maybe"}`, menuTo, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.InputTimeLimitSeconds. It must be a whole number from 1 to 180\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.StoreInput. It must be True or False"},
	{"dynamic time limit", "GetParticipantInput", `{"Text":"a","InputTimeLimitSeconds":"$.Attributes.x"}`, menuTo, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.InputTimeLimitSeconds. It cannot come from an attribute"},
	{"no time limit", "GetParticipantInput", `{"Text":"a"}`, menuTo, flow.TypeContactFlow,
		"Action is missing required property. Path: Actions[0].Parameters.InputTimeLimitSeconds"},
	{"menu without its errors", "GetParticipantInput", `{"Text":"a","InputTimeLimitSeconds":5}`, `{}`, flow.TypeContactFlow,
		"Action is missing required error. Error: NoMatchingError, Path: Actions[0]\n" +
			"Action is missing required error. Error: NoMatchingCondition, Path: Actions[0]"},
	{"key of two characters", "GetParticipantInput", `{"Text":"a","InputTimeLimitSeconds":5}`,
		strings.Replace(menuTo, `"Errors"`, `"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["12"]}}],"Errors"`, 1), flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operands[0]. It must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, *, #"},
	{"stored input", "GetParticipantInput", `{` + stored + `,"InputValidation":{"CustomValidation":{"MaximumLength":"9"}}}`, orErr, flow.TypeContactFlow, ""},
	{"stored input takes no conditions", "GetParticipantInput", `{` + stored + `,"InputValidation":{"CustomValidation":{"MaximumLength":"9"}}}`, menuTo, flow.TypeContactFlow,
		"Invalid Action error. Error: NoMatchingCondition, Path: Actions[0]"},
	{"encrypted input", "GetParticipantInput", `{` + stored + `,"InputValidation":{"CustomValidation":{"MaximumLength":"9"}},"InputEncryption":{"EncryptionKeyId":"k","Key":` + aCertificate + `}}`, orErr, flow.TypeContactFlow, ""},
	{"encryption without its parts", "GetParticipantInput", `{` + stored + `,"InputValidation":{"CustomValidation":{"MaximumLength":"9"}},"InputEncryption":{"Key":"k"}}`, orErr, flow.TypeContactFlow,
		"Action is missing required property. Path: Actions[0].Parameters.InputEncryption.EncryptionKeyId\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.InputEncryption.Key. It must be a certificate in PEM form, from -----BEGIN CERTIFICATE----- to its end"},
	{"phone number", "GetParticipantInput", `{` + stored + `,"InputValidation":{"PhoneNumberValidation":{"NumberFormat":"Local","CountryCode":"de"}}}`, phoneErr, flow.TypeContactFlow, ""},
	{"phone number without its error", "GetParticipantInput", `{` + stored + `,"InputValidation":{"PhoneNumberValidation":{"NumberFormat":"E164"}}}`, orErr, flow.TypeContactFlow,
		"Action is missing required error. Error: InvalidPhoneNumber, Path: Actions[0]"},
	{"local phone number of no country", "GetParticipantInput", `{` + stored + `,"InputValidation":{"PhoneNumberValidation":{"NumberFormat":"Local"}}}`, phoneErr, flow.TypeContactFlow,
		"Action is missing required property. Path: Actions[0].Parameters.InputValidation.PhoneNumberValidation.CountryCode"},
	{"phone number of an odd country, encrypted", "GetParticipantInput", `{` + stored + `,"InputValidation":{"PhoneNumberValidation":{"NumberFormat":"Local","CountryCode":"+4 9"}},"InputEncryption":{"EncryptionKeyId":"k","Key":"$.Attributes.key"}}`, phoneErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.InputValidation.PhoneNumberValidation.CountryCode. It must be two letters, such as DE, or a calling code, such as +49\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.InputEncryption. A number cannot be checked once it is encrypted; use CustomValidation"},
	{"bad terminator", "GetParticipantInput", `{` + stored + `,"InputValidation":{"CustomValidation":{"MaximumLength":"9"}},"DTMFConfiguration":{"InputTerminationSequence":"*"}}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.DTMFConfiguration.InputTerminationSequence. To end input with *, set DisableCancelKey to True"},

	{"no messages", "MessageParticipantIteratively", `{"Messages":[]}`, `{}`, flow.TypeCustomerQueue,
		"Invalid Action property value. Path: Actions[0].Parameters.Messages. There must be at least one message"},
	{"message without content", "MessageParticipantIteratively", `{"Messages":[{"PromptId":"music"},{}]}`, `{}`, flow.TypeCustomerQueue,
		"Action is missing a property. One of these is required. Properties: [PromptId, Text, SSML, Media]. Path: Actions[0].Parameters.Messages[1]"},
	{"interruption without branch", "MessageParticipantIteratively", `{"Messages":[{"PromptId":"music"}],"InterruptFrequencySeconds":"30"}`, `{}`, flow.TypeCustomerQueue,
		"Action is missing required condition. Path: Actions[0]. Condition: Equals MessagesInterrupted"},
	{"not in a contact flow", "MessageParticipantIteratively", `{"Messages":[{"PromptId":"music"}]}`, `{}`, flow.TypeContactFlow,
		"Invalid Action type. Path: Actions[0].Type. MessageParticipantIteratively cannot stand in a flow of type CONTACT_FLOW"},

	{"compare text with an error branch", "Compare", `{"ComparisonValue":"hello"}`, menuTo, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.ComparisonValue. It must be one reference to an attribute, such as $.Attributes.language\n" +
			"Invalid Action error. Error: NoMatchingError, Path: Actions[0]"},
	{"compare with a word as number", "Compare", `{"ComparisonValue":"$.Attributes.n"}`,
		`{"Conditions":[{"NextAction":"end","Condition":{"Operator":"NumberLessThan","Operands":["few"]}}],"Errors":[{"ErrorType":"NoMatchingCondition","NextAction":"end"}]}`, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operands[0]. It must be a number"},
	{"compare with an unknown attribute", "Compare", `{"ComparisonValue":"$.Attributes.n"}`,
		`{"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["$.Odd.x"]}}],"Errors":[{"ErrorType":"NoMatchingCondition","NextAction":"end"}]}`, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operands[0]. There is no attribute $.Odd"},
	{"no such operator, no operand", "Compare", `{"ComparisonValue":"$.Attributes.n"}`,
		`{"Conditions":[{"NextAction":"end","Condition":{"Operator":"Like","Operands":[]}}],"Errors":[{"ErrorType":"NoMatchingCondition","NextAction":"end"}]}`, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operator. It must be one of " + strings.Join(flow.Operators(), ", ") + "\n" +
			"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operands. There must be exactly one operand"},

	{"attribute name with a period", "UpdateContactAttributes", `{"Attributes":{"a.b":"c"}}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.Attributes.a.b. The name of an attribute may not be empty nor contain $ or a period"},
	{"attributes of another contact", "UpdateContactAttributes", `{"Attributes":{"a":"b"},"TargetContact":"Related"}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.TargetContact. Only Current is supported"},
	{"no attributes", "UpdateContactAttributes", `{}`, orErr, flow.TypeContactFlow,
		"Action is missing required property. Path: Actions[0].Parameters.Attributes"},

	{"unknown queue", "UpdateContactTargetQueue", `{"QueueId":"x/gone"}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.QueueId. The instance has no such queue"},
	{"queue out of text and attribute", "UpdateContactTargetQueue", `{"QueueId":"q-$.Attributes.q"}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.QueueId. It must be an id, an ARN, or one reference to an attribute"},
	{"an agent's queue", "UpdateContactTargetQueue", `{"AgentId":"agent1"}`, orErr, flow.TypeContactFlow, ""},
	{"an unknown agent's queue", "UpdateContactTargetQueue", `{"AgentId":"gone"}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.AgentId. The instance has no such user"},
	{"not in a queue flow", "UpdateContactTargetQueue", `{"QueueId":"support"}`, orErr, flow.TypeCustomerQueue,
		"Invalid Action type. Path: Actions[0].Type. UpdateContactTargetQueue cannot stand in a flow of type CUSTOMER_QUEUE"},

	{"recording refuses an error branch", "UpdateContactRecordingBehavior", `{"RecordingBehavior":{"RecordedParticipants":[]}}`, orErr, flow.TypeContactFlow,
		"Invalid Action error. Error: NoMatchingError, Path: Actions[0]"},
	{"recording of nobody known", "UpdateContactRecordingBehavior", `{"RecordingBehavior":{"RecordedParticipants":["Supervisor"]}}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.RecordingBehavior.RecordedParticipants[0]. It must be Agent or Customer"},
	{"unknown parameter inside another", "UpdateContactRecordingBehavior", `{"RecordingBehavior":{"RecordedParticipants":[],"Loud":"True"}}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property. Path: Actions[0].Parameters.RecordingBehavior.Loud. The block has no such parameter"},
	{"no recording", "UpdateContactRecordingBehavior", `{"RecordingBehavior":{}}`, toEnd, flow.TypeContactFlow,
		"Action is missing required property. Path: Actions[0].Parameters.RecordingBehavior.RecordedParticipants"},

	{"function unknown, with odd values", "InvokeLambdaFunction", `{"LambdaFunctionARN":"arn:x:gone","InvocationTimeLimitSeconds":"9","InvocationType":"Later","LambdaInvocationAttributes":{"a":["$.Odd.x"]},"ResponseValidation":{"ResponseType":"XML"}}`, toEnd, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.LambdaFunctionARN. The instance has no such function\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.InvocationTimeLimitSeconds. It must be a whole number from 1 to 8\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.InvocationType. It must be one of SYNCHRONOUS, ASYNCHRONOUS\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.LambdaInvocationAttributes.a[0]. There is no attribute $.Odd\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.ResponseValidation.ResponseType. It must be one of STRING_MAP, JSON\n" +
			"Action is missing required error. Error: NoMatchingError, Path: Actions[0]"},
	{"function of text and attribute", "InvokeLambdaFunction", `{"LambdaFunctionARN":"arn:x:$.Attributes.stage"}`, orErr, flow.TypeAgentWhisper, ""},
	{"two bots", "ConnectParticipantWithLexBot", `{"Text":"a","LexV2Bot":{"AliasArn":"concierge"},"LexBot":{}}`, orErr, flow.TypeContactFlow,
		"Only one of these properties may be defined. Properties: [LexV2Bot, LexBot]. Path: Actions[0].Parameters"},
	{"an unknown bot, by name, with nothing to say", "ConnectParticipantWithLexBot", `{"LexBot":{"Name":"a","Region":"b","Alias":"c"},"LexTimeoutSeconds":{"Text":"59"}}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.LexBot. The instance has no such bot\n" +
			"Action is missing a property. One of these is required. Properties: [PromptId, Text, SSML, Media]. Path: Actions[0].Parameters\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.LexTimeoutSeconds.Text. It must be a whole number from 60 to 604800"},
	{"a bot that begins", "ConnectParticipantWithLexBot", `{"LexV2Bot":{"AliasArn":"concierge"},"LexInitializationData":{"InitialMessage":"$.Media.InitialMessage"}}`, orErr, flow.TypeContactFlow, ""},
	{"a bot in a hold flow", "ConnectParticipantWithLexBot", `{"Text":"a","LexV2Bot":{"AliasArn":"concierge"}}`, orErr, flow.TypeCustomerHold,
		"Invalid Action type. Path: Actions[0].Type. ConnectParticipantWithLexBot cannot stand in a flow of type CUSTOMER_HOLD"},
	{"an unknown module", "InvokeFlowModule", `{"FlowModuleId":"x/gone:3"}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.FlowModuleId. The instance has no such flow module"},
	{"a return outside of modules", "EndFlowModuleExecution", `{}`, `{}`, flow.TypeContactFlow,
		"Invalid Action type. Path: Actions[0].Type. EndFlowModuleExecution cannot stand in a flow of type CONTACT_FLOW"},
	{"any block stands in a module", "UpdateContactTargetQueue", `{"QueueId":"support"}`, orErr, flow.TypeModule, ""},
	{"a view of nothing, with odd privacy", "ShowView", `{"ViewResource":{},"InvocationTimeLimitSeconds":0,"ViewData":[],"SensitiveDataConfiguration":{"HideResponseOn":["PAPER"]}}`, orErr, flow.TypeContactFlow,
		"Action is missing required property. Path: Actions[0].Parameters.ViewResource.Id\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.InvocationTimeLimitSeconds. It must be a whole number from 1 to 604800\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.ViewData. Expected an object\n" +
			"Invalid Action property value. Path: Actions[0].Parameters.SensitiveDataConfiguration.HideResponseOn[0]. It must be TRANSCRIPT\n" +
			"Action is missing required error. Error: NoMatchingCondition, Path: Actions[0]\n" +
			"Action is missing required error. Error: TimeLimitExceeded, Path: Actions[0]"},
	{"tags to remove from an attribute", "UntagContact", `{"TagKeys":["$.Attributes.tag"]}`, orErr, flow.TypeContactFlow,
		"Invalid Action property value. Path: Actions[0].Parameters.TagKeys[0]. It cannot come from an attribute"},
	{"hours need both branches", "CheckHoursOfOperation", `{"HoursOfOperationId":"office"}`,
		`{"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":[true]}}],"Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}`, flow.TypeContactFlow,
		"Action is missing required condition. Path: Actions[0]. Condition: Equals False"},
	{"queue transfer needs both errors", "TransferContactToQueue", `{}`, orErr, flow.TypeContactFlow,
		"Action is missing required error. Error: QueueAtCapacity, Path: Actions[0]"},
	{"disconnect carries nothing", "DisconnectParticipant", `{"Reason":"bye"}`, orErr, flow.TypeContactFlow,
		"Invalid Action property. Path: Actions[0].Parameters.Reason. The block has no such parameter\n" +
			"Invalid Action property. Path: Actions[0].Transitions.NextAction. The block ends the flow\n" +
			"Invalid Action error. Error: NoMatchingError, Path: Actions[0]"},
	{"end flow not in a contact flow", "EndFlowExecution", `{}`, `{}`, flow.TypeContactFlow,
		"Invalid Action type. Path: Actions[0].Type. EndFlowExecution cannot stand in a flow of type CONTACT_FLOW"},
}

func TestValidateChecksEachBlocksParameters(t *testing.T) {
	for _, c := range parameterCases {
		t.Run(c.actionType+" "+c.name, func(t *testing.T) {
			if got := problemsOf(t, c.flowType, c.actionType, c.parameters, c.transitions); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
