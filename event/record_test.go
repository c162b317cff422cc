package event

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem"
)

func appendRecord(t rapid.TB, s tandem.Sealer, rec *tandem.Record) []byte {
	t.Helper()
	e := tandem.NewEncoder(nil, s)
	AppendRecord(e, rec)
	if e.Err() != nil {
		t.Fatalf("append record: %v", e.Err())
	}
	return e.Bytes()
}

func randomRecord(seed int64) *tandem.Record {
	r := rand.New(rand.NewSource(seed))
	rec := &tandem.Record{}
	fill(r, &rec.Seq)
	fill(r, &rec.CommandID)
	fill(r, &rec.At)
	fill(r, &rec.Actor)
	fill(r, &rec.Cause)
	for range r.Intn(6) {
		ev := New(Kinds[r.Intn(len(Kinds))].Kind)
		fill(r, ev)
		rec.Events = append(rec.Events, ev)
	}
	return rec
}

func TestRecordsReadBackInARowAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := newKeyring()
		first, second := randomRecord(rapid.Int64().Draw(t, "first")), randomRecord(rapid.Int64().Draw(t, "second"))
		d := tandem.NewDecoder(append(appendRecord(t, keys, first), appendRecord(t, keys, second)...), keys)
		for _, want := range []*tandem.Record{first, second} {
			var got tandem.Record
			if err := ReadRecord(d, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, &got); diff != "" {
				t.Fatalf("(-written +read):\n%s", diff)
			}
		}
		if len(d.Rest()) > 0 {
			t.Fatalf("%d bytes left", len(d.Rest()))
		}
	})
}

func TestRecordCutShortIsAnErrorAtEveryByte(t *testing.T) {
	whole := appendRecord(t, tandem.Plain{}, goldenRecord())
	for n := range whole {
		if err := ReadRecord(tandem.NewDecoder(whole[:n], tandem.Plain{}), &tandem.Record{}); err == nil {
			t.Errorf("the first %d of %d bytes were read as a record", n, len(whole))
		}
	}
}

// retiredEvent has a number that no event has.
type retiredEvent struct{ PlayStopped }

func (*retiredEvent) Kind() tandem.EventKind { return 9999 }

func recordOf(events ...tandem.Event) *tandem.Record {
	return &tandem.Record{Seq: 42, CommandID: tandem.NameID("command", "a"), Events: events}
}

func TestUnknownKindIsAnErrorAndNeverSkipped(t *testing.T) {
	b := appendRecord(t, nil, recordOf(&PlayStopped{}, &retiredEvent{}, &PlayStopped{}))
	err := ReadRecord(tandem.NewDecoder(b, nil), &tandem.Record{})
	var unknown ErrUnknownEvent
	if !errors.As(err, &unknown) || unknown != (ErrUnknownEvent{Kind: 9999, Seq: 42}) {
		t.Fatalf("got %v, want ErrUnknownEvent of kind 9999 in record 42", err)
	}
}

func TestUnknownRecordVersionIsAnError(t *testing.T) {
	b := appendRecord(t, nil, recordOf())
	b[0] = 2
	err := ReadRecord(tandem.NewDecoder(b, nil), &tandem.Record{})
	if want := (ErrUnknownVersion{2}); !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func TestRetiredKindIsReadAsTheEventThatReplacedIt(t *testing.T) {
	upcasters[9999] = func(d *tandem.Decoder) tandem.Event {
		var old PlayStopped
		old.DecodeWire(d)
		return &FlowEnded{ContactID: old.ContactID, Outcome: "stopped"}
	}
	t.Cleanup(func() { delete(upcasters, 9999) })
	contact := tandem.NameID("contact", "a")
	b := appendRecord(t, nil, recordOf(&retiredEvent{PlayStopped{ContactID: contact}}, &PlayStopped{}))
	var got tandem.Record
	if err := ReadRecord(tandem.NewDecoder(b, nil), &got); err != nil {
		t.Fatal(err)
	}
	want := []tandem.Event{&FlowEnded{ContactID: contact, Outcome: "stopped"}, &PlayStopped{}}
	if diff := cmp.Diff(want, got.Events); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

// rawRecord is a record with one event whose body the caller wrote.
func rawRecord(kind tandem.EventKind, body func(*tandem.Encoder)) []byte {
	e := tandem.NewEncoder(nil, tandem.Plain{})
	AppendRecord(e, recordOf())
	b := e.Bytes()
	e.Reset(b[:len(b)-1]) // without the count, which is 0
	e.Uvarint(1)
	e.Uvarint(uint64(kind))
	at := e.Begin()
	body(e)
	e.EndBytes(at)
	return e.Bytes()
}

func TestFieldsAddedLaterReadAsZero(t *testing.T) {
	user := tandem.NameID("user", "a")
	b := rawRecord(11, func(e *tandem.Encoder) { // UserSaved when it had only an id and a name
		at := e.Begin()
		e.ID(user)
		p := e.Section(at, true)
		p.String("agent1")
		e.Seal(p, user)
	})
	var got tandem.Record
	if err := ReadRecord(tandem.NewDecoder(b, tandem.Plain{}), &got); err != nil {
		t.Fatal(err)
	}
	want := &UserSaved{UserID: user, Username: "agent1"}
	if diff := cmp.Diff([]tandem.Event{want}, got.Events); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

func TestFieldsOfANewerVersionAreAnError(t *testing.T) {
	id := tandem.NameID("user", "a")
	newer := map[string]func(*tandem.Encoder){
		"public": func(e *tandem.Encoder) { at := e.Begin(); e.ID(id); e.Bool(true); e.End(at) },
		"private": func(e *tandem.Encoder) {
			at := e.Begin()
			e.ID(id)
			p := e.Section(at, true)
			p.String("x")
			e.Seal(p, id)
		},
		"after the frame": func(e *tandem.Encoder) { at := e.Begin(); e.ID(id); e.End(at); e.Bool(true) },
	}
	for name, body := range newer {
		b := rawRecord(12, body) // UserDeleted has an id only
		err := ReadRecord(tandem.NewDecoder(b, tandem.Plain{}), &tandem.Record{})
		if !errors.Is(err, tandem.ErrNewer) || !strings.Contains(err.Error(), "record 42, event UserDeleted") {
			t.Errorf("%s: got %v, want ErrNewer with its place", name, err)
		}
	}
}

func TestNumberOutOfItsFieldsRangeIsAnError(t *testing.T) {
	b := rawRecord(18, func(e *tandem.Encoder) { // RoutingProfileSaved
		at := e.Begin()
		e.ID(tandem.ID{})
		e.String("")
		e.String("")
		e.ID(tandem.ID{})
		e.Uvarint(1) // Concurrency
		entry := e.Begin()
		e.Uvarint(300) // Channel, 8 bits
		e.Uvarint(1)
		e.End(entry)
		e.End(at)
	})
	if err := ReadRecord(tandem.NewDecoder(b, nil), &tandem.Record{}); !errors.Is(err, tandem.ErrRange) {
		t.Fatalf("got %v, want ErrRange", err)
	}
}

// goldenEvents are the events whose bytes testdata/golden.txt fixes.
func goldenEvents() []tandem.Event {
	contact, user := tandem.NameID("contact", "a"), tandem.NameID("user", "a")
	queue, at := tandem.NameID("queue", "a"), tandem.Time(1_700_000_000_123)
	return []tandem.Event{
		&UserSaved{UserID: user, Username: "agent1", Email: "agent1@example.com", PhoneType: SoftPhone,
			AutoAccept: true, AfterContactWorkSeconds: 300, SecurityProfileIDs: []tandem.ID{queue},
			Tags: map[string]string{"team": "b", "site": "a"}, ModifiedAt: at},
		&HoursSaved{HoursID: queue, Name: "Week", TimeZone: "Europe/Berlin",
			Slots: []HoursSlot{{1, 480, 1020}, {2, 480, 1020}}},
		&FlowSaved{FlowID: queue, InstanceID: contact, Name: "Main", Type: "CONTACT_FLOW", Version: 3,
			Content: tandem.Blob(strings.Repeat("{}", 3000))},
		&ContactInitiated{ContactID: contact, InitialContactID: contact, Channel: Voice, Method: Inbound, At: at,
			CustomerAddress: "+14155550100", SystemAddress: "+18005550199", Attributes: tandem.PersonalMap{"b": "2", "a": "1"}},
		&PlayStarted{ContactID: contact, InitialContactID: contact, Kinds: []PromptKind{PromptText, PromptFile},
			Prompts: []tandem.Personal{"Hello", "beep.wav"}, FirstDigitMillis: 5000, Deadline: at.AddSeconds(5)},
		&ContactQueued{ContactID: contact, QueueID: queue, Priority: -5, At: at},
		&OfferMade{ContactID: contact, UserID: user, OfferID: queue, QueueID: queue, Deadline: at, AvailableSince: at, ProfilePriority: 1},
		&SubjectErased{Subject: contact, Contacts: []tandem.ID{contact, user}},
	}
}

func goldenRecord() *tandem.Record {
	return &tandem.Record{Seq: 300, CommandID: tandem.NameID("command", "a"), At: 1_700_000_000_456,
		Actor: tandem.Actor{Kind: tandem.ActorUser, ID: tandem.NameID("user", "a")}, Cause: 299, Events: goldenEvents()}
}

var update = flag.Bool("update", false, "write testdata/golden.txt anew; only for a format that nobody has stored yet")

// TestBytesOfStoredEventsNeverChange holds the format to what earlier versions
// wrote: journals live longer than builds.
func TestBytesOfStoredEventsNeverChange(t *testing.T) {
	var b bytes.Buffer
	for _, ev := range goldenEvents() {
		fmt.Fprintf(&b, "%d %s %s\n", ev.Kind(), ev.EventName(), hex.EncodeToString(encode(t, tandem.Plain{}, ev)))
	}
	fmt.Fprintf(&b, "record %s\n", hex.EncodeToString(appendRecord(t, tandem.Plain{}, goldenRecord())))
	const path = "testdata/golden.txt"
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the format changed (-stored +now):\n%s", diff)
	}
}

// TestEventsOfEarlierBuildsAreReadAsTheyWere reads what the first builds wrote:
// fields that were added since are zero.
func TestEventsOfEarlierBuildsAreReadAsTheyWere(t *testing.T) {
	stored, err := os.ReadFile("testdata/golden-1.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(stored)), "\n")
	for i, want := range goldenEvents() {
		written, err := hex.DecodeString(lines[i][strings.LastIndexByte(lines[i], ' ')+1:])
		if err != nil {
			t.Fatal(err)
		}
		rows := tandem.Plain{}
		encode(t, rows, want) // what is large stands in a row of its own, the same as ever
		got := New(want.Kind())
		d := tandem.NewDecoder(written, rows)
		got.DecodeWire(d)
		if diff := cmp.Diff(want, got); d.Err() != nil || diff != "" {
			t.Errorf("%s: %v\n%s", want.EventName(), d.Err(), diff)
		}
	}
}

// FuzzReadRecord feeds ReadRecord any bytes: it returns an error or a record
// that reads back the same, and never claims much more memory than the bytes.
func FuzzReadRecord(f *testing.F) {
	f.Add(appendRecord(f, tandem.Plain{}, goldenRecord()))
	for _, ev := range goldenEvents() {
		f.Add(appendRecord(f, tandem.Plain{}, recordOf(ev)))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var rec, again tandem.Record
		s := tandem.Plain{}
		if ReadRecord(tandem.NewDecoder(b, s), &rec) != nil {
			return
		}
		e := tandem.NewEncoder(nil, s)
		AppendRecord(e, &rec)
		if e.Err() != nil {
			return // private fields of the zero subject
		}
		if err := ReadRecord(tandem.NewDecoder(e.Bytes(), s), &again); err != nil {
			t.Fatalf("a record that was read cannot be read again: %v", err)
		}
		if diff := cmp.Diff(rec, again); diff != "" {
			t.Fatalf("(-first +again):\n%s", diff)
		}
	})
}

// TestDamagedBytesClaimBoundedMemory shows that a length that a record claims
// takes no memory before its bytes are there.
func TestDamagedBytesClaimBoundedMemory(t *testing.T) {
	const mega = 1 << 20
	zeros := make([]byte, mega)
	tags := func(entries uint64) func(*tandem.Encoder) {
		return func(e *tandem.Encoder) {
			at := e.Begin()
			e.Fixed(zeros[:16+2+16+4]) // AgentStatusSaved up to its tags
			e.Uvarint(entries)
			e.Fixed(zeros)
			e.End(at)
		}
	}
	head := appendRecord(t, nil, recordOf())
	many := append(head[:len(head)-1:len(head)-1], 0xff, 0xff, 0xff, 0x7f)
	tests := map[string][]byte{
		"more events than bytes": many,
		"events without bodies":  append(append(head[:len(head)-1:len(head)-1], 0x80, 0x80, 0x10), zeros...),
		"more tags than bytes":   rawRecord(13, tags(mega)),
		"as many tags as fit":    rawRecord(13, tags(mega/2)),
	}
	for name, b := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_ = ReadRecord(tandem.NewDecoder(b, nil), &tandem.Record{})
		runtime.ReadMemStats(&after)
		if took, limit := after.TotalAlloc-before.TotalAlloc, uint64(100*len(b)+mega); took > limit {
			t.Errorf("%s: %d bytes took %d bytes of memory, want at most %d", name, len(b), took, limit)
		}
	}
}
