package flow_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"tandem/flow"
	"tandem/flow/block"
)

// quick is an Env whose answers cost nothing.
type quick struct{ *center }

func (quick) Value(...string) (string, bool) { return "gold", true }

func benchmarkStep(b *testing.B, action string) {
	program := compile(b, `{"StartAction":"a","Actions":[`+action+`,{"Identifier":"b","Type":"DisconnectParticipant"}]}`)
	env := quick{&center{channel: flow.ChannelVoice}}
	start := flow.Input{Kind: flow.InputStart}
	b.ReportAllocs()
	for b.Loop() {
		if r := program.Step(flow.Position{ActionID: "a"}, start, env); r.End == flow.EndFault {
			b.Fatalf("%+v", r)
		}
	}
}

// The blocks that flows are mostly made of.
func BenchmarkStepCompare(b *testing.B) {
	benchmarkStep(b, `{"Identifier":"a","Type":"Compare","Parameters":{"ComparisonValue":"$.Attributes.tier"},"Transitions":{"Conditions":[
		{"NextAction":"b","Condition":{"Operator":"Equals","Operands":["silver"]}},{"NextAction":"b","Condition":{"Operator":"Equals","Operands":["gold"]}}]}}`)
}

func BenchmarkStepSetAttributes(b *testing.B) {
	benchmarkStep(b, `{"Identifier":"a","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"caller":"$.CustomerEndpoint.Address","reason":"billing"}},"Transitions":{"NextAction":"b"}}`)
}

func BenchmarkStepMessageParticipant(b *testing.B) {
	benchmarkStep(b, `{"Identifier":"a","Type":"MessageParticipant","Parameters":{"Text":"Hello $.Attributes.name, you are a $.Attributes.tier customer."},"Transitions":{"NextAction":"b"}}`)
}

// largeFlow is a flow of 100 blocks as they come in real ones.
func largeFlow(b *testing.B) []byte {
	b.Helper()
	kinds := []string{
		`{"Identifier":"%d","Type":"MessageParticipant","Parameters":{"Text":"Hello $.Attributes.name"},"Transitions":{"NextAction":"%d"}}`,
		`{"Identifier":"%d","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"a":"$.External.a","b":"c"},"TargetContact":"Current"},"Transitions":{"NextAction":"%[2]d","Errors":[{"NextAction":"%[2]d","ErrorType":"NoMatchingError"}]}}`,
		`{"Identifier":"%d","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":"f","InvocationTimeLimitSeconds":"8","LambdaInvocationAttributes":{"a":"$.Attributes.a"}},"Transitions":{"NextAction":"%[2]d","Errors":[{"NextAction":"%[2]d","ErrorType":"NoMatchingError"}]}}`,
		`{"Identifier":"%d","Type":"Compare","Parameters":{"ComparisonValue":"$.External.a"},"Transitions":{"NextAction":"%[2]d","Errors":[{"NextAction":"%[2]d","ErrorType":"NoMatchingCondition"}],"Conditions":[{"NextAction":"%[2]d","Condition":{"Operator":"Equals","Operands":["1"]}}]}}`,
		`{"Identifier":"%d","Type":"GetParticipantInput","Parameters":{"Text":"Press 1","InputTimeLimitSeconds":"5","StoreInput":"False"},"Transitions":{"NextAction":"%[2]d","Errors":[{"NextAction":"%[2]d","ErrorType":"NoMatchingError"},{"NextAction":"%[2]d","ErrorType":"NoMatchingCondition"}],"Conditions":[{"NextAction":"%[2]d","Condition":{"Operator":"Equals","Operands":["1"]}}]}}`,
	}
	var actions []json.RawMessage
	for i := range 100 {
		actions = append(actions, json.RawMessage(fmt.Sprintf(kinds[i%len(kinds)], i, (i+1)%100)))
	}
	content, err := json.Marshal(map[string]any{"Version": flow.Version, "StartAction": "0", "Actions": actions})
	if err != nil {
		b.Fatal(err)
	}
	return content
}

func BenchmarkParse100Blocks(b *testing.B) {
	content := largeFlow(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := flow.Parse(content); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile100Blocks(b *testing.B) {
	content, registry := largeFlow(b), block.Registry()
	doc, err := flow.Parse(content)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		flow.Compile(doc, registry)
	}
}

func BenchmarkValidate100Blocks(b *testing.B) {
	content, registry := largeFlow(b), block.Registry()
	doc, err := flow.Parse(content)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if problems := flow.Validate(doc, flow.TypeContactFlow, registry, nil); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
