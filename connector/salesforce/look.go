package salesforce

import (
	"context"
	"slices"
	"sync"

	"tandem"
	"tandem/connector"
	"tandem/presence"
)

// hasten makes the next look at all agents come now.
func (s *Salesforce) hasten() {
	select {
	case s.soon <- struct{}{}:
	default: // it is asked for already
	}
}

// keepLooking looks at all linked agents at the start, about once a minute, and
// when asked to.
func (s *Salesforce) keepLooking(ctx context.Context) {
	p := background
	for failures := 0; ctx.Err() == nil; {
		err := s.lookAtAll(ctx, p)
		p = background
		span := connector.Around(lookInterval)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			span = connector.Backoff(failures)
			s.env.Log.Warn("could not look at the agents in Salesforce", "err", err, "again_in", span)
		}
		select {
		case <-ctx.Done():
		case <-s.soon:
			p = urgent
		case <-s.env.Clock.After(span):
		}
	}
}

// lookAtAll reports what Salesforce shows for every linked agent.
func (s *Salesforce) lookAtAll(ctx context.Context, p priority) error {
	s.looking.Lock()
	defer s.looking.Unlock()
	linked, err := s.env.Linked(ctx)
	if err != nil {
		return err
	}
	s.setLinked(linked)
	for some := range slices.Chunk(tandem.SortedKeys(linked), idsPerQuery) {
		observed, err := s.look(ctx, p, some)
		if err != nil {
			return err
		}
		if err := s.tellAll(ctx, observed); err != nil {
			return err
		}
	}
	return nil
}

// look asks what Salesforce shows for some agents. An id that can be nobody's
// is left out.
func (s *Salesforce) look(ctx context.Context, p priority, agents []string) ([]presence.Observe, error) {
	lookedAt := tandem.At(s.env.Clock.Now())
	records, err := s.client.currentRecords(ctx, p, agents)
	if err != nil {
		return nil, err
	}
	var observed []presence.Observe
	for _, agent := range agents {
		if !idShape.MatchString(agent) {
			s.env.Log.Warn("a linked agent has an id that is not one of Salesforce", "agent", agent)
			s.reads.Done(agent, lookedAt)
			continue
		}
		r, found := records[short(agent)]
		o := s.observation(agent, s.history.queried(agent, r, found, p == background && s.hub.has(agent), s.client.theirs()))
		o.LookedAt = lookedAt
		observed = append(observed, o)
	}
	return observed, nil
}

// tellAll reports observations, several at once, each agent at most once.
func (s *Salesforce) tellAll(ctx context.Context, observed []presence.Observe) error {
	var all sync.WaitGroup
	room := make(chan struct{}, tellers)
	for _, o := range observed {
		room <- struct{}{}
		all.Go(func() {
			s.tell(ctx, o)
			<-room
		})
	}
	all.Wait()
	return ctx.Err()
}

// tell reports an observation, which answers reads that were asked for before
// it was made.
func (s *Salesforce) tell(ctx context.Context, o presence.Observe) {
	err := s.env.Tell(ctx, o)
	switch {
	case err == nil:
		s.env.Stats.Observed()
	case ctx.Err() == nil:
		s.env.Log.Warn("the core refused an observation", "agent", o.RemoteID, "err", err)
	default:
		return
	}
	s.reads.Done(o.RemoteID, o.LookedAt)
}
