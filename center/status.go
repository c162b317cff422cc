package center

import (
	"tandem"
	"tandem/event"
)

// Obstacle says why an agent cannot be offered a contact of a channel now.
type Obstacle uint8

// The obstacles, in the order in which they are looked at.
const (
	NoObstacle       Obstacle = iota // none
	NotAvailable                     // the status is not of type Routable
	NextStatusWaits                  // a next status is pending
	HasMissedContact                 // a missed or declined contact is not cleared yet
	BeingOffered                     // another contact is just offered
	NoPhone                          // voice needs a desk phone
	OtherChannel                     // works on a contact of another channel
	AtCapacity                       // has as many contacts of the channel as the routing profile allows
)

var obstacleTexts = [...]string{
	"can take the contact",
	"the agent's status is not Available",
	"the agent has chosen a next status",
	"the agent has missed or declined a contact and not cleared it yet",
	"the agent is being offered another contact",
	"the agent has no desk phone for voice contacts",
	"the agent works on a contact of another channel",
	"the agent has as many contacts of this channel as the routing profile allows",
}

// String is the obstacle for people.
func (o Obstacle) String() string { return obstacleTexts[o] }

// obstacle is the first reason why the agent cannot take a contact of the
// channel. While an agent works on one channel, contacts of the others go
// elsewhere (Amazon Connect API: CrossChannelBehavior, by default
// ROUTE_CURRENT_CHANNEL_ONLY). One contact is offered at a time.
func (m *Machine) obstacle(a *Agent, ch event.Channel) Obstacle {
	if st := m.state.Statuses[a.StatusID]; st == nil || st.Type != event.Routable {
		return NotAvailable
	}
	if !a.NextStatusID.IsZero() {
		return NextStatusWaits
	}
	if ch == event.Voice && a.User.PhoneType != event.DeskPhone {
		return NoPhone
	}
	held := 0
	for i := range a.Contacts {
		switch slot := &a.Contacts[i]; {
		case slot.State == Missed:
			return HasMissedContact
		case slot.State == Connecting:
			return BeingOffered
		case slot.Channel != ch:
			return OtherChannel
		}
		held++
	}
	if held >= m.concurrency(a, ch) {
		return AtCapacity
	}
	return NoObstacle
}

// concurrency is how many contacts of the channel the agent takes at once.
func (m *Machine) concurrency(a *Agent, ch event.Channel) int {
	p := m.state.RoutingProfiles[a.User.RoutingProfileID]
	if p == nil {
		return 0
	}
	for _, c := range p.Concurrency {
		if c.Channel == ch {
			return int(c.Maximum)
		}
	}
	return 0
}

// putUserStatus sets the status of an agent without contacts at once. Of an
// agent with contacts it sets the next status, which is taken when the last of
// them is cleared; the present status, or any status of type Routable, takes
// that wish back (Amazon Connect Administrator Guide: Set next status).
func (m *Machine) putUserStatus(s *tandem.Step, b PutUserStatus) error {
	a, err := m.knownAgent(b.UserID)
	if err != nil {
		return err
	}
	st := m.state.Statuses[b.StatusID]
	if st == nil {
		return tandem.Errorf(tandem.NotFound, "AgentStatusId", "there is no agent status %s", b.StatusID)
	}
	if !st.Enabled {
		return tandem.Errorf(tandem.Invalid, "AgentStatusId", "the status %q is disabled; enable it or choose another", st.Name)
	}
	next := b.StatusID
	if st.Type == event.Routable || b.StatusID == a.StatusID {
		next = tandem.ID{}
	}
	switch {
	case len(a.Contacts) == 0 && a.StatusID != b.StatusID:
		s.Emit(&event.AgentStatusChanged{UserID: b.UserID, StatusID: b.StatusID, At: s.At})
	case len(a.Contacts) > 0 && a.NextStatusID != next:
		s.Emit(&event.NextStatusSet{UserID: b.UserID, StatusID: next, At: s.At})
	}
	return nil
}

// takeNextStatus takes the pending status once the agent has no contact left.
func (m *Machine) takeNextStatus(s *tandem.Step, a *Agent) {
	if len(a.Contacts) == 0 && !a.NextStatusID.IsZero() {
		s.Emit(&event.AgentStatusChanged{UserID: a.User.UserID, StatusID: a.NextStatusID, At: s.At})
	}
}

func (m *Machine) knownAgent(id tandem.ID) (*Agent, error) {
	if a := m.state.Agents[id]; a != nil {
		return a, nil
	}
	return nil, tandem.Errorf(tandem.NotFound, "UserId", "there is no user %s", id)
}

func (m *Machine) knownSlot(userID, contactID tandem.ID) (*Agent, *AgentContact, error) {
	a, err := m.knownAgent(userID)
	if err != nil {
		return nil, nil, err
	}
	slot := a.slot(contactID)
	if slot == nil {
		return nil, nil, tandem.Errorf(tandem.NotFound, "ContactId", "the agent does not have the contact %s", contactID)
	}
	return a, slot, nil
}

// dismissUserContact clears a contact that was missed, or ends its wrap-up
// (Amazon Connect API: DismissUserContact).
func (m *Machine) dismissUserContact(s *tandem.Step, b DismissUserContact) error {
	a, slot, err := m.knownSlot(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	if slot.State != Missed && slot.State != AfterContactWork {
		return tandem.Errorf(tandem.Conflict, "ContactId",
			"the contact is %s; only one that is missed or in after contact work can be cleared", slot.State)
	}
	m.clear(s, a, b.ContactID)
	return nil
}

// clear frees the slot of a contact that is missed or wrapped up.
func (m *Machine) clear(s *tandem.Step, a *Agent, contactID tandem.ID) {
	wrappedUp := a.slot(contactID).State == AfterContactWork
	s.Emit(&event.ContactCleared{ContactID: contactID, UserID: a.User.UserID, At: s.At})
	if wrappedUp {
		s.Emit(&event.ContactEnded{ContactID: contactID, At: s.At})
	}
	m.takeNextStatus(s, a)
}
