package block

import "tandem/flow"

// compare takes the first branch whose condition holds for an attribute. Text is
// compared with regard to case; an attribute without a value compares as empty.
//
//	{
//	  "Identifier": "language",
//	  "Type": "Compare",
//	  "Parameters": {"ComparisonValue": "$.Attributes.language"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingCondition"}],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["Spanish"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: Compare.
var compare = flow.Block{
	Type:      "Compare",
	Title:     "Check contact attributes",
	LogName:   "CheckAttribute",
	Aliases:   []string{"CheckAttribute", "CheckAttributes", "CheckContactAttributes"},
	Group:     flow.GroupBranch,
	FlowTypes: flow.AllTypes(),
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.NoMatchingCondition},
		Conditions:     flow.ConditionRules{Operators: flow.Operators()},
	},
	Log: logCompared,
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("ComparisonValue")
		value, _ := p.Path("ComparisonValue")
		return compareValue{value: value}
	},
}

type compareValue struct{ value flow.Template }

// Enter compares.
func (r compareValue) Enter(env flow.Env) flow.Move { return flow.Branch(r.value.Render(env)) }
