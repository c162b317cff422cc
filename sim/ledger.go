package sim

import (
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// ledger knows from the events alone where each contact is.
type ledger struct {
	places      map[tandem.ID]*place
	order       []tandem.ID // as they were initiated
	tokens      map[string]tandem.ID
	open        int
	misplaced   error // an event that does not fit where its contact is (SIM-S3)
	resurrected error // a contact moved after its end, or back in time (SIM-S9)
}

// place is where a contact is. The agent is there while it is offered, with an
// agent, or in wrap-up.
type place struct {
	phase   center.Phase
	agent   tandem.ID
	leaving bool // the offer is over, and what follows is in the same record
	at      tandem.Time
}

func newLedger() *ledger {
	return &ledger{places: map[tandem.ID]*place{}, tokens: map[string]tandem.ID{}}
}

// take writes down a record and returns the contacts that it is about.
func (l *ledger) take(rec *tandem.Record) []tandem.ID {
	var moved []tandem.ID
	for _, ev := range rec.Events {
		id, at := aboutContact(ev)
		if id.IsZero() {
			continue
		}
		if len(moved) == 0 || moved[len(moved)-1] != id {
			moved = append(moved, id)
		}
		l.takeOne(rec, ev, id, at)
	}
	return moved
}

func (l *ledger) takeOne(rec *tandem.Record, ev tandem.Event, id tandem.ID, at tandem.Time) {
	p := l.places[id]
	if started, ok := ev.(*event.ContactInitiated); ok {
		l.begin(rec, started, p)
		return
	}
	_, forgotten := ev.(*event.ContactForgotten)
	switch {
	case p == nil:
		l.misplace(rec, ev, id, "which was never initiated")
	case p.phase == center.Ended && !at.IsZero():
		l.resurrect(rec, ev, id, "which has ended")
	case !at.IsZero() && (at < p.at || at > rec.At):
		l.resurrect(rec, ev, id, fmt.Sprintf("at %s, which is not between its last fact at %s and the present %s", at, p.at, rec.At))
	case forgotten && p.phase != center.Ended:
		l.misplace(rec, ev, id, "which has not ended")
	default:
		p.at = max(p.at, at)
		if !p.move(ev) {
			l.misplace(rec, ev, id, fmt.Sprintf("which is in phase %d with %s", p.phase, p.agent))
		}
		if p.phase == center.Ended && !forgotten && !at.IsZero() {
			l.open--
		}
	}
}

func (l *ledger) begin(rec *tandem.Record, ev *event.ContactInitiated, known *place) {
	if known != nil {
		l.resurrect(rec, ev, ev.ContactID, "a second time")
		return
	}
	if token := ev.ClientToken; token != "" {
		if !l.tokens[token].IsZero() {
			l.resurrect(rec, ev, ev.ContactID, "with the token of "+l.tokens[token].String())
		}
		l.tokens[token] = ev.ContactID
	}
	l.places[ev.ContactID] = &place{phase: center.InFlow, at: ev.At}
	l.order = append(l.order, ev.ContactID)
	l.open++
}

func (l *ledger) misplace(rec *tandem.Record, ev tandem.Event, id tandem.ID, why string) {
	if l.misplaced == nil {
		l.misplaced = fmt.Errorf("record %d: %s of contact %s, %s", rec.Seq, ev.EventName(), id, why)
	}
}

func (l *ledger) resurrect(rec *tandem.Record, ev tandem.Event, id tandem.ID, why string) {
	if l.resurrected == nil {
		l.resurrected = fmt.Errorf("record %d: %s of contact %s, %s", rec.Seq, ev.EventName(), id, why)
	}
}

// aboutContact is the contact that an event moves, or could move, and the time
// that the event puts into its record; zero for what can still follow its end.
func aboutContact(ev tandem.Event) (tandem.ID, tandem.Time) {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		return ev.ContactID, ev.At
	case *event.ContactConnectedToSystem:
		return ev.ContactID, ev.At
	case *event.ContactQueued:
		return ev.ContactID, ev.At
	case *event.OfferMade:
		return ev.ContactID, 0
	case *event.OfferEnded:
		return ev.ContactID, ev.At
	case *event.AgentConnected:
		return ev.ContactID, ev.At
	case *event.ContactDisconnected:
		return ev.ContactID, ev.At
	case *event.AfterContactWorkStarted:
		return ev.ContactID, ev.At
	case *event.ContactCleared:
		return ev.ContactID, 0
	case *event.ContactEnded:
		return ev.ContactID, ev.At
	case *event.ContactForgotten:
		return ev.ContactID, 0
	}
	return tandem.ID{}, 0
}

// move moves the contact, and reports whether the event fits where it was.
func (p *place) move(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.ContactQueued:
		return p.to(center.InQueue, tandem.ID{}, p.phase == center.InFlow)
	case *event.OfferMade:
		return p.to(center.Offered, ev.UserID, p.phase == center.InQueue)
	case *event.OfferEnded:
		fits := p.phase == center.Offered && p.agent == ev.UserID && !p.leaving
		if ev.Outcome == event.OfferAccepted || ev.Outcome == event.OfferWithdrawn {
			p.leaving = true
			return fits
		}
		return p.to(center.InQueue, tandem.ID{}, fits)
	case *event.AgentConnected:
		return p.to(center.WithAgent, ev.UserID, p.phase == center.Offered && p.leaving && p.agent == ev.UserID)
	case *event.AfterContactWorkStarted:
		return p.to(center.WrapUp, ev.UserID, p.phase == center.WithAgent && p.agent == ev.UserID)
	case *event.ContactEnded:
		return p.to(center.Ended, tandem.ID{}, p.phase != center.WithAgent && (p.phase != center.Offered || p.leaving))
	}
	return true
}

func (p *place) to(phase center.Phase, agent tandem.ID, fits bool) bool {
	p.phase, p.agent, p.leaving = phase, agent, false
	return fits
}

// slotStates says how the agent has a contact in a phase.
var slotStates = map[center.Phase]center.AgentContactState{
	center.Offered: center.Connecting, center.WithAgent: center.Connected, center.WrapUp: center.AfterContactWork}

// compare holds the state against the ledger: each contact is in the place
// where the events put it, and in no other (SIM-S3).
func (l *ledger) compare(st *center.State, moved []tandem.ID) error {
	if l.misplaced != nil {
		return l.misplaced
	}
	for _, id := range moved {
		p := l.places[id]
		c := st.Contacts[id]
		switch {
		case c == nil && p.phase == center.Ended: // forgotten
		case c == nil:
			return fmt.Errorf("contact %s is gone, though it has not ended", id)
		case c.Phase != p.phase:
			return fmt.Errorf("contact %s is in phase %d; its events put it in %d", id, c.Phase, p.phase)
		}
		for agentID, a := range st.Agents {
			if err := p.compareAgent(id, agentID, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// compareAgent makes sure that the agent has the contact if it is there, and
// else at most as missed.
func (p *place) compareAgent(id, agentID tandem.ID, a *center.Agent) error {
	var state center.AgentContactState
	for i := range a.Contacts {
		if a.Contacts[i].ContactID == id && a.Contacts[i].State != center.Missed {
			state = a.Contacts[i].State
		}
	}
	var want center.AgentContactState
	if p.agent == agentID {
		want = slotStates[p.phase]
	}
	if state != want {
		return fmt.Errorf("agent %s has contact %s as %q; it should be %q, for the contact is in phase %d", agentID, id, state, want, p.phase)
	}
	return nil
}

// allEnded reports whether every contact that began has ended.
func (l *ledger) allEnded() bool { return l.open == 0 }

// checkEnded names the first contact that has not ended (SIM-L1).
func (l *ledger) checkEnded() error {
	for _, id := range l.order {
		if p := l.places[id]; p.phase != center.Ended {
			return fmt.Errorf("%d contacts never ended; the first is %s, in phase %d with agent %s since %s", l.open, id, p.phase, p.agent, p.at)
		}
	}
	return nil
}
