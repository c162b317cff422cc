package vault_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tandem/vault"
)

func TestPasswordIsVerifiedAgainstItsHash(t *testing.T) {
	hash, err := vault.HashPassword(t.Context(), "correct horse")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash %q, %v", hash, err)
	}
	again, err := vault.HashPassword(t.Context(), "correct horse")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are the same (%v)", err)
	}
	for password, want := range map[string]bool{
		"correct horse": true, "correct horse ": false, "": false, strings.Repeat("x", 5000): false,
	} {
		if got, err := vault.VerifyPassword(t.Context(), hash, password); err != nil || got != want {
			t.Errorf("%.20q: %v, %v", password, got, err)
		}
	}
	for _, bad := range []string{"", strings.Repeat("x", vault.MaxPasswordBytes+1)} {
		if _, err := vault.HashPassword(t.Context(), bad); err == nil {
			t.Errorf("a password of %d bytes was taken", len(bad))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := vault.HashPassword(ctx, "correct horse"); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

func TestUnreadableHashIsAnError(t *testing.T) {
	for _, hash := range unreadable {
		if ok, err := vault.VerifyPassword(t.Context(), hash, "x"); ok || err == nil {
			t.Errorf("%q: %v, %v", hash, ok, err)
		}
	}
}

var unreadable = []string{
	"", "secret", "$2a$10$abcdefghijklmnopqrstuv",
	"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
	"$argon2id$v=19$m=19456,t=4000,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
	"$argon2id$v=19$m=19456,t=1,p=0$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
	"$argon2id$v=19$m=19456,t=1,p=1 $c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
	"$argon2id$v=16$m=19456,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
	"$argon2id$v=19$m=19456,t=1,p=1$c2FsdHNhbHRzYWx0$",
}

func FuzzVerifyPassword(f *testing.F) {
	for _, hash := range unreadable {
		f.Add(hash)
	}
	f.Fuzz(func(t *testing.T, hash string) {
		if ok, _ := vault.VerifyPassword(t.Context(), hash, "a password nobody hashed"); ok {
			t.Errorf("%q accepts a password that it was not made of", hash)
		}
	})
}
