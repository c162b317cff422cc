package route

import (
	"math/rand"
	"slices"
	"testing"

	"tandem"
)

type thing struct{ item }

func (t *thing) at() *item { return &t.item }

func checkHeap(t *testing.T, h *heap[*thing]) {
	t.Helper()
	for i, x := range h.nodes {
		if int(x.pos) != i {
			t.Fatalf("the element at %d believes to be at %d", i, x.pos)
		}
		if i > 0 && x.before(&h.nodes[(i-1)/4].item) {
			t.Fatalf("the element at %d is smaller than its parent", i)
		}
	}
}

func TestHeapKeepsItsOrderAndPlaces(t *testing.T) {
	for seed := range int64(20) {
		rnd := rand.New(rand.NewSource(seed))
		var h heap[*thing]
		var in []*thing
		for range 500 {
			if len(in) == 0 || rnd.Intn(3) > 0 {
				x := &thing{item{key: tandem.Time(rnd.Intn(50)), id: id("thing", rnd.Intn(1000)), pos: -1}}
				h.push(x)
				in = append(in, x)
			} else {
				i := rnd.Intn(len(in))
				h.remove(in[i])
				if in[i].pos != -1 {
					t.Fatal("an element that left must not believe to be in")
				}
				in = slices.Delete(in, i, i+1)
			}
			checkHeap(t, &h)
			if h.len() != len(in) {
				t.Fatalf("%d elements, want %d", h.len(), len(in))
			}
		}
	}
}

func TestHeapGivesTheSmallestFirst(t *testing.T) {
	var h heap[*thing]
	for n := range 200 {
		h.push(&thing{item{key: tandem.Time(n * 7919 % 101), id: id("thing", n), pos: -1}})
	}
	var last *thing
	for h.len() > 0 {
		x := h.nodes[0]
		h.remove(x)
		if last != nil && x.before(&last.item) {
			t.Fatalf("%d came after %d", x.key, last.key)
		}
		last = x
	}
}

func TestEqualKeysAreOrderedByID(t *testing.T) {
	low, high := tandem.ID{1}, tandem.ID{2}
	a, b := item{key: 5, id: low}, item{key: 5, id: high}
	if !a.before(&b) || b.before(&a) || a.before(&a) {
		t.Error("the lower id is first, and nothing is before itself")
	}
}
