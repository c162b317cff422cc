package world

import (
	"errors"
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
)

// ErrNoAnswer says that the core died, or could not be reached, before it
// answered: whether the command counted is not known.
var ErrNoAnswer = errors.New("no answer: the command may or may not have counted")

// Core is the contact center that the world talks to. Both calls answer once,
// on the world's goroutine, after they have returned.
type Core interface {
	// Do hands in a command. The error is a refusal, or [ErrNoAnswer].
	Do(actor tandem.Actor, body any, done func(answer any, err error))
	// Rooms reads the rooms that are outstanding. The error is [ErrNoAnswer].
	Rooms(done func(rooms []voice.Room, err error))
}

// World is everyone around one contact center.
type World struct {
	*Agenda
	eyes
	names   Names
	shape   Shape
	chance  *Chance
	core    Core
	plan    *plan
	start   tandem.Time
	people  []*agent // agents and supervisors, also former ones
	byUser  map[tandem.ID]*agent
	byPhone map[tandem.Personal]*agent
	counts  map[string]int
	media   *media
	link    *link
	wrong   error
}

// New makes a world that has not begun.
func New(agenda *Agenda, seed uint64, shape Shape, core Core) *World {
	w := &World{
		Agenda: agenda, eyes: newEyes(), names: Names{}, shape: shape, chance: NewChance(seed, "world"), core: core, start: agenda.Now(),
		byUser: map[tandem.ID]*agent{}, byPhone: map[tandem.Personal]*agent{}, counts: map[string]int{},
	}
	w.plan = newPlan(w, NewChance(seed, "plan"))
	w.link = &link{world: w}
	w.media = newMedia(w)
	return w
}

// Begin creates the instance, lets the agents come to work, and the callers
// and programs begin. Contacts come until [Shape.OpenMillis] have passed; then
// the configuration is put back as it was, and every agent stays Available
// until all is done.
func (w *World) Begin() {
	w.set(w.plan.commands(), func() {
		w.link.connect()
		for _, a := range w.people {
			a.begin()
		}
		for range w.shape.Contacts {
			w.At(w.start.Add(w.chance.Between(comeMillis, w.shape.OpenMillis)), w.newContact)
		}
		w.beginAdmin()
		w.beginMischief()
	})
}

// closing reports whether the time is over in which anything begins.
func (w *World) closing() bool { return w.Now() >= w.start.Add(w.shape.OpenMillis) }

// sometimes lets something happen about so often, never for 0, until nothing
// new begins.
func (w *World) sometimes(typical int64, do func()) {
	if typical <= 0 {
		return
	}
	w.After(w.chance.Around(typical), func() {
		if !w.closing() {
			do()
			w.sometimes(typical, do)
		}
	})
}

// Wrong is the first answer that nobody should get, if one came.
func (w *World) Wrong() error { return w.wrong }

// Names tells what the world calls its things.
func (w *World) Names() Names { return w.names }

func (w *World) complain(format string, args ...any) {
	if w.wrong == nil {
		w.wrong = fmt.Errorf(format, args...)
	}
}

// HandOut takes an effect of the core.
func (w *World) HandOut(effect tandem.Effect) {
	if room, ok := effect.(voice.Room); ok {
		w.link.send(room)
		return
	}
	w.asked(effect)
}

// CoreDied breaks what was connected with the core.
func (w *World) CoreDied() {
	w.link.deaths++
	w.link.cut()
}

// Saw shows a durable record to the people's screens.
func (w *World) Saw(rec *tandem.Record) {
	for _, ev := range rec.Events {
		w.see(ev)
		w.chatSees(ev)
		if started, ok := ev.(*event.ContactInitiated); ok {
			w.nameContact(started)
			w.customerSees(started)
		}
		if user, ok := userOf(ev); ok && w.byUser[user] != nil {
			w.byUser[user].sees(ev)
		}
	}
}

// ask hands in a command until it is answered: who gets no answer tries again.
// Then, which may be nil, gets the answer or the refusal.
func (w *World) ask(actor tandem.Actor, body any, then func(answer any, err error)) {
	w.core.Do(actor, body, func(answer any, err error) {
		if errors.Is(err, ErrNoAnswer) {
			w.After(w.chance.Between(500, 4_000), func() { w.ask(actor, body, then) })
			return
		}
		w.judge(body, answer, err)
		if then != nil {
			then(answer, err)
		}
	})
}

// set hands in commands one after the other, which must all apply.
func (w *World) set(commands []any, then func()) {
	w.run(commands, func(body any, err error) {
		var refusal *tandem.Error
		again := errors.As(err, &refusal) && refusal.Kind == tandem.Duplicate // it counted before
		if err != nil && !again {
			w.complain("%s was refused: %w", nameOf(body), err)
		}
	}, then)
}

// run hands in commands one after the other.
func (w *World) run(commands []any, each func(body any, err error), then func()) {
	if len(commands) == 0 {
		then()
		return
	}
	w.ask(tandem.Actor{Kind: tandem.ActorSystem}, commands[0], func(_ any, err error) {
		each(commands[0], err)
		w.run(commands[1:], each, then)
	})
}

// live reports whether a contact has not ended, as far as the screens show.
func (s *sight) live() bool { return s.phase != center.Ended && s.phase != center.WrapUp }
