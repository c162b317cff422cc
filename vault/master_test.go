package vault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem"
	"tandem/journal"
	"tandem/journal/memory"
	"tandem/vault"
)

func TestWrongMasterKeyIsRefusedWithTheWayBack(t *testing.T) {
	f := newFixture(t, memory.New())
	wrong := vault.NewMasterKey()
	_, err := vault.Open(f.ctx, f.store, wrong, vault.Options{})
	if !errors.Is(err, vault.ErrWrongMasterKey) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{f.key.Fingerprint(), wrong.Fingerprint(), "Put back the master.key"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestMasterKeyPrintsAsItsFingerprint(t *testing.T) {
	k := vault.NewMasterKey()
	for _, verb := range []string{"%v", "%s", "%+v", "%#v"} {
		if got := fmt.Sprintf(verb, k); got != "master key "+k.Fingerprint() {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}

func TestMasterKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, vault.MasterKeyFile)
	if _, err := vault.LoadMasterKey(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
	made, err := vault.InitMasterKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	if got, err := vault.LoadMasterKey(dir); err != nil || got != made {
		t.Errorf("load: %v, %v", got, err)
	}
	if _, err := vault.InitMasterKey(dir); err == nil {
		t.Error("a master key was replaced")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.LoadMasterKey(dir); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others may read: %v", err)
	}
	t.Setenv(vault.MasterKeyVariable, strings.Repeat("0a", 32))
	if got, err := vault.LoadMasterKey(dir); err != nil || got == made {
		t.Errorf("the environment: %v, %v", got, err)
	}
	t.Setenv(vault.MasterKeyVariable, "0a0b")
	if _, err := vault.LoadMasterKey(dir); err == nil || !strings.Contains(err.Error(), vault.MasterKeyVariable) {
		t.Errorf("a bad environment: %v", err)
	}
}

func TestRotationKeepsEverythingAndDropsTheOldKey(t *testing.T) {
	f := newFixture(t, memory.New())
	sealed := f.seal(subject, "before")
	f.commit()
	f.must(f.vault.PutSecret(f.ctx, "api/1", []byte("secret")))
	f.seal(other, "late")
	late := f.session.Take() // wrapped by the old key, stored after the change

	next := vault.NewMasterKey()
	f.must(f.vault.Rotate(f.ctx, next))
	f.commitRows(late)
	after := f.seal(other, "after")
	f.wantOpen(f.vault.Session(shard), other, after, "after")
	var refused *tandem.Error
	if err := f.vault.Rotate(f.ctx, vault.NewMasterKey()); !errors.As(err, &refused) || refused.Kind != tandem.Conflict {
		t.Errorf("a second rotation: %v", err)
	}

	if _, err := vault.Open(f.ctx, f.store, f.key, vault.Options{}); !errors.Is(err, vault.ErrWrongMasterKey) {
		t.Errorf("the old key opens the vault: %v", err)
	}
	for range 2 { // the first time finishes the rotation
		f.open(next)
		f.wantOpen(f.session, subject, sealed, "before")
		f.wantOpen(f.session, other, after, "after")
		if got, err := f.vault.Secret(f.ctx, "api/1"); err != nil || string(got) != "secret" {
			t.Errorf("secret: %q, %v", got, err)
		}
	}
	if _, err := f.store.Secret(f.ctx, "vault/previous"); !errors.Is(err, journal.ErrAbsent) {
		t.Errorf("the old master key is still kept: %v", err)
	}
	f.must(f.vault.Rotate(f.ctx, vault.NewMasterKey()))
}

func TestFolderRotationSurvivesACrashAtAnyPoint(t *testing.T) {
	for name, crash := range map[string]func(f *fixture, dir string){
		"none": func(f *fixture, dir string) {
			_, err := f.vault.RotateFolder(f.ctx, dir)
			f.must(err)
		},
		"before the store": func(f *fixture, dir string) {
			writeNext(f, dir, vault.NewMasterKey())
		},
		"after the store": func(f *fixture, dir string) {
			next := vault.NewMasterKey()
			writeNext(f, dir, next)
			f.must(f.vault.Rotate(f.ctx, next))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			f := newFixture(t, memory.New())
			writeKeyFile(f, filepath.Join(dir, vault.MasterKeyFile), f.key)
			f.must(f.vault.PutSecret(f.ctx, "name", []byte("secret")))
			crash(f, dir)
			for range 2 {
				v, err := vault.OpenFolder(f.ctx, f.store, dir, vault.Options{})
				f.must(err)
				if got, err := v.Secret(f.ctx, "name"); err != nil || string(got) != "secret" {
					t.Fatalf("secret: %q, %v", got, err)
				}
				if _, err := os.Stat(filepath.Join(dir, "master.key.next")); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("the next key's file is still there: %v", err)
				}
			}
		})
	}
}

func writeNext(f *fixture, dir string, k vault.MasterKey) {
	f.Helper()
	writeKeyFile(f, filepath.Join(dir, "master.key.next"), k)
}

func writeKeyFile(f *fixture, path string, k vault.MasterKey) {
	f.Helper()
	f.must(os.WriteFile(path, fmt.Appendf(nil, "%x\n", k[:]), 0o600))
}

func TestSecretsAreSealedByName(t *testing.T) {
	store := memory.New()
	f := newFixture(t, store)
	f.must(f.vault.PutSecret(f.ctx, "connector/zendesk/token", []byte("the token")))
	f.must(f.vault.PutSecret(f.ctx, "api/1", []byte("old")))
	f.must(f.vault.PutSecret(f.ctx, "api/1", []byte("the key")))
	if store.Disk().Contains([]byte("the token")) {
		t.Error("the secret is stored as it is")
	}
	names, err := f.vault.SecretNames(f.ctx, "")
	if err != nil || fmt.Sprint(names) != "[api/1 connector/zendesk/token]" {
		t.Errorf("names: %v, %v", names, err)
	}
	if got, err := f.vault.Secret(f.ctx, "api/1"); err != nil || string(got) != "the key" {
		t.Errorf("secret: %q, %v", got, err)
	}
	sealed, err := store.Secret(f.ctx, "api/1")
	f.must(err)
	f.must(store.PutSecret(f.ctx, journal.SecretRow{Name: "api/2", Sealed: sealed}))
	if _, err := f.vault.Secret(f.ctx, "api/2"); err == nil {
		t.Error("a secret opens under another name")
	}
	f.must(f.vault.DeleteSecret(f.ctx, "api/1"))
	var e *tandem.Error
	if _, err := f.vault.Secret(f.ctx, "api/1"); !errors.As(err, &e) || e.Kind != tandem.NotFound {
		t.Errorf("a deleted secret: %v", err)
	}
	for _, name := range []string{"", "vault/check", strings.Repeat("n", vault.MaxSecretNameBytes+1)} {
		if err := f.vault.PutSecret(f.ctx, name, nil); !errors.As(err, &e) || e.Kind != tandem.Invalid {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if _, err := f.vault.Secret(f.ctx, "vault/check"); err == nil {
		t.Error("the vault's own secrets can be read")
	}
}
