package block

import (
	"slices"

	"tandem/flow"
)

// updateContactRecordingAndAnalyticsBehavior is the newer form of Set call
// recording behavior. It is about calls, about chats, or about the agent's screen.
// On another channel than the one it is about, it takes the branch of a wrong
// channel. Analysis and the recording of screens and of prompts are accepted
// without effect.
//
//	{
//	  "Identifier": "record",
//	  "Type": "UpdateContactRecordingAndAnalyticsBehavior",
//	  "Parameters": {"VoiceBehavior": {"VoiceRecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"},
//	      {"NextAction": "next", "ErrorType": "ChannelMismatch"}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactRecordingAndAnalyticsBehavior.
var updateContactRecordingAndAnalyticsBehavior = flow.Block{
	Type:      "UpdateContactRecordingAndAnalyticsBehavior",
	Title:     "Set recording, analytics and processing behavior",
	LogName:   "SetRecordingBehavior",
	Aliases:   []string{"SetRecordingAndAnalyticsBehavior", "SetAnalyticsBehavior"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError, flow.ChannelMismatch}},
	Log:       logRecording("VoiceBehavior", "VoiceRecordingBehavior"),
	Compile: func(p *flow.Params) flow.Runner {
		name, _ := p.OneOf("VoiceBehavior", "ChatBehavior", "ScreenRecordingBehavior")
		var r setBehavior
		switch name {
		case "VoiceBehavior":
			r.channel = flow.ChannelVoice
			if behavior, ok := p.Object(name); ok {
				r.setRecording = readVoiceBehavior(behavior)
			}
		case "ChatBehavior":
			r.channel = flow.ChannelChat
			p.Rules.RequiredErrors = append(slices.Clone(p.Rules.RequiredErrors), flow.InFlightRedactionConfigurationFailed)
		}
		return orWrong(p, r)
	},
}

// readVoiceBehavior reads whose voices are recorded, if it is said.
func readVoiceBehavior(p *flow.Params) setRecording {
	p.Accept("VoiceAnalyticsBehavior")
	behavior, ok := p.Object("VoiceRecordingBehavior")
	if !ok {
		return setRecording{}
	}
	behavior.Accept("IVRRecordingBehavior")
	return readRecorded(behavior)
}

type setBehavior struct {
	setRecording
	channel string // the one it is about; empty: any
}

// Enter sets the recording.
func (r setBehavior) Enter(env flow.Env) flow.Move {
	if r.channel != "" && r.channel != env.Channel() {
		return flow.Raise(flow.ChannelMismatch)
	}
	return r.setRecording.Enter(env)
}
