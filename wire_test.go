package tandem

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPrimitivesReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, i := rapid.Uint64().Draw(t, "u"), rapid.Int64().Draw(t, "i")
		small, s := rapid.Int16().Draw(t, "small"), rapid.String().Draw(t, "s")
		m := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "m")
		id := NameID("test", s)
		e := NewEncoder(nil, nil)
		e.Uvarint(u)
		e.Varint(i)
		e.Varint(int64(small))
		e.Bool(u%2 == 0)
		e.String(s)
		e.ByteString([]byte(s))
		e.ID(id)
		e.Fixed(id[:])
		e.StringMap(m)
		d := NewDecoder(e.Bytes(), nil)
		same := d.Uvarint() == u && d.Varint() == i && d.Int(16) == int64(small) && d.Bool() == (u%2 == 0) &&
			d.String() == s && bytes.Equal(d.ByteString(), []byte(s)) && d.ID() == id
		var fixed ID
		d.Fixed(fixed[:])
		got := d.StringMap()
		if !same || fixed != id || len(got) != len(m) || d.Err() != nil || len(d.Rest()) > 0 {
			t.Fatalf("read back differs; error %v, %d bytes left", d.Err(), len(d.Rest()))
		}
		for k, v := range m {
			if got[k] != v {
				t.Fatalf("key %q reads %q, want %q", k, got[k], v)
			}
		}
	})
}

func TestNumberOutOfRangeIsAnError(t *testing.T) {
	tests := map[string]struct {
		write func(*Encoder)
		read  func(*Decoder)
		want  error
	}{
		"uint8 holds 255":      {func(e *Encoder) { e.Uvarint(255) }, func(d *Decoder) { d.Uint(8) }, nil},
		"uint8 refuses 256":    {func(e *Encoder) { e.Uvarint(256) }, func(d *Decoder) { d.Uint(8) }, ErrRange},
		"uint64 holds all":     {func(e *Encoder) { e.Uvarint(math.MaxUint64) }, func(d *Decoder) { d.Uint(64) }, nil},
		"int8 holds -128":      {func(e *Encoder) { e.Varint(-128) }, func(d *Decoder) { d.Int(8) }, nil},
		"int8 refuses -129":    {func(e *Encoder) { e.Varint(-129) }, func(d *Decoder) { d.Int(8) }, ErrRange},
		"int8 refuses 128":     {func(e *Encoder) { e.Varint(128) }, func(d *Decoder) { d.Int(8) }, ErrRange},
		"int64 holds all":      {func(e *Encoder) { e.Varint(math.MinInt64) }, func(d *Decoder) { d.Int(64) }, nil},
		"bool refuses 2":       {func(e *Encoder) { e.Uvarint(2) }, func(d *Decoder) { d.Bool() }, ErrRange},
		"varint over 64 bits":  {func(e *Encoder) { e.Fixed(bytes.Repeat([]byte{0xff}, 11)) }, func(d *Decoder) { d.Uvarint() }, ErrRange},
		"string cut short":     {func(e *Encoder) { e.Uvarint(1) }, func(d *Decoder) { _ = d.String() }, ErrTruncated},
		"list of nothing":      {func(e *Encoder) { e.Uvarint(math.MaxUint64) }, func(d *Decoder) { d.BeginList(1) }, ErrTruncated},
		"list of small things": {func(e *Encoder) { e.Uvarint(2); e.ID(ID{}) }, func(d *Decoder) { d.BeginList(16) }, ErrTruncated},
		"id cut short":         {func(e *Encoder) { e.Bool(true) }, func(d *Decoder) { d.ID() }, ErrTruncated},
		"nothing at all":       {func(*Encoder) {}, func(d *Decoder) { d.Uvarint() }, ErrTruncated},
	}
	for name, tt := range tests {
		e := NewEncoder(nil, nil)
		tt.write(e)
		d := NewDecoder(e.Bytes(), nil)
		if tt.read(d); !errors.Is(d.Err(), tt.want) {
			t.Errorf("%s: got %v, want %v", name, d.Err(), tt.want)
		}
	}
}

func TestReadsAfterAnErrorGiveZero(t *testing.T) {
	d := NewDecoder([]byte{1, 2, 3, 4}, nil)
	d.Fail(ErrRange)
	d.Fail(ErrNewer)
	if d.Uvarint() != 0 || d.String() != "" || !d.ID().IsZero() || d.StringMap() != nil || d.Err() != ErrRange {
		t.Errorf("after Fail the decoder read something; its error is %v", d.Err())
	}
	if d.Reset([]byte{7}); d.Uvarint() != 7 || d.Err() != nil {
		t.Errorf("Reset kept the error %v", d.Err())
	}
}

// note is a struct as wiregen would write it.
type note struct {
	Owner ID
	Title string
	Count uint64
	Text  Personal
}

func (x *note) EncodeWire(e *Encoder) {
	at := e.Begin()
	e.ID(x.Owner)
	e.String(x.Title)
	e.Uvarint(x.Count)
	if p := e.Section(at, x.Text != ""); p != nil {
		p.String(string(x.Text))
		e.Seal(p, x.Owner)
	}
}

func (x *note) DecodeWire(d *Decoder) {
	f := d.Begin()
	x.Owner = d.ID()
	x.Title = d.String()
	x.Count = d.Uvarint()
	if p := d.Section(f, x.Owner); p != nil {
		x.Text = Personal(p.String())
		d.Close(p)
	}
}

func TestFramesOfAnySizeReadBack(t *testing.T) {
	s := Plain{}
	for _, size := range []int{0, 1, 45, 46, 47, 127, 128, 8000, 8190, 16384, 1 << 21} {
		want := note{Owner: NameID("t", "a"), Title: strings.Repeat("x", size), Count: 9, Text: Personal(strings.Repeat("y", size))}
		e := NewEncoder([]byte("before"), s)
		want.EncodeWire(e)
		e.String("after")
		if !bytes.HasPrefix(e.Bytes(), []byte("before")) || e.Err() != nil {
			t.Fatalf("size %d: the buffer given was changed, or error %v", size, e.Err())
		}
		var got note
		d := NewDecoder(e.Bytes()[len("before"):], s)
		got.DecodeWire(d)
		if after := d.String(); got != want || after != "after" || d.Err() != nil {
			t.Errorf("size %d: equal %v, then %q, error %v", size, got == want, after, d.Err())
		}
	}
}

func TestSectionOverInlineLimitBecomesPayloadRow(t *testing.T) {
	for _, over := range []int{0, 1} {
		s := Plain{}
		text := Personal(strings.Repeat("x", MaxInlineBytes-2+over)) // two bytes of length come first
		want := note{Owner: NameID("t", "a"), Text: text}
		e := NewEncoder(nil, s)
		want.EncodeWire(e)
		if len(s) != over {
			t.Errorf("%d bytes over the limit: %d payload rows", over, len(s))
		}
		var got note
		if got.DecodeWire(NewDecoder(e.Bytes(), s)); got != want {
			t.Errorf("%d bytes over the limit: read back differs", over)
		}
	}
}

// failing is a sealer whose store is out of order.
type failing struct{ Plain }

var errStore = errors.New("the store is out of order")

func (failing) Seal([]byte, ID, []byte) ([]byte, error) { return nil, errStore }
func (failing) Open([]byte, ID, []byte) ([]byte, error) { return nil, errStore }

func TestSealerErrorIsReportedAndNotTakenForErasure(t *testing.T) {
	x := note{Owner: NameID("t", "a"), Text: "x"}
	e := NewEncoder(nil, failing{})
	if x.EncodeWire(e); !errors.Is(e.Err(), errStore) {
		t.Errorf("encode: got %v, want the sealer's error", e.Err())
	}
	e = NewEncoder(nil, Plain{})
	x.EncodeWire(e)
	var got note
	d := NewDecoder(e.Bytes(), failing{})
	if got.DecodeWire(d); !errors.Is(d.Err(), errStore) {
		t.Errorf("decode: got %v, want the sealer's error", d.Err())
	}
}

func TestSectionOfUnknownFormIsAnError(t *testing.T) {
	e := NewEncoder(nil, Plain{})
	(&note{Owner: NameID("t", "a"), Text: "x"}).EncodeWire(e)
	i := bytes.LastIndexByte(e.Bytes(), sectionInline) - 2 // form, length, then the text's length 1 and x
	e.Bytes()[i] = 9
	d := NewDecoder(e.Bytes(), Plain{})
	if (&note{}).DecodeWire(d); d.Err() == nil || !strings.Contains(d.Err().Error(), "unknown form 9") {
		t.Errorf("got %v, want an error about form 9", d.Err())
	}
}

func TestSmallEventsAreCodedWithoutGarbage(t *testing.T) {
	s := Plain{}
	e, d := NewEncoder(nil, s), NewDecoder(nil, s)
	x := note{Owner: NameID("t", "a"), Count: 5, Text: "x"}
	var got note
	allocs := testing.AllocsPerRun(100, func() {
		e.Reset(e.Bytes()[:0])
		x.EncodeWire(e)
		d.Reset(e.Bytes())
		got.DecodeWire(d)
	})
	if allocs > 1 || got != x {
		t.Errorf("%v allocations to write and read a struct with one private string, want at most 1", allocs)
	}
}

func TestSortedKeysAndIDs(t *testing.T) {
	if got := SortedKeys(map[string]int{"b": 1, "a": 2, "c": 3}); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("SortedKeys gave %v", got)
	}
	ids := map[ID]bool{{2}: true, {1}: true, {1, 15: 1}: true}
	if got := SortedIDs(ids); !slices.Equal(got, []ID{{1}, {1, 15: 1}, {2}}) {
		t.Errorf("SortedIDs gave %v", got)
	}
}
