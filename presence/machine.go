package presence

import (
	"errors"

	"tandem"
	"tandem/event"
)

// Machine keeps the statuses of an instance's agents in step.
type Machine struct {
	state    State
	byRemote map[remoteAgent]tandem.ID // who is who in a system
	timers   map[tandem.ID]tandem.Time // agents with something to do later
	effects  []tandem.Effect           // not yet taken
	sums     map[tandem.ID]uint64      // hash of each system, agent and status
	dirty    map[tandem.ID]struct{}    // whose hash is out of date
	total    uint64                    // of sums
}

var errNoCenterLeg = errors.New("an agent has a leg of a center that there is not, or none where there is one")

// remoteAgent names an agent in a system's words.
type remoteAgent struct {
	system tandem.ID
	remote string
}

// New returns a machine without agents; the instance's events fill it.
func New() *Machine {
	m := &Machine{}
	m.reset(State{})
	return m
}

// State is what presence knows; read only, between steps.
func (m *Machine) State() *State { return &m.state }

// Owns implements instance.Machine.
func (m *Machine) Owns(body any) bool {
	switch body.(type) {
	case SaveSystem, DeleteSystem, LinkAgent, UnlinkAgent, SetRemoteStatuses, Observe, FinishWrite, ReleaseLeg,
		ObserveCapacity, ObserveWork, ObserveWorkAccepted, AttachPage, LeavePage, SaveRules, SeeNotice, NoteSecret,
		CreateInstance, SaveAgent, DropAgent:
		return true
	}
	return false
}

// Decide implements instance.Machine.
func (m *Machine) Decide(s *tandem.Step, body any) (any, error) {
	switch c := body.(type) {
	case tandem.Tick:
		m.tick(s)
	case SaveSystem:
		return m.saveSystem(s, c)
	case DeleteSystem:
		return nil, m.deleteSystem(s, c)
	case LinkAgent:
		return nil, m.linkAgent(s, c)
	case UnlinkAgent:
		return nil, m.unlinkAgent(s, c)
	case SetRemoteStatuses:
		return nil, m.setRemoteStatuses(s, c)
	case Observe:
		return nil, m.observe(s, c)
	case ObserveCapacity:
		return nil, m.observeCapacity(s, c)
	case ObserveWork:
		return nil, m.observeWork(s, c)
	case ObserveWorkAccepted:
		return nil, m.acceptWork(s, c)
	case FinishWrite:
		return nil, m.finishWrite(s, c)
	case AttachPage:
		return m.attachPage(s, c)
	case LeavePage:
		return nil, m.leavePage(s, c)
	case SaveRules:
		return m.saveRules(s, c)
	case SeeNotice:
		return nil, m.seeNotice(s, c)
	case NoteSecret:
		return nil, m.noteSecret(s, c)
	case ReleaseLeg:
		return nil, m.releaseLeg(s, c)
	case CreateInstance:
		return m.createInstance(s, c)
	case SaveAgent:
		return m.saveAgent(s, c)
	case DropAgent:
		return nil, m.dropAgent(s, c)
	}
	return nil, nil
}

// tick does what the agents' timers wait for: retries of writes, and lost
// sessions that stayed lost.
func (m *Machine) tick(s *tandem.Step) {
	for _, id := range tandem.SortedIDs(m.timers) {
		if m.timers[id] <= s.At {
			m.settle(s, m.state.Agents[id])
		}
	}
}

// NextDue implements instance.Machine.
func (m *Machine) NextDue() (tandem.Time, bool) {
	var due tandem.Time
	for _, at := range m.timers { // any order: the earliest counts
		if due == 0 || at < due {
			due = at
		}
	}
	return due, due != 0
}

// TakeEffects implements instance.Machine.
func (m *Machine) TakeEffects(tandem.Epoch) []tandem.Effect {
	e := m.effects
	m.effects = nil
	return e
}

// Outstanding implements instance.Machine: the writes under way, to be made
// again with care, and a look at every leg, since much may have happened
// meanwhile.
func (m *Machine) Outstanding(tandem.Epoch) []tandem.Effect {
	var all []tandem.Effect
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		a := m.state.Agents[id]
		for i := range a.Legs {
			all = append(all, m.outstanding(a, &a.Legs[i])...)
		}
	}
	return all
}

func (m *Machine) outstanding(a *Agent, l *Leg) []tandem.Effect {
	sys := m.state.Systems[l.SystemID]
	if sys == nil || !sys.Saved.Enabled {
		return nil
	}
	read := readEffect(sys, a, l)
	if l.Write == nil {
		return []tandem.Effect{read}
	}
	w := m.writeEffect(sys, l)
	w.Again = true
	return []tandem.Effect{w, read}
}

func readEffect(sys *System, a *Agent, l *Leg) Read {
	return Read{System: sys.Saved, UserID: a.UserID, RemoteID: l.RemoteID, PageID: l.pageID()}
}

func (m *Machine) writeEffect(sys *System, l *Leg) Write {
	w := l.Write
	return Write{System: sys.Saved, UserID: w.UserID, RemoteID: l.RemoteID, WriteID: w.WriteID,
		Remote: w.Remote, Intent: w.Intent, Version: l.WriteVersion, Shown: l.WriteShown, PageID: l.pageID(),
		Availability: m.reach(l, w.Remote)}
}

// Hash implements instance.Machine: the sum of the hashes of systems, agents
// and statuses, of which only those that changed are computed again.
func (m *Machine) Hash() uint64 {
	for id := range m.dirty { // any order: a sum
		m.total -= m.sums[id]
		delete(m.sums, id)
		if w := m.thing(id); w != nil {
			m.sums[id] = tandem.HashWire(w)
			m.total += m.sums[id]
		}
	}
	clear(m.dirty)
	if m.state.Borrowed != nil {
		return m.total ^ tandem.HashWire(m.state.Borrowed)
	}
	return m.total ^ tandem.HashBytes(m.state.Center[:])
}

// thing is the system, agent or status with the id.
func (m *Machine) thing(id tandem.ID) tandem.Wire {
	if a := m.state.Agents[id]; a != nil {
		return a
	}
	if sys := m.state.Systems[id]; sys != nil {
		return sys
	}
	if st := m.state.Statuses[id]; st != nil {
		return st
	}
	return nil
}

// EncodeSnapshot implements instance.Machine.
func (m *Machine) EncodeSnapshot(e *tandem.Encoder) { m.state.EncodeWire(e) }

// DecodeSnapshot implements instance.Machine.
func (m *Machine) DecodeSnapshot(d *tandem.Decoder) {
	var s State
	s.DecodeWire(d)
	for _, id := range tandem.SortedIDs(s.Agents) {
		if a := s.Agents[id]; a == nil || (a.center() == nil) != (s.Borrowed != nil) {
			d.Fail(errNoCenterLeg)
		}
	}
	if d.Err() == nil {
		m.reset(s)
	}
}

// reset takes a state and computes what derives from it.
func (m *Machine) reset(s State) {
	if s.Systems == nil {
		s.Systems = map[tandem.ID]*System{}
	}
	if s.Agents == nil {
		s.Agents = map[tandem.ID]*Agent{}
	}
	if s.Statuses == nil {
		s.Statuses = map[tandem.ID]*event.AgentStatusSaved{}
	}
	*m = Machine{state: s, byRemote: map[remoteAgent]tandem.ID{}, timers: map[tandem.ID]tandem.Time{},
		sums: map[tandem.ID]uint64{}, dirty: map[tandem.ID]struct{}{}}
	for _, id := range tandem.SortedIDs(s.Systems) {
		m.changed(id)
	}
	for _, id := range tandem.SortedIDs(s.Statuses) {
		m.changed(id)
	}
	for _, id := range tandem.SortedIDs(s.Agents) {
		s.Agents[id].matchStates()
		for _, l := range s.Agents[id].remotes() {
			m.byRemote[remoteAgent{l.SystemID, l.RemoteID}] = id
		}
		m.agentChanged(s.Agents[id])
	}
}

// changed says that a thing is to be hashed anew.
func (m *Machine) changed(id tandem.ID) { m.dirty[id] = struct{}{} }

// agentChanged keeps what derives from an agent: its hash and its timer.
func (m *Machine) agentChanged(a *Agent) {
	m.changed(a.UserID)
	if due := m.due(a); due != 0 {
		m.timers[a.UserID] = due
	} else {
		delete(m.timers, a.UserID)
	}
}

// due is the next moment at which there is something to do for an agent; 0
// for none.
func (m *Machine) due(a *Agent) tandem.Time {
	var due tandem.Time
	for i := range a.Legs {
		l := &a.Legs[i]
		for _, at := range [...]tandem.Time{m.deferredUntil(a, l), m.sessionEnds(l), m.wanted(a, l).notBefore} {
			if at != 0 && (due == 0 || at < due) {
				due = at
			}
		}
	}
	return due
}

// Check implements instance.Machine: what is known of an agent's legs agrees
// with the systems, and each leg has at most one write under way.
func (m *Machine) Check() error {
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		a := m.state.Agents[id]
		if (a.center() == nil) != (m.state.Borrowed != nil) {
			return tandem.Errorf(tandem.Internal, "", "the first leg of agent %s must be the center's, where there is a center", id)
		}
		for i := range a.Legs {
			if err := m.checkLeg(a, &a.Legs[i], &a.Legs[i] == a.center()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Machine) checkLeg(a *Agent, l *Leg, center bool) error {
	switch {
	case center != (l.SystemID == m.state.Center):
		return tandem.Errorf(tandem.Internal, "", "only the first leg of agent %s may be the center's", a.UserID)
	case !center && m.state.Systems[l.SystemID] == nil:
		return tandem.Errorf(tandem.Internal, "", "agent %s has a leg in the unknown system %s", a.UserID, l.SystemID)
	case !center && m.byRemote[remoteAgent{l.SystemID, l.RemoteID}] != a.UserID:
		return tandem.Errorf(tandem.Internal, "", "the index of system %s does not know agent %s", l.SystemID, a.UserID)
	case l.Write != nil && l.Write.WriteID != l.Last.WriteID:
		return tandem.Errorf(tandem.Internal, "", "agent %s has a write under way in system %s that was not the last requested", a.UserID, l.SystemID)
	case center && l.Unsure:
		return tandem.Errorf(tandem.Internal, "", "what the center shows for agent %s is always known", a.UserID)
	}
	return nil
}
