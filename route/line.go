package route

import (
	"math"

	"tandem"
)

// contact is one that waits, and a node of the tree of its line. What a search
// looks at stands first, close together.
type contact struct {
	weight      uint32 // no contact weighs more than the one above it
	alarm       int32  // place in the heap of alarms
	left, right tree   // what is before it and after it, of those under it
	priority    int64  // 1 is the best
	rank               // since when it counts as waiting, and its id
	lane        *lane
}

// before is the order in which agents take contacts of one lane.
func (c *contact) before(d *contact) bool {
	if c.priority != d.priority {
		return c.priority < d.priority
	}
	return c.rank.before(&d.rank)
}

// tree is a contact with those under it, and what a search needs to know of
// them before it goes there.
type tree struct {
	root   *contact
	oldest tandem.Time // the least time
	count  int32
}

// empty is the tree of no contact.
var empty = tree{oldest: math.MaxInt64}

// tree is the contact with those under it.
func (c *contact) tree() tree {
	return tree{c, min(c.at, c.left.oldest, c.right.oldest), c.left.count + 1 + c.right.count}
}

// line is contacts in the order in which they are taken. It is a treap: a
// binary search tree in which heavier contacts are higher (Seidel, Aragon:
// Randomized Search Trees). The weights are made of the ids, so that its depth
// is logarithmic, and its shape depends on nothing but its contacts.
type line struct {
	tree
	head *contact // the first of them
}

// add puts a contact in its place.
func (l *line) add(c *contact) {
	c.weight = mix(c.id)
	at := &l.tree
	for at.root != nil && at.root.weight >= c.weight {
		at.count++
		at.oldest = min(at.oldest, c.at)
		at = at.root.side(c)
	}
	c.left, c.right = split(*at, c)
	*at = c.tree()
	if l.head == nil || c.before(l.head) {
		l.head = c
	}
}

// remove takes out a contact that is in the line.
func (l *line) remove(c *contact) {
	l.tree = without(l.tree, c)
	c.left, c.right = empty, empty
	if c != l.head {
		return
	}
	l.head = l.root
	for l.head != nil && l.head.left.root != nil {
		l.head = l.head.left.root
	}
}

// first is the first contact that waits since the time or longer.
func (l *line) first(since tandem.Time) *contact {
	if l.head == nil || l.head.at <= since {
		return l.head
	}
	for t := &l.tree; t.oldest <= since; {
		switch c := t.root; {
		case c.left.oldest <= since:
			t = &c.left
		case c.at <= since:
			return c
		default:
			t = &c.right
		}
	}
	return nil
}

// ahead is how many contacts are before one in the line.
func (l *line) ahead(c *contact) int {
	n := c.left.count
	for t := l.root; t != c; t = t.side(c).root {
		if t.before(c) {
			n += t.left.count + 1
		}
	}
	return int(n)
}

// side is where under c another contact belongs.
func (c *contact) side(other *contact) *tree {
	if other.before(c) {
		return &c.left
	}
	return &c.right
}

// split divides a tree in what is before c and what is after.
func split(t tree, c *contact) (left, right tree) {
	top := t.root
	if top == nil {
		return empty, empty
	}
	if top.before(c) {
		top.right, right = split(top.right, c)
		return top.tree(), right
	}
	left, top.left = split(top.left, c)
	return left, top.tree()
}

// without is the tree after c has left it.
func without(t tree, c *contact) tree {
	if t.root == c {
		return join(c.left, c.right)
	}
	side := t.root.side(c)
	*side = without(*side, c)
	return t.root.tree()
}

// join makes one tree of two, of which the left is before the right.
func join(left, right tree) tree {
	switch {
	case left.root == nil:
		return right
	case right.root == nil:
		return left
	case left.root.weight >= right.root.weight:
		left.root.right = join(left.root.right, right)
		return left.root.tree()
	}
	right.root.left = join(left, right.root.left)
	return right.root.tree()
}
