package block

import "tandem/flow"

// updateContactTargetQueue sets the queue that later blocks of the flow use: to
// check its hours, to transfer the contact to it. With AgentId it is the agent's
// own queue, which has no hours.
//
//	{
//	  "Identifier": "support",
//	  "Type": "UpdateContactTargetQueue",
//	  "Parameters": {"QueueId": "support"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactTargetQueue.
var updateContactTargetQueue = flow.Block{
	Type:      "UpdateContactTargetQueue",
	Title:     "Set working queue",
	LogName:   "SetQueue",
	Aliases:   []string{"SetQueue", "SetWorkingQueue", "UpdateTargetQueue"},
	Group:     flow.GroupSet,
	FlowTypes: inboundTypes,
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Log:       logRenamed("QueueId", "Queue", "AgentId", "Agent"),
	Compile: func(p *flow.Params) flow.Runner {
		var r setQueue
		switch name, _ := p.OneOf("QueueId", "AgentId"); name {
		case "QueueId":
			r.queue, _ = p.Reference(name, flow.ResourceQueue)
		case "AgentId":
			r.agent, _ = p.Reference(name, flow.ResourceUser)
		}
		return orWrong(p, r)
	},
}

type setQueue struct{ queue, agent flow.Reference }

// Enter sets the queue.
func (r setQueue) Enter(env flow.Env) flow.Move {
	if agentID := r.agent.ID(env); agentID != "" && env.AgentKnown(agentID) {
		return flow.Succeed(flow.SetTargetAgent{UserID: agentID})
	}
	if queueID := r.queue.ID(env); queueID != "" && env.QueueKnown(queueID) {
		return flow.Succeed(flow.SetTargetQueue{QueueID: queueID})
	}
	return flow.Raise(flow.NoMatchingError)
}
