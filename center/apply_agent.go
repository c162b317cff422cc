package center

import (
	"tandem"
	"tandem/event"
)

// applyAgent applies the events of an agent's presence.
func (m *Machine) applyAgent(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.AgentStatusChanged:
		m.applyAgentStatus(ev)
	case *event.NextStatusSet:
		m.changeAgent(ev.UserID, func(a *Agent) {
			a.NextStatusID, a.NextSince = ev.StatusID, ev.At
			if ev.StatusID.IsZero() {
				a.NextSince = 0
			}
		})
	case *event.AgentConnectionChanged:
		m.changeAgent(ev.UserID, func(a *Agent) {
			a.Softphone = ev.Connected && ev.Softphone
			a.Disconnected = ev.At
			if ev.Connected {
				a.Disconnected, a.Unreachable = 0, false
			}
		})
	case *event.AgentUnreachable:
		m.changeAgent(ev.UserID, func(a *Agent) { a.Unreachable = true })
	case *event.UserRetired:
		m.changeAgent(ev.UserID, func(a *Agent) { a.RetiredAt = ev.At })
	default:
		return false
	}
	return true
}

// changeAgent changes an agent and derives anew what follows.
func (m *Machine) changeAgent(id tandem.ID, change func(*Agent)) {
	a := m.agent(id)
	change(a)
	m.agentChanged(a)
}

func (m *Machine) applyAgentStatus(ev *event.AgentStatusChanged) {
	m.changeAgent(ev.UserID, func(a *Agent) {
		a.StatusID, a.StatusSince = ev.StatusID, ev.At
		a.NextStatusID, a.NextSince = tandem.ID{}, 0
		if st := m.state.Statuses[ev.StatusID]; st != nil && st.Type == event.Routable {
			a.AvailableSince, a.MissedInRow = max(a.AvailableSince, ev.At), 0
		}
	})
}
