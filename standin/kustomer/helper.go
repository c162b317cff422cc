package kustomer

import "fmt"

// The methods below do in Go what /__standin/ does over HTTP.

// Desk returns what an agent's page shows.
func (s *Server) Desk(userID string) (Desk, error) {
	s.settle()
	for _, d := range s.org.desks() {
		if d.ID == userID {
			return d, nil
		}
	}
	return Desk{}, fmt.Errorf("user %q: %w", userID, ErrUnknown)
}

// SetStatusByHand changes a status as the agent would in Kustomer.
func (s *Server) SetStatusByHand(userID, statusID string) error {
	return s.org.choose(userID, statusID, userID)
}

// SetStatusBy changes a status as somebody else would: a supervisor, or the
// machine user of another key.
func (s *Server) SetStatusBy(userID, statusID, by string) error {
	return s.org.choose(userID, statusID, by)
}

// StartCall makes Kustomer show Busy, because the agent is on a call.
func (s *Server) StartCall(userID string) error { return s.org.startCall(userID) }

// EndCall makes Kustomer show the status before the call.
func (s *Server) EndCall(userID string) error { return s.org.endCall(userID) }

// SwitchTeam lets a user work for another of their teams.
func (s *Server) SwitchTeam(userID, teamID string) error { return s.org.switchTeam(userID, teamID) }

// AddStatus adds a custom status.
func (s *Server) AddStatus(status Status) error {
	_, err := s.org.addStatus(status)
	return err
}

// SwitchStatus is the toggle of a custom status.
func (s *Server) SwitchStatus(statusID string, off bool) error {
	return s.org.switchStatus(statusID, off)
}

// AddUser adds a person.
func (s *Server) AddUser(u User) error { return s.org.addUser(u) }

// AddKey adds an API key.
func (s *Server) AddKey(k Key) error { return s.org.addKey(k) }

// RevokeKey ends an API key.
func (s *Server) RevokeKey(token string) { s.org.revokeKey(token) }

// AddWork puts a conversation into a queue and returns its work item's id.
func (s *Server) AddWork(conversation, queueID string) (string, error) {
	i, err := s.org.addItem(conversation, queueID)
	return i.id, err
}

// Work does with a work item what an agent does: accept, pause, resume or
// complete.
func (s *Server) Work(itemID, step string) error { return s.org.step(itemID, step) }

// Reopen opens a conversation again that was done.
func (s *Server) Reopen(conversation string) error {
	_, err := s.org.setConversation(conversation, "open")
	return err
}

// ForceCapacity tells a rest of capacity that the work does not explain; nil
// ends that.
func (s *Server) ForceCapacity(userID string, remaining *int) error {
	return s.org.forceCapacity(userID, remaining)
}

// UseBudget takes requests from this minute's budget, as other programs of the
// organization do.
func (s *Server) UseBudget(requests int) { s.limits.use(requests) }

// Break arms a fault; it fails on one that makes no sense.
func (s *Server) Break(fault Fault) error { return s.faults.add(fault) }

// BreakWebhooks arms a fault of deliveries; it fails on one that makes no sense.
func (s *Server) BreakWebhooks(fault HookFault) error { return s.hooks.addFault(fault) }

// ClearFaults disarms every Fault and HookFault; held events go out.
func (s *Server) ClearFaults() {
	s.faults.clear()
	s.hooks.clearFaults()
}

// Requests returns the public requests seen, oldest first; an empty method or
// prefix matches all.
func (s *Server) Requests(method, pathPrefix string) []Entry { return s.log.find(method, pathPrefix) }

// PendingDeliveries is how many webhook deliveries wait, to be repeated later
// or to be sent, or are under way.
func (s *Server) PendingDeliveries() int {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return len(s.hooks.waiting) + s.hooks.underWay
}
