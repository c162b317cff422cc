package main

import (
	"tandem"
	"tandem/event"
	"tandem/presence"
)

// recordedCenter stands in for the contact center while a day is replayed. Its
// contacts come and go as recorded; the agents' statuses follow what people did
// and what the replayed presence writes. It has no state of its own: presence
// mirrors what it needs.
type recordedCenter struct {
	presence *presence.Machine
	followed map[centerStatus][]tandem.Event // what the center did at once when presence wrote a status, in the record at hand
	done     map[tandem.Event]bool           // of these, what has happened
}

// The commands of a recorded center.
type (
	// centerFacts are facts of one record, in order. A change of a status is an
	// act, which means something else where the agent has another status.
	centerFacts struct{ events []tandem.Event }
	// centerStatus is what presence wishes of the center.
	centerStatus struct{ userID, statusID tandem.ID }
)

// translateRecorded turns what presence wishes into the recorded center's command.
func translateRecorded(wish any) (any, bool) {
	if w, ok := wish.(presence.CenterWrite); ok {
		return centerStatus{w.UserID, w.StatusID}, true
	}
	return nil, false
}

// Owns implements instance.Machine.
func (c *recordedCenter) Owns(body any) bool {
	switch body.(type) {
	case centerFacts, centerStatus:
		return true
	}
	return false
}

// Decide implements instance.Machine.
func (c *recordedCenter) Decide(s *tandem.Step, body any) (any, error) {
	switch b := body.(type) {
	case centerFacts:
		for _, ev := range b.events {
			c.happen(s, ev)
		}
	case centerStatus:
		st := c.presence.State().Statuses[b.statusID]
		if st == nil || !st.Enabled {
			return nil, tandem.Errorf(tandem.Invalid, "AgentStatusId", "the status cannot be chosen")
		}
		c.setStatus(s, b.userID, b.statusID)
		for _, ev := range c.followed[b] {
			if !c.done[ev] {
				c.done[ev] = true
				c.happen(s, ev)
			}
		}
	}
	return nil, nil
}

// begin looks through a record for what followed at once from statuses that
// presence wrote, such as an offer to an agent who became available.
func (c *recordedCenter) begin(rec *tandem.Record) {
	c.followed, c.done = map[centerStatus][]tandem.Event{}, map[tandem.Event]bool{}
	var facts []tandem.Event
	own := map[tandem.ID]tandem.ID{} // the status that is being written for a user
	for _, ev := range rec.Events {
		switch e := ev.(type) {
		case *event.StatusWriteRequested:
			if id, err := tandem.ParseID(e.Remote); err == nil && e.SystemID == c.presence.State().Center {
				own[e.UserID] = id
			}
			facts = nil
		case *event.StatusWriteEnded:
			if status, ok := own[e.UserID]; ok && e.SystemID == c.presence.State().Center {
				c.followed[centerStatus{e.UserID, status}] = facts
				delete(own, e.UserID)
			}
			facts = nil
		default:
			if user, changes := changedUser(ev); centerFact(ev) && (!changes || own[user].IsZero()) {
				facts = append(facts, ev)
			}
		}
	}
}

// changedUser is whose status an event changes.
func changedUser(ev tandem.Event) (user tandem.ID, changes bool) {
	switch e := ev.(type) {
	case *event.AgentStatusChanged:
		return e.UserID, true
	case *event.NextStatusSet:
		return e.UserID, true
	}
	return user, false
}

// centerFact reports whether an event is a fact of the center that presence
// mirrors.
func centerFact(ev tandem.Event) bool {
	switch ev.(type) {
	case *event.InstanceCreated, *event.AgentStatusSaved, *event.UserSaved, *event.UserDeleted, *event.OfferMade, *event.OfferEnded,
		*event.ContactInitiated, *event.AgentConnected, *event.AfterContactWorkStarted, *event.ContactCleared,
		*event.AgentStatusChanged, *event.NextStatusSet:
		return true
	}
	return false
}

// happen lets one fact happen again.
func (c *recordedCenter) happen(s *tandem.Step, ev tandem.Event) {
	switch e := ev.(type) {
	case *event.AgentStatusChanged:
		c.setStatus(s, e.UserID, e.StatusID)
	case *event.NextStatusSet:
		c.setStatus(s, e.UserID, e.StatusID)
	case *event.OfferEnded:
		s.Emit(e)
		c.promote(s, e.UserID)
	case *event.ContactCleared:
		s.Emit(e)
		c.promote(s, e.UserID)
	default:
		s.Emit(e)
	}
}

// setStatus sets a status, or with contacts the next one, as the center does
// (Amazon Connect Administrator Guide: Set next status).
func (c *recordedCenter) setStatus(s *tandem.Step, user, status tandem.ID) {
	a := c.presence.State().Agents[user]
	if a == nil {
		return
	}
	next := status
	if status == a.Status || c.routable(status) && c.routable(a.Status) {
		next = tandem.ID{}
	}
	switch {
	case len(a.Contacts) == 0 && a.Status != status:
		s.Emit(&event.AgentStatusChanged{UserID: user, StatusID: status, At: s.At})
	case len(a.Contacts) > 0 && a.Next != next:
		s.Emit(&event.NextStatusSet{UserID: user, StatusID: next, At: s.At})
	}
}

// promote makes the next status the status when the last contact is cleared.
func (c *recordedCenter) promote(s *tandem.Step, user tandem.ID) {
	if a := c.presence.State().Agents[user]; a != nil && len(a.Contacts) == 0 && !a.Next.IsZero() {
		s.Emit(&event.AgentStatusChanged{UserID: user, StatusID: a.Next, At: s.At})
	}
}

func (c *recordedCenter) routable(status tandem.ID) bool {
	st := c.presence.State().Statuses[status]
	return st != nil && st.Type == event.Routable
}

// Apply implements instance.Machine.
func (c *recordedCenter) Apply(tandem.Seq, tandem.Time, tandem.Event) {}

// NextDue implements instance.Machine.
func (c *recordedCenter) NextDue() (tandem.Time, bool) { return 0, false }

// TakeEffects implements instance.Machine.
func (c *recordedCenter) TakeEffects(tandem.Epoch) []tandem.Effect { return nil }

// Outstanding implements instance.Machine.
func (c *recordedCenter) Outstanding(tandem.Epoch) []tandem.Effect { return nil }

// Hash implements instance.Machine.
func (c *recordedCenter) Hash() uint64 { return 0 }

// EncodeSnapshot implements instance.Machine.
func (c *recordedCenter) EncodeSnapshot(*tandem.Encoder) {}

// DecodeSnapshot implements instance.Machine.
func (c *recordedCenter) DecodeSnapshot(*tandem.Decoder) {}

// Check implements instance.Machine.
func (c *recordedCenter) Check() error { return nil }
