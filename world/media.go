package world

import (
	"slices"

	"tandem"
	"tandem/voice"
)

// claimMillis is how long an arrived call waits for a room.
const claimMillis = 10_000

// media is the voice process without sound: it brings rooms to what the core
// wants, reports what becomes of them, and remembers what has ended, so that
// what is asked for again is told again instead of done again.
type media struct {
	world       *World
	incarnation tandem.ID
	skew        int64 // of its clock
	number      uint64
	kept        []voice.Report // not acknowledged
	linked      bool
	epoch       tandem.Epoch
	rooms       map[tandem.ID]*room
	legs        map[tandem.ID]*leg
	goneLegs    map[tandem.ID]voice.Report
	donePlays   map[tandem.ID]voice.Report
	recorded    map[tandem.ID]voice.Report
	ended       map[tandem.ID]voice.Report
}

// room is one call.
type room struct {
	media     *media
	want      voice.Room
	confirmed bool // sent, or named alive, over the present link
	legs      []*leg
	plays     []*play
	recording tandem.ID
	closing   int // recordings that are not reported yet
	talking   bool
}

func newMedia(w *World) *media {
	m := &media{
		world: w, incarnation: w.chance.ID(), skew: w.chance.Between(-400, 400),
		rooms: map[tandem.ID]*room{}, legs: map[tandem.ID]*leg{}, goneLegs: map[tandem.ID]voice.Report{},
		donePlays: map[tandem.ID]voice.Report{}, recorded: map[tandem.ID]voice.Report{}, ended: map[tandem.ID]voice.Report{},
	}
	m.report(voice.Report{Kind: voice.MediaStarted})
	return m
}

// LoseMedia is the death of the voice process. The next one knows nothing.
func (w *World) LoseMedia() {
	for _, a := range w.people {
		a.talks = false
	}
	w.link.cut()
	w.media = newMedia(w)
}

func (m *media) alive() bool { return m.world.media == m }

func (m *media) now() tandem.Time { return m.world.Now().Add(m.skew) }

// after lets do happen later, if the process still lives.
func (m *media) after(millis int64, do func()) {
	m.world.After(millis, func() {
		if m.alive() {
			do()
		}
	})
}

// report numbers a report and keeps it until the core has acknowledged it.
func (m *media) report(r voice.Report) {
	m.number++
	r.Incarnation, r.Number = m.incarnation, m.number
	if r.At.IsZero() {
		r.At = m.now()
	}
	m.kept = append(m.kept, r)
	m.world.link.pump()
}

func (m *media) acknowledged(incarnation tandem.ID, number uint64) {
	if incarnation == m.incarnation {
		m.kept = slices.DeleteFunc(m.kept, func(r voice.Report) bool { return r.Number <= number })
	}
}

// setLinked tells that there is a core, or none any more.
func (m *media) setLinked(linked bool) {
	m.linked = linked
	for _, id := range tandem.SortedIDs(m.rooms) {
		m.rooms[id].confirmed = false
	}
}

// synced ends rooms that the core does not know.
func (m *media) synced(alive map[tandem.ID]bool) {
	for _, id := range tandem.SortedIDs(m.rooms) {
		if r := m.rooms[id]; !alive[id] && !r.confirmed && !r.want.Ended {
			r.end()
		}
	}
}

// take takes a room that the core wants.
func (m *media) take(want voice.Room) {
	if want.Epoch < m.epoch {
		return
	}
	if wrong := nonsense(want); wrong != "" {
		m.world.complain("the room %s has %s", want.ID, wrong)
	}
	m.epoch = want.Epoch
	r := m.rooms[want.ID]
	switch {
	case r == nil:
		m.firstSight(want)
	case want.Epoch == r.want.Epoch && want.Rev <= r.want.Rev:
		r.confirmed = true
	default:
		r.reconcile(want)
	}
}

func (m *media) firstSight(want voice.Room) {
	if _, known := m.ended[want.ID]; known || want.Ended {
		for _, l := range want.Legs {
			if real := m.legs[l.ID]; real != nil {
				real.hangUp(l.Cause) // a call that is refused
			} else {
				m.tellGone(want.ID, l)
			}
		}
		m.report(voice.Report{Kind: voice.RoomForgotten, Room: want.ID})
		return
	}
	r := &room{media: m}
	m.rooms[want.ID] = r
	r.reconcile(want)
}

// reconcile brings a room to what the core wants.
func (r *room) reconcile(want voice.Room) {
	wasEnded := r.want.Ended
	r.want, r.confirmed = want, true
	if want.Ended || wasEnded {
		r.end()
		return
	}
	for _, l := range want.Legs {
		r.reconcileLeg(l)
	}
	for _, l := range slices.Clone(r.legs) {
		if !slices.ContainsFunc(want.Legs, func(w voice.Leg) bool { return w.ID == l.id }) {
			l.hangUp(voice.CauseHangup)
		}
	}
	r.reconcilePlays()
	r.reconcileRecording()
	r.talk()
}

// end hangs up and closes all that a room has.
func (r *room) end() {
	r.want.Ended, r.plays = true, nil
	for _, l := range slices.Clone(r.legs) {
		l.hangUp(voice.CauseHangup)
	}
	r.stopRecording()
	r.forget()
}

// forget reports an ended room when nothing of it is left.
func (r *room) forget() {
	m, id := r.media, r.want.ID
	if !r.want.Ended || len(r.legs) > 0 || r.closing > 0 || m.rooms[id] != r {
		return
	}
	delete(m.rooms, id)
	m.ended[id] = voice.Report{}
	m.report(voice.Report{Kind: voice.RoomForgotten, Room: id})
}

// talk lets those who hear each other talk, until they tire of it.
func (r *room) talk() {
	if !r.talking && len(r.want.Mix) > 0 {
		r.talking = true
		r.tire()
	}
}

// tire lets somebody hang up in the end, and later the next of those who are
// left.
func (r *room) tire() {
	m, w := r.media, r.media.world
	m.after(max(1_000, w.chance.Around(w.shape.TalkMillis)), func() {
		var who []*leg
		for _, l := range r.legs {
			if l.speaks && (l.role == voice.Customer || l.role == voice.Agent) {
				who = append(who, l)
			}
		}
		if m.rooms[r.want.ID] != r {
			return
		}
		if len(who) > 0 {
			who[w.chance.Between(0, int64(len(who)-1))].hangsUp()
		}
		r.tire()
	})
}
