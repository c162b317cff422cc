package block

import "tandem/flow"

// completeOutboundCall calls the customer of an outgoing contact and goes on when
// they answer. Without CallerId, or if that is no number, they see the number of
// the queue. A customer who cannot be reached ends the contact. On other channels
// than voice it does nothing. The voice connector and its time limit are accepted
// without effect: calls go out by the trunk.
//
//	{
//	  "Identifier": "call",
//	  "Type": "CompleteOutboundCall",
//	  "Parameters": {"CallerId": {"Number": "+4930123456"}},
//	  "Transitions": {
//	    "NextAction": "next"
//	  }
//	}
//
// Amazon Connect Flow language: CompleteOutboundCall.
var completeOutboundCall = flow.Block{
	Type:      "CompleteOutboundCall",
	Title:     "Call phone number",
	LogName:   "CompleteOutboundCall",
	Aliases:   []string{"CallPhoneNumber", "PlaceOutboundCall"},
	Group:     flow.GroupInteract,
	FlowTypes: []flow.Type{flow.TypeOutboundWhisper},
	Compile: func(p *flow.Params) flow.Runner {
		p.Accept("VoiceConnector", "ConnectionTimeLimitSeconds")
		return orWrong(p, placeCall{callerID: readCallerID(p)})
	},
}

type placeCall struct{ callerID flow.Template }

// Enter calls.
func (r placeCall) Enter(env flow.Env) flow.Move {
	if !isVoice(env) {
		return flow.Succeed()
	}
	return flow.Await(flow.Dial{CallerID: callerID(r.callerID, env)})
}

// Wait is for the customer.
func (placeCall) Wait(flow.Env) flow.Wait {
	return flow.Wait{Inputs: []flow.InputKind{flow.InputAnswered, flow.InputCallFailed}}
}

// Resume goes on with the customer.
func (placeCall) Resume(in flow.Input, _ flow.Env) flow.Move {
	if in.Kind == flow.InputCallFailed {
		return flow.Finish(flow.EndDisconnect).As(flow.CallFailed)
	}
	return flow.Succeed()
}
