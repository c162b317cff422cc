package route

import (
	"math/rand"
	"slices"
	"testing"

	"tandem"
)

// checkTree makes sure that a tree is in order, and returns its contacts.
func checkTree(t *testing.T, c *contact) (all []*contact) {
	t.Helper()
	if c == nil {
		return nil
	}
	all = append(append(checkTree(t, c.left.root), c), checkTree(t, c.right.root)...)
	oldest := c.at
	for _, d := range all {
		oldest = min(oldest, d.at)
		if d.weight > c.weight {
			t.Fatal("a heavier contact is under a lighter one")
		}
	}
	if tr := c.tree(); int(tr.count) != len(all) || tr.oldest != oldest {
		t.Fatalf("counts %d since %d, want %d since %d", tr.count, tr.oldest, len(all), oldest)
	}
	return all
}

func TestLineKeepsOrderPositionAndOldest(t *testing.T) {
	for seed := range int64(10) {
		rnd := rand.New(rand.NewSource(seed))
		var l line
		var want []*contact
		for range 400 {
			if len(want) == 0 || rnd.Intn(5) > 1 {
				c := &contact{priority: int64(rnd.Intn(4)), rank: rank{tandem.Time(rnd.Intn(30)), id("contact", rnd.Int())}}
				l.add(c)
				want = append(want, c)
			} else {
				i := rnd.Intn(len(want))
				l.remove(want[i])
				want = slices.Delete(want, i, i+1)
			}
			slices.SortFunc(want, func(a, b *contact) int {
				if a.before(b) {
					return -1
				}
				return 1
			})
			if !slices.Equal(checkTree(t, l.root), want) || int(l.count) != len(want) {
				t.Fatal("the line is not in the order of the contacts")
			}
			checkAnswers(t, &l, want, tandem.Time(rnd.Intn(32)-1))
		}
	}
}

func checkAnswers(t *testing.T, l *line, want []*contact, since tandem.Time) {
	t.Helper()
	var head, first *contact
	for i, c := range want {
		if i == 0 {
			head = c
		}
		if first == nil && c.at <= since {
			first = c
		}
		if got := l.ahead(c); got != i {
			t.Fatalf("%d are ahead, want %d", got, i)
		}
	}
	if l.head != head || l.first(since) != first {
		t.Fatal("another contact should be first")
	}
}

func TestLineOfManyContactsIsNotDeep(t *testing.T) {
	var l line
	var ids tandem.ID
	const n = 1 << 17
	for i := range n {
		ids[15], ids[14], ids[13] = byte(i), byte(i>>8), byte(i>>16)
		l.add(&contact{priority: 5, rank: rank{tandem.Time(i), ids}})
	}
	var depth func(c *contact) int
	depth = func(c *contact) int {
		if c == nil {
			return 0
		}
		return 1 + max(depth(c.left.root), depth(c.right.root))
	}
	if got := depth(l.root); got > 4*17 {
		t.Errorf("%d contacts are %d deep", n, got)
	}
}
