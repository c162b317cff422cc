package block

import (
	"math"

	"tandem/flow"
)

// maxAdjustmentSeconds is a year; no contact waits longer.
const maxAdjustmentSeconds = 365 * 24 * 60 * 60

// updateContactRoutingBehavior moves the contact forward or back among those that
// wait: by a priority, of which 1 is the first, or by seconds that count as time
// spent in queue, or less of it if negative. It has no effect on chats, cannot
// fail and has no error branch.
//
//	{
//	  "Identifier": "priority",
//	  "Type": "UpdateContactRoutingBehavior",
//	  "Parameters": {"QueuePriority": "2"},
//	  "Transitions": {
//	    "NextAction": "next"
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactRoutingBehavior.
var updateContactRoutingBehavior = flow.Block{
	Type:      "UpdateContactRoutingBehavior",
	Title:     "Change routing priority / age",
	LogName:   "UpdateRoutingPriority",
	Aliases:   []string{"UpdateRoutingPriority", "ChangeRoutingPriority", "SetRoutingPriority"},
	Group:     flow.GroupSet,
	FlowTypes: append([]flow.Type{flow.TypeCustomerQueue, flow.TypeOutboundWhisper}, inboundTypes...),
	Log:       logRenamed("QueuePriority", "AbsolutePosition", "QueueTimeAdjustmentSeconds", "TimeOffset"),
	Compile: func(p *flow.Params) flow.Runner {
		var r setRouting
		switch name, _ := p.OneOf("QueuePriority", "QueueTimeAdjustmentSeconds"); name {
		case "QueuePriority":
			priority, _ := p.Int(name, 1, math.MaxInt)
			r.routing.Priority = int64(priority)
		case "QueueTimeAdjustmentSeconds":
			seconds, _ := p.Int(name, -maxAdjustmentSeconds, maxAdjustmentSeconds)
			r.routing.AdjustmentSeconds, r.routing.Adjusts = int64(seconds), true
		}
		return orWrong(p, r)
	},
}

type setRouting struct{ routing flow.SetRouting }

// Enter changes the contact's place.
func (r setRouting) Enter(env flow.Env) flow.Move {
	if env.Channel() == flow.ChannelChat {
		return flow.Succeed()
	}
	return flow.Succeed(r.routing)
}
