package awsconnect

import (
	"context"
	"fmt"
	"hash/maphash"
	"net/http"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"tandem"
	"tandem/connector"
	"tandem/presence"
)

// hasten makes the next look at all agents come now.
func (a *AmazonConnect) hasten() {
	select {
	case a.soon <- struct{}{}:
	default: // it is asked for already
	}
}

// keepLooking looks at all linked agents at the start, about once a minute, and
// when asked to.
func (a *AmazonConnect) keepLooking(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		err := a.lookAtAll(ctx, background)
		span := connector.Around(lookInterval)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			span = connector.Backoff(failures)
			a.env.Log.Warn("could not look at the agents in Amazon Connect", "err", err, "again_in", span)
		}
		select {
		case <-ctx.Done():
		case <-a.soon:
		case <-a.env.Clock.After(span):
		}
	}
}

// lookAtAll reports what Amazon Connect shows for every linked agent.
func (a *AmazonConnect) lookAtAll(ctx context.Context, p priority) error {
	a.looking.Lock()
	defer a.looking.Unlock()
	linked, err := a.env.Linked(ctx)
	if err != nil {
		return err
	}
	a.seen.forget(linked)
	return a.lookAt(ctx, p, tandem.SortedKeys(linked))
}

// lookAt reports what Amazon Connect shows for agents, a hundred with each
// request.
func (a *AmazonConnect) lookAt(ctx context.Context, p priority, agents []string) error {
	for part := range slices.Chunk(agents, pageSize) {
		found, lookedAt, err := a.ask(ctx, p, part)
		a.eachAtOnce(tandem.SortedKeys(found), func(agent string) {
			a.tell(ctx, agent, a.seen.polled(agent, a.theirs(lookedAt), found[agent]), lookedAt)
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// ask finds out what at most a hundred agents are in, by their current data.
// Agents who do not exist are left out; with an error there may be answers for
// others.
func (a *AmazonConnect) ask(ctx context.Context, p priority, agents []string) (map[string]sighting, tandem.Time, error) {
	statuses, err := a.statusList(ctx, p)
	if err != nil {
		return nil, 0, err
	}
	lookedAt := a.now()
	data, ahead, err := a.client.userData(ctx, p, agents)
	if hasCode(err, "ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException") {
		if agents, err = a.existing(ctx, p, agents, err); err != nil || len(agents) == 0 {
			return nil, lookedAt, err
		}
		lookedAt = a.now()
		data, ahead, err = a.client.userData(ctx, p, agents)
	}
	if err != nil {
		return nil, 0, err
	}
	a.learnClock(ahead)
	found := map[string]sighting{}
	for _, agent := range agents {
		now := sighting{status: statuses.offline, absent: true}
		if d, present := data[agent]; present {
			var unclear error
			if now, unclear = a.sighted(ctx, p, &d); unclear != nil {
				err = fmt.Errorf("read the status of agent %s: %w", agent, unclear)
				continue
			}
		}
		found[agent] = now
	}
	return found, lookedAt, err
}

// existing drops the agents who do not exist, for whom Amazon Connect refuses
// the whole request; it returns the refusal where it is not that.
func (a *AmazonConnect) existing(ctx context.Context, p priority, agents []string, refusal error) ([]string, error) {
	users, err := a.client.users(ctx, p)
	if err != nil {
		return nil, err
	}
	there := slices.DeleteFunc(slices.Clone(agents), func(id string) bool { _, ok := users[id]; return !ok })
	if len(there) == len(agents) {
		return nil, refusal
	}
	for _, id := range agents {
		if !slices.Contains(there, id) {
			a.env.Log.Warn("a linked agent does not exist in Amazon Connect; unlink it", "agent", id)
			a.reads.Done(id, a.now())
		}
	}
	return there, nil
}

// statusList is what statuses there are, read when that was not done yet.
func (a *AmazonConnect) statusList(ctx context.Context, p priority) (*statusList, error) {
	a.listing.Lock()
	defer a.listing.Unlock()
	if l := a.statuses.Load(); l != nil {
		return l, nil
	}
	l, err := a.client.statuses(ctx, p)
	if err == nil {
		a.statuses.Store(l)
	}
	return l, err
}

// sighted reads an agent's current data. The next status has only a name there.
func (a *AmazonConnect) sighted(ctx context.Context, p priority, d *types.UserData) (s sighting, err error) {
	if d.Status == nil {
		return s, fmt.Errorf("the answer has no status")
	}
	s = sighting{status: lastPart(text(d.Status.StatusArn)), since: moment(d.Status.StatusStartTimestamp), work: workOf(slotsOf(d))}
	if s.status == "" {
		if s.status, err = a.statusNamed(ctx, p, text(d.Status.StatusName)); err != nil {
			return s, err
		}
	}
	if name := text(d.NextStatus); name != "" {
		s.next, err = a.statusNamed(ctx, p, name)
	}
	return s, err
}

// statusNamed finds a status by its name; one that is new is looked for in a
// new list.
func (a *AmazonConnect) statusNamed(ctx context.Context, p priority, name string) (string, error) {
	if l := a.statuses.Load(); l != nil && l.names[name] != "" {
		return l.names[name], nil
	}
	if err := a.list(ctx, p); err != nil {
		return "", err
	}
	if id := a.statuses.Load().names[name]; id != "" {
		return id, nil
	}
	return "", fmt.Errorf("there is no status %q in the instance", name)
}

// eachAtOnce does something for agents, for several at once, for each of them
// never twice at the same time: so the core hears what was seen in the order
// in which it was taken.
func (a *AmazonConnect) eachAtOnce(agents []string, do func(agent string)) {
	var all sync.WaitGroup
	room := make(chan struct{}, tellers)
	for _, agent := range agents {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			a.alone(agent, do)
		})
	}
	all.Wait()
}

// alone does something for an agent while nothing else is done for them.
func (a *AmazonConnect) alone(agent string, do func(agent string)) {
	turn := &a.turns[maphash.String(a.seed, agent)%uint64(len(a.turns))]
	turn.Lock()
	defer turn.Unlock()
	do(agent)
}

// tell reports what was seen of an agent by looking, which answers reads that
// were asked for before.
func (a *AmazonConnect) tell(ctx context.Context, agent string, r report, lookedAt tandem.Time) {
	if r.worked {
		a.tellWork(ctx, agent, r.work)
	}
	a.settling.shown(agent, r.remote)
	err := a.env.Tell(ctx, a.observation(agent, r, "", lookedAt))
	switch {
	case err == nil:
		a.env.Stats.Observed()
	case ctx.Err() == nil:
		a.env.Log.Warn("the core refused an observation", "agent", agent, "err", err)
	default:
		return
	}
	a.reads.Done(agent, lookedAt)
}

// tellWork reports that an agent's work has changed.
func (a *AmazonConnect) tellWork(ctx context.Context, agent string, w work) {
	err := a.env.Tell(ctx, presence.ObserveWork{SystemID: a.system.SystemID, RemoteID: agent, State: w.state, OnContact: w.onContact, At: a.now()})
	if err == nil {
		return
	}
	a.seen.untold(agent)
	if ctx.Err() == nil {
		a.env.Log.Warn("the core refused to hear of an agent's work", "agent", agent, "err", err)
	}
}

// look asks what Amazon Connect shows for one agent.
func (a *AmazonConnect) look(ctx context.Context, p priority, agent string) (o presence.Observe, err error) {
	found, lookedAt, err := a.ask(ctx, p, []string{agent})
	if err != nil {
		return o, err
	}
	now, ok := found[agent]
	if !ok {
		return o, &failure{operation: "connect:GetCurrentUserData", status: http.StatusNotFound, detail: "the agent does not exist in Amazon Connect; unlink it"}
	}
	a.alone(agent, func(string) {
		r := a.seen.polled(agent, a.theirs(lookedAt), now)
		if r.worked {
			a.tellWork(ctx, agent, r.work)
		}
		o = a.observation(agent, r, "", lookedAt)
	})
	return o, nil
}
