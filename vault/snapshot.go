package vault

import (
	"errors"

	"tandem"
)

// Snapshots returns the [tandem.Sealer] for writing and reading snapshots
// (see [tandem.NewSnapshotEncoder]). It makes no keys, so that a snapshot
// never waits for a batch: of a subject without a key, which was erased
// meanwhile, Seal returns [tandem.ErrErased]. Erasing a subject erases it in
// all snapshots. Many may use it at once.
func (s *Session) Snapshots() tandem.Sealer { return snapshots{s} }

type snapshots struct{ *Session }

// Seal implements [tandem.Sealer].
func (s snapshots) Seal(dst []byte, subject tandem.ID, plain []byte) ([]byte, error) {
	k, err := s.key(subject)
	if err != nil {
		return nil, err
	}
	return k.seal(dst, subject, plain), nil
}

var errNoPayloads = errors.New("a snapshot has no payload rows; write it with tandem.NewSnapshotEncoder")

// PutPayload implements [tandem.Sealer] by refusing.
func (snapshots) PutPayload(tandem.ID, []byte) (tandem.PayloadRef, error) {
	return tandem.PayloadRef{}, errNoPayloads
}
