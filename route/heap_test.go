package route

import (
	"math/rand"
	"slices"
	"testing"

	"tandem"
)

type thing struct {
	rank
	place int32
}

func checkHeap(t *testing.T, h *heap) {
	t.Helper()
	for i, x := range h.nodes {
		if int(*x.place) != i {
			t.Fatalf("what is at %d was told to be at %d", i, *x.place)
		}
		if i > 0 && x.before(&h.nodes[(i-1)/4].rank) {
			t.Fatalf("what is at %d is smaller than its parent", i)
		}
	}
}

func TestHeapKeepsItsOrderAndPlaces(t *testing.T) {
	for seed := range int64(20) {
		rnd := rand.New(rand.NewSource(seed))
		var h heap
		var in []*thing
		for range 500 {
			if len(in) == 0 || rnd.Intn(3) > 0 {
				x := &thing{rank{tandem.Time(rnd.Intn(50)), id("thing", rnd.Intn(1000))}, nowhere}
				h.push(x.rank, &x.place)
				in = append(in, x)
			} else {
				i := rnd.Intn(len(in))
				h.remove(in[i].place)
				if in[i].place != nowhere {
					t.Fatal("what left must not believe to be in")
				}
				in = slices.Delete(in, i, i+1)
			}
			checkHeap(t, &h)
			if len(h.nodes) != len(in) {
				t.Fatalf("%d in the heap, want %d", len(h.nodes), len(in))
			}
		}
	}
}

func TestHeapGivesTheSmallestFirst(t *testing.T) {
	var h heap
	for n := range 200 {
		h.push(rank{tandem.Time(n * 7919 % 101), id("thing", n)}, new(int32))
	}
	var last rank
	for len(h.nodes) > 0 {
		r := h.first()
		h.remove(0)
		if r.before(&last) {
			t.Fatalf("%d came after %d", r.at, last.at)
		}
		last = r
	}
	if h.first() != nobody {
		t.Error("nobody is first in an empty heap")
	}
}

func TestEqualTimesAreOrderedByID(t *testing.T) {
	a, b := rank{5, tandem.ID{1}}, rank{5, tandem.ID{2}}
	if !a.before(&b) || b.before(&a) || a.before(&a) {
		t.Error("the lower id is first, and nothing is before itself")
	}
	if !a.before(&nobody) || nobody.before(&a) {
		t.Error("nobody is last")
	}
}

func TestTournamentFindsTheBestOfTheFirst(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for _, players := range []int{1, 2, 3, 16, 17, 100} {
		m := newTournament(players)
		ranks := slices.Repeat([]rank{nobody}, players)
		for range 500 {
			i := rnd.Intn(players)
			ranks[i] = nobody
			if rnd.Intn(3) > 0 {
				ranks[i] = rank{tandem.Time(rnd.Intn(20)), id("player", i)}
			}
			m.set(int32(i), ranks[i])
			n := rnd.Intn(players + 1)
			want := nobody
			for _, r := range ranks[:n] {
				if r.before(&want) {
					want = r
				}
			}
			if got := m.best(n); got != want {
				t.Fatalf("best of the first %d of %d: %v, want %v", n, players, got, want)
			}
		}
	}
}
