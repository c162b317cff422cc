package salesforce

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

const (
	workers        = 64 // writes under way at once; each waits for a person's browser
	defaultTimeout = 10 * time.Second
	lookInterval   = time.Minute
	listInterval   = 10 * time.Minute // of statuses and agents
	sweepInterval  = 5 * time.Second  // of consoles that are gone
	tellers        = 16               // observations told to the core at once
)

// Options tune connectors and give them what they share.
type Options struct {
	// Consoles is where agents' consoles are received; nil means that there are
	// none, so that presence is only read.
	Consoles *Consoles
	// Timeout is how long a request or a console may take in the machine's
	// time; default 10 seconds.
	Timeout time.Duration
	// Grace is how long a console may be silent before it counts as closed, so
	// that a page that is loaded again is no log-out; default 15 seconds.
	Grace time.Duration
}

// Salesforce is a connector for one org.
type Salesforce struct {
	system   event.SystemSaved
	env      connector.Env
	client   *client
	consoles *Consoles
	hub      *hub
	signIns  *signIns
	passes   *passes
	history  *history
	lanes    *connector.Lanes
	reads    *connector.Reads
	soon     chan struct{} // look at all agents now
	looking  sync.Mutex    // held while looking at all agents
	replay   int64         // of the newest event of the push topic; used by streaming alone

	listing  sync.Mutex // held while statuses and agents are read and reported
	reported []Status

	mu       sync.Mutex
	offered  []Status
	linked   map[string]bool
	attempts connector.Attempts
}

// New returns a factory of connectors.
func New(o Options) connector.Factory {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Grace <= 0 {
		o.Grace = defaultGrace
	}
	if o.Consoles == nil {
		o.Consoles = &Consoles{}
	}
	return func(system event.SystemSaved, env connector.Env) (connector.Connector, error) {
		base, err := parseBase(system.URL)
		if err != nil {
			return nil, err
		}
		c := &client{base: base, http: newHTTPClient(), timeout: o.Timeout, governor: newGovernor(env.Clock), env: env}
		c.tokens = &tokens{client: c, clientID: system.ClientID, system: system.SystemID}
		return &Salesforce{
			system: system, env: env, client: c, consoles: o.Consoles, lanes: connector.NewLanes(env.Clock, env.Stats),
			hub: newHub(env.Clock, o.Timeout, o.Grace), signIns: newSignIns(env.Clock), passes: newPasses(env, system.SystemID), history: newHistory(), reads: connector.NewReads(),
			soon: make(chan struct{}, 1), replay: replayNew, linked: map[string]bool{},
		}, nil
	}
}

// Check refuses settings that can never work.
func Check(system event.SystemSaved) error {
	if err := connector.CheckSettings(system); err != nil {
		return err
	}
	if system.ClientID == "" {
		return tandem.Errorf(tandem.Invalid, "client_id", "give the consumer key of the connected app")
	}
	_, err := parseBase(system.URL)
	return err
}

// Write implements connector.Connector.
func (s *Salesforce) Write(w presence.Write) { s.lanes.Put(w) }

// Read implements connector.Connector.
func (s *Salesforce) Read(r presence.Read) {
	s.mu.Lock()
	s.linked[r.RemoteID] = true
	s.mu.Unlock()
	s.reads.Put(r.RemoteID, tandem.At(s.env.Clock.Now()))
}

// Agents implements connector.Connector.
func (s *Salesforce) Agents(ctx context.Context) ([]connector.Agent, error) {
	return s.client.agents(ctx, urgent)
}

// Statuses are the presence statuses that the org offers, with the developer
// names and service channels that rules need, as they were listed last.
func (s *Salesforce) Statuses() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.offered)
}

// Workload reads how much an agent has to do in Omni-Channel.
func (s *Salesforce) Workload(ctx context.Context, agent string) (Workload, error) {
	return s.client.workload(ctx, agent)
}

// Refresh implements connector.Connector.
func (s *Salesforce) Refresh(ctx context.Context) error {
	s.client.tokens.forgive()
	if err := s.list(ctx, urgent); err != nil {
		return tandem.Errorf(tandem.Busy, "", "the statuses could not be read: %v", err)
	}
	s.hasten()
	return nil
}

// Run implements connector.Connector.
func (s *Salesforce) Run(ctx context.Context) error {
	defer s.client.http.CloseIdleConnections()
	s.hub.start()
	s.consoles.add(s)
	var all sync.WaitGroup
	all.Go(func() { s.lanes.Run(ctx, workers, s.serve) })
	all.Go(func() { s.keepListing(ctx) })
	all.Go(func() { s.keepLooking(ctx) })
	all.Go(func() { s.reads.Keep(ctx, s.env, "Salesforce", s.read) })
	all.Go(func() { s.keepStreaming(ctx) })
	all.Go(func() { s.keepPages(ctx) })
	<-ctx.Done()
	s.consoles.remove(s)
	s.hub.stop()
	all.Wait()
	return ctx.Err()
}

func (s *Salesforce) isLinked(agent string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.linked[agent]
}

func (s *Salesforce) setLinked(linked map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.linked = maps.Clone(linked)
}

// keepListing reads what changes rarely: statuses and agents.
func (s *Salesforce) keepListing(ctx context.Context) {
	failures := 0
	for {
		err := s.list(ctx, background)
		span := connector.Around(listInterval)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			span = connector.Backoff(failures)
			s.env.Log.Warn("could not read what Salesforce offers", "err", err, "again_in", span)
		}
		if connector.Wait(ctx, s.env.Clock, span) != nil {
			return
		}
	}
}

// list reports the statuses of the org if they have changed, and links agents.
func (s *Salesforce) list(ctx context.Context, p priority) error {
	s.listing.Lock()
	defer s.listing.Unlock()
	statuses, err := s.client.statuses(ctx, p)
	if err != nil {
		return fmt.Errorf("list statuses: %w", err)
	}
	if !reflect.DeepEqual(statuses, s.reported) || p == urgent {
		var remote []event.RemoteStatus
		for _, st := range statuses {
			remote = append(remote, st.remote())
		}
		if err := s.env.Tell(ctx, presence.SetRemoteStatuses{SystemID: s.system.SystemID, Statuses: remote}); err != nil {
			return err
		}
		s.reported = statuses
		s.mu.Lock()
		s.offered = statuses
		s.mu.Unlock()
	}
	if s.env.Link == nil {
		return nil
	}
	agents, err := s.client.agents(ctx, p)
	if err != nil {
		return fmt.Errorf("list agents: %w", err)
	}
	return s.link(ctx, agents)
}

// link tells which agents are to be linked. One that is refused, such as a user
// who was deleted meanwhile, does not keep others from being linked.
func (s *Salesforce) link(ctx context.Context, agents []connector.Agent) error {
	links, err := s.env.Link(ctx, agents)
	if err != nil {
		return fmt.Errorf("match agents: %w", err)
	}
	for _, l := range links {
		if err := s.env.Tell(ctx, l); err != nil {
			s.env.Log.Warn("an agent was not linked", "user", l.UserID.String(), "err", err)
		}
	}
	return ctx.Err()
}
