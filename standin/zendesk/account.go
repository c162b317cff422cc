package zendesk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Why a status was set, as "Zendesk: Agent Status" lists the values.
const (
	ReasonUnknown       = "UNKNOWN"
	ReasonSwitcher      = "AGENT_STATUS_SWITCHER"
	ReasonLogout        = "AGENT_LOGOUT"
	ReasonStatusDeleted = "AGENT_STATUS_DELETED"
	ReasonDisconnected  = "AGENT_DISCONNECTED"
	ReasonIdleTimeout   = "AGENT_IDLE_TIMEOUT"
	ReasonAutoReconnect = "SWITCHER_AUTO_RECONNECT"
	ReasonOmnichannelOn = "OMNICHANNEL_ROUTING_ENABLED"
	ReasonPublicAPI     = "PUBLIC_API"
	ReasonInternalTest  = "INTERNAL_TEST"
	ReasonExploreAction = "EXPLORE_TAKE_AN_ACTION"
	ReasonWorkforce     = "WFM_STATUS_UPDATE"
	ReasonMonitoring    = "MONITORING_ASSISTANT_UPDATE"
)

var reasons = []string{
	ReasonUnknown, ReasonSwitcher, ReasonLogout, ReasonStatusDeleted, ReasonDisconnected, ReasonIdleTimeout,
	ReasonAutoReconnect, ReasonOmnichannelOn, ReasonPublicAPI, ReasonInternalTest, ReasonExploreAction,
	ReasonWorkforce, ReasonMonitoring,
}

// Refusals of the account, matched with errors.Is.
var (
	ErrUnknownAgent     = errors.New("no agent has this id")
	ErrUnknownStatus    = errors.New("no status has this id")
	ErrStatusNotAllowed = errors.New("the status is limited to groups the agent is not in")
	ErrOmnichannelOff   = errors.New("omnichannel routing is off, so there is no unified status to set")
	errInvalid          = errors.New("invalid")
)

// AgentStatus is what an agent's availability says now.
type AgentStatus struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Reason    string    `json:"reason"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int64     `json:"version"`
}

type person struct {
	Agent
	now           AgentStatus
	lastActivity  time.Time
	connected     bool
	beforeDropped int64 // status to return to on reconnect; 0 when none
}

// change is one move of one agent, in the order the account made them.
type change struct {
	agentID          int64
	previous, status AgentStatus
}

// account holds agents and statuses. changed is called under the lock, so that
// events leave in the order of their versions; it must not call back.
type account struct {
	mu           sync.Mutex
	now          func() time.Time
	changed      func(change)
	firstVersion int64
	omnichannel  bool
	statuses     []Status  // by id
	people       []*person // by id
}

func newAccount(c Config, now func() time.Time, changed func(change)) (*account, error) {
	a := &account{now: now, changed: changed, firstVersion: c.FirstVersion, omnichannel: !c.OmnichannelOff}
	a.statuses = defaultStatuses(c.IdleTimeout)
	for _, status := range c.CustomStatuses {
		if err := a.addStatus(status); err != nil {
			return nil, err
		}
	}
	for _, agent := range c.Agents {
		if err := a.addAgent(agent); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *account) addAgent(agent Agent) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if agent.Role == "" {
		agent.Role = "agent"
	}
	if agent.StatusID == 0 {
		agent.StatusID = StatusOffline
	}
	status, known := a.status(agent.StatusID)
	i, taken := slices.BinarySearchFunc(a.people, agent.ID, func(p *person, id int64) int { return cmp.Compare(p.ID, id) })
	switch {
	case agent.ID <= 0 || taken:
		return fmt.Errorf("%w agent id %d: give a positive id that is not used yet", errInvalid, agent.ID)
	case agent.Role != "agent" && agent.Role != "admin":
		return fmt.Errorf("%w role %q of agent %d: use agent or admin", errInvalid, agent.Role, agent.ID)
	case !known:
		return fmt.Errorf("agent %d starts in status %d: %w", agent.ID, agent.StatusID, ErrUnknownStatus)
	}
	now := a.now()
	agent.StatusID = 0 // from here on the status lives in person.now
	p := &person{Agent: agent, connected: true, lastActivity: now}
	p.now = AgentStatus{ID: status.ID, Name: status.Name, Reason: ReasonUnknown, UpdatedAt: now, Version: a.firstVersion}
	a.people = slices.Insert(a.people, i, p)
	return nil
}

func (a *account) addStatus(status Status) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	i, taken := slices.BinarySearchFunc(a.statuses, status.ID, func(s Status, id int64) int { return cmp.Compare(s.ID, id) })
	if status.ID <= StatusTransfersOnly || taken {
		return fmt.Errorf("%w status id %d: give an id above %d that is not used yet", errInvalid, status.ID, StatusTransfersOnly)
	}
	for _, state := range []*string{&status.Channels.Messaging, &status.Channels.Support, &status.Channels.Talk} {
		if *state == "" {
			*state = "offline"
		}
	}
	status.changedAt = a.now()
	a.statuses = slices.Insert(a.statuses, i, status)
	return nil
}

// deleteStatus removes a custom status. Its agents go to Offline with reason
// AGENT_STATUS_DELETED; the public pages name the reason but not the status.
func (a *account) deleteStatus(id int64) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.status(id); !known || id <= StatusTransfersOnly {
		return fmt.Errorf("status %d cannot be deleted: %w among the custom ones", id, ErrUnknownStatus)
	}
	for _, p := range a.people {
		if p.beforeDropped == id {
			p.beforeDropped = 0
		}
		if p.now.ID == id {
			a.move(p, StatusOffline, ReasonStatusDeleted)
		}
	}
	a.statuses = slices.DeleteFunc(a.statuses, func(s Status) bool { return s.ID == id })
	return nil
}

func (a *account) status(id int64) (Status, bool) {
	i := slices.IndexFunc(a.statuses, func(s Status) bool { return s.ID == id })
	if i < 0 {
		return Status{}, false
	}
	return a.statuses[i], true
}

func (a *account) person(id int64) (*person, error) {
	i := slices.IndexFunc(a.people, func(p *person) bool { return p.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("agent %d: %w", id, ErrUnknownAgent)
	}
	return a.people[i], nil
}

// move changes a status and reports it. Setting the status an agent already
// has changes nothing: no version, no event (the public pages do not say).
func (a *account) move(p *person, statusID int64, reason string) {
	status, known := a.status(statusID)
	if !known || p.now.ID == statusID {
		return
	}
	previous := p.now
	p.now = AgentStatus{ID: status.ID, Name: status.Name, Reason: reason, UpdatedAt: a.now(), Version: previous.Version + 1}
	a.changed(change{agentID: p.ID, previous: previous, status: p.now})
}

func (s Status) open(groupIDs []int64) bool {
	return len(s.GroupIDs) == 0 || slices.ContainsFunc(s.GroupIDs, func(id int64) bool { return slices.Contains(groupIDs, id) })
}
