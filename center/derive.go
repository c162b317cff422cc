package center

import (
	"cmp"
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/metric"
	"tandem/route"
)

// derived is what the machine computes from its state, to find things fast. It
// is rebuilt from the state alone and never written down.
type derived struct {
	now     tandem.Time // of the latest step
	seq     tandem.Seq  // of the latest record
	index   *route.Index
	live    *metric.Live
	shadows map[tandem.ID]*shadow // of contacts
	people  map[tandem.ID]*person // what is derived from agents
	timers  timers
	calls   map[tandem.ID]*call
	queued  map[tandem.ID]int             // contacts that wait in a queue or are offered from it
	running map[flowVersion]int           // contacts in a version of a flow
	tokens  map[string]tandem.ID          // client token to contact
	numbers map[string]tandem.ID          // E.164 to number id
	callers map[tandem.Personal][]*shadow // inbound calls by the customer's number, in no order

	// The contact and the agent that were looked for last: the next look is
	// mostly for the same, and then costs no map.
	latest       *shadow
	latestPerson *person

	reserved map[tandem.ID]bool // agents kept free for a callback whose customer is called first

	asked []question // since effects were taken last
	json  jsonObject

	programs map[flowVersion]*flow.Program
	defaults map[flow.Type]tandem.ID // nil: to be looked for anew

	freshAgents   set[tandem.ID] // may be able to take a contact that they could not take before
	freshContacts set[tandem.ID] // may be able to go to an agent they could not go to before
	touched       []*call        // whose room may have changed
	refused       []event.CallRefused

	// What has changed since the state was hashed last: contacts and agents, and
	// all else.
	unsummed []*tracked
	dirty    set[entity]
	sums     map[entity]uint64 // but of contacts and agents, who have their own
	total    uint64
}

// tracked is a contact or an agent, as the timers and the hash know it.
type tracked struct {
	id       tandem.ID
	contact  *Contact // or
	agent    *Agent
	due      tandem.Time // 0: no deadline
	pos      int32       // in timers; nowhere when in none
	unsummed int32       // place among those to be hashed anew; nowhere when not there
	sum      uint64      // what it adds to the hash of the state
}

// nowhere is the place of what is not in a list.
const nowhere = -1

func track(id tandem.ID) tracked { return tracked{id: id, pos: nowhere, unsummed: nowhere} }

// shadow is what is derived from one contact.
type shadow struct {
	tracked
	call     *call          // nil: none
	caller   int32          // place among the calls of the same number; nowhere when not there
	queueID  tandem.ID      // counted there
	versions [2]flowVersion // counted there, by side
	framed   []flowVersion  // those of the flows that wait for a module, counted too
	wait     waitKey        // as the matcher knows it
	counts   bool           // the metrics know it, as counted
	counted  metric.Contact
	reserved tandem.ID // the agent kept free for it
}

// call is the contacts that talk together.
type call struct {
	id       tandem.ID
	contacts []*Contact // in the order of their beginning; never changed in place, so that it can be kept while the call changes
	alone    [1]*Contact
	touched  bool // its room may have changed
}

// waitKey is what the matcher goes by.
type waitKey struct {
	queueID  tandem.ID
	priority int64
	since    tandem.Time
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
		live:     metric.New(),
		shadows:  map[tandem.ID]*shadow{},
		people:   map[tandem.ID]*person{},
		calls:    map[tandem.ID]*call{},
		queued:   map[tandem.ID]int{},
		running:  map[flowVersion]int{},
		tokens:   map[string]tandem.ID{},
		numbers:  map[string]tandem.ID{},
		callers:  map[tandem.Personal][]*shadow{},
		reserved: map[tandem.ID]bool{},
		programs: map[flowVersion]*flow.Program{},
		sums:     map[entity]uint64{},
	}
	for _, id := range tandem.SortedIDs(m.state.RoutingProfiles) {
		m.index.SetProfile(id, m.state.RoutingProfiles[id].Entries)
		m.live.SetProfile(id, m.state.RoutingProfiles[id].Entries)
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
	m.takeTouched()
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
	makeMap(&st.QuickConnects)
	makeMap(&st.HierarchyGroups)
	makeMap(&st.Waits)
	makeMap(&st.Functions)
	makeMap(&st.Bots)
	makeMap(&st.SecurityKeys)
	makeMap(&st.ModulePointers)
}

func makeMap[K comparable, V any](m *map[K]V) {
	if *m == nil {
		*m = map[K]V{}
	}
}

// contactChanged marks a contact as changed by the present record and derives
// anew what follows from it.
func (m *Machine) contactChanged(c *Contact) {
	c.Rev = uint64(m.seq)
	m.contactDerived(c)
}

func (m *Machine) contactDerived(c *Contact) {
	sh := m.shadow(c.ContactID)
	if sh == nil {
		sh = m.contactNew(c)
	}
	m.markUnsummed(&sh.tracked)
	if call := sh.call; call != nil && !call.touched {
		call.touched = true
		m.touched = append(m.touched, call)
	}
	m.wait(sh, c)
	m.count(sh, c)
	m.reserve(sh, c.reserves())
	m.setTimer(&sh.tracked, m.contactDue(c))
}

// shadow is what is derived from a contact; nil when there is none.
func (m *Machine) shadow(id tandem.ID) *shadow {
	if sh := m.latest; sh != nil && sh.id == id {
		return sh
	}
	sh := m.shadows[id]
	if sh != nil {
		m.latest = sh
	}
	return sh
}

// contactNew derives what never changes in a contact's life.
func (m *Machine) contactNew(c *Contact) *shadow {
	sh := &shadow{tracked: track(c.ContactID), caller: nowhere}
	sh.contact = c
	m.shadows[c.ContactID], m.latest = sh, sh
	if c.ClientToken != "" {
		m.tokens[c.ClientToken] = c.ContactID
	}
	if c.Channel == event.Voice {
		m.joinCall(sh, c)
		if c.CustomerAddress != "" && c.Method == event.Inbound {
			sh.caller = int32(len(m.callers[c.CustomerAddress]))
			m.callers[c.CustomerAddress] = append(m.callers[c.CustomerAddress], sh)
		}
	}
	return sh
}

// joinCall adds a contact to its call.
func (m *Machine) joinCall(sh *shadow, c *Contact) {
	of := m.calls[c.callID()]
	if of == nil {
		of = &call{id: c.callID()}
		of.alone[0] = c
		of.contacts = of.alone[:] // most calls have no other
		m.calls[of.id] = of
	} else {
		i, _ := slices.BinarySearchFunc(of.contacts, c, byBeginning)
		of.contacts = slices.Insert(slices.Clone(of.contacts), i, c)
	}
	sh.call = of
}

// byBeginning orders the contacts of a call.
func byBeginning(a, b *Contact) int {
	if a.InitiatedAt != b.InitiatedAt {
		return cmp.Compare(a.InitiatedAt, b.InitiatedAt)
	}
	return a.ContactID.Compare(b.ContactID)
}

// leaveCall takes a contact out of its call, and forgets a call without any.
func (m *Machine) leaveCall(sh *shadow) {
	of := sh.call
	if of == nil {
		return
	}
	sh.call = nil
	of.contacts = slices.DeleteFunc(slices.Clone(of.contacts), func(c *Contact) bool { return c == sh.contact })
	if len(of.contacts) == 0 {
		delete(m.calls, of.id)
	}
}

// takeTouched is the calls whose room may have changed since it was last called.
// The list is good until the next call is touched.
func (m *Machine) takeTouched() []*call {
	touched := m.touched
	for _, call := range touched {
		call.touched = false
	}
	m.touched = touched[:0]
	return touched
}

// forgetCaller takes a contact out of those of the same number. The last one
// takes its place, so that it does not matter how often a number calls.
func (m *Machine) forgetCaller(sh *shadow) {
	if sh.caller == nowhere {
		return
	}
	number := sh.contact.CustomerAddress
	list := m.callers[number]
	last := len(list) - 1
	list[sh.caller] = list[last]
	list[sh.caller].caller = sh.caller
	list[last] = nil
	sh.caller = nowhere
	if m.callers[number] = list[:last]; last == 0 {
		delete(m.callers, number)
	}
}

// contactGone takes away what was derived from a contact that is forgotten.
func (m *Machine) contactGone(c *Contact) {
	id := c.ContactID
	m.index.Leave(id)
	m.live.RemoveContact(id)
	if m.tokens[c.ClientToken] == id {
		delete(m.tokens, c.ClientToken)
	}
	sh := m.shadow(id)
	m.leaveCall(sh)
	m.forgetCaller(sh)
	m.count(sh, &Contact{})
	m.reserve(sh, tandem.ID{})
	m.setTimer(&sh.tracked, 0)
	m.forgetSum(&sh.tracked)
	delete(m.shadows, id)
	m.latest = nil
}

// wait tells the matcher and the metrics where a contact waits.
func (m *Machine) wait(sh *shadow, c *Contact) {
	var key waitKey
	if c.Phase == InQueue {
		key = waitKey{c.QueueID, c.Priority, c.WaitingSince}
		if c.WaitingSince.IsZero() { // queued before contacts could be older than they are
			key.since = c.EnqueuedAt
		}
	}
	scheduled := c.Phase == Scheduled && !c.QueueID.IsZero()
	counts := c.Phase == InQueue || scheduled
	switch {
	case counts:
		now := metric.Contact{QueueID: c.QueueID, Channel: c.Channel, EnqueuedAt: c.EnqueuedAt,
			Priority: c.Priority, AddedAgeMillis: c.EnqueuedAt.Sub(key.since), Scheduled: scheduled}
		if !sh.counts || now != sh.counted {
			m.live.SetContact(c.ContactID, now)
			sh.counted = now
		}
	case sh.counts:
		m.live.RemoveContact(c.ContactID)
	}
	sh.counts = counts
	if key == sh.wait {
		return
	}
	sh.wait = key
	if key == (waitKey{}) {
		m.index.Leave(c.ContactID)
		return
	}
	m.index.Wait(c.ContactID, key.queueID, c.Channel, key.priority, key.since)
	m.freshContacts.add(c.ContactID)
}

// queuedIn is the queue in whose length a contact counts, or the zero id.
func (c *Contact) queuedIn() tandem.ID {
	switch {
	case c.Phase == InQueue || c.Phase == Offered,
		c.Phase == Joining && !c.EnqueuedAt.IsZero():
		return c.QueueID
	}
	return tandem.ID{}
}

// count keeps the numbers of contacts in queues and flow versions. A published
// version that was replaced is forgotten with the last contact in it.
func (m *Machine) count(sh *shadow, c *Contact) {
	if queueID := c.queuedIn(); queueID != sh.queueID {
		add(m.queued, sh.queueID, -1)
		add(m.queued, queueID, 1)
		sh.queueID = queueID
	}
	framed, before := c.framed(), sh.framed
	moved := !slices.Equal(framed, before)
	if moved { // a flow that begins to wait for a module is counted as such before it is no longer counted as the one that runs
		sh.framed = framed
		m.countVersions(framed, 1)
	}
	for side, p := range [2]*FlowPosition{&c.Flow, &c.AgentFlow} {
		version := flowVersion{p.FlowID, p.Version}
		if before := sh.versions[side]; version != before {
			sh.versions[side] = version
			add(m.running, version, 1)
			add(m.running, before, -1)
			m.dropVersion(before)
		}
	}
	if moved {
		m.countVersions(before, -1)
	}
}

// countVersions counts flows that wait for a module. A published version that
// was replaced is forgotten with the last contact in it.
func (m *Machine) countVersions(versions []flowVersion, n int) {
	for _, v := range versions {
		add(m.running, v, n)
	}
	for _, v := range versions {
		m.dropVersion(v)
	}
}

// framed is the versions of the contact's flows that wait for a module.
func (c *Contact) framed() []flowVersion {
	var all []flowVersion
	for side := event.CustomerSide; side <= event.AgentSide; side++ {
		for _, f := range c.framesOn(side) {
			all = append(all, flowVersion{f.Flow.FlowID, f.Flow.Version})
		}
	}
	return all
}

// reserve keeps an agent free for a contact, or no longer.
func (m *Machine) reserve(sh *shadow, userID tandem.ID) {
	if sh.reserved == userID {
		return
	}
	before := sh.reserved
	sh.reserved = userID
	delete(m.reserved, before)
	if !userID.IsZero() {
		m.reserved[userID] = true
	}
	for _, id := range []tandem.ID{before, userID} {
		if a := m.state.Agents[id]; a != nil {
			m.agentChanged(a)
		}
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
	if f == nil || m.running[v] > 0 || m.numbered(v) || f.Running[v.version] == nil {
		return
	}
	delete(f.Running, v.version)
	delete(m.programs, v)
	m.dirty.add(entity{kindFlow, v.flowID})
}
