package flowtest

import (
	"encoding/json"
	"fmt"
	"slices"

	"tandem/flow"
)

// awaited finds out what ends the wait of a block. It is not ok if the walk ends
// with it.
func (w *Walk) awaited(f *frame) (in flow.Input, ok bool) {
	if f.input != nil {
		in, f.input = *f.input, nil
		return in, true
	}
	for i := len(f.pending) - 1; i >= 0; i-- {
		if in, handled, ok := w.answer(f, f.pending[i]); handled {
			return in, ok && w.expected(f, in)
		}
	}
	if f.awaits(flow.InputPlayDone) {
		return flow.Input{Kind: flow.InputPlayDone}, true
	}
	kind := w.outside.Meanwhile(*f.wait)
	if kind == "" || !f.awaits(kind) {
		w.Stop(EndNowhere, "")
		return in, false
	}
	return flow.Input{Kind: kind}, true
}

func (f *frame) awaits(kind flow.InputKind) bool { return slices.Contains(f.wait.Inputs, kind) }

// expected says whether a block waits for what has come; nothing else would ever.
func (w *Walk) expected(f *frame, in flow.Input) bool {
	if !f.awaits(in.Kind) {
		w.Stop(EndNowhere, fmt.Sprintf("%q does not wait for %s", f.at.ActionID, in.Kind))
		return false
	}
	return true
}

// answer asks outside for what one act waits for.
func (w *Walk) answer(f *frame, act flow.Act) (in flow.Input, handled, ok bool) {
	switch act := act.(type) {
	case flow.Invoke:
		return f.answered(w.outside.Function(act), flow.InputFunctionReturned, flow.InputFunctionFailed), true, true
	case flow.AskBot:
		return f.answered(w.outside.Bot(act), flow.InputBotAnswered, flow.InputBotFailed), true, true
	case flow.ShowView:
		answer := w.outside.View(act)
		w.scene.view = jsonText(map[string]any{"Action": answer.Text, "ViewResultData": rawObject(answer.Result)})
		return f.answered(answer, flow.InputViewAnswered, flow.InputInterrupted), true, true
	case flow.Bridge:
		return flow.Input{Kind: orKind(w.outside.Call(act.Number), flow.InputBridgeEnded)}, true, true
	case flow.Dial:
		number, _ := w.Value("CustomerEndpoint", "Address")
		return flow.Input{Kind: orKind(w.outside.Call(number), flow.InputAnswered)}, true, true
	case flow.Play:
		if act.Collect != nil {
			in, ok := w.react(*act.Collect)
			return in, true, ok
		}
	}
	return in, false, false
}

func orKind(kind, other flow.InputKind) flow.InputKind {
	if kind == "" {
		return other
	}
	return kind
}

func (f *frame) answered(a Answer, good, bad flow.InputKind) flow.Input {
	switch {
	case a.Late && f.awaits(flow.InputInterrupted):
		return flow.Input{Kind: flow.InputInterrupted}
	case a.Failed != "" || a.Late:
		return flow.Input{Kind: bad, Text: a.Failed}
	}
	return flow.Input{Kind: good, Text: a.Text, Result: a.Result}
}

// react is what the customer does when asked.
func (w *Walk) react(ask flow.Collect) (in flow.Input, ok bool) {
	r := w.outside.Customer(ask)
	switch digits, none := typed(r.Keys, ask); {
	case r.Hangs:
		w.Stop(EndHangUp, "")
		return in, false
	case r.Words != "" && ask.Listen != nil:
		return flow.Input{Kind: flow.InputUtterance, Text: r.Words, Speech: w.scene.channel == flow.ChannelVoice}, true
	case none:
		return flow.Input{Kind: flow.InputTimeout}, true
	default:
		return flow.Input{Kind: flow.InputDigits, Digits: digits}, true
	}
}

// rawObject is JSON as it is, or an object without members.
func rawObject(text string) json.RawMessage {
	if !json.Valid([]byte(text)) {
		return json.RawMessage("{}")
	}
	return json.RawMessage(text)
}
