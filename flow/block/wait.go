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
// WaitCompleted branch. A call takes the error branch: nobody waits in silence. A
// branch for CustomerReturned is taken by no channel yet; to wait for a bot, where
// none takes part, takes the branch of a participant who was not found.
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
			r.forBot = readWaitEvents(p)
		}
		return orWrong(p, r)
	},
}

// readWaitEvents reads what ends the wait early; each needs its branch. It says
// whether the wait is for a bot.
func readWaitEvents(p *flow.Params) (forBot bool) {
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
	return forBot
}

type pause struct {
	seconds quantity
	forBot  bool
}

// Enter begins to wait.
func (r pause) Enter(env flow.Env) flow.Move {
	_, ok := r.seconds.value(env)
	switch {
	case !ok || isVoice(env):
		return flow.Raise(flow.NoMatchingError)
	case r.forBot:
		return flow.Raise(flow.ParticipantNotFound)
	}
	return flow.Await()
}

// Wait is for the time to pass.
func (r pause) Wait(env flow.Env) flow.Wait {
	seconds, _ := r.seconds.value(env)
	return flow.Wait{Inputs: []flow.InputKind{flow.InputInterrupted}, DeadlineMillis: seconds * millisPerSecond}
}

// Resume goes on.
func (pause) Resume(flow.Input, flow.Env) flow.Move {
	return flow.Branch(waitCompleted).As(waitCompleted)
}
