package center

import "slices"

// set keeps things once, in the order in which they were added first. What a
// step adds is few, and then no map is needed.
type set[K comparable] struct {
	order []K
	in    map[K]bool // all of them, once they are many
	spare []K        // the memory of what was taken before
}

// The sizes at which a set changes its ways.
const (
	fewInSet   = 16      // as many are searched one by one
	spareInSet = 1 << 10 // more memory than that is not kept for the next
)

func (s *set[K]) add(k K) {
	if s.in == nil {
		if slices.Contains(s.order, k) {
			return
		}
		if len(s.order) == fewInSet {
			s.in = make(map[K]bool, 4*fewInSet)
			for _, other := range s.order {
				s.in[other] = true
			}
		}
	}
	if s.in != nil {
		if s.in[k] {
			return
		}
		s.in[k] = true
	}
	s.order = append(s.order, k)
}

// take empties the set. What it returns is good until it is called again.
func (s *set[K]) take() []K {
	taken := s.order
	s.order, s.in = s.spare[:0], nil
	if s.spare = taken; cap(taken) > spareInSet {
		s.spare = nil
	}
	return taken
}
