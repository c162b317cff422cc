package block

import (
	"strings"

	"tandem/flow"
)

const (
	keys                     = "0123456789*#"
	maxInputSeconds          = 180
	defaultInterDigitSeconds = 5
	maxInterDigitSeconds     = 20
	maxStoredDigits          = 20
	maxTerminatorKeys        = 5
	defaultTerminator        = "#"
	cancelKey                = "*"
	storedTimeout            = "Timeout" // what is stored when no key came
)

// getParticipantInput says something and collects keys; the first key stops the
// prompt. With StoreInput False it takes one key and the branch of that key. With
// StoreInput True it takes several, up to a terminator ("#" unless changed), as
// $.StoredCustomerInput; then no key at all is a success too, with the input
// "Timeout". It needs a voice: other channels take the error branch.
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
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("InputTimeLimitSeconds")
		r := askKeys{message: readMessage(p)}
		seconds, ok := p.Int("InputTimeLimitSeconds", 1, maxInputSeconds)
		r.collect.FirstDigitTimeoutMillis = seconds * 1000
		r.store, _ = p.Bool("StoreInput")
		if r.store {
			p.Rules = flow.Rules{RequiredErrors: []string{flow.NoMatchingError}}
			ok = readStored(p, &r.collect) && ok
		} else {
			r.collect.MaxDigits = 1
		}
		if !ok {
			r.message = message{}
		}
		return r
	},
}

// readStored reads how input of several keys ends.
func readStored(p *flow.Params, c *flow.Collect) bool {
	if p.Has("InputEncryption") {
		p.Fail("InputEncryption", "Encrypting input is not supported")
		return false
	}
	c.Terminator, c.CancelKey, c.InterDigitTimeoutMillis = defaultTerminator, cancelKey, defaultInterDigitSeconds*1000
	if dtmf, ok := p.Object("DTMFConfiguration"); ok {
		readKeyRules(dtmf, c)
	}
	p.Require("InputValidation")
	validation, ok := p.Object("InputValidation")
	if !ok {
		return false
	}
	if validation.Has("PhoneNumberValidation") {
		validation.Fail("PhoneNumberValidation", "Checking phone numbers is not supported; use CustomValidation")
		return false
	}
	validation.Require("CustomValidation")
	custom, ok := validation.Object("CustomValidation")
	if !ok {
		return false
	}
	custom.Require("MaximumLength")
	c.MaxDigits, ok = custom.Int("MaximumLength", 1, maxStoredDigits)
	return ok
}

func readKeyRules(p *flow.Params, c *flow.Collect) {
	if seconds, ok := p.Int("InterdigitTimeLimitSeconds", 1, maxInterDigitSeconds); ok {
		c.InterDigitTimeoutMillis = seconds * 1000
	}
	if disabled, _ := p.Bool("DisableCancelKey"); disabled {
		c.CancelKey = ""
	}
	terminator, ok := p.Static("InputTerminationSequence")
	switch {
	case !ok:
	case len(terminator) > maxTerminatorKeys || strings.Trim(terminator, keys) != "":
		p.Fail("InputTerminationSequence", "It must be 1 to 5 of the keys "+keys)
	case c.CancelKey != "" && strings.Contains(terminator, c.CancelKey):
		p.Fail("InputTerminationSequence", "To end input with *, set DisableCancelKey to True")
	default:
		c.Terminator = terminator
	}
}

type askKeys struct {
	message message
	collect flow.Collect
	store   bool
}

// Enter plays the message and starts collecting.
func (r askKeys) Enter(env flow.Env) flow.Move {
	prompt, ok := r.message.render(env)
	if !ok || env.Channel() != flow.ChannelVoice {
		return flow.Raise(flow.NoMatchingError)
	}
	collect := r.collect
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
func (r askKeys) Resume(in flow.Input, _ flow.Env) flow.Move {
	switch {
	case in.Kind == flow.InputPlayFailed:
		return flow.Raise(flow.NoMatchingError)
	case in.Kind == flow.InputTimeout && r.store:
		return flow.Succeed(flow.SetStoredInput{Value: storedTimeout}).As(flow.OutcomeTimeout)
	case in.Kind == flow.InputTimeout:
		return flow.Raise(flow.InputTimeLimitExceeded).As(flow.OutcomeTimeout)
	case r.store:
		return flow.Succeed(flow.SetStoredInput{Value: in.Digits})
	}
	return flow.Branch(in.Digits)
}
