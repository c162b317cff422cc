package block

import (
	"strconv"

	"tandem/flow"
)

// distributeByPercentage draws a number from 1 to 100 and takes the first branch
// whose operand is larger. The operands are 1 plus the sum of the shares so far:
// 3, 6 and 8 percent are "4", "10" and "18". The rest takes the branch without a
// match.
//
//	{
//	  "Identifier": "share",
//	  "Type": "DistributeByPercentage",
//	  "Parameters": {},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingCondition"}],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "NumberLessThan", "Operands": ["51"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: DistributeByPercentage.
var distributeByPercentage = flow.Block{
	Type:      "DistributeByPercentage",
	Title:     "Distribute by percentage",
	LogName:   "PercentileBranching",
	Aliases:   []string{"PercentileBranching", "DistributeByPercent", "Distribute", "Split"},
	Group:     flow.GroupBranch,
	FlowTypes: append([]flow.Type{flow.TypeCustomerQueue, flow.TypeOutboundWhisper}, inboundTypes...),
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.NoMatchingCondition},
		Conditions:     flow.ConditionRules{Operators: []string{flow.NumberLessThan}},
	},
	Compile: func(*flow.Params) flow.Runner { return distribute{} },
}

type distribute struct{}

// Enter draws.
func (distribute) Enter(env flow.Env) flow.Move { return flow.Branch(strconv.Itoa(env.Percent())) }
