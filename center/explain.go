package center

import (
	"tandem"
	"tandem/route"
)

// Candidate says of one agent why a waiting contact goes, or does not go, to
// that agent.
type Candidate struct {
	UserID         tandem.ID
	AvailableSince tandem.Time // zero while the agent cannot take the contact
	Chosen         bool
	OwnQueue       bool // the contact waits in this agent's own queue
	Reason         string
}

// ExplainOffer says of every agent why the waiting contact goes, or does not
// go, there at the moment now: agents who could take it first, longest
// available first. For an offer made earlier, replay the journal up to that
// record, apply its events up to the OfferMade, and ask then.
func (m *Machine) ExplainOffer(contactID tandem.ID, now tandem.Time) ([]Candidate, error) {
	c, err := m.knownContact(contactID)
	if err != nil {
		return nil, err
	}
	if c.Phase != InQueue {
		return nil, tandem.Errorf(tandem.Conflict, "ContactId", "the contact does not wait in a queue")
	}
	var idle, others []Candidate
	seen := map[tandem.ID]bool{}
	for _, r := range m.index.Explain(contactID, now) {
		if r.Verdict == route.NotIdle {
			continue
		}
		seen[r.AgentID] = true
		idle = append(idle, Candidate{UserID: r.AgentID, AvailableSince: r.Since, Chosen: r.Verdict == route.Chosen, OwnQueue: r.OwnQueue,
			Reason: r.Verdict.String()})
	}
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		if !seen[id] {
			others = append(others, Candidate{UserID: id, Reason: m.obstacle(m.state.Agents[id], c.Channel).String()})
		}
	}
	return append(idle, others...), nil
}
