package example

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tandem"
	"tandem/event"
)

func full() *Everything {
	id := func(s string) tandem.ID { return tandem.NameID("example", s) }
	inner := func(s string) *Inner { return &Inner{Owner: id(s), Rank: -300, Note: tandem.Personal(s)} }
	return &Everything{
		Subject: id("subject"), Flag: true, Small: -128, Color: 255, Size: -1 << 40, Count: 1 << 40, Wide: 1<<32 - 1,
		Word: "word", At: 1_700_000_000_000, Ref: tandem.PayloadRef{1, 31: 2}, Raw: []byte{0, 255}, Colors: []Color{1, 0, 2},
		Grid: [][]Level{{1, -2}, nil, {3}}, Inner: *inner("a"), Next: inner("b"), List: []Inner{*inner("c"), {}},
		Pointers: []*Inner{inner("d"), nil}, ByID: map[tandem.ID]*Inner{id("e"): inner("e"), id("f"): nil},
		ByName: map[Word]Inner{"g": *inner("g"), "": {}}, ByNumber: map[int32][]string{-1: {"x", ""}, 7: nil},
		Nested: map[uint64]map[string]string{1: {"k": "v"}, 2: nil}, Foreign: event.HoursSlot{Weekday: 6, EndMinute: 1440},
		Foreigns: map[tandem.ID]*event.UserSaved{id("h"): {UserID: id("h"), Username: "agent1"}},
		ByHand:   Reversed{Letters: []byte("abc")}, Skipped: 1, hidden: 2,
		Secret: "s", Secrets: []tandem.Personal{"t", ""}, Named: map[string]tandem.Personal{"u": "v"},
		Attribute: tandem.PersonalMap{"w": "x"}, Text: "y",
	}
}

func TestEveryShapeReadsBackAsWritten(t *testing.T) {
	for name, want := range map[string]*Everything{"full": full(), "zero": {}} {
		e := tandem.NewEncoder(nil, tandem.Plain{})
		want.EncodeWire(e)
		if e.Err() != nil {
			t.Fatal(e.Err())
		}
		var got Everything
		d := tandem.NewDecoder(e.Bytes(), tandem.Plain{})
		got.DecodeWire(d)
		if d.Err() != nil || len(d.Rest()) > 0 {
			t.Fatalf("%s: error %v, %d bytes left", name, d.Err(), len(d.Rest()))
		}
		if diff := cmp.Diff(want, &got, cmpopts.IgnoreFields(Everything{}, "Skipped", "hidden")); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
		if got.Skipped != 0 || got.hidden != 0 {
			t.Errorf("%s: fields that are left out were read: %v, %v", name, got.Skipped, got.hidden)
		}
	}
}

func TestValueCutShortAtAnyByteIsAnError(t *testing.T) {
	e := tandem.NewEncoder(nil, tandem.Plain{})
	full().EncodeWire(e)
	for n := range e.Bytes() {
		var got Everything
		d := tandem.NewDecoder(e.Bytes()[:n], tandem.Plain{})
		if got.DecodeWire(d); d.Err() == nil {
			t.Errorf("the first %d of %d bytes were read as a value", n, len(e.Bytes()))
		}
	}
}
