package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/route"
)

// phoneGraceMillis is how long the report of an unanswered phone is awaited
// after the deadline before the offer ends without it.
const phoneGraceMillis = 5_000

// forgetFresh forgets what may be matched: all that can be was matched at the
// end of the step before.
func (m *Machine) forgetFresh() {
	m.freshAgents.take()
	m.freshContacts.take()
}

// match brings waiting contacts and idle agents together. Before a step none
// fit each other, so only those that this step changed, and contacts that have
// reached a delay, are looked at: agents first, longest available first.
func (m *Machine) match(s *tandem.Step) {
	for id, ok := m.index.TakeDue(s.At); ok; id, ok = m.index.TakeDue(s.At) {
		m.freshContacts.add(id)
	}
	for {
		agents, contacts := m.freshAgents.take(), m.freshContacts.take()
		if len(agents)+len(contacts) == 0 {
			return
		}
		slices.SortFunc(agents, m.longestAvailable)
		for _, id := range agents {
			for m.offerNext(s, id) {
			}
		}
		for _, id := range contacts {
			for m.offerOne(s, id) {
			}
		}
	}
}

func (m *Machine) longestAvailable(x, y tandem.ID) int {
	a, b := m.state.Agents[x], m.state.Agents[y]
	switch {
	case a == nil || b == nil || a.AvailableSince == b.AvailableSince:
		return x.Compare(y)
	case a.AvailableSince < b.AvailableSince:
		return -1
	}
	return 1
}

// offerOne makes one offer that the waiting contact leads to.
func (m *Machine) offerOne(s *tandem.Step, contactID tandem.ID) bool {
	agentID, ok := m.index.PickAgent(contactID, s.At)
	return ok && m.offerNext(s, agentID)
}

// offerNext makes one offer that the idle agent leads to.
func (m *Machine) offerNext(s *tandem.Step, agentID tandem.ID) bool {
	chosen, pick, ok := m.index.Pair(agentID, s.At)
	if ok {
		m.offer(s, m.agent(chosen), m.contact(pick.Contact), pick)
	}
	return ok
}

func (m *Machine) offer(s *tandem.Step, a *Agent, c *Contact, pick route.Pick) {
	s.Emit(&event.OfferMade{
		ContactID:       c.ContactID,
		UserID:          a.User.UserID,
		OfferID:         s.NextID(),
		QueueID:         c.QueueID,
		Deadline:        s.At.Add(tandem.RingMillis),
		AvailableSince:  a.AvailableSince,
		ProfilePriority: pick.Entry.Priority,
	})
	if a.User.AutoAccept && c.Channel != event.Voice {
		m.accept(s, c, s.At)
	}
}

// accept connects the agent to whom the contact is offered. The flow that ran
// while the contact waited is over.
func (m *Machine) accept(s *tandem.Step, c *Contact, at tandem.Time) {
	at = c.notBefore(s, at)
	userID, offerID := c.UserID, c.OfferID
	s.Emit(&event.OfferEnded{ContactID: c.ContactID, UserID: userID, OfferID: offerID, Outcome: event.OfferAccepted, At: at})
	m.stopFlow(s, c, "AgentConnected")
	s.Emit(&event.AgentConnected{ContactID: c.ContactID, UserID: userID, At: at})
}

// endOffer ends an offer that was not accepted. Of a contact whose customer
// has left nothing stays with the agent.
func (m *Machine) endOffer(s *tandem.Step, c *Contact, at tandem.Time, outcome event.OfferOutcome) {
	a := m.agent(c.UserID)
	s.Emit(&event.OfferEnded{ContactID: c.ContactID, UserID: c.UserID, OfferID: c.OfferID, Outcome: outcome, At: c.notBefore(s, at)})
	if outcome == event.OfferWithdrawn {
		s.Emit(&event.ContactCleared{ContactID: c.ContactID, UserID: a.User.UserID, At: s.At})
		m.takeNextStatus(s, a)
	}
}

// offeredContact is the contact that is just offered to the agent.
func (m *Machine) offeredContact(userID, contactID tandem.ID) (*Contact, error) {
	_, slot, err := m.knownSlot(userID, contactID)
	if err != nil {
		return nil, err
	}
	if slot.State != Connecting {
		return nil, tandem.Errorf(tandem.Conflict, "ContactId", "the contact is %s and no longer offered", slot.State)
	}
	return m.contact(contactID), nil
}

func (m *Machine) acceptContact(s *tandem.Step, b AcceptContact) error {
	c, err := m.offeredContact(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	if c.Channel == event.Voice {
		return tandem.Errorf(tandem.Conflict, "ContactId", "a call is accepted by answering the desk phone")
	}
	m.accept(s, c, s.At)
	return nil
}

func (m *Machine) rejectContact(s *tandem.Step, b RejectContact) error {
	c, err := m.offeredContact(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	m.endOffer(s, c, s.At, event.OfferRejected)
	return nil
}
