package tandem

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Decoder reads what an Encoder wrote. After the first error every read gives
// zero. Inside a struct's frame a field that begins where the frame ends reads
// as zero: the struct was written before the field existed.
//
// With a nil Sealer private sections are passed over and read as zero.
type Decoder struct {
	buf     []byte
	sealer  Sealer
	err     error
	strict  int      // not at a field's beginning inside a frame: the end of the bytes is an error
	private *Decoder // reused for sections, which never nest
	opened  []byte   // reused for opened sections
}

// NewDecoder returns a decoder over buf, which it does not copy or change.
func NewDecoder(buf []byte, sealer Sealer) *Decoder {
	return &Decoder{buf: buf, sealer: sealer, strict: 1}
}

// Reset makes d read buf and forget its error.
func (d *Decoder) Reset(buf []byte) { d.buf, d.err, d.strict = buf, nil, 1 }

// Err is the first error.
func (d *Decoder) Err() error { return d.err }

// Rest is what was not yet read.
func (d *Decoder) Rest() []byte { return d.buf }

// Fail records an error found by a caller, such as an unknown kind.
func (d *Decoder) Fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.buf = nil
}

// Wrap says where the first error was found.
func (d *Decoder) Wrap(where string) {
	if d.err != nil {
		d.err = fmt.Errorf("%s: %w", where, d.err)
	}
}

// short handles a read that needs more bytes than there are.
func (d *Decoder) short() {
	if d.err == nil && (len(d.buf) > 0 || d.strict > 0) {
		d.Fail(ErrTruncated)
	}
}

// Uvarint reads an unsigned integer.
func (d *Decoder) Uvarint() uint64 {
	if len(d.buf) > 0 && d.buf[0] < 0x80 {
		v := d.buf[0]
		d.buf = d.buf[1:]
		return uint64(v)
	}
	return d.longUvarint()
}

func (d *Decoder) longUvarint() uint64 {
	v, n := binary.Uvarint(d.buf)
	if n < 0 {
		d.Fail(ErrRange)
		return 0
	}
	if n == 0 {
		d.short()
		return 0
	}
	d.buf = d.buf[n:]
	return v
}

// Uint reads an unsigned integer of at most the given number of bits.
func (d *Decoder) Uint(bits uint) uint64 {
	v := d.Uvarint()
	if v>>bits != 0 {
		d.Fail(ErrRange)
		return 0
	}
	return v
}

// Varint reads a signed integer.
func (d *Decoder) Varint() int64 {
	v := d.Uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// Int reads a signed integer of at most the given number of bits.
func (d *Decoder) Int(bits uint) int64 {
	v := d.Varint()
	if s := v >> (bits - 1); s != 0 && s != -1 {
		d.Fail(ErrRange)
		return 0
	}
	return v
}

// Bool reads a truth value.
func (d *Decoder) Bool() bool { return d.Uint(1) != 0 }

// String reads a string.
func (d *Decoder) String() string { return string(d.counted()) }

// ByteString reads bytes; it returns a copy, or nil when there are none.
func (d *Decoder) ByteString() []byte { return append([]byte(nil), d.counted()...) }

// Fixed reads into b as many bytes as it holds.
func (d *Decoder) Fixed(b []byte) { copy(b, d.take(uint64(len(b)))) }

// ID reads an id.
func (d *Decoder) ID() (id ID) {
	if len(d.buf) < len(id) {
		d.short()
		return ID{}
	}
	id = ID(d.buf[:len(id)])
	d.buf = d.buf[len(id):]
	return id
}

// StringMap reads a map; it is nil when empty.
func (d *Decoder) StringMap() map[string]string {
	n := d.BeginList(2)
	var m map[string]string
	if n > 0 {
		m = make(map[string]string, n)
	}
	for range n {
		k := d.String()
		m[k] = d.String()
	}
	d.EndList()
	return m
}

// BeginList reads the length of a list or map, refusing one that the bytes
// left could not hold at minBytes for each entry, so that damaged bytes cannot
// claim memory. EndList follows the last entry.
func (d *Decoder) BeginList(minBytes int) int {
	n := d.Uvarint()
	d.strict++
	if n > uint64(len(d.buf)/minBytes) {
		d.short()
		d.Fail(ErrTruncated)
		return 0
	}
	return int(n)
}

// EndList ends what BeginList began.
func (d *Decoder) EndList() { d.strict-- }

// counted reads a length and that many bytes.
func (d *Decoder) counted() []byte {
	n := d.Uvarint()
	if n > uint64(len(d.buf)) {
		d.Fail(ErrTruncated)
		return nil
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b
}

func (d *Decoder) take(n uint64) []byte {
	if n > uint64(len(d.buf)) {
		d.short()
		return nil
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b
}

// Frame is a part with its length in front that is being read, and what
// follows it.
type Frame struct {
	rest   []byte
	strict int
	sealed bool // a private section follows
}

// BeginBytes enters a body that [Encoder.EndBytes] closed.
func (d *Decoder) BeginBytes() Frame { return d.enter(d.Uvarint(), false, 1) }

// Begin enters the frame of a struct.
func (d *Decoder) Begin() Frame {
	head := d.Uvarint()
	return d.enter(head>>1, head&1 != 0, 0)
}

func (d *Decoder) enter(n uint64, sealed bool, strict int) Frame {
	f := Frame{strict: d.strict, sealed: sealed}
	d.strict = strict
	if n > uint64(len(d.buf)) {
		d.Fail(ErrTruncated)
		return f
	}
	f.rest = d.buf[n:]
	d.buf = d.buf[:n]
	return f
}

// End leaves a body, or the frame of a struct without private fields.
func (d *Decoder) End(f Frame) {
	if f.sealed {
		d.Fail(ErrNewer)
	}
	d.leave(f)
}

func (d *Decoder) leave(f Frame) {
	if len(d.buf) > 0 {
		d.Fail(ErrNewer)
	}
	d.strict = f.strict
	if d.err == nil {
		d.buf = f.rest
	}
}

// Section leaves the frame of a struct and opens its private section, which
// [Decoder.Close] closes. It is nil when there is nothing to read: no private
// field was set, the subject is erased, or d passes over private sections.
func (d *Decoder) Section(f Frame, subject ID) *Decoder {
	d.leave(f)
	if !f.sealed || d.err != nil {
		return nil
	}
	d.strict++
	sealed, err := d.section()
	d.strict--
	if d.err == nil && err == nil && d.sealer != nil {
		d.opened, err = d.sealer.Open(d.opened[:0], subject, sealed)
	}
	if err != nil && !errors.Is(err, ErrErased) {
		d.Fail(fmt.Errorf("open for subject %s: %w", subject, err))
	}
	if err != nil || d.err != nil || d.sealer == nil {
		return nil
	}
	if d.private == nil {
		d.private = &Decoder{}
	}
	d.private.Reset(d.opened)
	d.private.strict = 0
	return d.private
}

// section reads the sealed bytes of a private section, or fetches them.
func (d *Decoder) section() ([]byte, error) {
	switch form := d.Uvarint(); form {
	case sectionInline:
		return d.counted(), nil
	case sectionPayload:
		var ref PayloadRef
		d.Fixed(ref[:])
		if d.err != nil || d.sealer == nil {
			return nil, nil
		}
		return d.sealer.Payload(ref)
	case sectionErased:
		return nil, ErrErased
	default:
		d.Fail(fmt.Errorf("private section of unknown form %d", form))
		return nil, nil
	}
}

// Close ends a section: an error found in it becomes the error of d.
func (d *Decoder) Close(p *Decoder) {
	if len(p.buf) > 0 {
		p.Fail(ErrNewer)
	}
	if p.err != nil {
		d.Fail(p.err)
	}
}
