package block

import "tandem/flow"

// transferToFlow goes on in another flow, which must be published and be an
// inbound or a transfer flow.
//
//	{
//	  "Identifier": "other",
//	  "Type": "TransferToFlow",
//	  "Parameters": {"ContactFlowId": "spanish"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: TransferToFlow.
var transferToFlow = flow.Block{
	Type:      "TransferToFlow",
	Title:     "Transfer to flow",
	LogName:   "Transfer",
	Aliases:   []string{"TransferContactToFlow", "GoToFlow", "InvokeFlow"},
	Group:     flow.GroupTerminate,
	FlowTypes: inboundTypes,
	Rules:     flow.Rules{Next: flow.NextOptional, OptionalErrors: []string{flow.NoMatchingError}},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("ContactFlowId")
		id, _ := p.FlowReference("ContactFlowId", inboundTypes...)
		return enterFlow{flow: id}
	},
}

type enterFlow struct{ flow flow.Reference }

// Enter goes to the other flow.
func (r enterFlow) Enter(env flow.Env) flow.Move {
	id := r.flow.ID(env)
	if id == "" || !env.FlowKnown(id, inboundTypes...) {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Finish(flow.EndEnterFlow, flow.EnterFlow{FlowID: id})
}
