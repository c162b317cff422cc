package tandem

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// Encoder appends values in the wire form: unsigned integers as varints,
// signed ones zig-zag, strings with their length, ids as 16 bytes.
// With a nil Sealer it leaves private sections out: that is the form over
// which state is hashed.
type Encoder struct {
	buf     []byte
	sealer  Sealer
	err     error
	private *Encoder // reused for sections, which never nest
	sealed  []byte   // reused for sealed sections
	keys    []string // reused to sort the keys of a string map
	whole   bool     // sections stay inline whatever their size
}

// NewEncoder returns an encoder that appends to buf.
func NewEncoder(buf []byte, sealer Sealer) *Encoder { return &Encoder{buf: buf, sealer: sealer} }

// NewSnapshotEncoder returns an encoder for a snapshot: it keeps private
// sections inline whatever their size, since no batch carries payload rows for
// it, and leaves out what belongs to an erased subject.
func NewSnapshotEncoder(buf []byte, sealer Sealer) *Encoder {
	return &Encoder{buf: buf, sealer: sealer, whole: true}
}

// Reset makes e append to buf and forget its error.
func (e *Encoder) Reset(buf []byte) { e.buf, e.err = buf, nil }

// Bytes is the buffer given at the start with all that was appended to it.
func (e *Encoder) Bytes() []byte { return e.buf }

// Err is the first error, which only a Sealer can cause.
func (e *Encoder) Err() error { return e.err }

// Uvarint appends an unsigned integer.
func (e *Encoder) Uvarint(v uint64) {
	if v < 0x80 {
		e.buf = append(e.buf, byte(v))
		return
	}
	e.buf = binary.AppendUvarint(e.buf, v)
}

// Varint appends a signed integer.
func (e *Encoder) Varint(v int64) { e.Uvarint(uint64(v)<<1 ^ uint64(v>>63)) }

// Bool appends a truth value.
func (e *Encoder) Bool(v bool) {
	b := byte(0)
	if v {
		b = 1
	}
	e.buf = append(e.buf, b)
}

// String appends a string with its length.
func (e *Encoder) String(s string) {
	e.Uvarint(uint64(len(s)))
	e.buf = append(e.buf, s...)
}

// ByteString appends bytes with their length.
func (e *Encoder) ByteString(b []byte) {
	e.Uvarint(uint64(len(b)))
	e.buf = append(e.buf, b...)
}

// Fixed appends bytes whose number the reader knows.
func (e *Encoder) Fixed(b []byte) { e.buf = append(e.buf, b...) }

// ID appends an id.
func (e *Encoder) ID(id ID) { e.buf = append(e.buf, id[:]...) }

// StringMap appends a map, sorted by key.
func (e *Encoder) StringMap(m map[string]string) {
	e.Uvarint(uint64(len(m)))
	if len(m) == 0 {
		return
	}
	keys := e.keys[:0]
	for k := range m { // any order: sorted below
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		e.String(k)
		e.String(m[k])
	}
	e.keys = keys
}

// Prefixed is the place of a length that is not known yet.
type Prefixed int

// Begin starts something that carries its length in front: a struct's frame
// or an event's body.
func (e *Encoder) Begin() Prefixed {
	e.buf = append(e.buf, 0)
	return Prefixed(len(e.buf))
}

// Len is how much was appended, with what was in the buffer before.
func (e *Encoder) Len() int { return len(e.buf) }

// Cut takes back what was appended beyond a length.
func (e *Encoder) Cut(n int) { e.buf = e.buf[:n] }

// EndBytes closes a body: the length of what was appended since Begin goes in
// front of it.
func (e *Encoder) EndBytes(at Prefixed) { e.prefix(at, uint64(len(e.buf)-int(at))) }

// End closes the frame of a struct that has no private fields.
func (e *Encoder) End(at Prefixed) { e.prefix(at, uint64(len(e.buf)-int(at))<<1) }

// prefix writes v into the byte that Begin reserved, and makes room where one
// byte is too small.
func (e *Encoder) prefix(at Prefixed, v uint64) {
	if v < 0x80 {
		e.buf[at-1] = byte(v)
		return
	}
	n, end := (bits.Len64(v)+6)/7, len(e.buf)
	e.buf = slices.Grow(e.buf, n-1)[:end+n-1]
	copy(e.buf[int(at)+n-1:], e.buf[at:end])
	binary.PutUvarint(e.buf[at-1:], v)
}

// Section closes the frame of a struct and starts its private section. The
// private fields are written to the encoder returned, which [Encoder.Seal]
// closes. It is nil when there is nothing to write: no private field is set,
// or e leaves private sections out.
func (e *Encoder) Section(at Prefixed, set bool) *Encoder {
	if !set || e.sealer == nil {
		e.End(at)
		return nil
	}
	e.prefix(at, uint64(len(e.buf)-int(at))<<1|1)
	if e.private == nil {
		e.private = &Encoder{}
	}
	e.private.Reset(e.private.buf[:0])
	return e.private
}

var errNoSubject = errors.New("a struct has private fields but its subject is the zero id")

// Seal closes a private section under the subject's key.
func (e *Encoder) Seal(p *Encoder, subject ID) {
	if e.err != nil {
		return
	}
	if subject.IsZero() {
		e.err = errNoSubject
		return
	}
	sealed, err := e.sealer.Seal(e.sealed[:0], subject, p.buf)
	if e.whole && errors.Is(err, ErrErased) {
		e.buf = append(e.buf, sectionErased)
		return
	}
	if err != nil {
		e.err = fmt.Errorf("seal for subject %s: %w", subject, err)
		return
	}
	e.sealed = sealed
	if e.whole || len(sealed) <= MaxInlineBytes {
		e.buf = append(e.buf, sectionInline)
		e.ByteString(sealed)
		return
	}
	e.payload(sealed, subject)
}

// payload stores a large section beside the record. The sealer keeps the
// bytes, so they are not reused.
func (e *Encoder) payload(sealed []byte, subject ID) {
	e.sealed = nil
	ref, err := e.sealer.PutPayload(subject, sealed)
	if err != nil {
		e.err = fmt.Errorf("store payload of subject %s: %w", subject, err)
		return
	}
	e.buf = append(e.buf, sectionPayload)
	e.buf = append(e.buf, ref[:]...)
}
