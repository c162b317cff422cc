package route

import (
	"math"

	"tandem"
)

// rank is a place in an order by time, then id.
type rank struct {
	at tandem.Time
	id tandem.ID
}

// nobody is the rank after everybody's.
var nobody = rank{at: math.MaxInt64}

func (r *rank) before(s *rank) bool {
	return r.at < s.at || r.at == s.at && r.id.Compare(s.id) < 0
}

// nowhere is the place of what is in no heap.
const nowhere = -1

// heap is a 4-ary heap, smallest rank first. It tells everything that is in it
// its place, so any of them can leave in logarithmic time.
type heap struct{ nodes []node }

// node keeps the rank beside the pointer, so that comparing follows none.
type node struct {
	rank
	place *int32
}

// first is the smallest rank; nobody in an empty heap.
func (h *heap) first() rank {
	if len(h.nodes) == 0 {
		return nobody
	}
	return h.nodes[0].rank
}

// push adds a rank, whose place is kept at the pointer from now on.
func (h *heap) push(r rank, place *int32) {
	h.nodes = append(h.nodes, node{r, place})
	h.up(len(h.nodes) - 1)
}

// remove takes out what is at the place.
func (h *heap) remove(place int32) {
	i, last := int(place), len(h.nodes)-1
	*h.nodes[i].place = nowhere
	moved := h.nodes[last]
	h.nodes[last] = node{}
	h.nodes = h.nodes[:last]
	if i < last {
		h.nodes[i] = moved
		h.up(i)
		h.down(int(*moved.place))
	}
}

func (h *heap) up(i int) {
	x := h.nodes[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !x.before(&h.nodes[parent].rank) {
			break
		}
		h.put(i, h.nodes[parent])
		i = parent
	}
	h.put(i, x)
}

func (h *heap) down(i int) {
	x := h.nodes[i]
	for {
		first := 4*i + 1
		if first >= len(h.nodes) {
			break
		}
		least := first
		for j := first + 1; j < min(first+4, len(h.nodes)); j++ {
			if h.nodes[j].before(&h.nodes[least].rank) {
				least = j
			}
		}
		if !h.nodes[least].before(&x.rank) {
			break
		}
		h.put(i, h.nodes[least])
		i = least
	}
	h.put(i, x)
}

func (h *heap) put(i int, x node) {
	h.nodes[i] = x
	*x.place = int32(i)
}
