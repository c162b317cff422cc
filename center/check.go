package center

import (
	"fmt"

	"tandem"
	"tandem/event"
)

// Check finds broken invariants: each contact stands in exactly one place and
// the agent there agrees (SIM-S3), no agent has more contacts than allowed
// (SIM-S4), no contact waits while an agent who may take it is idle (SIM-S5),
// times of a contact never go back and what has ended stays so (SIM-S9), and
// everything derived agrees with the state.
func (m *Machine) Check() error {
	for _, id := range tandem.SortedIDs(m.state.Contacts) {
		if err := m.checkContact(id, m.state.Contacts[id]); err != nil {
			return fmt.Errorf("contact %s: %w", id, err)
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		if err := m.checkAgent(m.state.Agents[id]); err != nil {
			return fmt.Errorf("agent %s: %w", id, err)
		}
	}
	return m.checkCounts()
}

func (m *Machine) checkContact(id tandem.ID, c *Contact) error {
	if c.ContactID != id {
		return fmt.Errorf("is kept under another id than %s", c.ContactID)
	}
	if err := c.checkTimes(); err != nil {
		return err
	}
	if err := m.checkPlace(c); err != nil {
		return err
	}
	sh := m.shadows[id]
	if sh == nil || sh.due != m.contactDue(c) || (sh.pos >= 0) == sh.due.IsZero() {
		return fmt.Errorf("its deadline %s is not known to the timers", m.contactDue(c))
	}
	if m.index.Waiting(id) != (c.Phase == InQueue) {
		return fmt.Errorf("the matcher and its phase %d disagree on whether it waits", c.Phase)
	}
	if agentID, ok := m.index.PickAgent(id, m.now); ok {
		return fmt.Errorf("waits while agent %s could take it", agentID)
	}
	return nil
}

// checkTimes makes sure that the times which are set stand in their order.
func (c *Contact) checkTimes() error {
	last := c.InitiatedAt
	for _, t := range []tandem.Time{c.ConnectedToSystemAt, c.EnqueuedAt, c.DequeuedAt, c.ConnectedToAgentAt,
		c.DisconnectedAt, c.WrapUpAt, c.ClearedAt, c.EndedAt} {
		if t.IsZero() {
			continue
		}
		if t < last {
			return fmt.Errorf("the time %s stands before %s", t, last)
		}
		last = t
	}
	if last > c.LastAt {
		return fmt.Errorf("its latest time is %s, not %s", last, c.LastAt)
	}
	if (c.Phase == Ended) == c.EndedAt.IsZero() || (c.Phase == Ended || c.Phase == WrapUp) == c.live() {
		return fmt.Errorf("its phase %d does not agree with its times", c.Phase)
	}
	return nil
}

// checkPlace makes sure that the agent of a contact has it in the right state,
// and that only an agent's contact has one.
func (m *Machine) checkPlace(c *Contact) error {
	want, has := map[Phase]AgentContactState{Offered: Connecting, WithAgent: Connected, WrapUp: AfterContactWork}[c.Phase]
	if !has {
		if c.Phase != Ended && (!c.UserID.IsZero() || !c.OfferID.IsZero()) {
			return fmt.Errorf("names an agent in phase %d", c.Phase)
		}
		return nil
	}
	a := m.state.Agents[c.UserID]
	if a == nil {
		return fmt.Errorf("is with agent %s, who does not exist", c.UserID)
	}
	slot := a.slot(c.ContactID)
	if slot == nil || slot.State != want || slot.OfferID != c.OfferID {
		return fmt.Errorf("is in phase %d, but agent %s does not have it so", c.Phase, c.UserID)
	}
	return nil
}

func (m *Machine) checkAgent(a *Agent) error {
	for i := range a.Contacts {
		slot := &a.Contacts[i]
		if a.slot(slot.ContactID) != slot {
			return fmt.Errorf("has the contact %s twice", slot.ContactID)
		}
		c := m.state.Contacts[slot.ContactID]
		if slot.State != Missed && (c == nil || c.UserID != a.User.UserID || c.Phase < Offered || c.Phase == Ended) {
			return fmt.Errorf("has the contact %s, which is elsewhere", slot.ContactID)
		}
	}
	if len(a.Contacts) == 0 && !a.NextStatusID.IsZero() {
		return fmt.Errorf("has a next status but no contact")
	}
	if len(a.Contacts) > tandem.MaxConcurrency {
		return fmt.Errorf("has %d contacts", len(a.Contacts))
	}
	for ch := event.Voice; ch <= event.Task; ch++ {
		since, idle := m.index.IdleIn(a.User.UserID, ch)
		can := m.obstacle(a, ch) == NoObstacle
		if idle != can || idle && since != a.AvailableSince {
			return fmt.Errorf("the matcher does not know whether the agent is available for %s", ch)
		}
	}
	return nil
}

// checkCounts compares what is counted as contacts move with a fresh count.
func (m *Machine) checkCounts() error {
	queued, running := map[tandem.ID]int{}, map[flowVersion]int{}
	for _, id := range tandem.SortedIDs(m.state.Contacts) {
		c := m.state.Contacts[id]
		if c.Phase == InQueue || c.Phase == Offered {
			add(queued, c.QueueID, 1)
		}
		add(running, flowVersion{c.Flow.FlowID, c.Flow.Version}, 1)
		if v := (flowVersion{c.Flow.FlowID, c.Flow.Version}); v.flowID != (tandem.ID{}) && m.version(v) == nil {
			return fmt.Errorf("contact %s is in version %d of flow %s, which is not kept", id, v.version, v.flowID)
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Queues) {
		if queued[id] != m.queued[id] {
			return fmt.Errorf("queue %s holds %d contacts, but %d are counted", id, queued[id], m.queued[id])
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Flows) {
		for _, v := range tandem.SortedKeys(m.state.Flows[id].Running) {
			if running[flowVersion{id, v}] == 0 {
				return fmt.Errorf("flow %s keeps version %d, which no contact is in", id, v)
			}
		}
	}
	if len(m.queued) != len(queued) || len(m.running) != len(running) || len(m.shadows) != len(m.state.Contacts) {
		return fmt.Errorf("contacts are counted that do not exist")
	}
	return nil
}
