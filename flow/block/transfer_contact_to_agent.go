package block

import "tandem/flow"

// transferContactToAgent ends the flow and gives the call to the agent that it is
// being transferred to. It has no branches; on other channels than voice the flow
// fails.
//
//	{
//	  "Identifier": "agent",
//	  "Type": "TransferContactToAgent",
//	  "Parameters": {},
//	  "Transitions": {}
//	}
//
// Amazon Connect Flow language: TransferContactToAgent.
var transferContactToAgent = flow.Block{
	Type:      "TransferContactToAgent",
	Title:     "Transfer to agent",
	LogName:   "Transfer",
	Aliases:   []string{"TransferToAgent", "RouteToAgent"},
	Group:     flow.GroupTerminate,
	FlowTypes: []flow.Type{flow.TypeAgentTransfer, flow.TypeQueueTransfer},
	Rules:     flow.Rules{Next: flow.NextForbidden},
	Compile:   func(*flow.Params) flow.Runner { return transferToAgent{} },
}

type transferToAgent struct{}

// Enter transfers the call.
func (transferToAgent) Enter(env flow.Env) flow.Move {
	if !isVoice(env) {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Finish(flow.EndTransferToAgent)
}
