package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// memoryOn is what the flows on one side have there; nil for nothing.
func (c *Contact) memoryOn(side event.FlowSide) *FlowMemory { return *c.memoryField(side) }

func (c *Contact) memoryField(side event.FlowSide) **FlowMemory {
	if side == event.AgentSide {
		return &c.AgentMemory
	}
	return &c.Memory
}

// rememberOn is memoryOn to write to.
func (c *Contact) rememberOn(side event.FlowSide) *FlowMemory {
	field := c.memoryField(side)
	if *field == nil {
		*field = &FlowMemory{Locals: Locals{InitialContactID: c.InitialContactID}}
	}
	return *field
}

// framesOn is the flows on one side that wait for a module, the innermost last.
func (c *Contact) framesOn(side event.FlowSide) []Frame {
	if mem := c.memoryOn(side); mem != nil {
		return mem.Frames
	}
	return nil
}

// applyMemory applies what flows ask, and what they are answered.
func (m *Machine) applyMemory(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.FunctionInvoked:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Invocations = append(c.Invocations, *ev) })
		m.asked = append(m.asked, question{ev.ContactID, ev.InvocationID})
	case *event.FunctionReturned:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.Invocations = slices.DeleteFunc(c.Invocations, func(i event.FunctionInvoked) bool { return i.InvocationID == ev.InvocationID })
			if len(c.Invocations) == 0 {
				c.Invocations = nil
			}
		})
	case *event.ExternalSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.rememberOn(ev.Side).Locals.External = ev.Result })
	case *event.BotAsked:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			mem := c.rememberOn(ev.Side)
			mem.Asked, mem.Locals.Bot = ev, ev.Bot
		})
		m.asked = append(m.asked, question{ev.ContactID, ev.TurnID})
	case *event.BotAnswered:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			if mem, _ := c.turn(ev.TurnID); mem != nil {
				mem.Asked = nil
			}
		})
	case *event.BotSessionSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.rememberOn(ev.Side).Locals.Session = ev.Session })
	case *event.ViewShown:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.rememberOn(ev.Side).Shown = ev })
	case *event.ViewAnswered:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.rememberOn(ev.Side).answer(ev) })
	case *event.ModuleEntered:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.push(ev, m.now) })
	case *event.ModuleLeft:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.pop(ev) })
	case *event.MessageSent:
		m.changeContact(ev.ContactID, ev.At, func(c *Contact) { c.noteSend(ev) })
	default:
		return false
	}
	return true
}

// answer takes the answer to the view that is shown. One without an action was
// not answered, and what was answered before stays.
func (mem *FlowMemory) answer(ev *event.ViewAnswered) {
	mem.Shown = nil
	if ev.Action != "" {
		mem.Answered = ev
	}
}

// push lets the flow of a side wait for a module, which sees nothing of it. What
// the customer typed, and the metrics, are the customer's side's: a module for
// the agent takes nothing of them away.
func (c *Contact) push(ev *event.ModuleEntered, now tandem.Time) {
	mem, at := c.rememberOn(ev.Side), c.flowOn(ev.Side)
	f := Frame{InitialContactID: c.InitialContactID, Flow: *at, Locals: mem.Locals, FlowAttributes: *c.flowAttributesOn(ev.Side)}
	if ev.Side == event.CustomerSide {
		f.Metrics, f.StoredInput = c.Metrics, c.StoredInput
		c.Metrics, c.StoredInput = nil, ""
	}
	mem.Frames = append(mem.Frames, f)
	mem.Locals = Locals{InitialContactID: c.InitialContactID, ModuleInput: ev.Input}
	*c.flowAttributesOn(ev.Side) = nil
	*at = FlowPosition{FlowID: ev.ModuleID, Version: ev.Version, Type: at.Type, Since: at.Since}
	if at.Since.IsZero() {
		at.Since = now
	}
}

// pop takes the flow back that waits for the module.
func (c *Contact) pop(ev *event.ModuleLeft) {
	mem := c.rememberOn(ev.Side)
	last := len(mem.Frames) - 1
	if last < 0 {
		return
	}
	f := mem.Frames[last]
	mem.Frames[last] = Frame{}
	if mem.Frames = mem.Frames[:last]; last == 0 {
		mem.Frames = nil
	}
	c.restore(&f, ev.Side)
	*c.flowOn(ev.Side), *c.flowAttributesOn(ev.Side) = f.Flow, f.FlowAttributes
	mem.Locals.ModuleOutcome, mem.Locals.ModuleResult = ev.Outcome, ev.Result
}

// restore gives a flow back what the module did not see.
func (c *Contact) restore(f *Frame, side event.FlowSide) {
	c.rememberOn(side).Locals = f.Locals
	if side == event.CustomerSide {
		c.Metrics, c.StoredInput = f.Metrics, f.StoredInput
	}
}

// leaveFlow forgets a flow that is over, and with it those that wait for its
// end. What the customer's flows were answered outlives them; an agent's next flow
// may be another agent's.
func (c *Contact) leaveFlow(side event.FlowSide) {
	if side == event.AgentSide {
		c.AgentMemory, c.AgentFlow, c.AgentFlowAttributes = nil, FlowPosition{}, nil
		return
	}
	if mem := c.memoryOn(side); mem != nil && len(mem.Frames) > 0 {
		outermost := mem.Frames[0]
		mem.Frames = nil
		c.restore(&outermost, side)
	}
	*c.flowOn(side), *c.flowAttributesOn(side) = FlowPosition{}, nil
}

// abandon tells that a side no longer waits for what it has asked, where the
// answer has not come yet.
func (m *Machine) abandon(s *tandem.Step, c *Contact, side event.FlowSide, why string) {
	for _, i := range slices.Clone(c.Invocations) {
		if !i.Async && i.Side == side {
			m.returned(s, c, i.InvocationID, why)
		}
	}
	mem := c.memoryOn(side)
	if mem == nil {
		return
	}
	if mem.Asked != nil {
		m.turnEnded(s, c, mem.Asked.TurnID, why)
	}
	if mem.Shown != nil {
		s.Emit(&event.ViewAnswered{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Side: side, ShownID: mem.Shown.ShownID})
	}
}

// Why nobody waits for an answer any more.
const (
	timedOut    = "TimedOut"
	interrupted = "Interrupted" // the flow goes on without it, or has ended
	superseded  = "Superseded"  // the customer has said more
)

// whyLeft is why a flow goes on without an answer.
func whyLeft(in flow.Input) string {
	if in.Kind == flow.InputInterrupted {
		return timedOut
	}
	return interrupted
}

// question is one that was asked in the present step.
type question struct{ contactID, id tandem.ID }

// takeAsked is the effects of what was asked since it was last called, and is
// still waited for.
func (m *Machine) takeAsked(effects []tandem.Effect) []tandem.Effect {
	for _, q := range m.asked {
		if c := m.state.Contacts[q.contactID]; c != nil {
			effects = c.questions(effects, q.id)
		}
	}
	m.asked = m.asked[:0]
	return effects
}

// questions appends the effects of what the contact waits for; with an id, of
// that alone.
func (c *Contact) questions(effects []tandem.Effect, only tandem.ID) []tandem.Effect {
	for _, i := range c.Invocations {
		if only.IsZero() || only == i.InvocationID {
			effects = append(effects, InvokeFunction{ContactID: i.ContactID, InvocationID: i.InvocationID, FunctionARN: i.FunctionARN,
				Request: i.Request, TimeoutMillis: i.TimeoutMillis, Async: i.Async, Deadline: i.Deadline})
		}
	}
	for side := event.CustomerSide; side <= event.AgentSide; side++ {
		mem := c.memoryOn(side)
		if mem == nil || mem.Asked == nil || !only.IsZero() && only != mem.Asked.TurnID {
			continue
		}
		a := mem.Asked
		effects = append(effects, AskBot{ContactID: a.ContactID, TurnID: a.TurnID, Bot: a.Bot, Locale: a.Locale, Mode: a.Mode,
			Input: a.Input, Session: a.Session, Deadline: a.Deadline})
	}
	return effects
}
