package flow_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"tandem/flow"
	"tandem/flow/block"
)

const disconnect = `{"Identifier":"end","Type":"DisconnectParticipant"}`

func speak(id, next string) string {
	return fmt.Sprintf(`{"Identifier":%q,"Type":"MessageParticipant","Parameters":{"Text":"x"},"Transitions":{"NextAction":%q}}`, id, next)
}

// inBlock is where a problem says which block it is in.
var inBlock = regexp.MustCompile(`\.? In the block "[^"]*"`)

func TestProblemsNameTheirBlock(t *testing.T) {
	doc, err := flow.Parse([]byte(`{"Version":"2019-10-30","StartAction":"Say \"hi\"","Actions":[
		{"Identifier":"Say \"hi\"","Type":"MessageParticipant","Parameters":{"Text":"x"},"Transitions":{"NextAction":"gone"}},
		{"Identifier":"` + strings.Repeat("long", 20) + `","Type":"DisconnectParticipant"},{"Type":"DisconnectParticipant"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `Invalid Action property value. Path: Actions[0].Transitions.NextAction. There is no action "gone". In the block "Say \"hi\""
Invalid Action property value. Path: Actions[1].Identifier. It may have at most 50 characters
Action is missing required property. Path: Actions[2].Identifier`
	if got := flow.Validate(doc, flow.TypeContactFlow, block.Registry(), nil).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestValidateListsEveryProblemWithItsPath(t *testing.T) {
	document := func(start string, actions ...string) string {
		return `{"Version":"2019-10-30","StartAction":"` + start + `","Actions":[` + strings.Join(actions, ",") + `]}`
	}
	many := make([]string, flow.MaxActions+1)
	for i := range many {
		many[i] = `{"Identifier":"end"}`
	}
	cases := []struct{ name, content, want string }{
		{"good", document("a", speak("a", "end"), disconnect), ""},
		{"an action nothing leads to is allowed", document("end", disconnect, speak("a", "end")), ""},
		{"dangling transition", document("end", disconnect, speak("a", "gone")),
			`Invalid Action property value. Path: Actions[1].Transitions.NextAction. There is no action "gone"`},
		{"dangling error and condition", document("a", `{"Identifier":"a","Type":"Compare","Parameters":{"ComparisonValue":"$.Channel"},"Transitions":{
				"Errors":[{"ErrorType":"NoMatchingCondition","NextAction":"b"}],"Conditions":[{"NextAction":"","Condition":{"Operator":"Equals","Operands":["CHAT"]}}]}}`),
			`Invalid Action property value. Path: Actions[0].Transitions.Errors[0].NextAction. There is no action "b"` + "\n" +
				`Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].NextAction. There is no action ""`},
		{"several problems at once", `{"Version":"1","StartAction":"gone","Actions":[{"Identifier":"a","Type":"MessageParticipant"}]}`,
			"Invalid flow property value. Path: Version. It must be 2019-10-30\n" +
				`Invalid flow property value. Path: StartAction. There is no action "gone"` + "\n" +
				"Action is missing a property. One of these is required. Properties: [PromptId, Text, SSML, Media]. Path: Actions[0].Parameters\n" +
				"Action is missing required property. Path: Actions[0].Transitions.NextAction"},
		{"no actions", document("a"), "Invalid flow property value. Path: Actions. A flow has 1 to 250 actions, this one has 0\n" +
			`Invalid flow property value. Path: StartAction. There is no action "a"`},
		{"too many actions", document("end", many...), "Invalid flow property value. Path: Actions. A flow has 1 to 250 actions, this one has 251"},
		{"bad identifiers", document("end", disconnect, disconnect, speak("a$b", "end"), speak("toString", "end"), speak("", "end"), speak(strings.Repeat("é", 51), "end"), speak(strings.Repeat("é", 50), "end")),
			`Invalid Action property value. Path: Actions[1].Identifier. Another action is called "end" too` + "\n" +
				`Invalid Action property value. Path: Actions[2].Identifier. It may not contain any of %:(\/)=$,;[]{}` + "\n" +
				"Invalid Action property value. Path: Actions[3].Identifier. The name is reserved\n" +
				"Action is missing required property. Path: Actions[4].Identifier\n" +
				"Invalid Action property value. Path: Actions[5].Identifier. It may have at most 50 characters"},
		{"unknown action type", document("a", `{"Identifier":"a","Type":"OddAction","Parameters":{"Name":["x",{"y":""}]},"Transitions":{"NextAction":"a"}}`),
			"Invalid Action property value. Path: Actions[0].Parameters.Name[1].y. It may not be empty\n" +
				"Invalid Action type. Path: Actions[0].Type"},
		{"the same error branch twice", document("a", `{"Identifier":"a","Type":"MessageParticipant","Parameters":{"Text":"x"},"Transitions":{"NextAction":"a",
				"Errors":[{"ErrorType":"NoMatchingError","NextAction":"a"},{"ErrorType":"NoMatchingError","NextAction":"a"}]}}`),
			"Invalid Action property value. Path: Actions[0].Transitions.Errors[1].ErrorType. The block has this error branch already"},
		{"conditions where none belong", document("a", `{"Identifier":"a","Type":"MessageParticipant","Parameters":{"Text":"x"},"Transitions":{"NextAction":"a",
				"Conditions":[{"NextAction":"a","Condition":{"Operator":"Equals","Operands":["1"]}}]}}`),
			"Invalid Action condition. Path: Actions[0].Transitions.Conditions[0].Condition. The block has no conditions"},
		{"nested operand", document("a", `{"Identifier":"a","Type":"Compare","Parameters":{"ComparisonValue":"$.Channel"},"Transitions":{
				"Errors":[{"ErrorType":"NoMatchingCondition","NextAction":"a"}],"Conditions":[{"NextAction":"a","Condition":{"Operator":"Equals","Operands":[{}]}}]}}`),
			"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operands[0]. It must be text and may not be empty"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, err := flow.Parse([]byte(c.content))
			if err != nil {
				t.Fatal(err)
			}
			got := inBlock.ReplaceAllString(flow.Validate(doc, flow.TypeContactFlow, block.Registry(), nil).Error(), "")
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestValidateKnowsTheTypesOfFlow(t *testing.T) {
	doc, err := flow.Parse([]byte(`{"Version":"2019-10-30","StartAction":"a","Actions":[` + speak("a", "a") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	for flowType, want := range map[flow.Type]string{
		flow.TypeContactFlow:  "",
		flow.TypeCustomerHold: "Invalid Action type. Path: Actions[0].Type. MessageParticipant cannot stand in a flow of type CUSTOMER_HOLD",
		"ODD":                 "Invalid flow type. \"ODD\" is not a type of flow\nInvalid Action type. Path: Actions[0].Type. MessageParticipant cannot stand in a flow of type ODD",
	} {
		if got := inBlock.ReplaceAllString(flow.Validate(doc, flowType, block.Registry(), nil).Error(), ""); got != want {
			t.Errorf("%s: got %q, want %q", flowType, got, want)
		}
	}
}

func TestInventedTypesGetASuggestion(t *testing.T) {
	registry := block.Registry()
	for invented, want := range map[string]string{
		"TransferToQueue":            "TransferContactToQueue",
		"TransferParticipantToQueue": "TransferContactToQueue",
		"PlayPrompt":                 "MessageParticipant",
		"CheckAttribute":             "Compare",
		"GetDigits":                  "GetParticipantInput",
		"messageparticipant":         "MessageParticipant",
		"MessagePartcipant":          "MessageParticipant",
		"DisconnectParticipants":     "DisconnectParticipant",
		"TransferToAgent":            "TransferContactToAgent",
		"TransferToPhoneNumber":      "TransferParticipantToThirdParty",
		"CheckStaffing":              "CheckMetricData",
		"CheckQueueStatus":           "CheckMetricData",
		"SetVoice":                   "UpdateContactTextToSpeechVoice",
		"SetCallbackNumber":          "UpdateContactCallbackNumber",
		"SetWhisperFlow":             "UpdateContactEventHooks",
		"StartMediaStreaming":        "UpdateContactMediaStreamingBehavior",
		"UnTagContact":               "UntagContact",
		"PercentileBranching":        "DistributeByPercentage",
		"OddAction":                  "",
		"":                           "",
		strings.Repeat("x", 1000):    "",
	} {
		if got := registry.Suggest(invented); got != want {
			t.Errorf("%.30q: got %q, want %q", invented, got, want)
		}
	}
}
