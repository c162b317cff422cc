package block

import "tandem/flow"

// updatePreviousContactParticipantState holds the agent or the customer of the
// call that this contact was transferred from, or brings all of them together. A
// contact that was not transferred, and any channel but voice, takes the error
// branch.
//
//	{
//	  "Identifier": "hold",
//	  "Type": "UpdatePreviousContactParticipantState",
//	  "Parameters": {"PreviousContactParticipantState": "CustomerOnHold"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UpdatePreviousContactParticipantState.
var updatePreviousContactParticipantState = flow.Block{
	Type:      "UpdatePreviousContactParticipantState",
	Title:     "Hold customer or agent",
	LogName:   "UpdatePreviousContactParticipantState",
	Aliases:   []string{"HoldCustomerOrAgent", "HoldParticipant", "Hold"},
	Group:     flow.GroupInteract,
	FlowTypes: append([]flow.Type{flow.TypeOutboundWhisper}, inboundTypes...),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("PreviousContactParticipantState")
		state, _ := readChoice(p, "PreviousContactParticipantState", "AgentOnHold", "CustomerOnHold", "OffHold")
		return holdPrevious{state: state}
	},
}

type holdPrevious struct{ state string }

// Enter holds or releases.
func (r holdPrevious) Enter(env flow.Env) flow.Move {
	previous, _ := env.Value("PreviousContactId")
	if r.state == "" || previous == "" || !isVoice(env) {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(flow.HoldPrevious{State: r.state})
}
