package sim

import (
	"fmt"

	"tandem/center"
)

// checkDurations holds the times of contacts that have just ended against the
// time that they spent in each part by their events.
func (r *run) checkDurations(st *center.State) error {
	for _, p := range r.ledger.moved {
		c := st.Contacts[p.id]
		if c == nil || p.phase != center.Ended || c.EndedAt != p.mark {
			continue
		}
		r.meant(durations)
		if err := p.checkParts(c); err != nil {
			return fmt.Errorf("contact %s: %w", p.id, err)
		}
	}
	return nil
}

// checkParts compares each part with what the contact's times say, and all of
// them with the whole.
func (p *place) checkParts(c *center.Contact) error {
	var told [partKinds]int64
	whole := c.EndedAt.Sub(c.InitiatedAt)
	if !c.EnqueuedAt.IsZero() {
		left := c.DequeuedAt
		if left < c.EnqueuedAt { // of this stay it is not told
			left = c.DisconnectedAt
		}
		told[inQueue] = left.Sub(c.EnqueuedAt)
	}
	if !c.ConnectedToAgentAt.IsZero() {
		told[withAgent] = c.DisconnectedAt.Sub(c.ConnectedToAgentAt)
	}
	if !c.WrapUpAt.IsZero() {
		told[inWrapUp] = c.ClearedAt.Sub(c.WrapUpAt)
	}
	told[inSystem] = whole
	sum := int64(0)
	for part, ms := range p.parts {
		sum += ms
		if part != int(inSystem) {
			told[inSystem] -= told[part]
		}
	}
	if told != p.parts || sum != whole {
		return fmt.Errorf("its times give %v ms in system, queue, with the agent and in wrap-up; by its events it is %v, together %d of %d", told, p.parts, sum, whole)
	}
	return nil
}
