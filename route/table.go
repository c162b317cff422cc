package route

import (
	"encoding/binary"
	"slices"

	"tandem"
)

// table finds what belongs to an id. It is open addressing with linear probing,
// at most half full, so that nearly every look costs one cache line; the maps
// of the language cost two, and these looks are most of what the matcher does.
type table[T any] struct {
	cells []cell[T] // a power of two
	count int
}

// cell holds an id and what belongs to it; nil when it is free.
type cell[T any] struct {
	id   tandem.ID
	what *T
}

// get is what belongs to the id; nil when there is none.
func (t *table[T]) get(id tandem.ID) *T {
	if t.count == 0 {
		return nil
	}
	return t.cells[t.find(id)].what
}

// put adds what belongs to an id that has none yet.
func (t *table[T]) put(id tandem.ID, what *T) {
	if 2*(t.count+1) > len(t.cells) {
		t.grow()
	}
	t.cells[t.find(id)] = cell[T]{id, what}
	t.count++
}

// remove takes away what belongs to the id, which there must be, and moves up
// those behind it that were not at home.
func (t *table[T]) remove(id tandem.ID) {
	mask := len(t.cells) - 1
	hole := t.find(id)
	t.count--
	for i := (hole + 1) & mask; t.cells[i].what != nil; i = (i + 1) & mask {
		if fromHome := (i - t.home(t.cells[i].id)) & mask; fromHome >= (i-hole)&mask {
			t.cells[hole] = t.cells[i]
			hole = i
		}
	}
	t.cells[hole] = cell[T]{}
}

// find is the cell of the id, or the free one in which it belongs.
func (t *table[T]) find(id tandem.ID) int {
	mask := len(t.cells) - 1
	for i := t.home(id); ; i = (i + 1) & mask {
		if c := &t.cells[i]; c.what == nil || c.id == id {
			return i
		}
	}
}

// home is the cell from which an id is looked for.
func (t *table[T]) home(id tandem.ID) int { return int(mix(id)) & (len(t.cells) - 1) }

func (t *table[T]) grow() {
	old := t.cells
	t.cells = make([]cell[T], max(16, 2*len(old)))
	for _, c := range old {
		if c.what != nil {
			t.cells[t.find(c.id)] = c
		}
	}
}

// ids are all ids in the table, in their order.
func (t *table[T]) ids() []tandem.ID {
	var ids []tandem.ID
	for _, c := range t.cells {
		if c.what != nil {
			ids = append(ids, c.id)
		}
	}
	slices.SortFunc(ids, tandem.ID.Compare)
	return ids
}

// mix makes a number of an id, such that close ids get numbers far apart.
func mix(id tandem.ID) uint32 {
	h := binary.LittleEndian.Uint64(id[:8])*0x9e3779b97f4a7c15 ^ binary.LittleEndian.Uint64(id[8:])
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return uint32(h >> 32)
}
