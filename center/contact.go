package center

import (
	"maps"

	"tandem"
	"tandem/event"
)

// What is derived from the id of a leg or a contact.
const (
	contactNumber   = 1 // from a leg: the contact that its call becomes
	recordingNumber = 1 // from a contact: its recording
)

// normalPriority is the priority of a contact whose flow set none (Amazon
// Connect Administrator Guide: Change routing priority / age).
const normalPriority = 5

// notBefore is the moment at which a fact about the contact is stated: as
// reported, but not before facts that are known already and not in the future.
func (c *Contact) notBefore(s *tandem.Step, at tandem.Time) tandem.Time {
	return max(c.LastAt, min(at, s.At))
}

// live reports whether the contact has not been disconnected.
func (c *Contact) live() bool { return c.DisconnectedAt.IsZero() }

func (m *Machine) knownContact(id tandem.ID) (*Contact, error) {
	if c := m.state.Contacts[id]; c != nil {
		return c, nil
	}
	return nil, tandem.Errorf(tandem.NotFound, "ContactId", "there is no contact %s, or it ended a while ago", id)
}

// disconnect ends a live contact. What it held is released: an offer is
// withdrawn, the flow stopped. With an agent the wrap-up begins.
func (m *Machine) disconnect(s *tandem.Step, c *Contact, at tandem.Time, reason event.DisconnectReason) {
	if c.Phase == Offered {
		m.endOffer(s, c, at, event.OfferWithdrawn)
	}
	m.stopFlow(s, c, "Disconnected")
	at = c.notBefore(s, at)
	s.Emit(&event.ContactDisconnected{ContactID: c.ContactID, At: at, Reason: reason})
	if c.Phase != WithAgent {
		s.Emit(&event.ContactEnded{ContactID: c.ContactID, At: c.LastAt})
		return
	}
	work := &event.AfterContactWorkStarted{ContactID: c.ContactID, UserID: c.UserID, At: at}
	if seconds := m.agent(c.UserID).User.AfterContactWorkSeconds; seconds > 0 {
		work.Deadline = at.AddSeconds(int64(seconds))
	}
	s.Emit(work)
}

// queue puts a contact in its target queue and, for a call, begins what is
// heard there.
func (m *Machine) queue(s *tandem.Step, c *Contact, at tandem.Time) {
	s.Emit(&event.ContactQueued{ContactID: c.ContactID, QueueID: c.TargetQueueID, Priority: normalPriority, At: c.notBefore(s, at)})
	if f := m.queueFlow(); f != nil && c.Channel == event.Voice {
		m.enterFlow(s, c, f, at)
	}
}

// stopContact ends a contact (Amazon Connect API: StopContact).
func (m *Machine) stopContact(s *tandem.Step, b StopContact) error {
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return err
	}
	if !c.live() {
		return tandem.Errorf(tandem.Gone, "ContactId", "the contact has ended already")
	}
	m.disconnect(s, c, s.At, event.APIDisconnect)
	return nil
}

// updateContactAttributes merges attributes into those of a contact, which may
// have ended (Amazon Connect API: UpdateContactAttributes).
func (m *Machine) updateContactAttributes(s *tandem.Step, b UpdateContactAttributes) error {
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return err
	}
	merged, changed := mergeAttributes(c.Attributes, b.Attributes)
	if err := checkAttributes(merged); err != nil {
		return err
	}
	if changed {
		s.Emit(&event.ContactAttributesSet{ContactID: c.ContactID, InitialContactID: c.InitialContactID, Attributes: merged})
	}
	return nil
}

// mergeAttributes is a new map with what is in either; set wins.
func mergeAttributes(old, set tandem.PersonalMap) (merged tandem.PersonalMap, changed bool) {
	merged = make(tandem.PersonalMap, len(old)+len(set))
	maps.Copy(merged, old)
	for _, k := range tandem.SortedKeys(set) {
		before, had := merged[k]
		changed = changed || !had || before != set[k]
		merged[k] = set[k]
	}
	return merged, changed
}

func checkAttributes(attributes tandem.PersonalMap) error {
	size := 0
	for _, k := range tandem.SortedKeys(attributes) {
		if k == "" {
			return tandem.Errorf(tandem.Invalid, "Attributes", "an attribute needs a name")
		}
		size += len(k) + len(attributes[k])
	}
	if size > tandem.MaxAttributesBytes {
		return tandem.Errorf(tandem.Invalid, "Attributes",
			"a contact's attributes take %d bytes, names included; at most %d are allowed", size, tandem.MaxAttributesBytes)
	}
	return nil
}

// eraseSubject makes a chain of contacts, or a deleted user, unreadable for
// good. What is live must end first, or be deleted.
func (m *Machine) eraseSubject(s *tandem.Step, b EraseSubject) error {
	if b.Subject.IsZero() || b.Subject == m.state.Instance.InstanceID {
		return tandem.Errorf(tandem.Invalid, "Subject", "name the first contact of a chain, or a deleted user")
	}
	if m.state.Agents[b.Subject] != nil {
		return tandem.Errorf(tandem.Conflict, "Subject", "the user still exists; delete the user first")
	}
	var chain []tandem.ID
	for _, id := range tandem.SortedIDs(m.state.Contacts) {
		c := m.state.Contacts[id]
		if c.InitialContactID != b.Subject {
			continue
		}
		if c.Phase != Ended {
			return tandem.Errorf(tandem.Conflict, "Subject", "the contact %s has not ended yet", id)
		}
		chain = append(chain, id)
	}
	s.Emit(&event.SubjectErased{Subject: b.Subject, Contacts: chain})
	return nil
}
