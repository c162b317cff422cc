package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// talking is the call that an agent talks in.
func (m *Machine) talking(userID, contactID tandem.ID) (*Contact, error) {
	_, slot, err := m.knownSlot(userID, contactID)
	if err != nil {
		return nil, err
	}
	if slot.State != Connected { // of one that was missed, the contact may be forgotten
		return nil, tandem.Errorf(tandem.Conflict, "ContactId", "the agent is not connected with the contact")
	}
	c := m.contact(contactID)
	if c.Channel != event.Voice || c.Method == event.Monitor {
		return nil, tandem.Errorf(tandem.Conflict, "ContactId", "this can be done in a call only")
	}
	return c, nil
}

// party is a party of the agent's call.
func (m *Machine) party(userID, contactID, legID tandem.ID) (c, owner *Contact, l *Leg, err error) {
	c, err = m.talking(userID, contactID)
	if err != nil {
		return nil, nil, nil, err
	}
	owner, l = m.leg(c.callID(), legID)
	if l == nil || !l.alive() || !owner.live() || l.role() == event.MonitorLeg {
		return nil, nil, nil, tandem.Errorf(tandem.NotFound, "ConnectionId", "the call has no connection %s", legID)
	}
	return c, owner, l, nil
}

// holdLeg puts a party on hold, or takes it off.
func (m *Machine) holdLeg(s *tandem.Step, b HoldLeg) error {
	_, owner, l, err := m.party(b.UserID, b.ContactID, b.LegID)
	if err != nil {
		return err
	}
	if l.State != event.LegAnswered {
		return tandem.Errorf(tandem.Conflict, "ConnectionId", "the party has not answered yet")
	}
	m.hold(s, owner, b.LegID, b.UserID, b.Held, s.At)
	return nil
}

// hold holds or releases a party; who is held hears the hold flow.
func (m *Machine) hold(s *tandem.Step, owner *Contact, legID, by tandem.ID, on bool, at tandem.Time) {
	l := &owner.Legs[owner.legIndex(legID)]
	if l.Held == on {
		return
	}
	role := l.role()
	s.Emit(&event.LegHeld{ContactID: owner.ContactID, LegID: legID, ByUserID: by, Held: on, At: owner.notBefore(s, at)})
	side, kind := holdSide(role)
	switch {
	case kind == "":
	case on:
		m.enterHoldFlow(s, owner, role, at)
	case owner.flowOn(side).Type == string(kind):
		m.stopFlow(s, owner, side, "Resumed")
	}
}

// holdSide is the side of the contact, and the type of flow, that a party on
// hold hears. Somebody outside hears nothing.
func holdSide(role event.LegRole) (event.FlowSide, flow.Type) {
	switch role {
	case event.CustomerLeg:
		return event.CustomerSide, flow.TypeCustomerHold
	case event.AgentLeg:
		return event.AgentSide, flow.TypeAgentHold
	}
	return 0, ""
}

// enterHoldFlow begins what a party on hold hears, unless a flow of the contact
// speaks to the party already.
func (m *Machine) enterHoldFlow(s *tandem.Step, owner *Contact, role event.LegRole, at tandem.Time) {
	side, kind := holdSide(role)
	hook := event.HookCustomerHold
	if side == event.AgentSide {
		hook = event.HookAgentHold
	}
	f := m.hookFlow(owner, hook, kind)
	if f != nil && !owner.flowOn(side).runs() && (owner.Phase == WithAgent || owner.Phase == Bridged) {
		m.enterFlow(s, owner, side, f, at)
	}
}

// muteLeg silences a party, or lets it be heard again.
func (m *Machine) muteLeg(s *tandem.Step, b MuteLeg) error {
	_, owner, l, err := m.party(b.UserID, b.ContactID, b.LegID)
	if err != nil {
		return err
	}
	if l.Muted != b.Muted {
		s.Emit(&event.LegMuted{ContactID: owner.ContactID, LegID: b.LegID, Muted: b.Muted, At: owner.notBefore(s, s.At)})
	}
	return nil
}

// each calls do for every answered party of the call but the agent's own leg
// and those of supervisors.
func (m *Machine) each(c *Contact, do func(owner *Contact, l Leg)) {
	for _, o := range m.inCall(c.callID()) {
		if !o.live() || o.Method == event.Monitor {
			continue
		}
		for _, l := range append([]Leg(nil), o.Legs...) {
			if l.ID != c.OfferID && l.State == event.LegAnswered {
				do(o, l)
			}
		}
	}
}

// swapLegs takes the parties on hold off it, and holds the others.
func (m *Machine) swapLegs(s *tandem.Step, b SwapLegs) error {
	c, err := m.talking(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	held, talking := 0, 0
	m.each(c, func(_ *Contact, l Leg) {
		if l.Held {
			held++
		} else {
			talking++
		}
	})
	if held == 0 || talking == 0 {
		return tandem.Errorf(tandem.Conflict, "ContactId", "there is nobody to swap with: one party must be on hold and another not")
	}
	m.each(c, func(o *Contact, l Leg) { m.hold(s, o, l.ID, b.UserID, !l.Held, s.At) })
	return nil
}

// joinLegs takes every party off hold.
func (m *Machine) joinLegs(s *tandem.Step, b JoinLegs) error {
	return m.holdAll(s, b.UserID, b.ContactID, false)
}

// holdAllLegs puts every party but the agent on hold.
func (m *Machine) holdAllLegs(s *tandem.Step, b HoldAllLegs) error {
	return m.holdAll(s, b.UserID, b.ContactID, true)
}

func (m *Machine) holdAll(s *tandem.Step, userID, contactID tandem.ID, on bool) error {
	c, err := m.talking(userID, contactID)
	if err == nil {
		m.each(c, func(o *Contact, l Leg) { m.hold(s, o, l.ID, userID, on, s.At) })
		if own := c.own(); own != nil && !on {
			m.release(s, c, own, s.At)
		}
	}
	return err
}

// dropLeg takes a party out of the agent's call. The agent's own way out ends a
// chat or task as well, and a call that is not answered yet. A transfer that
// nobody has joined yet has no leg; its contact's id stands for it.
func (m *Machine) dropLeg(s *tandem.Step, b DropLeg) error {
	_, slot, err := m.knownSlot(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	if b.LegID.IsZero() || b.LegID == slot.OfferID {
		if slot.State != Connected && slot.State != Dialing && slot.State != Paused {
			return tandem.Errorf(tandem.Conflict, "ContactId", "the contact is %s; there is nothing to leave", slot.State)
		}
		m.agentLeft(s, m.contact(b.ContactID), s.At, event.AgentDisconnect)
		return nil
	}
	c, err := m.talking(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	if asked := m.state.Contacts[b.LegID]; asked != nil && asked.RequesterLeg == c.OfferID && asked.live() && asked.customer() == nil {
		m.disconnect(s, asked, s.At, event.AgentDisconnect)
		return nil
	}
	_, owner, l, err := m.party(b.UserID, b.ContactID, b.LegID)
	if err != nil {
		return err
	}
	switch {
	case l.role() == event.CustomerLeg:
		m.customerLeft(s, c.callID(), s.At, event.AgentDisconnect)
	case l.role() == event.OutsideLeg:
		m.disconnect(s, owner, s.At, event.AgentDisconnect)
	default:
		m.agentLeft(s, owner, s.At, event.AgentDisconnect)
	}
	return nil
}

// outsideGone ends the part of somebody outside in a call. A flow that waits
// for it has its customer again.
func (m *Machine) outsideGone(s *tandem.Step, c *Contact, l Leg, cause voice.Cause, at tandem.Time) {
	m.emitLeg(s, c, l, event.LegGone, cause, at)
	in := flow.Input{Kind: flow.InputBridgeEnded}
	switch {
	case l.State == event.LegAnswered:
	case cause == voice.CauseNoAnswer:
		in.Kind = flow.InputCallTimeout
	default:
		in.Kind = flow.InputCallFailed
	}
	if c.Phase == InFlow && !m.listener(c, event.CustomerSide).IsZero() && m.resume(s, c, event.CustomerSide, in, at) {
		return
	}
	m.disconnect(s, c, at, lostReason(cause, event.ThirdPartyDisconnect))
}

// setContactRecording starts, stops, suspends or resumes a recording (Amazon
// Connect API: StartContactRecording and its like).
func (m *Machine) setContactRecording(s *tandem.Step, b SetContactRecording) error {
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return err
	}
	if c.Channel != event.Voice || c.Phase != WithAgent || c.Method == event.Monitor {
		return tandem.Errorf(tandem.Conflict, "ContactId", "only a call with an agent is recorded")
	}
	recording := !c.RecordingID.IsZero() && (c.RecordCustomer || c.RecordAgent)
	set := &event.RecordingBehaviorSet{ContactID: c.ContactID, Customer: c.RecordCustomer, Agent: c.RecordAgent, Suspended: c.RecordSuspended}
	switch b.Recording {
	case StartRecording:
		if !c.RecordingID.IsZero() {
			return tandem.Errorf(tandem.Conflict, "ContactId", "a call is recorded once only; this one was begun already")
		}
		set.Customer, set.Agent, set.Suspended = true, true, false
	case StopRecording:
		set.Customer, set.Agent, set.Suspended = false, false, false
	case SuspendRecording:
		set.Suspended = true
	case ResumeRecording:
		set.Suspended = false
	default:
		return tandem.Errorf(tandem.Invalid, "Recording", "unknown action %d", b.Recording)
	}
	if b.Recording != StartRecording && !recording {
		return tandem.Errorf(tandem.Conflict, "ContactId", "the call is not being recorded")
	}
	s.Emit(set)
	return nil
}
