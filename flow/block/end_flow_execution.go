package block

import "tandem/flow"

// endFlowExecution ends the flow and leaves the contact as it is: a whisper goes
// over into the conversation, a queued contact stays in queue. In a branch that
// interrupted a Loop prompts block, it goes back to that block.
//
//	{
//	  "Identifier": "done",
//	  "Type": "EndFlowExecution",
//	  "Parameters": {},
//	  "Transitions": {}
//	}
//
// Amazon Connect Flow language: EndFlowExecution.
var endFlowExecution = flow.Block{
	Type:    "EndFlowExecution",
	Title:   "End flow / Resume",
	LogName: "Resume",
	Aliases: []string{"Resume", "EndFlow"},
	Group:   flow.GroupTerminate,
	FlowTypes: []flow.Type{flow.TypeCustomerQueue, flow.TypeCustomerWhisper, flow.TypeAgentWhisper,
		flow.TypeOutboundWhisper},
	Rules:   flow.Rules{Next: flow.NextForbidden},
	Compile: func(*flow.Params) flow.Runner { return ending{flow.EndFlow} },
}
