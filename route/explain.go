package route

import (
	"cmp"
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
	NotOwner                // the contact waits in the own queue of another agent
)

var verdictTexts = [...]string{"",
	"chosen",
	"cannot take a contact of this channel now",
	"the routing profile does not serve this queue and channel",
	"the delay of the routing profile is not over",
	"another agent is available longer",
	"the contact waits in another agent's own queue",
}

// String is the verdict for people.
func (v Verdict) String() string { return verdictTexts[v] }

// Candidate is what the matcher says about one agent and one contact.
type Candidate struct {
	AgentID  tandem.ID
	Since    tandem.Time // available since, when idle
	Verdict  Verdict
	OwnQueue bool // the contact waits in this agent's own queue
}

// Explain says of every agent that the matcher knows why it is, or is not, the
// one for a waiting contact: idle agents first, longest available first.
func (x *Index) Explain(contactID tandem.ID, now tandem.Time) []Candidate {
	c := x.contacts.get(contactID)
	if c == nil {
		return nil
	}
	chosen := x.agentFor(c, now)
	var out []Candidate
	for _, id := range x.agents.ids() {
		a := x.agents.get(id)
		v := a.judge(c, now)
		if v == Chosen && id != chosen.id {
			v = AvailableLater
		}
		since, _ := x.IdleIn(id, c.lane.channel)
		out = append(out, Candidate{id, since, v, c.lane.owner == a})
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
	return cmp.Compare(a.Since, b.Since)
}

// judge looks at one agent alone; Chosen means could be.
func (a *agent) judge(c *contact, now tandem.Time) Verdict {
	switch {
	case !a.isIdle(c.lane.channel):
		return NotIdle
	case c.lane.owner == a:
		return Chosen
	case c.lane.owner != nil:
		return NotOwner
	}
	for i := range a.profile.services {
		s := &a.profile.services[i]
		if s.lane != c.lane {
			continue
		}
		if c.at > s.openSince(now) {
			return DelayNotReached
		}
		return Chosen
	}
	return NotServed
}
