package route

import (
	"tandem"
	"tandem/event"
)

// channels is one more than the highest channel number.
const channels = int(event.Task) + 1

// maxScanned is how many services a pick looks at, one by one. For more the lane
// has a tournament, which makes picks cheap, but has a price when an agent
// becomes idle or busy.
const maxScanned = 128

// Index is the matcher's view of the center. The zero value is not usable;
// see [New].
type Index struct {
	profiles table[profile]
	queues   table[queue]
	agents   table[agent]
	contacts table[contact]

	alarms    heap       // when contacts become old enough for one more profile
	unsettled []*lane    // whose services have changed
	spare     []*contact // for the next that wait
	scanned   int        // maxScanned, or fewer in tests
}

// New returns an empty index.
func New() *Index { return &Index{scanned: maxScanned} }

// queue is where contacts wait.
type queue struct {
	id    tandem.ID
	lanes [channels]lane
}

// lane is the contacts of one channel that wait in one queue. What a pick looks
// at stands first, close together.
type lane struct {
	waiting line
	owner   *agent      // whose own queue it is; nil when routing profiles serve it
	servers []server    // what a pick needs of the services, in their order
	matches *tournament // of the servers, when they are many

	queue    *queue
	channel  event.Channel
	ownEntry event.RoutingEntry // by which the owner takes a contact
	services []*service         // by delay, then by profile id
	changed  bool               // the services are not settled yet
	delays   []int64            // the distinct delays over zero, in milliseconds, ascending
}

func (x *Index) queue(id tandem.ID) *queue {
	q := x.queues.get(id)
	if q != nil {
		return q
	}
	q = &queue{id: id}
	owner := x.agents.get(id)
	for ch := range q.lanes {
		l := &q.lanes[ch]
		l.queue, l.channel, l.owner = q, event.Channel(ch), owner
		l.ownEntry = event.RoutingEntry{QueueID: id, Channel: l.channel}
	}
	if owner != nil {
		owner.own = q
	}
	x.queues.put(id, q)
	return q
}

// forgetIfIdle forgets a queue in which nobody waits and which nobody serves.
func (x *Index) forgetIfIdle(q *queue) {
	for ch := range q.lanes {
		l := &q.lanes[ch]
		if l.waiting.root != nil || len(l.services) > 0 || l.owner != nil {
			return
		}
	}
	x.queues.remove(q.id)
}

// lookup is the lane of a queue and channel; nil when there is none.
func (x *Index) lookup(queueID tandem.ID, ch event.Channel) *lane {
	if q := x.queues.get(queueID); q != nil {
		return &q.lanes[ch]
	}
	return nil
}
