package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
)

const adminTokenName = "admin-token"

// NewAdminToken makes the bearer token of the admin API, in place of the one
// before. Only its hash is kept; the token is shown once.
func NewAdminToken(ctx context.Context, secrets Secrets) (string, error) {
	token, sum := NewToken()
	if err := secrets.PutSecret(ctx, adminTokenName, sum); err != nil {
		return "", fmt.Errorf("keep the admin token: %w", err)
	}
	return token, nil
}

// NewToken makes a bearer token, and the hash that is kept of it.
func NewToken() (token string, hash []byte) {
	b := make([]byte, 32)
	rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, HashToken(token)
}

// HashToken is what is kept of a bearer token (SHA-256). The token has 256
// random bits, so that its hash tells nothing.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// AdminToken checks bearer tokens of the admin API.
type AdminToken struct{ sum []byte }

// OpenAdminToken reads the token's hash.
func OpenAdminToken(ctx context.Context, secrets Secrets) (*AdminToken, error) {
	sum, err := secrets.Secret(ctx, adminTokenName)
	if err != nil {
		return nil, fmt.Errorf("read the admin token: %w", err)
	}
	return &AdminToken{sum: sum}, nil
}

// Valid compares in constant time.
func (t *AdminToken) Valid(token string) bool {
	return subtle.ConstantTimeCompare(HashToken(token), t.sum) == 1
}
