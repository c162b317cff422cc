package connector

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// Config is what a manager needs from outside.
type Config struct {
	// Factories make connectors, by kind of system.
	Factories map[event.SystemKind]Factory
	// Do hands a command to an instance; its actor is the system's connector.
	Do func(ctx context.Context, instance, system tandem.ID, body any) (any, error)
	// Linked reports the linked agents of a system; see [Env].
	Linked func(ctx context.Context, instance, system tandem.ID) (map[string]bool, error)
	// Link says which agents of a system to link; see [Env]. It may be nil.
	Link      func(ctx context.Context, instance, system tandem.ID, agents []Agent) ([]presence.LinkAgent, error)
	Secrets   Secrets
	PublicURL string
	Clock     Clock        // nil: the machine's
	Log       *slog.Logger // nil: the default
}

// Manager runs a connector for each enabled system, and hands effects to it.
type Manager struct {
	cfg    Config
	ctx    context.Context
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu     sync.Mutex
	slots  map[tandem.ID]*slot
	gone   map[tandem.ID]<-chan struct{} // deleted or disabled: late effects start nothing; closed when the last connector has ended
	closed bool
}

// slot is one system with the connector that runs for it.
type slot struct {
	instance   tandem.ID
	system     event.SystemSaved
	stats      *Stats
	connector  Connector
	cancel     context.CancelFunc
	ended      <-chan struct{}
	unfinished map[tandem.ID]presence.Write // by user; they survive a restart of the connector
}

// NewManager makes a manager; Close ends it.
func NewManager(cfg Config) *Manager {
	if cfg.Clock == nil {
		cfg.Clock = SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	m := &Manager{cfg: cfg, slots: map[tandem.ID]*slot{}, gone: map[tandem.ID]<-chan struct{}{}}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	return m
}

// Set tells which systems an instance has now, all of them. It starts, stops
// and reconfigures connectors and does not wait for that.
func (m *Manager) Set(instance tandem.ID, systems []event.SystemSaved) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	wanted := map[tandem.ID]bool{}
	for _, s := range systems {
		if s.Enabled && m.cfg.Factories[s.System] != nil {
			wanted[s.SystemID] = true
			m.set(instance, s)
		}
	}
	for id, s := range m.slots {
		if s.instance == instance && !wanted[id] {
			s.cancel()
			delete(m.slots, id)
			m.gone[id] = s.ended
		}
	}
}

// set starts a system's connector, or restarts it when what it was made from
// has changed.
func (m *Manager) set(instance tandem.ID, system event.SystemSaved) {
	s := m.slots[system.SystemID]
	if s == nil {
		s = &slot{instance: instance, stats: &Stats{}, ended: m.gone[system.SystemID], unfinished: map[tandem.ID]presence.Write{}}
		m.slots[system.SystemID] = s
		delete(m.gone, system.SystemID)
	} else if sameConnector(s.system, system) {
		s.system = system
		return
	}
	s.system = system
	m.start(s)
}

// sameConnector reports whether a connector that was made for one is good for
// the other: what presence alone looks at may differ.
func sameConnector(a, b event.SystemSaved) bool {
	return a.System == b.System && a.URL == b.URL && a.ClientID == b.ClientID && maps.Equal(a.Settings, b.Settings)
}

// start makes a connector and runs it once the one before has ended.
func (m *Manager) start(s *slot) {
	before := s.ended
	if s.cancel != nil {
		s.cancel()
	}
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(m.ctx)
	ended := make(chan struct{})
	s.ended = ended
	env := m.env(s)
	c, err := m.cfg.Factories[s.system.System](s.system, env)
	if err != nil {
		env.Log.Error("a connected system cannot be used", "err", err)
		c = newRefusing(env, err)
	}
	s.connector = c
	for _, w := range s.unfinished {
		w.Again = true
		c.Write(w)
	}
	m.all.Go(func() {
		defer close(ended)
		if before != nil {
			<-before
		}
		m.run(ctx, c, env)
	})
}

// run keeps a connector running until ctx ends.
func (m *Manager) run(ctx context.Context, c Connector, env Env) {
	for failures := 1; ctx.Err() == nil; failures++ {
		began := m.cfg.Clock.Now()
		err := c.Run(ctx)
		if ctx.Err() != nil {
			return
		}
		if m.cfg.Clock.Now().Sub(began) > 10*time.Minute {
			failures = 1
		}
		env.Log.Error("a connector ended; it is started again", "err", err)
		if Wait(ctx, m.cfg.Clock, Backoff(failures)) != nil {
			return
		}
	}
}

func (m *Manager) env(s *slot) Env {
	instance, system := s.instance, s.system.SystemID
	e := Env{
		Do: func(ctx context.Context, body any) (any, error) {
			answer, err := m.cfg.Do(ctx, instance, system, body)
			if f, ok := body.(presence.FinishWrite); ok && (err == nil || final(err)) {
				m.finished(s, f.Ended)
			}
			return answer, err
		},
		Linked:  func(ctx context.Context) (map[string]bool, error) { return m.cfg.Linked(ctx, instance, system) },
		Secrets: m.cfg.Secrets, PublicURL: m.cfg.PublicURL, Clock: m.cfg.Clock, Stats: s.stats,
		Log: m.cfg.Log.With("instance", instance.String(), "system", system.String(), "kind", s.system.System.String()),
	}
	if m.cfg.Link != nil {
		e.Link = func(ctx context.Context, agents []Agent) ([]presence.LinkAgent, error) {
			return m.cfg.Link(ctx, instance, system, agents)
		}
	}
	return e
}

func (m *Manager) finished(s *slot, ended event.StatusWriteEnded) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.unfinished[ended.UserID].WriteID == ended.WriteID {
		delete(s.unfinished, ended.UserID)
	}
}

// Close stops every connector and waits for their end.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.cancel()
	m.all.Wait()
}
