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

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// read looks at some of the agents that are wanted.
func (a *AmazonConnect) read(ctx context.Context) error {
	wanted := a.reads.Wanted()
	return a.lookAt(ctx, urgent, wanted[:min(len(wanted), pageSize)])
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
