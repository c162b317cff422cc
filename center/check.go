package center

import (
	"fmt"
	"slices"

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
	for _, id := range tandem.SortedIDs(m.calls) {
		if err := m.checkCall(id); err != nil {
			return fmt.Errorf("call %s: %w", id, err)
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
	if err := c.checkQuestions(); err != nil {
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

// checkTimes makes sure that the times which are set stand in their order. The
// customer of an outgoing contact is connected to the system late.
func (c *Contact) checkTimes() error {
	last := c.InitiatedAt
	for _, t := range []tandem.Time{c.EnqueuedAt, c.DequeuedAt, c.ConnectedToAgentAt, c.DisconnectedAt, c.WrapUpAt, c.ClearedAt, c.EndedAt} {
		if t.IsZero() {
			continue
		}
		if t < last {
			return fmt.Errorf("the time %s stands before %s", t, last)
		}
		last = t
	}
	if system := c.ConnectedToSystemAt; !system.IsZero() && (system < c.InitiatedAt || !c.DisconnectedAt.IsZero() && system > c.DisconnectedAt) {
		return fmt.Errorf("was connected to the system at %s, outside its life", system)
	}
	if last > c.LastAt {
		return fmt.Errorf("its latest time is %s, not %s", last, c.LastAt)
	}
	if (c.Phase == Ended) == c.EndedAt.IsZero() || (c.Phase == Ended || c.Phase == WrapUp) == c.live() {
		return fmt.Errorf("its phase %d does not agree with its times", c.Phase)
	}
	return nil
}

// placeStates is what the agent of a contact has of it, by its phase.
var placeStates = map[Phase][]AgentContactState{Offered: {Connecting}, Joining: {Dialing}, WithAgent: {Connected, Paused}, WrapUp: {AfterContactWork}}

// checkPlace makes sure that the agent of a contact has it in the right state,
// and that only an agent's contact has one.
func (m *Machine) checkPlace(c *Contact) error {
	want, has := placeStates[c.Phase]
	if dialedFirst := c.Phase == Joining && c.UserID.IsZero(); !has || dialedFirst {
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
	if slot == nil || !slices.Contains(want, slot.State) || slot.OfferID != c.OfferID {
		return fmt.Errorf("is in phase %d, but agent %s does not have it so", c.Phase, c.UserID)
	}
	return nil
}

// checkCall makes sure that a call has at most one customer, whose contact is
// live as long as the customer may be heard, no more parties than allowed, and
// no supervisor who listens to nothing.
func (m *Machine) checkCall(callID tandem.ID) error {
	customers, monitors := 0, 0
	for _, c := range m.inCall(callID) {
		if c == nil || c.callID() != callID {
			return fmt.Errorf("counts a contact that is not in it")
		}
		if c.customer() != nil {
			customers++
		}
		if !c.live() || c.Method != event.Monitor {
			continue
		}
		monitors++
		if o := m.state.Contacts[c.MonitoredID]; o == nil || !o.live() {
			return fmt.Errorf("the supervisor of contact %s listens to a contact that has ended", c.ContactID)
		}
	}
	switch {
	case customers > 1:
		return fmt.Errorf("has %d customers", customers)
	case monitors > maxMonitors:
		return fmt.Errorf("has %d supervisors", monitors)
	case m.parties(callID) > maxParties:
		return fmt.Errorf("has %d parties", m.parties(callID))
	}
	return nil
}

// checkQuestions makes sure that only a flow which stands in a block waits for
// an answer, that every question has its end, and that there are not too many.
func (c *Contact) checkQuestions() error {
	if len(c.Invocations) > maxInvocations {
		return fmt.Errorf("waits for %d functions", len(c.Invocations))
	}
	for _, i := range c.Invocations {
		if i.Deadline.IsZero() || !i.Async && (!c.live() || !c.flowOn(i.Side).waits()) {
			return fmt.Errorf("has asked the function %s, but nothing waits for it", i.FunctionARN)
		}
	}
	for side := event.CustomerSide; side <= event.AgentSide; side++ {
		mem := c.memoryOn(side)
		if mem == nil {
			continue
		}
		waits := c.live() && c.flowOn(side).waits()
		if (mem.Asked != nil || mem.Shown != nil) && !waits {
			return fmt.Errorf("has asked a bot or shows a view on side %d, but no flow waits there", side)
		}
		if n := len(mem.Frames); n > maxModuleDepth || n > 0 && !c.flowOn(side).runs() {
			return fmt.Errorf("has %d flows on side %d that wait for a module", n, side)
		}
	}
	return nil
}

func (m *Machine) checkAgent(a *Agent) error {
	var held [event.Task + 1]int
	for i := range a.Contacts {
		slot := &a.Contacts[i]
		if a.slot(slot.ContactID) != slot {
			return fmt.Errorf("has the contact %s twice", slot.ContactID)
		}
		if slot.State != Paused {
			held[slot.Channel]++
		}
		c := m.state.Contacts[slot.ContactID]
		if !slot.State.refused() && (c == nil || c.UserID != a.User.UserID || !slices.Contains(placeStates[c.Phase], slot.State)) {
			return fmt.Errorf("has the contact %s, which is elsewhere", slot.ContactID)
		}
	}
	if len(a.Contacts) == 0 && (!a.NextStatusID.IsZero() || !a.RetiredAt.IsZero()) {
		return fmt.Errorf("waits for the end of its last contact, but has none")
	}
	if held[event.Voice] > 1 || held[event.Chat] > tandem.MaxConcurrency || held[event.Task] > tandem.MaxConcurrency {
		return fmt.Errorf("has %v contacts by channel", held)
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
		add(queued, c.queuedIn(), 1)
		for _, p := range []*FlowPosition{&c.Flow, &c.AgentFlow} {
			v := flowVersion{p.FlowID, p.Version}
			add(running, v, 1)
			if p.runs() && m.version(v) == nil {
				return fmt.Errorf("contact %s is in version %d of flow %s, which is not kept", id, v.version, v.flowID)
			}
		}
		for _, v := range c.framed() {
			add(running, v, 1)
			if m.version(v) == nil {
				return fmt.Errorf("contact %s will return to version %d of flow %s, which is not kept", id, v.version, v.flowID)
			}
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Queues) {
		if queued[id] != m.queued[id] {
			return fmt.Errorf("queue %s holds %d contacts, but %d are counted", id, queued[id], m.queued[id])
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Flows) {
		for _, v := range tandem.SortedKeys(m.state.Flows[id].Running) {
			if running[flowVersion{id, v}] == 0 && !m.numbered(flowVersion{id, v}) {
				return fmt.Errorf("flow %s keeps version %d, which no contact is in and no number stands for", id, v)
			}
		}
	}
	if len(m.queued) != len(queued) || len(m.running) != len(running) || len(m.shadows) != len(m.state.Contacts) {
		return fmt.Errorf("contacts are counted that do not exist")
	}
	return nil
}
