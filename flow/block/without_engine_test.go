package block

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"tandem/flow"
)

// sampleParameters are parameters that a block of a service accepts.
func sampleParameters(s serviceBlock) string {
	values := map[string]any{}
	for _, name := range s.required {
		values[name] = "$.Attributes.x"
	}
	for _, name := range slices.Sorted(maps.Keys(s.members)) {
		object := map[string]any{}
		for _, member := range s.members[name] {
			object[member] = "x"
		}
		values[name] = object
	}
	switch s.actionType {
	case "GetCustomerProfile":
		values["ProfileRequestData"] = map[string]any{"IdentifierName": "_phone", "IdentifierValue": "$.CustomerEndpoint.Address"}
	case "CheckVoiceId":
		values["CheckVoiceIdOption"] = "enrollmentStatus"
	}
	written, _ := json.Marshal(values)
	return string(written)
}

func TestBlocksOfServicesCanBePublishedAndTakeTheirErrorBranch(t *testing.T) {
	for _, s := range serviceBlocks {
		t.Run(s.actionType, func(t *testing.T) {
			if got := problemsOf(t, flow.TypeContactFlow, s.actionType, sampleParameters(s), orErr); got != "" {
				t.Errorf("cannot be published: %s", got)
			}
			runBranchCases(t, s.actionType, []branchCase{
				{name: "with an error branch", parameters: sampleParameters(s), branches: []string{"next", "NoMatchingError"}, want: "NoMatchingError", outcome: "NoMatchingError"},
				{name: "without", parameters: `{}`, branches: []string{"next"}, want: "next", outcome: "NoMatchingError"},
			})
		})
	}
}

func TestBlocksOfServicesAreCheckedAsFarAsTheyAreDocumented(t *testing.T) {
	result := func(operand string) string {
		return strings.Replace(orErr, `"Errors"`, `"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["`+operand+`"]}}],"Errors"`, 1)
	}
	for _, c := range []struct{ name, actionType, parameters, transitions, want string }{
		{"a search for nothing", "GetCustomerProfile", `{"ProfileRequestData":{}}`, orErr,
			"Action is missing a property. One of these is required. Properties: [IdentifierName, SearchCriteria]. Path: Actions[0].Parameters.ProfileRequestData"},
		{"a search for no value", "GetCustomerProfile", `{"ProfileRequestData":{"IdentifierName":"_phone"}}`, orErr,
			"Action is missing required property. Path: Actions[0].Parameters.ProfileRequestData.IdentifierValue"},
		{"no parameters", "UpdateCase", `{}`, orErr, "Action is missing required property. Path: Actions[0].Parameters.LinkContactToCase\n" +
			"Action is missing required property. Path: Actions[0].Parameters.CaseId"},
		{"no member of an object", "AssociateContactToCustomerProfile", `{"ProfileRequestData":{"ProfileId":"x"}}`, orErr,
			"Action is missing required property. Path: Actions[0].Parameters.ProfileRequestData.ContactId"},
		{"an unknown parameter", "ResumeContact", `{"Now":"True"}`, orErr, "Invalid Action property. Path: Actions[0].Parameters.Now. The block has no such parameter"},
		{"an unknown attribute", "CreateWisdomSession", `{"WisdomAssistantArn":"$.Odd"}`, orErr,
			"Invalid Action property value. Path: Actions[0].Parameters.WisdomAssistantArn. There is no attribute $.Odd"},
		{"no error branch", "StartVoiceIdStream", `{}`, toEnd, "Action is missing required error. Error: NoMatchingError, Path: Actions[0]"},
		{"a result of the documentation", "CheckVoiceId", `{"CheckVoiceIdOption":"fraudDetection"}`, result("High risk"), ""},
		{"a result of exports", "CheckVoiceId", `{"CheckVoiceIdOption":"voiceAuthentication"}`, result("NotAuthenticated"), ""},
		{"a result of another check", "CheckVoiceId", `{"CheckVoiceIdOption":"enrollmentStatus"}`, result("High risk"),
			"Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operands[0]. It must be one of Enrolled, Not enrolled, NotEnrolled, Opted out, OptedOut"},
		{"no such check", "CheckVoiceId", `{"CheckVoiceIdOption":"mood"}`, orErr,
			"Invalid Action property value. Path: Actions[0].Parameters.CheckVoiceIdOption. It must be one of enrollmentStatus, voiceAuthentication, fraudDetection"},
		{"a result of a call", "CheckOutboundCallStatus", `{}`, result("VoicemailBeep"), ""},
		{"no condition", "GetCase", `{"LinkContactToCase":"true","GetLastUpdatedCase":"true","CustomerId":"x"}`, result("x"),
			"Invalid Action condition. Path: Actions[0].Transitions.Conditions[0].Condition. The block has no conditions"},
		{"anything where nothing is documented", "RouteContactToAgent", `{"Whom":["$.Agent.ARN"]}`, strings.ReplaceAll(result("Gone"), "NoMatchingError", "AgentAway"), ""},
	} {
		if got := problemsOf(t, flow.TypeContactFlow, c.actionType, c.parameters, c.transitions); got != c.want {
			t.Errorf("%s %s: got\n%s\nwant\n%s", c.actionType, c.name, got, c.want)
		}
	}
}
