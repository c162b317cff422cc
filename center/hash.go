package center

import "tandem"

// entityKind is a kind of thing that is hashed on its own.
type entityKind uint8

const (
	kindInstance entityKind = iota + 1
	kindAgent
	kindStatus
	kindQueue
	kindHours
	kindRoutingProfile
	kindSecurityProfile
	kindFlow
	kindNumber
	kindContact
	kindReports
	kindQuickConnect
	kindHierarchyGroup
	kindSettings
	kindWaits
	kindFlowResources
)

// entity names one thing that is hashed on its own.
type entity struct {
	kind entityKind
	id   tandem.ID
}

// Hash sums the state without anything personal: the sum of a hash of each
// entity, so that only what changed since the last call is hashed again.
func (m *Machine) Hash() uint64 {
	enc := tandem.NewEncoder(nil, nil)
	for _, e := range m.dirty.take() {
		m.total -= m.sums[e]
		delete(m.sums, e)
		begin(enc, e)
		if m.encodeEntity(enc, e) {
			m.sums[e] = hashBytes(enc.Bytes())
			m.total += m.sums[e]
		}
	}
	for _, t := range m.unsummed {
		t.unsummed = nowhere
		m.total -= t.sum
		t.sum = t.hash(enc)
		m.total += t.sum
	}
	m.unsummed = nil
	return m.total
}

func begin(enc *tandem.Encoder, e entity) {
	enc.Reset(enc.Bytes()[:0])
	enc.Uvarint(uint64(e.kind))
	enc.ID(e.id)
}

// hash is what a contact or agent adds to the hash.
func (t *tracked) hash(enc *tandem.Encoder) uint64 {
	if t.contact != nil {
		begin(enc, entity{kindContact, t.id})
		t.contact.EncodeWire(enc)
	} else {
		begin(enc, entity{kindAgent, t.id})
		t.agent.EncodeWire(enc)
	}
	return hashBytes(enc.Bytes())
}

// markUnsummed says that a contact or agent is to be hashed anew.
func (m *Machine) markUnsummed(t *tracked) {
	if t.unsummed == nowhere {
		t.unsummed = int32(len(m.unsummed))
		m.unsummed = append(m.unsummed, t)
	}
}

// forgetSum takes what is deleted out of the hash, and out of those to be hashed
// anew: the list grows no longer than the state is large, whenever it is hashed.
func (m *Machine) forgetSum(t *tracked) {
	m.total -= t.sum
	t.sum = 0
	if t.unsummed == nowhere {
		return
	}
	last := len(m.unsummed) - 1
	m.unsummed[t.unsummed] = m.unsummed[last]
	m.unsummed[t.unsummed].unsummed = t.unsummed
	m.unsummed[last] = nil
	m.unsummed = m.unsummed[:last]
	t.unsummed = nowhere
}

// encodeEntity appends an entity; it reports whether there is one.
func (m *Machine) encodeEntity(enc *tandem.Encoder, e entity) bool {
	st := &m.state
	switch e.kind {
	case kindInstance:
		st.Instance.EncodeWire(enc)
		return true
	case kindStatus:
		return encodeOne(enc, st.Statuses[e.id])
	case kindQueue:
		return encodeOne(enc, st.Queues[e.id])
	case kindHours:
		return encodeOne(enc, st.Hours[e.id])
	case kindRoutingProfile:
		return encodeOne(enc, st.RoutingProfiles[e.id])
	case kindSecurityProfile:
		return encodeOne(enc, st.SecurityProfiles[e.id])
	case kindFlow:
		return encodeOne(enc, st.Flows[e.id])
	case kindNumber:
		return encodeOne(enc, st.Numbers[e.id])
	case kindQuickConnect:
		return encodeOne(enc, st.QuickConnects[e.id])
	case kindHierarchyGroup:
		return encodeOne(enc, st.HierarchyGroups[e.id])
	case kindWaits:
		return encodeOne(enc, st.Waits[e.id])
	case kindSettings:
		st.Settings.EncodeWire(enc)
		return true
	case kindFlowResources:
		return st.encodeFlowResources(enc)
	}
	number, known := st.VoiceReports[e.id]
	enc.Uvarint(number)
	return known
}

func encodeOne[T interface {
	comparable
	tandem.Wire
}](enc *tandem.Encoder, x T) bool {
	var none T
	if x == none {
		return false
	}
	x.EncodeWire(enc)
	return true
}

// hashBytes is FNV-1a, 64 bits, with its bits mixed so that sums stay apart.
func hashBytes(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>32) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// allDirty marks everything to be hashed anew. Contacts and agents are marked as
// they are derived.
func (m *Machine) allDirty() {
	if !m.state.Instance.InstanceID.IsZero() {
		m.dirty.add(entity{kindInstance, m.state.Instance.InstanceID})
	}
	addAll(&m.dirty, kindStatus, m.state.Statuses)
	addAll(&m.dirty, kindQueue, m.state.Queues)
	addAll(&m.dirty, kindHours, m.state.Hours)
	addAll(&m.dirty, kindRoutingProfile, m.state.RoutingProfiles)
	addAll(&m.dirty, kindSecurityProfile, m.state.SecurityProfiles)
	addAll(&m.dirty, kindFlow, m.state.Flows)
	addAll(&m.dirty, kindNumber, m.state.Numbers)
	addAll(&m.dirty, kindReports, m.state.VoiceReports)
	addAll(&m.dirty, kindQuickConnect, m.state.QuickConnects)
	addAll(&m.dirty, kindHierarchyGroup, m.state.HierarchyGroups)
	addAll(&m.dirty, kindWaits, m.state.Waits)
	m.dirty.add(entity{kindSettings, tandem.ID{}})
	m.dirty.add(entity{kindFlowResources, tandem.ID{}})
}

func addAll[V any](dirty *set[entity], kind entityKind, things map[tandem.ID]V) {
	for _, id := range tandem.SortedIDs(things) {
		dirty.add(entity{kind, id})
	}
}

// EncodeSnapshot writes the state.
func (m *Machine) EncodeSnapshot(e *tandem.Encoder) {
	e.Uvarint(uint64(m.seq))
	e.Varint(int64(m.now))
	m.state.EncodeWire(e)
}

// DecodeSnapshot replaces the state and computes anew what derives from it.
func (m *Machine) DecodeSnapshot(d *tandem.Decoder) {
	seq, now := tandem.Seq(d.Uvarint()), tandem.Time(d.Varint())
	var st State
	st.DecodeWire(d)
	m.reset(st)
	m.seq, m.now = seq, now
}
