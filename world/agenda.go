package world

import (
	"container/heap"

	"tandem"
)

// Agenda is virtual time: what happens next, and when. Of entries for the same
// moment the one made first comes first.
type Agenda struct {
	now     tandem.Time
	made    uint64
	entries entries
}

type entry struct {
	at    tandem.Time
	order uint64
	do    func()
}

// NewAgenda begins at a moment.
func NewAgenda(start tandem.Time) *Agenda { return &Agenda{now: start} }

// Now is the moment of the entry that happens, or happened last.
func (a *Agenda) Now() tandem.Time { return a.now }

// At lets do happen at a moment, or now if the moment is over.
func (a *Agenda) At(at tandem.Time, do func()) {
	a.made++
	heap.Push(&a.entries, entry{max(at, a.now), a.made, do})
}

// After lets do happen some milliseconds from now.
func (a *Agenda) After(millis int64, do func()) { a.At(a.now.Add(millis), do) }

// RunNext lets the next entry happen; false when there is none until limit,
// which is then the present.
func (a *Agenda) RunNext(limit tandem.Time) bool {
	if len(a.entries) == 0 || a.entries[0].at > limit {
		a.now = max(a.now, limit)
		return false
	}
	e := heap.Pop(&a.entries).(entry)
	a.now = e.at
	e.do()
	return true
}

// entries is a heap, the earliest first.
type entries []entry

func (e entries) Len() int { return len(e) }

func (e entries) Less(i, j int) bool {
	if e[i].at != e[j].at {
		return e[i].at < e[j].at
	}
	return e[i].order < e[j].order
}

func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push implements heap.Interface.
func (e *entries) Push(x any) { *e = append(*e, x.(entry)) }

// Pop implements heap.Interface.
func (e *entries) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = entry{}
	*e = (*e)[:last]
	return x
}
