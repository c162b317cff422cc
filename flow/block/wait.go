package block

import (
	"fmt"
	"slices"

	"tandem/flow"
)

const (
	waitCompleted    = "WaitCompleted"
	customerReturned = "CustomerReturned"
	botLeft          = "BotParticipantDisconnected"
	maxWaitSeconds   = 7 * 24 * 60 * 60
	millisPerSecond  = 1000
)

// wait pauses the flow of a chat or a task for up to seven days and takes the
// WaitCompleted branch. Before that, in a chat, it goes on at one of its events: when
// the customer comes back, or when the bot leaves that takes part. To wait for a bot
// where there is none takes the branch of a participant who was not found. A call
// takes the error branch: nobody waits in silence.
//
//	{
//	  "Identifier": "pause",
//	  "Type": "Wait",
//	  "Parameters": {"TimeLimitSeconds": "900"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["WaitCompleted"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: Wait.
var wait = flow.Block{
	Type:      "Wait",
	Title:     "Wait",
	LogName:   "Wait",
	Aliases:   []string{"Pause", "Sleep", "Delay"},
	Group:     flow.GroupInteract,
	FlowTypes: flow.AllTypes(),
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.NoMatchingError},
		Conditions:     flow.ConditionRules{Operators: []string{flow.Equals}, Operands: []string{waitCompleted}, All: true},
	},
	Compile: func(p *flow.Params) flow.Runner {
		var r pause
		name, _ := p.OneOf("TimeLimitSeconds", "TimeoutSeconds")
		if name != "" {
			r.seconds, _ = readQuantity(p, name, 1, maxWaitSeconds)
		}
		if p.Has("Events") {
			r.forCustomer, r.forBot = readWaitEvents(p)
		}
		return orWrong(p, r)
	},
}

// readWaitEvents reads what ends the wait early; each needs its branch.
func readWaitEvents(p *flow.Params) (forCustomer, forBot bool) {
	events, _ := p.Strings("Events")
	for i, event := range events {
		if event != customerReturned && event != botLeft {
			p.Fail(fmt.Sprintf("Events[%d]", i), "It must be one of "+customerReturned+", "+botLeft)
			continue
		}
		if !slices.Contains(p.Rules.Conditions.Operands, event) {
			p.Rules.Conditions.Operands = append(slices.Clone(p.Rules.Conditions.Operands), event)
		}
	}
	if forBot = slices.Contains(events, botLeft); forBot {
		p.Rules.OptionalErrors = []string{flow.ParticipantNotFound}
	}
	return slices.Contains(events, customerReturned), forBot
}

type pause struct {
	seconds     quantity
	forCustomer bool // also until the customer comes back
	forBot      bool // also until the bot leaves
}

// Enter begins to wait.
func (r pause) Enter(env flow.Env) flow.Move {
	_, ok := r.seconds.value(env)
	switch {
	case !ok || isVoice(env):
		return flow.Raise(flow.NoMatchingError)
	case r.forBot && !env.BotPresent():
		return flow.Raise(flow.ParticipantNotFound)
	}
	return flow.Await()
}

// Wait is for the time to pass, or for an event.
func (r pause) Wait(env flow.Env) flow.Wait {
	seconds, _ := r.seconds.value(env)
	inputs := []flow.InputKind{flow.InputInterrupted}
	if r.forCustomer {
		inputs = append(inputs, flow.InputCustomerReturned)
	}
	if r.forBot {
		inputs = append(inputs, flow.InputBotLeft)
	}
	return flow.Wait{Inputs: inputs, DeadlineMillis: seconds * millisPerSecond}
}

// Resume goes on.
func (pause) Resume(in flow.Input, _ flow.Env) flow.Move {
	switch in.Kind {
	case flow.InputCustomerReturned:
		return flow.Branch(customerReturned).As(customerReturned)
	case flow.InputBotLeft:
		return flow.Branch(botLeft).As(botLeft)
	}
	return flow.Branch(waitCompleted).As(waitCompleted)
}
