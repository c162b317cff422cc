package center

import (
	"maps"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// carryOut does one thing that a flow asked for. It reports whether it could:
// attributes over the limit of a contact are not set.
func (r *runner) carryOut(s *tandem.Step, act flow.Act, wait *flow.Wait) bool {
	m, c := r.m, r.c
	switch act := act.(type) {
	case flow.SetAttributes:
		return m.setAttributes(s, c, act.Attributes)
	case flow.SetFlowAttributes:
		return r.setFlowAttributes(s, act.Attributes)
	case flow.Play:
		r.play(s, act, wait)
	case flow.StopPlay:
		m.stopPlay(s, c, r.side)
	case flow.EnterFlow:
		if id, err := tandem.ParseID(act.FlowID); err == nil {
			r.next = m.state.Flows[id].startable()
		}
	case flow.CreateCallback:
		m.createCallback(s, c, act)
	case flow.MoveToQueue:
		r.c = m.moveToQueue(s, c, act)
	case flow.Bridge:
		m.bridge(s, c, act)
	case flow.HoldPrevious:
		m.holdPrevious(s, c, act.State)
	case flow.StartTask:
		m.startRelatedTask(s, c, act)
	default:
		r.set(s, act)
	}
	return true
}

// set emits what a flow merely sets.
func (r *runner) set(s *tandem.Step, act flow.Act) {
	c := r.c
	switch act := act.(type) {
	case flow.SetStoredInput:
		s.Emit(&event.CustomerInputStored{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Input: tandem.Personal(act.Value)})
	case flow.SetTargetQueue:
		r.setTarget(s, act.QueueID)
	case flow.SetTargetAgent:
		r.setTarget(s, act.UserID)
	case flow.SetRecording:
		s.Emit(&event.RecordingBehaviorSet{ContactID: c.ContactID, Customer: act.Customer, Agent: act.Agent, Suspended: c.RecordSuspended})
	case flow.SetHook:
		r.setHook(s, act)
	case flow.SetRouting:
		r.m.setRouting(s, c, act.Priority, act.Adjusts, act.AdjustmentSeconds)
	case flow.SetCallbackNumber:
		s.Emit(&event.CallbackNumberSet{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Number: tandem.Personal(act.Number)})
	case flow.TakeMetrics:
		s.Emit(&event.MetricsTaken{ContactID: c.ContactID, Values: r.m.metrics(c, act, s.At)})
	case flow.SetVoice:
		s.Emit(&event.ContactDataSet{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Voice: act.Voice, Engine: act.Engine, Style: act.Style})
	case flow.SetData:
		s.Emit(&event.ContactDataSet{ContactID: c.ContactID, InitialContactID: c.InitialContactID,
			Name: tandem.Personal(act.Name), Description: tandem.Personal(act.Description), CustomerID: tandem.Personal(act.CustomerID),
			LanguageCode: act.LanguageCode, References: act.References})
	case flow.SetLogging:
		s.Emit(&event.FlowLoggingSet{ContactID: c.ContactID, Enabled: act.Enabled})
	case flow.SetTags:
		r.setTags(s, act)
	}
}

// setTarget sets the target queue; an agent's own queue has the agent's id.
func (r *runner) setTarget(s *tandem.Step, id string) {
	if parsed, err := tandem.ParseID(id); err == nil {
		s.Emit(&event.TargetQueueSet{ContactID: r.c.ContactID, QueueID: parsed})
	}
}

func (r *runner) setHook(s *tandem.Step, act flow.SetHook) {
	for hook := event.HookAgentHold; hook <= event.HookCustomerWhisper; hook++ {
		if hook.String() != act.Hook {
			continue
		}
		id, _ := tandem.ParseID(act.FlowID) // none: the default
		s.Emit(&event.HookSet{ContactID: r.c.ContactID, Hook: hook, FlowID: id, Disabled: act.Disabled})
	}
}

func (r *runner) setTags(s *tandem.Step, act flow.SetTags) {
	tags := map[string]string{}
	maps.Copy(tags, r.c.Tags)
	maps.Copy(tags, act.Add)
	for _, key := range act.Remove {
		delete(tags, key)
	}
	if checkTags(tags) == nil {
		s.Emit(&event.ContactTagsSet{ContactID: r.c.ContactID, Tags: tags})
	}
}

func (r *runner) setFlowAttributes(s *tandem.Step, set map[string]string) bool {
	merged, _ := mergeAttributes(*r.c.flowAttributesOn(r.side), set)
	if checkAttributes(merged) != nil {
		return false
	}
	s.Emit(&event.FlowAttributesSet{ContactID: r.c.ContactID, InitialContactID: r.c.InitialContactID, Side: r.side, Attributes: merged})
	return true
}

func (m *Machine) setAttributes(s *tandem.Step, c *Contact, set tandem.PersonalMap) bool {
	merged, changed := mergeAttributes(c.Attributes, set)
	if checkAttributes(merged) != nil {
		return false
	}
	if changed {
		s.Emit(&event.ContactAttributesSet{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Attributes: merged})
	}
	return true
}

// setRouting changes priority or age, and with it the place of a contact that
// waits.
func (m *Machine) setRouting(s *tandem.Step, c *Contact, priority int64, adjusts bool, seconds int64) {
	set := &event.RoutingSet{ContactID: c.ContactID, Priority: c.Priority, AdjustmentMillis: c.AdjustmentMillis}
	if priority > 0 {
		set.Priority = priority
	}
	if adjusts {
		set.AdjustmentMillis = seconds * 1000
	}
	if set.Priority != c.Priority || set.AdjustmentMillis != c.AdjustmentMillis {
		s.Emit(set)
	}
}

func (r *runner) play(s *tandem.Step, act flow.Play, wait *flow.Wait) {
	c := r.c
	started := &event.PlayStarted{ContactID: c.ContactID, InitialContactID: c.InitialContactID, PlayID: s.NextID(), Loop: act.Loop, Side: r.side}
	if n := len(act.Items); n > 0 {
		started.Kinds, started.Prompts = make([]event.PromptKind, 0, n), make([]tandem.Personal, 0, n)
	}
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
