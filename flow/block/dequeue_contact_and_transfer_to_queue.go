package block

import "tandem/flow"

// dequeueContactAndTransferToQueue moves a contact that waits to another queue, or
// to an agent's own. The same flow goes on there. If the other queue is full the
// contact stays where it is.
//
//	{
//	  "Identifier": "move",
//	  "Type": "DequeueContactAndTransferToQueue",
//	  "Parameters": {"QueueId": "support"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "QueueAtCapacity"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: DequeueContactAndTransferToQueue.
var dequeueContactAndTransferToQueue = flow.Block{
	Type:      "DequeueContactAndTransferToQueue",
	Title:     "Transfer to queue (waiting contact)",
	LogName:   "Transfer",
	Aliases:   []string{"DequeueTransfer", "TransferBetweenQueues", "DequeueContact"},
	Group:     flow.GroupTerminate,
	FlowTypes: []flow.Type{flow.TypeCustomerQueue},
	Rules:     flow.Rules{RequiredErrors: []string{flow.QueueAtCapacity, flow.NoMatchingError}},
	Log:       logRenamed("QueueId", "Queue", "AgentId", "Agent"),
	Compile: func(p *flow.Params) flow.Runner {
		return orWrong(p, moveToQueue{to: readDestination(p)})
	},
}

type moveToQueue struct{ to destination }

// Enter moves the contact, if the queue takes it.
func (r moveToQueue) Enter(env flow.Env) flow.Move {
	room, known := r.to.hasRoom(env)
	switch {
	case !known:
		return flow.Raise(flow.NoMatchingError)
	case !room:
		return flow.Raise(flow.QueueAtCapacity)
	}
	queueID, agentID, _ := r.to.ids(env)
	return flow.Succeed(flow.MoveToQueue{QueueID: queueID, AgentID: agentID})
}
