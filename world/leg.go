package world

import (
	"slices"

	"tandem"
	"tandem/voice"
)

// leg is one telephone's call.
type leg struct {
	media    *media
	id       tandem.ID
	room     *room // nil: arrived, and no room has claimed it
	agent    *agent
	outbound bool
	answered bool
	ending   voice.Cause // why this side ends it; none while it does not
}

// arrives is a customer's call to a number; nil when it is refused at once.
func (m *media) arrives(from tandem.Personal, to string) *leg {
	if !m.linked {
		return nil
	}
	l := &leg{media: m, id: m.world.chance.ID()}
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
	case l == nil && !isGone && want.Outbound && want.Wish != voice.WishGone:
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
			l.media.report(voice.Report{Kind: voice.LegAnswered, Room: l.room.want.ID, Leg: l.id})
		}
	})
}

// dial calls an agent's desk phone.
func (r *room) dial(want voice.Leg) {
	m, w := r.media, r.media.world
	l := &leg{media: m, id: want.ID, room: r, outbound: true, agent: w.byPhone[want.Target]}
	m.legs[l.id] = l
	r.legs = append(r.legs, l)
	if l.agent == nil {
		w.complain("a call is placed to %q, which is no agent's phone", want.Target)
		return
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

func (l *leg) ring() {
	m := l.media
	if l.ending != voice.CauseNone || m.legs[l.id] != l {
		return
	}
	cause, after, ok := l.agent.rings()
	if cause != voice.CauseBusy {
		m.report(voice.Report{Kind: voice.LegRinging, Room: l.room.want.ID, Leg: l.id})
	}
	if !ok {
		return
	}
	m.after(after, func() {
		switch {
		case l.ending != voice.CauseNone || m.legs[l.id] != l:
		case cause != voice.CauseNone:
			l.gone(cause)
		default:
			l.answered, l.agent.talks = true, true
			m.report(voice.Report{Kind: voice.LegAnswered, Room: l.room.want.ID, Leg: l.id})
			l.lonely()
		}
	})
}

// lonely lets an agent hang up who lifted the phone and hears nobody.
func (l *leg) lonely() {
	l.media.after(minute, func() {
		if !l.room.talking {
			l.hangsUp()
		}
	})
}

// hangsUp is the far side hanging up.
func (l *leg) hangsUp() {
	if l.media.alive() && l.media.legs[l.id] == l {
		l.gone(voice.CauseRemote)
	}
}

// hangUp ends the leg from this side, which takes a moment; the first cause
// counts.
func (l *leg) hangUp(cause voice.Cause) {
	if l.media.legs[l.id] != l || l.ending != voice.CauseNone {
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
