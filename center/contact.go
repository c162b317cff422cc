package center

import (
	"maps"
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
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

// queue puts a contact in its target queue, and begins what is heard there.
func (m *Machine) queue(s *tandem.Step, c *Contact, at tandem.Time) {
	at = c.notBefore(s, at)
	queued := &event.ContactQueued{ContactID: c.ContactID, QueueID: c.TargetQueueID, Priority: c.Priority, At: at, Since: c.WaitingSince}
	if queued.Priority == 0 {
		queued.Priority = normalPriority
	}
	if queued.Since.IsZero() {
		queued.Since = m.formerPlace(c, at)
	}
	if queued.Since == at {
		queued.Since = 0
	}
	s.Emit(queued)
	m.enterQueueFlow(s, c, at)
}

// enterQueueFlow begins what is heard in the queue.
func (m *Machine) enterQueueFlow(s *tandem.Step, c *Contact, at tandem.Time) {
	f := m.hookFlow(c, event.HookCustomerQueue, flow.TypeCustomerQueue)
	if f != nil && (c.Channel != event.Voice || !m.listener(c, event.CustomerSide).IsZero()) {
		m.enterFlow(s, c, event.CustomerSide, f, at)
	}
}

// formerPlace is since when a contact that enters its queue counts as waiting:
// now, or as its flow has adjusted it, or, where the settings allow it, since the
// caller had come to the same queue in a call given up, or cut, a short time ago.
// A place is taken again once.
func (m *Machine) formerPlace(c *Contact, at tandem.Time) tandem.Time {
	since := at.Add(-c.AdjustmentMillis)
	within := int64(m.state.Settings.ResumeWithinMinutes) * 60_000
	if within == 0 || c.Method != event.Inbound || c.CustomerAddress == "" {
		return since
	}
	for _, sh := range m.callers[c.CustomerAddress] {
		o := sh.contact
		if o != c && o.leftQueue(c.TargetQueueID) && c.InitiatedAt.Sub(o.DisconnectedAt) <= within && !m.placeTaken(o) {
			since = min(since, o.WaitingSince)
		}
	}
	return since
}

// leftQueue reports whether the caller left the queue without having been
// served.
func (c *Contact) leftQueue(queueID tandem.ID) bool {
	gone := c.Reason == event.CustomerDisconnect || c.Reason == event.TelecomProblem
	return !c.live() && gone && c.QueueID == queueID && !c.WaitingSince.IsZero() && c.ConnectedToAgentAt.IsZero() && c.NextID.IsZero()
}

// placeTaken reports whether a later call of the same caller has taken the
// place of one that was given up.
func (m *Machine) placeTaken(left *Contact) bool {
	return slices.ContainsFunc(m.callers[left.CustomerAddress], func(sh *shadow) bool {
		o := sh.contact
		return o != left && o.QueueID == left.QueueID && o.EnqueuedAt > left.DisconnectedAt && o.WaitingSince == left.WaitingSince
	})
}

// stopContact ends a contact (Amazon Connect API: StopContact).
func (m *Machine) stopContact(s *tandem.Step, b StopContact) error {
	return m.end(s, b.ContactID, event.APIDisconnect)
}

// leaveContact ends a chat whose customer left.
func (m *Machine) leaveContact(s *tandem.Step, b LeaveContact) error {
	if c := m.state.Contacts[b.ContactID]; c != nil && c.Channel != event.Chat {
		return tandem.Errorf(tandem.Conflict, "ContactId", "only the customer of a chat can leave so")
	}
	return m.end(s, b.ContactID, event.CustomerDisconnect)
}

func (m *Machine) end(s *tandem.Step, id tandem.ID, reason event.DisconnectReason) error {
	c, err := m.knownContact(id)
	if err != nil {
		return err
	}
	if !c.live() {
		return tandem.Errorf(tandem.Gone, "ContactId", "the contact has ended already")
	}
	if c.customer().alive() {
		m.customerLeft(s, c.callID(), s.At, reason)
		return nil
	}
	m.disconnect(s, c, s.At, reason)
	return nil
}

// updateContactAttributes merges attributes into those of a contact, which may
// have ended (Amazon Connect API: UpdateContactAttributes).
func (m *Machine) updateContactAttributes(s *tandem.Step, b UpdateContactAttributes) error {
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return err
	}
	merged, _ := mergeAttributes(c.Attributes, b.Attributes)
	if err := checkAttributes(merged); err != nil {
		return err
	}
	m.setAttributes(s, c, b.Attributes)
	return nil
}

// updateContactRouting changes priority or age of a live contact (Amazon Connect
// API: UpdateContactRoutingData).
func (m *Machine) updateContactRouting(s *tandem.Step, b UpdateContactRouting) error {
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return err
	}
	switch {
	case !c.live() || c.Phase == WithAgent:
		return tandem.Errorf(tandem.Conflict, "ContactId", "the contact is not waiting for an agent any more")
	case b.Priority < 0:
		return tandem.Errorf(tandem.Invalid, "QueuePriority", "must be 1 or more; 1 is the first")
	case b.AdjustmentSeconds < -maxAgeSeconds || b.AdjustmentSeconds > maxAgeSeconds:
		return tandem.Errorf(tandem.Invalid, "QueueTimeAdjustmentSeconds", "must be %d to %d", -maxAgeSeconds, maxAgeSeconds)
	}
	m.setRouting(s, c, b.Priority, b.Adjusts, b.AdjustmentSeconds)
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
