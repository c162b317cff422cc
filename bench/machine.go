package bench

import (
	"encoding/binary"
	"strings"

	"tandem"
	"tandem/event"
)

// contactRecords is how many records one contact takes part in.
const contactRecords = 8

// advance is the command of the load: ten facts about one contact.
type advance struct{ number uint64 }

// loaded is a machine whose every command states ten facts of about 256 bytes
// each, half of the bytes personal. It remembers as a contact center does:
// what was said last of each contact that is under way.
type loaded struct {
	contacts map[tandem.ID]*remembered
	sum      uint64
}

type remembered struct {
	attributes tandem.PersonalMap
	play       event.PlayStarted
	facts      uint64
}

func newLoaded() *loaded { return &loaded{contacts: map[tandem.ID]*remembered{}} }

// Owns implements instance.Machine.
func (*loaded) Owns(body any) bool { _, ok := body.(advance); return ok }

// Decide implements instance.Machine.
func (m *loaded) Decide(s *tandem.Step, body any) (any, error) {
	a, ok := body.(advance)
	if !ok {
		return nil, nil
	}
	contact := tandem.ID{15: 1}.Derive(a.number / contactRecords)
	for _, ev := range facts(s, contact) {
		s.Emit(ev)
	}
	if a.number%contactRecords == contactRecords-1 {
		s.Emit(&event.ContactForgotten{ContactID: contact})
	}
	return nil, nil
}

// facts are ten events as a flow, a queue and an offer lead to them.
func facts(s *tandem.Step, contact tandem.ID) []tandem.Event {
	user, queue := contact.Derive(1), contact.Derive(2)
	block := func(kind, outcome string) *event.FlowBlockRan {
		return &event.FlowBlockRan{ContactID: contact, ActionID: user.String(), Type: kind, Outcome: outcome, NextAction: queue.String(),
			BlockState: strings.Repeat("position 4 of 9; ", 8)}
	}
	attributes := tandem.PersonalMap{"language": "en", "segment": "gold", "order": "100200300",
		"order.status": "shipped on Tuesday, arrives on Friday", "notes": strings.Repeat("Called twice, was promised a call back. ", 14)}
	return []tandem.Event{
		&event.FlowEntered{ContactID: contact, FlowID: queue, Version: 12, Type: "CONTACT_FLOW"},
		block("UpdateContactRecordingBehavior", "Success"),
		block("GetParticipantInput", "1"),
		&event.PlayStarted{ContactID: contact, InitialContactID: contact, PlayID: user, Kinds: []event.PromptKind{event.PromptText},
			Prompts: []tandem.Personal{tandem.Personal(strings.Repeat("For sales press one, for support press two. ", 12))}, CollectDigits: 1, Deadline: s.At.AddSeconds(30)},
		&event.ContactAttributesSet{ContactID: contact, InitialContactID: contact, Attributes: attributes},
		&event.ContactQueued{ContactID: contact, QueueID: queue, Priority: 5, At: s.At},
		&event.OfferMade{ContactID: contact, UserID: user, OfferID: queue, QueueID: queue, Deadline: s.At, AvailableSince: s.At, ProfilePriority: 1},
		block("UpdateContactTargetQueue", "Success"),
		&event.AgentConnected{ContactID: contact, UserID: user, At: s.At},
		&event.ContactDisconnected{ContactID: contact, At: s.At, Reason: event.CustomerDisconnect},
	}
}

// Apply implements instance.Machine.
func (m *loaded) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.sum = m.sum*1099511628211 ^ uint64(seq)<<16 ^ uint64(ev.Kind()) ^ uint64(at)
	switch ev := ev.(type) {
	case *event.FlowEntered:
		m.contact(ev.ContactID).facts++
	case *event.ContactAttributesSet:
		m.contact(ev.ContactID).attributes = ev.Attributes
	case *event.PlayStarted:
		m.contact(ev.ContactID).play = *ev
	case *event.ContactForgotten:
		delete(m.contacts, ev.ContactID)
	}
}

func (m *loaded) contact(id tandem.ID) *remembered {
	c := m.contacts[id]
	if c == nil {
		c = &remembered{}
		m.contacts[id] = c
	}
	return c
}

// NextDue implements instance.Machine.
func (*loaded) NextDue() (tandem.Time, bool) { return 0, false }

// TakeEffects implements instance.Machine.
func (*loaded) TakeEffects(tandem.Epoch) []tandem.Effect { return nil }

// Outstanding implements instance.Machine.
func (*loaded) Outstanding(tandem.Epoch) []tandem.Effect { return nil }

// Hash implements instance.Machine.
func (m *loaded) Hash() uint64 { return m.sum }

// EncodeSnapshot implements instance.Machine.
func (m *loaded) EncodeSnapshot(e *tandem.Encoder) {
	e.Fixed(binary.BigEndian.AppendUint64(nil, m.sum))
	e.Uvarint(uint64(len(m.contacts)))
	for _, id := range tandem.SortedIDs(m.contacts) {
		c := m.contacts[id]
		e.ID(id)
		e.Uvarint(c.facts)
		(&event.ContactAttributesSet{ContactID: id, InitialContactID: id, Attributes: c.attributes}).EncodeWire(e)
		c.play.InitialContactID = id
		c.play.EncodeWire(e)
	}
}

// DecodeSnapshot implements instance.Machine.
func (m *loaded) DecodeSnapshot(d *tandem.Decoder) {
	sum := make([]byte, 8)
	d.Fixed(sum)
	m.sum = binary.BigEndian.Uint64(sum)
	for range d.BeginList(20) {
		c := m.contact(d.ID())
		c.facts = d.Uvarint()
		var set event.ContactAttributesSet
		set.DecodeWire(d)
		c.attributes = set.Attributes
		c.play.DecodeWire(d)
	}
	d.EndList()
}

// Check implements instance.Machine.
func (*loaded) Check() error { return nil }
