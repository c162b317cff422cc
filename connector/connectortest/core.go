package connectortest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// core is a small stand-in of the instance: it has one wish per agent, and
// pursues it as presence does.
type core struct {
	clock  connector.Clock
	system event.SystemSaved

	mu        sync.Mutex
	connector connector.Connector
	wishes    map[string]*wish
	observed  []presence.Observe
	statuses  []event.RemoteStatus
	linked    map[string]bool
	versions  map[string]uint64 // the newest observed, by agent
	busy      int               // so many commands are turned away
	ids       uint64
}

// wish is what an agent shall be shown in, and how far that is.
type wish struct {
	write    presence.Write
	underWay bool
	retryAt  tandem.Time
	outcomes []event.StatusWriteEnded
}

func newCore(clock connector.Clock, system event.SystemSaved) *core {
	return &core{clock: clock, system: system, wishes: map[string]*wish{}, linked: map[string]bool{}, versions: map[string]uint64{}}
}

func userOf(agent string) tandem.ID { return tandem.NameID("user", agent) }

// want hands out a write.
func (c *core) want(agent, status string) presence.Write {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.wishes[agent]
	if w == nil {
		w = &wish{}
		c.wishes[agent] = w
	}
	c.ids++
	w.write = presence.Write{
		System: c.system, UserID: userOf(agent), RemoteID: agent, Remote: status, Intent: c.ids,
		WriteID: tandem.NameID("write", agent).Derive(c.ids),
	}
	c.handOut(w)
	return w.write
}

func (c *core) handOut(w *wish) {
	w.underWay, w.retryAt = true, 0
	w.write.Version = c.versions[w.write.RemoteID]
	c.connector.Write(w.write)
}

// tick hands writes out again whose time has come.
func (c *core) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.wishes {
		if !w.retryAt.IsZero() && w.retryAt <= tandem.At(c.clock.Now()) {
			c.handOut(w)
		}
	}
}

// Do takes the connector's commands.
func (c *core) Do(_ context.Context, body any) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy > 0 {
		c.busy--
		return nil, tandem.Errorf(tandem.Busy, "", "the test's core is busy")
	}
	switch b := body.(type) {
	case presence.FinishWrite:
		return nil, c.finish(b.Ended)
	case presence.Observe:
		return nil, c.observe(b)
	case presence.SetRemoteStatuses:
		c.statuses = b.Statuses
	case presence.LinkAgent:
		c.linked[b.RemoteID] = true
		c.connector.Read(presence.Read{System: c.system, UserID: b.UserID, RemoteID: b.RemoteID})
	case presence.ObserveCapacity:
		return nil, c.known(b.RemoteID)
	case presence.ObserveWork:
		return nil, c.known(b.RemoteID)
	case presence.ObserveWorkAccepted:
		return nil, c.known(b.RemoteID)
	case presence.AttachPage:
		return true, c.known(b.RemoteID)
	case presence.LeavePage:
		return nil, c.known(b.RemoteID)
	default:
		return nil, errors.New("a connector has no such command")
	}
	return nil, nil
}

// known refuses what is told of an agent to whom nobody is linked.
func (c *core) known(agent string) error {
	if !c.linked[agent] {
		return tandem.Errorf(tandem.NotFound, "RemoteId", "nobody is linked to this agent")
	}
	return nil
}

func (c *core) finish(ended event.StatusWriteEnded) error {
	for agent, w := range c.wishes {
		if w.write.WriteID != ended.WriteID {
			continue
		}
		w.outcomes, w.underWay, w.retryAt = append(w.outcomes, ended), false, ended.RetryAt
		if ended.Outcome == event.WriteUnknown {
			c.connector.Read(presence.Read{System: c.system, UserID: ended.UserID, RemoteID: agent})
		}
		return nil
	}
	return nil // another write has taken its place
}

// observe compares what is shown after an unknown outcome with the wish.
func (c *core) observe(o presence.Observe) error {
	if err := c.known(o.RemoteID); err != nil {
		return err
	}
	c.observed = append(c.observed, o)
	c.versions[o.RemoteID] = max(o.Version, c.versions[o.RemoteID])
	w := c.wishes[o.RemoteID]
	if w == nil || w.underWay || len(w.outcomes) == 0 {
		return nil
	}
	if last := w.outcomes[len(w.outcomes)-1]; last.Outcome == event.WriteUnknown && o.Remote != w.write.Remote {
		c.handOut(w)
	}
	return nil
}

func (c *core) linkedAgents(context.Context) (map[string]bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := map[string]bool{}
	for agent := range c.linked {
		all[agent] = true
	}
	return all, nil
}

// outcomes are the outcomes of the writes of an agent's present wish, and of
// those before.
func (c *core) outcomes(agent string) []event.StatusWriteEnded {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.wishes[agent]; w != nil {
		return slices.Clone(w.outcomes)
	}
	return nil
}

// ended reports whether the newest outcome of an agent's writes is this one.
func (c *core) ended(agent string, o event.WriteOutcome) bool {
	all := c.outcomes(agent)
	return len(all) > 0 && all[len(all)-1].Outcome == o
}

// saw reports whether an agent was observed in a status.
func (c *core) saw(agent, status string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.observed, func(o presence.Observe) bool { return o.RemoteID == agent && o.Remote == status })
}

// secrets keeps secrets in memory.
type secrets struct {
	mu  sync.Mutex
	all map[string]string
}

// Secret implements connector.Secrets.
func (s *secrets) Secret(_ context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if secret, ok := s.all[name]; ok {
		return []byte(secret), nil
	}
	return nil, tandem.Errorf(tandem.NotFound, "Name", "there is no secret %q", name)
}

// PutSecret implements connector.Secrets.
func (s *secrets) PutSecret(_ context.Context, name string, secret []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[name] = string(secret)
	return nil
}
