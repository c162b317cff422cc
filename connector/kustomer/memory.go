package kustomer

import (
	"sync"
	"time"

	"tandem"
	"tandem/presence"
)

// memory is what was last seen of each agent. A work session's revision grows
// with all that happens in it; presence wants to know which choice of status is
// newer. So a choice keeps the version that it was first seen at.
type memory struct {
	mu     sync.Mutex
	agents map[string]*seen // by remote id
}

// seen is what was last seen of one agent.
type seen struct {
	session  string // "" for an agent who never had any
	live     bool
	status   string
	since    time.Time
	selected int64
	version  uint64 // at which this choice was first seen
	newest   uint64 // of the session, whatever has changed in it
	shown    presence.Observe
	capacity capacity
	told     bool // presence knows shown
	toldLoad bool // presence knows capacity
	puzzling bool // the agent could be looked up, and told nothing
}

func newMemory() *memory { return &memory{agents: map[string]*seen{}} }

// take remembers a session and returns what it shows. One that is older than
// what was seen already is returned, and not remembered.
func (m *memory) take(s sessionJSON, o presence.Observe) presence.Observe {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := m.agents[o.RemoteID]
	spent := s.spent()
	now := seen{
		session: s.ID, live: s.live(), status: o.Remote, since: s.since(), selected: spent.Selected,
		version: s.version(), newest: s.version(), capacity: s.load(),
	}
	if last != nil && last.sameChoice(now) {
		now.version = last.version
		now.told = last.told
	}
	o.Version = now.version
	if last != nil && now.newest < last.newest {
		return o
	}
	now.toldLoad = last != nil && last.toldLoad && last.capacity == now.capacity
	now.shown = o
	m.agents[o.RemoteID] = &now
	return o
}

func (a *seen) sameChoice(b seen) bool {
	return a.session == b.session && a.status == b.status && a.since.Equal(b.since) && a.selected == b.selected
}

// takeNobody remembers an agent who never had a work session.
func (m *memory) takeNobody(o presence.Observe) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if last := m.agents[o.RemoteID]; last == nil || last.puzzling {
		m.agents[o.RemoteID] = &seen{status: o.Remote, shown: o}
	}
}

// puzzle notes that looking an agent up told nothing; it is not done again for
// a while.
func (m *memory) puzzle(agent string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.agents[agent] = &seen{puzzling: true}
}

// puzzles reports whether looking the agent up told nothing.
func (m *memory) puzzles(agent string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.agents[agent]
	return a != nil && a.puzzling
}

// session is the agent's live work session as last seen; "" for none.
func (m *memory) session(agent string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.agents[agent]; a != nil && a.live {
		return a.session
	}
	return ""
}

// away is what an agent shows who is in no list of live sessions; ok is false
// where that is to be looked up.
func (m *memory) away(agent string, lookedAt tandem.Time) (o presence.Observe, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.agents[agent]
	if a == nil || a.live || a.puzzling {
		return o, false
	}
	o = a.shown
	o.LookedAt = lookedAt
	return o, true
}

// news reports what presence does not know yet of what an agent was seen to
// show.
func (m *memory) news(agent string) (status, load bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.agents[agent]
	return a == nil || !a.told, a != nil && a.session != "" && !a.toldLoad
}

// told notes that presence knows an observation.
func (m *memory) told(o presence.Observe) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.agents[o.RemoteID]; a != nil && a.shown.Version == o.Version && a.shown.Remote == o.Remote {
		a.told = true
	}
}

// load is an agent's capacity as a command, as last seen.
func (m *memory) load(agent string, system tandem.ID) presence.ObserveCapacity {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.agents[agent]
	return presence.ObserveCapacity{
		SystemID: system, RemoteID: agent, Used: a.capacity.used, Max: a.capacity.most, Version: a.newest, At: a.shown.LookedAt,
	}
}

// toldLoad notes that presence knows a capacity.
func (m *memory) toldLoad(c presence.ObserveCapacity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.agents[c.RemoteID]; a != nil && a.capacity == (capacity{used: c.Used, most: c.Max}) {
		a.toldLoad = true
	}
}

// keep forgets agents who are no longer linked.
func (m *memory) keep(linked map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for agent := range m.agents {
		if !linked[agent] {
			delete(m.agents, agent)
		}
	}
}
