package connector

import (
	"context"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// Effect hands an effect of presence to the connector of its system; ok is
// false for effects of others. It never blocks. An effect that comes before
// the first Set starts its connector from the system that it carries; one of a
// system that is deleted or disabled is dropped.
func (m *Manager) Effect(instance tandem.ID, effect tandem.Effect) (ok bool) {
	switch ef := effect.(type) {
	case presence.Write:
		m.dispatch(instance, ef.System, func(s *slot) {
			s.unfinished[ef.UserID] = ef
			s.connector.Write(ef)
		})
		return true
	case presence.Read:
		m.dispatch(instance, ef.System, func(s *slot) { s.connector.Read(ef) })
		return true
	}
	return false
}

func (m *Manager) dispatch(instance tandem.ID, system event.SystemSaved, hand func(*slot)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, gone := m.gone[system.SystemID]; gone || m.closed {
		return
	}
	if m.slots[system.SystemID] == nil && system.Enabled && m.cfg.Factories[system.System] != nil {
		m.set(instance, system)
	}
	s := m.slots[system.SystemID]
	if s == nil {
		m.cfg.Log.Warn("an effect has no connector", "instance", instance.String(), "system", system.SystemID.String())
		return
	}
	hand(s)
}

// Restart makes a system's connector anew, for changed secrets.
func (m *Manager) Restart(system tandem.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.slots[system]; s != nil && !m.closed {
		m.start(s)
	}
}

// Refresh reads a system's statuses and agents again; see [Connector].
func (m *Manager) Refresh(ctx context.Context, system tandem.ID) error {
	c, err := m.running(system)
	if err != nil {
		return err
	}
	return c.Refresh(ctx)
}

// Agents lists a system's agents; see [Connector].
func (m *Manager) Agents(ctx context.Context, system tandem.ID) ([]Agent, error) {
	c, err := m.running(system)
	if err != nil {
		return nil, err
	}
	return c.Agents(ctx)
}

func (m *Manager) running(system tandem.ID) (Connector, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.slots[system]; s != nil {
		return s.connector, nil
	}
	return nil, tandem.Errorf(tandem.Conflict, "", "this system is disabled or not known yet; enable it first")
}

// Figures reads the counts of every system that has a connector.
func (m *Manager) Figures() map[tandem.ID]Figures {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[tandem.ID]Figures{}
	for id, s := range m.slots {
		f := s.stats.Figures()
		f.Waiting = len(s.unfinished)
		all[id] = f
	}
	return all
}
