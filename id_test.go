package tandem

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestIDsAreUUIDsOfTheirVersion(t *testing.T) { // RFC 9562 sections 5.4 and 5.8
	all := [16]byte{}
	for i := range all {
		all[i] = 0xff
	}
	tests := map[string]struct {
		id      ID
		version byte
	}{
		"NewID of ones":  {NewID(all), '4'},
		"NewID of zeros": {NewID([16]byte{}), '4'},
		"NameID":         {NameID("queue", "a"), '8'},
		"Derive":         {NameID("queue", "a").Derive(1), '8'},
	}
	for name, tt := range tests {
		s := tt.id.String()
		if s[14] != tt.version || !strings.ContainsRune("89ab", rune(s[19])) {
			t.Errorf("%s gave %s, want version %c and the RFC's variant", name, s, tt.version)
		}
	}
}

// Ids that were derived stand in journals, so the way they are made is fixed.
func TestDerivedIDsNeverChange(t *testing.T) {
	if got := NameID("queue", "a").String(); got != "b72321d3-3404-8c27-9dd2-ba05f80ab1be" {
		t.Errorf("NameID gave %s", got)
	}
	a, b := NameID("x", "ab"), NameID("xa", "b")
	if a == b {
		t.Error("space and name run into each other")
	}
	if got := NameID("queue", "a").Derive(1).String(); got != "6c93da75-efb9-8df4-8310-ecd61e512711" {
		t.Errorf("Derive gave %s", got)
	}
	if a.Derive(1) == a.Derive(2) || a.Derive(1) == b.Derive(1) {
		t.Error("ids derived from different things are the same")
	}
}

func TestParseIDRefusesWhatIsNoUUID(t *testing.T) {
	for _, s := range []string{"", "x", "6f1c1f0e2a5b4c3d9e8f001122334455", "6f1c1f0e-2a5b-4c3d-9e8f-00112233445g",
		"6f1c1f0e-2a5b-4c3d-9e8f-0011223344556", "{f1c1f0e-2a5b-4c3d-9e8f-001122334455}", "6f1c1f0e+2a5b-4c3d-9e8f-001122334455"} {
		if id, err := ParseID(s); err == nil || !id.IsZero() {
			t.Errorf("ParseID(%q) gave %s, %v", s, id, err)
		}
	}
}

func TestIDTextFormReadsBackInEitherCase(t *testing.T) {
	id := NameID("queue", "a")
	for _, s := range []string{id.String(), strings.ToUpper(id.String())} {
		if got, err := ParseID(s); got != id || err != nil {
			t.Errorf("ParseID(%q) gave %s, %v", s, got, err)
		}
	}
	type body struct{ A, B ID }
	want := body{A: id}
	b, err := json.Marshal(want)
	if err != nil || string(b) != `{"A":"`+id.String()+`","B":""}` {
		t.Fatalf("JSON is %s, %v", b, err)
	}
	got := body{B: id}
	if err := json.Unmarshal(b, &got); err != nil || got != want {
		t.Errorf("read back %+v, %v", got, err)
	}
	if err := json.Unmarshal([]byte(`{"A":"x"}`), &got); err == nil {
		t.Error("JSON with a wrong id was accepted")
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("6f1c1f0e-2a5b-4c3d-9e8f-001122334455")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := ParseID(s); err == nil && !strings.EqualFold(id.String(), s) {
			t.Errorf("ParseID(%q) gave %s", s, id)
		}
	})
}
