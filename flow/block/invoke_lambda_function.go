package block

import (
	"bytes"
	"encoding/json"
	"strings"

	"tandem/flow"
)

const (
	maxFunctionSeconds     = 8
	defaultFunctionSeconds = 3
	maxFunctionAnswerBytes = 32 * 1024

	synchronous  = "SYNCHRONOUS"
	asynchronous = "ASYNCHRONOUS"
	answerIsMap  = "STRING_MAP"
	answerIsJSON = "JSON"
)

// invokeLambdaFunction asks a function, for at most 8 seconds, and keeps its
// answer as $.External in place of the one before. The answer must be a JSON object
// of less than 32 KB; with the response type STRING_MAP, which is usual, its members
// are text, numbers or truth values, which become text. A function that is invoked
// ASYNCHRONOUS is not waited for, and changes nothing of $.External. One that the
// instance does not know, that fails, is late or answers anything else takes the
// error branch.
//
//	{
//	  "Identifier": "look up",
//	  "Type": "InvokeLambdaFunction",
//	  "Parameters": {
//	    "LambdaFunctionARN": "arn:aws:lambda:eu-central-1:123456789012:function:lookup",
//	    "InvocationTimeLimitSeconds": "3",
//	    "InvocationType": "SYNCHRONOUS",
//	    "LambdaInvocationAttributes": {"number": "$.CustomerEndpoint.Address"},
//	    "ResponseValidation": {"ResponseType": "STRING_MAP"}
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: InvokeLambdaFunction.
var invokeLambdaFunction = flow.Block{
	Type:      "InvokeLambdaFunction",
	Title:     "AWS Lambda function",
	LogName:   "InvokeExternalResource",
	Aliases:   []string{"InvokeExternalResource", "InvokeLambda", "InvokeFunction", "CallLambda"},
	Group:     flow.GroupInteract,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Log:       logFunction,
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("LambdaFunctionARN")
		r := invokeFunction{seconds: defaultFunctionSeconds}
		r.function, _ = p.OpenReference("LambdaFunctionARN", flow.ResourceFunction)
		if p.Has("InvocationTimeLimitSeconds") {
			r.seconds, _ = p.Int("InvocationTimeLimitSeconds", 1, maxFunctionSeconds)
		}
		if how, _ := readChoice(p, "InvocationType", synchronous, asynchronous); how == asynchronous {
			r.async = true
		}
		r.parameters, _ = p.Tree("LambdaInvocationAttributes")
		if validation, ok := p.Object("ResponseValidation"); ok {
			kind, _ := readChoice(validation, "ResponseType", answerIsMap, answerIsJSON)
			r.anyJSON = kind == answerIsJSON
		}
		return orWrong(p, r)
	},
}

type invokeFunction struct {
	function   flow.Reference
	parameters flow.Tree
	seconds    int
	async      bool
	anyJSON    bool // the answer may hold objects and lists
}

// Enter asks the function.
func (r invokeFunction) Enter(env flow.Env) flow.Move {
	arn := r.function.ID(env)
	parameters, ok := r.parameters.Render(env)
	if arn == "" || !ok || !env.FunctionKnown(arn) {
		return flow.Raise(flow.NoMatchingError)
	}
	ask := flow.Invoke{FunctionARN: arn, TimeoutMillis: r.seconds * millisPerSecond, Async: r.async, Parameters: parameters}
	if r.async {
		return flow.Succeed(ask)
	}
	return flow.Await(ask)
}

// Wait is for the answer.
func (r invokeFunction) Wait(flow.Env) flow.Wait {
	return flow.Wait{Inputs: []flow.InputKind{flow.InputFunctionReturned, flow.InputFunctionFailed, flow.InputInterrupted},
		DeadlineMillis: r.seconds * millisPerSecond}
}

// Resume keeps the answer.
func (r invokeFunction) Resume(in flow.Input, _ flow.Env) flow.Move {
	if in.Kind != flow.InputFunctionReturned || len(in.Result) >= maxFunctionAnswerBytes {
		return flow.Raise(flow.NoMatchingError)
	}
	members, ok := readObject(in.Result)
	if !ok {
		return flow.Raise(flow.NoMatchingError)
	}
	answer := in.Result
	if !r.anyJSON {
		if answer, ok = flatten(members); !ok {
			return flow.Raise(flow.NoMatchingError)
		}
	}
	return flow.Succeed(flow.SetExternal{Result: answer})
}

// readObject reads a JSON object.
func readObject(text string) (members map[string]any, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	err := decoder.Decode(&members)
	return members, err == nil && members != nil && !decoder.More()
}

// flatten makes text of numbers and truth values and leaves out what is null; not
// ok if there is anything else but text.
func flatten(members map[string]any) (object string, ok bool) {
	texts := make(map[string]string, len(members))
	for name, member := range members { // any order: a map becomes a map
		switch member := member.(type) {
		case nil:
		case string:
			texts[name] = member
		case json.Number:
			texts[name] = member.String()
		case bool:
			texts[name] = "false"
			if member {
				texts[name] = "true"
			}
		default:
			return "", false
		}
	}
	return writeObject(texts), true
}

// writeObject writes texts as a JSON object.
func writeObject(texts map[string]string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(texts) != nil {
		return "{}" // cannot be: texts can be written
	}
	return strings.TrimRight(out.String(), "\n")
}
