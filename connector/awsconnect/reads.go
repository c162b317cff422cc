package awsconnect

import (
	"context"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
)

// settleTime is how long after a write Amazon Connect is asked whether it shows
// the status.
const settleTime = time.Second

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
	wake(r.wake)
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
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
func (a *AmazonConnect) keepReading(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		wanted := a.reads.wanted()
		if len(wanted) == 0 {
			select {
			case <-ctx.Done():
			case <-a.reads.wake:
			}
			continue
		}
		err := a.lookAt(ctx, urgent, wanted[:min(len(wanted), pageSize)])
		if failures++; err == nil {
			failures = 0
			continue
		}
		span := connector.Backoff(failures)
		if ctx.Err() == nil {
			a.env.Log.Warn("could not read agents' statuses in Amazon Connect", "err", err, "again_in", span)
		}
		_ = connector.Wait(ctx, a.env.Clock, span) // the loop looks at ctx
	}
}

// settling are the agents whose status was just written, each with the status,
// until it is seen.
type settling struct {
	wake chan struct{}

	mu     sync.Mutex
	agents map[string]string
}

func newSettling() *settling {
	return &settling{wake: make(chan struct{}, 1), agents: map[string]string{}}
}

func (s *settling) wrote(agent, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agents[agent] = status
	wake(s.wake)
}

// shown takes an agent off the list who shows what was written.
func (s *settling) shown(agent, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.agents[agent] == status {
		delete(s.agents, agent)
	}
}

func (s *settling) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := tandem.SortedKeys(s.agents)
	clear(s.agents)
	return all
}

// keepSettling reads back what was written, many agents with one request: with
// a contact the status becomes the next one, and what Amazon Connect makes of
// one that an agent may not take is known only afterwards.
func (a *AmazonConnect) keepSettling(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.settling.wake:
		}
		if connector.Wait(ctx, a.env.Clock, settleTime) != nil {
			return
		}
		if err := a.lookAt(ctx, background, a.settling.take()); err != nil && ctx.Err() == nil {
			a.env.Log.Warn("could not read back what was written; the next look at all agents will", "err", err)
		}
	}
}
