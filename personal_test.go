package tandem

import (
	"errors"
	"testing"
)

func TestPlainKeepsPayloadsBySaltedHash(t *testing.T) {
	p, a, b := Plain{}, NameID("subject", "a"), NameID("subject", "b")
	content := []byte("content")
	ref, err := p.PutPayload(a, content)
	if err != nil {
		t.Fatal(err)
	}
	content[0] = 'X' // the caller's bytes are its own again
	if got, err := p.Payload(ref); err != nil || string(got) != "content" {
		t.Errorf("the payload reads %q, %v", got, err)
	}
	if other, _ := p.PutPayload(b, []byte("content")); other == ref {
		t.Error("the same content of two subjects has the same name, which tells that it is the same")
	}
	delete(p, ref)
	if _, err := p.Payload(ref); !errors.Is(err, ErrErased) {
		t.Errorf("a payload that is gone gave %v, want ErrErased", err)
	}
}

func TestPlainSealsAndOpensByAppending(t *testing.T) {
	sealed, err := Plain{}.Seal([]byte("a"), ID{}, []byte("b"))
	if err != nil || string(sealed) != "ab" {
		t.Errorf("Seal gave %q, %v", sealed, err)
	}
	plain, err := Plain{}.Open([]byte("c"), ID{}, []byte("d"))
	if err != nil || string(plain) != "cd" {
		t.Errorf("Open gave %q, %v", plain, err)
	}
}
