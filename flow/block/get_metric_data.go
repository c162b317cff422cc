package block

import "tandem/flow"

// channels are the channels that have queues.
var channels = []string{flow.ChannelVoice, flow.ChannelChat, flow.ChannelTask, flow.ChannelEmail}

// getMetricData reads the live numbers of a queue, or of an agent's own queue,
// into $.Metrics, for one channel or for all. Without QueueId and AgentId it reads
// those of the target queue.
//
//	{
//	  "Identifier": "metrics",
//	  "Type": "GetMetricData",
//	  "Parameters": {"QueueId": "support", "QueueChannel": "Voice"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: GetMetricData.
var getMetricData = flow.Block{
	Type:      "GetMetricData",
	Title:     "Get queue metrics",
	LogName:   "GetMetricData",
	Aliases:   []string{"GetQueueMetrics", "GetMetrics"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{OptionalErrors: []string{flow.NoMatchingError}},
	Log:       logRenamed("QueueId", "Queue", "AgentId", "Agent", "QueueChannel", "Channel"),
	Compile: func(p *flow.Params) flow.Runner {
		r := takeMetrics{of: readDestination(p)}
		if r.ofChannel = p.Has("QueueChannel"); r.ofChannel {
			r.channel = readOpenChoice(p, "QueueChannel", channels...)
		}
		return orWrong(p, r)
	},
}

type takeMetrics struct {
	of        destination
	channel   flow.Template
	ofChannel bool // of one channel only
}

// Enter reads the numbers.
func (r takeMetrics) Enter(env flow.Env) flow.Move {
	queueID, agentID, ok := r.of.ids(env)
	channel, isChannel := choose(r.channel.Render(env), channels)
	if !ok || r.ofChannel && !isChannel {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(flow.TakeMetrics{QueueID: queueID, AgentID: agentID, Channel: channel})
}
