package awsconnect

import (
	"context"
	"fmt"
	"hash/maphash"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

const (
	workers        = 4
	defaultTimeout = 10 * time.Second
	lookInterval   = time.Minute
	listInterval   = 10 * time.Minute // of statuses and users
	tellers        = 16               // observations told to the core at once
)

// Options tune a connector; the zero value is for real use.
type Options struct {
	// Timeout is how long a request may take in the machine's time; default
	// 10 seconds.
	Timeout time.Duration
}

// AmazonConnect is a connector for one Amazon Connect instance.
type AmazonConnect struct {
	system   event.SystemSaved
	env      connector.Env
	client   *client
	lanes    *connector.Lanes
	reads    *connector.Reads
	settling *settling
	seen     *seen
	stream   *stream       // nil without one
	soon     chan struct{} // look at all agents now
	looking  sync.Mutex    // held while looking at all agents

	aheadMillis atomic.Int64 // the service's clock, compared with ours

	seed  maphash.Seed
	turns [64]sync.Mutex // of agents, by a hash of their ids; see alone

	listing   sync.Mutex // held while statuses and users are read and reported
	statuses  atomic.Pointer[statusList]
	reported  []event.RemoteStatus
	described map[string]described

	attempts connector.Attempts
}

// described is what DescribeUser told of a user, and of which version.
type described struct {
	agent    connector.Agent
	modified tandem.Time
}

// New returns a factory of connectors.
func New(o Options) connector.Factory {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	return func(system event.SystemSaved, env connector.Env) (connector.Connector, error) {
		c, err := newClient(system, env, o.Timeout)
		if err != nil {
			return nil, err
		}
		a := &AmazonConnect{
			system: system, env: env, client: c, lanes: connector.NewLanes(env.Clock, env.Stats), reads: connector.NewReads(), settling: newSettling(),
			seed: maphash.MakeSeed(), seen: newSeen(), soon: make(chan struct{}, 1), described: map[string]described{},
		}
		if c.kinesis != nil {
			a.stream = newStream(c, a.takeRecords)
		}
		return a, nil
	}
}

// Write implements connector.Connector.
func (a *AmazonConnect) Write(w presence.Write) { a.lanes.Put(w) }

// Read implements connector.Connector.
func (a *AmazonConnect) Read(r presence.Read) { a.reads.Put(r.RemoteID, a.now()) }

func (a *AmazonConnect) now() tandem.Time { return tandem.At(a.env.Clock.Now()) }

// Refresh implements connector.Connector.
func (a *AmazonConnect) Refresh(ctx context.Context) error {
	a.client.keys.forget()
	if err := a.list(ctx, urgent); err != nil {
		return tandem.Errorf(tandem.Busy, "", "the statuses could not be read: %v", err)
	}
	a.hasten()
	return nil
}

// Run implements connector.Connector.
func (a *AmazonConnect) Run(ctx context.Context) error {
	defer a.client.http.CloseIdleConnections()
	var all sync.WaitGroup
	all.Go(func() { a.lanes.Run(ctx, workers, a.serve) })
	all.Go(func() { a.keepListing(ctx) })
	all.Go(func() { a.reads.Keep(ctx, a.env, "Amazon Connect", a.read) })
	all.Go(func() { a.keepSettling(ctx) })
	if a.stream != nil {
		all.Go(func() { a.stream.run(ctx) })
	}
	all.Go(func() { a.keepLooking(ctx) })
	all.Wait()
	return ctx.Err()
}

// keepListing reads what changes rarely: statuses and users.
func (a *AmazonConnect) keepListing(ctx context.Context) {
	failures := 0
	for {
		err := a.list(ctx, background)
		span := connector.Around(listInterval)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			span = connector.Backoff(failures)
			a.env.Log.Warn("could not read what Amazon Connect offers", "err", err, "again_in", span)
		}
		if connector.Wait(ctx, a.env.Clock, span) != nil {
			return
		}
	}
}

// list reports the statuses of the instance if they have changed, and links
// agents.
func (a *AmazonConnect) list(ctx context.Context, p priority) error {
	a.listing.Lock()
	defer a.listing.Unlock()
	l, err := a.client.statuses(ctx, p)
	if err != nil {
		return fmt.Errorf("list statuses: %w", err)
	}
	a.statuses.Store(l)
	if !reflect.DeepEqual(l.all, a.reported) || p == urgent {
		if err := a.env.Tell(ctx, presence.SetRemoteStatuses{SystemID: a.system.SystemID, Statuses: l.all}); err != nil {
			return err
		}
		a.reported = l.all
	}
	if a.env.Link == nil {
		return nil
	}
	linked, err := a.env.Linked(ctx)
	if err != nil {
		return fmt.Errorf("ask who is linked: %w", err)
	}
	agents, err := a.agents(ctx, p, linked)
	if err != nil {
		return fmt.Errorf("list users: %w", err)
	}
	return a.link(ctx, agents)
}

// link tells which agents are to be linked. One that is refused, such as a user
// who was deleted meanwhile, does not keep others from being linked.
func (a *AmazonConnect) link(ctx context.Context, agents []connector.Agent) error {
	links, err := a.env.Link(ctx, agents)
	if err != nil {
		return fmt.Errorf("match agents: %w", err)
	}
	for _, l := range links {
		if err := a.env.Tell(ctx, l); err != nil {
			a.env.Log.Warn("an agent was not linked", "user", l.UserID.String(), "err", err)
		}
	}
	return ctx.Err()
}

// Agents implements connector.Connector.
func (a *AmazonConnect) Agents(ctx context.Context) ([]connector.Agent, error) {
	a.listing.Lock()
	defer a.listing.Unlock()
	return a.agents(ctx, urgent, nil)
}

// agents lists the instance's users. A list tells user names only: who has none
// that is an e-mail address, and is not among those to be skipped, is
// described, once for each version. It is called with listing held.
func (a *AmazonConnect) agents(ctx context.Context, p priority, skip map[string]bool) ([]connector.Agent, error) {
	users, err := a.client.users(ctx, p)
	if err != nil {
		return nil, err
	}
	var all []connector.Agent
	for _, id := range tandem.SortedKeys(users) {
		agent, err := a.describe(ctx, p, users[id], skip[id])
		if err != nil {
			return nil, err
		}
		all = append(all, agent)
	}
	for id := range a.described {
		if _, exists := users[id]; !exists {
			delete(a.described, id)
		}
	}
	return all, nil
}

func (a *AmazonConnect) describe(ctx context.Context, p priority, u types.UserSummary, skip bool) (connector.Agent, error) {
	id, name, modified := text(u.Id), text(u.Username), moment(u.LastModifiedTime)
	agent := connector.Agent{RemoteID: id, Name: name, Email: addressOf(name)}
	if skip || agent.Email != "" {
		return agent, nil
	}
	if d, ok := a.described[id]; ok && d.modified == modified {
		return d.agent, nil
	}
	found, err := a.client.describe(ctx, p, id)
	switch {
	case hasCode(err, "ResourceNotFoundException"):
		return agent, nil // deleted since it was listed
	case err != nil:
		return agent, err
	}
	a.described[id] = described{agent: found, modified: modified}
	return found, nil
}
