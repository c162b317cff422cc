package tandem

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"slices"
)

// MaxInlineBytes is the largest sealed section that stays inside its record; a
// larger one becomes a payload row in the same transaction.
const MaxInlineBytes = 4096

// Wire is anything that can be written to and read from the compact binary
// form of records and snapshots. The methods are generated from the struct
// definitions (internal/gen/wiregen); docs/journal-format.md specifies the
// bytes.
type Wire interface {
	// EncodeWire appends the value: a frame with the public fields in order,
	// then, where a private field is set, one section sealed under the
	// subject's key.
	EncodeWire(*Encoder)
	// DecodeWire fills a zero value; the decoder keeps the first error.
	DecodeWire(*Decoder)
}

// ErrTruncated says that a value ends in the middle of a field.
var ErrTruncated = errors.New("the bytes end in the middle of a field")

// ErrNewer says that a struct holds fields that this build does not know: a
// newer build wrote it.
var ErrNewer = errors.New("written by a newer version: it has fields that this version does not know")

// ErrRange says that a number does not fit its field.
var ErrRange = errors.New("a number is out of its field's range")

// How a private section is stored.
const (
	sectionInline  = 1 // length and sealed bytes follow
	sectionPayload = 2 // the payload row's hash follows
	sectionErased  = 3 // nothing follows: the subject was erased
)

// HashPayload is the salted hash that names a payload row.
func HashPayload(salt, sealed []byte) PayloadRef {
	h := sha256.New()
	h.Write(salt)
	h.Write(sealed)
	return PayloadRef(h.Sum(nil))
}

// SortedKeys returns the keys of m in order. Pure packages walk maps through
// it, so that no decision depends on a map's order.
func SortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m { // any order: sorted below
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// SortedIDs is [SortedKeys] for maps from ids.
func SortedIDs[V any](m map[ID]V) []ID {
	keys := make([]ID, 0, len(m))
	for k := range m { // any order: sorted below
		keys = append(keys, k)
	}
	slices.SortFunc(keys, ID.Compare)
	return keys
}
