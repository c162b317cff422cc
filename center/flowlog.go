package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// describe is what the flow log tells of a block that is done, with the values
// that its parameters have before anything of it is carried out; nil while
// nothing is logged (Amazon Connect Administrator Guide: Enable contact flow
// logs). The block that turns the log on is its first entry.
func (r *runner) describe(p *flow.Program, pos flow.Position, result flow.Result) []flow.LogEntry {
	if !r.m.state.Settings.FlowLogs || result.Wait != nil {
		return nil
	}
	turnsOn := func(act flow.Act) bool { set, ok := act.(flow.SetLogging); return ok && set.Enabled }
	if !r.c.Logging && !slices.ContainsFunc(result.Acts, turnsOn) {
		return nil
	}
	return p.Describe(pos, &r.m.env)
}

// log writes the entries of a block into the flow log.
func (r *runner) log(s *tandem.Step, entries []flow.LogEntry, flowID tandem.ID, in flow.Input, result flow.Result, outcome string) {
	for _, e := range entries {
		results := e.Results
		switch {
		case results != "":
		case in.Kind == flow.InputFunctionFailed || in.Kind == flow.InputBotFailed:
			results = in.Text
		case outcome != flow.OutcomeSuccess:
			results = outcome
		}
		s.Emit(&event.FlowBlockLogged{ContactID: r.c.ContactID, InitialContactID: r.c.InitialContactID, FlowID: flowID, Side: r.side,
			Identifier: result.ActionID, ModuleType: e.ModuleType, Parameters: tandem.Personal(e.Parameters), Results: tandem.Personal(results),
			ExternalResults: external(result.Acts), At: s.At})
	}
}

// external is what a function has answered to the block; empty for nothing.
func external(acts []flow.Act) tandem.Personal {
	for _, act := range acts {
		if set, ok := act.(flow.SetExternal); ok {
			return tandem.Personal(set.Result)
		}
	}
	return ""
}
