package block

import "tandem/flow"

// transferContactToQueue ends the flow and puts the contact in the target queue,
// which a Set working queue block has named before.
//
//	{
//	  "Identifier": "enqueue",
//	  "Type": "TransferContactToQueue",
//	  "Parameters": {},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "QueueAtCapacity"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: TransferContactToQueue.
var transferContactToQueue = flow.Block{
	Type:      "TransferContactToQueue",
	Title:     "Transfer to queue",
	LogName:   "Transfer",
	Aliases:   []string{"TransferToQueue", "TransferParticipantToQueue", "Transfer"},
	Group:     flow.GroupTerminate,
	FlowTypes: inboundTypes,
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.QueueAtCapacity, flow.NoMatchingError},
	},
	Compile: func(*flow.Params) flow.Runner { return transferToQueue{} },
}

type transferToQueue struct{}

// Enter transfers the contact, if the queue takes it.
func (transferToQueue) Enter(env flow.Env) flow.Move {
	room, known := env.QueueHasRoom()
	switch {
	case !known:
		return flow.Raise(flow.NoMatchingError)
	case !room:
		return flow.Raise(flow.QueueAtCapacity)
	}
	return flow.Finish(flow.EndTransferToQueue)
}
