package block

import "tandem/flow"

// updateContactCallbackNumber sets the number that a later Transfer to callback
// queue block calls, from an attribute such as what the customer typed. A number
// that is not in E.164 form, and any channel but voice, takes the branch of an
// invalid number; one in a country that may not be called, that of a number not to
// be dialled.
//
//	{
//	  "Identifier": "number",
//	  "Type": "UpdateContactCallbackNumber",
//	  "Parameters": {"CallbackNumber": "$.StoredCustomerInput"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "InvalidCallbackNumber"},
//	      {"NextAction": "next", "ErrorType": "CallbackNumberNotDialable"}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactCallbackNumber.
var updateContactCallbackNumber = flow.Block{
	Type:      "UpdateContactCallbackNumber",
	Title:     "Set callback number",
	LogName:   "SetCallBackNumber",
	Aliases:   []string{"SetCallbackNumber", "SetCallBackNumber"},
	Group:     flow.GroupSet,
	FlowTypes: append([]flow.Type{flow.TypeCustomerQueue}, inboundTypes...),
	Rules:     flow.Rules{RequiredErrors: []string{flow.InvalidCallbackNumber, flow.CallbackNumberNotDialable}},
	Log:       logRenamed("CallbackNumber", "CallBackNumber"),
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("CallbackNumber")
		number, _ := p.Path("CallbackNumber")
		return setCallbackNumber{number: number}
	},
}

type setCallbackNumber struct{ number flow.Template }

// Enter sets the number.
func (r setCallbackNumber) Enter(env flow.Env) flow.Move {
	number := r.number.Render(env)
	ok, allowed := env.Dialable(number)
	switch {
	case !ok || !isVoice(env):
		return flow.Raise(flow.InvalidCallbackNumber)
	case !allowed:
		return flow.Raise(flow.CallbackNumberNotDialable)
	}
	return flow.Succeed(flow.SetCallbackNumber{Number: number})
}
