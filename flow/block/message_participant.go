package block

import "tandem/flow"

// messageParticipant says something to the participant and goes on when it was
// said. Keys pressed meanwhile are lost. On a task and an e-mail, where nobody
// listens, it does nothing. Without an error branch it goes on even if nothing
// could be played, as flows made before that branch existed expect.
//
//	{
//	  "Identifier": "greeting",
//	  "Type": "MessageParticipant",
//	  "Parameters": {"Text": "Hello $.Attributes.name, thank you for calling."},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: MessageParticipant.
var messageParticipant = flow.Block{
	Type:      "MessageParticipant",
	Title:     "Play prompt",
	LogName:   "PlayPrompt",
	Aliases:   []string{"PlayPrompt", "PlayAudio", "PlayMessage", "Speak"},
	Group:     flow.GroupInteract,
	FlowTypes: allTypesBut(flow.TypeCustomerHold, flow.TypeAgentHold),
	Rules:     flow.Rules{OptionalErrors: []string{flow.NoMatchingError}},
	Log:       logPlayed,
	Compile: func(p *flow.Params) flow.Runner {
		p.Accept("SkipWhenDTMFBufferEnabled")
		return playOnce{message: readMessage(p)}
	},
}

type playOnce struct{ message message }

// Enter plays the message.
func (r playOnce) Enter(env flow.Env) flow.Move {
	if channel := env.Channel(); channel == flow.ChannelTask || channel == flow.ChannelEmail {
		return flow.Succeed()
	}
	prompt, ok := r.message.render(env)
	switch {
	case !ok:
		return flow.Raise(flow.NoMatchingError).OrNext()
	case prompt == flow.Prompt{}:
		return flow.Succeed()
	}
	return flow.Await(flow.Play{Items: []flow.Prompt{prompt}})
}

// Wait is for the end of the prompt.
func (playOnce) Wait(flow.Env) flow.Wait { return flow.Wait{Inputs: ofPlaying} }

// Resume goes on.
func (playOnce) Resume(in flow.Input, _ flow.Env) flow.Move {
	if in.Kind == flow.InputPlayFailed {
		return flow.Raise(flow.NoMatchingError).OrNext()
	}
	return flow.Succeed()
}
