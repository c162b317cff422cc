package center

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// day1 is a Monday, 09:00 UTC.
var day1 = tandem.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

type zones struct{}

// Location implements Zones with the zones of this machine.
func (zones) Location(name string) (*time.Location, bool) {
	if name == "" {
		return nil, false
	}
	l, err := time.LoadLocation(name)
	return l, err == nil
}

// world hosts one machine as package instance does, keeps its records, and
// proves after every step that the invariants hold and that replaying the
// record on a second machine gives the same state.
type world struct {
	t        testing.TB
	m        *Machine
	follower *Machine
	now      tandem.Time
	seq      tandem.Seq
	records  []tandem.Record
	effects  []tandem.Effect
	names    map[tandem.ID]string
	ids      map[string]tandem.ID
	media    tandem.ID
	medias   int
	reports  uint64
	plays    int
	offers   int
	killed   bool // see [world.pause]
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, m: New(zones{}), follower: New(zones{}), now: day1, names: map[tandem.ID]string{}, ids: map[string]tandem.ID{}}
	w.newMedia()
	return w
}

func (w *world) newMedia() {
	w.medias++
	w.media, w.reports = w.id(fmt.Sprintf("media%d", w.medias)), 0
}

// id is the id of a name, the same in every run.
func (w *world) id(name string) tandem.ID {
	id, known := w.ids[name]
	if !known {
		id = tandem.NameID("test", name)
		w.name(id, name)
	}
	return id
}

func (w *world) name(id tandem.ID, name string) { w.names[id], w.ids[name] = name, id }

// step takes one command; events are those of its record.
func (w *world) step(body any) (answer any, events []tandem.Event, err error) {
	w.t.Helper()
	cmd := tandem.Command{ID: tandem.NameID("command", fmt.Sprint(w.seq)), At: w.now, Body: body}
	rec := tandem.Record{Seq: w.seq + 1, CommandID: cmd.ID, At: cmd.At}
	s := tandem.NewStep(rec.Seq, cmd, func(ev tandem.Event) {
		rec.Events = append(rec.Events, ev)
		w.m.Apply(rec.Seq, rec.At, ev)
	})
	answer, err = w.m.Decide(s, body)
	if err != nil && len(rec.Events) > 0 {
		w.t.Fatalf("%T was refused after it emitted: %v", body, err)
	}
	if len(rec.Events) > 0 {
		w.seq++
		w.records = append(w.records, rec)
	}
	w.effects = append(w.effects, w.m.TakeEffects(1)...)
	w.follow(&rec)
	if e := w.m.Check(); e != nil {
		w.t.Fatalf("after %T: %v\n%s", body, e, w.tell(rec.Events))
	}
	return answer, rec.Events, err
}

// follow replays the record from its wire form, as after a restart.
func (w *world) follow(rec *tandem.Record) {
	w.t.Helper()
	sealer := tandem.Plain{}
	e := tandem.NewEncoder(nil, sealer)
	event.AppendRecord(e, rec)
	var read tandem.Record
	if err := event.ReadRecord(tandem.NewDecoder(e.Bytes(), sealer), &read); err != nil {
		w.t.Fatal(err)
	}
	for _, ev := range read.Events {
		w.follower.Apply(read.Seq, read.At, ev)
	}
	if got, want := w.follower.Hash(), w.m.Hash(); got != want {
		w.t.Fatalf("replay gives another state after record %d\n%s", rec.Seq, w.tell(rec.Events))
	}
}

// restart goes on with a machine that was rebuilt from a snapshot.
func (w *world) restart() {
	w.t.Helper()
	before := w.m.Hash()
	sealer := tandem.Plain{}
	e := tandem.NewEncoder(nil, sealer)
	w.m.EncodeSnapshot(e)
	m := New(zones{})
	d := tandem.NewDecoder(e.Bytes(), sealer)
	m.DecodeSnapshot(d)
	if d.Err() != nil || len(d.Rest()) > 0 {
		w.t.Fatalf("snapshot: %v, %d bytes left", d.Err(), len(d.Rest()))
	}
	if m.Hash() != before {
		w.t.Fatal("the snapshot gives another state")
	}
	if err := m.Check(); err != nil {
		w.t.Fatalf("after the snapshot: %v", err)
	}
	w.m = m
}

// must takes a command that is not refused.
func (w *world) must(body any) []tandem.Event {
	w.t.Helper()
	_, events, err := w.step(body)
	if err != nil {
		w.t.Fatalf("%T: %v", body, err)
	}
	return events
}

// refused takes a command that must be refused for the reason.
func (w *world) refused(body any, kind tandem.ErrorKind, field string) {
	w.t.Helper()
	_, _, err := w.step(body)
	e, ok := err.(*tandem.Error)
	if !ok || e.Kind != kind || e.Field != field {
		w.t.Fatalf("%T: got %v (%T), want kind %d of field %q", body, err, err, kind, field)
	}
}

// wait lets time pass, with a tick whenever one is due.
func (w *world) wait(d time.Duration) []tandem.Event {
	w.t.Helper()
	end, all := w.now.Add(d.Milliseconds()), []tandem.Event(nil)
	for {
		due, ok := w.m.NextDue()
		if !ok || due > end {
			w.now = end
			return all
		}
		w.now = max(w.now, due)
		all = append(all, w.must(tandem.Tick{})...)
		if next, ok := w.m.NextDue(); ok && next <= w.now {
			w.t.Fatalf("a tick at %s leaves work due at %s", w.now, next)
		}
	}
}

// report hands in the next report of the media process.
func (w *world) report(r voice.Report) []tandem.Event {
	w.t.Helper()
	w.reports++
	r.Incarnation, r.Number = w.media, w.reports
	if r.At.IsZero() {
		r.At = w.now
	}
	return w.must(TakeVoiceReport{r})
}

// call lets a customer's call arrive.
func (w *world) call(name, from, to string) []tandem.Event {
	w.t.Helper()
	leg := w.id(name + ".customer")
	w.name(leg.Derive(contactNumber), name)
	return w.report(voice.Report{Kind: voice.CallArrived, Leg: leg, From: tandem.Personal(from), To: to, Trunk: "trunk1"})
}

// legReport reports on the customer's leg of a contact, or the agent's.
func (w *world) legReport(kind voice.ReportKind, contact string, agent bool, cause voice.Cause) []tandem.Event {
	w.t.Helper()
	leg := w.id(contact + ".customer")
	if c := w.m.state.Contacts[w.id(contact)]; agent && c != nil {
		leg = c.OfferID
	}
	return w.report(voice.Report{Kind: kind, Room: w.id(contact), Leg: leg, Cause: cause})
}

func (w *world) playEnded(contact string, outcome voice.PlayOutcome, digits string) []tandem.Event {
	w.t.Helper()
	r := voice.Report{Kind: voice.PlayEnded, Room: w.id(contact), Outcome: outcome, Digits: tandem.Personal(digits)}
	if c := w.m.state.Contacts[r.Room]; c != nil && c.Play != nil {
		r.Play = c.Play.Started.PlayID
	}
	return w.report(r)
}

// tell writes events as lines of a story.
func (w *world) tell(events []tandem.Event) string {
	var b strings.Builder
	for _, ev := range events {
		w.nameNew(ev)
		switch ev := ev.(type) {
		case *event.OfferMade:
			w.offers++
			w.name(ev.OfferID, fmt.Sprintf("offer%d", w.offers))
		case *event.PlayStarted:
			w.plays++
			w.name(ev.PlayID, fmt.Sprintf("play%d", w.plays))
		case *event.VoiceReportTaken:
			continue
		}
		b.WriteString(ev.EventName())
		w.tellFields(&b, reflect.ValueOf(ev).Elem())
		b.WriteByte('\n')
	}
	return b.String()
}

func (w *world) tellFields(b *strings.Builder, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if v.Field(i).IsZero() || f.Name == "InitialContactID" {
			continue
		}
		fmt.Fprintf(b, " %s=%s", f.Name, w.text(v.Field(i).Interface()))
	}
}

func (w *world) text(x any) string {
	switch x := x.(type) {
	case tandem.ID:
		if name, ok := w.names[x]; ok {
			return name
		}
		return "?"
	case tandem.Time:
		if x.IsZero() {
			return "-"
		}
		return fmt.Sprintf("%gs", float64(x.Sub(day1))/1000)
	case []tandem.ID:
		var names []string
		for _, id := range x {
			names = append(names, w.text(id))
		}
		return fmt.Sprint(names)
	case event.LegState:
		return [...]string{"", "requested", "ringing", "answered", "gone"}[x]
	case tandem.Personal:
		return fmt.Sprintf("%q", string(x))
	}
	return w.named(fmt.Sprint(x))
}

// kinds is the names of events, without the book-keeping of reports.
func kinds(events []tandem.Event) string {
	var names []string
	for _, ev := range events {
		if n := ev.EventName(); n != "VoiceReportTaken" {
			names = append(names, n)
		}
	}
	return strings.Join(names, " ")
}

// lastRoom is the newest room of a contact that was handed out.
func (w *world) lastRoom(contact string) voice.Room {
	w.t.Helper()
	for _, e := range slices.Backward(w.effects) {
		if r, ok := e.(voice.Room); ok && r.ID == w.id(contact) {
			return r
		}
	}
	w.t.Fatalf("no room of %s was handed out", contact)
	return voice.Room{}
}
