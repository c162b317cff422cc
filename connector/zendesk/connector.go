package zendesk

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
	lookInterval   = time.Minute
	listInterval   = 10 * time.Minute // of statuses, agents and webhooks
	tellers        = 16               // observations told to the core at once
)

// Options tune a connector; the zero value is for real use.
type Options struct {
	// Timeout is how long a request may take in the machine's time; default
	// 10 seconds.
	Timeout time.Duration
}

// Zendesk is a connector for one account.
type Zendesk struct {
	system   event.SystemSaved
	env      connector.Env
	client   *client
	lanes    *connector.Lanes
	reads    *connector.Reads
	soon     chan struct{} // look at all agents now
	looking  sync.Mutex    // held while looking at all agents
	reported []event.RemoteStatus

	listing sync.Mutex // held while statuses and agents are read and reported

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
		c := &client{base: base, http: newHTTPClient(), timeout: o.Timeout, governor: newGovernor(env.Clock), env: env}
		c.tokens = &tokens{client: c, clientID: system.ClientID, system: system.SystemID}
		return &Zendesk{
			system: system, env: env, client: c, lanes: connector.NewLanes(env.Clock, env.Stats),
			reads: connector.NewReads(), soon: make(chan struct{}, 1),
		}, nil
	}
}

// Write implements connector.Connector.
func (z *Zendesk) Write(w presence.Write) { z.lanes.Put(w) }

// Read implements connector.Connector.
func (z *Zendesk) Read(r presence.Read) { z.reads.Put(r.RemoteID, tandem.At(z.env.Clock.Now())) }

// Agents implements connector.Connector.
func (z *Zendesk) Agents(ctx context.Context) ([]connector.Agent, error) {
	return z.client.agents(ctx, urgent)
}

// Refresh implements connector.Connector.
func (z *Zendesk) Refresh(ctx context.Context) error {
	z.client.tokens.forgive()
	if err := z.list(ctx, urgent); err != nil {
		return tandem.Errorf(tandem.Busy, "", "the statuses could not be read: %v", err)
	}
	z.hasten()
	return nil
}

// Run implements connector.Connector.
func (z *Zendesk) Run(ctx context.Context) error {
	defer z.client.http.CloseIdleConnections()
	var all sync.WaitGroup
	all.Go(func() { z.lanes.Run(ctx, workers, z.serve) })
	all.Go(func() { z.client.tokens.renewal(ctx) })
	all.Go(func() { z.keepListing(ctx) })
	all.Go(func() { z.keepLooking(ctx) })
	all.Go(func() { z.reads.Keep(ctx, z.env, "Zendesk", z.read) })
	all.Wait()
	return ctx.Err()
}

// keepListing reads what changes rarely: statuses, agents, the webhook.
func (z *Zendesk) keepListing(ctx context.Context) {
	failures := 0
	for {
		err := z.list(ctx, background)
		if err == nil {
			err = z.registerWebhook(ctx)
		}
		span := connector.Around(listInterval)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			span = connector.Backoff(failures)
			z.env.Log.Warn("could not read what Zendesk offers", "err", err, "again_in", span)
		}
		if connector.Wait(ctx, z.env.Clock, span) != nil {
			return
		}
	}
}

// list reports the statuses of the account if they have changed, and links
// agents.
func (z *Zendesk) list(ctx context.Context, p priority) error {
	z.listing.Lock()
	defer z.listing.Unlock()
	statuses, err := z.client.statuses(ctx, p)
	if err != nil {
		return fmt.Errorf("list statuses: %w", err)
	}
	if !reflect.DeepEqual(statuses, z.reported) || p == urgent {
		if err := z.env.Tell(ctx, presence.SetRemoteStatuses{SystemID: z.system.SystemID, Statuses: statuses}); err != nil {
			return err
		}
		z.reported = statuses
	}
	if z.env.Link == nil {
		return nil
	}
	agents, err := z.client.agents(ctx, p)
	if err != nil {
		return fmt.Errorf("list agents: %w", err)
	}
	return z.link(ctx, agents)
}

// link tells which agents are to be linked. One that is refused, such as a user
// who was deleted meanwhile, does not keep others from being linked.
func (z *Zendesk) link(ctx context.Context, agents []connector.Agent) error {
	links, err := z.env.Link(ctx, agents)
	if err != nil {
		return fmt.Errorf("match agents: %w", err)
	}
	for _, l := range links {
		if err := z.env.Tell(ctx, l); err != nil {
			z.env.Log.Warn("an agent was not linked", "user", l.UserID.String(), "err", err)
		}
	}
	return ctx.Err()
}

// Check refuses settings that can never work.
func Check(system event.SystemSaved) error {
	if err := connector.CheckSettings(system); err != nil {
		return err
	}
	if system.ClientID == "" {
		return tandem.Errorf(tandem.Invalid, "client_id", "give the client id of the OAuth client in Zendesk")
	}
	_, err := parseBase(system.URL)
	return err
}
