package tandem

import "errors"

// Personal is data about a person: a customer's number or name, a note. It is
// plain in memory; in the journal and in snapshots it is sealed under the key
// of its subject, so that deleting the key erases it everywhere. Applying an
// event never branches on a Personal value, and the state hash leaves it out,
// so replay after an erasure gives the same state. Logs never carry it.
type Personal string

// PersonalMap is a set of named personal values, such as a contact's
// attributes. It is replaced whole, never changed in place: events, state and
// readers share it.
type PersonalMap map[string]string

// Blob is text that may be large (a flow's content). Like Personal it is
// sealed under its subject's key; what is over [MaxInlineBytes] is stored
// beside the record in a payload row.
type Blob string

// ErrErased is returned by a [Sealer] when the subject's key is gone.
var ErrErased = errors.New("erased: the key of this subject was deleted")

// PayloadRef names a payload row by the salted hash of its content.
type PayloadRef [32]byte

// Sealer seals and opens the private part of events and snapshots. Package
// vault implements it with one AES-GCM key per subject.
type Sealer interface {
	// Seal appends plain, sealed under the subject's key, to dst. The key is
	// made on first use and stored in the transaction of the batch that
	// carries the sealed bytes.
	Seal(dst []byte, subject ID, plain []byte) ([]byte, error)
	// Open appends the plain form of sealed to dst. It returns ErrErased when
	// the subject's key was deleted.
	Open(dst []byte, subject ID, sealed []byte) ([]byte, error)
	// PutPayload keeps sealed bytes for the transaction of the next batch.
	PutPayload(subject ID, sealed []byte) (PayloadRef, error)
	// Payload returns the sealed bytes, or ErrErased.
	Payload(ref PayloadRef) ([]byte, error)
}

// Plain is a Sealer that seals nothing, for memory journals and simulation.
// Its payloads live in the map, which the caller makes.
type Plain map[PayloadRef][]byte

// Seal implements Sealer.
func (Plain) Seal(dst []byte, _ ID, plain []byte) ([]byte, error) { return append(dst, plain...), nil }

// Open implements Sealer.
func (Plain) Open(dst []byte, _ ID, sealed []byte) ([]byte, error) {
	return append(dst, sealed...), nil
}

// PutPayload implements Sealer.
func (p Plain) PutPayload(subject ID, sealed []byte) (PayloadRef, error) {
	ref := HashPayload(subject[:], sealed)
	p[ref] = append([]byte(nil), sealed...)
	return ref, nil
}

// Payload implements Sealer.
func (p Plain) Payload(ref PayloadRef) ([]byte, error) {
	b, ok := p[ref]
	if !ok {
		return nil, ErrErased
	}
	return b, nil
}
