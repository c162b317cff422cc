package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	"tandem"
	"tandem/journal"
)

// Session seals and opens for one shard; it implements [tandem.Sealer]. One
// goroutine encodes records; opening, and sealing into snapshots (see
// [Session.Snapshots]), may be done by many at once.
//
// Keys and payloads that encoding makes become durable with the batch that is
// being encoded:
//
//	encode records with the session
//	rows := session.Take()          // into the batch's journal.Append
//	commit
//	session.Durable(rows)
//
// When a commit fails, the session is thrown away with the rest of the state,
// and a new one begins.
type Session struct {
	vault *Vault
	shard tandem.ID

	mu       sync.Mutex
	cache    *keyCache
	fresh    map[tandem.ID]*subjectKey // not durable yet; never evicted
	payloads map[tandem.PayloadRef][]byte
	pending  Rows
	erasures int // how many there were, to notice one
}

// Rows are the keys and payloads that belong into a batch.
type Rows struct {
	Keys     []journal.KeyRow
	Payloads []journal.PayloadRow
}

// Session starts sealing for a shard.
func (v *Vault) Session(shard tandem.ID) *Session {
	return &Session{
		vault: v, shard: shard, cache: newKeyCache(v.opts.CachedKeys),
		fresh: make(map[tandem.ID]*subjectKey), payloads: make(map[tandem.PayloadRef][]byte),
	}
}

// Take returns the rows made since the last Take.
func (s *Session) Take() Rows {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := s.pending
	s.pending = Rows{}
	return rows
}

// Durable says that rows, from a Take, are in the store. Until then the
// session keeps them in memory.
func (s *Session) Durable(rows Rows) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range rows.Keys {
		if k := s.fresh[row.Subject]; k != nil {
			delete(s.fresh, row.Subject)
			s.cache.put(row.Subject, k)
		}
	}
	for _, row := range rows.Payloads {
		delete(s.payloads, row.Ref)
	}
}

// Erase deletes the subject's key, and with it all that was ever sealed for
// the subject in this shard. What is sealed later gets a new key. It is
// refused with [tandem.Conflict] while the key is not durable: erase after
// the record that says so is.
func (s *Session) Erase(ctx context.Context, subject tandem.ID) error {
	s.mu.Lock()
	fresh := s.fresh[subject] != nil
	s.mu.Unlock()
	if fresh {
		return tandem.Errorf(tandem.Conflict, "Subject", "the key of %s is not durable yet; erase it after the commit", subject)
	}
	err := s.vault.store.Erase(ctx, s.shard, subject)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erasures++
	s.cache.drop(subject)
	return err
}

// Seal implements [tandem.Sealer].
func (s *Session) Seal(dst []byte, subject tandem.ID, plain []byte) ([]byte, error) {
	k, err := s.key(subject)
	if errors.Is(err, tandem.ErrErased) {
		k, err = s.makeKey(subject), nil
	}
	if err != nil {
		return nil, err
	}
	return k.seal(dst, subject, plain), nil
}

// Open implements [tandem.Sealer].
func (s *Session) Open(dst []byte, subject tandem.ID, sealed []byte) ([]byte, error) {
	k, err := s.key(subject)
	if err != nil {
		return nil, err
	}
	return k.open(dst, subject, sealed)
}

// PutPayload implements [tandem.Sealer].
func (s *Session) PutPayload(subject tandem.ID, sealed []byte) (tandem.PayloadRef, error) {
	row := newPayload(subject, sealed)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending.Payloads = append(s.pending.Payloads, row)
	s.payloads[row.Ref] = row.Sealed
	return row.Ref, nil
}

const saltBytes = 16

func newPayload(subject tandem.ID, sealed []byte) journal.PayloadRow {
	row := journal.PayloadRow{Subject: subject, Salt: make([]byte, saltBytes), Sealed: bytes.Clone(sealed)}
	rand.Read(row.Salt)
	row.Ref = tandem.HashPayload(row.Salt, sealed)
	return row
}

// Payload implements [tandem.Sealer].
func (s *Session) Payload(ref tandem.PayloadRef) ([]byte, error) {
	s.mu.Lock()
	sealed := s.payloads[ref]
	s.mu.Unlock()
	if sealed != nil {
		return sealed, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.vault.opts.LookupTimeout)
	defer cancel()
	row, err := s.vault.store.Payload(ctx, s.shard, ref)
	switch {
	case errors.Is(err, journal.ErrAbsent):
		return nil, tandem.ErrErased
	case err != nil:
		return nil, err
	case tandem.HashPayload(row.Salt, row.Sealed) != ref:
		return nil, journal.Corrupt(s.shard, 0, fmt.Sprintf("the payload %x does not match its hash", ref))
	}
	return row.Sealed, nil
}

// key finds the subject's key, or [tandem.ErrErased].
func (s *Session) key(subject tandem.ID) (*subjectKey, error) {
	s.mu.Lock()
	k, erasures := s.known(subject), s.erasures
	s.mu.Unlock()
	if k != nil {
		return k, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.vault.opts.LookupTimeout)
	defer cancel()
	wrapped, err := s.vault.store.Key(ctx, s.shard, subject)
	if errors.Is(err, journal.ErrAbsent) {
		return nil, tandem.ErrErased
	}
	if err != nil {
		return nil, fmt.Errorf("find the key of subject %s: %w", subject, err)
	}
	key, err := s.vault.unwrapKey(s.shard, subject, wrapped)
	if err != nil {
		return nil, fmt.Errorf("open the key of subject %s: %w", subject, err)
	}
	k = newSubjectKey(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if erasures == s.erasures { // else it may be the key that was erased meanwhile
		s.cache.put(subject, k)
	}
	return k, nil
}

// known finds a key in memory; s.mu is held.
func (s *Session) known(subject tandem.ID) *subjectKey {
	if k := s.fresh[subject]; k != nil {
		return k
	}
	return s.cache.get(subject)
}

// makeKey makes the subject's key and notes its row for the batch.
func (s *Session) makeKey(subject tandem.ID) *subjectKey {
	var key [32]byte
	rand.Read(key[:])
	k := newSubjectKey(key[:])
	wrapped := s.vault.wrapKey(s.shard, subject, key[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.known(subject); first != nil {
		return first
	}
	s.fresh[subject] = k
	s.pending.Keys = append(s.pending.Keys, journal.KeyRow{Subject: subject, Wrapped: wrapped})
	return k
}

// sealedVersion is the version of the sealed form: version, id of the key,
// nonce, sealed bytes, tag.
const sealedVersion = 1

func (k *subjectKey) seal(dst []byte, subject tandem.ID, plain []byte) []byte {
	dst = append(dst, sealedVersion)
	dst = append(dst, k.id[:]...)
	return k.aead.Seal(dst, nil, plain, subject[:])
}

func (k *subjectKey) open(dst []byte, subject tandem.ID, sealed []byte) ([]byte, error) {
	switch {
	case len(sealed) < 1+idBytes:
		return nil, errors.New("sealed bytes are too short")
	case sealed[0] != sealedVersion:
		return nil, fmt.Errorf("sealed bytes have the unknown version %d; run the version that wrote them, or a later one", sealed[0])
	case !bytes.Equal(sealed[1:1+idBytes], k.id[:]):
		return nil, tandem.ErrErased // sealed under a key that was erased; the subject has a new one
	}
	out, err := k.aead.Open(dst, nil, sealed[1+idBytes:], subject[:])
	if err != nil {
		return nil, fmt.Errorf("sealed bytes of subject %s are damaged: %w", subject, err)
	}
	return out, nil
}
