package center

import (
	"tandem"
	"tandem/event"
)

// applyFlow applies the events of a contact in its flows.
func (m *Machine) applyFlow(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.FlowEntered:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			c.leaveFlow(ev.Side)
			*c.flowOn(ev.Side) = FlowPosition{FlowID: ev.FlowID, Version: ev.Version, Type: ev.Type, Since: m.now}
		})
	case *event.FlowBlockRan:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.flowOn(ev.Side).moveTo(ev) })
	case *event.FlowEnded:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.leaveFlow(ev.Side) })
	case *event.PlayStarted:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			*c.playOn(ev.Side) = &Play{Started: *ev}
			c.flowOn(ev.Side).Deadline = ev.Deadline
		})
	case *event.PlayStopped:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { *c.playOn(ev.Side) = nil })
	default:
		return m.applyFlowSet(ev) || m.applyMemory(ev)
	}
	return true
}

// applyFlowSet applies what flows set.
func (m *Machine) applyFlowSet(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.CustomerInputStored:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.StoredInput = ev.Input })
	case *event.TargetQueueSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.TargetQueueID = ev.QueueID })
	case *event.HookSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Hooks.set(ev) })
	case *event.RoutingSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) {
			if !c.WaitingSince.IsZero() {
				c.WaitingSince = c.WaitingSince.Add(c.AdjustmentMillis - ev.AdjustmentMillis)
			}
			c.Priority, c.AdjustmentMillis = ev.Priority, ev.AdjustmentMillis
		})
	case *event.CallbackNumberSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.CallbackNumber = ev.Number })
	case *event.MetricsTaken:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Metrics = ev.Values })
	case *event.FlowAttributesSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { *c.flowAttributesOn(ev.Side) = ev.Attributes })
	case *event.FlowLoggingSet:
		m.changeContact(ev.ContactID, 0, func(c *Contact) { c.Logging = ev.Enabled })
	default:
		return false
	}
	return true
}

// flowOn is where the contact stands in its flow on one side.
func (c *Contact) flowOn(side event.FlowSide) *FlowPosition {
	if side == event.AgentSide {
		return &c.AgentFlow
	}
	return &c.Flow
}

// flowAttributesOn is the attributes that live as long as the flow on one side.
func (c *Contact) flowAttributesOn(side event.FlowSide) *tandem.PersonalMap {
	if side == event.AgentSide {
		return &c.AgentFlowAttributes
	}
	return &c.FlowAttributes
}

// playOn is what is heard on one side.
func (c *Contact) playOn(side event.FlowSide) **Play {
	if side == event.AgentSide {
		return &c.AgentPlay
	}
	return &c.Play
}

// runs reports whether there is a flow.
func (p *FlowPosition) runs() bool { return !p.FlowID.IsZero() }

// waits reports whether there is a flow that stands in one of its blocks.
func (p *FlowPosition) waits() bool { return p.runs() && p.ActionID != "" }

// moveTo moves the position to where a block left it. A block that waits says
// so by naming no next action; the deadline that its play brought then stands.
func (p *FlowPosition) moveTo(ev *event.FlowBlockRan) {
	p.ActionID, p.BlockState = ev.ActionID, ev.BlockState
	switch {
	case ev.NextAction != "":
		p.ActionID, p.Deadline = ev.NextAction, 0
	case !ev.Deadline.IsZero():
		p.Deadline = ev.Deadline
	}
}

// of is the flow chosen for a hook; zero for the default. Disabled says that
// none shall run.
func (h *Hooks) of(hook event.Hook) (flowID tandem.ID, disabled bool) {
	if f := h.field(hook); f != nil {
		flowID = *f
	}
	return flowID, h.Disabled&(1<<hook) != 0
}

func (h *Hooks) set(ev *event.HookSet) {
	f := h.field(ev.Hook)
	if f == nil {
		return
	}
	*f = ev.FlowID
	h.Disabled &^= 1 << ev.Hook
	if ev.Disabled {
		h.Disabled |= 1 << ev.Hook
	}
}

func (h *Hooks) field(hook event.Hook) *tandem.ID {
	switch hook {
	case event.HookAgentHold:
		return &h.AgentHold
	case event.HookAgentWhisper:
		return &h.AgentWhisper
	case event.HookCustomerHold:
		return &h.CustomerHold
	case event.HookCustomerQueue:
		return &h.CustomerQueue
	case event.HookCustomerRemaining:
		return &h.CustomerRemaining
	case event.HookCustomerWhisper:
		return &h.CustomerWhisper
	case event.HookDefaultAgentUI:
		return &h.DefaultAgentUI
	case event.HookDisconnectAgentUI:
		return &h.DisconnectAgentUI
	case event.HookPauseContact:
		return &h.PauseContact
	case event.HookResumeContact:
		return &h.ResumeContact
	}
	return nil
}
