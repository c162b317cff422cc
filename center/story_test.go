package center

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

var causes = map[string]voice.Cause{"remote": voice.CauseRemote, "no-answer": voice.CauseNoAnswer, "busy": voice.CauseBusy,
	"rejected": voice.CauseRejected, "unreachable": voice.CauseUnreachable, "invalid": voice.CauseInvalid, "lost": voice.CauseLost}

// TestStories tells the stories in testdata. Each line of a story is one
// command; what it led to is written below it.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		w := newWorld(t)
		w.create()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			w.t = t
			out, err := w.play(d.Cmd, d)
			var refusal *tandem.Error
			if errors.As(err, &refusal) {
				out += "refused: " + w.named(refusal.Error()) + "\n"
			} else if err != nil {
				t.Fatalf("%s: %v", d.Pos, err)
			}
			return out
		})
	})
}

// named puts names where an error text has ids.
func (w *world) named(text string) string {
	for id, name := range w.names {
		text = strings.ReplaceAll(text, id.String(), name)
	}
	return text
}

// line is one command of a story.
type line struct{ *datadriven.TestData }

func (l line) arg(i int) string {
	if i < len(l.CmdArgs) {
		return l.CmdArgs[i].Key
	}
	return ""
}

func (l line) value(key string) string {
	for _, a := range l.CmdArgs {
		if a.Key == key && len(a.Vals) > 0 {
			return a.Vals[0]
		}
	}
	return ""
}

// play carries out one line of a story.
func (w *world) play(cmd string, d *datadriven.TestData) (string, error) {
	l := line{d}
	switch cmd {
	case "room":
		return w.tellRoom(w.lastRoom(l.arg(0))), nil
	case "hears":
		return strings.ReplaceAll(w.hears(l.arg(0)), "; ", "\n") + "\n", nil
	case "why":
		return w.tellWhy(l.arg(0))
	}
	events, known, err := w.playVoice(cmd, l)
	if !known {
		events, known, err = w.playCall(cmd, l)
	}
	if !known {
		events, err = w.playCommand(cmd, l)
	}
	return w.tell(events), err
}

// playVoice carries out what the media process reports.
func (w *world) playVoice(cmd string, l line) (events []tandem.Event, known bool, err error) {
	contact := l.arg(0)
	leg := func(kind voice.ReportKind) []tandem.Event {
		if who := l.value("who"); who != "" {
			return w.leg(kind, contact, who, causes[l.value("cause")])
		}
		return w.legReport(kind, contact, l.arg(1) == "agent", causes[l.value("cause")])
	}
	switch cmd {
	case "call":
		return w.call(contact, l.value("from"), l.value("to")), true, nil
	case "ringing":
		return leg(voice.LegRinging), true, nil
	case "answered":
		return leg(voice.LegAnswered), true, nil
	case "ended":
		return leg(voice.LegEnded), true, nil
	case "play-done":
		if side, ok := sides[l.arg(1)]; ok {
			return w.played(contact, side), true, nil
		}
		return w.playEnded(contact, voice.PlayDone, ""), true, nil
	case "play-failed":
		return w.playEnded(contact, voice.PlayFailed, ""), true, nil
	case "digits":
		return w.playEnded(contact, voice.PlayDigits, l.value("keys")), true, nil
	case "no-digits":
		return w.playEnded(contact, voice.PlayTimeout, ""), true, nil
	case "recorded":
		c := w.c(contact)
		return w.report(voice.Report{Kind: voice.RecordingEnded, Room: c.ContactID, Recording: c.RecordingID, Location: "recordings/1.wav",
			Started: c.ConnectedToAgentAt, Stopped: c.DisconnectedAt}), true, nil
	case "media-restarts":
		w.newMedia()
		return w.report(voice.Report{Kind: voice.MediaStarted}), true, nil
	}
	return nil, false, nil
}

// playCommand carries out what people and time do.
func (w *world) playCommand(cmd string, l line) (events []tandem.Event, err error) {
	switch cmd {
	case "user":
		return nil, w.playUser(l)
	case "custom-status":
		w.addStatus(l.arg(0))
	case "queue-limit":
		q := *w.m.State().Queues[w.id("BasicQueue")]
		_, err = fmt.Sscan(l.arg(0), &q.MaxContacts)
		w.must(SaveQueue{Queue: q})
	case "delay":
		p := *w.m.State().RoutingProfiles[w.id("Basic")]
		p.Entries = slices.Clone(p.Entries)
		_, err = fmt.Sscan(l.arg(0), &p.Entries[0].DelaySeconds)
		_, events, _ = w.step(SaveRoutingProfile{Profile: p})
	case "status":
		_, events, err = w.step(PutUserStatus{w.id(l.arg(0)), w.id(l.arg(1))})
	case "wait":
		var length time.Duration
		length, err = time.ParseDuration(l.arg(0))
		events = w.wait(length)
	case "core-restarts":
		w.restart()
	case "task":
		events = w.task(l.arg(0))
	case "accept":
		_, events, err = w.step(AcceptContact{w.id(l.arg(0)), w.id(l.arg(1))})
	case "reject":
		_, events, err = w.step(RejectContact{w.id(l.arg(0)), w.id(l.arg(1))})
	case "dismiss":
		_, events, err = w.step(DismissUserContact{w.id(l.arg(0)), w.id(l.arg(1))})
	case "stop":
		_, events, err = w.step(StopContact{w.id(l.arg(0))})
	case "erase":
		_, events, err = w.step(EraseSubject{w.id(l.arg(0))})
	default:
		w.t.Fatalf("%s: there is no command %q", l.Pos, cmd)
	}
	return events, err
}

func (w *world) playUser(l line) (err error) {
	u := w.user(l.arg(0))
	u.AutoAccept = l.HasArg("auto-accept")
	if l.HasArg("soft-phone") {
		u.PhoneType = event.SoftPhone
	}
	if seconds := l.value("acw"); seconds != "" {
		_, err = fmt.Sscan(seconds, &u.AfterContactWorkSeconds)
	}
	w.must(SaveUser{User: u, New: true})
	return err
}

func (w *world) tellRoom(r voice.Room) string {
	var b strings.Builder
	for _, l := range r.Legs {
		wish := [...]string{"", "ringing", "answered", "gone"}[l.Wish]
		fmt.Fprintf(&b, "leg %s %s", w.text(l.ID), wish)
		if l.Outbound {
			fmt.Fprintf(&b, " target=%s caller-id=%s deadline=%s", l.Target, l.CallerID, w.text(l.Deadline))
		}
		b.WriteByte('\n')
	}
	for _, p := range r.Mix {
		fmt.Fprintf(&b, "%s hears %s\n", w.text(p.Listener), w.text(p.Speaker))
	}
	for _, p := range r.Plays {
		fmt.Fprintf(&b, "%s hears %s %v\n", w.text(p.Listener), w.text(p.ID), heard(p.Items))
	}
	if r.Record != nil {
		fmt.Fprintf(&b, "record customer=%v agent=%v", r.Record.Customer, r.Record.Agent)
		if r.Record.Suspended {
			b.WriteString(" suspended")
		}
		if len(r.Record.Held) > 0 {
			fmt.Fprintf(&b, " without=%s", w.text(r.Record.Held))
		}
		b.WriteByte('\n')
	}
	if r.Ended {
		b.WriteString("ended\n")
	}
	return b.String()
}

func (w *world) tellWhy(contact string) (string, error) {
	candidates, err := w.m.ExplainOffer(w.id(contact), w.now)
	var b strings.Builder
	for _, c := range candidates {
		fmt.Fprintf(&b, "%s: %s\n", w.text(c.UserID), c.Reason)
	}
	return b.String(), err
}

// heard is what a play consists of, without how it is spoken.
func heard(items []voice.Prompt) []string {
	var all []string
	for _, p := range items {
		all = append(all, fmt.Sprintf("{%s %s %s}", p.Text, p.SSML, p.Prompt))
	}
	return all
}
