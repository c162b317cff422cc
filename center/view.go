package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
)

const (
	// maxViewBytes is how long the data of a view, and what is answered, may be.
	maxViewBytes = 32 << 10
	// maxViewActionChars is how long the name of what was done in a view may be.
	maxViewActionChars = 256
)

// showView shows a view to the participant of the flow.
func (r *runner) showView(s *tandem.Step, act flow.ShowView, wait *flow.Wait) {
	c := r.c
	ev := &event.ViewShown{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Side: r.side, ShownID: s.NextID(),
		View: act.View, Data: tandem.Personal(act.Data)}
	ev.Deadline = r.waitDeadline(s, wait)
	s.Emit(ev)
}

// answerView takes what the participant did in the view that is shown.
func (m *Machine) answerView(s *tandem.Step, b AnswerView) error {
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return err
	}
	side, shown := c.shown(b.ShownID)
	switch {
	case !shown:
		return tandem.Errorf(tandem.Gone, "ShownId", "this view is not shown any more")
	case len(b.Result) > maxViewBytes:
		return tandem.Errorf(tandem.Invalid, "Result", "has %d bytes; at most %d are allowed", len(b.Result), maxViewBytes)
	case b.Result != "" && !isObject(string(b.Result)):
		return tandem.Errorf(tandem.Invalid, "Result", "is not a JSON object")
	}
	if err := checkCharacters("Action", b.Action, 1, maxViewActionChars); err != nil {
		return err
	}
	s.Emit(&event.ViewAnswered{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Side: side, ShownID: b.ShownID,
		Action: b.Action, Result: b.Result})
	m.resume(s, c, side, flow.Input{Kind: flow.InputViewAnswered, Text: b.Action, Result: string(b.Result)}, s.At)
	return nil
}

// shown is the side on which a view is shown.
func (c *Contact) shown(id tandem.ID) (event.FlowSide, bool) {
	for side := event.CustomerSide; side <= event.AgentSide; side++ {
		if mem := c.memoryOn(side); mem != nil && mem.Shown != nil && mem.Shown.ShownID == id {
			return side, true
		}
	}
	return 0, false
}

// views is a value of $.Views: what was done in the last view.
func (e env) views(path []string) (string, bool) {
	mem := e.c.memoryOn(e.side)
	if mem == nil || mem.Answered == nil {
		return "", false
	}
	switch path[0] {
	case "Action":
		return mem.Answered.Action, len(path) == 1
	case "ViewResultData":
		return e.jsonMember(mem.Answered.Result, path[1:])
	}
	return "", false
}
