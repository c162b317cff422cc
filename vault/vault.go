// Package vault keeps what nobody may read from a disk: the keys under which
// personal data is sealed, and the secrets (API access keys, credentials of
// connectors, webhook secrets, password hashes).
//
// Every subject, a chain of contacts or a user, has a key of its own: 32
// random bytes for AES-256-GCM, made when something of it is first sealed.
// The key is stored wrapped by the master key, in the transaction of the
// batch that first uses it, and deleting it erases the subject's data
// everywhere: journal, payloads, snapshots. The master key itself is in a
// file of the data folder, or in the environment, never in the database.
// docs/journal-format.md has the bytes.
package vault

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tandem"
	"tandem/journal"
)

// Store is what the vault needs of a [journal.Store].
type Store interface {
	journal.Rows
	journal.Secrets
}

// Options are a vault's limits. Zero means the default.
type Options struct {
	// CachedKeys is how many subject keys a session keeps unwrapped in
	// memory, about 1 KB each; 20,000.
	CachedKeys int
	// LookupTimeout bounds one look into the store; 10 s.
	LookupTimeout time.Duration
}

// Vault wraps keys and keeps secrets. All methods may be called by several
// goroutines at once.
type Vault struct {
	store Store
	opts  Options

	mu       sync.RWMutex
	master   *master
	previous *master // after a rotation: what rows on their way may be wrapped by
}

// checkName and previousName are the secrets of the vault itself.
const (
	reservedPrefix = "vault/"
	checkName      = reservedPrefix + "check"
	previousName   = reservedPrefix + "previous"
)

// Open opens the vault in store with its master key, and sets it up if the
// store has none. A key that does not fit is refused with [ErrWrongMasterKey].
// Open it before any session writes to the store.
func Open(ctx context.Context, store Store, key MasterKey, opts Options) (*Vault, error) {
	if opts.CachedKeys == 0 {
		opts.CachedKeys = 20_000
	}
	if opts.LookupTimeout == 0 {
		opts.LookupTimeout = 10 * time.Second
	}
	v := &Vault{store: store, opts: opts, master: newMaster(key)}
	if err := v.check(ctx); err != nil {
		return nil, fmt.Errorf("open the vault: %w", err)
	}
	if err := v.finishRotation(ctx); err != nil {
		return nil, fmt.Errorf("finish the change of the master key: %w", err)
	}
	return v, nil
}

// check opens a secret that every vault has.
func (v *Vault) check(ctx context.Context) error {
	sealed, err := v.store.Secret(ctx, checkName)
	if errors.Is(err, journal.ErrAbsent) {
		return v.store.PutSecret(ctx, journal.SecretRow{Name: checkName, Sealed: v.master.wrap([]byte("tandem"), secretPlace(checkName))})
	}
	if err != nil {
		return err
	}
	_, err = v.unwrap(sealed, secretPlace(checkName))
	return err
}

// unwrap opens what the master key, or the one before it, wrapped for a place.
func (v *Vault) unwrap(wrapped, place []byte) ([]byte, error) {
	if v.previous != nil && v.previous.wrapped(wrapped) {
		return v.previous.unwrap(wrapped, place)
	}
	return v.master.unwrap(wrapped, place)
}

// wrapKey wraps a subject's key.
func (v *Vault) wrapKey(shard, subject tandem.ID, key []byte) []byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.master.wrap(key, keyPlace(shard, subject))
}

// unwrapKey opens a subject's key.
func (v *Vault) unwrapKey(shard, subject tandem.ID, wrapped []byte) ([]byte, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.unwrap(wrapped, keyPlace(shard, subject))
}

// keyPlace binds a wrapped key to its row, so that rows cannot be swapped.
func keyPlace(shard, subject tandem.ID) []byte {
	place := append([]byte("tandem key\x00"), shard[:]...)
	return append(place, subject[:]...)
}

// secretPlace binds a sealed secret to its name.
func secretPlace(name string) []byte { return append([]byte("tandem secret\x00"), name...) }
