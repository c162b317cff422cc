package kustomer

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// smallCenter is a contact center of one agent: it owns the status, takes one
// as the next while there are contacts, and says what its contacts do.
type smallCenter struct {
	status, next tandem.ID
	contacts     []tandem.ID
}

type (
	tell    struct{ events []tandem.Event }
	choose  struct{ status tandem.ID }
	ring    struct{ contact tandem.ID }
	cleared struct{ contact tandem.ID }
)

var (
	person   = tandem.NameID("user", "agent0")
	centerID = tandem.NameID("instance", "chain")
)

func statusID(name string) tandem.ID { return tandem.NameID("status", name) }

// centerStatuses are the statuses of the center, as events.
func centerStatuses() []tandem.Event {
	all := []tandem.Event{&event.InstanceCreated{InstanceID: centerID}}
	for _, s := range []event.AgentStatusSaved{
		{Name: "Available", Type: event.Routable}, {Name: "Offline", Type: event.Offline}, {Name: "Lunch", Type: event.Custom},
		{Name: "Break", Type: event.Custom}, {Name: "Some work", Type: event.Custom}, {Name: "Full", Type: event.Custom},
	} {
		s.StatusID, s.Enabled = statusID(s.Name), true
		all = append(all, &s)
	}
	return append(all, &event.UserSaved{UserID: person})
}

func (c *smallCenter) Owns(body any) bool {
	switch body.(type) {
	case tell, choose, ring, cleared:
		return true
	}
	return false
}

func (c *smallCenter) Decide(s *tandem.Step, body any) (any, error) {
	switch b := body.(type) {
	case tell:
		for _, ev := range b.events {
			s.Emit(ev)
		}
	case choose:
		if len(c.contacts) == 0 && c.status != b.status {
			s.Emit(&event.AgentStatusChanged{UserID: person, StatusID: b.status, At: s.At})
		} else if len(c.contacts) > 0 && c.next != b.status {
			s.Emit(&event.NextStatusSet{UserID: person, StatusID: b.status, At: s.At})
		}
	case ring:
		s.Emit(&event.OfferMade{UserID: person, ContactID: b.contact})
	case cleared:
		s.Emit(&event.ContactCleared{UserID: person, ContactID: b.contact, At: s.At})
		if len(c.contacts) == 0 && !c.next.IsZero() {
			s.Emit(&event.AgentStatusChanged{UserID: person, StatusID: c.next, At: s.At})
		}
	}
	return nil, nil
}

func (c *smallCenter) Apply(_ tandem.Seq, _ tandem.Time, ev tandem.Event) {
	switch e := ev.(type) {
	case *event.UserSaved:
		c.status = statusID("Offline")
	case *event.AgentStatusChanged:
		c.status, c.next = e.StatusID, tandem.ID{}
	case *event.NextStatusSet:
		c.next = e.StatusID
	case *event.OfferMade:
		c.contacts = append(c.contacts, e.ContactID)
	case *event.ContactCleared:
		c.contacts = slices.DeleteFunc(c.contacts, func(id tandem.ID) bool { return id == e.ContactID })
	}
}

func (c *smallCenter) NextDue() (tandem.Time, bool)             { return 0, false }
func (c *smallCenter) TakeEffects(tandem.Epoch) []tandem.Effect { return nil }
func (c *smallCenter) Outstanding(tandem.Epoch) []tandem.Effect { return nil }
func (c *smallCenter) Hash() uint64                             { return 0 }
func (c *smallCenter) EncodeSnapshot(*tandem.Encoder)           {}
func (c *smallCenter) DecodeSnapshot(*tandem.Decoder)           {}
func (c *smallCenter) Check() error                             { return nil }

func centerWish(wish any) (any, bool) {
	if w, ok := wish.(presence.CenterWrite); ok {
		return choose{w.StatusID}, true
	}
	return nil, false
}
