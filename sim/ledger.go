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
	order       []tandem.ID          // as they were initiated
	open        map[tandem.ID]*place // those that have not ended
	lanes       map[lane]map[tandem.ID]*place
	tokens      map[string]tandem.ID
	moved       []*place // by the present record
	misplaced   error    // an event that does not fit where its contact is (SIM-S3)
	resurrected error    // a contact moved after its end, or back in time (SIM-S9)
	late        int      // events about contacts that have ended
	moves       [center.Bridged + 1][center.Bridged + 1]int
}

// lane is the contacts of one channel that wait in one queue.
type lane struct {
	queue   tandem.ID
	channel event.Channel
}

func newLedger() *ledger {
	return &ledger{places: map[tandem.ID]*place{}, open: map[tandem.ID]*place{}, lanes: map[lane]map[tandem.ID]*place{}, tokens: map[string]tandem.ID{}}
}

// take writes down an event of a record.
func (l *ledger) take(rec *tandem.Record, ev tandem.Event) {
	id, at := aboutContact(ev)
	if id.IsZero() {
		l.takeFlow(ev)
		return
	}
	l.takeOne(rec, ev, id, at)
	if p := l.places[id]; p != nil && (len(l.moved) == 0 || l.moved[len(l.moved)-1] != p) {
		l.moved = append(l.moved, p)
	}
}

// length is how many contacts count in the length of a queue.
func (l *ledger) length(queue tandem.ID) int {
	n := 0
	for _, p := range l.open {
		if p.queue == queue && p.counts() {
			n++
		}
	}
	return n
}

func (l *ledger) takeOne(rec *tandem.Record, ev tandem.Event, id tandem.ID, at tandem.Time) {
	p := l.places[id]
	if started, ok := ev.(*event.ContactInitiated); ok {
		l.begin(rec, started, p)
		return
	}
	_, forgotten := ev.(*event.ContactForgotten)
	if p != nil && p.phase == center.Ended {
		l.late++
	}
	switch {
	case p == nil:
		l.misplace(rec, ev, id, "which was never initiated")
	case p.phase == center.Ended && !at.IsZero():
		l.resurrect(rec, ev, id, "which has ended")
	case !at.IsZero() && (at < p.at || at > rec.At):
		l.resurrect(rec, ev, id, fmt.Sprintf("at %s, which is not between its last fact at %s and the present %s", at, p.at, rec.At))
	case forgotten && p.phase != center.Ended:
		l.misplace(rec, ev, id, "which has not ended")
	case !forgotten:
		p.at = max(p.at, at)
		l.move(rec, ev, p)
	}
}

// move moves a contact and keeps what is counted of its moves.
func (l *ledger) move(rec *tandem.Record, ev tandem.Event, p *place) {
	before, from := p.phase, lane{p.queue, p.channel}
	if !p.move(ev) {
		l.misplace(rec, ev, p.id, fmt.Sprintf("which is in phase %s with %s", phaseNames[before], p.agent))
	}
	if p.phase == before && from.queue == p.queue {
		return
	}
	l.moves[before][p.phase]++
	if before == center.InQueue {
		delete(l.lanes[from], p.id)
	}
	switch p.phase {
	case center.InQueue:
		to := lane{p.queue, p.channel}
		if l.lanes[to] == nil {
			l.lanes[to] = map[tandem.ID]*place{}
		}
		l.lanes[to][p.id] = p
	case center.Ended:
		delete(l.open, p.id)
	}
}

// takeFlow follows the flows of bridged customers.
func (l *ledger) takeFlow(ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.FlowBlockRan:
		l.setWaits(ev.ContactID, ev.Side, true)
	case *event.FlowEntered:
		l.setWaits(ev.ContactID, ev.Side, false)
	case *event.FlowEnded:
		l.setWaits(ev.ContactID, ev.Side, false)
	case *event.CustomerMoved:
		from, to := l.places[ev.FromContactID], l.places[ev.ToContactID]
		if ev.Flow && from != nil && to != nil {
			to.waits, from.waits = from.waits, false
		}
	}
}

func (l *ledger) setWaits(id tandem.ID, side event.FlowSide, waits bool) {
	if p := l.places[id]; p != nil && side == event.CustomerSide {
		p.waits = waits
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
	p := &place{id: ev.ContactID, phase: center.InFlow, channel: ev.Channel, method: ev.Method, at: ev.At, mark: ev.At, begun: ev.At}
	if !ev.UserID.IsZero() {
		p.phase, p.agent, p.queue = center.Joining, ev.UserID, ev.TargetQueueID
	}
	l.moves[0][p.phase]++
	l.places[p.id], l.open[p.id] = p, p
	l.order = append(l.order, p.id)
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
	case *event.ContactDequeued:
		return ev.ContactID, ev.At
	case *event.ContactScheduled:
		return ev.ContactID, ev.At
	case *event.ContactDue:
		return ev.ContactID, ev.At
	case *event.ContactBridged:
		return ev.ContactID, ev.At
	case *event.ContactReturned:
		return ev.ContactID, ev.At
	case *event.ContactPaused:
		return ev.ContactID, ev.At
	case *event.ContactDisconnected:
		return ev.ContactID, ev.At
	case *event.ContactEnded:
		return ev.ContactID, ev.At
	case *event.ContactForgotten:
		return ev.ContactID, 0
	}
	return aboutAgent(ev)
}

func aboutAgent(ev tandem.Event) (tandem.ID, tandem.Time) {
	switch ev := ev.(type) {
	case *event.OfferMade:
		return ev.ContactID, 0
	case *event.OfferEnded:
		return ev.ContactID, ev.At
	case *event.AgentConnected:
		return ev.ContactID, ev.At
	case *event.AfterContactWorkStarted:
		return ev.ContactID, ev.At
	case *event.ContactCleared:
		return ev.ContactID, 0
	case *event.LegDialed:
		return ev.ContactID, ev.At
	case *event.LegChanged:
		return ev.ContactID, 0
	}
	return tandem.ID{}, 0
}

// slotStates says how the agent has a contact in a phase.
var slotStates = map[center.Phase]center.AgentContactState{center.Offered: center.Connecting, center.Joining: center.Dialing,
	center.WithAgent: center.Connected, center.WrapUp: center.AfterContactWork}

// compare holds the state against the ledger: each contact that moved is in the
// place where the events put it, and in no other (SIM-S3).
func (l *ledger) compare(st *center.State) error {
	if l.misplaced != nil {
		return l.misplaced
	}
	for _, p := range l.moved {
		c := st.Contacts[p.id]
		switch {
		case c == nil && p.phase == center.Ended: // forgotten
		case c == nil:
			return fmt.Errorf("contact %s is gone, though it has not ended", p.id)
		case c.Phase != p.phase:
			return fmt.Errorf("contact %s is in phase %s; its events put it in %s", p.id, phaseNames[c.Phase], phaseNames[p.phase])
		}
		for agentID, a := range st.Agents {
			if err := p.compareAgent(agentID, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// compareAgent makes sure that the agent has the contact if it is there, and
// else at most as missed, declined or failed.
func (p *place) compareAgent(agentID tandem.ID, a *center.Agent) error {
	var state center.AgentContactState
	for i := range a.Contacts {
		if slot := &a.Contacts[i]; slot.ContactID == p.id && !refused(slot.State) {
			state = slot.State
		}
	}
	if state == center.Paused {
		state = center.Connected
	}
	var want center.AgentContactState
	if p.agent == agentID {
		want = slotStates[p.phase]
	}
	if state != want {
		return fmt.Errorf("agent %s has contact %s as %q; it should be %q, for the contact is in phase %s", agentID, p.id, state, want, phaseNames[p.phase])
	}
	return nil
}

// refused reports whether a slot is of an offer that was not taken.
func refused(s center.AgentContactState) bool {
	return s == center.Missed || s == center.Rejected || s == center.Failed
}

// tell counts the moves of contacts, and what the properties of the ledger were
// held against.
func (l *ledger) tell(t tally) {
	t[string(simS3)] += len(l.order)
	t[string(simS9)] += l.late
	t[string(simL1)] += len(l.order)
	for from, row := range l.moves {
		for to, n := range row {
			if n > 0 && from > 0 {
				t["contact: "+phaseNames[from]+" to "+phaseNames[to]] += n
			}
		}
	}
}

// allEnded reports whether every contact that began has ended.
func (l *ledger) allEnded() bool { return len(l.open) == 0 }

// checkEnded names the first contact that has not ended (SIM-L1).
func (l *ledger) checkEnded() error {
	for _, id := range l.order {
		if p := l.places[id]; p.phase != center.Ended {
			return fmt.Errorf("%d contacts never ended; the first is %s, in phase %s of queue %s with agent %s since %s", len(l.open), id, phaseNames[p.phase], p.queue, p.agent, p.at)
		}
	}
	return nil
}
