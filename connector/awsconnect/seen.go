package awsconnect

import (
	"sync"
	"time"

	"tandem"
	"tandem/presence"
)

// overlapMillis is how far the times of the stream and of an answer may be
// apart and still leave open which came first.
const overlapMillis = 1_000

// sighting is an agent at one moment, as the stream or an answer tells.
type sighting struct {
	status string      // the present status's id
	since  tandem.Time // by the service's clock; 0: not told
	next   string      // the next status's id; "" for none
	nextAt tandem.Time // when it was chosen; 0: not told
	absent bool        // logged out: the answer does not name the agent
	work   work
}

// work is what an agent does beside being in a status.
type work struct {
	state     string // a system status, such as Busy
	onContact bool
}

// known is what is known of an agent.
type known struct {
	sighting
	remote  string      // the status that holds, or will at the end of the contact
	at      tandem.Time // since when that was chosen; 0: unknown
	polled  tandem.Time // when the newest answer was asked for, by the service's clock
	evented tandem.Time // the newest event
	told    bool        // the work was reported
}

// seen is what is known of the linked agents.
type seen struct {
	mu     sync.Mutex
	agents map[string]*known
}

func newSeen() *seen { return &seen{agents: map[string]*known{}} }

// report is what the core is to hear of an agent.
type report struct {
	remote string
	at     tandem.Time // by the service's clock
	work   work
	worked bool // the work has changed, or was not known
	moved  bool // the status that holds has changed, or was not known
}

// polled takes an answer. Where the stream or a later answer knows better, what
// is known is reported.
func (s *seen) polled(agent string, asked tandem.Time, now sighting) report {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.agent(agent)
	if asked < k.polled || asked.Add(overlapMillis) < k.evented {
		return report{remote: k.remote, at: k.at, work: k.work}
	}
	k.polled = asked
	return k.take(now, 0)
}

// evented takes an event of the stream; ok is false when it is older than what
// is known.
func (s *seen) evented(agent string, at tandem.Time, now sighting) (r report, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.agent(agent)
	if at < k.evented || at.Add(overlapMillis) < k.polled {
		return report{}, false
	}
	k.evented = at
	return k.take(now, at), true
}

func (s *seen) agent(id string) *known {
	k := s.agents[id]
	if k == nil {
		k = &known{}
		s.agents[id] = k
	}
	return k
}

// take remembers a sighting and works out the status that holds, and since
// when it was chosen: when a next status becomes the status, that is not a new
// choice; when it is taken back, that is one, made at the event's moment (0
// where it was seen by looking: then nobody knows).
func (k *known) take(now sighting, at tandem.Time) report {
	first := k.remote == ""
	if now.since == 0 && now.status == k.status {
		now.since = k.since
	}
	remote, chosen := now.status, now.since
	same := !first && now.status == k.status && now.since == k.since
	switch {
	case now.next != "" && now.next == k.next:
		remote, chosen = now.next, k.at
	case now.next != "":
		remote, chosen = now.next, now.nextAt
	case !same && k.next == now.status:
		chosen = k.at
	case same && k.next != "":
		chosen = at
	case same:
		chosen = k.at
	}
	worked := !k.told || now.work != k.work
	moved := remote != k.remote || chosen != k.at
	k.sighting, k.remote, k.at, k.told = now, remote, chosen, true
	return report{remote: remote, at: chosen, work: now.work, worked: worked, moved: moved}
}

// untold makes the next sighting report the agent's work again.
func (s *seen) untold(agent string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.agents[agent]; k != nil {
		k.told = false
	}
}

// loggedOut reports whether an agent was last seen logged out.
func (s *seen) loggedOut(agent string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.agents[agent]
	return k != nil && k.absent
}

// forget drops who is no longer linked.
func (s *seen) forget(linked map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for agent := range s.agents {
		if !linked[agent] {
			delete(s.agents, agent)
		}
	}
}

// observation is a report in presence's words. The moment of the choice is the
// revision: Amazon Connect has no other.
func (a *AmazonConnect) observation(agent string, r report, reason string, lookedAt tandem.Time) presence.Observe {
	o := presence.Observe{SystemID: a.system.SystemID, RemoteID: agent, Remote: r.remote, Version: uint64(r.at), Reason: reason, LookedAt: lookedAt}
	if r.at != 0 {
		o.At = a.ours(r.at)
	}
	return o
}

// ours turns a moment of the service's clock into one of ours.
func (a *AmazonConnect) ours(at tandem.Time) tandem.Time {
	return at.Add(-a.aheadMillis.Load())
}

// theirs turns a moment of our clock into one of the service's.
func (a *AmazonConnect) theirs(at tandem.Time) tandem.Time {
	return at.Add(a.aheadMillis.Load())
}

// trustedSkew is a difference of the clocks that cannot be told from the
// coarseness of an answer's Date.
const trustedSkew = 2 * time.Second

// learnClock notes how far the service's clock is ahead.
func (a *AmazonConnect) learnClock(ahead time.Duration) {
	if ahead.Abs() <= trustedSkew {
		ahead = 0
	}
	a.aheadMillis.Store(ahead.Milliseconds())
}
