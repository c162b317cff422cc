package block

import "tandem/flow"

const (
	maxCallbackDelaySeconds = 3 * 24 * 60 * 60
	maxCallbackAttempts     = 100
)

// createCallbackContact queues a call back to the customer and goes on; the
// customer may hang up then. It calls the number that Set callback number has set,
// else the one the customer called from. MaximumConnectionAttempts is the number
// of calls in all, as the word says, though a designer may show it as that of
// retries. A full queue, no queue, or no number to call takes the error branch.
//
//	{
//	  "Identifier": "callback",
//	  "Type": "CreateCallbackContact",
//	  "Parameters": {
//	    "QueueId": "support",
//	    "InitialCallDelaySeconds": "5",
//	    "MaximumConnectionAttempts": "2",
//	    "RetryDelaySeconds": "600"
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: CreateCallbackContact.
var createCallbackContact = flow.Block{
	Type:      "CreateCallbackContact",
	Title:     "Transfer to callback queue",
	LogName:   "CreateCallback",
	Aliases:   []string{"CreateCallback", "TransferToCallbackQueue", "QueueCallback"},
	Group:     flow.GroupTerminate,
	FlowTypes: append([]flow.Type{flow.TypeCustomerQueue}, inboundTypes...),
	Rules:     flow.Rules{OptionalErrors: []string{flow.NoMatchingError}},
	Log: logRenamed("QueueId", "Queue", "AgentId", "Agent", "InitialCallDelaySeconds", "InitialDelaySeconds", "MaximumConnectionAttempts", "MaxRetryAttempts",
		"RetryDelaySeconds", "RetryDelaySeconds", "ContactFlowId", "ContactFlowId", "CallerId", "CallerId"),
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("InitialCallDelaySeconds", "MaximumConnectionAttempts", "RetryDelaySeconds")
		r := createCallback{to: readDestination(p)}
		r.delaySeconds, _ = p.Int("InitialCallDelaySeconds", 1, maxCallbackDelaySeconds)
		r.attempts, _ = p.Int("MaximumConnectionAttempts", 1, maxCallbackAttempts)
		r.retrySeconds, _ = p.Int("RetryDelaySeconds", 1, maxCallbackDelaySeconds)
		if r.named = p.Has("ContactFlowId"); r.named {
			r.flow, _ = p.FlowReference("ContactFlowId", inboundTypes...)
		}
		r.callerID = readPhoneNumber(p, "CallerId")
		return orWrong(p, r)
	},
}

type createCallback struct {
	to                                   destination
	delaySeconds, attempts, retrySeconds int
	flow                                 flow.Reference
	named                                bool // the parameters name a flow
	callerID                             flow.Template
}

// Enter queues the call.
func (r createCallback) Enter(env flow.Env) flow.Move {
	room, _ := r.to.hasRoom(env)
	flowID := r.flow.ID(env)
	if !room || !hasCallbackNumber(env) || r.named && !env.FlowKnown(flowID, flow.TypeContactFlow) {
		return flow.Raise(flow.NoMatchingError)
	}
	queueID, agentID, _ := r.to.ids(env)
	return flow.Succeed(flow.CreateCallback{
		QueueID: queueID, AgentID: agentID, FlowID: flowID, CallerID: callerID(r.callerID, env),
		InitialDelaySeconds: int64(r.delaySeconds), Attempts: int64(r.attempts), RetryDelaySeconds: int64(r.retrySeconds),
	})
}

// hasCallbackNumber says whether there is a number to call back. One that a flow
// has set was checked then; the customer's own may be withheld or abroad.
func hasCallbackNumber(env flow.Env) bool {
	if number, ok := env.Value("CustomerCallBackPhoneNumber"); ok && number != "" {
		return true
	}
	number, _ := env.Value("CustomerEndpoint", "Address")
	ok, allowed := env.Dialable(number)
	return ok && allowed
}
