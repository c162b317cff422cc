package connector

import (
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
	wake  chan struct{} // has one entry when ready may have one

	mu    sync.Mutex
	lanes map[string]*lane // by remote id
	ready []string         // agents with a write that waits and none under way; each once
}

type lane struct {
	waiting  *presence.Write
	since    time.Time  // when waiting came
	underWay *tandem.ID // the id of the write under way
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
	case a.underWay == nil:
		l.line(w.RemoteID)
	}
	a.waiting, a.since = &w, l.clock.Now()
}

// line puts an agent at the end of the line.
func (l *Lanes) line(remoteID string) {
	l.ready = append(l.ready, remoteID)
	l.signal()
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

// next takes the agent whose turn it is from the line, and wakes another worker
// if there is a second.
func (l *Lanes) next() (remoteID string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ready) == 0 {
		return "", false
	}
	first := 0
	for i, agent := range l.ready {
		if l.lanes[agent].waiting.Availability < l.lanes[l.ready[first]].waiting.Availability {
			first = i
		}
	}
	remoteID = l.ready[first]
	l.ready = slices.Delete(l.ready, first, first+1)
	if len(l.ready) > 0 {
		l.signal()
	}
	return remoteID, true
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
	l.line(remoteID)
}
