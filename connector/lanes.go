package connector

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"tandem"
	"tandem/presence"
)

// Lanes holds the writes of a connector: for each agent at most one that waits
// and one under way, so that there are never more than twice as many as there
// are agents. A newer write replaces the one that waits. The agents who become
// the least available go first, so that where a rate limit makes writes wait
// nobody is given work who has left; else agents take turns, in the order in
// which they came.
type Lanes struct {
	clock Clock
	stats *Stats
	wake  chan struct{} // has one entry when somebody may be ready

	mu    sync.Mutex
	lanes map[string]*lane    // by remote id
	ready [availables][]place // agents with a write that waits and none under way, each once, by how available it makes them
	turns uint64              // so far
}

// place is an agent's in a line, which is in the order of turns.
type place struct {
	agent string
	turn  uint64
}

func byTurn(p place, turn uint64) int { return cmp.Compare(p.turn, turn) }

// availables is how many degrees of availability there are.
const availables = 3

type lane struct {
	waiting  *presence.Write
	since    time.Time  // when waiting came
	underWay *tandem.ID // the id of the write under way
	turn     uint64     // while the agent is ready
}

// NewLanes makes empty lanes.
func NewLanes(clock Clock, stats *Stats) *Lanes {
	return &Lanes{clock: clock, stats: stats, wake: make(chan struct{}, 1), lanes: map[string]*lane{}}
}

// Put puts a write into its agent's lane. The write that is under way is not
// taken again.
func (l *Lanes) Put(w presence.Write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.lanes[w.RemoteID]
	if a == nil {
		a = &lane{}
		l.lanes[w.RemoteID] = a
	}
	switch {
	case a.underWay != nil && *a.underWay == w.WriteID:
		return
	case a.waiting != nil:
		if a.waiting.WriteID != w.WriteID {
			l.stats.replaced.Add(1)
		}
		if from, to := lineOf(a.waiting), lineOf(&w); a.underWay == nil && from != to {
			l.move(a.turn, from, to)
		}
	case a.underWay == nil:
		l.line(w.RemoteID, a, &w)
	}
	a.waiting, a.since = &w, l.clock.Now()
}

// lineOf is the line in which a write waits.
func lineOf(w *presence.Write) int { return min(int(w.Availability), availables-1) }

// line puts an agent at the end of the line that a write belongs to.
func (l *Lanes) line(remoteID string, a *lane, w *presence.Write) {
	l.turns++
	a.turn = l.turns
	to := &l.ready[lineOf(w)]
	*to = append(*to, place{remoteID, a.turn})
	l.signal()
}

// move puts an agent into another line, by the turn they have, unless their turn
// has come.
func (l *Lanes) move(turn uint64, from, to int) {
	i, found := slices.BinarySearchFunc(l.ready[from], turn, byTurn)
	if !found {
		return
	}
	p := l.ready[from][i]
	l.ready[from] = slices.Delete(l.ready[from], i, i+1)
	i, _ = slices.BinarySearchFunc(l.ready[to], turn, byTurn)
	l.ready[to] = slices.Insert(l.ready[to], i, p)
}

func (l *Lanes) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Run serves agents with some workers until ctx ends. serve first waits for
// what it needs, such as permission to send, and then calls take for the
// agent's newest write and for when that came.
func (l *Lanes) Run(ctx context.Context, workers int, serve func(ctx context.Context, take func() (presence.Write, time.Time))) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for ctx.Err() == nil {
				l.work(ctx, serve)
			}
		})
	}
	all.Wait()
}

func (l *Lanes) work(ctx context.Context, serve func(context.Context, func() (presence.Write, time.Time))) {
	remoteID, ok := l.next()
	if !ok {
		select {
		case <-ctx.Done():
		case <-l.wake:
		}
		return
	}
	defer l.leave(remoteID)
	serve(ctx, func() (presence.Write, time.Time) { return l.take(remoteID) })
}

// next takes the agent whose turn it is from the first line, and wakes another
// worker: there may be a second.
func (l *Lanes) next() (remoteID string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.ready {
		if len(l.ready[i]) > 0 {
			remoteID, l.ready[i] = l.ready[i][0].agent, l.ready[i][1:]
			l.signal()
			return remoteID, true
		}
	}
	return "", false
}

func (l *Lanes) take(remoteID string) (presence.Write, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.lanes[remoteID]
	w := *a.waiting
	a.underWay, a.waiting = &w.WriteID, nil
	return w, a.since
}

// leave ends the write under way, and lines the agent up again if one waits.
func (l *Lanes) leave(remoteID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.lanes[remoteID]
	a.underWay = nil
	if a.waiting == nil {
		delete(l.lanes, remoteID)
		return
	}
	l.line(remoteID, a, a.waiting)
}
