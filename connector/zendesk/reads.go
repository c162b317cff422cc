package zendesk

import (
	"context"
	"errors"
	"net/http"
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

func (r *reads) wanted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return tandem.SortedKeys(r.since)
}

// keepReading looks at agents when the core asks, and again until it could.
func (z *Zendesk) keepReading(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		if len(z.reads.wanted()) == 0 {
			select {
			case <-ctx.Done():
			case <-z.reads.wake:
			}
			continue
		}
		err := z.read(ctx)
		if failures++; err == nil {
			failures = 0
			continue
		}
		span := connector.Backoff(failures)
		if ctx.Err() == nil {
			z.env.Log.Warn("could not read agents' statuses in Zendesk", "err", err, "again_in", span)
		}
		_ = connector.Wait(ctx, z.env.Clock, span) // the loop looks at ctx
	}
}

// read looks at some of the agents that are wanted.
func (z *Zendesk) read(ctx context.Context) error {
	wanted := z.reads.wanted()
	if len(wanted) > fewReads {
		if err := z.lookAtAll(ctx, urgent); err != nil {
			return err
		}
		wanted = z.reads.wanted() // those that the list does not have, and new ones
	}
	var failed error
	for _, agent := range wanted[:min(len(wanted), fewReads)] {
		if err := z.readOne(ctx, agent); err != nil {
			failed = err
		}
	}
	return failed
}

// readOne looks at one agent. One that does not exist is not asked for again:
// if it comes back, looking at all agents finds it.
func (z *Zendesk) readOne(ctx context.Context, agent string) error {
	o, err := z.look(ctx, urgent, agent)
	var f *failure
	if errors.As(err, &f) && f.status == http.StatusNotFound {
		z.env.Log.Warn("a linked agent does not exist in Zendesk", "agent", agent)
		z.reads.done(agent, tandem.At(z.env.Clock.Now()))
		return nil
	}
	if err != nil {
		return err
	}
	z.tell(ctx, o)
	return nil
}
