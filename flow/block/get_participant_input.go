package block

import (
	"strings"

	"tandem/flow"
)

const (
	keys            = "0123456789*#"
	maxInputSeconds = 180
	storedTimeout   = "Timeout" // what is stored when no key came
)

// getParticipantInput says something and collects keys; the first key stops the
// prompt. With StoreInput False it takes one key and the branch of that key. With
// StoreInput True it takes several, up to a terminator ("#" unless changed), as
// $.StoredCustomerInput; then no key at all is a success too, with the input
// "Timeout". A phone number is stored in E.164; what is none takes the branch
// InvalidPhoneNumber. With InputEncryption what is stored is encrypted to the public
// key of a certificate, and known to nobody on the way. The block needs a voice: other
// channels take the error branch.
//
//	{
//	  "Identifier": "menu",
//	  "Type": "GetParticipantInput",
//	  "Parameters": {
//	    "Text": "To speak to somebody, press 1.",
//	    "StoreInput": "False",
//	    "InputTimeLimitSeconds": "5"
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "InputTimeLimitExceeded"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingCondition"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"}
//	    ],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["1"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: GetParticipantInput.
var getParticipantInput = flow.Block{
	Type:    "GetParticipantInput",
	Title:   "Get customer input",
	LogName: "GetUserInput",
	Aliases: []string{"GetDigits", "GetUserInput", "StoreUserInput", "GetCustomerInput", "StoreCustomerInput"},
	Group:   flow.GroupInteract,
	FlowTypes: allTypesBut(flow.TypeCustomerHold, flow.TypeAgentHold, flow.TypeCustomerWhisper,
		flow.TypeAgentWhisper),
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.NoMatchingError, flow.NoMatchingCondition},
		OptionalErrors: []string{flow.InputTimeLimitExceeded},
		Conditions:     flow.ConditionRules{Operators: []string{flow.Equals}, Operands: strings.Split(keys, "")},
	},
	Log: logInput,
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("InputTimeLimitSeconds")
		p.Accept("DTMFConfiguration") // one key needs no rules
		r := askKeys{message: readOptionalMessage(p)}
		seconds, _ := p.Int("InputTimeLimitSeconds", 1, maxInputSeconds)
		r.firstMillis = seconds * millisPerSecond
		if r.store, _ = p.Bool("StoreInput"); r.store {
			p.Rules = flow.Rules{RequiredErrors: []string{flow.NoMatchingError}}
			r.stored = readStored(p)
		}
		if r.stored.phone.checked {
			p.Rules.RequiredErrors = []string{flow.NoMatchingError, flow.InvalidPhoneNumber}
		}
		return orWrong(p, r)
	},
}

type askKeys struct {
	message     message
	firstMillis int // until the first key
	store       bool
	stored      storedKeys
}

// Enter plays the message and starts collecting.
func (r askKeys) Enter(env flow.Env) flow.Move {
	prompt, ok := r.message.render(env)
	collect, okCollect := flow.Collect{MaxDigits: 1}, true
	if r.store {
		collect, okCollect = r.stored.collect(env)
	}
	if !ok || !okCollect || !isVoice(env) {
		return flow.Raise(flow.NoMatchingError)
	}
	collect.FirstDigitTimeoutMillis = r.firstMillis
	play := flow.Play{Collect: &collect}
	if prompt != (flow.Prompt{}) {
		play.Items = []flow.Prompt{prompt}
	}
	return flow.Await(play)
}

// Wait is for keys, or their absence.
func (askKeys) Wait(flow.Env) flow.Wait {
	return flow.Wait{Inputs: []flow.InputKind{flow.InputDigits, flow.InputTimeout, flow.InputPlayFailed}}
}

// Resume takes the branch of the key, or stores the keys.
func (r askKeys) Resume(in flow.Input, env flow.Env) flow.Move {
	switch {
	case in.Kind == flow.InputPlayFailed:
		return flow.Raise(flow.NoMatchingError)
	case in.Kind == flow.InputTimeout && r.store:
		return flow.Succeed(flow.SetStoredInput{Value: storedTimeout}).As(flow.OutcomeTimeout)
	case in.Kind == flow.InputTimeout:
		return flow.Raise(flow.InputTimeLimitExceeded).As(flow.OutcomeTimeout)
	case !r.store:
		return flow.Branch(in.Digits)
	}
	value := in.Digits
	if phone := r.stored.phone; phone.checked {
		var ok bool
		if value, ok = env.PhoneNumber(in.Digits, phone.country, phone.local); !ok {
			return flow.Raise(flow.InvalidPhoneNumber)
		}
	}
	return flow.Succeed(flow.SetStoredInput{Value: value})
}
