package salesforce

import (
	"context"
	"sync"

	"tandem"
	"tandem/connector"
)

// reads are the agents that the core wants to be looked at, each once.
type reads struct {
	wake chan struct{}

	mu    sync.Mutex
	since map[string]tandem.Time // by remote id: the look must not be older
}

func newReads() *reads {
	return &reads{wake: make(chan struct{}, 1), since: map[string]tandem.Time{}}
}

func (r *reads) put(agent string, at tandem.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.since[agent] = at
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// done takes an agent off the list that was looked at, if not too early.
func (r *reads) done(agent string, lookedAt tandem.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if since, ok := r.since[agent]; ok && lookedAt >= since {
		delete(r.since, agent)
	}
}

func (r *reads) wanted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return tandem.SortedKeys(r.since)
}

// keepReading looks at agents when the core asks, and again until it could.
func (s *Salesforce) keepReading(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		wanted := s.reads.wanted()
		if len(wanted) == 0 {
			select {
			case <-ctx.Done():
			case <-s.reads.wake:
			}
			continue
		}
		observed, err := s.look(ctx, urgent, wanted[:min(len(wanted), idsPerQuery)])
		if err == nil {
			failures = 0
			_ = s.tellAll(ctx, observed) // the loop looks at ctx
			continue
		}
		failures++
		span := connector.Backoff(failures)
		if ctx.Err() == nil {
			s.env.Log.Warn("could not read agents' statuses in Salesforce", "err", err, "again_in", span)
		}
		_ = connector.Wait(ctx, s.env.Clock, span) // the loop looks at ctx
	}
}
