package block

import "tandem/flow"

const (
	operandTrue  = "True"
	operandFalse = "False"
)

// checkHoursOfOperation takes the True branch while hours of operation are open,
// else the False branch. Without HoursOfOperationId it checks the hours of the
// target queue.
//
//	{
//	  "Identifier": "hours",
//	  "Type": "CheckHoursOfOperation",
//	  "Parameters": {"HoursOfOperationId": "office"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["True"]}},
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["False"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: CheckHoursOfOperation.
var checkHoursOfOperation = flow.Block{
	Type:      "CheckHoursOfOperation",
	Title:     "Check hours of operation",
	LogName:   "CheckHoursOfOperation",
	Aliases:   []string{"CheckHours", "CheckBusinessHours"},
	Group:     flow.GroupBranch,
	FlowTypes: flow.AllTypes(),
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.NoMatchingError},
		Conditions: flow.ConditionRules{Operators: []string{flow.Equals},
			Operands: []string{operandTrue, operandFalse}, All: true},
	},
	Log: logRenamed("HoursOfOperationId", "Hours"),
	Compile: func(p *flow.Params) flow.Runner {
		r := checkHours{named: p.Has("HoursOfOperationId")}
		r.hours, _ = p.Reference("HoursOfOperationId", flow.ResourceHours)
		return r
	},
}

type checkHours struct {
	hours flow.Reference
	named bool // the flow names the hours; else they are those of the target queue
}

// Enter checks the hours.
func (r checkHours) Enter(env flow.Env) flow.Move {
	id := r.hours.ID(env)
	if r.named && id == "" {
		return flow.Raise(flow.NoMatchingError)
	}
	open, known := env.HoursOpen(id)
	switch {
	case !known:
		return flow.Raise(flow.NoMatchingError)
	case open:
		return flow.Branch(operandTrue).As(operandTrue)
	}
	return flow.Branch(operandFalse).As(operandFalse)
}
