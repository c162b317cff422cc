package block

import "tandem/flow"

// updateContactMediaStreamingBehavior would stream the contact's voices to a
// listener. Nothing here takes such a stream, so that it takes the error branch,
// and without one goes on.
//
//	{
//	  "Identifier": "stream",
//	  "Type": "UpdateContactMediaStreamingBehavior",
//	  "Parameters": {
//	    "MediaStreamingState": "Enabled",
//	    "MediaStreamType": "Audio",
//	    "Participants": [{"ParticipantType": "Customer", "MediaDirections": ["From"]}]
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactMediaStreamingBehavior.
var updateContactMediaStreamingBehavior = flow.Block{
	Type:      "UpdateContactMediaStreamingBehavior",
	Title:     "Start / stop media streaming",
	LogName:   "StartMediaStreaming",
	Aliases:   []string{"StartMediaStreaming", "StopMediaStreaming", "SetMediaStreaming"},
	Group:     flow.GroupSet,
	FlowTypes: allTypesBut(flow.TypeCustomerHold, flow.TypeAgentHold),
	Rules:     flow.Rules{OptionalErrors: []string{flow.NoMatchingError}},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("MediaStreamingState")
		readChoice(p, "MediaStreamingState", "Enabled", "Disabled")
		p.Accept("MediaStreamType", "Participants")
		return noStream{}
	},
}

type noStream struct{}

// Enter says that there is no stream.
func (noStream) Enter(flow.Env) flow.Move { return flow.Raise(flow.NoMatchingError).OrNext() }
