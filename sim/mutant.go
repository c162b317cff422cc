package sim

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/voice"
)

// mutant is a core or shell with one fault built in; the zero value has none.
type mutant struct {
	name         string
	caughtBy     property
	wrap         wrap
	releaseEarly bool // effects leave before the sync
}

// mutants has one for each property, which the others do not catch.
var mutants = []mutant{
	{name: "effects leave before the sync", caughtBy: simS1, releaseEarly: true},
	{name: "applying reads something outside of the event", caughtBy: simS2, wrap: func(m *center.Machine) instance.Machine { return &counting{Machine: m} }},
	{name: "a withdrawn offer keeps its slot", caughtBy: simS3, wrap: func(m *center.Machine) instance.Machine { return keeping{m} }},
	{name: "a contact ends twice", caughtBy: simS9, wrap: func(m *center.Machine) instance.Machine { return &repeating{Machine: m} }},
	{name: "the customer's hanging up is overheard", caughtBy: simL1, wrap: func(m *center.Machine) instance.Machine { return deaf{m} }},
}

// rare picks an eighth of all ids.
func rare(id tandem.ID) bool { return id[15]%8 == 0 }

// counting gives every fourth contact that it queues in this life a worse
// priority.
type counting struct {
	*center.Machine
	queued int
}

// Apply implements instance.Machine.
func (m *counting) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	if q, ok := ev.(*event.ContactQueued); ok {
		if m.queued++; m.queued%4 == 0 {
			worse := *q
			worse.Priority++
			ev = &worse
		}
	}
	m.Machine.Apply(seq, at, ev)
}

// keeping does not apply the end of an offer that was withdrawn.
type keeping struct{ *center.Machine }

// Apply implements instance.Machine.
func (m keeping) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	switch e := ev.(type) {
	case *event.OfferEnded:
		if e.Outcome == event.OfferWithdrawn && rare(e.ContactID) {
			return
		}
	case *event.ContactCleared:
		if c := m.State().Contacts[e.ContactID]; c != nil && c.Phase == center.Offered && c.UserID == e.UserID && rare(e.ContactID) {
			return
		}
	}
	m.Machine.Apply(seq, at, ev)
}

// repeating says of some contacts twice that they ended.
type repeating struct {
	*center.Machine
	repeated tandem.ID
}

// React implements instance.Reactor.
func (m *repeating) React(s *tandem.Step, ev tandem.Event) {
	if e, ok := ev.(*event.ContactEnded); ok && rare(e.ContactID) && m.repeated != e.ContactID {
		m.repeated = e.ContactID
		s.Emit(&event.ContactEnded{ContactID: e.ContactID, At: e.At})
	}
}

// deaf takes no notice when some customers hang up.
type deaf struct{ *center.Machine }

// Decide implements instance.Machine.
func (m deaf) Decide(s *tandem.Step, body any) (any, error) {
	if b, ok := body.(center.TakeVoiceReport); ok && b.Report.Kind == voice.LegEnded && rare(b.Report.Room) {
		if c := m.State().Contacts[b.Report.Room]; c != nil && len(c.Legs) > 0 && c.Legs[0].ID == b.Report.Leg {
			return nil, nil
		}
	}
	return m.Machine.Decide(s, body)
}
