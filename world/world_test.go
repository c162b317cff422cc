package world

import (
	"fmt"
	"slices"
	"testing"

	"tandem"
	"tandem/center"
	"tandem/voice"
)

func TestAgendaKeepsTimeAndOrder(t *testing.T) {
	a := NewAgenda(1_000)
	var told []string
	tell := func(what string) func() { return func() { told = append(told, fmt.Sprint(what, int64(a.Now()))) } }
	a.After(20, tell("late "))
	a.After(10, func() {
		tell("first ")()
		a.At(500, tell("past "))
	})
	a.After(10, tell("second "))
	a.After(500, tell("never "))
	for a.RunNext(1_100) {
	}
	if want := []string{"first 1010", "second 1010", "past 1010", "late 1020"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if a.Now() != 1_100 {
		t.Errorf("after all it is %d, want the limit", int64(a.Now()))
	}
}

func TestChanceIsTheSameForASeedAndStream(t *testing.T) {
	draw := func(seed uint64, stream string) string {
		c := NewChance(seed, stream)
		return fmt.Sprint(c.Between(1, 1e9), c.Around(1e9), c.ID(), c.PerMille(500))
	}
	one, again := draw(1, "a"), draw(1, "a")
	if one != again || one == draw(1, "b") || one == draw(2, "a") {
		t.Error("a stream of a seed is not what it was, or is another's")
	}
	c := NewChance(1, "a")
	for range 1_000 {
		if n := c.Between(-3, 4); n < -3 || n > 4 {
			t.Fatalf("%d is not between -3 and 4", n)
		}
		if d := c.Around(100); d < 20 || d > 400 {
			t.Fatalf("%d is not around 100", d)
		}
	}
}

// recordingCore answers everything and keeps the voice reports; it does not
// decide anything.
type recordingCore struct {
	agenda  *Agenda
	rooms   []voice.Room
	reports []voice.Report
	silent  bool // dies before it answers
}

func (c *recordingCore) Do(_ tandem.Actor, body any, done func(any, error)) {
	if b, ok := body.(center.TakeVoiceReport); ok && !c.silent {
		c.reports = append(c.reports, b.Report)
	}
	c.agenda.After(1, func() {
		if c.silent {
			done(nil, ErrNoAnswer)
			return
		}
		done(nil, nil)
	})
}

func (c *recordingCore) Rooms(done func([]voice.Room, error)) {
	c.agenda.After(1, func() { done(c.rooms, nil) })
}

func linked(t *testing.T) (*World, *recordingCore) {
	t.Helper()
	a := NewAgenda(1_000_000)
	c := &recordingCore{agenda: a}
	w := New(a, 1, Shape{Queues: 2}, c)
	w.link.connect()
	run(w, 100)
	if len(c.reports) != 1 || c.reports[0].Kind != voice.MediaStarted {
		t.Fatalf("the first reports are %v", c.reports)
	}
	return w, c
}

func run(w *World, millis int64) {
	for end := w.Now().Add(millis); w.RunNext(end); {
	}
}

func kinds(reports []voice.Report) (kinds []voice.ReportKind) {
	for i, r := range reports {
		if i == 0 || r.Number > reports[i-1].Number { // without copies
			kinds = append(kinds, r.Kind)
		}
	}
	return kinds
}

func TestCallFollowsItsRoom(t *testing.T) {
	w, c := linked(t)
	leg := w.media.arrives("+4930123", dialled(0))
	run(w, 100)
	room := voice.Room{ID: tandem.NameID("test", "room"), Epoch: 1, Rev: 5, Legs: []voice.Leg{{ID: leg.id, Role: voice.Customer, Wish: voice.WishAnswered}}}
	w.HandOut(room)
	run(w, 1_000)
	older := room
	older.Rev, older.Ended = 4, true
	w.HandOut(older)
	run(w, 1_000)
	want := []voice.ReportKind{voice.MediaStarted, voice.CallArrived, voice.LegAnswered}
	if got := kinds(c.reports); !slices.Equal(got, want) {
		t.Fatalf("reports %v, want %v: the older room must be ignored", got, want)
	}
	room.Rev, room.Ended = 6, true
	w.HandOut(room)
	run(w, 1_000)
	if got := kinds(c.reports); !slices.Equal(got, append(want, voice.LegEnded, voice.RoomForgotten)) {
		t.Fatalf("reports %v after the room has ended", got)
	}
	if len(w.media.kept) > 0 {
		t.Errorf("%d reports are kept, though all were acknowledged", len(w.media.kept))
	}
}

func TestReportsAreKeptUntilAcknowledgedAndSentAgainInOrder(t *testing.T) {
	w, c := linked(t)
	c.silent = true
	w.media.arrives("+4930123", dialled(0))
	w.media.arrives("+4930124", dialled(0))
	run(w, 100)
	if len(w.media.kept) != 2 {
		t.Fatalf("%d reports are kept, want 2", len(w.media.kept))
	}
	c.silent = false
	w.CoreDied()
	run(w, 3_000)
	for i, r := range c.reports {
		if r.Number != uint64(i+1) {
			t.Fatalf("report %d came at place %d", r.Number, i+1)
		}
	}
	if len(c.reports) != 3 || len(w.media.kept) != 0 {
		t.Errorf("%d reports came and %d are kept", len(c.reports), len(w.media.kept))
	}
}

func TestUnansweredCommandIsTriedAgain(t *testing.T) {
	w, c := linked(t)
	c.silent = true
	answers := 0
	w.ask(tandem.Actor{}, center.StopContact{}, func(any, error) { answers++ })
	run(w, 10_000)
	if answers != 0 {
		t.Fatal("a core that never answers answered")
	}
	c.silent = false
	run(w, 10_000)
	if answers != 1 {
		t.Errorf("%d answers, want 1", answers)
	}
}

func TestNamesReplaceIDs(t *testing.T) {
	id := tandem.NameID("test", "x")
	n := Names{id: "agent7"}
	if got := n.Tell("user " + id.String() + " left"); got != "user agent7 left" {
		t.Errorf("got %q", got)
	}
}

func answered(id tandem.ID, role voice.Role) voice.Leg {
	return voice.Leg{ID: id, Role: role, Wish: voice.WishAnswered}
}

// TestPlayGoesOnWhenOthersChange holds that each listener hears a play of
// their own, which another room with the same play does not begin anew.
func TestPlayGoesOnWhenOthersChange(t *testing.T) {
	w, c := linked(t)
	leg := w.media.arrives("+4930123", dialled(0))
	run(w, 100)
	soft := voice.Leg{ID: tandem.NameID("test", "soft"), Role: voice.Agent, Soft: true, Outbound: true, Wish: voice.WishRinging}
	room := voice.Room{ID: tandem.NameID("test", "room"), Epoch: 1, Rev: 1, Legs: []voice.Leg{answered(leg.id, voice.Customer)},
		Plays: []voice.Play{{ID: tandem.NameID("test", "music"), Listener: leg.id, Items: []voice.Prompt{{Text: "Welcome."}}}}}
	w.HandOut(room)
	run(w, 700) // answered, and the play has begun
	room.Rev, room.Legs = 2, append(room.Legs, soft)
	room.Plays = append(room.Plays, voice.Play{ID: tandem.NameID("test", "whisper"), Listener: soft.ID, Loop: true})
	w.HandOut(room)
	run(w, 8_000)
	played := 0
	for _, k := range kinds(c.reports) {
		if k == voice.PlayEnded {
			played++
		}
	}
	if r := w.media.rooms[room.ID]; played != 1 || len(r.plays) != 1 || len(r.legs) != 2 || w.Wrong() != nil {
		t.Errorf("%d plays ended, %d go on for %d legs: %v", played, len(r.plays), len(r.legs), w.Wrong())
	}
	room.Rev, room.Legs, room.Plays = 3, room.Legs[:1], nil
	w.HandOut(room)
	run(w, 1_000)
	if r := w.media.rooms[room.ID]; len(r.legs) != 1 || len(r.plays) != 0 {
		t.Errorf("a leg that the room does not name any more is still there: %d legs, %d plays", len(r.legs), len(r.plays))
	}
}

func TestNonsenseIsSeen(t *testing.T) {
	a, b := answered(tandem.NameID("test", "a"), voice.Customer), answered(tandem.NameID("test", "b"), voice.Agent)
	second := answered(tandem.NameID("test", "c"), voice.Customer)
	for want, r := range map[string]voice.Room{
		"":                  {Legs: []voice.Leg{a, b}, Mix: []voice.Path{{Speaker: a.ID, Listener: b.ID}}, Plays: []voice.Play{{ID: second.ID, Listener: a.ID}}},
		"two customers":     {Legs: []voice.Leg{a, second}},
		"a leg twice":       {Legs: []voice.Leg{a, a}},
		"an ended room":     {Legs: []voice.Leg{a}, Ended: true},
		"an unknown voice":  {Legs: []voice.Leg{a}, Mix: []voice.Path{{Speaker: b.ID, Listener: a.ID}}},
		"an echo":           {Legs: []voice.Leg{a}, Mix: []voice.Path{{Speaker: a.ID, Listener: a.ID}}},
		"a play for nobody": {Legs: []voice.Leg{a}, Plays: []voice.Play{{ID: second.ID, Listener: b.ID}}},
		"two plays for one": {Legs: []voice.Leg{a}, Plays: []voice.Play{{ID: b.ID, Listener: a.ID}, {ID: second.ID, Listener: a.ID}}},
	} {
		if got := nonsense(r); (got == "") != (want == "") {
			t.Errorf("of a room with %q it is said: %q", want, got)
		}
	}
}
