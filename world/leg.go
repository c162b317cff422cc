package world

import (
	"slices"

	"tandem"
	"tandem/center"
	"tandem/voice"
)

// leg is one telephone's call, or what an agent's browser hears and says.
type leg struct {
	media    *media
	id       tandem.ID
	role     voice.Role
	room     *room  // nil: arrived, and no room has claimed it
	agent    *agent // whose desk phone it is
	outbound bool
	soft     bool
	answered bool        // it was told to answer, or has answered
	speaks   bool        // it has answered: it hears and is heard
	ending   voice.Cause // why this side ends it; none while it does not
}

// arrives is a customer's call to a number; nil when it is refused at once.
func (m *media) arrives(from tandem.Personal, to string) *leg {
	if !m.linked {
		return nil
	}
	l := &leg{media: m, id: m.world.chance.ID(), role: voice.Customer}
	m.legs[l.id] = l
	m.report(voice.Report{Kind: voice.CallArrived, Leg: l.id, Trunk: "trunk", From: from, To: to})
	m.after(claimMillis, func() {
		if l.room == nil {
			l.hangUp(voice.CauseUnreachable)
		}
	})
	return l
}

// reconcileLeg brings one leg to what the core wants.
func (r *room) reconcileLeg(want voice.Leg) {
	m := r.media
	l := m.legs[want.ID]
	gone, isGone := m.goneLegs[want.ID]
	switch {
	case l == nil && !isGone && (want.Outbound || want.Soft) && want.Wish != voice.WishGone:
		r.dial(want)
	case l == nil && want.Wish == voice.WishGone && isGone && gone.Room == r.want.ID:
		// as it should be, and the core was told
	case l == nil:
		m.tellGone(r.want.ID, want)
	default:
		if l.room != r {
			l.room = r
			r.legs = append(r.legs, l)
		}
		switch {
		case want.Wish == voice.WishGone:
			l.hangUp(want.Cause)
		case !l.outbound && want.Wish == voice.WishAnswered:
			l.answer()
		}
	}
}

// tellGone reports the end of a leg that is not there: as it was, or as lost
// with an earlier life of the process.
func (m *media) tellGone(room tandem.ID, want voice.Leg) {
	report, known := m.goneLegs[want.ID]
	if !known {
		report = voice.Report{Kind: voice.LegEnded, At: m.now(), Leg: want.ID, Cause: voice.CauseLost}
		if want.Wish == voice.WishGone {
			report.Cause = want.Cause
		}
	}
	report.Room = room
	m.goneLegs[want.ID] = report
	m.report(report)
}

// answer answers a customer's call; the line needs a moment.
func (l *leg) answer() {
	if l.answered || l.ending != voice.CauseNone {
		return
	}
	l.answered = true
	l.media.after(l.media.world.chance.Between(20, 600), func() {
		if l.media.legs[l.id] == l {
			l.joined()
		}
	})
}

// joined is the moment from which the leg hears and is heard.
func (l *leg) joined() {
	l.speaks = true
	l.media.report(voice.Report{Kind: voice.LegAnswered, Room: l.room.want.ID, Leg: l.id})
	l.room.beginPlays()
}

// dial calls a phone, or the browser of an agent.
func (r *room) dial(want voice.Leg) {
	m, w := r.media, r.media.world
	l := &leg{media: m, id: want.ID, role: want.Role, room: r, outbound: true, soft: want.Soft}
	m.legs[l.id] = l
	r.legs = append(r.legs, l)
	w.count("dialled " + roleNames[want.Role])
	if want.Digits != "" {
		w.count("digits sent")
	}
	inside := want.Role == voice.Agent || want.Role == voice.Monitor
	switch l.agent = w.byPhone[want.Target]; {
	case want.Soft:
		l.agent = nil
	case inside && l.agent == nil:
		w.complain("a call is placed to %q, which is no agent's phone", want.Target)
	case !inside && (l.agent != nil || want.CallerID == "" && want.Role == voice.Customer):
		w.complain("a customer is called at %q showing %q", want.Target, want.CallerID)
	}
	if remaining := want.Deadline.Sub(m.now()); !want.Deadline.IsZero() {
		m.after(max(0, remaining), func() {
			if !l.answered {
				l.hangUp(voice.CauseNoAnswer)
			}
		})
	}
	m.after(w.chance.Between(50, 800), l.ring)
}

// over reports whether the leg is gone, or about to be.
func (l *leg) over() bool { return l.ending != voice.CauseNone || l.media.legs[l.id] != l }

// hangsUp is the far side hanging up. In the browser, and now and then with a
// desk phone, an agent does it on the screen.
func (l *leg) hangsUp() {
	w := l.media.world
	if !l.media.alive() || l.media.legs[l.id] != l {
		return
	}
	if l.room != nil && l.outbound && (l.soft || l.agent != nil && w.chance.PerMille(300)) {
		p := w.owner(l.room.want.ID, l.id)
		if a := w.byUser[p.user]; a != nil {
			a.does(center.DropLeg{UserID: a.id, ContactID: p.contact})
			return
		}
	}
	l.gone(voice.CauseRemote)
}

// hangUp ends the leg from this side, which takes a moment; the first cause
// counts.
func (l *leg) hangUp(cause voice.Cause) {
	if l.over() {
		return
	}
	if l.ending = cause; cause == voice.CauseNone {
		l.ending = voice.CauseHangup
	}
	l.media.after(l.media.world.chance.Between(10, 300), func() { l.gone(l.ending) })
}

// gone takes a leg out of everything and reports it.
func (l *leg) gone(cause voice.Cause) {
	m, r := l.media, l.room
	if m.legs[l.id] != l {
		return
	}
	delete(m.legs, l.id)
	m.world.count(endName(l.role, cause))
	if l.agent != nil && l.answered {
		l.agent.talks = false
	}
	report := voice.Report{Kind: voice.LegEnded, At: m.now(), Leg: l.id, Cause: cause}
	if r != nil {
		report.Room = r.want.ID
		r.legs = slices.DeleteFunc(r.legs, func(other *leg) bool { return other == l })
	}
	m.goneLegs[l.id] = report
	m.report(report)
	if r != nil {
		r.forget()
	}
}
