package presence

import (
	"slices"

	"tandem"
	"tandem/event"
)

// applyCenter mirrors what presence needs of the center.
func (m *Machine) applyCenter(ev tandem.Event) bool {
	switch e := ev.(type) {
	case *event.InstanceCreated:
		m.applyCreated(e)
	case *event.AgentStatusSaved:
		m.state.Statuses[e.StatusID] = e
		m.changed(e.StatusID)
	case *event.UserSaved:
		m.applyUser(e.UserID)
	case *event.UserDeleted:
		m.applyUserDeleted(e.UserID)
	case *event.AgentStatusChanged:
		m.change(e.UserID, func(a *Agent) { a.mirror(e.StatusID, tandem.ID{}, e.At) })
	case *event.NextStatusSet:
		m.change(e.UserID, func(a *Agent) { a.mirror(a.Status, e.StatusID, e.At) })
	case *event.OfferMade:
		m.applyWork(e.UserID, e.ContactID, stateRinging)
	case *event.ContactInitiated:
		if !e.UserID.IsZero() { // the agent began it
			m.applyWork(e.UserID, e.ContactID, stateCalling)
		}
	case *event.AgentConnected:
		m.applyWork(e.UserID, e.ContactID, stateBusy)
	case *event.AfterContactWorkStarted:
		m.applyWork(e.UserID, e.ContactID, stateAfterWork)
	case *event.OfferEnded:
		switch e.Outcome {
		case event.OfferAccepted:
		case event.OfferWithdrawn:
			m.applyWork(e.UserID, e.ContactID, "")
		default:
			m.applyMissed(e.UserID, e.ContactID)
		}
	case *event.ContactCleared:
		m.applyWork(e.UserID, e.ContactID, "")
	default:
		return false
	}
	return true
}

// applyCreated knows whether there is a center.
func (m *Machine) applyCreated(e *event.InstanceCreated) {
	if e.PresenceOnly {
		m.state.Borrowed = &Borrowed{}
		return
	}
	m.state.Center = e.InstanceID
}

// applyUser knows a user: in the center a new one is offline.
func (m *Machine) applyUser(user tandem.ID) {
	if m.state.Agents[user] != nil {
		return
	}
	a := &Agent{UserID: user}
	if m.state.Borrowed == nil {
		a.Status = m.statusOfType(event.Offline)
		shown := event.ObservationTaken{UserID: user, SystemID: m.state.Center, Remote: a.Status.String(), Class: event.ClassSystem}
		a.Legs = []Leg{{SystemID: m.state.Center, Health: event.HealthOK, Observed: shown}}
	}
	m.state.Agents[user] = a
	m.agentChanged(a)
}

func (m *Machine) applyUserDeleted(user tandem.ID) {
	a := m.state.Agents[user]
	if a == nil {
		return
	}
	for _, l := range a.remotes() {
		delete(m.byRemote, remoteAgent{l.SystemID, l.RemoteID})
	}
	delete(m.state.Agents, user)
	if b := m.state.Borrowed; b != nil {
		b.Unlinked = slices.DeleteFunc(b.Unlinked, func(u Unlinked) bool { return u.UserID == user })
	}
	delete(m.timers, user)
	m.changed(user)
}

// mirror takes the agent's status and next status in the center.
func (a *Agent) mirror(status, next tandem.ID, at tandem.Time) {
	before := a.logical()
	a.Status, a.Next = status, next
	if a.logical() != before {
		a.StatusAt = at
	}
}

// What a contact does to an agent, in the words of Amazon Connect Streams.
const (
	stateRinging   = "PendingBusy"
	stateCalling   = "CallingCustomer"
	stateBusy      = "Busy"
	stateAfterWork = "AfterCallWork"
	stateMissed    = "MissedCallAgent"
)

// applyWork notes what a contact does to an agent; "" when it is no longer
// theirs.
func (m *Machine) applyWork(user, contact tandem.ID, state string) {
	a := m.state.Agents[user]
	if a == nil {
		return
	}
	switch i := slices.Index(a.Contacts, contact); {
	case i < 0 && state == "":
		return
	case i < 0:
		a.Contacts, a.ContactStates = append(a.Contacts, contact), append(a.ContactStates, state)
	case state == "":
		a.Contacts, a.ContactStates = slices.Delete(a.Contacts, i, i+1), slices.Delete(a.ContactStates, i, i+1)
	default:
		a.ContactStates[i] = state
	}
	m.agentChanged(a)
}

// applyMissed notes that an offer was not taken, while the agent holds its
// contact.
func (m *Machine) applyMissed(user, contact tandem.ID) {
	if a := m.state.Agents[user]; a != nil && slices.Contains(a.Contacts, contact) {
		m.applyWork(user, contact, stateMissed)
	}
}

// matchStates gives each contact a state, where an older snapshot told none.
func (a *Agent) matchStates() {
	for len(a.ContactStates) < len(a.Contacts) {
		a.ContactStates = append(a.ContactStates, stateBusy)
	}
	a.ContactStates = a.ContactStates[:len(a.Contacts)]
}

// React implements instance.Reactor: presence answers what happens to agents
// in the center.
func (m *Machine) React(s *tandem.Step, ev tandem.Event) {
	var user tandem.ID
	switch e := ev.(type) {
	case *event.AgentStatusSaved:
		m.checkFocus(s)
		return
	case *event.AgentStatusChanged:
		user = e.UserID
	case *event.NextStatusSet:
		user = e.UserID
	case *event.OfferMade:
		user = e.UserID
	case *event.ContactInitiated:
		user = e.UserID
	case *event.AgentConnected:
		user = e.UserID
	case *event.AfterContactWorkStarted:
		user = e.UserID
	case *event.OfferEnded:
		user = e.UserID
	case *event.ContactCleared:
		user = e.UserID
	default:
		return
	}
	if a := m.state.Agents[user]; a != nil && a.linked() {
		m.lookAtCenter(s, a, actKind(s.Actor))
		m.noteConnect(s, a, nil, actKind(s.Actor) == byPerson)
		m.settle(s, a)
	}
}

// actKind tells who changed a status in the center.
func actKind(actor tandem.Actor) kind {
	switch actor.Kind {
	case tandem.ActorUser, tandem.ActorAPI:
		return byPerson
	}
	return bySystem
}

// lookAtCenter takes what the center shows for an agent, if that changed. The
// end of a contact, when the next status becomes the status, is no change.
func (m *Machine) lookAtCenter(s *tandem.Step, a *Agent, k kind) {
	l := a.center()
	if v := a.logical().String(); v != l.Observed.Remote {
		m.take(s, a, l, &event.ObservationTaken{UserID: a.UserID, SystemID: l.SystemID, Remote: v, At: min(a.StatusAt, s.At)}, k)
	}
}

// WishDone implements instance.Wisher: the center has answered a write. What
// it shows now is our own doing.
func (m *Machine) WishDone(s *tandem.Step, wish any, err error) {
	w, ok := wish.(CenterWrite)
	if !ok {
		return
	}
	a := m.state.Agents[w.UserID]
	if a == nil || a.center() == nil || a.center().Write == nil {
		return
	}
	l := a.center()
	ended := event.StatusWriteEnded{UserID: a.UserID, SystemID: l.SystemID, WriteID: l.Write.WriteID, Outcome: event.WriteDone}
	write, shown := l.Write.WriteID, a.logical()
	switch {
	case err != nil:
		ended.Outcome, ended.Detail = event.WriteRefused, err.Error()
	case shown != w.StatusID:
		ended.Outcome, ended.Detail = event.WriteRetry, "the center takes this status when the agent has no contact"
	}
	if v := shown.String(); ended.Outcome != event.WriteDone && v != l.Observed.Remote {
		s.Emit(&event.ObservationTaken{UserID: a.UserID, SystemID: l.SystemID, Remote: v, At: s.At, Class: event.ClassEcho, WriteID: write})
	}
	s.Emit(&ended)
	m.noteConnect(s, a, &l.Last, a.Intent.Cause == event.CausePerson)
	m.report(s, a, l)
	m.settle(s, a)
}

func (m *Machine) statusOfType(t event.StatusType) tandem.ID {
	for _, id := range tandem.SortedIDs(m.state.Statuses) {
		if m.state.Statuses[id].Type == t {
			return id
		}
	}
	return tandem.ID{}
}
