package flow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMemoryReadsWhatItWrote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := memory{
			returnTo: rapid.StringMatching(`[a-z;,=0-9]{0,9}`).Draw(t, "return to"),
			counts:   rapid.MapOfN(rapid.IntRange(0, MaxActions), rapid.IntRange(1, 100), 0, 4).Draw(t, "counts"),
		}
		if diff := cmp.Diff(m, readMemory(m.String()), cmp.AllowUnexported(memory{})); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", m.String(), diff)
		}
	})
}

func TestMemoryTakesAnyText(t *testing.T) {
	for text, want := range map[string]memory{
		"":             {},
		"music":        {returnTo: "music"},
		";music":       {returnTo: "music"},
		"3=2,7=1;":     {counts: map[int]int{3: 2, 7: 1}},
		"3=2;music":    {returnTo: "music", counts: map[int]int{3: 2}},
		"x=1;music":    {returnTo: "x=1;music"},
		"-1=1;music":   {returnTo: "-1=1;music"},
		"1=0;music":    {returnTo: "1=0;music"},
		"1=2,,3=4;end": {returnTo: "1=2,,3=4;end"},
	} {
		if want.counts == nil {
			want.counts = map[int]int{}
		}
		if diff := cmp.Diff(want, readMemory(text), cmp.AllowUnexported(memory{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
