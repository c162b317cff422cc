package media

import (
	"time"

	"tandem"
)

const (
	tombstoneLife = time.Hour
	maxTombstones = 100_000 // of one kind; beyond, the oldest go early
)

// tombstones remember how things ended, so that what is asked for again is
// answered again instead of done again.
type tombstones[T any] struct {
	ended map[tandem.ID]T
	order []tombstone
}

type tombstone struct {
	id tandem.ID
	at time.Time
}

func newTombstones[T any]() *tombstones[T] { return &tombstones[T]{ended: map[tandem.ID]T{}} }

func (t *tombstones[T]) add(id tandem.ID, how T, now time.Time) {
	if _, ok := t.ended[id]; !ok {
		t.order = append(t.order, tombstone{id, now})
	}
	t.ended[id] = how
	n := 0
	for n < len(t.order) && (now.Sub(t.order[n].at) > tombstoneLife || len(t.order)-n > maxTombstones) {
		delete(t.ended, t.order[n].id)
		n++
	}
	t.order = t.order[n:]
}

func (t *tombstones[T]) get(id tandem.ID) (T, bool) {
	how, ok := t.ended[id]
	return how, ok
}
