package block

import "tandem/flow"

const (
	continueLooping = "ContinueLooping"
	doneLooping     = "DoneLooping"
	maxLoops        = 100
)

// loop takes the ContinueLooping branch as many times as LoopCount says, from 0 to
// 100, then once the DoneLooping branch; then it counts anew. Each such block of a
// flow counts for itself, until the contact leaves the flow.
//
//	{
//	  "Identifier": "again",
//	  "Type": "Loop",
//	  "Parameters": {"LoopCount": "3"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["ContinueLooping"]}},
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["DoneLooping"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: Loop.
var loop = flow.Block{
	Type:      "Loop",
	Title:     "Loop",
	LogName:   "Loop",
	Aliases:   []string{"Repeat", "LoopCount"},
	Group:     flow.GroupBranch,
	FlowTypes: flow.AllTypes(),
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		OptionalErrors: []string{flow.NoMatchingError},
		Conditions: flow.ConditionRules{Operators: []string{flow.Equals},
			Operands: []string{continueLooping, doneLooping}, All: true},
	},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("LoopCount")
		count, _ := readQuantity(p, "LoopCount", 0, maxLoops)
		return repeatTimes{count: count}
	},
}

type repeatTimes struct{ count quantity }

// Enter runs the block for the first time.
func (r repeatTimes) Enter(env flow.Env) flow.Move {
	move, _ := r.Repeat(0, env)
	return move
}

// Repeat takes one branch or the other.
func (r repeatTimes) Repeat(times int, env flow.Env) (move flow.Move, again bool) {
	count, ok := r.count.value(env)
	switch {
	case !ok:
		return flow.Raise(flow.NoMatchingError).OrNext(), false
	case times < count:
		return flow.Branch(continueLooping).As(continueLooping), true
	}
	return flow.Branch(doneLooping).As(doneLooping), false
}
