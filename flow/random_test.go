package flow_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tandem/flow"
	"tandem/flow/block"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// checkStep takes a step and demands that it waits, ends or goes to an action
// that exists, and that a second try gives the same.
func checkStep(t interface{ Fatalf(string, ...any) }, p *flow.Program, at flow.Position, in flow.Input, env *center) flow.Result {
	r := p.Step(at, in, env)
	if diff := cmp.Diff(r, p.Step(at, in, env)); diff != "" {
		t.Fatalf("a second try differs:\n%s", diff)
	}
	for _, e := range p.Describe(at, env) {
		if !json.Valid([]byte(e.Parameters)) {
			t.Fatalf("describes itself as %+v", e)
		}
	}
	if r.Wait != nil && r.End != flow.EndNone {
		t.Fatalf("waits and ends: %+v", r)
	}
	if r.Wait != nil && (len(r.Wait.Inputs) == 0 || r.Next.ActionID != at.ActionID) {
		t.Fatalf("waits for nothing or elsewhere: %+v", r)
	}
	if r.Wait == nil && r.Outcome == "" {
		t.Fatalf("left a block without outcome: %+v", r)
	}
	if next := p.Step(r.Next, flow.Input{Kind: flow.InputStart}, env); r.End == flow.EndNone && next.Outcome == flow.OutcomeUnknownAction {
		t.Fatalf("went to an action that is not there: %+v", r)
	}
	return r
}

// wildParameters are what random flows are made of, good and bad. Blocks that are
// not here have no parameters.
var wildParameters = map[string][]string{
	"MessageParticipant":             {`{"Text":"a $.Attributes.x"}`, `{"SSML":"<speak>$.Attributes.x</speak>"}`, `{"PromptId":"$.Attributes.x"}`, `{}`, `[]`},
	"MessageParticipantIteratively":  {`{"Messages":[{"Text":"a"}],"InterruptFrequencySeconds":"9"}`, `{"Messages":[{}]}`, `{"Messages":7}`},
	"GetParticipantInput":            {`{"Text":"a","InputTimeLimitSeconds":"5"}`, `{"Text":"a","InputTimeLimitSeconds":5,"StoreInput":true,"InputValidation":{"CustomValidation":{"MaximumLength":3}}}`, `{"StoreInput":true}`},
	"ConnectParticipantWithLexBot":   {`{"Text":"a","LexV2Bot":{"AliasArn":"b"},"LexSessionAttributes":{"x":"$.Attributes.x"},"LexTimeoutSeconds":{"Text":"$.Attributes.x"}}`, `{"LexInitializationData":{"InitialMessage":"$.Attributes.x"},"LexBot":{"Name":"a","Region":"b","Alias":"c"}}`, `{"LexBot":{}}`},
	"InvokeLambdaFunction":           {`{"LambdaFunctionARN":"f","LambdaInvocationAttributes":{"$.Attributes.x":["$.Attributes.x",{}]}}`, `{"LambdaFunctionARN":"f","InvocationType":"ASYNCHRONOUS"}`, `{"LambdaFunctionARN":"f","ResponseValidation":{"ResponseType":"JSON"}}`, `{"LambdaInvocationAttributes":[]}`},
	"InvokeFlowModule":               {`{"FlowModuleId":"m","Input":{"a":"$.Attributes.x"}}`, `{"FlowModuleId":"$.Attributes.x"}`, `{"Input":7}`},
	"EndFlowModuleExecution":         {`{"Result":"1","ResultData":{"a":"$.Attributes.x"}}`, `{"Result":{}}`},
	"ShowView":                       {`{"ViewResource":{"Id":"v","Version":"$.Attributes.x"},"ViewData":{"a":{"b":"$.Attributes.x"}}}`, `{"ViewResource":[]}`},
	"GetCustomerProfile":             {`{"ProfileRequestData":{"IdentifierName":"a"}}`, `{"ProfileRequestData":[]}`},
	"CheckVoiceId":                   {`{"CheckVoiceIdOption":"fraudDetection"}`},
	"RouteContactToAgent":            {`{"a":[{"b":null}]}`},
	"Compare":                        {`{"ComparisonValue":"$.StoredCustomerInput"}`, `{"ComparisonValue":"x"}`, `null`},
	"UpdateContactAttributes":        {`{"Attributes":{"x":"$.Attributes.x!"}}`, `{"Attributes":[]}`},
	"UpdateContactTargetQueue":       {`{"QueueId":"q"}`, `{"QueueId":"$.Attributes.x"}`, `{"AgentId":"a"}`, `{}`},
	"UpdateContactRecordingBehavior": {`{"RecordingBehavior":{"RecordedParticipants":["Agent",{}]}}`, `{"RecordingBehavior":1}`},
	"CheckHoursOfOperation":          {`{}`, `{"HoursOfOperationId":"h"}`},

	"UpdatePreviousContactParticipantState": {`{"PreviousContactParticipantState":"OffHold"}`, `{}`},
	"CompleteOutboundCall":                  {`{}`, `{"CallerId":{"Number":"$.Attributes.x"}}`, `{"CallerId":7}`},
	"CreateTask":                            {`{"ContactFlowId":"f","Name":"n","References":{"a":"b"}}`, `{"References":{"a":{}}}`},
	"Wait":                                  {`{"TimeLimitSeconds":"9"}`, `{"TimeoutSeconds":"$.Attributes.x","Events":["CustomerReturned"]}`, `{"Events":{}}`},
	"UpdateContactRecordingAndAnalyticsBehavior": {`{"VoiceBehavior":{"VoiceRecordingBehavior":{"RecordedParticipants":[]}}}`, `{"ChatBehavior":{}}`, `{"VoiceBehavior":1}`},
	"UpdateFlowAttributes":                       {`{"FlowAttributes":{"a":{"Value":"$.Attributes.x"}}}`, `{"FlowAttributes":{"a":1}}`},
	"UpdateContactData":                          {`{"Name":"$.Attributes.x"}`, `{"Name":[]}`},
	"UpdateContactEventHooks":                    {`{"EventHooks":{"AgentWhisper":"$.Attributes.x"}}`, `{"EventHooks":[],"EventHooksConfiguration":{"":0}}`},
	"UpdateContactRoutingBehavior":               {`{"QueuePriority":1}`, `{"QueueTimeAdjustmentSeconds":"-1"}`, `{}`},
	"UpdateContactCallbackNumber":                {`{"CallbackNumber":"$.Attributes.x"}`, `{"CallbackNumber":1}`},
	"UpdateContactTextToSpeechVoice":             {`{"TextToSpeechVoice":"$.Attributes.x"}`, `{"TextToSpeechStyle":"Loud"}`},
	"UpdateFlowLoggingBehavior":                  {`{"FlowLoggingBehavior":"Enabled"}`, `{}`},
	"UpdateContactMediaStreamingBehavior":        {`{"MediaStreamingState":"Enabled"}`},
	"GetMetricData":                              {`{"QueueId":"q"}`, `{"QueueChannel":"$.Attributes.x"}`},
	"TagContact":                                 {`{"Tags":{"$.Attributes.x":"y"}}`, `{"Tags":{}}`, `{"Tags":9}`},
	"UntagContact":                               {`{"TagKeys":["a"]}`, `{"TagKeys":[[]]}`},
	"CheckMetricData":                            {`{"MetricType":"NumberOfAgentsOnline","AgentId":"a"}`, `{"MetricType":"NumberOfContactsInQueue"}`, `{}`},
	"Loop":                                       {`{"LoopCount":"2"}`, `{"LoopCount":"$.Attributes.x"}`, `{}`},
	"CreateCallbackContact":                      {`{"InitialCallDelaySeconds":1,"MaximumConnectionAttempts":1,"RetryDelaySeconds":1}`, `{"QueueId":"q"}`},
	"DequeueContactAndTransferToQueue":           {`{"QueueId":"q"}`, `{}`},
	"TransferParticipantToThirdParty":            {`{"ThirdPartyPhoneNumber":"+15550100","ContinueFlowExecution":true}`, `{"ThirdPartyPhoneNumber":"$.Attributes.x"}`},
	"TransferToFlow":                             {`{"ContactFlowId":"f"}`, `{"ContactFlowId":"$.Attributes.x"}`},
}

// wildTypes are all types of block, and an unknown one.
func wildTypes() []string {
	types := []string{"OddAction"}
	for _, b := range block.All() {
		types = append(types, b.Type)
	}
	return types
}

func wildFlow(t *rapid.T) *flow.Document {
	count := rapid.IntRange(1, 8).Draw(t, "actions")
	target := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint(rapid.IntRange(0, count).Draw(t, "target")) })
	doc := &flow.Document{StartAction: "0"}
	for i := range count {
		a := flow.Action{Identifier: fmt.Sprint(i), Type: rapid.SampledFrom(wildTypes()).Draw(t, "type")}
		if all := wildParameters[a.Type]; len(all) > 0 {
			a.Parameters = []byte(rapid.SampledFrom(all).Draw(t, "parameters"))
		}
		if rapid.Bool().Draw(t, "next") {
			a.Transitions.NextAction = target.Draw(t, "next action")
		}
		for _, e := range []string{flow.NoMatchingError, flow.NoMatchingCondition, flow.InputTimeLimitExceeded, flow.QueueAtCapacity} {
			if rapid.Bool().Draw(t, e) {
				a.Transitions.Errors = append(a.Transitions.Errors, flow.ErrorBranch{ErrorType: e, NextAction: target.Draw(t, "on error")})
			}
		}
		operands := rapid.SliceOfN(rapid.SampledFrom([]string{"1", "True", "False", "MessagesInterrupted", "ContinueLooping", "$.Attributes.x"}), 0, 2).Draw(t, "operands")
		for _, operand := range operands {
			a.Transitions.Conditions = append(a.Transitions.Conditions, flow.ConditionBranch{NextAction: target.Draw(t, "on condition"),
				Condition: flow.Condition{Operator: rapid.SampledFrom(flow.Operators()).Draw(t, "operator"), Operands: []string{operand}}})
		}
		doc.Actions = append(doc.Actions, a)
	}
	return doc
}

// allInputs are all kinds of input, and an odd one.
var allInputs = []flow.InputKind{flow.InputStart, flow.InputPlayDone, flow.InputPlayFailed, flow.InputDigits, flow.InputTimeout, flow.InputInterrupted,
	flow.InputAnswered, flow.InputCallFailed, flow.InputCallTimeout, flow.InputBridgeEnded, flow.InputFunctionReturned, flow.InputFunctionFailed,
	flow.InputUtterance, flow.InputBotAnswered, flow.InputBotFailed, flow.InputModuleReturned, flow.InputModuleFailed, flow.InputViewAnswered,
	flow.InputCustomerReturned, flow.InputBotLeft, "Odd"}

// wildInput is any input, with any of what comes with inputs.
func wildInput(t *rapid.T) flow.Input {
	return flow.Input{
		Kind:   rapid.SampledFrom(allInputs).Draw(t, "input"),
		Digits: rapid.StringMatching(`[0-9*#]{0,3}`).Draw(t, "digits"),
		Text:   rapid.SampledFrom([]string{"", "1", "True", "Success", "<b>$.Attributes.x</b>"}).Draw(t, "text"),
		Speech: rapid.Bool().Draw(t, "speech"),
		Result: rapid.SampledFrom([]string{"", "null", "[]", "{", `{}`, `{"a":{"b":1}}`, `{"a":1.5,"b":true,"c":null,"d":"e"}`,
			`{"sessionState":{"dialogAction":{"type":"Close"},"intent":{"name":"1","state":"Fulfilled"}},"messages":[{"content":"a","contentType":"PlainText"}]}`,
			`{"sessionState":{"dialogAction":{"type":"ElicitSlot"},"sessionAttributes":{"x":"y"}},"messages":[{"contentType":"ImageResponseCard"}]}`,
			`{"sessionState":7}`}).Draw(t, "result"),
	}
}

func wildCenter(t *rapid.T) *center {
	return &center{
		channel: rapid.SampledFrom([]string{flow.ChannelVoice, flow.ChannelChat, flow.ChannelTask, ""}).Draw(t, "channel"),
		open:    rapid.Bool().Draw(t, "open"), full: rapid.Bool().Draw(t, "full"), noQueues: rapid.Bool().Draw(t, "no queues"),
		agents: rapid.Int64Range(0, 2).Draw(t, "agents"),
		values: map[string]string{"Attributes.x": rapid.SampledFrom([]string{"", "1", "<&", "+15550100"}).Draw(t, "x"), "CustomerEndpoint.Address": "+15550100"},
	}
}

// Whatever an action of a type that nobody knows holds, it is written as it was read.
func TestUnknownActionsKeepEveryByte(t *testing.T) {
	member := rapid.SampledFrom([]string{`"a" : 1e2`, `"b":"\u003c\u00e9<"`, ` "c":[ ]`, `"d":{"d":null , "d":true}`, `"Parameters":{"x":[1,  2]}`, `"Transitions":{ }`, `"é":0.10`})
	rapid.Check(t, func(t *rapid.T) {
		action := `{"Type":"OddAction",` + strings.Join(rapid.SliceOfNDistinct(member, 1, 5, rapid.ID).Draw(t, "members"), ",") + "\n}"
		doc, err := flow.Parse([]byte(`{"Actions":[{"Type":"MessageParticipant"},` + action + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		if written, err := doc.Encode(); err != nil || !strings.Contains(string(written), action) {
			t.Fatalf("%s was written as %s (%v)", action, written, err)
		}
	})
}

func TestRandomFlowsAlwaysWaitEndOrGoOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := wildFlow(t)
		flow.Validate(doc, rapid.SampledFrom(flow.AllTypes()).Draw(t, "flow type"), block.Registry(), nil)
		program, env := flow.Compile(doc, block.Registry()), wildCenter(t)
		at, in := program.Start(), flow.Input{Kind: flow.InputStart}
		for range 40 {
			r := checkStep(t, program, at, in, env)
			if r.End != flow.EndNone {
				return
			}
			env.carryOut(r.Acts)
			at, in = r.Next, flow.Input{Kind: flow.InputStart}
			if r.Wait != nil {
				in = wildInput(t)
			}
		}
	})
}

// Not only random flows: a random place, and anything as what it remembers.
func TestStepTakesAnyPositionAndInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		program, env := flow.Compile(wildFlow(t), block.Registry()), wildCenter(t)
		at := flow.Position{ActionID: rapid.StringMatching(`[0-9]?`).Draw(t, "at"), ReturnTo: rapid.StringMatching(`[0-9;,=a]{0,9}`).Draw(t, "remembers")}
		in := wildInput(t)
		r := program.Step(at, in, env)
		if r.Wait != nil && r.End != flow.EndNone {
			t.Fatalf("waits and ends: %+v", r)
		}
	})
}
