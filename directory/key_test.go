package directory

import (
	"testing"

	"tandem"
	"tandem/event"
)

func key(name, hash string) SaveAdminKey {
	return SaveAdminKey{Key: event.AdminKeySaved{Name: name, Role: "viewer", Hash: []byte(hash)}}
}

func TestAdminKeyHoldsUntilItIsEndedAndKeepsItsName(t *testing.T) {
	b := newBook(t)
	id := b.must(key("wallboard", "a"))
	b.must(key("exports", "b"))
	b.refused(tandem.Duplicate, key("wallboard", "c"))
	b.refused(tandem.Duplicate, key("other", "a"))
	b.refused(tandem.Invalid, key("", "c"))
	b.refused(tandem.Invalid, key("none", ""))
	if k, ok := b.AdminKey([]byte("a")); !ok || k.KeyID != id || k.CreatedAt == 0 {
		t.Errorf("the key is %+v", k)
	}
	b.must(EndAdminKey{KeyID: id})
	b.refused(tandem.NotFound, EndAdminKey{KeyID: id})
	b.refused(tandem.NotFound, EndAdminKey{KeyID: tandem.NameID("key", "none")})
	if _, ok := b.AdminKey([]byte("a")); ok {
		t.Error("the ended key still holds")
	}
	if k := b.State().AdminKeys[id]; k.Name != "wallboard" || k.Hash != nil {
		t.Errorf("of the ended key %+v is kept, want its name without the hash", k)
	}
	b.must(key("wallboard", "a"))
	replayed := New()
	for i, ev := range b.log {
		replayed.Apply(tandem.Seq(i+1), tandem.Time(i+1), ev)
	}
	e := tandem.NewEncoder(nil, tandem.Plain{})
	b.EncodeSnapshot(e)
	restored := New()
	restored.DecodeSnapshot(tandem.NewDecoder(e.Bytes(), tandem.Plain{}))
	for name, m := range map[string]*Machine{"replay": replayed, "snapshot": restored} {
		if k, ok := m.AdminKey([]byte("a")); !ok || k.Name != "wallboard" || m.Hash() != b.Hash() {
			t.Errorf("the %s gives other keys", name)
		}
	}
}
