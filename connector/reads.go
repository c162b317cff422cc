package connector

import (
	"context"
	"sync"

	"tandem"
)

// Reads are the agents that the core wants to be looked at, each once.
type Reads struct {
	wake chan struct{} // has one entry when somebody may be wanted

	mu    sync.Mutex
	since map[string]tandem.Time // by remote id: the look must not be older
}

// NewReads returns an empty list.
func NewReads() *Reads {
	return &Reads{wake: make(chan struct{}, 1), since: map[string]tandem.Time{}}
}

// Put wants an agent to be looked at, no earlier than at.
func (r *Reads) Put(agent string, at tandem.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.since[agent] = at
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Done takes an agent off the list that was looked at, if not too early.
func (r *Reads) Done(agent string, lookedAt tandem.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if since, ok := r.since[agent]; ok && lookedAt >= since {
		delete(r.since, agent)
	}
}

// Wants reports whether an agent is to be looked at.
func (r *Reads) Wants(agent string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.since[agent]
	return ok
}

// Wanted is the agents to be looked at, by id.
func (r *Reads) Wanted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return tandem.SortedKeys(r.since)
}

// Keep calls read as long as somebody is wanted, with a pause after a failure,
// until ctx ends. The system is what people call it.
func (r *Reads) Keep(ctx context.Context, env Env, system string, read func(context.Context) error) {
	failures := 0
	for ctx.Err() == nil {
		if len(r.Wanted()) == 0 {
			select {
			case <-ctx.Done():
			case <-r.wake:
			}
			continue
		}
		err := read(ctx)
		if failures++; err == nil {
			failures = 0
			continue
		}
		span := Backoff(failures)
		if ctx.Err() == nil {
			env.Log.Warn("could not read agents' statuses in "+system, "err", err, "again_in", span)
		}
		_ = Wait(ctx, env.Clock, span) // the loop looks at ctx
	}
}
