package tandem

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// ID identifies one thing: a contact, a user, a queue, a leg. It is a UUID
// (RFC 9562); its text form is lower case, as Amazon Connect writes ids.
type ID [16]byte

// NewID makes a version 4 UUID from 16 random bytes. Randomness comes from
// the edges; pure packages use [ID.Derive].
func NewID(random [16]byte) ID {
	id := ID(random)
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// NameID makes the id that belongs to a name within a space, always the same
// for the same arguments. It is a version 8 UUID.
func NameID(space, name string) ID {
	sum := sha256.Sum256([]byte(space + "\x00" + name))
	return asVersion8(ID(sum[:16]))
}

// Derive makes the n-th id that belongs to id: the same arguments always give
// the same result, so that a step replayed or a command repeated names the
// same things.
func (id ID) Derive(n uint64) ID {
	var in [24]byte
	copy(in[:], id[:])
	binary.BigEndian.PutUint64(in[16:], n)
	sum := sha256.Sum256(in[:])
	return asVersion8(ID(sum[:16]))
}

func asVersion8(id ID) ID {
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// IsZero reports whether id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// Compare orders ids by their bytes; it breaks ties in every decision, so that
// no decision depends on memory or on the order of a map.
func (id ID) Compare(other ID) int { return bytes.Compare(id[:], other[:]) }

// String is the UUID text form.
func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[:8], id[:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:], id[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// ParseID reads the UUID text form, in either case.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, fmt.Errorf("%q is not an id: want a UUID such as 6f1c1f0e-2a5b-4c3d-9e8f-001122334455", s)
	}
	h := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(id[:], []byte(h)); err != nil {
		return ID{}, fmt.Errorf("%q is not an id: %w", s, err)
	}
	return id, nil
}

// MarshalText implements encoding.TextMarshaler; the zero id is empty.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	got, err := ParseID(string(b))
	*id = got
	return err
}
