package flowtest

import (
	"encoding/json"
	"testing"

	"tandem/flow"
	"tandem/flow/block"
)

// asking is a block that waits for one thing outside and takes the branch of its
// outcome, so that walking is tested apart from what the real blocks make of it.
type asking struct {
	act    flow.Act
	inputs []flow.InputKind
	resume func(flow.Input) flow.Move
}

func (a asking) Enter(flow.Env) flow.Move                   { return flow.Await(a.act) }
func (a asking) Wait(flow.Env) flow.Wait                    { return flow.Wait{Inputs: a.inputs, DeadlineMillis: 3000} }
func (a asking) Resume(in flow.Input, _ flow.Env) flow.Move { return a.resume(in) }
func finishing(end flow.End, acts ...flow.Act) func() flow.Move {
	return func() flow.Move { return flow.Finish(end, acts...) }
}

type ending func() flow.Move

func (e ending) Enter(flow.Env) flow.Move { return e() }

// text reads a parameter, with its references as they stand.
func text(p *flow.Params, name string) string {
	t, _ := p.Text(name)
	return t.Source()
}

// blocks are the real ones, and some that ask for what this package answers.
func blocks() *flow.Registry {
	simple := func(actionType string, compile func(*flow.Params) flow.Runner) flow.Block {
		return flow.Block{Type: actionType, FlowTypes: flow.AllTypes(), Compile: compile}
	}
	return flow.NewRegistry(append(block.All(),
		simple("InvokeLambdaFunction", func(p *flow.Params) flow.Runner {
			return asking{flow.Invoke{FunctionARN: text(p, "LambdaFunctionARN"), TimeoutMillis: 3000},
				[]flow.InputKind{flow.InputFunctionReturned, flow.InputFunctionFailed, flow.InputInterrupted},
				func(in flow.Input) flow.Move {
					if in.Kind != flow.InputFunctionReturned {
						return flow.Raise(flow.NoMatchingError).As(string(in.Kind))
					}
					return flow.Succeed(flow.SetExternal{Result: in.Result})
				}}
		}),
		simple("ConnectParticipantWithLexBot", func(p *flow.Params) flow.Runner {
			bot, _ := p.Object("LexV2Bot")
			return asking{flow.AskBot{Bot: text(bot, "AliasArn"), TimeoutMillis: 3000}, []flow.InputKind{flow.InputBotAnswered, flow.InputBotFailed},
				func(in flow.Input) flow.Move {
					if in.Kind != flow.InputBotAnswered {
						return flow.Raise(flow.NoMatchingError)
					}
					intent, _ := lookUp(in.Result, []string{"sessionState", "intent", "name"})
					return flow.Branch(intent, flow.SetBotSession{Session: in.Result})
				}}
		}),
		simple("InvokeFlowModule", func(p *flow.Params) flow.Runner {
			return asking{flow.EnterModule{ModuleID: text(p, "FlowModuleId"), Input: `{"who":"me"}`},
				[]flow.InputKind{flow.InputModuleReturned, flow.InputModuleFailed}, func(in flow.Input) flow.Move {
					if in.Kind == flow.InputModuleFailed {
						return flow.Raise(flow.NoMatchingError)
					}
					return flow.Branch(in.Text)
				}}
		}),
		simple("EndFlowModuleExecution", func(p *flow.Params) flow.Runner {
			return ending(finishing(flow.EndReturn, flow.ReturnModule{Outcome: text(p, "Result"), Result: `{"rank":"gold"}`}))
		}),
		simple("ShowView", func(p *flow.Params) flow.Runner {
			return asking{flow.ShowView{View: "form"}, []flow.InputKind{flow.InputViewAnswered, flow.InputInterrupted}, func(in flow.Input) flow.Move {
				return flow.Branch(string(in.Kind) + in.Text)
			}}
		}),
		simple("Listen", func(p *flow.Params) flow.Runner {
			return asking{flow.Play{Items: []flow.Prompt{{Text: "How can we help?"}}, Collect: &flow.Collect{Listen: &flow.Listen{}, MaxDigits: 1}},
				[]flow.InputKind{flow.InputUtterance, flow.InputDigits, flow.InputTimeout}, func(in flow.Input) flow.Move {
					return flow.Branch(in.Text+in.Digits, flow.SetAttributes{Attributes: map[string]string{"said": in.Text}})
				}}
		}))...)
}

// flowOf makes a flow of actions written short: {"id": …, "type": …, "do":
// parameters, "next": …, "errors": {type: target}, "if": {operand: target}}.
func flowOf(t testing.TB, id string, flowType flow.Type, actions string) *Flow {
	t.Helper()
	var short []struct {
		ID, Type, Next string
		Do             json.RawMessage
		Errors, If     map[string]string
	}
	if err := json.Unmarshal([]byte(actions), &short); err != nil {
		t.Fatal(err)
	}
	doc := &flow.Document{Version: flow.Version, StartAction: short[0].ID}
	for _, s := range short {
		a := flow.Action{Identifier: s.ID, Type: s.Type, Parameters: s.Do, Transitions: flow.Transitions{NextAction: s.Next}}
		for errorType, target := range s.Errors {
			a.Transitions.Errors = append(a.Transitions.Errors, flow.ErrorBranch{ErrorType: errorType, NextAction: target})
		}
		for operand, target := range s.If {
			a.Transitions.Conditions = append(a.Transitions.Conditions, flow.ConditionBranch{NextAction: target,
				Condition: flow.Condition{Operator: flow.Equals, Operands: []string{operand}}})
		}
		doc.Actions = append(doc.Actions, a)
	}
	return NewFlow(id, "the "+id+" flow", flowType, doc, blocks())
}

// desk is a flow with a bit of everything that tests look at.
func desk(t testing.TB) *Flow {
	return flowOf(t, "desk", flow.TypeContactFlow, `[
	{"id":"hello","type":"MessageParticipant","do":{"Text":"Welcome to the harbour office, $.Attributes.name!"},"next":"hours"},
	{"id":"hours","type":"CheckHoursOfOperation","do":{"HoursOfOperationId":"arn:x/operating-hours/office"},"if":{"True":"menu","False":"closed"},"errors":{"NoMatchingError":"trouble"}},
	{"id":"menu","type":"GetParticipantInput","do":{"Text":"For a berth, press 1. For the price, press 2.","StoreInput":"False","InputTimeLimitSeconds":"5"},"if":{"1":"queue","2":"price"},
	 "errors":{"InputTimeLimitExceeded":"menu","NoMatchingCondition":"menu","NoMatchingError":"trouble"}},
	{"id":"price","type":"InvokeLambdaFunction","do":{"LambdaFunctionARN":"arn:aws:lambda:eu:1:function:price"},"next":"tell","errors":{"NoMatchingError":"trouble"}},
	{"id":"tell","type":"MessageParticipant","do":{"SSML":"<speak>It is <emphasis>$.External.euros</emphasis> euros a day.</speak>"},"next":"bye"},
	{"id":"queue","type":"UpdateContactTargetQueue","do":{"QueueId":"arn:x/queue/berths"},"next":"mark","errors":{"NoMatchingError":"trouble"}},
	{"id":"mark","type":"UpdateContactAttributes","do":{"Attributes":{"topic":"berth","tries":"3"}},"next":"transfer","errors":{"NoMatchingError":"trouble"}},
	{"id":"transfer","type":"TransferContactToQueue","do":{},"errors":{"QueueAtCapacity":"full","NoMatchingError":"trouble"}},
	{"id":"full","type":"MessageParticipant","do":{"Text":"Too many are waiting."},"next":"bye"},
	{"id":"closed","type":"MessageParticipant","do":{"PromptId":"closed.wav"},"next":"bye"},
	{"id":"trouble","type":"MessageParticipant","do":{"Text":"Something went wrong."},"next":"bye"},
	{"id":"bye","type":"DisconnectParticipant","do":{}}]`)
}
