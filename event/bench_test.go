package event

import (
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"tandem"
)

// benchEvents are ten events of a contact, large ones and small ones; on
// average one takes about 256 bytes in the wire form.
func benchEvents() []tandem.Event {
	contact, user, queue := tandem.NameID("contact", "a"), tandem.NameID("user", "a"), tandem.NameID("queue", "a")
	at := tandem.Time(1_700_000_000_123)
	block := func(kind, outcome, next string) *FlowBlockRan {
		return &FlowBlockRan{ContactID: contact, ActionID: "5f1c1f0e-2a5b-4c3d-9e8f-001122334455",
			Type: kind, Outcome: outcome, NextAction: next}
	}
	const next = "6f1c1f0e-2a5b-4c3d-9e8f-001122334455"
	return []tandem.Event{
		&ContactInitiated{ContactID: contact, InitialContactID: contact, Channel: Voice, Method: Inbound, At: at,
			CustomerAddress: "+14155550100", SystemAddress: "+18005550199", CustomerLeg: user,
			Name: "Call about order 100200300", Description: tandem.Personal(strings.Repeat("The caller asked before. ", 12)),
			Attributes: benchAttributes()},
		&FlowEntered{ContactID: contact, FlowID: queue, Version: 12, Type: "CONTACT_FLOW"},
		block("UpdateContactRecordingBehavior", "Success", next),
		block("GetParticipantInput", "1", next),
		&PlayStarted{ContactID: contact, InitialContactID: contact, PlayID: user, Kinds: []PromptKind{PromptText},
			Prompts:       []tandem.Personal{tandem.Personal(strings.Repeat("For sales press one, for support press two. ", 8))},
			CollectDigits: 1, FirstDigitMillis: 5000, Deadline: at.AddSeconds(30)},
		&ContactQueued{ContactID: contact, QueueID: queue, Priority: 5, At: at},
		&OfferMade{ContactID: contact, UserID: user, OfferID: queue, QueueID: queue, Deadline: at, AvailableSince: at, ProfilePriority: 1},
		&AgentConnected{ContactID: contact, UserID: user, At: at},
		&LegChanged{ContactID: contact, LegID: queue, UserID: user, State: LegAnswered, At: at},
		&ContactAttributesSet{ContactID: contact, InitialContactID: contact, Attributes: benchAttributes()},
	}
}

// benchAttributes are the attributes that a flow with a few look-ups collects.
func benchAttributes() tandem.PersonalMap {
	return tandem.PersonalMap{"language": "en", "segment": "gold", "verified": "true",
		"order": "100200300", "order.status": "shipped on Tuesday, arrives on Friday",
		"ticket.subject": strings.Repeat("The parcel did not come. ", 6),
		"notes":          strings.Repeat("Called twice, was promised a call back. ", 6)}
}

// perEvent reports the time of one event beside that of the record.
func perEvent(b *testing.B, bytes int) {
	events := float64(b.N * len(benchEvents()))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/events, "ns/event")
	b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(bytes), "bytes/record")
}

func BenchmarkEncodeWire(b *testing.B) {
	rec, e := recordOf(benchEvents()...), tandem.NewEncoder(nil, tandem.Plain{})
	b.ReportAllocs()
	for b.Loop() {
		e.Reset(e.Bytes()[:0])
		AppendRecord(e, rec)
	}
	perEvent(b, len(e.Bytes()))
}

func benchmarkDecodeWire(b *testing.B, s tandem.Sealer, events ...tandem.Event) {
	data := appendRecord(b, tandem.Plain{}, recordOf(events...))
	d := tandem.NewDecoder(nil, s)
	var rec tandem.Record
	b.ReportAllocs()
	for b.Loop() {
		d.Reset(data)
		if err := ReadRecord(d, &rec); err != nil {
			b.Fatal(err)
		}
	}
	perEvent(b, len(data))
}

func BenchmarkDecodeWire(b *testing.B) { benchmarkDecodeWire(b, tandem.Plain{}, benchEvents()...) }

func BenchmarkDecodeWireWithoutKeys(b *testing.B) { benchmarkDecodeWire(b, nil, benchEvents()...) }

// BenchmarkDecodeWireSmall reads the small events that most of a journal is.
func BenchmarkDecodeWireSmall(b *testing.B) {
	ev := benchEvents()
	benchmarkDecodeWire(b, nil, ev[1], ev[5], ev[6], ev[7], ev[8], ev[1], ev[5], ev[6], ev[7], ev[8])
}

// cborEvent is an event in the form that a self-describing codec needs.
type cborEvent struct {
	Kind tandem.EventKind
	Body cbor.RawMessage
}

type cborRecord struct {
	Seq       tandem.Seq
	CommandID [16]byte
	At        tandem.Time
	Cause     tandem.Seq
	Events    []cborEvent
}

func encodeCBOR(rec *tandem.Record) ([]byte, error) {
	out := cborRecord{Seq: rec.Seq, CommandID: rec.CommandID, At: rec.At, Cause: rec.Cause}
	for _, ev := range rec.Events {
		body, err := cbor.Marshal(ev)
		if err != nil {
			return nil, err
		}
		out.Events = append(out.Events, cborEvent{ev.Kind(), body})
	}
	return cbor.Marshal(out)
}

func BenchmarkEncodeCBOR(b *testing.B) {
	rec := recordOf(benchEvents()...)
	var size int
	b.ReportAllocs()
	for b.Loop() {
		data, err := encodeCBOR(rec)
		if err != nil {
			b.Fatal(err)
		}
		size = len(data)
	}
	perEvent(b, size)
}

func BenchmarkDecodeCBOR(b *testing.B) {
	data, err := encodeCBOR(recordOf(benchEvents()...))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var rec cborRecord
		if err := cbor.Unmarshal(data, &rec); err != nil {
			b.Fatal(err)
		}
		for _, e := range rec.Events {
			if err := cbor.Unmarshal(e.Body, New(e.Kind)); err != nil {
				b.Fatal(err)
			}
		}
	}
	perEvent(b, len(data))
}
