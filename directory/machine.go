package directory

import (
	"tandem"
	"tandem/event"
)

// Machine is the directory.
type Machine struct {
	state    State
	byNumber map[string]*event.NumberClaimed
	byHash   map[string]*event.AdminKeySaved // keys that hold
	sum      uint64
}

// New returns an empty directory.
func New() *Machine {
	m := &Machine{}
	m.reset(State{})
	return m
}

// State is what the directory knows; read only, between steps.
func (m *Machine) State() *State { return &m.state }

// ByNumber finds the claim of an E.164 number.
func (m *Machine) ByNumber(number string) (*event.NumberClaimed, bool) {
	n, ok := m.byNumber[number]
	return n, ok
}

// Owns implements instance.Machine.
func (m *Machine) Owns(body any) bool {
	switch body.(type) {
	case ListInstance, ClaimNumber, ReleaseNumber, SaveAdminKey, EndAdminKey:
		return true
	}
	return false
}

// Decide implements instance.Machine.
func (m *Machine) Decide(s *tandem.Step, body any) (any, error) {
	switch c := body.(type) {
	case ListInstance:
		return m.listInstance(s, c)
	case ClaimNumber:
		return m.claimNumber(s, c)
	case ReleaseNumber:
		if _, ok := m.state.Numbers[c.NumberID]; !ok {
			return nil, tandem.Errorf(tandem.NotFound, "PhoneNumberId", "no phone number %s is claimed", c.NumberID)
		}
		s.Emit(&event.NumberReleased{NumberID: c.NumberID})
	case SaveAdminKey:
		return m.saveAdminKey(s, c)
	case EndAdminKey:
		if k := m.state.AdminKeys[c.KeyID]; k == nil || k.Hash == nil {
			return nil, tandem.Errorf(tandem.NotFound, "key_id", "there is no key %s", c.KeyID)
		}
		s.Emit(&event.AdminKeyEnded{KeyID: c.KeyID})
	}
	return nil, nil
}

func (m *Machine) listInstance(s *tandem.Step, c ListInstance) (any, error) {
	if _, ok := m.state.Instances[c.Instance.InstanceID]; ok {
		return nil, tandem.Errorf(tandem.Duplicate, "InstanceId", "instance %s exists already", c.Instance.InstanceID)
	}
	taken := false
	for _, in := range m.state.Instances { // any order: only whether one has it matters
		taken = taken || in.Alias == c.Instance.Alias
	}
	if taken {
		return nil, tandem.Errorf(tandem.Duplicate, "InstanceAlias", "the alias %q is taken; choose another", c.Instance.Alias)
	}
	ev := c.Instance
	ev.CreatedAt = s.At
	s.Emit(&ev)
	return ev.InstanceID, nil
}

func (m *Machine) claimNumber(s *tandem.Step, c ClaimNumber) (any, error) {
	if _, ok := m.state.Instances[c.Number.InstanceID]; !ok {
		return nil, tandem.Errorf(tandem.NotFound, "TargetArn", "no instance %s", c.Number.InstanceID)
	}
	if _, taken := m.byNumber[c.Number.Number]; taken {
		return nil, tandem.Errorf(tandem.Conflict, "PhoneNumber", "the number %s is claimed already", c.Number.Number)
	}
	ev := c.Number
	ev.NumberID, ev.ClaimedAt = s.NextID(), s.At
	s.Emit(&ev)
	return ev.NumberID, nil
}

// Apply implements instance.Machine.
func (m *Machine) Apply(_ tandem.Seq, _ tandem.Time, ev tandem.Event) {
	switch e := ev.(type) {
	case *event.InstanceListed:
		m.state.Instances[e.InstanceID] = e
		m.sum += tandem.HashWire(e)
	case *event.NumberClaimed:
		m.state.Numbers[e.NumberID] = e
		m.byNumber[e.Number] = e
		m.sum += tandem.HashWire(e)
	case *event.AdminKeySaved, *event.AdminKeyEnded:
		m.applyAdminKey(ev)
	case *event.NumberReleased:
		if n, ok := m.state.Numbers[e.NumberID]; ok {
			delete(m.state.Numbers, e.NumberID)
			delete(m.byNumber, n.Number)
			m.sum -= tandem.HashWire(n)
		}
	}
}

// NextDue implements instance.Machine: the directory waits for nothing.
func (m *Machine) NextDue() (tandem.Time, bool) { return 0, false }

// TakeEffects implements instance.Machine: the directory asks for nothing.
func (m *Machine) TakeEffects(tandem.Epoch) []tandem.Effect { return nil }

// Outstanding implements instance.Machine.
func (m *Machine) Outstanding(tandem.Epoch) []tandem.Effect { return nil }

// Hash implements instance.Machine.
func (m *Machine) Hash() uint64 { return m.sum }

// EncodeSnapshot implements instance.Machine.
func (m *Machine) EncodeSnapshot(e *tandem.Encoder) { m.state.EncodeWire(e) }

// DecodeSnapshot implements instance.Machine.
func (m *Machine) DecodeSnapshot(d *tandem.Decoder) {
	var s State
	s.DecodeWire(d)
	m.reset(s)
}

func (m *Machine) reset(s State) {
	if s.Instances == nil {
		s.Instances = map[tandem.ID]*event.InstanceListed{}
	}
	if s.Numbers == nil {
		s.Numbers = map[tandem.ID]*event.NumberClaimed{}
	}
	if s.AdminKeys == nil {
		s.AdminKeys = map[tandem.ID]*event.AdminKeySaved{}
	}
	*m = Machine{state: s, byNumber: map[string]*event.NumberClaimed{}, byHash: map[string]*event.AdminKeySaved{}}
	for _, k := range s.AdminKeys { // any order: an index and a sum
		m.indexAdminKey(k)
	}
	for _, in := range s.Instances { // any order: a sum
		m.sum += tandem.HashWire(in)
	}
	for _, n := range s.Numbers { // any order: an index and a sum
		m.byNumber[n.Number] = n
		m.sum += tandem.HashWire(n)
	}
}

// Check implements instance.Machine: each number has one claim, of an instance
// that is known.
func (m *Machine) Check() error {
	for id, n := range m.state.Numbers { // any order: any fault is one too many
		if m.byNumber[n.Number] != n || m.state.Instances[n.InstanceID] == nil {
			return tandem.Errorf(tandem.Internal, "", "the claim %s of a number disagrees with the index", id)
		}
	}
	return nil
}
