package kustomer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/presence"
)

const (
	lookInterval   = 5 * time.Second // between lists of all live work sessions, where the rate limit allows
	retellInterval = time.Minute     // all that is known is told again, news or not
	lookUps        = 40              // agents looked up one by one in one round
	tellers        = 16              // observations told to the core at once
	sinceEver      = tandem.Time(1)  // an agent who never had a work session is offline for as long as can be told
)

// hasten makes the next look at all agents come now.
func (k *Kustomer) hasten() {
	select {
	case k.soon <- struct{}{}:
	default: // it is asked for already
	}
}

// keepLooking looks at all linked agents at the start, every few seconds, and
// when asked to.
func (k *Kustomer) keepLooking(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		requests, err := k.lookAtAll(ctx, background)
		span := connector.Around(max(lookInterval, k.client.governor.spacing(requests)))
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			span = connector.Backoff(failures)
			k.env.Log.Warn("could not look at the agents in Kustomer", "err", err, "again_in", span)
		}
		select {
		case <-ctx.Done():
		case <-k.soon:
		case <-k.env.Clock.After(span):
		}
	}
}

// round is one look at everybody.
type round struct {
	linked   map[string]bool
	seen     map[string]bool // agents with a live work session
	lookedAt tandem.Time     // when the list was asked for
	retell   bool
	requests int
	lookedUp int // agents looked up one by one
	broken   int // sessions that lack what they rest on
}

// lookAtAll reports what Kustomer shows for every linked agent, and returns how
// many requests that took.
func (k *Kustomer) lookAtAll(ctx context.Context, p priority) (requests int, err error) {
	k.looking.Lock()
	defer k.looking.Unlock()
	r := &round{seen: map[string]bool{}}
	if r.linked, err = k.env.Linked(ctx); err != nil || len(r.linked) == 0 {
		return 0, err
	}
	if err := k.prepare(ctx, p); err != nil {
		return 0, err
	}
	k.memory.keep(r.linked)
	now := k.env.Clock.Now()
	r.lookedAt, r.retell = tandem.At(now), !now.Before(k.retell)
	err = k.client.liveSessions(ctx, p, func(page []sessionJSON) error { return k.lookAtPage(ctx, r, page) })
	if err == nil {
		err = k.lookAtAbsent(ctx, p, r)
	}
	if r.broken > 0 {
		k.env.Log.Warn("work sessions lack their user, status or beginning and are left out; Kustomer may have changed its API", "sessions", r.broken)
	}
	if err == nil && r.retell {
		k.retell = now.Add(retellInterval)
	}
	return r.requests, err
}

// prepare finds out, before the first look and after the key was changed, what a
// session's status and author mean.
func (k *Kustomer) prepare(ctx context.Context, p priority) error {
	if k.people.ready() {
		return nil
	}
	k.listing.Lock()
	defer k.listing.Unlock()
	if k.people.ready() { // meanwhile
		return nil
	}
	if err := k.learnSelf(ctx, p); err != nil {
		return fmt.Errorf("ask who the API key is: %w", err)
	}
	if k.people.offlineStatus() != "" {
		return nil
	}
	if err := k.listStatuses(ctx, p); err != nil {
		return fmt.Errorf("list statuses: %w", err)
	}
	if k.people.offlineStatus() == "" {
		return fmt.Errorf("there is no status of type %s in the list; Kustomer may have changed its API", typeOffline)
	}
	return nil
}

// lookAtPage reports one page of live work sessions.
func (k *Kustomer) lookAtPage(ctx context.Context, r *round, page []sessionJSON) error {
	r.requests++
	var observed []presence.Observe
	for _, s := range page {
		agent := s.Relationships.User.id()
		switch {
		case !s.complete():
			r.broken++
		case r.linked[agent]:
			r.seen[agent] = true
			o := k.observation(s, r.lookedAt)
			if status, load := k.memory.news(agent); status || load || r.retell || k.reads.Wants(agent) {
				observed = append(observed, o)
			}
		}
	}
	return k.tellAll(ctx, observed)
}

// lookAtAbsent reports agents without a live work session: those whose shift
// has ended since, and those of whom nothing is known, are looked up, some in
// each round.
func (k *Kustomer) lookAtAbsent(ctx context.Context, p priority, r *round) error {
	var observed []presence.Observe
	var failed error
	for _, agent := range tandem.SortedKeys(r.linked) {
		if r.seen[agent] || k.memory.puzzles(agent) && !r.retell {
			continue
		}
		o, known := k.memory.away(agent, r.lookedAt)
		if !known {
			if r.lookedUp == lookUps || failed != nil {
				continue
			}
			r.lookedUp++
			r.requests++
			var err error
			if o, err = k.look(ctx, p, agent); puzzling(err) {
				k.env.Log.Warn("a linked agent's status in Kustomer cannot be told", "agent", agent, "err", err)
				k.memory.puzzle(agent)
				continue
			} else if err != nil {
				failed = err
				continue
			}
		}
		status, load := k.memory.news(agent)
		if status || load || r.retell || k.reads.Wants(agent) {
			observed = append(observed, o)
		}
	}
	if err := k.tellAll(ctx, observed); err != nil {
		return err
	}
	return failed
}

// errIncomplete says that a work session lacks what it rests on.
var errIncomplete = errors.New("the agent's work session lacks its user, status or beginning; Kustomer may have changed its API")

// puzzling reports whether an error is about one agent, and says nothing about
// others.
func puzzling(err error) bool {
	return errors.Is(err, errIncomplete) || answered(err, http.StatusNotFound)
}

// observation remembers a work session and says what it shows.
func (k *Kustomer) observation(s sessionJSON, lookedAt tandem.Time) presence.Observe {
	status := s.Relationships.Status.id()
	if offline := k.people.offlineStatus(); !s.live() && offline != "" {
		status = offline
	}
	return k.memory.take(s, presence.Observe{
		SystemID: k.system.SystemID, RemoteID: s.Relationships.User.id(), Remote: status,
		Reason: k.people.reason(s), At: k.client.skew.at(s.since()), LookedAt: lookedAt,
	})
}

// look asks what Kustomer shows for one agent: the live work session as last
// known, or else the newest. Who never had one is offline (KUS-2).
func (k *Kustomer) look(ctx context.Context, p priority, agent string) (presence.Observe, error) {
	lookedAt := tandem.At(k.env.Clock.Now())
	if id := k.memory.session(agent); id != "" {
		s, err := k.client.session(ctx, p, id)
		if err == nil && s.complete() && s.live() {
			return k.observation(s, lookedAt), nil
		}
		if err != nil && !answered(err, http.StatusNotFound) {
			return presence.Observe{}, err
		}
		p = max(p, urgent) // the first request was let through, not this one
	}
	s, ok, err := k.client.lastSession(ctx, p, agent)
	switch {
	case err != nil:
		return presence.Observe{}, err
	case ok && !s.complete():
		return presence.Observe{}, errIncomplete
	case ok:
		return k.observation(s, lookedAt), nil
	}
	if err := k.prepare(ctx, urgent); err != nil {
		return presence.Observe{}, err
	}
	o := presence.Observe{
		SystemID: k.system.SystemID, RemoteID: agent, Remote: k.people.offlineStatus(), Reason: presence.ReasonLogout,
		At: sinceEver, LookedAt: lookedAt,
	}
	k.memory.takeNobody(o)
	return o, nil
}

// tellAll reports observations, several at once, each agent at most once.
func (k *Kustomer) tellAll(ctx context.Context, observed []presence.Observe) error {
	var all sync.WaitGroup
	room := make(chan struct{}, tellers)
	for _, o := range observed {
		room <- struct{}{}
		all.Go(func() {
			k.tell(ctx, o)
			<-room
		})
	}
	all.Wait()
	return ctx.Err()
}

// tell reports an observation, which answers reads that were asked for before
// it was made, and the agent's load if that is news.
func (k *Kustomer) tell(ctx context.Context, o presence.Observe) {
	err := k.env.Tell(ctx, o)
	switch {
	case err == nil:
		k.env.Stats.Observed()
		k.memory.told(o)
		k.tellLoad(ctx, o.RemoteID)
	case ctx.Err() == nil:
		k.env.Log.Warn("the core refused an observation", "agent", o.RemoteID, "err", err)
	default:
		return
	}
	k.reads.Done(o.RemoteID, o.LookedAt)
}

// tellLoad reports how loaded an agent is (KUS-12). What a load means for the
// status, and for whom, is decided by presence.
func (k *Kustomer) tellLoad(ctx context.Context, agent string) {
	if _, load := k.memory.news(agent); !load {
		return
	}
	c := k.memory.load(agent, k.system.SystemID)
	if err := k.env.Tell(ctx, c); err == nil {
		k.memory.toldLoad(c)
	} else if ctx.Err() == nil {
		k.env.Log.Warn("the core refused an agent's load", "agent", agent, "err", err)
	}
}
