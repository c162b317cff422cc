package presence

import "tandem"

// Desired is what a system should show for an agent now, in the system's
// words; empty where it is left as it is, or where the agent is not linked.
func (m *Machine) Desired(user, system tandem.ID) string {
	a := m.state.Agents[user]
	if a == nil {
		return ""
	}
	for i := range a.Legs {
		if a.Legs[i].SystemID == system {
			remote, _ := m.desired(a, &a.Legs[i])
			return remote
		}
	}
	return ""
}
