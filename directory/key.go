package directory

import (
	"tandem"
	"tandem/event"
)

// AdminKey finds the key of the admin API whose token has the hash (SHA-256),
// unless it has ended.
func (m *Machine) AdminKey(hash []byte) (*event.AdminKeySaved, bool) {
	k, ok := m.byHash[string(hash)]
	return k, ok
}

func (m *Machine) saveAdminKey(s *tandem.Step, c SaveAdminKey) (any, error) {
	switch k := &c.Key; {
	case k.Name == "" || len(k.Name) > maxAdminKeyName:
		return nil, tandem.Errorf(tandem.Invalid, "name", "give the key a name of 1 to %d characters, such as who uses it", maxAdminKeyName)
	case len(k.Hash) == 0:
		return nil, tandem.Errorf(tandem.Invalid, "", "a key needs the hash of its token")
	case len(m.state.AdminKeys) >= maxAdminKeys:
		return nil, tandem.Errorf(tandem.Exhausted, "", "%d keys were made already, which is all there can be", maxAdminKeys)
	case m.byHash[string(k.Hash)] != nil:
		return nil, tandem.Errorf(tandem.Duplicate, "", "there is a key with this token already")
	}
	for _, k := range m.byHash { // any order: only whether one has the name matters
		if k.Name == c.Key.Name {
			return nil, tandem.Errorf(tandem.Duplicate, "name", "another key is called %q; choose another name", c.Key.Name)
		}
	}
	ev := c.Key
	ev.KeyID, ev.CreatedAt = s.NextID(), s.At
	s.Emit(&ev)
	return ev.KeyID, nil
}

// applyAdminKey applies what becomes of keys.
func (m *Machine) applyAdminKey(ev tandem.Event) {
	switch e := ev.(type) {
	case *event.AdminKeySaved:
		m.state.AdminKeys[e.KeyID] = e
		m.indexAdminKey(e)
	case *event.AdminKeyEnded:
		k := m.state.AdminKeys[e.KeyID]
		if k == nil {
			return
		}
		ended := *k
		ended.Hash = nil
		m.sum -= tandem.HashWire(k)
		delete(m.byHash, string(k.Hash))
		m.state.AdminKeys[e.KeyID] = &ended
		m.indexAdminKey(&ended)
	}
}

func (m *Machine) indexAdminKey(k *event.AdminKeySaved) {
	m.sum += tandem.HashWire(k)
	if len(k.Hash) > 0 {
		m.byHash[string(k.Hash)] = k
	}
}
