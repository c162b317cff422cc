package center

import "tandem"

// timers is a heap of the contacts and agents that have a deadline, earliest
// first, then by id. It is not made with container/heap, whose calls through an
// interface cost as much again: every change of a contact passes here.
type timers []timer

// timer is one deadline. The moment stands here too, as most comparisons need
// nothing else.
type timer struct {
	due tandem.Time
	of  *tracked
}

func (t timer) before(o timer) bool {
	if t.due != o.due {
		return t.due < o.due
	}
	return t.of.id.Compare(o.of.id) < 0
}

// setTimer notes the deadline of a contact or agent; 0 for none.
func (m *Machine) setTimer(of *tracked, due tandem.Time) {
	if of.due == due {
		return
	}
	of.due = due
	switch {
	case due.IsZero():
		m.timers.remove(of)
	case of.pos == nowhere:
		m.timers = append(m.timers, timer{})
		m.timers.up(len(m.timers)-1, timer{due, of})
	default:
		m.timers.move(int(of.pos), timer{due, of})
	}
}

// remove takes away the deadline of one that has one.
func (t *timers) remove(of *tracked) {
	last := len(*t) - 1
	end := (*t)[last]
	(*t)[last] = timer{}
	*t = (*t)[:last]
	if end.of != of {
		t.move(int(of.pos), end)
	}
	of.pos = nowhere
}

// move puts x in place of what stands at i, and then where it belongs.
func (t timers) move(i int, x timer) {
	if i > 0 && x.before(t[(i-1)/2]) {
		t.up(i, x)
		return
	}
	t.down(i, x)
}

// up puts x at i or above.
func (t timers) up(i int, x timer) {
	for i > 0 {
		parent := (i - 1) / 2
		if !x.before(t[parent]) {
			break
		}
		t.put(i, t[parent])
		i = parent
	}
	t.put(i, x)
}

// down puts x at i or below.
func (t timers) down(i int, x timer) {
	for {
		child := 2*i + 1
		if child >= len(t) {
			break
		}
		if child+1 < len(t) && t[child+1].before(t[child]) {
			child++
		}
		if !t[child].before(x) {
			break
		}
		t.put(i, t[child])
		i = child
	}
	t.put(i, x)
}

func (t timers) put(i int, x timer) {
	t[i] = x
	x.of.pos = int32(i)
}
