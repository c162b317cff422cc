package world

import (
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// sight is what the screens show of a contact.
type sight struct {
	id      tandem.ID
	initial tandem.ID
	call    tandem.ID // calls only
	channel event.Channel
	phase   center.Phase
	user    tandem.ID // the agent who has it
}

// party is somebody in a call.
type party struct {
	leg, user tandem.ID // no user: somebody outside
	contact   tandem.ID
	role      event.LegRole
	answered  bool
}

// eyes is what all people together see of the contacts.
type eyes struct {
	sights  map[tandem.ID]*sight
	parties map[tandem.ID][]party // by call
	recent  []*sight              // the latest, a ring
	busy    []*sight              // those that an agent has
	ended   []tandem.ID           // chains of which a contact has ended
	moves   [center.Bridged + 1][center.Bridged + 1]int
}

const recentSights = 40

func newEyes() eyes { return eyes{sights: map[tandem.ID]*sight{}, parties: map[tandem.ID][]party{}} }

// see follows the contacts.
func (e *eyes) see(ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		e.begin(ev)
	case *event.ContactScheduled:
		e.move(ev.ContactID, center.Scheduled, tandem.ID{})
	case *event.ContactDue:
		e.move(ev.ContactID, center.InFlow, tandem.ID{})
	case *event.ContactQueued:
		e.move(ev.ContactID, center.InQueue, tandem.ID{})
	case *event.ContactDequeued:
		e.move(ev.ContactID, center.InFlow, tandem.ID{})
	case *event.ContactBridged:
		e.move(ev.ContactID, center.Bridged, tandem.ID{})
	case *event.ContactReturned:
		e.move(ev.ContactID, center.InFlow, tandem.ID{})
	case *event.OfferMade:
		e.move(ev.ContactID, center.Offered, ev.UserID)
		e.join(ev.ContactID, party{leg: ev.OfferID, user: ev.UserID, role: event.AgentLeg})
	case *event.OfferEnded:
		e.offerEnded(ev)
	case *event.AgentConnected:
		e.move(ev.ContactID, center.WithAgent, ev.UserID)
	case *event.AfterContactWorkStarted:
		e.move(ev.ContactID, center.WrapUp, ev.UserID)
	case *event.ContactEnded:
		e.move(ev.ContactID, center.Ended, tandem.ID{})
	case *event.LegDialed:
		e.join(ev.ContactID, party{leg: ev.LegID, user: ev.UserID, role: ev.Role})
	case *event.LegChanged:
		e.legChanged(ev)
	case *event.ContactForgotten:
		if s := e.sights[ev.ContactID]; s != nil {
			delete(e.parties, s.call)
		}
		delete(e.sights, ev.ContactID)
	}
}

func (e *eyes) begin(ev *event.ContactInitiated) {
	s := &sight{id: ev.ContactID, initial: ev.InitialContactID, channel: ev.Channel, phase: center.InFlow, user: ev.UserID}
	if !ev.UserID.IsZero() {
		s.phase = center.Joining
	}
	if s.channel == event.Voice {
		if s.call = ev.CallID; s.call.IsZero() {
			s.call = ev.ContactID
		}
	}
	e.sights[s.id] = s
	if !ev.CustomerLeg.IsZero() {
		e.join(s.id, party{leg: ev.CustomerLeg, role: event.CustomerLeg})
	}
	if len(e.recent) == recentSights {
		e.recent = slices.Delete(e.recent, 0, 1)
	}
	e.recent = append(e.recent, s)
}

func (e *eyes) offerEnded(ev *event.OfferEnded) {
	switch ev.Outcome {
	case event.OfferAccepted:
		e.move(ev.ContactID, center.Joining, ev.UserID)
	case event.OfferWithdrawn: // what follows says where it goes
	default:
		e.move(ev.ContactID, center.InQueue, tandem.ID{})
	}
}

// move notes where a contact is now.
func (e *eyes) move(id tandem.ID, to center.Phase, user tandem.ID) {
	s := e.sights[id]
	if s == nil {
		return
	}
	e.moves[s.phase][to]++
	if s.phase == center.WithAgent {
		e.busy = slices.DeleteFunc(e.busy, func(o *sight) bool { return o == s })
	}
	s.phase, s.user = to, user
	switch to {
	case center.WithAgent:
		e.busy = append(e.busy, s)
	case center.Ended:
		e.ended = append(e.ended, s.initial)
	}
}

func (e *eyes) join(contactID tandem.ID, p party) {
	s := e.sights[contactID]
	if s == nil || s.channel != event.Voice {
		return
	}
	if p.role == event.CustomerLeg && s.phase == center.InQueue {
		e.move(contactID, center.Joining, tandem.ID{})
	}
	p.contact = contactID
	e.parties[s.call] = append(e.parties[s.call], p)
}

func (e *eyes) legChanged(ev *event.LegChanged) {
	s := e.sights[ev.ContactID]
	if s == nil {
		return
	}
	all := e.parties[s.call]
	i := slices.IndexFunc(all, func(p party) bool { return p.leg == ev.LegID })
	if i < 0 {
		return
	}
	switch ev.State {
	case event.LegAnswered:
		all[i].answered = true
	case event.LegGone:
		if all[i].role == event.OutsideLeg && s.phase == center.Bridged {
			e.move(s.id, center.InFlow, tandem.ID{})
		}
		e.parties[s.call] = slices.Delete(all, i, i+1)
	}
}

// owner is whose leg it is, and for which contact.
func (e *eyes) owner(call, leg tandem.ID) party {
	for _, p := range e.parties[call] {
		if p.leg == leg {
			return p
		}
	}
	return party{}
}
