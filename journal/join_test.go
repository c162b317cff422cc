package journal

import (
	"bytes"
	"fmt"
	"testing"

	"tandem"
)

// TestJoinMergesWhatContinues holds that appends of a shard become one where
// each continues the one before it, and that no other is touched.
func TestJoinMergesWhatContinues(t *testing.T) {
	a, b := tandem.NameID("test", "a"), tandem.NameID("test", "b")
	one := func(shard tandem.ID, first tandem.Seq, count int, body string) Append {
		return Append{Shard: shard, Epoch: 1, First: first, Count: count, Body: []byte(body)}
	}
	big := string(bytes.Repeat([]byte("x"), maxJoinedBytes-1))
	keys := one(a, 4, 0, "")
	keys.Keys = []KeyRow{{Subject: b}}
	later := one(a, 2, 1, "y")
	later.Epoch = 2
	for _, c := range []struct {
		name string
		in   []Append
		want string
	}{
		{"nothing", nil, "[]"},
		{"alone", []Append{one(a, 1, 1, "x")}, "[1+1 x]"},
		{"continued", []Append{one(a, 1, 1, "x"), one(a, 2, 2, "yz"), one(a, 4, 1, "w")}, "[1+4 xyzw]"},
		{"two shards", []Append{one(a, 1, 1, "x"), one(b, 7, 1, "u"), one(a, 2, 1, "y"), one(b, 8, 1, "v")}, "[1+2 xy 7+2 uv]"},
		{"gap", []Append{one(a, 1, 1, "x"), one(a, 3, 1, "y")}, "[1+1 x 3+1 y]"},
		{"another lease", []Append{one(a, 1, 1, "x"), later}, "[1+1 x 2+1 y]"},
		{"rows only", []Append{one(a, 1, 3, "xyz"), keys, one(a, 4, 1, "w")}, "[1+4 xyzw]"},
		{"rows first", []Append{keys, one(a, 4, 1, "w")}, "[4+1 w]"},
		{"full", []Append{one(a, 1, 1, big), one(a, 2, 1, "yz"), one(a, 3, 1, "w")}, "[1+1 " + big + " 2+2 yzw]"},
	} {
		var j joiner
		j.join([]Append{one(b, 1, 1, "before"), one(b, 2, 1, "before")}) // what is left of a call must not show in the next
		var got []string
		rows := 0
		for _, out := range j.join(c.in) {
			got = append(got, fmt.Sprintf("%d+%d %s", out.First, out.Count, out.Body))
			rows += len(out.Keys)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: got %.80s, want %.80s", c.name, fmt.Sprint(got), c.want)
		}
		for _, in := range c.in {
			rows -= len(in.Keys)
		}
		if rows != 0 {
			t.Errorf("%s: key rows were lost or doubled", c.name)
		}
	}
}
