package world

import (
	"errors"
	"fmt"

	"tandem"
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
	names   Names
	shape   Shape
	chance  *Chance
	core    Core
	ids     ids
	start   tandem.Time
	people  []*agent
	byUser  map[tandem.ID]*agent
	byPhone map[tandem.Personal]*agent
	tasks   map[tandem.ID]bool // contacts that are tasks
	media   *media
	link    *link
	wrong   error
}

// New makes a world that has not begun.
func New(agenda *Agenda, seed uint64, shape Shape, core Core) *World {
	w := &World{
		Agenda: agenda, names: Names{}, shape: shape, chance: NewChance(seed, "world"), core: core, start: agenda.Now(),
		byUser: map[tandem.ID]*agent{}, byPhone: map[tandem.Personal]*agent{}, tasks: map[tandem.ID]bool{},
	}
	w.ids = w.nameIDs()
	w.link = &link{world: w}
	w.media = newMedia(w)
	return w
}

// Begin creates the instance, lets the agents come to work, and the callers
// and programs begin. Contacts come until [Shape.OpenMillis] have passed;
// then every agent stays Available, until all is done.
func (w *World) Begin() {
	w.set(w.setup(), func() {
		w.link.connect()
		for _, a := range w.people {
			a.begin()
		}
		for range w.shape.Contacts {
			arrive := w.newCall
			if w.chance.PerMille(w.shape.TasksPerMille) {
				arrive = w.newTask
			}
			w.At(w.start.Add(w.chance.Between(comeMillis, w.shape.OpenMillis)), arrive)
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
	}
}

// CoreDied breaks what was connected with the core.
func (w *World) CoreDied() {
	w.link.deaths++
	w.link.cut()
}

// Saw shows a durable record to the agents' screens.
func (w *World) Saw(rec *tandem.Record) {
	for _, ev := range rec.Events {
		if started, ok := ev.(*event.ContactInitiated); ok {
			w.nameContact(started)
			w.tasks[started.ContactID] = started.Channel == event.Task
		}
		if user, ok := userOf(ev); ok && w.byUser[user] != nil {
			w.byUser[user].sees(ev)
		}
	}
}

// ask hands in a command until it is answered: who gets no answer tries again.
func (w *World) ask(actor tandem.Actor, body any, then func(answer any, err error)) {
	w.core.Do(actor, body, func(answer any, err error) {
		if errors.Is(err, ErrNoAnswer) {
			w.After(w.chance.Between(500, 4_000), func() { w.ask(actor, body, then) })
			return
		}
		then(answer, err)
	})
}

// set hands in commands one after the other.
func (w *World) set(commands []any, then func()) {
	if len(commands) == 0 {
		then()
		return
	}
	w.ask(tandem.Actor{Kind: tandem.ActorSystem}, commands[0], func(_ any, err error) {
		var refusal *tandem.Error
		if err != nil && !(errors.As(err, &refusal) && refusal.Kind == tandem.Duplicate) { // it counted before
			w.complain("%T was refused: %w", commands[0], err)
			return
		}
		w.set(commands[1:], then)
	})
}
