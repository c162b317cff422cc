package sim

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

// place is where a contact is, by its events alone.
type place struct {
	id      tandem.ID
	phase   center.Phase
	agent   tandem.ID // while it is offered, joined, connected or wrapped up
	queue   tandem.ID // it is, or was last, in; zero before the first
	channel event.Channel
	method  event.InitiationMethod
	waits   bool        // its flow stands in a block
	leaving bool        // the offer is over, and what follows is in the same record
	gone    bool        // it was disconnected
	at      tandem.Time // of its latest fact

	outside map[tandem.ID]bool // legs of outside parties
	parts   [partKinds]int64
	part    part
	mark    tandem.Time // since when it is in the part
	begun   tandem.Time
}

// part is a part of a contact's time.
type part uint8

// The parts.
const (
	inSystem part = iota // in flows, before and after the others
	inQueue              // waiting, offered and joined
	withAgent
	inWrapUp
	partKinds
)

// enter lets a part begin at a moment, which ends the part before.
func (p *place) enter(to part, at tandem.Time) {
	p.parts[p.part] += at.Sub(p.mark)
	p.part, p.mark = to, at
}

// requeue begins the stay in a queue. An earlier stay in one is not told by the
// contact's times.
func (p *place) requeue(at tandem.Time) {
	p.enter(inQueue, at)
	p.parts[inSystem] += p.parts[inQueue]
	p.parts[inQueue] = 0
}

// move moves the contact, and reports whether the event fits where it was.
func (p *place) move(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.ContactScheduled:
		if !ev.QueueID.IsZero() {
			p.queue = ev.QueueID
		}
		return p.to(center.Scheduled, tandem.ID{}, p.phase == center.InFlow)
	case *event.ContactDue:
		return p.to(center.InFlow, tandem.ID{}, p.phase == center.Scheduled)
	case *event.ContactQueued:
		p.queue = ev.QueueID
		p.requeue(ev.At)
		return p.to(center.InQueue, tandem.ID{}, p.phase == center.InFlow)
	case *event.ContactDequeued:
		p.enter(inSystem, ev.At)
		return p.to(center.InFlow, tandem.ID{}, p.phase == center.InQueue || p.agent.IsZero() && (p.phase == center.Joining || p.leaving))
	case *event.ContactBridged:
		return p.to(center.Bridged, tandem.ID{}, p.phase == center.InFlow)
	case *event.ContactReturned:
		return p.to(center.InFlow, tandem.ID{}, p.phase == center.WithAgent && p.agent == ev.UserID)
	case *event.ContactDisconnected:
		return p.disconnect(ev.At)
	case *event.ContactEnded:
		return p.end(ev.At)
	}
	return p.moveAgent(ev)
}

// moveAgent moves the contact between its queue and an agent.
func (p *place) moveAgent(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.OfferMade:
		return p.to(center.Offered, ev.UserID, p.phase == center.InQueue || p.phase == center.InFlow)
	case *event.OfferEnded:
		return p.endOffer(ev)
	case *event.AgentConnected:
		p.enter(withAgent, ev.At)
		return p.to(center.WithAgent, ev.UserID, p.phase == center.Joining && p.agent == ev.UserID)
	case *event.AfterContactWorkStarted:
		p.enter(inWrapUp, ev.At)
		return p.to(center.WrapUp, ev.UserID, (p.phase == center.WithAgent || p.phase == center.Joining) && p.agent == ev.UserID)
	case *event.ContactCleared:
		if p.phase == center.WrapUp && p.agent == ev.UserID {
			p.enter(inSystem, ev.At)
		}
	case *event.LegDialed:
		p.dial(ev)
	case *event.LegChanged:
		if ev.State == event.LegGone && p.outside[ev.LegID] && p.phase == center.Bridged && p.waits {
			p.phase = center.InFlow // its flow has the customer again
		}
	}
	return true
}

// dial notes whom the contact calls. The customer of a callback who is called
// first leaves the queue for that time.
func (p *place) dial(ev *event.LegDialed) {
	switch {
	case ev.Role == event.CustomerLeg && p.phase == center.InQueue:
		p.phase = center.Joining
	case ev.Role == event.OutsideLeg:
		if p.outside == nil {
			p.outside = map[tandem.ID]bool{}
		}
		p.outside[ev.LegID] = true
	}
}

func (p *place) endOffer(ev *event.OfferEnded) bool {
	fits := p.agent == ev.UserID && !p.leaving
	switch {
	case ev.Outcome == event.OfferAccepted:
		return p.to(center.Joining, ev.UserID, fits && p.phase == center.Offered)
	case ev.Outcome == event.OfferWithdrawn:
		p.leaving, p.agent = true, tandem.ID{}
		return fits && (p.phase == center.Offered || p.phase == center.Joining)
	}
	fits = fits && (p.phase == center.Offered || p.phase == center.Joining)
	if p.queue.IsZero() { // it was offered to this agent alone
		return p.to(center.InFlow, tandem.ID{}, fits)
	}
	return p.to(center.InQueue, tandem.ID{}, fits)
}

func (p *place) disconnect(at tandem.Time) bool {
	fits := !p.gone && p.phase != center.WrapUp
	p.gone = true
	p.enter(inSystem, at)
	return fits
}

func (p *place) end(at tandem.Time) bool {
	fits := p.gone && (p.phase != center.WithAgent || p.method == event.Monitor) && (p.phase != center.Offered || p.leaving)
	p.enter(inSystem, at)
	return p.to(center.Ended, tandem.ID{}, fits)
}

func (p *place) to(phase center.Phase, agent tandem.ID, fits bool) bool {
	p.phase, p.agent, p.leaving = phase, agent, false
	return fits
}

// counts reports whether the contact counts in the length of its queue.
func (p *place) counts() bool {
	return p.phase == center.InQueue || p.phase == center.Offered || p.phase == center.Joining && p.part == inQueue
}

// phaseNames are for people.
var phaseNames = [...]string{"", "flow", "queue", "offered", "agent", "wrap-up", "ended", "scheduled", "joining", "bridged"}
