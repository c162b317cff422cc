package vault

import (
	"context"
	"errors"
	"slices"
	"strings"

	"tandem"
	"tandem/journal"
)

// Limits of secrets.
const (
	MaxSecretNameBytes = 200
	MaxSecretBytes     = 64 * 1024
)

// PutSecret keeps a secret under a name, such as "connector/zendesk/token",
// in place of the one before. It is sealed by the master key and bound to its
// name. When it returns nil, the secret is durable.
func (v *Vault) PutSecret(ctx context.Context, name string, plain []byte) error {
	if err := checkSecretName(name); err != nil {
		return err
	}
	if len(plain) > MaxSecretBytes {
		return tandem.Errorf(tandem.Invalid, "Secret", "a secret has at most %d bytes", MaxSecretBytes)
	}
	// Held while storing, so that a rotation comes before or after.
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.store.PutSecret(ctx, journal.SecretRow{Name: name, Sealed: v.master.wrap(plain, secretPlace(name))})
}

// Secret returns a secret; the error of a name that has none is
// [tandem.NotFound].
func (v *Vault) Secret(ctx context.Context, name string) ([]byte, error) {
	if err := checkSecretName(name); err != nil {
		return nil, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	sealed, err := v.store.Secret(ctx, name)
	if err != nil {
		return nil, secretError(name, err)
	}
	return v.unwrap(sealed, secretPlace(name))
}

// DeleteSecret deletes a secret and overwrites it; the error of a name that
// has none is [tandem.NotFound].
func (v *Vault) DeleteSecret(ctx context.Context, name string) error {
	if err := checkSecretName(name); err != nil {
		return err
	}
	return secretError(name, v.store.DeleteSecret(ctx, name))
}

// SecretNames lists the names that begin with prefix, in order.
func (v *Vault) SecretNames(ctx context.Context, prefix string) ([]string, error) {
	names, err := v.store.SecretNames(ctx, prefix)
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, reservedPrefix) }), err
}

func checkSecretName(name string) error {
	switch {
	case name == "" || len(name) > MaxSecretNameBytes:
		return tandem.Errorf(tandem.Invalid, "Name", "a secret's name has 1 to %d bytes", MaxSecretNameBytes)
	case strings.HasPrefix(name, reservedPrefix):
		return tandem.Errorf(tandem.Invalid, "Name", "names that begin with %q are the vault's own", reservedPrefix)
	}
	return nil
}

func secretError(name string, err error) error {
	if errors.Is(err, journal.ErrAbsent) {
		e := tandem.Errorf(tandem.NotFound, "Name", "there is no secret %q", name)
		e.Err = err
		return e
	}
	return err
}
