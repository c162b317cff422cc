package zendesk

import (
	"context"
	"fmt"
	"sync"

	"tandem"
	"tandem/connector"
	"tandem/presence"
)

// hasten makes the next look at all agents come now.
func (z *Zendesk) hasten() {
	select {
	case z.soon <- struct{}{}:
	default: // it is asked for already
	}
}

// keepLooking looks at all linked agents at the start, about once a minute, and
// when asked to.
func (z *Zendesk) keepLooking(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		err := z.lookAtAll(ctx, background)
		span := connector.Around(lookInterval)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			span = connector.Backoff(failures)
			z.env.Log.Warn("could not look at the agents in Zendesk", "err", err, "again_in", span)
		}
		select {
		case <-ctx.Done():
		case <-z.soon:
		case <-z.env.Clock.After(span):
		}
	}
}

// lookAtAll reports what Zendesk shows for every linked agent.
func (z *Zendesk) lookAtAll(ctx context.Context, p priority) error {
	z.looking.Lock()
	defer z.looking.Unlock()
	linked, err := z.env.Linked(ctx)
	if err != nil || len(linked) == 0 {
		return err
	}
	without := 0
	err = z.client.availabilities(ctx, p, func(page []availability, lookedAt tandem.Time) error {
		var observed []presence.Observe
		for _, a := range page {
			o, ok := a.observation(z.system.SystemID, lookedAt)
			switch {
			case !linked[a.Attributes.AgentID.String()]:
			case ok:
				observed = append(observed, o)
			default:
				without++
			}
		}
		return z.tellAll(ctx, observed)
	})
	if without > 0 {
		z.env.Log.Warn("agents have no unified status; switch omnichannel routing on in Zendesk", "agents", without)
	}
	return err
}

// tellAll reports observations, several at once, each agent at most once.
func (z *Zendesk) tellAll(ctx context.Context, observed []presence.Observe) error {
	var all sync.WaitGroup
	room := make(chan struct{}, tellers)
	for _, o := range observed {
		room <- struct{}{}
		all.Go(func() {
			z.tell(ctx, o)
			<-room
		})
	}
	all.Wait()
	return ctx.Err()
}

// tell reports an observation, which answers reads that were asked for before
// it was made.
func (z *Zendesk) tell(ctx context.Context, o presence.Observe) {
	err := z.env.Tell(ctx, o)
	switch {
	case err == nil:
		z.env.Stats.Observed()
	case ctx.Err() == nil:
		z.env.Log.Warn("the core refused an observation", "agent", o.RemoteID, "err", err)
	default:
		return
	}
	z.reads.Done(o.RemoteID, o.LookedAt)
}

// look asks what Zendesk shows for one agent.
func (z *Zendesk) look(ctx context.Context, p priority, agent string) (presence.Observe, error) {
	lookedAt := tandem.At(z.env.Clock.Now())
	a, err := z.client.availability(ctx, p, agent)
	if err != nil {
		return presence.Observe{}, err
	}
	o, ok := a.observation(z.system.SystemID, lookedAt)
	if !ok {
		return o, fmt.Errorf("agent %s has no unified status; switch omnichannel routing on in Zendesk", agent)
	}
	return o, nil
}
