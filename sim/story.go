package sim

import (
	"fmt"
	"reflect"
	"strings"

	"tandem"
	"tandem/voice"
	"tandem/world"
)

const (
	storyLines   = 20_000 // kept
	relatedLines = 40     // told of those about what failed
	lastLines    = 12     // told of the others
)

// story keeps what happened last, to be told when a property fails.
type story struct {
	names world.Names
	lines []line // a ring
	next  int
}

// line is one happening. It is written out only when it is told.
type line struct {
	at     tandem.Time
	text   string
	args   []any
	body   any
	events []tandem.Event
	seq    tandem.Seq
	err    error
}

func (s *story) keep(l line) {
	if len(s.lines) < storyLines {
		s.lines = append(s.lines, l)
		return
	}
	s.lines[s.next] = l
	s.next = (s.next + 1) % storyLines
}

// tell keeps something that happened in the world.
func (s *story) tell(at tandem.Time, text string, args ...any) {
	s.keep(line{at: at, text: text, args: args})
}

// command keeps a command and what it led to.
func (s *story) command(at tandem.Time, cmd tandem.Command, rec *tandem.Record, err error) {
	s.keep(line{at: at, body: cmd.Body, events: rec.Events, seq: rec.Seq, err: err})
}

// head is the command, or what else happened.
func (l *line) head() string {
	at := l.at.Std().Format("15:04:05.000")
	if l.body == nil {
		return at + "  -- " + fmt.Sprintf(l.text, l.args...)
	}
	head := at + "  " + strings.TrimPrefix(fmt.Sprintf("%T", l.body), "center.") + fields(reflect.ValueOf(l.body))
	switch {
	case l.err != nil:
		head += "\n              refused: " + l.err.Error()
	case len(l.events) == 0:
		head += "\n              changes nothing"
	}
	return head
}

// about is the line with those of its events that are about the id, empty if
// nothing of it is.
func (l *line) about(id string) string {
	head := l.head()
	found := strings.Contains(head, id)
	for _, ev := range l.events {
		if text := fields(reflect.ValueOf(ev).Elem()); strings.Contains(text, id) {
			head += fmt.Sprintf("\n      %7d %s%s", l.seq, ev.EventName(), text)
			found = true
		}
	}
	if !found {
		return ""
	}
	return head
}

// reportNames tells what the voice process reports.
var reportNames = map[uint64]string{
	uint64(voice.CallArrived): "CallArrived", uint64(voice.LegRinging): "LegRinging", uint64(voice.LegAnswered): "LegAnswered",
	uint64(voice.LegEnded): "LegEnded", uint64(voice.PlayEnded): "PlayEnded", uint64(voice.RecordingEnded): "RecordingEnded",
	uint64(voice.RoomForgotten): "RoomForgotten", uint64(voice.MediaStarted): "MediaStarted",
}

// fields writes the fields that are set.
func fields(v reflect.Value) string {
	var b strings.Builder
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Name, v.Field(i)
		_, named := f.Interface().(fmt.Stringer)
		switch {
		case f.IsZero():
		case f.Kind() == reflect.Struct && !named:
			b.WriteString(fields(f))
		case f.Type() == reflect.TypeFor[voice.ReportKind]():
			fmt.Fprintf(&b, " %s", reportNames[f.Uint()])
		default:
			fmt.Fprintf(&b, " %s=%s", name, short(fmt.Sprint(f.Interface())))
		}
	}
	return b.String()
}

// short cuts a long text.
func short(text string) string {
	const most = 160
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}

// end is the end of the story: what was about the first id in the text, and
// what came last.
func (s *story) end(text string) string {
	var related, last []string
	ids := world.IDs(text)
	for i := range s.lines {
		l := &s.lines[(s.next+i)%len(s.lines)]
		if len(ids) > 0 {
			if about := l.about(ids[0]); about != "" {
				related = append(related, about)
			}
		}
		if i >= len(s.lines)-lastLines {
			last = append(last, l.head())
		}
	}
	related = related[max(0, len(related)-relatedLines):]
	return s.names.Tell("What was about it:\n" + strings.Join(related, "\n") + "\n\nWhat came last:\n" + strings.Join(last, "\n") + "\n")
}
