package center

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// What could not be done of what a block asked for.
const (
	outcomeOverLimit  = "AttributesOverLimit" // they were not set
	outcomeNotInvoked = "TooManyInvocations"  // or the request is too large
	outcomeTooMany    = "TooManyContacts"     // it begins none any more
)

// maxBegun is how many contacts a flow begins without waiting: one that runs in
// a circle must not fill the center.
const maxBegun = 20

// mayBegin counts the contacts that the flow begins without waiting.
func (r *runner) mayBegin() bool {
	r.begun++
	return r.begun <= maxBegun
}

// carryOut does one thing that a flow asked for. Where it cannot, it returns
// the outcome.
func (r *runner) carryOut(s *tandem.Step, act flow.Act, wait *flow.Wait) (outcome string) {
	m, c := r.m, r.c
	switch act := act.(type) {
	case flow.SetAttributes:
		if !m.setAttributes(s, c, act.Attributes) {
			return outcomeOverLimit
		}
	case flow.SetFlowAttributes:
		if !r.setFlowAttributes(s, act.Attributes) {
			return outcomeOverLimit
		}
	case flow.Play:
		r.play(s, act, wait)
	case flow.StopPlay:
		m.stopPlay(s, c, r.side)
	case flow.EnterFlow:
		if id, err := tandem.ParseID(act.FlowID); err == nil {
			r.next = m.state.Flows[id].startable()
		}
	case flow.CreateCallback:
		if !r.mayBegin() {
			return outcomeTooMany
		}
		m.createCallback(s, c, act)
	case flow.MoveToQueue:
		r.c = m.moveToQueue(s, c, act)
	case flow.Bridge:
		m.bridge(s, c, act)
	case flow.HoldPrevious:
		m.holdPrevious(s, c, act.State)
	case flow.StartTask:
		if !r.mayBegin() {
			return outcomeTooMany
		}
		m.startRelatedTask(s, c, act)
	case flow.Invoke:
		return r.invoke(s, act)
	case flow.AskBot:
		r.askBot(s, act)
	case flow.EnterModule:
		r.enterModule(act)
	case flow.ReturnModule:
		r.result = act
	case flow.ShowView:
		r.showView(s, act, wait)
	default:
		r.set(s, act)
	}
	return ""
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
	case flow.SetExternal:
		s.Emit(&event.ExternalSet{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Side: r.side, Result: tandem.Personal(act.Result)})
	case flow.SetBotSession:
		s.Emit(&event.BotSessionSet{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Side: r.side, Session: tandem.Personal(act.Session)})
	}
}

// setTarget sets the target queue; an agent's own queue has the agent's id.
func (r *runner) setTarget(s *tandem.Step, id string) {
	if parsed, err := tandem.ParseID(id); err == nil {
		s.Emit(&event.TargetQueueSet{ContactID: r.c.ContactID, QueueID: parsed})
	}
}

func (r *runner) setHook(s *tandem.Step, act flow.SetHook) {
	for hook := event.HookAgentHold; hook <= event.HookResumeContact; hook++ {
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
	if c.Channel == event.Chat && r.side == event.CustomerSide {
		r.write(s, act)
	}
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
	started.Deadline = r.waitDeadline(s, wait)
	if act.Collect != nil && !r.collect(s, started, act.Collect) {
		return
	}
	s.Emit(started)
}

// waitDeadline is when a wait is interrupted; 0 for never. In a talk with a bot
// on the phone the voice process ends every play, and the bot has a deadline of
// its own.
func (r *runner) waitDeadline(s *tandem.Step, wait *flow.Wait) tandem.Time {
	if wait == nil || wait.DeadlineMillis <= 0 || r.c.Channel == event.Voice && slices.Contains(wait.Inputs, flow.InputBotAnswered) {
		return 0
	}
	return s.At.Add(int64(wait.DeadlineMillis))
}

// collect has the customer's keys gathered, and what the customer says. What
// is to be encrypted and cannot be is not even asked for.
func (r *runner) collect(s *tandem.Step, started *event.PlayStarted, k *flow.Collect) bool {
	started.CollectDigits = uint8(min(k.MaxDigits, math.MaxUint8))
	started.FirstDigitMillis = int64(k.FirstDigitTimeoutMillis)
	started.InterDigitMillis = int64(k.InterDigitTimeoutMillis)
	started.Terminators, started.CancelKey = k.Terminator, k.CancelKey
	if l := k.Listen; l != nil {
		started.Locale, started.SpeechStartMillis = cmp.Or(l.Locale, r.c.locale()), int64(l.StartTimeoutMillis)
		started.SpeechEndMillis, started.SpeechMaxMillis = int64(l.EndTimeoutMillis), int64(l.MaxMillis)
	}
	if e := k.Encrypt; e != nil {
		if r.m.checkEncryption(e) != nil {
			r.m.stopPlay(s, r.c, r.side)
			r.soon = &flow.Input{Kind: flow.InputPlayFailed}
			return false
		}
		started.KeyID, started.Certificate = e.KeyID, e.Certificate
	}
	return true
}
