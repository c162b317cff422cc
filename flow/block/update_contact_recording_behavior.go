package block

import (
	"fmt"

	"tandem/flow"
)

// updateContactRecordingBehavior says whose voices are recorded once agent and
// customer talk; an empty list turns recording off. The last such block a contact
// passes holds. Screen recording and analysis are accepted without effect. The
// block cannot fail and has no error branch.
//
//	{
//	  "Identifier": "record",
//	  "Type": "UpdateContactRecordingBehavior",
//	  "Parameters": {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}},
//	  "Transitions": {"NextAction": "next"}
//	}
//
// Amazon Connect Flow language: UpdateContactRecordingBehavior.
var updateContactRecordingBehavior = flow.Block{
	Type:    "UpdateContactRecordingBehavior",
	Title:   "Set call recording behavior",
	LogName: "SetRecordingBehavior",
	Aliases: []string{"SetRecordingBehavior", "SetCallRecording", "SetRecording"},
	Group:   flow.GroupSet,
	FlowTypes: []flow.Type{flow.TypeContactFlow, flow.TypeAgentTransfer, flow.TypeQueueTransfer,
		flow.TypeOutboundWhisper, flow.TypeCustomerQueue},
	Log: logRecording("RecordingBehavior"),
	Compile: func(p *flow.Params) flow.Runner {
		var r setRecording
		p.Require("RecordingBehavior")
		p.Accept("AnalyticsBehavior")
		behavior, ok := p.Object("RecordingBehavior")
		if !ok {
			return r
		}
		behavior.Accept("ScreenRecordedParticipants", "IVRRecordingBehavior")
		return readRecorded(behavior)
	},
}

// readRecorded reads the list of those who are recorded.
func readRecorded(p *flow.Params) setRecording {
	var recording flow.SetRecording
	p.Require("RecordedParticipants")
	participants, ok := p.Strings("RecordedParticipants")
	for i, participant := range participants {
		switch participant {
		case "Agent":
			recording.Agent = true
		case "Customer":
			recording.Customer = true
		default:
			p.Fail(fmt.Sprintf("RecordedParticipants[%d]", i), "It must be Agent or Customer")
		}
	}
	if !ok {
		return setRecording{}
	}
	return setRecording{acts: []flow.Act{recording}}
}

// setRecording is who is recorded, as the one act that each contact gets; none
// when the parameters do not say.
type setRecording struct{ acts []flow.Act }

// Enter sets the recording, where there is a voice to record.
func (r setRecording) Enter(env flow.Env) flow.Move {
	if env.Channel() != flow.ChannelVoice {
		return flow.Succeed()
	}
	return flow.Succeed(r.acts...)
}
