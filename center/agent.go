package center

import (
	"tandem"
	"tandem/event"
)

// setAgentConnection takes that an agent's panel came or went. Closing the
// browser is no logout (Amazon Connect User Guide 2018: Login/Logout reports);
// where the settings give a grace, an agent who does not come back within it is
// offered nothing until the panel is open again.
func (m *Machine) setAgentConnection(s *tandem.Step, b SetAgentConnection) error {
	a, err := m.knownAgent(b.UserID)
	if err != nil {
		return err
	}
	softphone := b.Connected && b.Softphone
	if gone := !a.Disconnected.IsZero(); b.Connected == !gone && softphone == a.Softphone {
		return nil
	}
	s.Emit(&event.AgentConnectionChanged{UserID: b.UserID, Connected: b.Connected, Softphone: softphone, At: s.At})
	return nil
}

// endUser deletes a user who has no contact left.
func (m *Machine) endUser(s *tandem.Step, a *Agent) {
	s.Emit(&event.UserDeleted{UserID: a.User.UserID})
}
