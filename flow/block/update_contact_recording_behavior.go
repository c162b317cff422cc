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
	Compile: func(p *flow.Params) flow.Runner {
		var r setRecording
		p.Require("RecordingBehavior")
		p.Accept("AnalyticsBehavior")
		behavior, ok := p.Object("RecordingBehavior")
		if !ok {
			return r
		}
		behavior.Require("RecordedParticipants")
		behavior.Accept("ScreenRecordedParticipants", "IVRRecordingBehavior")
		var participants []string
		participants, r.known = behavior.Strings("RecordedParticipants")
		for i, participant := range participants {
			switch participant {
			case "Agent":
				r.recording.Agent = true
			case "Customer":
				r.recording.Customer = true
			default:
				behavior.Fail(fmt.Sprintf("RecordedParticipants[%d]", i), "It must be Agent or Customer")
			}
		}
		return r
	},
}

type setRecording struct {
	recording flow.SetRecording
	known     bool // the parameters say who is recorded
}

// Enter sets the recording, where there is a voice to record.
func (r setRecording) Enter(env flow.Env) flow.Move {
	if !r.known || env.Channel() != flow.ChannelVoice {
		return flow.Succeed()
	}
	return flow.Succeed(r.recording)
}
