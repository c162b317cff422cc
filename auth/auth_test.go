package auth_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/auth"
	"tandem/auth/sigv4"
	"tandem/journal/sqlite"
	"tandem/vault"
)

var (
	instance = tandem.NewID([16]byte{1})
	user     = tandem.NewID([16]byte{2})
)

// open opens the vault of a folder, and makes it at first.
func open(t *testing.T, dir string) *vault.Vault {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, vault.MasterKeyFile)); err != nil {
		if _, err := vault.InitMasterKey(dir); err != nil {
			t.Fatal(err)
		}
	}
	store, err := sqlite.Open(t.Context(), dir, sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	v, err := vault.OpenFolder(t.Context(), store, dir, vault.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func openKeys(t *testing.T, v *vault.Vault) *auth.AccessKeys {
	t.Helper()
	k, err := auth.OpenAccessKeys(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAccessKeyOutlivesARestart(t *testing.T) {
	v := open(t, t.TempDir())
	key, err := openKeys(t, v).Create(t.Context(), instance, user, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if len(key.ID) != 20 || !strings.HasPrefix(key.ID, "TANDEM") || len(key.Secret) != 40 {
		t.Errorf("the key has an id of %d and a secret of %d characters", len(key.ID), len(key.Secret))
	}
	again := openKeys(t, v)
	if found, ok := again.Find(key.ID); !ok || found != key {
		t.Errorf("after opening again the key is %+v, want %+v", found, key)
	}
	if secret, principal, ok := again.Secret(key.ID); !ok || secret != key.Secret || principal != key.ID {
		t.Errorf("the key speaks for %q (%t)", principal, ok)
	}
}

func TestDeletedAccessKeyIsGone(t *testing.T) {
	v := open(t, t.TempDir())
	keys := openKeys(t, v)
	key, err := keys.Create(t.Context(), instance, user, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Delete(t.Context(), key.ID); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]*auth.AccessKeys{"now": keys, "after opening again": openKeys(t, v)} {
		if _, _, ok := k.Secret(key.ID); ok {
			t.Errorf("%s the key still counts", name)
		}
	}
	if err := keys.Delete(t.Context(), key.ID); err == nil || !strings.Contains(err.Error(), key.ID) {
		t.Errorf("deleting it twice: %v", err)
	}
}

func TestAccessKeysAreAllDifferent(t *testing.T) {
	keys := openKeys(t, open(t, t.TempDir()))
	seen := map[string]bool{}
	for range 20 {
		key, err := keys.Create(t.Context(), instance, user, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if seen[key.ID] || seen[key.Secret] {
			t.Fatal("a key was given twice")
		}
		seen[key.ID], seen[key.Secret] = true, true
	}
}

func TestRequestIsSignedWithAnAccessKey(t *testing.T) {
	keys := openKeys(t, open(t, t.TempDir()))
	key, err := keys.Create(t.Context(), instance, user, 1000)
	if err != nil {
		t.Fatal(err)
	}
	verifier := sigv4.Verifier{Keys: keys, Services: []string{"connect"}, Now: time.Now}
	body := []byte(`{}`)
	sign := func(secret string) *http.Request {
		r, err := http.NewRequestWithContext(context.Background(), "PUT", "http://127.0.0.1:8080/users/x", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := sigv4.Sign(r, body, sigv4.Credentials{AccessKeyID: key.ID, Secret: secret, Region: "us-east-1", Service: "connect"}, time.Now()); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if who, err := verifier.Verify(sign(key.Secret), body); err != nil || who.Principal != key.ID {
		t.Errorf("a request signed with the key comes from %q: %v", who.Principal, err)
	}
	if _, err := verifier.Verify(sign(key.Secret+"x"), body); err == nil {
		t.Error("a request signed with another secret was taken")
	}
}

func TestOnlyTheNewestAdminTokenCounts(t *testing.T) {
	v := open(t, t.TempDir())
	first, err := auth.NewAdminToken(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	second, err := auth.NewAdminToken(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	token, err := auth.OpenAdminToken(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{second: true, first: false, "": false, second + "x": false, second[1:]: false} {
		if token.Valid(text) != want {
			t.Errorf("a token of %d characters counts: %t, want %t", len(text), !want, want)
		}
	}
}

func TestAdminTokenIsNotKeptItself(t *testing.T) {
	v := open(t, t.TempDir())
	token, err := auth.NewAdminToken(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	names, err := v.SecretNames(t.Context(), "admin-token")
	if err != nil || len(names) != 1 {
		t.Fatalf("the token is kept under %v (%v)", names, err)
	}
	if kept, err := v.Secret(t.Context(), names[0]); err != nil || bytes.Contains(kept, []byte(token)) {
		t.Errorf("what is kept has the token in it (%v)", err)
	}
}

func TestMissingAdminTokenIsAnError(t *testing.T) {
	if _, err := auth.OpenAdminToken(t.Context(), open(t, t.TempDir())); err == nil {
		t.Error("a folder without an admin token was opened")
	}
}
