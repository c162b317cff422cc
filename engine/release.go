package engine

import (
	"sync"

	"tandem"
)

// releases are answers that wait for the journal to reach a seq.
type releases struct {
	mu      sync.Mutex
	durable tandem.Seq
	failed  error
	queue   []release
	empty   *sync.Cond
}

type release struct {
	seq tandem.Seq
	do  func(error)
}

func newReleases(durable tandem.Seq) releases { return releases{durable: durable} }

// add keeps do until seq is durable; at once if it is already.
func (r *releases) add(seq tandem.Seq, do func(error)) {
	r.mu.Lock()
	if r.failed == nil && (seq > r.durable || len(r.queue) > 0) {
		r.queue = append(r.queue, release{seq, do})
		r.mu.Unlock()
		return
	}
	err := r.failed
	r.mu.Unlock()
	do(err)
}

func (r *releases) reached(seq tandem.Seq) {
	r.mu.Lock()
	r.durable = seq
	n := 0
	for n < len(r.queue) && r.queue[n].seq <= seq {
		n++
	}
	ready := r.queue[:n]
	r.queue = r.queue[n:]
	if len(r.queue) == 0 {
		r.queue = nil
	}
	r.mu.Unlock()
	for _, x := range ready {
		x.do(nil)
	}
	r.signal()
}

func (r *releases) fail(err error) {
	r.mu.Lock()
	r.failed = err
	ready := r.queue
	r.queue = nil
	r.mu.Unlock()
	for _, x := range ready {
		x.do(err)
	}
	r.signal()
}

func (r *releases) signal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.empty != nil && len(r.queue) == 0 {
		r.empty.Broadcast()
	}
}

// wait returns when everything was released.
func (r *releases) wait() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.empty = sync.NewCond(&r.mu)
	for len(r.queue) > 0 {
		r.empty.Wait()
	}
}
