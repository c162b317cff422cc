package world

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

// comeMillis is the time in which the agents come to work.
const comeMillis = 3 * minute

// agent is a person who serves tasks and, with a desk phone, calls.
type agent struct {
	world *World
	id    tandem.ID
	talks bool // the desk phone is in use
}

// userOf is the agent that an event is about.
func userOf(ev tandem.Event) (tandem.ID, bool) {
	switch ev := ev.(type) {
	case *event.OfferMade:
		return ev.UserID, true
	case *event.OfferEnded:
		return ev.UserID, true
	case *event.AgentConnected:
		return ev.UserID, true
	case *event.AfterContactWorkStarted:
		return ev.UserID, true
	}
	return tandem.ID{}, false
}

// does hands in a command. A refusal means that something else came first.
func (a *agent) does(body any) {
	a.world.ask(tandem.Actor{Kind: tandem.ActorUser, ID: a.id}, body, func(any, error) {})
}

func (a *agent) status(id tandem.ID) { a.does(center.PutUserStatus{UserID: a.id, StatusID: id}) }

// begin lets the agent come to work, and at the end of the day be there until
// all is done.
func (a *agent) begin() {
	w := a.world
	w.After(w.chance.Between(0, comeMillis), func() { a.status(w.ids.available) })
	w.After(w.chance.Around(w.shape.BreakMillis), a.rest)
	w.At(w.start.Add(w.shape.OpenMillis), func() { a.status(w.ids.available) })
}

// rest is a break, or a log-out. With a contact at hand it is the next status,
// and some take it back.
func (a *agent) rest() {
	w := a.world
	end := w.start.Add(w.shape.OpenMillis)
	if w.Now() >= end {
		return
	}
	where := w.ids.pause
	if w.chance.PerMille(200) {
		where = w.ids.offline
	}
	a.status(where)
	length := w.chance.Around(4 * minute)
	if w.chance.PerMille(200) {
		length = w.chance.Between(100, 5_000)
	}
	w.After(length, func() { a.status(w.ids.available) })
	w.After(length+w.chance.Around(w.shape.BreakMillis), a.rest)
}

// sees is what the agent does about what the screen shows.
func (a *agent) sees(ev tandem.Event) {
	w := a.world
	later := func(least, most int64, body any) { w.After(w.chance.Between(least, most), func() { a.does(body) }) }
	switch ev := ev.(type) {
	case *event.OfferMade:
		if w.tasks[ev.ContactID] {
			a.decides(ev.ContactID)
		}
	case *event.AgentConnected:
		if w.tasks[ev.ContactID] {
			w.After(w.chance.Around(w.shape.TalkMillis), func() { a.does(center.StopContact{ContactID: ev.ContactID}) })
		}
	case *event.OfferEnded:
		if ev.Outcome != event.OfferAccepted && ev.Outcome != event.OfferWithdrawn {
			later(500, 20_000, center.DismissUserContact{UserID: a.id, ContactID: ev.ContactID})
		}
	case *event.AfterContactWorkStarted:
		if ev.Deadline.IsZero() || w.chance.PerMille(300) {
			w.After(w.chance.Around(w.shape.WorkMillis), func() { a.does(center.DismissUserContact{UserID: a.id, ContactID: ev.ContactID}) })
		}
	}
}

// decides what to do about a task that is offered.
func (a *agent) decides(contact tandem.ID) {
	w := a.world
	body := any(center.AcceptContact{UserID: a.id, ContactID: contact})
	switch {
	case w.chance.PerMille(w.shape.IgnorePerMille):
		return
	case w.chance.PerMille(w.shape.RefusePerMille):
		body = center.RejectContact{UserID: a.id, ContactID: contact}
	}
	w.After(w.chance.Between(300, tandem.RingMillis+500), func() { a.does(body) }) // some are late
}
