package sim

import (
	"encoding/binary"

	"tandem"
)

// sealer seals nothing, but forgets like package vault: what was sealed for a
// subject before its erasure cannot be opened any more.
type sealer struct {
	tandem.Plain
	erasures map[tandem.ID]uint64
}

func newSealer() *sealer { return &sealer{tandem.Plain{}, map[tandem.ID]uint64{}} }

func (s *sealer) erase(subject tandem.ID) { s.erasures[subject]++ }

// Seal implements tandem.Sealer: in front stands the number of the key.
func (s *sealer) Seal(dst []byte, subject tandem.ID, plain []byte) ([]byte, error) {
	return append(binary.AppendUvarint(dst, s.erasures[subject]), plain...), nil
}

// Open implements tandem.Sealer.
func (s *sealer) Open(dst []byte, subject tandem.ID, sealed []byte) ([]byte, error) {
	key, n := binary.Uvarint(sealed)
	if n <= 0 || key != s.erasures[subject] {
		return dst, tandem.ErrErased
	}
	return append(dst, sealed[n:]...), nil
}
