package block

import "tandem/flow"

// disconnectParticipant ends the contact.
//
//	{
//	  "Identifier": "goodbye",
//	  "Type": "DisconnectParticipant",
//	  "Parameters": {},
//	  "Transitions": {}
//	}
//
// Amazon Connect Flow language: DisconnectParticipant.
var disconnectParticipant = flow.Block{
	Type:    "DisconnectParticipant",
	Title:   "Disconnect / hang up",
	LogName: "Disconnect",
	Aliases: []string{"Disconnect", "HangUp", "EndCall", "DisconnectContact"},
	Group:   flow.GroupTerminate,
	FlowTypes: []flow.Type{flow.TypeContactFlow, flow.TypeAgentTransfer, flow.TypeQueueTransfer,
		flow.TypeCustomerQueue},
	Rules:   flow.Rules{Next: flow.NextForbidden},
	Compile: func(*flow.Params) flow.Runner { return ending{flow.EndDisconnect} },
}

// ending is a block that does nothing but end the flow.
type ending struct{ end flow.End }

// Enter ends the flow.
func (r ending) Enter(flow.Env) flow.Move { return flow.Finish(r.end) }
