package event

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem"
)

// keyring is a sealer with one key for each subject that can be deleted. Its
// sealing hides the bytes and changes with each use, as the vault's does.
type keyring struct {
	tandem.Plain
	erased map[tandem.ID]bool
	nonce  byte
}

func newKeyring() *keyring {
	return &keyring{Plain: tandem.Plain{}, erased: map[tandem.ID]bool{}}
}

var errWrongKey = errors.New("sealed under another subject's key")

func (k *keyring) Seal(dst []byte, subject tandem.ID, plain []byte) ([]byte, error) {
	if k.erased[subject] {
		return nil, tandem.ErrErased
	}
	k.nonce++
	mac := sha256.Sum256(append(subject[:], plain...))
	dst = append(append(dst, k.nonce), mac[:8]...)
	for i, b := range plain {
		dst = append(dst, b^subject[i%16]^k.nonce)
	}
	return dst, nil
}

func (k *keyring) Open(dst []byte, subject tandem.ID, sealed []byte) ([]byte, error) {
	if k.erased[subject] {
		return nil, tandem.ErrErased
	}
	if len(sealed) < 9 {
		return nil, errWrongKey
	}
	start := len(dst)
	for i, b := range sealed[9:] {
		dst = append(dst, b^subject[i%16]^sealed[0])
	}
	mac := sha256.Sum256(append(subject[:], dst[start:]...))
	if !bytes.Equal(mac[:8], sealed[1:9]) {
		return nil, errWrongKey
	}
	return dst, nil
}

func encode(t rapid.TB, s tandem.Sealer, w tandem.Wire) []byte {
	t.Helper()
	e := tandem.NewEncoder(nil, s)
	w.EncodeWire(e)
	if err := e.Err(); err != nil {
		t.Fatalf("encode: %v", err)
	}
	return e.Bytes()
}

func decode(t rapid.TB, s tandem.Sealer, kind tandem.EventKind, b []byte) tandem.Event {
	t.Helper()
	ev, d := New(kind), tandem.NewDecoder(b, s)
	ev.DecodeWire(d)
	if d.Err() != nil || len(d.Rest()) > 0 {
		t.Fatalf("decode %s: error %v, %d bytes left", ev.EventName(), d.Err(), len(d.Rest()))
	}
	return ev
}

// eachKind runs a property for every kind of event, filled with random values.
func eachKind(t *testing.T, property func(t *rapid.T, ev tandem.Event)) {
	for _, k := range Kinds {
		t.Run(k.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				ev := New(k.Kind)
				fill(rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))), ev)
				property(t, ev)
			})
		})
	}
}

func TestKindsAreNumberedAndNamedAsTheEventsSay(t *testing.T) {
	for _, k := range Kinds {
		if ev := New(k.Kind); ev.Kind() != k.Kind || ev.EventName() != k.Name {
			t.Errorf("Kinds has %d %s, the event is %d %s", k.Kind, k.Name, ev.Kind(), ev.EventName())
		}
	}
	if ev := New(9999); ev != nil {
		t.Errorf("New of an unknown kind gave %s", ev.EventName())
	}
}

func TestEveryEventReadsBackAsWritten(t *testing.T) {
	sealers := map[string]tandem.Sealer{"plain": tandem.Plain{}, "sealed": newKeyring()}
	eachKind(t, func(t *rapid.T, ev tandem.Event) {
		for name, s := range sealers {
			b := encode(t, s, ev)
			got := decode(t, s, ev.Kind(), b)
			if diff := cmp.Diff(ev, got); diff != "" {
				t.Fatalf("%s: read back differs (-written +read):\n%s", name, diff)
			}
		}
	})
}

func TestErasedSubjectLosesPrivateFieldsAndKeepsPublicOnes(t *testing.T) {
	eachKind(t, func(t *rapid.T, ev tandem.Event) {
		keys := newKeyring()
		b := encode(t, keys, ev)
		if bytes.Contains(b, []byte(secret)) {
			t.Fatalf("private text is readable in %q", b)
		}
		keys.erased[subjectOf(ev)] = true
		if diff := cmp.Diff(withoutPrivate(ev), decode(t, keys, ev.Kind(), b)); diff != "" {
			t.Fatalf("(-public part written +read):\n%s", diff)
		}
	})
}

func TestHashFormLeavesPrivateFieldsOut(t *testing.T) {
	eachKind(t, func(t *rapid.T, ev tandem.Event) {
		b := encode(t, nil, ev)
		if bytes.Contains(b, []byte(secret)) {
			t.Fatalf("private text is in the hash form %q", b)
		}
		if erased := encode(t, nil, withoutPrivate(ev)); !bytes.Equal(b, erased) {
			t.Fatalf("the hash form changes with an erasure:\n%x\n%x", b, erased)
		}
		if diff := cmp.Diff(withoutPrivate(ev), decode(t, nil, ev.Kind(), b)); diff != "" {
			t.Fatalf("the hash form reads back differently (-public part written +read):\n%s", diff)
		}
	})
}

func TestReaderWithoutKeysPassesOverPrivateSections(t *testing.T) {
	eachKind(t, func(t *rapid.T, ev tandem.Event) {
		b := encode(t, newKeyring(), ev)
		if diff := cmp.Diff(withoutPrivate(ev), decode(t, nil, ev.Kind(), b)); diff != "" {
			t.Fatalf("(-public part written +read):\n%s", diff)
		}
	})
}

func TestMapsAreWrittenInOneOrder(t *testing.T) {
	ev := &QueueSaved{Tags: map[string]string{}}
	for _, k := range strings.Fields("q w e r t z u i o p a s d f g h j k l") {
		ev.Tags[k] = k + k
	}
	first := encode(t, nil, ev)
	for range 50 {
		if again := encode(t, nil, ev); !bytes.Equal(first, again) {
			t.Fatalf("the same map gave\n%x\n%x", first, again)
		}
	}
}

func TestEmptyMapsAndListsReadAsNil(t *testing.T) {
	ev := &UserSaved{Tags: map[string]string{}, SecurityProfileIDs: []tandem.ID{}}
	got := decode(t, nil, ev.Kind(), encode(t, nil, ev)).(*UserSaved)
	if got.Tags != nil || got.SecurityProfileIDs != nil {
		t.Errorf("empty map and list read as %#v and %#v", got.Tags, got.SecurityProfileIDs)
	}
}

func TestLargeFlowContentStandsInPayloadRow(t *testing.T) {
	ev := &FlowSaved{FlowID: tandem.NameID("flow", "a"), InstanceID: tandem.NameID("instance", "a"),
		Content: tandem.Blob(strings.Repeat("x", 2*tandem.MaxInlineBytes))}
	keys := newKeyring()
	b := encode(t, keys, ev)
	if len(b) > 200 || len(keys.Plain) != 1 {
		t.Fatalf("the event takes %d bytes and %d payload rows, want a small event and one row", len(b), len(keys.Plain))
	}
	if diff := cmp.Diff(tandem.Event(ev), decode(t, keys, ev.Kind(), b)); diff != "" {
		t.Fatalf("(-written +read):\n%s", diff)
	}
	clear(keys.Plain) // the row went with the subject's key
	if diff := cmp.Diff(withoutPrivate(ev), decode(t, keys, ev.Kind(), b)); diff != "" {
		t.Fatalf("without its payload row (-public part +read):\n%s", diff)
	}
}

func TestPrivateFieldsWithoutSubjectAreRefused(t *testing.T) {
	e := tandem.NewEncoder(nil, tandem.Plain{})
	(&UserSaved{Username: "agent1"}).EncodeWire(e)
	if e.Err() == nil {
		t.Error("a private field was sealed under the zero subject, whose key nobody would delete")
	}
}

// subjectOf is the subject of an event, found by its tag, or the zero id.
func subjectOf(ev tandem.Event) tandem.ID {
	v := reflect.ValueOf(ev).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("wire") == "subject" {
			return v.Field(i).Interface().(tandem.ID)
		}
	}
	return tandem.ID{}
}
