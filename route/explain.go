package route

import (
	"slices"

	"tandem"
)

// Verdict says why an agent is, or is not, the one for a contact.
type Verdict uint8

// The verdicts that the matcher itself can give. Why an agent is not idle is
// known to the center.
const (
	Chosen          Verdict = iota + 1
	NotIdle                 // can take no contact of this channel now
	NotServed               // the routing profile does not serve the queue and channel
	DelayNotReached         // the routing profile asks for an older contact
	AvailableLater          // another agent is available longer
)

var verdictTexts = [...]string{"",
	"chosen",
	"cannot take a contact of this channel now",
	"the routing profile does not serve this queue and channel",
	"the delay of the routing profile is not over",
	"another agent is available longer",
}

// String is the verdict for people.
func (v Verdict) String() string { return verdictTexts[v] }

// Candidate is what the matcher says about one agent and one contact.
type Candidate struct {
	AgentID tandem.ID
	Since   tandem.Time // available since, when idle
	Verdict Verdict
}

// Explain says of every agent that was ever idle why it is, or is not, the one
// for a waiting contact: idle agents first, longest available first.
func (x *Index) Explain(contactID tandem.ID, now tandem.Time) []Candidate {
	c := x.contacts[contactID]
	if c == nil {
		return nil
	}
	chosen, _ := x.PickAgent(contactID, now)
	var out []Candidate
	for _, id := range tandem.SortedIDs(x.agents) {
		a := x.agents[id]
		v, since := x.judge(a, c, now), tandem.Time(0)
		if v == Chosen && id != chosen {
			v = AvailableLater
		}
		if s := &a.slots[c.lane.key.channel]; s.pos >= 0 {
			since = s.key
		}
		out = append(out, Candidate{id, since, v})
	}
	slices.SortStableFunc(out, compareCandidates)
	return out
}

// compareCandidates leaves those that are equally long available by id.
func compareCandidates(a, b Candidate) int {
	if a.Since.IsZero() != b.Since.IsZero() {
		if b.Since.IsZero() {
			return -1
		}
		return 1
	}
	return int(max(-1, min(1, a.Since.Sub(b.Since))))
}

// judge looks at one agent alone; Chosen means could be.
func (x *Index) judge(a *agent, c *contact, now tandem.Time) Verdict {
	if a.slots[c.lane.key.channel].pos < 0 {
		return NotIdle
	}
	for _, s := range c.lane.servers {
		if s.profile != a.profile {
			continue
		}
		if !oldEnough(c, s.entry, now) {
			return DelayNotReached
		}
		return Chosen
	}
	return NotServed
}
