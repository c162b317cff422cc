package world

import (
	"errors"

	"tandem"
	"tandem/center"
	"tandem/voice"
)

// link joins core and voice process. It keeps the order of what it carries,
// and may break at any time. After each connect the core sends the rooms that
// it wants, and the voice process its reports from the oldest that was not
// acknowledged; so reports come twice.
type link struct {
	world   *World
	begun   bool // there is an instance to link with
	session int  // counts cuts: what belongs to an older session is lost
	up      bool
	sent    uint64 // report handed over in this session
	deaths  int    // of the core: what was on its way to an earlier one is lost
}

// BreakLink cuts the link between core and voice process.
func (w *World) BreakLink() { w.link.cut() }

// cut ends the session; another is tried after a while.
func (l *link) cut() {
	if !l.begun {
		return
	}
	l.session++
	l.up = false
	if l.world.media != nil {
		l.world.media.setLinked(false)
	}
	l.retry()
}

func (l *link) retry() {
	session := l.session
	l.world.After(l.world.chance.Between(200, 2_000), func() {
		if l.session == session {
			l.connect()
		}
	})
}

// connect begins a session with what the core wants.
func (l *link) connect() {
	l.begun = true
	session := l.session
	l.world.core.Rooms(func(rooms []voice.Room, err error) {
		switch {
		case l.session != session:
		case err != nil:
			l.retry()
		default:
			l.greet(rooms)
		}
	})
}

func (l *link) greet(rooms []voice.Room) {
	l.up, l.sent = true, 0
	l.carry(func(m *media) {
		m.setLinked(true)
		l.pump()
	})
	alive := map[tandem.ID]bool{}
	for _, r := range rooms {
		alive[r.ID] = true
		l.send(r)
	}
	l.carry(func(m *media) { m.synced(alive) })
}

// transitMillis is how long anything is on its way.
const transitMillis = 3

// carry lets the voice process take something, in order.
func (l *link) carry(what func(*media)) {
	session := l.session
	l.world.After(transitMillis, func() {
		if l.session == session {
			what(l.world.media)
		}
	})
}

// send carries a room. Without a session it is lost, and comes with the next.
func (l *link) send(r voice.Room) {
	if l.up {
		l.carry(func(m *media) { m.take(r) })
	}
}

// pump carries the reports that were not yet handed over in this session.
func (l *link) pump() {
	w := l.world
	if !l.up || w.media == nil || !w.media.linked {
		return
	}
	for i := range w.media.kept {
		if r := &w.media.kept[i]; r.Number > l.sent {
			r := *r
			l.sent = r.Number
			l.carry(func(*media) { l.deliver(r) })
		}
	}
}

// deliver hands a report to the core, which acknowledges it once it is
// durable. Now and then a copy comes late, over another session.
func (l *link) deliver(r voice.Report) {
	session, deaths, w := l.session, l.deaths, l.world
	l.report(r, func() {
		if l.session == session {
			l.carry(func(m *media) { m.acknowledged(r.Incarnation, r.Number) })
		}
	})
	if w.chance.PerMille(20) {
		w.After(w.chance.Between(1, 30_000), func() {
			if l.deaths == deaths {
				l.report(r, func() {})
			}
		})
	}
}

func (l *link) report(r voice.Report, durable func()) {
	l.world.core.Do(tandem.Actor{Kind: tandem.ActorVoice}, center.TakeVoiceReport{Report: r}, func(_ any, err error) {
		switch {
		case err == nil:
			durable()
		case !errors.Is(err, ErrNoAnswer):
			l.world.complain("report %d of kind %d was refused: %w", r.Number, r.Kind, err)
		}
	})
}
