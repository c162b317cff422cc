package sim

import (
	"errors"
	"fmt"
	"strconv"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/presence"
	"tandem/voice"
	"tandem/world"
)

// crm is another system that shows the statuses of some agents: they can be
// changed there, its messages come late, twice or not at all, and what is
// written to it may be refused or lost. Its connector looks every now and then.
type crm struct {
	run    *run
	chance *world.Chance
	end    tandem.Time // nobody changes a status there later
	id     tandem.ID
	names  map[tandem.ID]string // the center's statuses in its words
	agents []*remoteAgent
	lives  int // of the core: what its connector was doing ends with it
}

// remoteAgent is an agent as the system has them.
type remoteAgent struct {
	crm     *crm
	user    tandem.ID
	id      string
	status  string
	version uint64
	reason  string
	at      tandem.Time
}

// The system's own words.
const (
	remoteOnline  = "3"
	remoteAway    = "4"
	remoteOffline = "2"
	byHand        = "AGENT_STATUS_SWITCHER"
	byProgram     = "PUBLIC_API"

	pollMillis     = 30_000
	latePollMillis = 3 * minute
)

func newCRM(r *run, end tandem.Time) *crm {
	return &crm{run: r, chance: world.NewChance(r.seed, "crm"), end: end.Add(-5 * minute), id: tandem.NameID("sim", "crm"), names: map[tandem.ID]string{}}
}

func (c *crm) begin() { c.run.After(2*minute, c.connect) }

// connect joins the system to the instance, when that has its agents.
func (c *crm) connect() {
	st := c.run.copy.center.State()
	system := c.system(st)
	if len(system.Mapping) < 3 || len(st.Agents) == 0 {
		c.run.After(minute, c.connect)
		return
	}
	c.ask(tandem.ActorUser, presence.SaveSystem{System: system, New: true}, func(err error) {
		var refusal *tandem.Error
		if err != nil && !(errors.As(err, &refusal) && refusal.Kind == tandem.Duplicate) {
			c.run.found(noComplaint, fmt.Errorf("the system cannot be connected: %w", err))
		}
		c.ask(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: c.id, Statuses: []event.RemoteStatus{
			{Remote: remoteOffline, Name: "Offline"}, {Remote: remoteOnline, Name: "Online"}, {Remote: remoteAway, Name: "Away"}}}, func(error) { c.link(st) })
	})
}

// system is the connected system, with the statuses that both sides know.
func (c *crm) system(st *center.State) event.SystemSaved {
	s := event.SystemSaved{SystemID: c.id, System: event.ZendeskSystem, Name: "crm", Enabled: true, Policy: event.LastActionWins,
		URL: "https://crm.example", StatusSync: true}
	for _, id := range tandem.SortedIDs(st.Statuses) {
		remote := map[event.StatusType]string{event.Routable: remoteOnline, event.Offline: remoteOffline, event.Custom: remoteAway}[st.Statuses[id].Type]
		known := false
		for _, row := range s.Mapping {
			known = known || row.Remote == remote
		}
		if !known && st.Statuses[id].Enabled {
			c.names[id] = remote
			s.Mapping = append(s.Mapping, event.MappingRow{Remote: remote, StatusID: id, Preferred: true})
		}
	}
	return s
}

// link says of every fourth agent who they are in the system.
func (c *crm) link(st *center.State) {
	for i, id := range tandem.SortedIDs(st.Agents) {
		if i%4 == 0 {
			a := &remoteAgent{crm: c, user: id, id: strconv.Itoa(i), status: remoteOffline, version: 1, reason: byHand, at: c.run.Now()}
			c.agents = append(c.agents, a)
			c.ask(tandem.ActorUser, presence.LinkAgent{UserID: id, SystemID: c.id, RemoteID: a.id}, func(error) {})
			c.run.After(c.chance.Between(1, pollMillis), a.poll)
			c.run.After(c.chance.Around(10*minute), a.acts)
		}
	}
}

// ask hands in a command until it is answered.
func (c *crm) ask(kind tandem.ActorKind, body any, then func(error)) {
	c.run.shell.Do(tandem.Actor{Kind: kind}, body, func(_ any, err error) {
		if errors.Is(err, world.ErrNoAnswer) {
			c.run.After(c.chance.Between(500, 3_000), func() { c.ask(kind, body, then) })
			return
		}
		then(err)
	})
}

// coreDied ends what the connector, which lives with the core, was doing.
func (c *crm) coreDied() { c.lives++ }

// after lets the connector do something later, if the core lives until then.
func (c *crm) after(millis int64, do func()) {
	lives := c.lives
	c.run.After(millis, func() {
		if c.lives == lives {
			do()
		}
	})
}

func (c *crm) agent(remote string) *remoteAgent {
	for _, a := range c.agents {
		if a.id == remote {
			return a
		}
	}
	return nil
}

// acts lets somebody change the agent's status in the system.
func (a *remoteAgent) acts() {
	c := a.crm
	if c.run.Now() >= c.end {
		return
	}
	words := [...]string{remoteOnline, remoteOnline, remoteAway, remoteOffline}
	c.run.tally["crm: status chosen"]++
	a.set(words[c.chance.Between(0, int64(len(words))-1)], byHand)
	c.run.After(c.chance.Around(20*minute), a.acts)
}

// set changes the status; the message of it may come late, twice or never.
func (a *remoteAgent) set(status, reason string) {
	if a.status == status {
		return
	}
	c := a.crm
	a.status, a.reason, a.version, a.at = status, reason, a.version+1, c.run.Now()
	copies := int64(1)
	if c.run.Now() < c.end {
		copies = c.chance.Between(0, 2)
	}
	c.run.tally.count("crm: message lost", copies == 0)
	c.run.tally.count("crm: message twice", copies == 2)
	told := a.observation(0)
	for range copies {
		c.run.After(c.chance.Between(10, 3_000), func() { a.tell(told) })
	}
}

func (a *remoteAgent) observation(looked tandem.Time) presence.Observe {
	return presence.Observe{SystemID: a.crm.id, RemoteID: a.id, Remote: a.status, Version: a.version, Reason: a.reason, At: a.at, LookedAt: looked}
}

// tell reports what was seen, if somebody listens.
func (a *remoteAgent) tell(o presence.Observe) {
	if a.crm.run.mutant.deafConnector && a.user[15]%4 == 0 && o.Reason == byHand {
		return
	}
	a.crm.run.shell.Do(tandem.Actor{Kind: tandem.ActorConnector}, o, func(any, error) {})
}

// poll looks at the agent's status every now and then, and less often once the
// day is over.
func (a *remoteAgent) poll() {
	a.look()
	wait := int64(pollMillis)
	if a.crm.run.Now() > a.crm.run.faults.end {
		wait = latePollMillis
	}
	a.crm.run.After(wait, a.poll)
}

func (a *remoteAgent) look() {
	c := a.crm
	asked := c.run.shell.now()
	c.after(c.chance.Between(10, 300), func() {
		o := a.observation(asked)
		c.after(c.chance.Between(10, 300), func() { a.tell(o) })
	})
}

// look is the core's wish to know what the system shows.
func (c *crm) look(_ tandem.ID, remote string) {
	if a := c.agent(remote); a != nil {
		a.look()
	}
}

// write is the core's wish that the system shows a status.
func (c *crm) write(w presence.Write) {
	if a := c.agent(w.RemoteID); a != nil {
		c.after(c.chance.Between(10, 400), func() { a.write(w) })
	}
}

func (a *remoteAgent) write(w presence.Write) {
	c := a.crm
	if w.Again && a.version != w.Version {
		outcome := event.WriteRetry
		if a.status == w.Remote {
			outcome = event.WriteDone
		}
		a.tell(a.observation(c.run.shell.now()))
		a.finish(w, outcome, a.version)
		return
	}
	fate := int64(100)
	if c.run.Now() < c.end {
		fate = c.chance.Between(1, 100)
	}
	switch {
	case fate <= 8:
		c.run.tally["crm: write refused for now"]++
		a.finish(w, event.WriteRetry, 0)
	case fate <= 14:
		c.run.tally["crm: write lost"]++
		c.after(3_000, func() { a.finish(w, event.WriteUnknown, 0) })
	case fate <= 20:
		c.run.tally["crm: write done and its answer lost"]++
		a.set(w.Remote, byProgram)
		c.after(3_000, func() { a.finish(w, event.WriteUnknown, 0) })
	default:
		c.run.tally["crm: write done"]++
		a.set(w.Remote, byProgram)
		version := a.version
		c.after(c.chance.Between(10, 300), func() { a.finish(w, event.WriteDone, version) })
	}
}

func (a *remoteAgent) finish(w presence.Write, outcome event.WriteOutcome, version uint64) {
	ended := event.StatusWriteEnded{UserID: w.UserID, SystemID: w.System.SystemID, WriteID: w.WriteID, Outcome: outcome, Version: version, Again: w.Again}
	a.crm.run.shell.Do(tandem.Actor{Kind: tandem.ActorConnector}, presence.FinishWrite{Ended: ended}, func(any, error) {})
}

// checkAgreement makes sure that after a quiet time the system shows the same
// of every agent as the center (SIM-S15).
func (c *crm) checkAgreement() error {
	st := c.run.copy.center.State()
	for _, a := range c.agents {
		agent, known := st.Agents[a.user], c.run.copy.presence.State().Agents[a.user]
		if agent == nil || known == nil || len(known.Legs) < 2 || known.Legs[1].Health != event.HealthOK ||
			known.Legs[1].Observed.Class == event.ClassUnmapped || !c.means(st, a.status) {
			continue
		}
		c.run.meant(simS15)
		if want := c.names[agent.StatusID]; want != "" && want != a.status {
			l := &known.Legs[1]
			return fmt.Errorf("agent %s is %q in the center, which is %s in the other system, and there %s; it was last seen to be %s (%s) there, and the wish is %s",
				a.user, st.Statuses[agent.StatusID].Name, want, a.status, l.Observed.Remote, l.Observed.Class, c.names[known.Intent.StatusID])
		}
	}
	return c.checkWishes()
}

// means reports whether a word of the system means a status that the center
// has and that can be chosen there.
func (c *crm) means(st *center.State, word string) bool {
	for id, name := range c.names {
		if status := st.Statuses[id]; name == word && status != nil && status.Enabled {
			return true
		}
	}
	return false
}

// checkWishes makes sure that the two did not take each other's writes for
// wishes.
func (c *crm) checkWishes() error {
	k := &c.run.kinds
	wishes := int(k[(*event.IntentChanged)(nil).Kind()])
	acts := c.run.tally["crm: status chosen"] + int(k[(*event.AgentStatusChanged)(nil).Kind()]+k[(*event.NextStatusSet)(nil).Kind()])
	if wishes > acts+2*len(c.agents) {
		return fmt.Errorf("%d acts made %d wishes", acts, wishes)
	}
	return nil
}

// checkOutstanding makes sure that nothing is asked of the world any more, but
// for what lives (SIM-L4).
func (r *run) checkOutstanding() error {
	if r.shell.leader == nil {
		return nil
	}
	r.meant(simL4)
	for _, e := range r.shell.leader.live.Outstanding() {
		room, isRoom := e.(voice.Room)
		if _, isRead := e.(presence.Read); isRead || isRoom && !room.Ended {
			continue
		}
		return fmt.Errorf("%s is still outstanding: %+v", e.EffectName(), e)
	}
	return nil
}
