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
	NoPhone                          // voice needs a desk phone, or a panel that takes calls
	OtherChannel                     // works on a contact of another channel
	AtCapacity                       // has as many contacts of the channel as the routing profile allows
	IsUnreachable                    // the panel is gone for longer than the settings allow
	IsRetired                        // is being deleted
	IsReserved                       // kept free for a callback whose customer is called first
)

var obstacleTexts = [...]string{
	"can take the contact",
	"the agent's status is not Available",
	"the agent has chosen a next status",
	"the agent has missed or declined a contact and not cleared it yet",
	"the agent is being offered another contact",
	"the agent has no phone for voice contacts",
	"the agent works on a contact of another channel",
	"the agent has as many contacts of this channel as the routing profile allows",
	"the agent's panel has been closed for too long",
	"the agent is being deleted",
	"a customer is being called back for the agent",
}

// String is the obstacle for people.
func (o Obstacle) String() string { return obstacleTexts[o] }

// obstacle is the first reason why the agent cannot take a contact of the
// channel. While an agent works on one channel, contacts of the others go
// elsewhere, unless the routing profile says of the channel worked on that any
// other may come too (Amazon Connect API: CrossChannelBehavior). One contact is
// offered at a time. A task that was put aside holds no slot.
func (m *Machine) obstacle(a *Agent, ch event.Channel) Obstacle {
	if o := m.absence(a); o != NoObstacle {
		return o
	}
	return m.occupation(a, m.state.RoutingProfiles[a.User.RoutingProfileID], ch)
}

// absence is why the agent takes no contact at all.
func (m *Machine) absence(a *Agent) Obstacle {
	switch {
	case !m.routable(a.StatusID):
		return NotAvailable
	case !a.NextStatusID.IsZero():
		return NextStatusWaits
	case !a.RetiredAt.IsZero():
		return IsRetired
	case m.unreachable(a):
		return IsUnreachable
	case len(m.reserved) > 0 && m.reserved[a.User.UserID]:
		return IsReserved
	}
	return NoObstacle
}

// occupation is why an agent with the routing profile who takes contacts takes
// none of the channel.
func (m *Machine) occupation(a *Agent, profile *event.RoutingProfileSaved, ch event.Channel) Obstacle {
	if ch == event.Voice && m.noPhone(a) {
		return NoPhone
	}
	held := 0
	for i := range a.Contacts {
		switch slot := &a.Contacts[i]; {
		case slot.State.refused():
			return HasMissedContact
		case slot.State == Connecting:
			return BeingOffered
		case slot.State == Paused:
			continue
		case slot.Channel == ch:
			held++
		case !concurrency(profile, slot.Channel).AnyChannel:
			return OtherChannel
		}
	}
	if held >= int(concurrency(profile, ch).Maximum) {
		return AtCapacity
	}
	return NoObstacle
}

// unreachable reports whether the agent's panel is gone for the grace that the
// settings give; without a grace it does not matter.
func (m *Machine) unreachable(a *Agent) bool {
	return a.Unreachable && m.state.Settings.HeartbeatGraceSeconds > 0
}

// refused reports whether the slot is of an offer that was not taken.
func (s AgentContactState) refused() bool { return s == Missed || s == Rejected || s == Failed }

// noPhone reports whether calls cannot reach the agent.
func (m *Machine) noPhone(a *Agent) bool {
	if a.User.PhoneType == event.DeskPhone {
		return false
	}
	return !a.Softphone
}

// concurrency is how many contacts of the channel an agent with the routing
// profile takes at once; none without a profile.
func concurrency(profile *event.RoutingProfileSaved, ch event.Channel) event.ChannelConcurrency {
	if profile != nil {
		for _, c := range profile.Concurrency {
			if c.Channel == ch {
				return c
			}
		}
	}
	return event.ChannelConcurrency{Channel: ch}
}

// putUserStatus sets the status of an agent without contacts at once. Of an
// agent with contacts it sets the next status, which is taken when the last of
// them is cleared; the present status, or for one who is available any status of
// type Routable, takes that wish back (Amazon Connect Administrator Guide: Set
// next status).
func (m *Machine) putUserStatus(s *tandem.Step, b PutUserStatus) error {
	a, err := m.knownAgent(b.UserID)
	if err != nil {
		return err
	}
	st := m.state.Statuses[b.StatusID]
	switch {
	case st == nil:
		return tandem.Errorf(tandem.NotFound, "AgentStatusId", "there is no agent status %s", b.StatusID)
	case !st.Enabled:
		return tandem.Errorf(tandem.Invalid, "AgentStatusId", "the status %q is disabled; enable it or choose another", st.Name)
	case !a.RetiredAt.IsZero():
		return tandem.Errorf(tandem.Conflict, "UserId", "the user is being deleted")
	}
	if st.Type == event.Offline && m.state.Settings.RequeueOnOffline {
		m.returnWork(s, a)
	}
	m.setStatus(s, a, b.StatusID)
	return nil
}

// setStatus sets a status, or the next one.
func (m *Machine) setStatus(s *tandem.Step, a *Agent, statusID tandem.ID) {
	next := statusID
	if statusID == a.StatusID || m.routable(statusID) && m.routable(a.StatusID) {
		next = tandem.ID{}
	}
	switch {
	case len(a.Contacts) == 0 && a.StatusID != statusID:
		s.Emit(&event.AgentStatusChanged{UserID: a.User.UserID, StatusID: statusID, At: s.At})
	case len(a.Contacts) > 0 && a.NextStatusID != next:
		s.Emit(&event.NextStatusSet{UserID: a.User.UserID, StatusID: next, At: s.At})
	}
}

func (m *Machine) routable(statusID tandem.ID) bool {
	st := m.state.Statuses[statusID]
	return st != nil && st.Type == event.Routable
}

// slotFreed does what waited for the agent's last contact: the next status, or
// the user's end.
func (m *Machine) slotFreed(s *tandem.Step, a *Agent) {
	if len(a.Contacts) > 0 {
		return
	}
	if !a.NextStatusID.IsZero() {
		s.Emit(&event.AgentStatusChanged{UserID: a.User.UserID, StatusID: a.NextStatusID, At: s.At})
	}
	if !a.RetiredAt.IsZero() {
		m.endUser(s, a)
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
	if !slot.State.refused() && slot.State != AfterContactWork {
		return tandem.Errorf(tandem.Conflict, "ContactId",
			"the contact is %s; only one that is missed or in after contact work can be cleared", slot.State)
	}
	m.clear(s, a, b.ContactID)
	return nil
}

// clear frees the slot of a contact that was not taken, or is wrapped up.
func (m *Machine) clear(s *tandem.Step, a *Agent, contactID tandem.ID) {
	wrappedUp := a.slot(contactID).State == AfterContactWork
	s.Emit(&event.ContactCleared{ContactID: contactID, UserID: a.User.UserID, At: s.At})
	if wrappedUp {
		s.Emit(&event.ContactEnded{ContactID: contactID, At: s.At})
	}
	m.slotFreed(s, a)
}
