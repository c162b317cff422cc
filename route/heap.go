package route

import "tandem"

// item is one element of a heap: what it is ordered by, and where it stands.
type item struct {
	key tandem.Time
	id  tandem.ID
	pos int32 // place in its heap; -1 when in none
}

func (x *item) before(y *item) bool {
	if x.key != y.key {
		return x.key < y.key
	}
	return x.id.Compare(y.id) < 0
}

// node is what a heap holds: a pointer to something with an item.
type node interface{ at() *item }

// heap is a 4-ary heap, smallest first. Its elements know their place, so any
// of them can leave in logarithmic time.
type heap[T node] struct{ nodes []T }

func (h *heap[T]) len() int { return len(h.nodes) }

func (h *heap[T]) push(x T) {
	h.nodes = append(h.nodes, x)
	h.up(len(h.nodes) - 1)
}

func (h *heap[T]) remove(x T) {
	i := int(x.at().pos)
	x.at().pos = -1
	last := len(h.nodes) - 1
	moved := h.nodes[last]
	var none T
	h.nodes[last] = none
	h.nodes = h.nodes[:last]
	if i < last {
		h.nodes[i] = moved
		h.up(i)
		h.down(int(moved.at().pos))
	}
}

func (h *heap[T]) up(i int) {
	x := h.nodes[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !x.at().before(h.nodes[parent].at()) {
			break
		}
		h.place(i, h.nodes[parent])
		i = parent
	}
	h.place(i, x)
}

func (h *heap[T]) down(i int) {
	x := h.nodes[i]
	for {
		first := 4*i + 1
		if first >= len(h.nodes) {
			break
		}
		least := first
		for j := first + 1; j < min(first+4, len(h.nodes)); j++ {
			if h.nodes[j].at().before(h.nodes[least].at()) {
				least = j
			}
		}
		if !h.nodes[least].at().before(x.at()) {
			break
		}
		h.place(i, h.nodes[least])
		i = least
	}
	h.place(i, x)
}

func (h *heap[T]) place(i int, x T) {
	h.nodes[i] = x
	x.at().pos = int32(i)
}
