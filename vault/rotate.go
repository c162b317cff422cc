package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tandem"
	"tandem/journal"
)

// nextKeyFile holds the new master key while it replaces the old one.
const nextKeyFile = MasterKeyFile + ".next"

// OpenFolder opens the vault with the folder's master key (or the one of the
// environment), and finishes a change of the key file that was interrupted.
func OpenFolder(ctx context.Context, store Store, dir string, opts Options) (*Vault, error) {
	key, err := LoadMasterKey(dir)
	if err != nil {
		return nil, err
	}
	next := filepath.Join(dir, nextKeyFile)
	v, err := Open(ctx, store, key, opts)
	switch {
	case err == nil:
		return v, removeIfThere(next) // the change never reached the store
	case !errors.Is(err, ErrWrongMasterKey):
		return nil, err
	}
	nextKey, nextErr := readKey(next)
	if nextErr != nil {
		return nil, err
	}
	if v, nextErr = Open(ctx, store, nextKey, opts); nextErr != nil {
		return nil, err
	}
	return v, promote(dir)
}

// RotateFolder replaces the folder's master key by a new random one, while
// everything goes on. It is safe against a crash at any point: the next
// [OpenFolder] finds the key that fits.
func (v *Vault) RotateFolder(ctx context.Context, dir string) (MasterKey, error) {
	if os.Getenv(MasterKeyVariable) != "" {
		return MasterKey{}, tandem.Errorf(tandem.Conflict, MasterKeyVariable,
			"the master key comes from the environment; unset it, or change the key where it is set")
	}
	key := NewMasterKey()
	next := filepath.Join(dir, nextKeyFile)
	if err := removeIfThere(next); err != nil {
		return MasterKey{}, err
	}
	if err := writeKey(next, key); err != nil {
		return MasterKey{}, err
	}
	if err := v.Rotate(ctx, key); err != nil {
		return MasterKey{}, err
	}
	return key, promote(dir)
}

func promote(dir string) error {
	if err := os.Rename(filepath.Join(dir, nextKeyFile), filepath.Join(dir, MasterKeyFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Rotate wraps every key and secret anew, in one transaction, for which
// commits wait: some seconds for a hundred thousand keys. From then on
// the old master key opens nothing but the rows that were on their way while
// it went on; it is kept for them, wrapped by the new one, until the vault is
// opened again. So a second Rotate before that is refused. The caller stores
// the new key where the next Open will find it; see [Vault.RotateFolder].
func (v *Vault) Rotate(ctx context.Context, next MasterKey) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.previous != nil {
		return tandem.Errorf(tandem.Conflict, "", "the master key was changed since the start; restart tandem before it is changed again")
	}
	to := newMaster(next)
	old := journal.SecretRow{Name: previousName, Sealed: to.wrap(v.master.key[:], secretPlace(previousName))}
	if err := v.rewrap(ctx, to, old); err != nil {
		return fmt.Errorf("change the master key: %w", err)
	}
	v.master, v.previous = to, v.master
	return nil
}

// finishRotation wraps anew what came late in a rotation, and forgets the old key.
func (v *Vault) finishRotation(ctx context.Context) error {
	sealed, err := v.store.Secret(ctx, previousName)
	if errors.Is(err, journal.ErrAbsent) {
		return nil
	}
	if err != nil {
		return err
	}
	key, err := v.unwrap(sealed, secretPlace(previousName))
	if err != nil {
		return err
	}
	v.previous = newMaster(MasterKey(key))
	if err := v.rewrap(ctx, v.master); err != nil {
		return err
	}
	v.previous = nil
	return nil
}

// rewrap wraps everything by the master key to, and drops a previous one.
func (v *Vault) rewrap(ctx context.Context, to *master, add ...journal.SecretRow) error {
	again := func(wrapped, place []byte) ([]byte, error) {
		plain, err := v.unwrap(wrapped, place)
		if err != nil {
			return nil, err
		}
		return to.wrap(plain, place), nil
	}
	key := func(shard tandem.ID, row journal.KeyRow) ([]byte, error) {
		return again(row.Wrapped, keyPlace(shard, row.Subject))
	}
	secret := func(row journal.SecretRow) ([]byte, error) {
		if row.Name == previousName {
			return nil, nil
		}
		return again(row.Sealed, secretPlace(row.Name))
	}
	return v.store.Rewrap(ctx, key, secret, add...)
}
