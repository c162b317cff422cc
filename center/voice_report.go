package center

import (
	"math"
	"slices"

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
func (m *Machine) takeVoiceReport(s *tandem.Step, r *voice.Report) error {
	if r.Incarnation.IsZero() || r.Number == 0 {
		return tandem.Errorf(tandem.Invalid, "Report", "a voice report needs its incarnation and a number from 1")
	}
	last, known := m.state.VoiceReports[r.Incarnation]
	if known && r.Number <= last {
		return nil
	}
	change := m.change(r)
	if known && change.kind == changesNothing {
		return nil
	}
	s.Emit(&event.VoiceReportTaken{Incarnation: r.Incarnation, Number: r.Number})
	if !known {
		m.loseMedia(s, r)
		change = m.change(r)
	}
	m.carry(s, r, change)
	return nil
}

// loseMedia ends what lived in other incarnations than that of the report.
func (m *Machine) loseMedia(s *tandem.Step, r *voice.Report) {
	for _, id := range tandem.SortedIDs(m.state.VoiceReports) {
		if id != r.Incarnation && m.state.VoiceReports[id] != deadIncarnation {
			s.Emit(&event.VoiceReportTaken{Incarnation: id, Number: deadIncarnation})
		}
	}
	for _, id := range tandem.SortedIDs(m.calls) {
		m.loseLegs(s, id, r.At)
	}
}

// loseLegs says that no leg of the call exists any more.
func (m *Machine) loseLegs(s *tandem.Step, callID tandem.ID, at tandem.Time) {
	contacts := m.inCall(callID)
	for _, c := range contacts {
		for _, l := range append([]Leg(nil), c.Legs...) {
			if l.alive() {
				m.emitLeg(s, c, l, event.LegGone, voice.CauseLost, at)
			}
		}
	}
	for _, c := range contacts {
		m.disconnect(s, c, at, event.TelecomProblem)
	}
}

// change is what a report changes. It is no function that does it: a closure
// would cost an allocation for each of what it remembers, and reports are most
// of all commands.
type change struct {
	kind    changeKind
	contact *Contact
	callID  tandem.ID      // of one that arrives
	leg     Leg            // as it was before the report
	side    event.FlowSide // on which something was played
}

type changeKind uint8

const (
	changesNothing changeKind = iota
	callArrives
	legRings
	legAnswers
	legEnds
	playEnds
	recordingEnds
	callEnds
)

// change is what a report changes.
func (m *Machine) change(r *voice.Report) change {
	switch r.Kind {
	case voice.CallArrived:
		return m.callArrived(r)
	case voice.PlayEnded:
		return m.playEnded(r)
	case voice.RecordingEnded:
		return m.recordingEnded(r)
	case voice.RoomForgotten:
		return m.roomForgotten(r)
	}
	c, l := m.leg(r.Room, r.Leg)
	if l == nil {
		return change{}
	}
	return change{kind: c.legReported(l, r.Kind), contact: c, leg: *l}
}

// carry does what a report changes.
func (m *Machine) carry(s *tandem.Step, r *voice.Report, ch change) {
	c := ch.contact
	switch ch.kind {
	case callArrives:
		m.beginCall(s, r, ch.callID)
	case legRings:
		m.emitLeg(s, c, ch.leg, event.LegRinging, voice.CauseNone, r.At)
	case legAnswers:
		m.legAnswered(s, c, ch.leg, r.At)
	case legEnds:
		m.legGone(s, c, ch.leg, r.Cause, r.At)
	case playEnds:
		m.stopPlay(s, c, ch.side)
		m.resume(s, c, ch.side, playInput(r), r.At)
	case recordingEnds:
		s.Emit(&event.RecordingFinished{ContactID: c.ContactID, RecordingID: r.Recording, Location: r.Location,
			StartedAt: r.Started, StoppedAt: r.Stopped})
	case callEnds:
		m.loseLegs(s, r.Room, r.At)
	}
}

// callArrived says whether a call is new.
func (m *Machine) callArrived(r *voice.Report) change {
	if r.Leg.IsZero() {
		return change{}
	}
	id := r.Leg.Derive(contactNumber)
	if m.state.Contacts[id] != nil {
		return change{}
	}
	if _, l := m.leg(id, r.Leg); l != nil { // the customer went on in another contact of the call
		return change{}
	}
	return change{kind: callArrives, callID: id}
}

// beginCall makes a contact of a call, or refuses it.
func (m *Machine) beginCall(s *tandem.Step, r *voice.Report, id tandem.ID) {
	at := min(r.At, s.At)
	number := m.state.Numbers[m.numbers[r.To]]
	cause := voice.CauseNone
	switch {
	case number == nil:
		cause = voice.CauseInvalid
	case m.state.Flows[number.FlowID].startable() == nil:
		cause = voice.CauseUnreachable
	}
	if cause != voice.CauseNone {
		s.Emit(&event.CallRefused{LegID: r.Leg, RoomID: id, SystemAddress: r.To, Cause: uint8(cause), At: at})
		return
	}
	s.Emit(&event.ContactInitiated{
		ContactID: id, InitialContactID: id, Channel: event.Voice, Method: event.Inbound, At: at,
		CustomerAddress: r.From, SystemAddress: r.To, CustomerLeg: r.Leg,
	})
}

// legReported is how a report of its kind moves a leg onwards; legs never go
// back.
func (c *Contact) legReported(l *Leg, kind voice.ReportKind) changeKind {
	switch {
	case kind == voice.LegRinging && l.State == event.LegRequested:
		return legRings
	case kind == voice.LegEnded && l.alive():
		return legEnds
	case kind == voice.LegAnswered && l.State < event.LegAnswered && c.live():
		return legAnswers
	}
	return changesNothing
}

func (m *Machine) legAnswered(s *tandem.Step, c *Contact, leg Leg, at tandem.Time) {
	m.emitLeg(s, c, leg, event.LegAnswered, voice.CauseNone, at)
	switch leg.role() {
	case event.CustomerLeg:
		m.customerConnected(s, c, at)
	case event.OutsideLeg:
		if c.Method == event.ExternalOutbound && c.ConnectedToSystemAt.IsZero() {
			s.Emit(&event.ContactConnectedToSystem{ContactID: c.ContactID, At: c.notBefore(s, at)})
		}
		if c.Flow.waits() {
			s.Emit(&event.ContactTransferred{ContactID: c.ContactID, InitialContactID: c.InitialContactID, To: event.TransferOutside,
				Endpoint: leg.Dialed.Target, At: c.notBefore(s, at)})
			m.resume(s, c, event.CustomerSide, flow.Input{Kind: flow.InputAnswered}, at)
		}
	default:
		m.agentAnswered(s, c, leg, at)
	}
}

// agentAnswered goes on with an agent's leg. Lifting a desk phone accepts; a
// browser's leg stands before its agent has accepted.
func (m *Machine) agentAnswered(s *tandem.Step, c *Contact, leg Leg, at tandem.Time) {
	switch {
	case leg.ID != c.OfferID:
	case c.Phase == Joining:
		m.agentReady(s, c, at)
	case c.Phase == Offered && m.ringsAtDesk(m.agent(leg.UserID), c):
		m.accept(s, c, at)
	}
}

// legGone takes a leg out of its call, and does what follows.
func (m *Machine) legGone(s *tandem.Step, c *Contact, leg Leg, cause voice.Cause, at tandem.Time) {
	if leg.role() == event.OutsideLeg && c.live() {
		m.outsideGone(s, c, leg, cause, at)
		return
	}
	m.emitLeg(s, c, leg, event.LegGone, cause, at)
	switch {
	case !c.live():
	case leg.role() == event.CustomerLeg && leg.State != event.LegAnswered && leg.Dialed != nil:
		m.customerLeft(s, c.callID(), at, unreached(cause))
	case leg.role() == event.CustomerLeg:
		m.customerLeft(s, c.callID(), at, lostReason(cause, event.CustomerDisconnect))
	case leg.ID != c.OfferID:
	case c.Phase == Offered:
		m.endOffer(s, c, at, outcomeOf(cause))
	case c.Phase == Joining:
		m.dropJoining(s, c, at, outcomeOf(cause))
	case c.Phase == WithAgent:
		m.disconnect(s, c, at, lostReason(cause, event.AgentDisconnect))
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
func (m *Machine) playEnded(r *voice.Report) change {
	c, side := m.playing(r.Room, r.Play)
	if c == nil {
		return change{}
	}
	return change{kind: playEnds, contact: c, side: side}
}

// playInput is what the end of a play says to the flow.
func playInput(r *voice.Report) flow.Input {
	switch r.Outcome {
	case voice.PlayDigits:
		return flow.Input{Kind: flow.InputDigits, Digits: string(r.Digits)}
	case voice.PlayTimeout:
		return flow.Input{Kind: flow.InputTimeout}
	case voice.PlayFailed:
		return flow.Input{Kind: flow.InputPlayFailed}
	case voice.PlaySpoken:
		return flow.Input{Kind: flow.InputUtterance, Text: string(r.Text), Speech: true}
	}
	return flow.Input{Kind: flow.InputPlayDone}
}

// playing finds the live contact of a call that plays something, and for whom.
func (m *Machine) playing(callID, playID tandem.ID) (*Contact, event.FlowSide) {
	for _, c := range m.inCall(callID) {
		for side := event.CustomerSide; side <= event.AgentSide; side++ {
			if p := *c.playOn(side); c.live() && p != nil && p.Started.PlayID == playID {
				return c, side
			}
		}
	}
	return nil, 0
}

// recordingEnded finds the contact of a recording that is stored.
func (m *Machine) recordingEnded(r *voice.Report) change {
	for _, c := range m.inCall(r.Room) {
		if !c.RecordingID.IsZero() && c.RecordingID == r.Recording && c.RecordingLocation != r.Location {
			return change{kind: recordingEnds, contact: c}
		}
	}
	return change{}
}

// roomForgotten says that media has nothing left of the call.
func (m *Machine) roomForgotten(r *voice.Report) change {
	if slices.ContainsFunc(m.inCall(r.Room), (*Contact).concernsMedia) {
		return change{kind: callEnds}
	}
	return change{}
}

// hasLegs reports whether a leg may still exist in the media process.
func (c *Contact) hasLegs() bool {
	for i := range c.Legs {
		if c.Legs[i].alive() {
			return true
		}
	}
	return false
}
