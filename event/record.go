package event

import (
	"fmt"

	"tandem"
)

// ErrUnknownEvent says that a record holds a kind of event that this build
// does not know. Such a record is never skipped: what follows rests on it.
type ErrUnknownEvent struct {
	Kind tandem.EventKind
	Seq  tandem.Seq
}

// Error implements error.
func (e ErrUnknownEvent) Error() string {
	return fmt.Sprintf("record %d holds an event of the unknown kind %d: "+
		"run the version that wrote this journal, or a later one", e.Seq, e.Kind)
}

// ErrUnknownVersion says that a record has a layout that this build does not
// know.
type ErrUnknownVersion struct{ Version uint64 }

// Error implements error.
func (e ErrUnknownVersion) Error() string {
	return fmt.Sprintf("a record has the unknown version %d (this version of tandem reads %d): "+
		"run the version that wrote this journal, or a later one", e.Version, tandem.RecordVersion)
}

// upcaster reads the body of a retired kind of event and returns the event
// that took its place.
type upcaster func(*tandem.Decoder) tandem.Event

// upcasters holds the retired kinds that journals may still contain. A kind
// enters it when its struct is deleted; its number then stands in a
// wire:retired line.
var upcasters = map[tandem.EventKind]upcaster{}

// minEventBytes is the least an event takes: kind, length of body, frame.
const minEventBytes = 3

// AppendRecord appends a record in the layout of [tandem.RecordVersion]. An
// error of the sealer is e.Err().
func AppendRecord(e *tandem.Encoder, rec *tandem.Record) {
	e.Uvarint(tandem.RecordVersion)
	e.Uvarint(uint64(rec.Seq))
	e.ID(rec.CommandID)
	e.Varint(int64(rec.At))
	e.Uvarint(uint64(rec.Actor.Kind))
	e.ID(rec.Actor.ID)
	e.Uvarint(uint64(rec.Cause))
	e.Uvarint(uint64(len(rec.Events)))
	for _, ev := range rec.Events {
		e.Uvarint(uint64(ev.Kind()))
		at := e.Begin()
		ev.EncodeWire(e)
		e.EndBytes(at)
	}
}

// ReadRecord reads the record that d stands at into rec, replacing all of it,
// and leaves d at what follows. Every event is a new one; rec.Events keeps its
// memory, so a caller that keeps the list passes a new Record each time. The
// error is [ErrUnknownEvent] or [ErrUnknownVersion] where the record is newer
// than this build.
func ReadRecord(d *tandem.Decoder, rec *tandem.Record) error {
	events := rec.Events[:0]
	*rec = tandem.Record{}
	if v := d.Uvarint(); v != tandem.RecordVersion && d.Err() == nil {
		d.Fail(ErrUnknownVersion{v})
	}
	rec.Seq = tandem.Seq(d.Uvarint())
	rec.CommandID = d.ID()
	rec.At = tandem.Time(d.Varint())
	rec.Actor.Kind = tandem.ActorKind(d.Uint(8))
	rec.Actor.ID = d.ID()
	rec.Cause = tandem.Seq(d.Uvarint())
	n := d.BeginList(minEventBytes)
	if cap(events) < n {
		events = make([]tandem.Event, 0, n)
	}
	for i := 0; i < n && d.Err() == nil; i++ {
		if ev := readEvent(d, rec.Seq); ev != nil {
			events = append(events, ev)
		}
	}
	d.EndList()
	rec.Events = events
	return d.Err()
}

// readEvent reads one event, or fails d and returns nil.
func readEvent(d *tandem.Decoder, seq tandem.Seq) tandem.Event {
	kind := tandem.EventKind(d.Uint(16))
	body := d.BeginBytes()
	if d.Err() != nil {
		return nil
	}
	ev := New(kind)
	if ev != nil {
		ev.DecodeWire(d)
	} else if up := upcasters[kind]; up != nil {
		ev = up(d)
	} else {
		d.Fail(ErrUnknownEvent{Kind: kind, Seq: seq})
		return nil
	}
	d.End(body)
	if d.Err() != nil {
		d.Wrap(fmt.Sprintf("record %d, event %s", seq, ev.EventName()))
		return nil
	}
	return ev
}
