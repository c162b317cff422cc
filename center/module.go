package center

import (
	"strconv"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// maxModuleDepth is how deep modules invoke modules (Amazon Connect
// Administrator Guide: Flow modules for reusable functions).
const maxModuleDepth = 5

// latestModule asks for what was published last.
const latestModule = "$LATEST"

// module is the version of a module that a flow names: by its id or ARN, and
// behind a colon a version or an alias; nil for none.
func (m *Machine) module(named string) *event.FlowSaved {
	text, qualifier, _ := strings.Cut(flow.ResourceID(named), ":")
	id, err := tandem.ParseID(text)
	f := m.state.Flows[id]
	if err != nil || f == nil || f.Saved.Type != string(flow.TypeModule) || f.Saved.Archived {
		return nil
	}
	if qualifier == "" || qualifier == latestModule {
		return f.Published
	}
	for _, p := range m.state.ModulePointers[id] {
		isVersion := p.PointerID.IsZero() && strconv.FormatUint(p.Version, 10) == qualifier
		isAlias := !p.PointerID.IsZero() && (p.Name == qualifier || p.PointerID.String() == qualifier)
		if !p.Gone && (isVersion || isAlias) {
			return m.version(flowVersion{id, p.Saved})
		}
	}
	return nil
}

// moduleEntry is a module to be entered once its block stands.
type moduleEntry struct {
	module *event.FlowSaved
	input  string
}

// enterModule goes on in a module, if there is one and it does not stand too
// deep.
func (r *runner) enterModule(act flow.EnterModule) {
	f := r.m.module(act.ModuleID)
	if f == nil || len(r.c.framesOn(r.side)) >= maxModuleDepth || len(act.Input) > tandem.MaxAttributesBytes {
		r.soon = &flow.Input{Kind: flow.InputModuleFailed}
		return
	}
	r.entering = &moduleEntry{f, act.Input}
}

// entered begins the module that the block which now waits has asked for.
func (r *runner) entered(s *tandem.Step) {
	e := r.entering
	r.entering = nil
	s.Emit(&event.ModuleEntered{ContactID: r.c.ContactID, InitialContactID: r.c.InitialContactID, Side: r.side,
		ModuleID: e.module.FlowID, Version: e.module.Version, Input: tandem.Personal(e.input)})
	r.soon = &flow.Input{Kind: flow.InputStart}
}

// leaveModule goes back to the flow that waits for the module, if one does. A
// module that ends the contact, or takes it elsewhere, ends the flows that wait
// for it too.
func (r *runner) leaveModule(s *tandem.Step, end flow.End) (flow.Input, bool) {
	if len(r.c.framesOn(r.side)) == 0 || end != flow.EndReturn && end != flow.EndFault {
		return flow.Input{}, false
	}
	in := flow.Input{Kind: flow.InputModuleFailed, Text: string(end)}
	left := &event.ModuleLeft{ContactID: r.c.ContactID, InitialContactID: r.c.InitialContactID, Side: r.side, Outcome: string(flow.EndFault)}
	if end == flow.EndReturn {
		in = flow.Input{Kind: flow.InputModuleReturned, Text: r.result.Outcome, Result: r.result.Result}
		if in.Text == "" {
			in.Text = flow.OutcomeSuccess
		}
		left.Outcome, left.Result = in.Text, tandem.Personal(r.result.Result)
	}
	r.m.stopPlay(s, r.c, r.side)
	s.Emit(left)
	r.result = flow.ReturnModule{}
	return in, true
}

// modules is a value of $.Modules: what this module was invoked with, and the
// outcome and result of the last one that the flow has invoked (Amazon Connect
// Administrator Guide: List of available contact attributes: Flow modules
// attributes).
func (e env) modules(path []string) (string, bool) {
	mem := e.c.memoryOn(e.side)
	if mem == nil {
		return "", false
	}
	switch path[0] {
	case "Input":
		return e.jsonMember(mem.Locals.ModuleInput, path[1:])
	case "Result":
		return mem.Locals.ModuleOutcome, mem.Locals.ModuleOutcome != "" && len(path) == 1
	case "ResultData":
		return e.jsonMember(mem.Locals.ModuleResult, path[1:])
	}
	return "", false
}
