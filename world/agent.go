package world

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
)

// comeMillis is the time in which the agents come to work.
const comeMillis = 3 * minute

// agent is a person who serves contacts with a desk phone or in the browser, or
// a supervisor.
type agent struct {
	world *World
	id    tandem.ID
	user  event.UserSaved
	leads bool        // a supervisor, who takes no contacts
	talks bool        // the desk phone is in use
	away  bool        // the browser is closed
	ears  []tandem.ID // legs in the browser
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
func (a *agent) does(body any) { a.asks(body, nil) }

func (a *agent) asks(body any, then func(answer any, err error)) {
	a.world.ask(tandem.Actor{Kind: tandem.ActorUser, ID: a.id}, body, then)
}

// later lets the agent do something after a while.
func (a *agent) later(least, most int64, body any) {
	a.world.After(a.world.chance.Between(least, most), func() { a.does(body) })
}

func (a *agent) status(id tandem.ID) { a.does(center.PutUserStatus{UserID: a.id, StatusID: id}) }

// panel tells that the agent's panel is open, or was closed.
func (a *agent) panel(open bool) {
	soft := a.user.PhoneType == event.SoftPhone
	a.does(center.SetAgentConnection{UserID: a.id, Connected: open, Softphone: open && soft})
}

// begin lets the agent come to work, and at the end of the day be there until
// all is done.
func (a *agent) begin() {
	w := a.world
	w.After(w.chance.Between(0, comeMillis), func() {
		a.panel(true)
		if a.leads {
			a.status(w.plan.pause)
			a.watch()
			return
		}
		a.status(w.plan.available)
	})
	w.sometimes(w.shape.BreakMillis, a.closes)
	if !a.leads {
		w.After(w.chance.Around(w.shape.BreakMillis), a.rest)
		w.At(w.start.Add(w.shape.OpenMillis), a.stay)
	}
}

// stay keeps the agent there at the end of the day, whatever others choose.
func (a *agent) stay() {
	a.status(a.world.plan.available)
	a.world.After(a.world.chance.Between(minute, 5*minute), a.stay)
}

// rest is a break, or a log-out. With a contact at hand it is the next status,
// and some take it back.
func (a *agent) rest() {
	w := a.world
	if w.closing() {
		return
	}
	where := w.plan.pause
	switch {
	case w.chance.PerMille(250):
		where = w.plan.offline
	case w.chance.PerMille(250):
		where = w.plan.lunch
	}
	a.status(where)
	length := w.chance.Around(4 * minute)
	if w.chance.PerMille(200) {
		length = w.chance.Between(100, 5_000)
	}
	w.After(length, func() { a.status(w.plan.available) })
	w.After(length+w.chance.Around(w.shape.BreakMillis), a.rest)
}

// closes closes the agent's panel, and with it what is heard in the browser.
func (a *agent) closes() {
	w := a.world
	if a.away {
		return
	}
	a.away = true
	a.panel(false)
	for _, id := range a.ears {
		if l := w.media.legs[id]; l != nil {
			w.count("browser leg closed")
			l.gone(voice.CauseLost)
		}
	}
	a.ears = nil
	w.After(w.chance.Around(20_000), func() {
		a.away = false
		a.panel(true)
	})
}

// sees is what the agent does about what the screen shows.
func (a *agent) sees(ev tandem.Event) {
	w := a.world
	switch ev := ev.(type) {
	case *event.OfferMade:
		if s := w.sights[ev.ContactID]; s != nil {
			a.offered(s)
		}
	case *event.AgentConnected:
		if s := w.sights[ev.ContactID]; s != nil {
			a.connected(s)
		}
	case *event.OfferEnded:
		if ev.Outcome != event.OfferAccepted && ev.Outcome != event.OfferWithdrawn {
			a.later(500, 20_000, center.DismissUserContact{UserID: a.id, ContactID: ev.ContactID})
		}
	case *event.AfterContactWorkStarted:
		if ev.Deadline.IsZero() || w.chance.PerMille(300) {
			w.After(w.chance.Around(w.shape.WorkMillis), func() { a.does(center.DismissUserContact{UserID: a.id, ContactID: ev.ContactID}) })
		}
	}
}

// offered is what the agent does about an offer: a call at the desk phone is
// taken or refused there.
func (a *agent) offered(s *sight) {
	w := a.world
	if s.channel == event.Voice && a.user.PhoneType == event.DeskPhone && !w.chance.PerMille(30) {
		return
	}
	body := any(center.AcceptContact{UserID: a.id, ContactID: s.id})
	switch {
	case w.chance.PerMille(w.shape.IgnorePerMille):
		return
	case w.chance.PerMille(w.shape.RefusePerMille):
		body = center.RejectContact{UserID: a.id, ContactID: s.id}
	}
	a.later(300, tandem.RingMillis+500, body) // some are late
}

// connected is what the agent does with a contact.
func (a *agent) connected(s *sight) {
	w := a.world
	acts := 0
	if w.chance.PerMille(w.shape.ActsPerMille) {
		acts = int(w.chance.Between(1, 3))
	}
	for range acts {
		w.After(w.chance.Around(w.shape.TalkMillis/2), func() {
			switch {
			case s.user != a.id || s.phase != center.WithAgent:
			case s.channel == event.Voice:
				a.inCall(s)
			default:
				a.atWork(s)
			}
		})
	}
	if s.channel != event.Voice {
		w.After(w.chance.Around(w.shape.TalkMillis), func() { a.finishes(s) })
	}
}
