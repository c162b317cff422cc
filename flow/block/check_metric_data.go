package block

import (
	"strconv"

	"tandem/flow"
)

// checkMetricData takes the first branch whose condition holds for a live number
// of a queue: how many contacts wait, for how long the oldest has, or how many
// agents there are. Numbers of agents know one condition, more than 0. The age of
// the oldest contact is compared in milliseconds, which is how designers store it.
// Without QueueId and AgentId it looks at the target queue.
//
//	{
//	  "Identifier": "staff",
//	  "Type": "CheckMetricData",
//	  "Parameters": {"MetricType": "NumberOfAgentsAvailable", "QueueId": "support"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingCondition"}
//	    ],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "NumberGreaterThan", "Operands": ["0"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: CheckMetricData.
var checkMetricData = flow.Block{
	Type:      "CheckMetricData",
	Title:     "Check queue status / staffing",
	LogName:   "CheckQueueStatus",
	Aliases:   []string{"CheckQueueStatus", "CheckStaffing", "CheckAgents"},
	Group:     flow.GroupBranch,
	FlowTypes: append([]flow.Type{flow.TypeCustomerQueue}, inboundTypes...),
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.NoMatchingError, flow.NoMatchingCondition},
		Conditions:     flow.ConditionRules{Operators: []string{flow.NumberGreaterThan}, Operands: []string{"0"}},
	},
	Log: logMetric,
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("MetricType")
		r := checkMetric{of: readDestination(p)}
		name, _ := readChoice(p, "MetricType", string(flow.MetricAgentsAvailable), string(flow.MetricAgentsStaffed),
			string(flow.MetricAgentsOnline), string(flow.MetricOldestContactAge), string(flow.MetricContactsInQueue))
		r.name = flow.MetricName(name)
		if r.name == flow.MetricOldestContactAge || r.name == flow.MetricContactsInQueue {
			p.Rules.Conditions = flow.ConditionRules{Operators: []string{flow.Equals, flow.NumberGreaterThan,
				flow.NumberGreaterOrEqualTo, flow.NumberLessThan, flow.NumberLessOrEqualTo}}
		}
		return orWrong(p, r)
	},
}

type checkMetric struct {
	name flow.MetricName
	of   destination
}

// Enter compares the number.
func (r checkMetric) Enter(env flow.Env) flow.Move {
	queueID, agentID, ok := r.of.ids(env)
	if !ok {
		return flow.Raise(flow.NoMatchingError)
	}
	n, known := env.Metric(r.name, queueID, agentID)
	if !known {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Branch(strconv.FormatInt(n, 10))
}
