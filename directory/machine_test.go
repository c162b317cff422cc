package directory

import (
	"errors"
	"testing"

	"tandem"
	"tandem/event"
)

// book drives a machine as an instance does.
type book struct {
	*Machine
	t   *testing.T
	log []tandem.Event
}

func newBook(t *testing.T) *book { return &book{Machine: New(), t: t} }

func (b *book) do(body any) (any, error) {
	b.t.Helper()
	if !b.Owns(body) {
		b.t.Fatalf("the directory does not own %T", body)
	}
	seq := tandem.Seq(len(b.log) + 1)
	cmd := tandem.Command{ID: tandem.NameID("command", string(rune(seq))), At: tandem.Time(seq)}
	s := tandem.NewStep(seq, cmd, func(ev tandem.Event) {
		b.log = append(b.log, ev)
		b.Apply(seq, cmd.At, ev)
	})
	answer, err := b.Decide(s, body)
	if cerr := b.Check(); cerr != nil {
		b.t.Fatal(cerr)
	}
	return answer, err
}

func (b *book) must(body any) tandem.ID {
	b.t.Helper()
	answer, err := b.do(body)
	if err != nil {
		b.t.Fatal(err)
	}
	id, _ := answer.(tandem.ID)
	return id
}

// refused asserts the kind of a refusal, and that nothing was changed.
func (b *book) refused(kind tandem.ErrorKind, body any) {
	b.t.Helper()
	events, hash := len(b.log), b.Hash()
	_, err := b.do(body)
	var refusal *tandem.Error
	if !errors.As(err, &refusal) || refusal.Kind != kind || len(b.log) != events || b.Hash() != hash {
		b.t.Errorf("%+v: refused with %v", body, err)
	}
}

func center(name string) ListInstance {
	return ListInstance{Instance: event.InstanceListed{InstanceID: tandem.NameID("instance", name), Alias: name}}
}

func claim(instance, number string) ClaimNumber {
	return ClaimNumber{Number: event.NumberClaimed{Number: number, InstanceID: tandem.NameID("instance", instance)}}
}

func TestAliasOfAnInstanceIsUnique(t *testing.T) {
	b := newBook(t)
	b.must(center("one"))
	b.refused(tandem.Duplicate, center("one"))
	second := center("two")
	second.Instance.Alias = "one"
	b.refused(tandem.Duplicate, second)
	b.must(center("two"))
	if n := len(b.State().Instances); n != 2 {
		t.Errorf("%d instances, want 2", n)
	}
}

func TestNumberBelongsToOneInstanceUntilItIsReleased(t *testing.T) {
	b := newBook(t)
	b.must(center("one"))
	b.must(center("two"))
	b.refused(tandem.NotFound, claim("three", "+12025550100"))
	id := b.must(claim("one", "+12025550100"))
	b.refused(tandem.Conflict, claim("two", "+12025550100"))
	if n, ok := b.ByNumber("+12025550100"); !ok || n.NumberID != id || n.InstanceID != tandem.NameID("instance", "one") || n.ClaimedAt == 0 {
		t.Errorf("the number is claimed as %+v", n)
	}
	b.must(ReleaseNumber{NumberID: id})
	b.refused(tandem.NotFound, ReleaseNumber{NumberID: id})
	if _, ok := b.ByNumber("+12025550100"); ok {
		t.Error("the number is still claimed")
	}
	b.must(claim("two", "+12025550100"))
}

func TestReplayAndSnapshotGiveTheSameDirectory(t *testing.T) {
	b := newBook(t)
	b.must(center("one"))
	id := b.must(claim("one", "+12025550100"))
	b.must(claim("one", "+12025550101"))
	b.must(ReleaseNumber{NumberID: id})
	replayed := New()
	for i, ev := range b.log {
		replayed.Apply(tandem.Seq(i+1), tandem.Time(i+1), ev)
	}
	e := tandem.NewEncoder(nil, tandem.Plain{})
	b.EncodeSnapshot(e)
	restored := New()
	restored.DecodeSnapshot(tandem.NewDecoder(e.Bytes(), tandem.Plain{}))
	for name, m := range map[string]*Machine{"replay": replayed, "snapshot": restored} {
		if _, ok := m.ByNumber("+12025550101"); !ok || m.Hash() != b.Hash() || m.Check() != nil {
			t.Errorf("the %s gives another directory", name)
		}
	}
}

func TestDirectoryWaitsForNothingAndAsksForNothing(t *testing.T) {
	m := New()
	if _, due := m.NextDue(); due || m.TakeEffects(1) != nil || m.Outstanding(1) != nil || m.Owns(tandem.Tick{}) {
		t.Error("the directory wants something")
	}
}
