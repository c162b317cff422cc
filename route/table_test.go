package route

import (
	"math/rand"
	"slices"
	"testing"

	"tandem"
)

func TestTableFindsWhatAMapFinds(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	var got table[int]
	want := map[tandem.ID]*int{}
	for step := range 20_000 {
		thing := id("thing", rnd.Intn(300))
		switch {
		case want[thing] == nil:
			n := step
			want[thing] = &n
			got.put(thing, &n)
		case rnd.Intn(3) > 0:
			delete(want, thing)
			got.remove(thing)
		}
		if other := id("thing", rnd.Intn(300)); got.get(other) != want[other] {
			t.Fatalf("step %d: found something else", step)
		}
	}
	if got.count != len(want) || !slices.Equal(got.ids(), tandem.SortedIDs(want)) {
		t.Fatalf("%d ids, want %d", got.count, len(want))
	}
}
