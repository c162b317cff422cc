package block

import "tandem/flow"

// invokeFlowModule goes on in a module, and comes back when that ends. A module
// that returns with the name of one of its branches takes the condition of that
// name, else NextAction follows. Its input is $.Modules.Input inside the module; what
// it returns is $.Modules.Result, the branch, and $.Modules.ResultData afterwards.
// The module may be named with a version or an alias: "id:2", "id:live" or
// "id:$LATEST". One that is not published, or that faults, takes the error branch.
//
//	{
//	  "Identifier": "identify",
//	  "Type": "InvokeFlowModule",
//	  "Parameters": {
//	    "FlowModuleId": "identify:$LATEST",
//	    "Input": {"number": "$.CustomerEndpoint.Address", "attempts": 3}
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "NoMatchingCondition"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"}
//	    ],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["known"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: InvokeFlowModule.
var invokeFlowModule = flow.Block{
	Type:      "InvokeFlowModule",
	Title:     "Invoke module",
	LogName:   "InvokeFlowModule",
	Aliases:   []string{"InvokeModule", "CallModule", "RunModule"},
	Group:     flow.GroupInteract,
	FlowTypes: flow.AllTypes(),
	Rules: flow.Rules{
		RequiredErrors: []string{flow.NoMatchingError},
		OptionalErrors: []string{flow.NoMatchingCondition},
		Conditions:     flow.ConditionRules{Operators: []string{flow.Equals}},
	},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("FlowModuleId")
		var r invokeModule
		r.module, _ = p.OpenReference("FlowModuleId", flow.ResourceModule)
		r.input, _ = p.Tree("Input")
		p.CheckModuleCall("FlowModuleId", "Input")
		return orWrong(p, r)
	},
}

type invokeModule struct {
	module flow.Reference
	input  flow.Tree
}

// Enter goes on in the module.
func (r invokeModule) Enter(env flow.Env) flow.Move {
	id := r.module.ID(env)
	input, ok := renderObject(r.input, env)
	if id == "" || !ok || !env.ModuleKnown(id) {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Await(flow.EnterModule{ModuleID: id, Input: input})
}

// renderObject is a tree as JSON, empty if it has no members; not ok if it is too
// large.
func renderObject(t flow.Tree, env flow.Env) (object string, ok bool) {
	if t.Empty() {
		return "", true
	}
	return t.Render(env)
}

// Wait is for the module's end.
func (invokeModule) Wait(flow.Env) flow.Wait {
	return flow.Wait{Inputs: []flow.InputKind{flow.InputModuleReturned, flow.InputModuleFailed}}
}

// Resume takes the branch that the module returned with.
func (invokeModule) Resume(in flow.Input, _ flow.Env) flow.Move {
	switch {
	case in.Kind == flow.InputModuleFailed:
		return flow.Raise(flow.NoMatchingError)
	case in.Text == "" || in.Text == flow.OutcomeSuccess:
		return flow.Succeed()
	}
	return flow.Branch(in.Text)
}
