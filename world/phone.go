package world

import (
	"tandem"
	"tandem/voice"
)

// habit is what becomes of a call that rings.
type habit struct {
	after  int64       // until it is answered or refused
	cause  voice.Cause // of the refusal; none: an answer
	silent bool        // it does not even ring
	never  bool        // nothing happens
}

// ring lets the far end of an outgoing leg ring, and do what its owner does.
func (l *leg) ring() {
	m := l.media
	if l.over() {
		return
	}
	if a := m.world.byUser[m.world.owner(l.room.want.ID, l.id).user]; a != nil && l.soft {
		a.ears = append(a.ears, l.id)
	}
	h := l.habit()
	if !h.silent {
		m.report(voice.Report{Kind: voice.LegRinging, Room: l.room.want.ID, Leg: l.id})
	}
	if h.never {
		return
	}
	m.after(h.after, func() {
		switch {
		case l.over():
		case h.cause != voice.CauseNone:
			l.gone(h.cause)
		default:
			l.answered = true
			l.joined()
			l.talks()
		}
	})
}

func (l *leg) habit() habit {
	w := l.media.world
	switch {
	case l.soft:
		return w.browserHabit()
	case l.agent != nil:
		return l.agent.phoneHabit()
	}
	return w.strangerHabit()
}

// phoneHabit is what an agent does with the ringing desk phone.
func (a *agent) phoneHabit() habit {
	w := a.world
	switch {
	case a.talks:
		return habit{after: 50, cause: voice.CauseBusy, silent: true}
	case w.chance.PerMille(w.shape.IgnorePerMille):
		return habit{never: true}
	case w.chance.PerMille(w.shape.RefusePerMille):
		causes := [...]voice.Cause{voice.CauseBusy, voice.CauseRejected, voice.CauseUnreachable}
		return habit{after: w.chance.Between(50, 5_000), cause: causes[w.chance.Between(0, 2)]}
	}
	return habit{after: w.chance.Between(500, tandem.RingMillis+500)} // some are late
}

// browserHabit is what an agent's browser does: it answers at once, and the
// agent accepts on the screen.
func (w *World) browserHabit() habit {
	switch {
	case w.chance.PerMille(20):
		return habit{after: 50, cause: voice.CauseUnreachable, silent: true}
	case w.chance.PerMille(10):
		return habit{silent: true, never: true}
	}
	return habit{after: w.chance.Between(20, 400)}
}

// strangerHabit is what a customer or somebody else outside does who is
// called.
func (w *World) strangerHabit() habit {
	if w.chance.PerMille(650) {
		return habit{after: w.chance.Between(500, 25_000)}
	}
	h := habit{after: w.chance.Between(100, 10_000)}
	switch w.chance.Between(1, 6) {
	case 1:
		h.cause, h.silent = voice.CauseBusy, true
	case 2:
		h.cause = voice.CauseRejected
	case 3:
		h.cause, h.silent = voice.CauseInvalid, true
	case 4:
		h.cause, h.silent = voice.CauseUnreachable, true
	default:
		h.never = true
	}
	return h
}

// talks is what one does who has answered: an agent who hears nobody hangs up
// after a while, and so does a customer who waits too long; others talk for a
// time.
func (l *leg) talks() {
	w := l.media.world
	switch l.role {
	case voice.Agent:
		if l.agent != nil {
			l.agent.talks = true
		}
		l.media.after(minute, l.lonely)
	case voice.Customer:
		l.media.after(w.chance.Around(w.shape.PatienceMillis), l.lonely)
	default:
		if l.agent != nil {
			l.agent.talks = true
		}
		l.media.after(w.chance.Around(max(1_000, w.shape.TalkMillis)), l.hangsUp)
	}
}

func (l *leg) lonely() {
	if l.room != nil && !l.room.talking {
		l.hangsUp()
	}
}
