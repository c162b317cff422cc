package awsconnect

import (
	"context"
	"fmt"

	"tandem"
)

// takeRecords reports what the records of a shard tell, for each agent in their
// order. Records that cannot be read are logged and left behind: the next look
// at all agents makes good for them.
func (a *AmazonConnect) takeRecords(ctx context.Context, records [][]byte) error {
	linked, err := a.env.Linked(ctx)
	if err != nil {
		return fmt.Errorf("ask who is linked: %w", err)
	}
	events := map[string][]agentSighting{}
	for _, record := range records {
		s, ok, err := readEvent(record)
		if err != nil {
			a.env.Log.Warn("a record of the agent event stream cannot be read", "err", err)
			continue
		}
		if ok && s.instance == a.client.instance && linked[s.agent] {
			events[s.agent] = append(events[s.agent], s)
		}
	}
	a.eachAtOnce(tandem.SortedKeys(events), func(agent string) {
		for i := range events[agent] {
			if err := a.takeEvent(ctx, &events[agent][i]); err != nil && ctx.Err() == nil {
				a.env.Log.Warn("an agent event was not taken", "agent", agent, "err", err)
			}
		}
	})
	return ctx.Err()
}

// takeEvent reports what an event shows, if it is new.
func (a *AmazonConnect) takeEvent(ctx context.Context, s *agentSighting) (err error) {
	if s.status == "" {
		if s.status, err = a.statusNamed(ctx, background, s.statusName); err != nil {
			return err
		}
	}
	if s.next == "" && s.nextName != "" {
		if s.next, err = a.statusNamed(ctx, background, s.nextName); err != nil {
			return err
		}
	}
	r, fresh := a.seen.evented(s.agent, s.at, s.sighting)
	if fresh && r.worked {
		a.tellWork(ctx, s.agent, r.work)
	}
	if !fresh || !r.moved {
		return nil
	}
	a.settling.shown(s.agent, r.remote)
	if err := a.env.Tell(ctx, a.observation(s.agent, r, s.reason(), 0)); err != nil {
		return fmt.Errorf("report it: %w", err)
	}
	a.env.Stats.Observed()
	return nil
}
