package block

import "tandem/flow"

// endFlowModuleExecution ends a module: the flow that invoked it goes on. Result
// names one of the branches that the module's settings list; without it the flow
// goes on where it does when a module succeeds. ResultData is what the module
// returns, in the shape that its settings describe; what is too large is left out.
//
//	{
//	  "Identifier": "return",
//	  "Type": "EndFlowModuleExecution",
//	  "Parameters": {},
//	  "Transitions": {}
//	}
//
// Amazon Connect Flow language: EndFlowModuleExecution.
var endFlowModuleExecution = flow.Block{
	Type:      "EndFlowModuleExecution",
	Title:     "Return (from module)",
	LogName:   "EndFlowModuleExecution",
	Aliases:   []string{"ReturnFromFlowModule", "ReturnFromModule", "EndModule", "Return"},
	Group:     flow.GroupTerminate,
	FlowTypes: []flow.Type{flow.TypeModule},
	Rules:     flow.Rules{Next: flow.NextForbidden},
	Compile: func(p *flow.Params) flow.Runner {
		var r returnModule
		r.outcome, _ = p.Static("Result")
		r.result, _ = p.Tree("ResultData")
		p.CheckModuleReturn("Result", "ResultData")
		return r
	},
}

type returnModule struct {
	outcome string
	result  flow.Tree
}

// Enter ends the module.
func (r returnModule) Enter(env flow.Env) flow.Move {
	result, ok := renderObject(r.result, env)
	if !ok {
		result = ""
	}
	return flow.Finish(flow.EndReturn, flow.ReturnModule{Outcome: r.outcome, Result: result})
}
