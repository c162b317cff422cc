package zendesk

import "time"

// The methods below do in Go what /__standin/ does over HTTP.

// Status returns what the agent's availability says now.
func (s *Server) Status(agentID int64) (AgentStatus, error) {
	s.account.settle()
	v, err := s.account.view(agentID)
	return v.Status, err
}

// SetStatusByHand changes a status as the agent would in Zendesk.
func (s *Server) SetStatusByHand(agentID, statusID int64) error {
	return s.SetStatusWithReason(agentID, statusID, ReasonSwitcher)
}

// SetStatusWithReason changes a status for another of the published reasons,
// such as ReasonWorkforce or, for a foreign integration, ReasonPublicAPI.
func (s *Server) SetStatusWithReason(agentID, statusID int64, reason string) error {
	_, err := s.account.setStatus(agentID, statusID, reason)
	return err
}

// AddAgent adds an agent.
func (s *Server) AddAgent(agent Agent) error { return s.account.addAgent(agent) }

// AddStatus adds a custom status; its id must be above 5.
func (s *Server) AddStatus(status Status) error { return s.account.addStatus(status) }

// DeleteStatus deletes a custom status; agents in it go to Offline with
// ReasonStatusDeleted.
func (s *Server) DeleteStatus(statusID int64) error { return s.account.deleteStatus(statusID) }

// Touch is mouse or keyboard activity: the idle timer starts again.
func (s *Server) Touch(agentID int64) error { return s.account.touch(agentID) }

// TimeOut lets the idle time-out strike now: Away with ReasonIdleTimeout,
// unless the agent is Offline or Away already.
func (s *Server) TimeOut(agentID int64) error { return s.account.idle(agentID) }

// Disconnect takes the agent's browser away: Offline with ReasonDisconnected.
func (s *Server) Disconnect(agentID int64) error { return s.account.disconnect(agentID) }

// Reconnect brings the browser back, and with ReasonAutoReconnect the status
// that disconnecting took, unless another was set since.
func (s *Server) Reconnect(agentID int64) error { return s.account.reconnect(agentID) }

// LogOut signs the agent out: Offline with ReasonLogout.
func (s *Server) LogOut(agentID int64) error { return s.account.logout(agentID) }

// SetOmnichannel switches omnichannel routing, without which there is no
// unified status.
func (s *Server) SetOmnichannel(on bool) { s.account.setOmnichannel(on) }

// RevokeTokens ends every bearer token.
func (s *Server) RevokeTokens() { s.tokens.revokeAll() }

// Break arms a fault; it fails on one that makes no sense.
func (s *Server) Break(fault Fault) error { return s.faults.add(fault) }

// ClearFaults disarms every Fault and HookFault; held events go out.
func (s *Server) ClearFaults() {
	s.faults.clear()
	s.hooks.clearFaults()
}

// BreakWebhooks arms a fault of deliveries; it fails on one that makes no sense.
func (s *Server) BreakWebhooks(fault HookFault) error { return s.hooks.addFault(fault) }

// DropWebhooks loses the next count events.
func (s *Server) DropWebhooks(count int) { s.mustBreak(HookFault{Kind: HookDrop, Count: count}) }

// DuplicateWebhooks sends each of the next count events twice.
func (s *Server) DuplicateWebhooks(count int) {
	s.mustBreak(HookFault{Kind: HookDuplicate, Count: count})
}

// DelayWebhooks holds each of the next count events back for span, which is
// real time of at least a millisecond.
func (s *Server) DelayWebhooks(count int, span time.Duration) {
	s.mustBreak(HookFault{Kind: HookDelay, Count: count, DelayMillis: int(span / time.Millisecond)})
}

// ReorderWebhooks holds the next count events back and sends them in reverse.
func (s *Server) ReorderWebhooks(count int) { s.mustBreak(HookFault{Kind: HookReorder, Count: count}) }

func (s *Server) mustBreak(fault HookFault) {
	if err := s.hooks.addFault(fault); err != nil {
		panic(err)
	}
}

// Requests returns the public requests seen, oldest first; an empty method or
// prefix matches all.
func (s *Server) Requests(method, pathPrefix string) []Entry { return s.log.find(method, pathPrefix) }

// PendingDeliveries is how many webhook deliveries are queued, waiting to be
// repeated or under way.
func (s *Server) PendingDeliveries() int {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return s.hooks.pending
}
