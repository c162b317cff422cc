package kustomer

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

const (
	workers        = 4
	defaultTimeout = 10 * time.Second
	listInterval   = 10 * time.Minute // of statuses and users
)

// Options tune a connector; the zero value is for real use.
type Options struct {
	// Timeout is how long a request may take in the machine's time; default
	// 10 seconds.
	Timeout time.Duration
}

// Kustomer is a connector for one organization.
type Kustomer struct {
	system   event.SystemSaved
	env      connector.Env
	client   *client
	lanes    *connector.Lanes
	reads    *connector.Reads
	people   *people
	memory   *memory
	soon     chan struct{} // look at all agents now
	looking  sync.Mutex    // held while looking at all agents
	retell   time.Time     // when all that is known is told again; guarded by looking
	reported []event.RemoteStatus

	listing sync.Mutex // held while statuses and users are read and reported

	attempts connector.Attempts
}

// New returns a factory of connectors.
func New(o Options) connector.Factory {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	return func(system event.SystemSaved, env connector.Env) (connector.Connector, error) {
		base, err := parseBase(system.URL)
		if err != nil {
			return nil, err
		}
		who := &people{}
		c := &client{
			base: base, http: newHTTPClient(), timeout: o.Timeout, governor: newGovernor(env.Clock), skew: &skew{log: env.Log}, env: env,
			key: &key{env: env, system: system.SystemID, changed: func() { who.setSelf("") }},
		}
		return &Kustomer{
			system: system, env: env, client: c, lanes: connector.NewLanes(env.Clock, env.Stats), reads: connector.NewReads(),
			people: who, memory: newMemory(), soon: make(chan struct{}, 1),
		}, nil
	}
}

// Check refuses settings that can never work.
func Check(system event.SystemSaved) error {
	if err := connector.CheckSettings(system); err != nil {
		return err
	}
	_, err := parseBase(system.URL)
	return err
}

// Write implements connector.Connector.
func (k *Kustomer) Write(w presence.Write) { k.lanes.Put(w) }

// Read implements connector.Connector.
func (k *Kustomer) Read(r presence.Read) { k.reads.Put(r.RemoteID, tandem.At(k.env.Clock.Now())) }

// Agents implements connector.Connector.
func (k *Kustomer) Agents(ctx context.Context) ([]connector.Agent, error) {
	return k.agents(ctx, urgent)
}

// Refresh implements connector.Connector.
func (k *Kustomer) Refresh(ctx context.Context) error {
	k.client.key.forgive()
	if err := k.list(ctx, urgent); err != nil {
		return tandem.Errorf(tandem.Busy, "", "the statuses could not be read: %v", err)
	}
	k.hasten()
	return nil
}

// Run implements connector.Connector.
func (k *Kustomer) Run(ctx context.Context) error {
	defer k.client.http.CloseIdleConnections()
	var all sync.WaitGroup
	all.Go(func() { k.lanes.Run(ctx, workers, k.serve) })
	all.Go(func() { k.keepListing(ctx) })
	all.Go(func() { k.keepLooking(ctx) })
	all.Go(func() { k.reads.Keep(ctx, k.env, "Kustomer", k.read) })
	all.Wait()
	return ctx.Err()
}

// keepListing reads what changes rarely: statuses, users, who our key is.
func (k *Kustomer) keepListing(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		err := k.list(ctx, background)
		span := connector.Around(listInterval)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			span = connector.Backoff(failures)
			k.env.Log.Warn("could not read what Kustomer offers", "err", err, "again_in", span)
		}
		if connector.Wait(ctx, k.env.Clock, span) != nil {
			return
		}
	}
}

// list reports the statuses of the organization if they have changed, and
// links agents.
func (k *Kustomer) list(ctx context.Context, p priority) error {
	k.listing.Lock()
	defer k.listing.Unlock()
	if err := k.learnSelf(ctx, p); err != nil {
		return fmt.Errorf("ask who the API key is: %w", err)
	}
	if err := k.listStatuses(ctx, p); err != nil {
		return fmt.Errorf("list statuses: %w", err)
	}
	agents, err := k.agents(ctx, p)
	if err != nil {
		return fmt.Errorf("list users: %w", err)
	}
	if k.env.Link == nil {
		return nil
	}
	return k.link(ctx, agents)
}

func (k *Kustomer) listStatuses(ctx context.Context, p priority) error {
	listed, err := k.client.statuses(ctx, p)
	if err != nil {
		return err
	}
	k.people.setStatuses(listed)
	var offered []event.RemoteStatus
	for _, s := range listed {
		if remote, ok := s.remote(); ok {
			offered = append(offered, remote)
		}
	}
	if reflect.DeepEqual(offered, k.reported) && p != urgent {
		return nil
	}
	if err := k.env.Tell(ctx, presence.SetRemoteStatuses{SystemID: k.system.SystemID, Statuses: offered}); err != nil {
		return err
	}
	k.reported = offered
	return nil
}

// agents lists the people of the organization; machine users are none.
func (k *Kustomer) agents(ctx context.Context, p priority) ([]connector.Agent, error) {
	users, err := k.client.users(ctx, p)
	if err != nil {
		return nil, err
	}
	k.people.setMachines(users)
	var all []connector.Agent
	for _, u := range users {
		if u.ID != "" && !u.machine() {
			all = append(all, u.agent())
		}
	}
	return all, nil
}

// link tells which agents are to be linked. One that is refused, such as a user
// who was deleted meanwhile, does not keep others from being linked.
func (k *Kustomer) link(ctx context.Context, agents []connector.Agent) error {
	links, err := k.env.Link(ctx, agents)
	if err != nil {
		return fmt.Errorf("match agents: %w", err)
	}
	for _, l := range links {
		if err := k.env.Tell(ctx, l); err != nil {
			k.env.Log.Warn("an agent was not linked", "user", l.UserID.String(), "err", err)
		}
	}
	return ctx.Err()
}
