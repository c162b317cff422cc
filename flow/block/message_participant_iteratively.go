package block

import "tandem/flow"

// maxInterruptSeconds is a day.
const maxInterruptSeconds = 24 * 60 * 60

// messagesInterrupted is the operand of the branch taken at the interrupt time.
const messagesInterrupted = "MessagesInterrupted"

// messageParticipantIteratively plays a list of messages over and over while the
// participant waits in queue or on hold. With InterruptFrequencySeconds it takes
// the MessagesInterrupted branch each time that long has passed; when that branch
// ends with EndFlowExecution, the list starts from its beginning. Other channels
// than voice take the error branch.
//
//	{
//	  "Identifier": "wait",
//	  "Type": "MessageParticipantIteratively",
//	  "Parameters": {
//	    "Messages": [{"Text": "Please hold the line."}, {"PromptId": "music"}],
//	    "InterruptFrequencySeconds": "60"
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["MessagesInterrupted"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: MessageParticipantIteratively.
var messageParticipantIteratively = flow.Block{
	Type:      "MessageParticipantIteratively",
	Title:     "Loop prompts",
	LogName:   "LoopPrompts",
	Aliases:   []string{"LoopPrompts", "PlayLoop"},
	Group:     flow.GroupInteract,
	FlowTypes: []flow.Type{flow.TypeCustomerQueue, flow.TypeCustomerHold, flow.TypeAgentHold},
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		OptionalErrors: []string{flow.NoMatchingError},
		Conditions:     flow.ConditionRules{Operators: []string{flow.Equals}, Operands: []string{messagesInterrupted}},
	},
	Restarts: true,
	Log:      logLoopPrompts,
	Compile: func(p *flow.Params) flow.Runner {
		var r playLoop
		p.Require("Messages")
		objects, ok := p.Objects("Messages")
		if ok && len(objects) == 0 {
			p.Fail("Messages", "There must be at least one message")
		}
		for _, object := range objects {
			r.messages = append(r.messages, readMessage(object))
		}
		seconds, interrupts := p.Int("InterruptFrequencySeconds", 1, maxInterruptSeconds)
		p.Rules.Conditions.All = interrupts
		r.wait = flow.Wait{Inputs: []flow.InputKind{flow.InputPlayFailed}, DeadlineMillis: seconds * 1000}
		if seconds > 0 {
			r.wait.Inputs = append(r.wait.Inputs, flow.InputInterrupted)
		}
		r.playOn, _ = p.Bool("ContinueMessagingDuringInterrupt")
		return r
	},
}

type playLoop struct {
	messages []message
	wait     flow.Wait // with a deadline if it is interrupted
	playOn   bool      // the messages are heard on during an interruption
}

// Enter starts the list.
func (r playLoop) Enter(env flow.Env) flow.Move {
	if env.Channel() != flow.ChannelVoice {
		return flow.Raise(flow.NoMatchingError)
	}
	items := make([]flow.Prompt, 0, len(r.messages))
	for _, m := range r.messages {
		prompt, ok := m.render(env)
		if !ok {
			return flow.Raise(flow.NoMatchingError)
		}
		if prompt != (flow.Prompt{}) {
			items = append(items, prompt)
		}
	}
	if len(items) == 0 {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Await(flow.Play{Items: items, Loop: true})
}

// Wait is for the time to interrupt.
func (r playLoop) Wait(flow.Env) flow.Wait { return r.wait }

// Resume takes the branch of the interruption.
func (r playLoop) Resume(in flow.Input, _ flow.Env) flow.Move {
	if in.Kind == flow.InputPlayFailed {
		return flow.Raise(flow.NoMatchingError)
	}
	if r.playOn {
		return flow.Branch(messagesInterrupted)
	}
	return flow.Branch(messagesInterrupted, flow.StopPlay{})
}
