package journaltest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"

	"tandem"
	"tandem/journal"
)

// noise is 60 bytes that occur nowhere else, always the same for the same n.
func noise(kind string, n int) []byte {
	a := sha256.Sum256(fmt.Appendf(nil, "%s %d a", kind, n))
	b := sha256.Sum256(fmt.Appendf(nil, "%s %d b", kind, n))
	return append(a[:], b[:28]...)
}

// big is noise with a lot of filling, longer than a page.
func big(n int) []byte { return append(bytes.Repeat([]byte("filling "), 700), noise("payload", n)...) }

func payload(n int) journal.PayloadRow {
	salt := noise("salt", n)[:16]
	return journal.PayloadRow{Ref: tandem.HashPayload(salt, big(n)), Subject: id(n), Salt: salt, Sealed: big(n)}
}

func withRows(a journal.Append, subjects ...int) journal.Append {
	for _, n := range subjects {
		a.Keys = append(a.Keys, journal.KeyRow{Subject: id(n), Wrapped: noise("key", n)})
		a.Payloads = append(a.Payloads, payload(n))
		a.Quarantine = append(a.Quarantine, journal.QuarantineRow{
			CommandID: id(n).Derive(1), Subject: id(n), At: tandem.Time(n), Reason: "index out of range", Sealed: noise("command", n),
		})
	}
	return a
}

func (f *fixture) wantKey(n int, there bool) {
	f.Helper()
	got, err := f.store.Key(f.ctx, shardA, id(n))
	if !there {
		f.wantError(err, journal.ErrAbsent, 0)
		return
	}
	if err != nil || !bytes.Equal(got, noise("key", n)) {
		f.Fatalf("key %d: %x, %v", n, got, err)
	}
}

func (f *fixture) wantPayload(n int, there bool) {
	f.Helper()
	want := payload(n)
	got, err := f.store.Payload(f.ctx, shardA, want.Ref)
	if !there {
		f.wantError(err, journal.ErrAbsent, 0)
		return
	}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		f.Fatalf("payload %d: %v, %v", n, got, err)
	}
}

func (f *fixture) wantQuarantined(want int) {
	f.Helper()
	got, err := f.store.Quarantined(f.ctx, shardA)
	if err != nil || len(got) != want {
		f.Fatalf("%d commands in quarantine (%v), want %d", len(got), err, want)
	}
}

var rowTests = []test{
	{"RowsAreStoredWithTheirBatch", func(f *fixture) {
		epoch := f.lease(shardA)
		f.commit(withRows(add(shardA, epoch, 1, 1), 1, 2))
		f.close()
		f.open()
		for _, n := range []int{1, 2} {
			f.wantKey(n, true)
			f.wantPayload(n, true)
		}
		f.wantQuarantined(2)
		f.wantKey(3, false)
		if _, err := f.store.Key(f.ctx, shardB, id(1)); err == nil {
			f.Fatal("another shard has the key")
		}
	}},
	{"RowsOfARefusedBatchAreNotStored", func(f *fixture) {
		epoch := f.lease(shardA)
		f.commit(withRows(add(shardA, epoch, 1, 1), 1))
		for _, a := range []journal.Append{
			withRows(add(shardA, epoch, 3, 1), 2),
			withRows(add(shardA, epoch+1, 2, 1), 2),
			withRows(add(shardA, epoch, 2, 1), 2, 1), // 1 has a key
			withRows(journal.Append{Shard: shardA, Epoch: epoch, First: 3}, 2),
		} {
			if err := f.store.Commit(f.ctx, []journal.Append{a}); err == nil {
				f.Fatal("the append was taken")
			}
			f.wantKey(2, false)
			f.wantPayload(2, false)
			f.wantQuarantined(1)
			f.wantTail(shardA, 1)
		}
	}},
	{"ASecondKeyOfASubjectIsRefused", func(f *fixture) {
		epoch := f.lease(shardA)
		f.commit(withRows(add(shardA, epoch, 1, 1), 1))
		second := add(shardA, epoch, 2, 1)
		second.Keys = []journal.KeyRow{{Subject: id(1), Wrapped: []byte("another")}}
		f.wantError(f.store.Commit(f.ctx, []journal.Append{second}), journal.ErrExists, 2)
		f.wantKey(1, true)
	}},
	{"RowsCanBeStoredWithoutRecords", func(f *fixture) {
		epoch := f.lease(shardA)
		f.commit(withRows(journal.Append{Shard: shardA, Epoch: epoch, First: 1}, 1))
		f.commit(add(shardA, epoch, 1, 2))
		f.commit(withRows(journal.Append{Shard: shardA, Epoch: epoch, First: 3}, 2))
		f.wantKey(1, true)
		f.wantKey(2, true)
		f.wantRead(shardA, 0, []tandem.Seq{1})
	}},
	{"PruningTakesPayloadsAndLeavesKeys", func(f *fixture) {
		epoch := f.lease(shardA)
		f.commit(withRows(add(shardA, epoch, 1, 2), 1))
		f.commit(withRows(add(shardA, epoch, 3, 2), 2))
		if err := f.store.Prune(f.ctx, shardA, 2); err != nil {
			f.Fatal(err)
		}
		f.wantPayload(1, false)
		f.wantPayload(2, true)
		f.wantKey(1, true)
	}},
	{"ErasingASubjectLeavesTheOthers", func(f *fixture) {
		epoch := f.lease(shardA)
		f.commit(withRows(add(shardA, epoch, 1, 1), 1, 2))
		for range 2 {
			if err := f.store.Erase(f.ctx, shardA, id(1)); err != nil {
				f.Fatal(err)
			}
		}
		f.wantKey(1, false)
		f.wantPayload(1, false)
		f.wantKey(2, true)
		f.wantPayload(2, true)
		f.wantQuarantined(1)
		f.wantRead(shardA, 0, []tandem.Seq{1})
		again := add(shardA, epoch, 2, 1)
		again.Keys = []journal.KeyRow{{Subject: id(1), Wrapped: []byte("a new life")}}
		f.commit(again)
	}},
	{"ErasingLeavesNoByteOnTheMedium", func(f *fixture) {
		const subjects = 1500
		epoch := f.lease(shardA)
		order := rand.New(rand.NewPCG(1, 2)).Perm(subjects)
		for i, n := range order {
			a := add(shardA, epoch, tandem.Seq(i+1), 1)
			a.Keys = []journal.KeyRow{{Subject: id(n), Wrapped: noise("key", n)}}
			if n%10 == 0 {
				a = withRows(add(shardA, epoch, tandem.Seq(i+1), 1), n)
			}
			f.commit(a)
		}
		if !f.Holds(f.T, noise("key", 0)) || !f.Holds(f.T, noise("payload", 0)) || !f.Holds(f.T, noise("command", 0)) {
			f.Fatal("the bytes to erase are not found where they should be")
		}
		for n := 0; n < subjects; n += 20 {
			if err := f.store.Erase(f.ctx, shardA, id(n)); err != nil {
				f.Fatal(err)
			}
		}
		for n := 0; n < subjects; n += 20 {
			for _, kind := range []string{"key", "payload", "command"} {
				if f.Holds(f.T, noise(kind, n)) {
					f.Fatalf("%s %d is still there", kind, n)
				}
			}
		}
		f.wantKey(1, true)
	}},
	{"SecretsAreKeptByName", func(f *fixture) {
		for _, name := range []string{"zendesk/token", "api/1", "api/2", "apis"} {
			if err := f.store.PutSecret(f.ctx, journal.SecretRow{Name: name, Sealed: noise(name, 1)}); err != nil {
				f.Fatal(err)
			}
		}
		names, err := f.store.SecretNames(f.ctx, "api/")
		if err != nil || fmt.Sprint(names) != "[api/1 api/2]" {
			f.Fatalf("names: %v, %v", names, err)
		}
		if err := f.store.PutSecret(f.ctx, journal.SecretRow{Name: "api/1", Sealed: noise("new", 1)}); err != nil {
			f.Fatal(err)
		}
		if err := f.store.DeleteSecret(f.ctx, "api/2"); err != nil {
			f.Fatal(err)
		}
		f.wantError(f.store.DeleteSecret(f.ctx, "api/2"), journal.ErrAbsent, 0)
		got, err := f.store.Secret(f.ctx, "api/1")
		if err != nil || !bytes.Equal(got, noise("new", 1)) {
			f.Fatalf("secret: %x, %v", got, err)
		}
		_, err = f.store.Secret(f.ctx, "api/2")
		f.wantError(err, journal.ErrAbsent, 0)
		for _, name := range []string{"api/1", "api/2"} {
			if f.Holds(f.T, noise(name, 1)) {
				f.Fatalf("the old bytes of %s are still there", name)
			}
		}
	}},
	{"RewrappingChangesAllOrNothing", func(f *fixture) {
		epoch := f.lease(shardA)
		f.commit(withRows(add(shardA, epoch, 1, 1), 1, 2))
		for _, name := range []string{"a", "b"} {
			if err := f.store.PutSecret(f.ctx, journal.SecretRow{Name: name, Sealed: noise(name, 1)}); err != nil {
				f.Fatal(err)
			}
		}
		key := func(shard tandem.ID, row journal.KeyRow) ([]byte, error) {
			return append([]byte(shard.String()+row.Subject.String()), row.Wrapped...), nil
		}
		broken := fmt.Errorf("broken")
		f.wantError(f.store.Rewrap(f.ctx, key, func(journal.SecretRow) ([]byte, error) { return nil, broken }), broken, 0)
		f.wantKey(1, true)
		err := f.store.Rewrap(f.ctx, key, func(row journal.SecretRow) ([]byte, error) {
			if row.Name == "b" {
				return nil, nil
			}
			return append([]byte("new "), row.Sealed...), nil
		}, journal.SecretRow{Name: "c", Sealed: []byte("added")})
		if err != nil {
			f.Fatal(err)
		}
		got, err := f.store.Key(f.ctx, shardA, id(2))
		if want, _ := key(shardA, journal.KeyRow{Subject: id(2), Wrapped: noise("key", 2)}); err != nil || !bytes.Equal(got, want) {
			f.Fatalf("key: %q, %v", got, err)
		}
		names, err := f.store.SecretNames(f.ctx, "")
		if err != nil || fmt.Sprint(names) != "[a c]" {
			f.Fatalf("names: %v, %v", names, err)
		}
	}},
	{"VerifyAcceptsAMissingPayloadOnlyOfAnErasedSubject", func(f *fixture) {
		epoch := f.lease(shardA)
		f.commit(withRows(add(shardA, epoch, 1, 1), 1), withRows(add(shardA, epoch, 2, 1), 2))
		checks := journal.Checks{
			Decode: func(b journal.Batch) ([]journal.Reference, error) {
				n := int(b.First)
				return []journal.Reference{{Ref: payload(n).Ref, Subject: id(n)}}, nil
			},
			Erased: func(subject tandem.ID) bool { return subject == id(1) },
		}
		for i, want := range []journal.Report{{Payloads: 2}, {Payloads: 1, Erased: 1}} {
			r, err := journal.Verify(f.ctx, f.store, shardA, checks)
			if err != nil || r.Payloads != want.Payloads || r.Erased != want.Erased {
				f.Fatalf("verify %d: %+v, %v", i, r, err)
			}
			if err := f.store.Erase(f.ctx, shardA, id(1)); err != nil {
				f.Fatal(err)
			}
		}
		if err := f.store.Erase(f.ctx, shardA, id(2)); err != nil {
			f.Fatal(err)
		}
		_, err := journal.Verify(f.ctx, f.store, shardA, checks)
		f.wantError(err, journal.ErrCorrupt, 2)
	}},
}
