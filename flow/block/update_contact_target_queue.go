package block

import "tandem/flow"

// updateContactTargetQueue sets the queue that later blocks of the flow use: to
// check its hours, to transfer the contact to it.
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
	Compile: func(p *flow.Params) flow.Runner {
		var r setQueue
		switch name, _ := p.OneOf("QueueId", "AgentId"); name {
		case "QueueId":
			r.queue, _ = p.Reference(name, flow.ResourceQueue)
		case "AgentId":
			p.Fail(name, "An agent's own queue is not supported; use QueueId")
		}
		return r
	},
}

type setQueue struct{ queue flow.Reference }

// Enter sets the queue.
func (r setQueue) Enter(env flow.Env) flow.Move {
	id := r.queue.ID(env)
	if id == "" || !env.QueueKnown(id) {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(flow.SetTargetQueue{QueueID: id})
}
