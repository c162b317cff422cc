package kustomer

import (
	"context"
	"sync"

	"tandem"
	"tandem/connector"
)

// fewReads is how many agents are looked at one by one; for more, all agents
// are listed, a hundred with each request.
const fewReads = 5

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

// wants reports whether an agent is to be looked at.
func (r *reads) wants(agent string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.since[agent]
	return ok
}

func (r *reads) wanted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return tandem.SortedKeys(r.since)
}

// keepReading looks at agents when the core asks, and again until it could.
func (k *Kustomer) keepReading(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		if len(k.reads.wanted()) == 0 {
			select {
			case <-ctx.Done():
			case <-k.reads.wake:
			}
			continue
		}
		err := k.read(ctx)
		if failures++; err == nil {
			failures = 0
			continue
		}
		span := connector.Backoff(failures)
		if ctx.Err() == nil {
			k.env.Log.Warn("could not read agents' statuses in Kustomer", "err", err, "again_in", span)
		}
		_ = connector.Wait(ctx, k.env.Clock, span) // the loop looks at ctx
	}
}

// read looks at some of the agents that are wanted.
func (k *Kustomer) read(ctx context.Context) error {
	wanted := k.reads.wanted()
	if len(wanted) > fewReads {
		if _, err := k.lookAtAll(ctx, urgent); err != nil {
			return err
		}
		wanted = k.reads.wanted() // those that the list does not have, and new ones
	}
	var failed error
	for _, agent := range wanted[:min(len(wanted), fewReads)] {
		if err := k.readOne(ctx, agent); err != nil {
			failed = err
		}
	}
	return failed
}

// readOne looks at one agent. One who does not exist is not asked for again: if
// they come back, looking at all agents finds them.
func (k *Kustomer) readOne(ctx context.Context, agent string) error {
	o, err := k.look(ctx, urgent, agent)
	if puzzling(err) {
		k.env.Log.Warn("a linked agent's status in Kustomer cannot be told", "agent", agent, "err", err)
		k.reads.done(agent, tandem.At(k.env.Clock.Now()))
		return nil
	}
	if err != nil {
		return err
	}
	k.tell(ctx, o)
	return nil
}
