package block

import "tandem/flow"

// updateFlowLoggingBehavior switches the log of the blocks that the contact passes
// on or off, for this flow and those after it. It cannot fail and has no error
// branch.
//
//	{
//	  "Identifier": "log",
//	  "Type": "UpdateFlowLoggingBehavior",
//	  "Parameters": {"FlowLoggingBehavior": "Enabled"},
//	  "Transitions": {
//	    "NextAction": "next"
//	  }
//	}
//
// Amazon Connect Flow language: UpdateFlowLoggingBehavior.
var updateFlowLoggingBehavior = flow.Block{
	Type:      "UpdateFlowLoggingBehavior",
	Title:     "Set logging behavior",
	LogName:   "SetLoggingBehavior",
	Aliases:   []string{"SetLoggingBehavior", "SetLogging"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Log:       logLogging,
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("FlowLoggingBehavior")
		behavior, ok := readChoice(p, "FlowLoggingBehavior", "Enabled", "Disabled")
		return setLogging{known: ok, enabled: behavior == "Enabled"}
	},
}

type setLogging struct {
	known   bool // the parameters say which
	enabled bool
}

// Enter switches the log.
func (r setLogging) Enter(flow.Env) flow.Move {
	if !r.known {
		return flow.Succeed()
	}
	return flow.Succeed(flow.SetLogging{Enabled: r.enabled})
}
