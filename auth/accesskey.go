package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"tandem"
)

// Secrets is where secrets are kept, encrypted; package vault is one.
type Secrets interface {
	PutSecret(ctx context.Context, name string, secret []byte) error
	Secret(ctx context.Context, name string) ([]byte, error)
	DeleteSecret(ctx context.Context, name string) error
	SecretNames(ctx context.Context, prefix string) ([]string, error)
}

// AccessKey is a key pair with which a program signs its requests (AWS
// Signature Version 4). It speaks for one user of one instance.
type AccessKey struct {
	ID         string // "TANDEM" and 14 letters and digits
	Secret     string // 40 characters
	UserID     tandem.ID
	InstanceID tandem.ID
	CreatedAt  tandem.Time
}

const (
	accessKeyPrefix = "access-key/"
	idPrefix        = "TANDEM"
	maxAccessKeys   = 1000 // of a data folder
)

// AccessKeys are the access keys of a data folder, all in memory: a request is
// verified without a look at the disk.
type AccessKeys struct {
	secrets Secrets

	mu   sync.RWMutex
	keys map[string]AccessKey
}

// OpenAccessKeys reads all keys.
func OpenAccessKeys(ctx context.Context, secrets Secrets) (*AccessKeys, error) {
	k := &AccessKeys{secrets: secrets, keys: map[string]AccessKey{}}
	names, err := secrets.SecretNames(ctx, accessKeyPrefix)
	if err != nil {
		return nil, fmt.Errorf("list access keys: %w", err)
	}
	for _, name := range names {
		b, err := secrets.Secret(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		var key AccessKey
		if err := json.Unmarshal(b, &key); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		k.keys[key.ID] = key
	}
	return k, nil
}

// Create makes a key pair for a user. The secret is shown once, here.
func (k *AccessKeys) Create(ctx context.Context, instance, user tandem.ID, now tandem.Time) (AccessKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.keys) >= maxAccessKeys {
		return AccessKey{}, tandem.Errorf(tandem.Exhausted, "", "there are %d access keys already; delete one first", len(k.keys))
	}
	key := AccessKey{ID: idPrefix + randomText(14), Secret: randomSecret(), UserID: user, InstanceID: instance, CreatedAt: now}
	b, err := json.Marshal(key)
	if err != nil {
		return AccessKey{}, err
	}
	if err := k.secrets.PutSecret(ctx, accessKeyPrefix+key.ID, b); err != nil {
		return AccessKey{}, fmt.Errorf("keep the access key: %w", err)
	}
	k.keys[key.ID] = key
	return key, nil
}

// Delete ends a key.
func (k *AccessKeys) Delete(ctx context.Context, id string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.keys[id]; !ok {
		return tandem.Errorf(tandem.NotFound, "AccessKeyId", "there is no access key %s", id)
	}
	if err := k.secrets.DeleteSecret(ctx, accessKeyPrefix+id); err != nil {
		return fmt.Errorf("delete access key %s: %w", id, err)
	}
	delete(k.keys, id)
	return nil
}

// Find returns the key of that id.
func (k *AccessKeys) Find(id string) (AccessKey, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	key, ok := k.keys[id]
	return key, ok
}

// Secret returns what a request signed with the key is verified with, and the
// key's id as the principal; it makes AccessKeys a sigv4.Keys.
func (k *AccessKeys) Secret(id string) (secret, principal string, ok bool) {
	key, ok := k.Find(id)
	return key.Secret, key.ID, ok
}

func randomText(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return strings.TrimRight(base32.StdEncoding.EncodeToString(b), "=")[:n]
}

func randomSecret() string {
	b := make([]byte, 30)
	rand.Read(b)
	return base64.RawStdEncoding.EncodeToString(b)
}
