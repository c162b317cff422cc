package block

import (
	"strings"

	"tandem/flow"
)

const (
	defaultConnectionSeconds = 30
	maxConnectionSeconds     = 600
	maxDialString            = 50
)

// transferParticipantToThirdParty calls an outside number for the customer. With
// ContinueFlowExecution True the flow goes on when they hang up and the customer
// is still there; else it ends here. A number that is none, and any channel but
// voice, takes the error branch.
//
//	{
//	  "Identifier": "outside",
//	  "Type": "TransferParticipantToThirdParty",
//	  "Parameters": {
//	    "ThirdPartyPhoneNumber": "+4930123456",
//	    "ThirdPartyConnectionTimeLimitSeconds": "30",
//	    "ContinueFlowExecution": "True"
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "CallFailed"},
//	      {"NextAction": "next", "ErrorType": "ConnectionTimeLimitExceeded"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: TransferParticipantToThirdParty.
var transferParticipantToThirdParty = flow.Block{
	Type:      "TransferParticipantToThirdParty",
	Title:     "Transfer to phone number",
	LogName:   "Transfer",
	Aliases:   []string{"TransferToPhoneNumber", "TransferToThirdParty", "TransferToNumber"},
	Group:     flow.GroupTerminate,
	FlowTypes: append([]flow.Type{flow.TypeCustomerQueue}, inboundTypes...),
	Rules:     flow.Rules{Next: flow.NextOptional, OptionalErrors: []string{flow.NoMatchingError}},
	Log:       logBridge,
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("ThirdPartyPhoneNumber")
		r := callOutside{number: readPhoneNumber(p, "ThirdPartyPhoneNumber"), callerID: readCallerID(p)}
		limit, _ := p.AtMostOne("ThirdPartyConnectionTimeLimitSeconds", "ThirdPartyConnectionTimeoutSeconds")
		if limit != "" {
			r.seconds, r.limited = readQuantity(p, limit, 0, maxConnectionSeconds)
		}
		if digits, ok := p.Whole("ThirdPartyDTMFDigits"); ok {
			r.digits = digits
			if digits.Static() && !isDialString(digits.Source()) {
				p.Fail("ThirdPartyDTMFDigits", "It may have at most 50 of the keys "+keys+" and the comma, a pause")
			}
		}
		if r.resume, _ = p.Bool("ContinueFlowExecution"); r.resume {
			p.Rules = flow.Rules{OptionalErrors: []string{flow.CallFailed, flow.ConnectionTimeLimitExceeded, flow.NoMatchingError}}
		}
		return orWrong(p, r)
	},
}

// isDialString says whether text is keys to send once the call is answered.
func isDialString(text string) bool {
	return len(text) <= maxDialString && strings.Trim(text, keys+",") == ""
}

type callOutside struct {
	number, digits, callerID flow.Template
	seconds                  quantity
	limited                  bool // the parameters limit the seconds
	resume                   bool
}

// Enter calls.
func (r callOutside) Enter(env flow.Env) flow.Move {
	number, digits, seconds := r.number.Render(env), r.digits.Render(env), 0
	ok, allowed := env.Dialable(number)
	if r.limited && ok {
		seconds, ok = r.seconds.value(env)
	}
	switch {
	case !ok || !isDialString(digits) || !isVoice(env):
		return flow.Raise(flow.NoMatchingError)
	case !allowed:
		return flow.Raise(flow.CallFailed)
	}
	if seconds == 0 {
		seconds = defaultConnectionSeconds
	}
	call := flow.Bridge{Number: number, TimeoutSeconds: seconds, Resume: r.resume, Digits: digits, CallerID: callerID(r.callerID, env)}
	if r.resume {
		return flow.Await(call)
	}
	return flow.Finish(flow.EndTransferOutside, call)
}

// Wait is for the end of the call, however it comes.
func (callOutside) Wait(flow.Env) flow.Wait {
	return flow.Wait{Inputs: []flow.InputKind{flow.InputBridgeEnded, flow.InputCallFailed, flow.InputCallTimeout}}
}

// Resume goes on with the customer.
func (callOutside) Resume(in flow.Input, _ flow.Env) flow.Move {
	switch in.Kind {
	case flow.InputCallFailed:
		return flow.Raise(flow.CallFailed)
	case flow.InputCallTimeout:
		return flow.Raise(flow.ConnectionTimeLimitExceeded)
	}
	return flow.Succeed()
}
