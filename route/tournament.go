package route

// tournament finds the best of the first so many players. Each node holds the
// best rank of the two below it; the players are the second half of the nodes.
// It is a binary tree in an array, without links: the nodes below i are 2i and
// 2i+1.
type tournament struct{ nodes []rank }

// newTournament is one in which nobody plays yet.
func newTournament(players int) *tournament {
	t := &tournament{make([]rank, 2*players)}
	for i := range t.nodes {
		t.nodes[i] = nobody
	}
	return t
}

// set gives a player another rank, and plays the matches that this changes.
func (t *tournament) set(player int32, r rank) {
	i := len(t.nodes)/2 + int(player)
	t.nodes[i] = r
	for i > 1 {
		winner := &t.nodes[i]
		if other := &t.nodes[i^1]; other.before(winner) {
			winner = other
		}
		i /= 2
		if t.nodes[i] == *winner {
			return
		}
		t.nodes[i] = *winner
	}
}

// best is the best rank of the first n players; nobody when all are out.
func (t *tournament) best(n int) rank {
	best := nobody
	better := func(i int) {
		if t.nodes[i].before(&best) {
			best = t.nodes[i]
		}
	}
	low := len(t.nodes) / 2
	for high := low + n; low < high; low, high = low/2, high/2 {
		if low&1 == 1 {
			better(low)
			low++
		}
		if high&1 == 1 {
			high--
			better(high)
		}
	}
	return best
}
