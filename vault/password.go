package vault

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"tandem"
)

// Argon2id with 19 MiB, two passes and one lane: the parameters that the
// OWASP Password Storage Cheat Sheet gives for it.
const (
	passwordMemoryKiB = 19 * 1024
	passwordPasses    = 2
	passwordLanes     = 1
	passwordSaltBytes = 16
	passwordHashBytes = 32
)

// MaxPasswordBytes bounds what is hashed.
const MaxPasswordBytes = 1024

// passwordsAtOnce bounds the memory that hashing takes when everyone signs in
// at the start of a shift.
const passwordsAtOnce = 4

var hashing = make(chan struct{}, passwordsAtOnce)

// HashPassword returns the Argon2id hash of a password (RFC 9106) in the PHC
// string format. It takes some tens of milliseconds and may wait for others;
// the context bounds that.
func HashPassword(ctx context.Context, password string) (string, error) {
	if password == "" || len(password) > MaxPasswordBytes {
		return "", tandem.Errorf(tandem.Invalid, "Password", "a password has 1 to %d bytes", MaxPasswordBytes)
	}
	p := phc{memoryKiB: passwordMemoryKiB, passes: passwordPasses, lanes: passwordLanes, salt: make([]byte, passwordSaltBytes)}
	rand.Read(p.salt)
	var err error
	p.hash, err = p.compute(ctx, password, passwordHashBytes)
	return p.String(), err
}

// VerifyPassword reports whether password is the one that was hashed. The
// error is about the hash, or the context's.
func VerifyPassword(ctx context.Context, hash, password string) (bool, error) {
	p, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	if len(password) > MaxPasswordBytes {
		return false, nil
	}
	got, err := p.compute(ctx, password, len(p.hash))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, p.hash) == 1, nil
}

// phc is an Argon2id hash and its parameters.
type phc struct {
	memoryKiB, passes uint32
	lanes             uint8
	salt, hash        []byte
}

func (p *phc) compute(ctx context.Context, password string, size int) ([]byte, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), p.salt, p.passes, p.memoryKiB, p.lanes, uint32(size)), nil
}

// String is the PHC string format: $argon2id$v=19$m=...,t=...,p=...$salt$hash.
func (p *phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memoryKiB, p.passes, p.lanes,
		b64.EncodeToString(p.salt), b64.EncodeToString(p.hash))
}

// The most that a stored hash may ask for.
const (
	maxMemoryKiB = 256 * 1024
	maxPasses    = 16
	maxLanes     = 16
)

var errHash = errors.New("a stored password hash cannot be read; set the password anew")

func parsePHC(s string) (*phc, error) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return nil, errHash
	}
	p := &phc{}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &p.memoryKiB, &p.passes, &p.lanes); err != nil {
		return nil, errHash
	}
	var saltErr, hashErr error
	p.salt, saltErr = base64.RawStdEncoding.DecodeString(part[4])
	p.hash, hashErr = base64.RawStdEncoding.DecodeString(part[5])
	switch {
	case saltErr != nil, hashErr != nil, len(p.salt) < 8, len(p.salt) > 64, len(p.hash) < 16, len(p.hash) > 64:
		return nil, errHash
	case p.passes < 1, p.passes > maxPasses, p.lanes < 1, p.lanes > maxLanes:
		return nil, errHash
	case p.memoryKiB < 8*uint32(p.lanes), p.memoryKiB > maxMemoryKiB, p.String() != s:
		return nil, errHash
	}
	return p, nil
}
