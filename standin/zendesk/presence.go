package zendesk

import (
	"fmt"
	"slices"
	"time"
)

// setStatus moves an agent on somebody's wish. Every call counts as activity:
// "updates to an agent's status by the API cause the idle timer to reset"
// (Zendesk: Configuring idle timeout).
func (a *account) setStatus(agentID, statusID int64, reason string) (AgentStatus, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.person(agentID)
	if err != nil {
		return AgentStatus{}, err
	}
	status, known := a.status(statusID)
	switch {
	case !a.omnichannel:
		return AgentStatus{}, ErrOmnichannelOff
	case !known:
		return AgentStatus{}, fmt.Errorf("status %d: %w", statusID, ErrUnknownStatus)
	case !status.open(p.GroupIDs):
		return AgentStatus{}, fmt.Errorf("status %d for agent %d: %w", statusID, agentID, ErrStatusNotAllowed)
	case !slices.Contains(reasons, reason):
		return AgentStatus{}, fmt.Errorf("%w reason %q: use one of %v", errInvalid, reason, reasons)
	}
	p.lastActivity = a.now()
	p.beforeDropped = 0
	a.move(p, statusID, reason)
	return p.now, nil
}

// act does one thing to one agent under the lock.
func (a *account) act(agentID int64, do func(*person)) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.person(agentID)
	if err != nil {
		return err
	}
	if !a.omnichannel {
		return ErrOmnichannelOff
	}
	do(p)
	return nil
}

func (a *account) touch(agentID int64) error {
	return a.act(agentID, func(p *person) { p.lastActivity = a.now() })
}

// idle lets the idle time-out strike now, whatever the timer says.
func (a *account) idle(agentID int64) error {
	return a.act(agentID, a.timeOut)
}

func (a *account) timeOut(p *person) {
	if p.now.ID != StatusOffline && p.now.ID != StatusAway {
		a.move(p, StatusAway, ReasonIdleTimeout)
	}
}

func (a *account) disconnect(agentID int64) error {
	return a.act(agentID, func(p *person) {
		if !p.connected {
			return
		}
		p.connected = false
		if p.now.ID != StatusOffline {
			p.beforeDropped = p.now.ID
		}
		a.move(p, StatusOffline, ReasonDisconnected)
	})
}

// reconnect gives the agent back the status lost by disconnecting, unless
// somebody chose another one since.
func (a *account) reconnect(agentID int64) error {
	return a.act(agentID, func(p *person) {
		back := p.beforeDropped
		p.connected, p.beforeDropped, p.lastActivity = true, 0, a.now()
		if back != 0 {
			a.move(p, back, ReasonAutoReconnect)
		}
	})
}

func (a *account) logout(agentID int64) error {
	return a.act(agentID, func(p *person) {
		p.connected, p.beforeDropped = false, 0
		a.move(p, StatusOffline, ReasonLogout)
	})
}

// setOmnichannel switches unified statuses. Switching on puts every agent to
// Offline with the reason the events page names for it.
func (a *account) setOmnichannel(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if on && !a.omnichannel {
		for _, p := range a.people {
			p.lastActivity = a.now()
			a.move(p, StatusOffline, ReasonOmnichannelOn)
		}
	}
	a.omnichannel = on
}

// settle applies the idle time-outs that are due.
func (a *account) settle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.omnichannel {
		return
	}
	now := a.now()
	for _, p := range a.people {
		status, _ := a.status(p.now.ID)
		limit := time.Duration(status.IdleTimeoutSeconds) * time.Second
		if limit > 0 && now.Sub(p.lastActivity) >= limit {
			a.timeOut(p)
		}
	}
}

// view is one agent as readers see it, copied out of the lock.
type view struct {
	Agent
	Status      AgentStatus `json:"status"`
	Connected   bool        `json:"connected"`
	omnichannel bool
	channels    Channels
}

func (a *account) views() []view {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]view, len(a.people))
	for i, p := range a.people {
		status, _ := a.status(p.now.ID)
		list[i] = view{Agent: p.Agent, Status: p.now, Connected: p.connected, omnichannel: a.omnichannel, channels: status.Channels}
	}
	return list
}

func (a *account) view(agentID int64) (view, error) {
	list := a.views()
	i := slices.IndexFunc(list, func(v view) bool { return v.ID == agentID })
	if i < 0 {
		return view{}, fmt.Errorf("agent %d: %w", agentID, ErrUnknownAgent)
	}
	return list[i], nil
}

func (a *account) statusList() []Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.statuses)
}
