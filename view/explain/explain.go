package explain

import (
	"fmt"
	"io"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/presence"
)

// Line is one fact of a story.
type Line struct {
	At   tandem.Time `json:"-"`
	Time string      `json:"time"` // RFC 3339 with milliseconds, UTC
	Seq  tandem.Seq  `json:"seq"`  // the record that holds the fact
	What string      `json:"what"`
	Why  []string    `json:"why,omitempty"`
}

// Records calls each with every record of an instance's journal, in order,
// from the first one on. It returns the error that each returned.
type Records func(each func(*tandem.Record) error) error

// Contact tells the story of a contact. The machine is a new center, which the
// journal is replayed on.
func Contact(m *center.Machine, records Records, id tandem.ID) ([]Line, error) {
	t := newTeller(m)
	s := &contactStory{teller: t, id: id}
	lines, err := t.tell(records, s)
	if err == nil && len(lines) == 0 {
		err = tandem.Errorf(tandem.NotFound, "contact", "the journal tells nothing about a contact %s; check the id and the instance", id)
	}
	return lines, err
}

// Agent tells the story of an agent, in the center and in the systems that the
// agent's status is kept in step with. The machine is a new center, which the
// journal is replayed on.
func Agent(m *center.Machine, records Records, id tandem.ID) ([]Line, error) {
	t := newTeller(m)
	s := &agentStory{teller: t, id: id}
	lines, err := t.tell(records, s)
	if err == nil && len(lines) == 0 {
		err = tandem.Errorf(tandem.NotFound, "agent", "the journal tells nothing about a user %s; check the id and the instance", id)
	}
	return lines, err
}

// Write writes a story for people: a line for the day, then the time and what
// happened, and below it why.
func Write(w io.Writer, lines []Line) error {
	var out strings.Builder
	day := ""
	for _, l := range lines {
		if d := l.At.Std().Format("Monday, 2 January 2006 (UTC)"); d != day {
			day = d
			fmt.Fprintln(&out, day)
		}
		fmt.Fprintf(&out, "%s  %s\n", clock(l.At), l.What)
		for _, why := range l.Why {
			fmt.Fprintf(&out, "                %s\n", why)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// story finds words for events. The state is that just before the event.
type story interface {
	// words says what the event means to the story; nothing if it is not part
	// of it.
	words(rec *tandem.Record, ev tandem.Event) (what string, why []string)
	// after is called when all of a record was applied.
	after(rec *tandem.Record) (what string, why []string)
}

// teller replays a journal and collects lines.
type teller struct {
	center   *center.Machine
	presence *presence.Machine
	users    map[tandem.ID]string // what they were called last; it outlives them
	lines    []Line
}

func newTeller(m *center.Machine) *teller {
	return &teller{center: m, presence: presence.New(), users: map[tandem.ID]string{}}
}

func (t *teller) tell(records Records, s story) ([]Line, error) {
	err := records(func(rec *tandem.Record) error {
		first := true // the actor asked for what comes first; the rest follows from it
		for _, ev := range rec.Events {
			if u, ok := ev.(*event.UserSaved); ok {
				t.users[u.UserID] = string(u.Username)
			}
			what, why := s.words(rec, ev)
			if what != "" && first {
				why = append(why, actor(rec, t.user)...)
			}
			if _, ok := ev.(*event.VoiceReportTaken); !ok {
				first = false
			}
			t.add(rec, what, why)
			t.center.Apply(rec.Seq, rec.At, ev)
			t.presence.Apply(rec.Seq, rec.At, ev)
		}
		what, why := s.after(rec)
		t.add(rec, what, why)
		t.center.TakeEffects(0)
		t.presence.TakeEffects(0)
		return nil
	})
	return t.lines, err
}

func (t *teller) add(rec *tandem.Record, what string, why []string) {
	if what != "" {
		t.lines = append(t.lines, Line{At: rec.At, Time: rec.At.String(), Seq: rec.Seq, What: what, Why: why})
	}
}

// actor says who asked for what a record tells.
func actor(rec *tandem.Record, user func(tandem.ID) string) []string {
	var who string
	switch rec.Actor.Kind {
	case tandem.ActorUser:
		who = "done by " + user(rec.Actor.ID)
	case tandem.ActorAPI:
		who = "asked through the API"
		if !rec.Actor.ID.IsZero() {
			who += " by " + user(rec.Actor.ID)
		}
	case tandem.ActorVoice:
		who = "reported by the voice process"
	case tandem.ActorConnector:
		who = "reported by a connected system"
	default:
		return nil
	}
	if rec.Cause != 0 {
		who += fmt.Sprintf(", following record %d", rec.Cause)
	}
	return []string{who}
}

func clock(t tandem.Time) string { return t.Std().Format("15:04:05.000") }

func seconds(ms int64) string { return fmt.Sprintf("%d.%d s", ms/1000, ms%1000/100) }

// state is what events are told from.
func (t *teller) state() *center.State { return t.center.State() }

// user is what an agent is called.
func (t *teller) user(id tandem.ID) string {
	if id.IsZero() {
		return "nobody"
	}
	if name := t.users[id]; name != "" {
		return name
	}
	return "user " + id.String()
}

func (t *teller) queue(id tandem.ID) string {
	if q := t.state().Queues[id]; q != nil {
		return q.Name
	}
	if t.state().Agents[id] != nil {
		return "the own queue of " + t.user(id)
	}
	return "queue " + id.String()
}

func (t *teller) status(id tandem.ID) string {
	if s := t.state().Statuses[id]; s != nil {
		return s.Name
	}
	return "status " + id.String()
}
