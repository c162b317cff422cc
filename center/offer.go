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

// offerNext makes one offer that the idle agent leads to. The customer of a
// callback who is called first is called instead, and the agent kept free until
// they answer, so that no more customers are called than agents can serve; who
// is available longest then is offered the contact.
func (m *Machine) offerNext(s *tandem.Step, agentID tandem.ID) bool {
	chosen, pick, ok := m.index.Pair(agentID, s.At)
	if !ok {
		return false
	}
	a, c := m.agent(chosen), m.contact(pick.Contact)
	if cb := c.Callback; cb != nil && cb.Planned.CustomerFirst && !c.customerAnswered() {
		m.dialCustomerFor(s, c, "", chosen)
		return true
	}
	m.offer(s, a, c, pick)
	return true
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
	if a.User.AutoAccept && !m.ringsAtDesk(a, c) {
		m.accept(s, c, s.At)
	}
}

// ringsAtDesk reports whether the offer is taken by lifting a phone.
func (m *Machine) ringsAtDesk(a *Agent, c *Contact) bool {
	return c.Channel == event.Voice && a.User.PhoneType == event.DeskPhone
}

// offerTo offers a contact to the agent it is transferred to, and to nobody
// else. An agent in after contact work is taken out of it; one who is not
// available, or busy otherwise, does not get it, and the contact ends (Amazon
// Connect User Guide 2018: Transfer to agent).
func (m *Machine) offerTo(s *tandem.Step, c *Contact, at tandem.Time) {
	a := m.state.Agents[c.TargetUserID]
	if a == nil {
		m.disconnect(s, c, at, event.ContactFlowDisconnect)
		return
	}
	if len(a.Contacts) == 1 && a.Contacts[0].State == AfterContactWork && a.NextStatusID.IsZero() {
		m.clear(s, a, a.Contacts[0].ContactID)
	}
	if m.state.Agents[c.TargetUserID] != a || m.obstacle(a, c.Channel) != NoObstacle {
		m.disconnect(s, c, at, event.ContactFlowDisconnect)
		return
	}
	m.offer(s, a, c, route.Pick{Contact: c.ContactID})
}

// endOffer ends an offer that was not accepted. Of a contact whose customer has
// left nothing stays with the agent. One that was offered to this agent alone
// ends.
func (m *Machine) endOffer(s *tandem.Step, c *Contact, at tandem.Time, outcome event.OfferOutcome) {
	a := m.agent(c.UserID)
	s.Emit(&event.OfferEnded{ContactID: c.ContactID, UserID: c.UserID, OfferID: c.OfferID, Outcome: outcome, At: c.notBefore(s, at)})
	if outcome == event.OfferWithdrawn {
		s.Emit(&event.ContactCleared{ContactID: c.ContactID, UserID: a.User.UserID, At: s.At})
		m.slotFreed(s, a)
		return
	}
	if a.RetiredAt.IsZero() {
		m.pauseAfterMissed(s, a)
	} else { // nobody will clear it
		m.clear(s, a, c.ContactID)
	}
	if c.QueueID.IsZero() && c.live() {
		m.disconnect(s, c, at, event.Other)
	}
}

// pauseAfterMissed gives an agent who misses one offer after the other the
// status that the settings name, unless the agent has chosen another one.
func (m *Machine) pauseAfterMissed(s *tandem.Step, a *Agent) {
	limit, pause := m.state.Settings.MissedBeforePause, m.state.Statuses[m.state.Settings.PauseStatusID]
	if limit > 0 && a.MissedInRow >= limit && a.NextStatusID.IsZero() && pause != nil && pause.Enabled && a.StatusID != pause.StatusID {
		m.setStatus(s, a, pause.StatusID)
	}
}

// offeredContact is the contact that is just offered to the agent.
func (m *Machine) offeredContact(userID, contactID tandem.ID) (*Agent, *Contact, error) {
	a, slot, err := m.knownSlot(userID, contactID)
	if err != nil {
		return nil, nil, err
	}
	if slot.State != Connecting {
		return nil, nil, tandem.Errorf(tandem.Conflict, "ContactId", "the contact is %s and no longer offered", slot.State)
	}
	return a, m.contact(contactID), nil
}

func (m *Machine) acceptContact(s *tandem.Step, b AcceptContact) error {
	a, c, err := m.offeredContact(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	if m.ringsAtDesk(a, c) {
		return tandem.Errorf(tandem.Conflict, "ContactId", "a call is accepted by answering the desk phone")
	}
	m.accept(s, c, s.At)
	return nil
}

func (m *Machine) rejectContact(s *tandem.Step, b RejectContact) error {
	_, c, err := m.offeredContact(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	m.endOffer(s, c, s.At, event.OfferRejected)
	return nil
}
