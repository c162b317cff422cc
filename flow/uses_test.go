package flow_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/flow"
	"tandem/flow/block"
)

const usesFlow = `{"Version":"2019-10-30","StartAction":"q","Actions":[
	{"Identifier":"q","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"arn:aws:connect:eu-central-1:1:instance/i/queue/support"}},
	{"Identifier":"dynamic","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$.Attributes.Queue","AgentId":""}},
	{"Identifier":"say","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"Text":"QueueId"},{"PromptId":"music"}]}},
	{"Identifier":"hook","Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"CustomerQueue":"waiting"}}},
	{"Identifier":"module","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"arn:aws:connect:eu-central-1:1:instance/i/flow-module/greet:live"}},
	{"Identifier":"lambda","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":"arn:aws:lambda:eu-central-1:1:function:lookup:prod"}},
	{"Identifier":"lex","Type":"ConnectParticipantWithLexBot","Parameters":{"LexV2Bot":{"AliasArn":"arn:aws:lex:eu-central-1:1:bot-alias/A/B"}}},
	{"Identifier":"old","Type":"ConnectParticipantWithLexBot","Parameters":{"LexBot":{"Name":"Orders","Region":"eu-central-1","Alias":"live"}}},
	{"Identifier":"half","Type":"ConnectParticipantWithLexBot","Parameters":{"LexBot":{"Name":"$.Attributes.Bot","Region":"eu-central-1","Alias":"live"}}},
	{"Identifier":"odd","Type":"SomethingNew","Parameters":{"Where":"arn:aws:connect:eu-central-1:1:instance/i/operating-hours/office","Else":"arn:aws:s3:::bucket"}},
	{"Identifier":"set","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"QueueId":"none","f":"arn:aws:lambda:eu-central-1:1:function:other"}}},
	{"Identifier":"bad","Type":"Loop","Parameters":null}]}`

func TestUsesNameEveryResourceAndWhere(t *testing.T) {
	doc, err := flow.Parse([]byte(usesFlow))
	if err != nil {
		t.Fatal(err)
	}
	want := []flow.Use{
		{Kind: flow.ResourceQueue, ID: "support", Action: "q", Parameter: "QueueId"},
		{Kind: flow.ResourcePrompt, ID: "music", Action: "say", Parameter: "Messages[1].PromptId"},
		{Kind: flow.ResourceFlow, ID: "waiting", Action: "hook", Parameter: "EventHooks.CustomerQueue"},
		{Kind: flow.ResourceModule, ID: "greet", Action: "module", Parameter: "FlowModuleId"},
		{Kind: flow.ResourceFunction, ID: "arn:aws:lambda:eu-central-1:1:function:lookup:prod", Action: "lambda", Parameter: "LambdaFunctionARN"},
		{Kind: flow.ResourceBot, ID: "arn:aws:lex:eu-central-1:1:bot-alias/A/B", Action: "lex", Parameter: "LexV2Bot.AliasArn"},
		{Kind: flow.ResourceBot, ID: "Orders:eu-central-1:live", Action: "old", Parameter: "LexBot"},
		{Kind: flow.ResourceHours, ID: "office", Action: "odd", Parameter: "Where"},
		{Kind: flow.ResourceFunction, ID: "arn:aws:lambda:eu-central-1:1:function:other", Action: "set", Parameter: "Attributes.f"},
	}
	if diff := cmp.Diff(want, flow.Uses(doc)); diff != "" {
		t.Error(diff)
	}
}

// asked notes which resources the validator looks for.
type asked struct{ all []string }

func (a *asked) Known(kind flow.ResourceKind, id string) bool {
	a.all = append(a.all, string(kind)+" "+id)
	return true
}

// TestUsesAreWhatTheValidatorLooksFor holds that no block refers to a resource by
// a parameter that Uses does not know.
func TestUsesAreWhatTheValidatorLooksFor(t *testing.T) {
	for _, sample := range flow.Samples() {
		content, err := sample.Fill(map[string]string{flow.PlaceholderQueue: "support", flow.PlaceholderMusic: "music"})
		if err != nil {
			t.Fatal(err)
		}
		checkUses(t, sample.Name, content, sample.Type)
	}
	checkUses(t, "all", usesFlow, flow.TypeContactFlow)
}

func checkUses(t *testing.T, name, content string, kind flow.Type) {
	t.Helper()
	doc, err := flow.Parse([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	var uses []string
	for _, u := range flow.Uses(doc) {
		uses = append(uses, string(u.Kind)+" "+u.ID)
	}
	var looked asked
	flow.Validate(doc, kind, block.Registry(), &looked)
	for _, want := range looked.all {
		if kind := string(flow.ResourceModule) + " "; len(want) > len(kind) && want[:len(kind)] == kind {
			continue // the validator looks for a version
		}
		if !slices.Contains(uses, want) {
			t.Errorf("%s: the validator looks for the %s, which is not among the uses %v", name, want, uses)
		}
	}
}
