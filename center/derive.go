package center

import (
	"container/heap"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/route"
)

// derived is what the machine computes from its state, to find things fast. It
// is rebuilt from the state alone and never written down.
type derived struct {
	now     tandem.Time // of the latest step
	seq     tandem.Seq  // of the latest record
	index   *route.Index
	shadows map[tandem.ID]*shadow
	timers  timers
	queued  map[tandem.ID]int    // contacts that wait in a queue or are offered from it
	running map[flowVersion]int  // contacts in a version of a flow
	tokens  map[string]tandem.ID // client token to contact
	numbers map[string]tandem.ID // E.164 to number id

	programs map[flowVersion]*flow.Program

	freshAgents   set[tandem.ID] // may be able to take a contact that they could not take before
	freshContacts set[tandem.ID] // may be able to go to an agent they could not go to before
	touched       set[tandem.ID] // contacts whose room may have changed
	refused       []event.CallRefused

	dirty set[entity]
	sums  map[entity]uint64
	total uint64
}

// shadow is what is derived from one contact.
type shadow struct {
	contactID tandem.ID
	queueID   tandem.ID   // counted there
	version   flowVersion // counted there
	due       tandem.Time // 0: no deadline
	pos       int         // in timers; -1 when in none
}

type flowVersion struct {
	flowID  tandem.ID
	version uint64
}

// reset replaces the state and computes everything derived anew.
func (m *Machine) reset(state State) {
	m.state = state
	m.state.makeMaps()
	m.derived = derived{
		index:    route.New(),
		shadows:  map[tandem.ID]*shadow{},
		queued:   map[tandem.ID]int{},
		running:  map[flowVersion]int{},
		tokens:   map[string]tandem.ID{},
		numbers:  map[string]tandem.ID{},
		programs: map[flowVersion]*flow.Program{},
		sums:     map[entity]uint64{},
	}
	for _, id := range tandem.SortedIDs(m.state.RoutingProfiles) {
		m.index.SetProfile(id, m.state.RoutingProfiles[id].Entries)
	}
	for _, id := range tandem.SortedIDs(m.state.Numbers) {
		m.numbers[m.state.Numbers[id].Number] = id
	}
	for _, id := range tandem.SortedIDs(m.state.Agents) {
		m.agentChanged(m.state.Agents[id])
	}
	for _, id := range tandem.SortedIDs(m.state.Contacts) {
		m.contactDerived(m.state.Contacts[id])
	}
	m.forgetFresh()
	m.touched.take()
	m.allDirty()
}

func (st *State) makeMaps() {
	makeMap(&st.Agents)
	makeMap(&st.Statuses)
	makeMap(&st.Queues)
	makeMap(&st.Hours)
	makeMap(&st.RoutingProfiles)
	makeMap(&st.SecurityProfiles)
	makeMap(&st.Flows)
	makeMap(&st.Numbers)
	makeMap(&st.Contacts)
	makeMap(&st.VoiceReports)
}

func makeMap[V any](m *map[tandem.ID]V) {
	if *m == nil {
		*m = map[tandem.ID]V{}
	}
}

// agentChanged derives anew what follows from an agent.
func (m *Machine) agentChanged(a *Agent) {
	id := a.User.UserID
	m.dirty.add(entity{kindAgent, id})
	for ch := event.Voice; ch <= event.Task; ch++ {
		if m.obstacle(a, ch) == NoObstacle {
			m.index.SetIdle(id, a.User.RoutingProfileID, ch, a.AvailableSince)
		} else {
			m.index.SetBusy(id, ch)
		}
	}
	if m.index.Idle(id) {
		m.freshAgents.add(id)
	}
}

// contactChanged marks a contact as changed by the present record and derives
// anew what follows from it.
func (m *Machine) contactChanged(c *Contact) {
	c.Rev = uint64(m.seq)
	m.contactDerived(c)
}

func (m *Machine) contactDerived(c *Contact) {
	id := c.ContactID
	m.dirty.add(entity{kindContact, id})
	if c.Channel == event.Voice {
		m.touched.add(id)
	}
	if c.ClientToken != "" {
		m.tokens[c.ClientToken] = id
	}
	if c.Phase != InQueue {
		m.index.Leave(id)
	} else if !m.index.Waiting(id) {
		m.index.Wait(id, c.QueueID, c.Channel, c.Priority, c.EnqueuedAt)
		m.freshContacts.add(id)
	}
	sh := m.shadows[id]
	if sh == nil {
		sh = &shadow{contactID: id, pos: -1}
		m.shadows[id] = sh
	}
	m.count(sh, c)
	m.setTimer(sh, m.contactDue(c))
}

// contactGone takes away what was derived from a contact that is forgotten.
func (m *Machine) contactGone(c *Contact) {
	id := c.ContactID
	m.dirty.add(entity{kindContact, id})
	m.index.Leave(id)
	if m.tokens[c.ClientToken] == id {
		delete(m.tokens, c.ClientToken)
	}
	if sh := m.shadows[id]; sh != nil {
		m.count(sh, &Contact{})
		m.setTimer(sh, 0)
		delete(m.shadows, id)
	}
}

// count keeps the numbers of contacts in queues and flow versions. A published
// version that was replaced is forgotten with the last contact in it.
func (m *Machine) count(sh *shadow, c *Contact) {
	var queueID tandem.ID
	if c.Phase == InQueue || c.Phase == Offered {
		queueID = c.QueueID
	}
	if queueID != sh.queueID {
		add(m.queued, sh.queueID, -1)
		add(m.queued, queueID, 1)
		sh.queueID = queueID
	}
	version := flowVersion{c.Flow.FlowID, c.Flow.Version}
	if version != sh.version {
		add(m.running, version, 1)
		add(m.running, sh.version, -1)
		m.dropVersion(sh.version)
		sh.version = version
	}
}

// add counts and forgets what is back at zero; the zero key is not counted.
func add[K comparable](counts map[K]int, key K, n int) {
	var zero K
	if key == zero {
		return
	}
	counts[key] += n
	if counts[key] == 0 {
		delete(counts, key)
	}
}

// dropVersion forgets a replaced version that no contact is in.
func (m *Machine) dropVersion(v flowVersion) {
	f := m.state.Flows[v.flowID]
	if f == nil || m.running[v] > 0 || f.Running[v.version] == nil {
		return
	}
	delete(f.Running, v.version)
	delete(m.programs, v)
	m.dirty.add(entity{kindFlow, v.flowID})
}

// timers is the contacts that have a deadline, earliest first.
type timers []*shadow

func (t timers) Len() int { return len(t) }

func (t timers) Less(i, j int) bool {
	if t[i].due != t[j].due {
		return t[i].due < t[j].due
	}
	return t[i].contactID.Compare(t[j].contactID) < 0
}

func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].pos, t[j].pos = i, j
}

// Push implements heap.Interface.
func (t *timers) Push(x any) {
	sh := x.(*shadow)
	sh.pos = len(*t)
	*t = append(*t, sh)
}

// Pop implements heap.Interface.
func (t *timers) Pop() any {
	last := len(*t) - 1
	sh := (*t)[last]
	(*t)[last] = nil
	*t = (*t)[:last]
	sh.pos = -1
	return sh
}

func (m *Machine) setTimer(sh *shadow, due tandem.Time) {
	if sh.due == due {
		return
	}
	sh.due = due
	switch {
	case due.IsZero() && sh.pos >= 0:
		heap.Remove(&m.timers, sh.pos)
	case due.IsZero():
	case sh.pos >= 0:
		heap.Fix(&m.timers, sh.pos)
	default:
		heap.Push(&m.timers, sh)
	}
}

// set keeps things once, in the order in which they were added first.
type set[K comparable] struct {
	in    map[K]bool
	order []K
}

func (s *set[K]) add(k K) {
	if s.in[k] {
		return
	}
	if s.in == nil {
		s.in = map[K]bool{}
	}
	s.in[k] = true
	s.order = append(s.order, k)
}

// take empties the set.
func (s *set[K]) take() []K {
	order := s.order
	s.order = nil
	clear(s.in)
	return order
}
