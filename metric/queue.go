package metric

import (
	"container/heap"

	"tandem"
	"tandem/event"
)

// Contact is a contact of a queue, as far as metrics ask.
type Contact struct {
	QueueID        tandem.ID // of an agent's own queue, the agent's id
	Channel        event.Channel
	EnqueuedAt     tandem.Time // stays when an offer was missed
	Priority       int64       // 1 is the best
	AddedAgeMillis int64       // by which a flow made it older, or younger, for routing only
	Scheduled      bool        // a callback in its initial delay: not in queue yet
}

// contact is a [Contact] that was set.
type contact struct {
	Contact
	id  tandem.ID
	pos int // in its lane's heap; -1 when in none
}

// before reports whether routing looks at c first: by priority, then age, then
// id, as the matcher does.
func (c *contact) before(o *contact) bool {
	if c.Priority != o.Priority {
		return c.Priority < o.Priority
	}
	if since, other := c.EnqueuedAt.Add(-c.AddedAgeMillis), o.EnqueuedAt.Add(-o.AddedAgeMillis); since != other {
		return since < other
	}
	return c.id.Compare(o.id) < 0
}

// queue is a queue that a routing profile serves or that has contacts.
type queue struct {
	id      tandem.ID
	servers []server
	lanes   [channels]lane
}

// server is a routing profile that serves a queue in some channels.
type server struct {
	profile  *profile
	channels Channels
}

// lane is the contacts of one channel in a queue.
type lane struct {
	waiting   waiting
	scheduled int
}

// SetContact says that a contact is in a queue, or scheduled for one, and how.
// A contact that is offered to an agent is in no queue meanwhile: remove it,
// and set it again when the offer was missed.
func (l *Live) SetContact(id tandem.ID, now Contact) {
	c := l.contacts[id]
	if c == nil {
		c = l.newContact()
		c.id = id
		l.contacts[id] = c
	} else {
		if c.Contact == now {
			return
		}
		l.leave(c, now.QueueID)
	}
	c.Contact = now
	lane := &l.queue(now.QueueID).lanes[now.Channel]
	if now.Scheduled {
		lane.scheduled++
		return
	}
	heap.Push(&lane.waiting, c)
}

// RemoveContact says that a contact is in no queue any more.
func (l *Live) RemoveContact(id tandem.ID) {
	c := l.contacts[id]
	if c == nil {
		return
	}
	delete(l.contacts, id)
	l.leave(c, tandem.ID{})
	l.spare = append(l.spare, c)
}

// leave takes a contact out of its lane, on its way to another queue.
func (l *Live) leave(c *contact, to tandem.ID) {
	q := l.queues[c.QueueID]
	lane := &q.lanes[c.Channel]
	if c.Scheduled {
		lane.scheduled--
	} else {
		heap.Remove(&lane.waiting, c.pos)
	}
	if to != q.id {
		l.dropQueue(q)
	}
}

func (l *Live) newContact() *contact {
	if n := len(l.spare); n > 0 {
		c := l.spare[n-1]
		l.spare = l.spare[:n-1]
		return c
	}
	return &contact{pos: -1}
}

// Position is the place of a contact in its queue among those of its channel:
// 1 is routed first. It is null for one that is not in queue. It looks at each
// contact of the queue.
func (l *Live) Position(contactID tandem.ID) Value {
	c := l.contacts[contactID]
	if c == nil || c.Scheduled {
		return Value{}
	}
	place := 1
	for _, o := range l.queues[c.QueueID].lanes[c.Channel].waiting {
		if o.before(c) {
			place++
		}
	}
	return known(place)
}

func (l *Live) queue(id tandem.ID) *queue {
	q := l.queues[id]
	if q == nil {
		q = &queue{id: id}
		l.queues[id] = q
	}
	return q
}

// dropQueue forgets a queue that nobody serves and nobody is in.
func (l *Live) dropQueue(q *queue) {
	if len(q.servers) > 0 {
		return
	}
	for ch := range q.lanes {
		if len(q.lanes[ch].waiting) > 0 || q.lanes[ch].scheduled > 0 {
			return
		}
	}
	delete(l.queues, q.id)
}

// waiting is a heap of contacts, the one that waits longest first.
type waiting []*contact

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, j int) bool { return w[i].EnqueuedAt < w[j].EnqueuedAt }

func (w waiting) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].pos, w[j].pos = i, j
}

// Push implements heap.Interface.
func (w *waiting) Push(x any) {
	c := x.(*contact)
	c.pos = len(*w)
	*w = append(*w, c)
}

// Pop implements heap.Interface.
func (w *waiting) Pop() any {
	last := len(*w) - 1
	c := (*w)[last]
	(*w)[last] = nil
	*w = (*w)[:last]
	c.pos = -1
	return c
}
