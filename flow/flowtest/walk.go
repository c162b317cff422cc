package flowtest

import (
	"fmt"
	"strings"

	"tandem/flow"
)

// maxModuleDepth is how deep modules may invoke each other (Amazon Connect
// Administrator Guide: Flow modules).
const maxModuleDepth = 5

// maxWaits is how often a walk may wait.
const maxWaits = 200

// A Flow is one flow, or module, that can be walked.
type Flow struct {
	ID       string // by which other flows name it; may be empty
	Name     string
	Type     flow.Type // empty: not known
	Document *flow.Document
	program  *flow.Program
	actions  map[string]flow.Action
}

// NewFlow prepares a flow.
func NewFlow(id, name string, flowType flow.Type, doc *flow.Document, blocks *flow.Registry) *Flow {
	f := &Flow{ID: id, Name: name, Type: flowType, Document: doc, program: flow.Compile(doc, blocks), actions: map[string]flow.Action{}}
	for _, a := range doc.Actions {
		if _, twice := f.actions[a.Identifier]; !twice {
			f.actions[a.Identifier] = a
		}
	}
	return f
}

// How a walk is over besides the ends of a flow.
const (
	EndNowhere flow.End = "Waiting" // the flow waits for something that does not come
	EndHangUp  flow.End = "HangUp"  // the customer has hung up
	EndCircle  flow.End = "Circle"  // the flow runs in a circle
)

// A Walk carries one contact through flows. The On functions may be nil.
type Walk struct {
	OnStart  func(f *Flow, a flow.Action) // a block begins
	OnPrompt func(p flow.Prompt)          // something is heard, or read in a chat
	OnResult func(r flow.Result)          // a block has run, or waits

	scene   *scene
	outside Outside
	stack   []frame
	steps   int // since the flow last waited
	waits   int
	end     flow.End
	why     string
}

// frame is one flow on the way: modules stand on top of the flow that invoked them.
type frame struct {
	flow    *Flow
	at      flow.Position
	wait    *flow.Wait
	pending []flow.Act // what is waited for
	input   *flow.Input
	hidden  hidden // what a module does not see of its caller
}

type hidden struct {
	external, bot, view, input string
	flowOnly                   map[string]string
}

// NewWalk begins at the start of a flow. Others are flows and modules that it may
// go on to, by their ids.
func NewWalk(start *Flow, w *World, outside Outside, others ...*Flow) *Walk {
	flows := map[string]*Flow{}
	for _, f := range append(others, start) {
		if f.ID != "" {
			flows[f.ID] = f
		}
	}
	walk := &Walk{scene: newScene(w, outside, flows), outside: outside}
	walk.enter(start)
	return walk
}

func (w *Walk) enter(f *Flow) { w.stack = append(w.stack, frame{flow: f, at: f.program.Start()}) }

func (w *Walk) top() *frame { return &w.stack[len(w.stack)-1] }

// Ended says whether the walk is over, how, and why if there is more to say.
func (w *Walk) Ended() (end flow.End, why string) { return w.end, w.why }

// Stop ends the walk.
func (w *Walk) Stop(end flow.End, why string) {
	if w.end == flow.EndNone {
		w.end, w.why = end, why
	}
}

// Value is the value of an attribute as the flow sees it now.
func (w *Walk) Value(path ...string) (string, bool) { return w.scene.Value(path...) }

// Render fills the references in a text.
func (w *Walk) Render(text string) string { return flow.ParseTemplate(text).Render(w.scene) }

// Target is the queue, or the agent whose own queue it is, that the contact is
// meant for; empty if none is.
func (w *Walk) Target() string { return w.scene.target }

// Recorded says whose voices are recorded; empty if no block has said so.
func (w *Walk) Recorded() string { return w.scene.recorded }

// Step runs one block, or goes on with one that waits. It is false once the walk
// is over.
func (w *Walk) Step() bool {
	if w.end != flow.EndNone {
		return false
	}
	f := w.top()
	in := flow.Input{Kind: flow.InputStart}
	if f.wait != nil {
		var ok bool
		if in, ok = w.awaited(f); !ok {
			return false
		}
		w.steps = 0
		if w.waits++; w.waits > maxWaits {
			w.Stop(EndCircle, fmt.Sprintf("it waited %d times", maxWaits))
			return false
		}
	} else if action := f.flow.actions[f.at.ActionID]; w.OnStart != nil && action.Identifier != "" {
		if w.OnStart(f.flow, action); w.end != flow.EndNone {
			return false
		}
	}
	if w.steps++; w.steps > flow.MaxSteps {
		w.Stop(EndCircle, fmt.Sprintf("it took %d steps without waiting for anything", flow.MaxSteps))
		return false
	}
	w.follow(f.flow.program.Step(f.at, in, w.scene))
	return w.end == flow.EndNone
}

// follow does what a block has decided.
func (w *Walk) follow(r flow.Result) {
	f := w.top()
	f.at, f.wait = r.Next, r.Wait
	if !r.Ignored {
		f.pending = r.Acts
	}
	for _, act := range r.Acts {
		w.scene.apply(act)
	}
	if w.OnResult != nil {
		w.OnResult(r)
	}
	for _, act := range r.Acts {
		if play, ok := act.(flow.Play); ok && w.OnPrompt != nil {
			for _, prompt := range play.Items {
				w.OnPrompt(prompt)
			}
		}
	}
	if module, ok := last[flow.EnterModule](r.Acts); ok && r.Wait != nil {
		w.enterModule(f, module)
	}
	if r.End != flow.EndNone {
		w.finish(r)
	}
}

// last finds the last act of a kind.
func last[T flow.Act](acts []flow.Act) (T, bool) {
	for i := len(acts) - 1; i >= 0; i-- {
		if act, ok := acts[i].(T); ok {
			return act, true
		}
	}
	var none T
	return none, false
}

// enterModule goes on in a module, which sees none of its caller's own attributes.
func (w *Walk) enterModule(f *frame, enter flow.EnterModule) {
	module := w.scene.flows[moduleID(enter.ModuleID)]
	if module == nil || len(w.stack) > maxModuleDepth {
		f.input = &flow.Input{Kind: flow.InputModuleFailed}
		return
	}
	s := w.scene
	f.hidden = hidden{external: s.external, bot: s.bot, view: s.view, input: s.moduleInput, flowOnly: s.flowOnly}
	s.external, s.bot, s.view, s.moduleInput, s.flowOnly = "", "", "", enter.Input, map[string]string{}
	w.enter(module)
}

// leaveModule goes back to the flow that invoked the module.
func (w *Walk) leaveModule(in flow.Input) {
	w.stack = w.stack[:len(w.stack)-1]
	f, s := w.top(), w.scene
	s.external, s.bot, s.view, s.moduleInput, s.flowOnly = f.hidden.external, f.hidden.bot, f.hidden.view, f.hidden.input, f.hidden.flowOnly
	s.moduleData, s.values["Modules.Result"] = in.Result, in.Text
	f.input = &in
}

// finish goes on to the next flow, back from a module, or ends the walk.
func (w *Walk) finish(r flow.Result) {
	inModule := len(w.stack) > 1
	switch enter, _ := last[flow.EnterFlow](r.Acts); {
	case r.End == flow.EndReturn && inModule:
		returned, _ := last[flow.ReturnModule](r.Acts)
		if returned.Outcome == "" {
			returned.Outcome = flow.OutcomeSuccess
		}
		w.leaveModule(flow.Input{Kind: flow.InputModuleReturned, Text: returned.Outcome, Result: returned.Result})
	case r.End == flow.EndFault && inModule:
		w.leaveModule(flow.Input{Kind: flow.InputModuleFailed})
	case r.End == flow.EndEnterFlow && w.scene.flows[enter.FlowID] != nil:
		w.stack = w.stack[:0]
		w.scene.flowOnly = map[string]string{}
		w.enter(w.scene.flows[enter.FlowID])
	default:
		w.Stop(r.End, w.reason(r, enter))
	}
}

// reason says more about how a walk has ended.
func (w *Walk) reason(r flow.Result, enter flow.EnterFlow) string {
	switch r.End {
	case flow.EndFault:
		return fmt.Sprintf("no branch takes %s of %q", orElse(r.Outcome, "the outcome"), r.ActionID)
	case flow.EndTransferToQueue:
		name, _ := w.outside.QueueName(w.scene.target)
		return name
	case flow.EndEnterFlow:
		return enter.FlowID
	case flow.EndTransferOutside:
		bridge, _ := last[flow.Bridge](r.Acts)
		return bridge.Number
	}
	return ""
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// spoken is what a prompt sounds like: its text without markup, or its recording.
func spoken(p flow.Prompt) string {
	if p.PromptID != "" {
		return "recording " + flow.ResourceID(p.PromptID)
	}
	return strings.Join(strings.Fields(p.Text+withoutMarkup(p.SSML)), " ")
}

func withoutMarkup(ssml string) string {
	var out strings.Builder
	depth := 0
	for _, r := range ssml {
		switch {
		case r == '<':
			depth++
		case r == '>' && depth > 0:
			depth--
			out.WriteByte(' ')
		case depth == 0:
			out.WriteRune(r)
		}
	}
	return markupEntities.Replace(out.String())
}

var markupEntities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'")
