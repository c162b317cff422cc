package instance

import (
	"errors"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
)

// counter is a small machine: it counts notices, and may react to them.
type counter struct {
	name    string
	seen    []string // notices, in the order in which they were applied
	pending int      // effects
	due     tandem.Time
	react   func(s *tandem.Step, ev *event.NoticeRaised)
	granted []error
}

// say asks the machine of that name to raise a notice.
type say struct{ to, text string }

// wish is said by one machine in words of its own.
type wish struct{ to, text string }

type effect struct{ tandem.Seq }

func (effect) EffectName() string { return "effect" }

func (c *counter) Owns(body any) bool { s, ok := body.(say); return ok && s.to == c.name }

func (c *counter) Decide(s *tandem.Step, body any) (any, error) {
	said, ok := body.(say)
	if !ok {
		return nil, nil
	}
	switch said.text {
	case "no":
		return nil, tandem.Errorf(tandem.Invalid, "Text", "no")
	case "late no":
		s.Emit(&event.NoticeRaised{Notice: said.text})
		return nil, tandem.Errorf(tandem.Invalid, "Text", "no")
	case "nothing":
		return "quiet", nil
	}
	s.Emit(&event.NoticeRaised{NoticeID: s.NextID(), Notice: said.text})
	return said.text, nil
}

func (c *counter) Apply(_ tandem.Seq, _ tandem.Time, ev tandem.Event) {
	if n, ok := ev.(*event.NoticeRaised); ok {
		c.seen = append(c.seen, n.Notice)
		c.pending++
	}
}

func (c *counter) NextDue() (tandem.Time, bool) { return c.due, c.due != 0 }

func (c *counter) TakeEffects(tandem.Epoch) []tandem.Effect {
	effects := make([]tandem.Effect, c.pending)
	for i := range effects {
		effects[i] = effect{}
	}
	c.pending = 0
	return effects
}

func (c *counter) Outstanding(tandem.Epoch) []tandem.Effect { return []tandem.Effect{effect{}} }
func (c *counter) Hash() uint64                             { return tandem.HashBytes([]byte(strings.Join(c.seen, "|"))) }
func (c *counter) EncodeSnapshot(e *tandem.Encoder)         { e.String(strings.Join(c.seen, "|")) }
func (c *counter) DecodeSnapshot(d *tandem.Decoder)         { c.seen = strings.Split(d.String(), "|") }

func (c *counter) Check() error {
	if len(c.seen) > 3 {
		return errors.New("too much was said")
	}
	return nil
}

func (c *counter) React(s *tandem.Step, ev tandem.Event) {
	if n, ok := ev.(*event.NoticeRaised); ok && c.react != nil {
		c.react(s, n)
	}
}

func (c *counter) WishDone(_ *tandem.Step, _ any, err error) { c.granted = append(c.granted, err) }

// two are machines that know nothing of each other.
func two() (*Instance, *counter, *counter) {
	a, b := &counter{name: "a"}, &counter{name: "b"}
	translate := func(w any) (any, bool) {
		if w, ok := w.(wish); ok {
			return say(w), true
		}
		return nil, false
	}
	return New(translate, a, b), a, b
}

func step(t *testing.T, in *Instance, at tandem.Time, body any) Outcome {
	t.Helper()
	out, err := in.Step(tandem.Command{ID: tandem.NameID("command", t.Name()), At: at, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryMachineSeesWhatTheOwnerDecided(t *testing.T) {
	in, a, b := two()
	out := step(t, in, 10, say{"a", "hello"})
	if len(out.Record.Events) != 1 || out.Record.Seq != 1 || out.Record.At != 10 || out.Answer != "hello" || in.Seq() != 1 {
		t.Errorf("the outcome is %+v, the seq %d", out, in.Seq())
	}
	if len(a.seen) != 1 || len(b.seen) != 1 || len(out.Effects) != 2 {
		t.Errorf("a saw %v, b saw %v, %d effects", a.seen, b.seen, len(out.Effects))
	}
}

func TestWishesOfOneMachineAreCommandsOfAnotherInOneRecord(t *testing.T) {
	in, a, b := two()
	b.react = func(s *tandem.Step, n *event.NoticeRaised) {
		switch n.Notice {
		case "ping":
			s.Emit(&event.NoticeRaised{Notice: "b heard it"})
			s.Wish(wish{"a", "pong"})
			s.Wish(wish{"a", "no"})
		}
	}
	out := step(t, in, 1, say{"a", "ping"})
	if got := strings.Join(a.seen, ", "); got != "ping, b heard it, pong" || len(out.Record.Events) != 3 || in.Seq() != 1 {
		t.Errorf("a saw %s in %d events of record %d", got, len(out.Record.Events), in.Seq())
	}
	if len(b.granted) != 2 || b.granted[0] != nil || b.granted[1] == nil {
		t.Errorf("the wishes became %v", b.granted)
	}
}

func TestMachinesThatAnswerEachOtherForEverAreStopped(t *testing.T) {
	in, _, b := two()
	b.react = func(s *tandem.Step, _ *event.NoticeRaised) { s.Wish(wish{"a", "again"}) }
	defer func() {
		if p := recover(); p == nil {
			t.Error("the step ended")
		}
	}()
	step(t, in, 1, say{"a", "again"})
}

func TestRefusedCommandHasNoRecord(t *testing.T) {
	in, a, _ := two()
	for _, body := range []any{say{"a", "no"}, say{"nobody", "hello"}} {
		if _, err := in.Step(tandem.Command{Body: body}); err == nil || in.Seq() != 0 || len(a.seen) != 0 {
			t.Errorf("%v: error %v, seq %d, seen %v", body, err, in.Seq(), a.seen)
		}
	}
	if out := step(t, in, 5, say{"a", "nothing"}); out.Answer != "quiet" || in.Seq() != 0 || in.Now() != 5 {
		t.Errorf("a command that changes nothing: %+v, seq %d", out, in.Seq())
	}
}

func TestRefusalAfterAnEventIsAFaultOfTheMachine(t *testing.T) {
	in, _, _ := two()
	defer func() {
		if p := recover(); p == nil || !strings.Contains(p.(string), "was refused after NoticeRaised") {
			t.Errorf("the panic is %v", p)
		}
	}()
	in.Step(tandem.Command{Body: say{"a", "late no"}})
}

func TestTimeNeverGoesBack(t *testing.T) {
	in, _, _ := two()
	step(t, in, 100, say{"a", "first"})
	if out := step(t, in, 50, say{"a", "second"}); out.Record.At != 100 {
		t.Errorf("the second record is of %d, want 100", out.Record.At)
	}
}

func TestReplayAndSnapshotLeadToTheSameState(t *testing.T) {
	in, a, _ := two()
	records := []tandem.Record{step(t, in, 1, say{"a", "one"}).Record, step(t, in, 2, say{"b", "two"}).Record}
	replayed, _, _ := two()
	for i := range records {
		if err := replayed.Replay(&records[i]); err != nil {
			t.Fatal(err)
		}
	}
	if replayed.Hash() != in.Hash() || replayed.Seq() != in.Seq() || replayed.Now() != in.Now() {
		t.Error("the replay leads elsewhere")
	}
	if err := replayed.Replay(&records[1]); err == nil {
		t.Error("a record was replayed twice")
	}
	e := tandem.NewEncoder(nil, tandem.Plain{})
	in.EncodeSnapshot(e)
	again, c, _ := two()
	again.DecodeSnapshot(tandem.NewDecoder(e.Bytes(), tandem.Plain{}))
	if again.Hash() != in.Hash() || again.Seq() != in.Seq() || len(c.seen) != len(a.seen) {
		t.Error("the snapshot leads elsewhere")
	}
}

func TestTheEarliestDeadlineCounts(t *testing.T) {
	in, a, b := two()
	if _, ok := in.NextDue(); ok {
		t.Error("there is a deadline")
	}
	a.due, b.due = 30, 20
	if due, ok := in.NextDue(); !ok || due != 20 {
		t.Errorf("due at %d, %v", due, ok)
	}
	step(t, in, 20, tandem.Tick{})
}

func TestOutstandingEffectsAreAllMachines(t *testing.T) {
	in, _, _ := two()
	in.SetEpoch(3)
	if n := len(in.Outstanding()); n != 2 {
		t.Errorf("%d effects are outstanding, want 2", n)
	}
	step(t, in, 1, say{"a", "x"})
	in.TakeEffects()
}

func TestCheckAsksEveryMachine(t *testing.T) {
	in, a, _ := two()
	if err := in.Check(); err != nil {
		t.Error(err)
	}
	a.seen = make([]string, 4)
	if err := in.Check(); err == nil || !strings.Contains(err.Error(), "too much was said") {
		t.Errorf("the check says %v", err)
	}
}

func TestFindGivesTheMachineOfAType(t *testing.T) {
	in, a, _ := two()
	if found, ok := Find[*counter](in); !ok || found != a {
		t.Errorf("found %v, %v", found, ok)
	}
	type other struct{ *counter }
	if _, ok := Find[other](in); ok {
		t.Error("found a machine that is not there")
	}
}
