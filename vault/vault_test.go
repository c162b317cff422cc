package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/journal"
	"tandem/journal/memory"
	"tandem/journal/sqlite"
	"tandem/vault"
)

var (
	shard   = tandem.NameID("test", "shard")
	subject = tandem.NameID("test", "subject")
	other   = tandem.NameID("test", "other")
)

// fixture is a store with a vault and a session that writes to it.
type fixture struct {
	*testing.T
	ctx     context.Context
	store   journal.Store
	key     vault.MasterKey
	vault   *vault.Vault
	session *vault.Session
	epoch   tandem.Epoch
	next    tandem.Seq
}

func newFixture(t *testing.T, store journal.Store) *fixture {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	f := &fixture{T: t, ctx: ctx, store: store, key: vault.NewMasterKey(), next: 1}
	f.open(f.key)
	epoch, _, err := store.Lease(ctx, shard, "test")
	f.must(err)
	f.epoch = epoch
	return f
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// open opens the vault anew, as after a restart.
func (f *fixture) open(key vault.MasterKey) {
	f.Helper()
	v, err := vault.Open(f.ctx, f.store, key, vault.Options{CachedKeys: 10})
	f.must(err)
	f.vault, f.session = v, v.Session(shard)
}

func (f *fixture) seal(subject tandem.ID, plain string) []byte {
	f.Helper()
	sealed, err := f.session.Seal(nil, subject, []byte(plain))
	f.must(err)
	return sealed
}

// commit stores a batch with the rows that sealing made.
func (f *fixture) commit() {
	f.Helper()
	f.commitRows(f.session.Take())
}

func (f *fixture) commitRows(rows vault.Rows) {
	f.Helper()
	f.must(f.store.Commit(f.ctx, []journal.Append{{
		Shard: shard, Epoch: f.epoch, First: f.next, Count: 1, Body: []byte("record"),
		Keys: rows.Keys, Payloads: rows.Payloads,
	}}))
	f.next++
	f.session.Durable(rows)
}

func (f *fixture) wantOpen(sealer tandem.Sealer, subject tandem.ID, sealed []byte, want string) {
	f.Helper()
	got, err := sealer.Open([]byte("before "), subject, sealed)
	if err != nil || string(got) != "before "+want {
		f.Fatalf("open gave %q, %v; want %q", got, err, want)
	}
}

func (f *fixture) wantErased(sealer tandem.Sealer, subject tandem.ID, sealed []byte) {
	f.Helper()
	if got, err := sealer.Open(nil, subject, sealed); !errors.Is(err, tandem.ErrErased) {
		f.Fatalf("open gave %q, %v; want it erased", got, err)
	}
}

func TestSealedBytesOpenBeforeAndAfterTheCommitAndARestart(t *testing.T) {
	f := newFixture(t, memory.New())
	sealed := f.seal(subject, "plain text")
	if bytes.Contains(sealed, []byte("plain")) {
		t.Fatalf("sealed bytes %q show the text", sealed)
	}
	f.wantOpen(f.session, subject, sealed, "plain text")
	f.commit()
	f.wantOpen(f.session, subject, sealed, "plain text")
	f.open(f.key)
	f.wantOpen(f.session, subject, sealed, "plain text")
	if again := f.seal(subject, "plain text"); bytes.Equal(again, sealed) {
		t.Error("the same text sealed twice gives the same bytes")
	}
	if rows := f.session.Take(); len(rows.Keys) != 0 {
		t.Error("a subject with a key got another one")
	}
}

func TestKeyIsMadeOnceWhileItsBatchIsOnItsWay(t *testing.T) {
	f := newFixture(t, memory.New())
	first := f.seal(subject, "1")
	rows := f.session.Take()
	for n := range 50 { // more than are cached
		f.seal(subject.Derive(uint64(n)), "x")
	}
	second := f.seal(subject, "2")
	f.commitRows(rows)
	f.commit()
	f.open(f.key)
	f.wantOpen(f.session, subject, first, "1")
	f.wantOpen(f.session, subject, second, "2")
}

func TestSealedBytesBelongToTheirSubject(t *testing.T) {
	f := newFixture(t, memory.New())
	sealed := f.seal(subject, "text")
	f.seal(other, "text")
	f.commit()
	f.wantErased(f.session, other, sealed)
	sealed[len(sealed)-1] ^= 1
	if _, err := f.session.Open(nil, subject, sealed); err == nil || errors.Is(err, tandem.ErrErased) {
		t.Errorf("damaged bytes gave %v", err)
	}
}

func TestWrappedKeyBelongsToItsRow(t *testing.T) {
	f := newFixture(t, memory.New())
	sealed := f.seal(subject, "text")
	rows := f.session.Take()
	rows.Keys[0].Subject = other
	f.commitRows(rows)
	f.open(f.key)
	if _, err := f.session.Open(nil, other, sealed); err == nil || errors.Is(err, tandem.ErrErased) {
		t.Errorf("a key moved to another row gave %v", err)
	}
}

func TestErasingASubjectErasesItEverywhere(t *testing.T) {
	f := newFixture(t, memory.New())
	sealed, kept := f.seal(subject, "gone"), f.seal(other, "kept")
	big, err := f.session.PutPayload(subject, sealed)
	f.must(err)
	if err := f.session.Erase(f.ctx, subject); err == nil {
		t.Fatal("a key that is not durable was erased")
	}
	f.commit()
	f.must(f.session.Erase(f.ctx, subject))
	f.wantErased(f.session, subject, sealed)
	f.wantOpen(f.session, other, kept, "kept")
	if _, err := f.session.Payload(big); !errors.Is(err, tandem.ErrErased) {
		t.Errorf("the payload gave %v", err)
	}

	later := f.seal(subject, "a new life")
	f.commit()
	f.open(f.key)
	f.wantErased(f.session, subject, sealed)
	f.wantOpen(f.session, subject, later, "a new life")
}

func TestErasingLeavesNoKeyOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	f := newFixture(t, store)
	f.seal(subject, "text")
	rows := f.session.Take()
	f.commitRows(rows)
	if !onDisk(t, dir, rows.Keys[0].Wrapped) {
		t.Fatal("the wrapped key is not where it is looked for")
	}
	f.must(f.session.Erase(f.ctx, subject))
	if onDisk(t, dir, rows.Keys[0].Wrapped) {
		t.Error("the wrapped key is still on the disk")
	}
}

func onDisk(t *testing.T, dir string, needle []byte) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, needle) {
			return true
		}
	}
	return false
}

func TestPayloadsAreReadBackAndVerified(t *testing.T) {
	f := newFixture(t, memory.New())
	sealed := f.seal(subject, strings.Repeat("long ", 2000))
	ref, err := f.session.PutPayload(subject, sealed)
	f.must(err)
	for range 2 { // before and after the commit
		got, err := f.session.Payload(ref)
		if err != nil || !bytes.Equal(got, sealed) {
			t.Fatalf("payload: %d bytes, %v", len(got), err)
		}
		f.commit()
	}
	spoilt, err := f.session.PutPayload(subject, sealed)
	f.must(err)
	rows := f.session.Take()
	rows.Payloads[0].Sealed = bytes.Clone(rows.Payloads[0].Sealed)
	rows.Payloads[0].Sealed[5] ^= 1
	f.commitRows(rows)
	if _, err := f.session.Payload(spoilt); !errors.Is(err, journal.ErrCorrupt) {
		t.Errorf("a damaged payload gave %v", err)
	}
}

func TestSnapshotsUseTheKeysAndMakeNone(t *testing.T) {
	f := newFixture(t, memory.New())
	f.seal(subject, "text")
	f.commit()
	side := f.session.Snapshots()
	sealed, err := side.Seal(nil, subject, []byte("in a snapshot"))
	f.must(err)
	if _, err := side.Seal(nil, other, []byte("of someone erased")); !errors.Is(err, tandem.ErrErased) {
		t.Errorf("a subject without a key gave %v", err)
	}
	if _, err := side.PutPayload(subject, sealed); err == nil {
		t.Error("a snapshot made a payload row")
	}
	if rows := f.session.Take(); len(rows.Keys)+len(rows.Payloads) != 0 {
		t.Fatal("sealing a snapshot made rows for the journal")
	}
	f.open(f.key)
	f.wantOpen(f.session.Snapshots(), subject, sealed, "in a snapshot")
	f.must(f.session.Erase(f.ctx, subject))
	f.wantErased(f.session.Snapshots(), subject, sealed)
}

func TestManyMayOpenWhileOneSeals(t *testing.T) {
	f := newFixture(t, memory.New())
	var sealed [40][]byte
	for n := range sealed {
		sealed[n] = f.seal(subject.Derive(uint64(n)), fmt.Sprint(n))
	}
	f.commit()
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for n := range sealed {
				got, err := f.session.Open(nil, subject.Derive(uint64(n)), sealed[n])
				if err != nil || string(got) != fmt.Sprint(n) {
					t.Errorf("%d: %q, %v", n, got, err)
				}
			}
		})
	}
	for n := range 20 {
		f.seal(other.Derive(uint64(n)), "x")
		f.commit()
	}
	f.must(f.session.Erase(f.ctx, other.Derive(3)))
	readers.Wait()
}

// note is something with a private field.
type note struct{ Text string }

func (x *note) EncodeWire(e *tandem.Encoder) {
	at := e.Begin()
	if p := e.Section(at, x.Text != ""); p != nil {
		p.String(x.Text)
		e.Seal(p, subject)
	}
}

func (x *note) DecodeWire(d *tandem.Decoder) {
	f := d.Begin()
	if p := d.Section(f, subject); p != nil {
		x.Text = p.String()
		d.Close(p)
	}
}

func decode(t *testing.T, b []byte, sealer tandem.Sealer) (texts []string) {
	t.Helper()
	d := tandem.NewDecoder(b, sealer)
	for len(d.Rest()) > 0 && d.Err() == nil {
		var x note
		x.DecodeWire(d)
		texts = append(texts, x.Text)
	}
	if d.Err() != nil {
		t.Fatal(d.Err())
	}
	return texts
}

func TestPrivateFieldsOfRecordsAreSealedAndErased(t *testing.T) {
	f := newFixture(t, memory.New())
	texts := []string{"short", strings.Repeat("long ", 2000)}
	e := tandem.NewEncoder(nil, f.session)
	for _, text := range texts {
		(&note{text}).EncodeWire(e)
	}
	f.must(e.Err())
	f.commit()
	if got := decode(t, e.Bytes(), f.session); fmt.Sprint(got) != fmt.Sprint(texts) {
		t.Fatalf("read %q", got)
	}
	var c journal.Collector
	decode(t, e.Bytes(), &c)
	if refs := c.Take(); len(refs) != 1 || refs[0].Subject != subject {
		t.Errorf("the collector noted %v", refs)
	}
	f.must(f.session.Erase(f.ctx, subject))
	if got := decode(t, e.Bytes(), f.session); fmt.Sprint(got) != fmt.Sprint([]string{"", ""}) {
		t.Errorf("after the erasure, read %q", got)
	}
}
