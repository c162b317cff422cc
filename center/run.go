package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
)

// queueFlow is the flow that a call enters with its queue: the one with the
// default's name, else the first of its type.
func (m *Machine) queueFlow() *event.FlowSaved {
	var first *event.FlowSaved
	for _, id := range tandem.SortedIDs(m.state.Flows) {
		f := m.state.Flows[id].startable()
		if f == nil || f.Type != string(flow.TypeCustomerQueue) {
			continue
		}
		if f.Name == flow.SampleCustomerQueue {
			return f
		}
		if first == nil {
			first = f
		}
	}
	return first
}

// startable is what a contact that enters the flow now will run, or nil.
func (f *Flow) startable() *event.FlowSaved {
	if f == nil || f.Saved.Archived {
		return nil
	}
	return f.Published
}

// program is the compiled form of the version that a contact entered. A version
// that cannot be found or read gives an empty program, which faults.
func (m *Machine) program(v flowVersion) *flow.Program {
	if p := m.programs[v]; p != nil {
		return p
	}
	doc := &flow.Document{}
	if saved := m.version(v); saved != nil {
		if parsed, err := flow.Parse([]byte(saved.Content)); err == nil {
			doc = parsed
		}
	}
	p := flow.Compile(doc, m.blocks)
	m.programs[v] = p
	return p
}

func (m *Machine) version(v flowVersion) *event.FlowSaved {
	f := m.state.Flows[v.flowID]
	switch {
	case f == nil:
		return nil
	case f.Published != nil && f.Published.Version == v.version:
		return f.Published
	}
	return f.Running[v.version]
}

// enterFlow begins a flow, in place of the one before.
func (m *Machine) enterFlow(s *tandem.Step, c *Contact, f *event.FlowSaved, at tandem.Time) {
	s.Emit(&event.FlowEntered{ContactID: c.ContactID, FlowID: f.FlowID, Version: f.Version, Type: f.Type})
	p := m.program(flowVersion{f.FlowID, f.Version})
	m.run(s, c, p.Start(), flow.Input{Kind: flow.InputStart}, at)
}

// resume goes on with the flow of a contact; an input that the flow does not
// wait for changes nothing.
func (m *Machine) resume(s *tandem.Step, c *Contact, in flow.Input, at tandem.Time) {
	if c.Flow.FlowID.IsZero() {
		return
	}
	m.run(s, c, flow.Position{ActionID: c.Flow.ActionID, ReturnTo: c.Flow.BlockState}, in, at)
}

// run runs a flow until it waits or ends. One that does neither for too long
// runs in a circle and is ended as faulty.
func (m *Machine) run(s *tandem.Step, c *Contact, pos flow.Position, in flow.Input, at tandem.Time) {
	p := m.program(flowVersion{c.Flow.FlowID, c.Flow.Version})
	for range tandem.MaxStepsPerSprint {
		r := p.Step(pos, in, env{m, c, s.At})
		if r.Ignored {
			return
		}
		outcome := r.Outcome
		for _, act := range r.Acts {
			if !m.carryOut(s, c, act, r.Wait) {
				outcome = "AttributesOverLimit"
			}
		}
		ran := &event.FlowBlockRan{ContactID: c.ContactID, ActionID: r.ActionID, Type: r.Type, Outcome: outcome, BlockState: r.Next.ReturnTo}
		if r.Wait == nil && r.End == flow.EndNone {
			ran.NextAction = r.Next.ActionID
		}
		s.Emit(ran)
		if r.End != flow.EndNone {
			m.endFlow(s, c, r.End, at)
			return
		}
		if r.Wait != nil {
			return
		}
		pos, in = r.Next, flow.Input{Kind: flow.InputStart}
	}
	m.endFlow(s, c, flow.EndFault, at)
}

// carryOut does one thing that a flow asked for. It reports whether it could:
// attributes over the limit of a contact are not set.
func (m *Machine) carryOut(s *tandem.Step, c *Contact, act flow.Act, wait *flow.Wait) bool {
	switch act := act.(type) {
	case flow.SetAttributes:
		merged, changed := mergeAttributes(c.Attributes, act.Attributes)
		if checkAttributes(merged) != nil {
			return false
		}
		if changed {
			s.Emit(&event.ContactAttributesSet{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Attributes: merged})
		}
	case flow.SetStoredInput:
		s.Emit(&event.CustomerInputStored{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Input: tandem.Personal(act.Value)})
	case flow.SetTargetQueue:
		if id, err := tandem.ParseID(act.QueueID); err == nil {
			s.Emit(&event.TargetQueueSet{ContactID: c.ContactID, QueueID: id})
		}
	case flow.SetRecording:
		s.Emit(&event.RecordingBehaviorSet{ContactID: c.ContactID, Customer: act.Customer, Agent: act.Agent})
	case flow.Play:
		m.play(s, c, act, wait)
	case flow.StopPlay:
		m.stopPlay(s, c)
	}
	return true
}

func (m *Machine) play(s *tandem.Step, c *Contact, act flow.Play, wait *flow.Wait) {
	started := &event.PlayStarted{ContactID: c.ContactID, InitialContactID: c.InitialContactID, PlayID: s.NextID(), Loop: act.Loop}
	for _, item := range act.Items {
		kind, text := event.PromptText, item.Text
		switch {
		case item.SSML != "":
			kind, text = event.PromptSSML, item.SSML
		case item.PromptID != "":
			kind, text = event.PromptFile, item.PromptID
		}
		started.Kinds = append(started.Kinds, kind)
		started.Prompts = append(started.Prompts, tandem.Personal(text))
	}
	if k := act.Collect; k != nil {
		started.CollectDigits = uint8(k.MaxDigits)
		started.FirstDigitMillis = int64(k.FirstDigitTimeoutMillis)
		started.InterDigitMillis = int64(k.InterDigitTimeoutMillis)
		started.Terminators = k.Terminator
	}
	if wait != nil && wait.DeadlineMillis > 0 {
		started.Deadline = s.At.Add(int64(wait.DeadlineMillis))
	}
	s.Emit(started)
}

func (m *Machine) stopPlay(s *tandem.Step, c *Contact) {
	if c.Play != nil {
		s.Emit(&event.PlayStopped{ContactID: c.ContactID})
	}
}

// stopFlow ends whatever flow the contact runs, and with it what is played.
func (m *Machine) stopFlow(s *tandem.Step, c *Contact, outcome string) {
	m.stopPlay(s, c)
	if !c.Flow.FlowID.IsZero() {
		s.Emit(&event.FlowEnded{ContactID: c.ContactID, Outcome: outcome})
	}
}

// endFlow does what the end of a flow means for its contact. A contact that
// waits in a queue stays there in silence, whatever happened to its flow; any
// other contact that has no flow left is disconnected.
func (m *Machine) endFlow(s *tandem.Step, c *Contact, end flow.End, at tandem.Time) {
	queued := c.Phase == InQueue || c.Phase == Offered
	m.stopFlow(s, c, string(end))
	switch {
	case end == flow.EndTransferToQueue && !queued:
		m.queue(s, c, at)
	case end == flow.EndDisconnect || !queued:
		m.disconnect(s, c, at, event.ContactFlowDisconnect)
	}
}
