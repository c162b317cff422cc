package center

import (
	"math"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// deadIncarnation is the last report known of a media process after which
// another began: nothing that it still says matters.
const deadIncarnation = math.MaxUint64

// takeVoiceReport takes one report of the media process. One that is known, or
// changes nothing, leaves no trace. The first report of an incarnation,
// whichever it is, ends everything that lived in the others.
func (m *Machine) takeVoiceReport(s *tandem.Step, r voice.Report) error {
	if r.Incarnation.IsZero() || r.Number == 0 {
		return tandem.Errorf(tandem.Invalid, "Report", "a voice report needs its incarnation and a number from 1")
	}
	last, known := m.state.VoiceReports[r.Incarnation]
	if known && r.Number <= last {
		return nil
	}
	if known && m.change(r) == nil {
		return nil
	}
	s.Emit(&event.VoiceReportTaken{Incarnation: r.Incarnation, Number: r.Number})
	if !known {
		m.loseMedia(s, r)
	}
	if change := m.change(r); change != nil {
		change(s)
	}
	return nil
}

// loseMedia ends what lived in other incarnations than that of the report.
func (m *Machine) loseMedia(s *tandem.Step, r voice.Report) {
	for _, id := range tandem.SortedIDs(m.state.VoiceReports) {
		if id != r.Incarnation && m.state.VoiceReports[id] != deadIncarnation {
			s.Emit(&event.VoiceReportTaken{Incarnation: id, Number: deadIncarnation})
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Contacts) {
		if c := m.state.Contacts[id]; c.Channel == event.Voice {
			m.loseLegs(s, c, r.At)
		}
	}
}

// loseLegs says that no leg of the contact exists any more.
func (m *Machine) loseLegs(s *tandem.Step, c *Contact, at tandem.Time) {
	for i := len(c.Legs) - 1; i >= 0; i-- { // an agent's leg leaves the list
		if leg := c.Legs[i]; leg.State != event.LegGone {
			m.emitLeg(s, c, leg, event.LegGone, voice.CauseLost, at)
		}
	}
	if c.live() {
		m.disconnect(s, c, at, event.TelecomProblem)
	}
}

func (m *Machine) emitLeg(s *tandem.Step, c *Contact, leg Leg, state event.LegState, cause voice.Cause, at tandem.Time) {
	s.Emit(&event.LegChanged{ContactID: c.ContactID, LegID: leg.ID, UserID: leg.UserID, State: state, Cause: uint8(cause), At: c.notBefore(s, at)})
}

// change is what a report changes, or nil.
func (m *Machine) change(r voice.Report) func(*tandem.Step) {
	if r.Kind == voice.CallArrived {
		return m.callArrived(r)
	}
	c := m.state.Contacts[r.Room]
	if c == nil {
		return nil
	}
	switch r.Kind {
	case voice.PlayEnded:
		return m.playEnded(c, r)
	case voice.RecordingEnded:
		return m.recordingEnded(c, r)
	case voice.RoomForgotten:
		return m.roomForgotten(c, r)
	}
	i := c.legIndex(r.Leg)
	if i < 0 {
		return nil
	}
	return m.legReported(c, c.Legs[i], r)
}

// callArrived makes a contact of a call, or refuses it.
func (m *Machine) callArrived(r voice.Report) func(*tandem.Step) {
	id := r.Leg.Derive(contactNumber)
	if r.Leg.IsZero() || m.state.Contacts[id] != nil {
		return nil
	}
	number := m.state.Numbers[m.numbers[r.To]]
	return func(s *tandem.Step) {
		at := min(r.At, s.At)
		refused := &event.CallRefused{LegID: r.Leg, RoomID: id, SystemAddress: r.To, At: at}
		switch {
		case number == nil:
			refused.Cause = uint8(voice.CauseInvalid)
			s.Emit(refused)
		case m.state.Flows[number.FlowID].startable() == nil:
			refused.Cause = uint8(voice.CauseUnreachable)
			s.Emit(refused)
		default:
			s.Emit(&event.ContactInitiated{
				ContactID: id, InitialContactID: id, Channel: event.Voice, Method: event.Inbound, At: at,
				CustomerAddress: r.From, SystemAddress: r.To, CustomerLeg: r.Leg,
			})
		}
	}
}

// legReported moves a leg onwards; legs never go back.
func (m *Machine) legReported(c *Contact, leg Leg, r voice.Report) func(*tandem.Step) {
	customer := leg.UserID.IsZero()
	switch {
	case r.Kind == voice.LegRinging && leg.State == event.LegRequested:
		return func(s *tandem.Step) { m.emitLeg(s, c, leg, event.LegRinging, voice.CauseNone, r.At) }
	case r.Kind == voice.LegEnded && leg.State != event.LegGone:
		return func(s *tandem.Step) { m.legEnded(s, c, leg, r) }
	case r.Kind != voice.LegAnswered || leg.State >= event.LegAnswered || !c.live():
		return nil
	case customer:
		return func(s *tandem.Step) { m.customerAnswered(s, c, leg, r) }
	case c.Phase == Offered && leg.ID == c.OfferID:
		return func(s *tandem.Step) {
			m.emitLeg(s, c, leg, event.LegAnswered, voice.CauseNone, r.At)
			m.accept(s, c, r.At)
		}
	}
	return nil
}

// customerAnswered begins the flow of the number that was dialled. The guide
// has an inbound contact connected to the system when it was initiated; here
// it is the moment of the packet that answered the call.
func (m *Machine) customerAnswered(s *tandem.Step, c *Contact, leg Leg, r voice.Report) {
	m.emitLeg(s, c, leg, event.LegAnswered, voice.CauseNone, r.At)
	s.Emit(&event.ContactConnectedToSystem{ContactID: c.ContactID, At: c.notBefore(s, r.At)})
	var f *event.FlowSaved
	if number := m.state.Numbers[m.numbers[c.SystemAddress]]; number != nil {
		f = m.state.Flows[number.FlowID].startable()
	}
	if f == nil {
		m.disconnect(s, c, r.At, event.ContactFlowDisconnect)
		return
	}
	m.enterFlow(s, c, f, r.At)
}

func (m *Machine) legEnded(s *tandem.Step, c *Contact, leg Leg, r voice.Report) {
	current := leg.ID == c.OfferID
	m.emitLeg(s, c, leg, event.LegGone, r.Cause, r.At)
	switch {
	case !c.live():
	case leg.UserID.IsZero():
		m.disconnect(s, c, r.At, lostReason(r.Cause, event.CustomerDisconnect))
	case current && c.Phase == Offered:
		m.endOffer(s, c, r.At, outcomeOf(r.Cause))
	case current && c.Phase == WithAgent:
		m.disconnect(s, c, r.At, lostReason(r.Cause, event.AgentDisconnect))
	}
}

// outcomeOf is how an offer ended whose phone gave the cause.
func outcomeOf(cause voice.Cause) event.OfferOutcome {
	switch cause {
	case voice.CauseNoAnswer:
		return event.OfferMissed
	case voice.CauseBusy, voice.CauseRejected, voice.CauseRemote:
		return event.OfferRejected
	}
	return event.OfferFailed
}

// playEnded lets the flow go on, if this is what it plays now.
func (m *Machine) playEnded(c *Contact, r voice.Report) func(*tandem.Step) {
	if !c.live() || c.Play == nil || c.Play.Started.PlayID != r.Play {
		return nil
	}
	in := flow.Input{Kind: flow.InputPlayDone}
	switch r.Outcome {
	case voice.PlayDigits:
		in = flow.Input{Kind: flow.InputDigits, Digits: string(r.Digits)}
	case voice.PlayTimeout:
		in.Kind = flow.InputTimeout
	case voice.PlayFailed:
		in.Kind = flow.InputPlayFailed
	}
	return func(s *tandem.Step) {
		m.stopPlay(s, c)
		m.resume(s, c, in, r.At)
	}
}

func (m *Machine) recordingEnded(c *Contact, r voice.Report) func(*tandem.Step) {
	if c.RecordingID.IsZero() || c.RecordingID != r.Recording || c.RecordingLocation == r.Location {
		return nil
	}
	return func(s *tandem.Step) {
		s.Emit(&event.RecordingFinished{ContactID: c.ContactID, RecordingID: r.Recording, Location: r.Location,
			StartedAt: r.Started, StoppedAt: r.Stopped})
	}
}

// roomForgotten says that media has nothing left of the contact.
func (m *Machine) roomForgotten(c *Contact, r voice.Report) func(*tandem.Step) {
	if c.Channel != event.Voice || !c.live() && !c.hasLegs() {
		return nil
	}
	return func(s *tandem.Step) { m.loseLegs(s, c, r.At) }
}

// hasLegs reports whether a leg may still exist in the media process.
func (c *Contact) hasLegs() bool {
	for i := range c.Legs {
		if c.Legs[i].State != event.LegGone {
			return true
		}
	}
	return false
}
