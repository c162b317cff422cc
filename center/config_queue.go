package center

import (
	"tandem"
	"tandem/event"
)

// saveQueue creates or changes a standard queue (Amazon Connect API:
// CreateQueue and the UpdateQueue operations).
func (m *Machine) saveQueue(s *tandem.Step, b SaveQueue) (tandem.ID, error) {
	q := b.Queue
	err := checkNamed(named{"QueueId", "queue", q.QueueID, q.Name, maxLongNameChars, q.Description, maxDescriptionChars, q.Tags},
		b.New, m.state.Queues, func(q *event.QueueSaved) string { return q.Name })
	if err == nil && m.state.Agents[q.QueueID] != nil {
		err = tandem.Errorf(tandem.Duplicate, "QueueId", "%s is the own queue of a user; the queue needs another id", q.QueueID)
	}
	if err == nil {
		err = m.checkQueue(&q)
	}
	if err != nil {
		return tandem.ID{}, err
	}
	q.ModifiedAt = s.At
	s.Emit(&q)
	return q.QueueID, nil
}

func (m *Machine) checkQueue(q *event.QueueSaved) error {
	switch {
	case m.state.Hours[q.HoursID] == nil:
		return tandem.Errorf(tandem.NotFound, "HoursOfOperationId", "there are no hours of operation %s", q.HoursID)
	case q.MaxContacts < -1 || q.MaxContacts > tandem.DefaultQueueCapacity:
		return tandem.Errorf(tandem.Invalid, "MaxContacts", "must be 0 to %d, or absent", tandem.DefaultQueueCapacity)
	case !q.CallerIDNumberID.IsZero() && m.state.Numbers[q.CallerIDNumberID] == nil:
		return tandem.Errorf(tandem.NotFound, "OutboundCallerConfig", "there is no phone number %s", q.CallerIDNumberID)
	case !q.OutboundFlowID.IsZero() && m.state.Flows[q.OutboundFlowID] == nil:
		return tandem.Errorf(tandem.NotFound, "OutboundCallerConfig", "there is no flow %s", q.OutboundFlowID)
	}
	return firstOf(checkLength("OutboundCallerConfig", q.CallerIDName, 0, maxLongNameChars), m.checkQuickConnects(q.QuickConnectIDs))
}

func (m *Machine) deleteQueue(s *tandem.Step, b DeleteQueue) error {
	if m.state.Queues[b.QueueID] == nil {
		return tandem.Errorf(tandem.NotFound, "QueueId", "there is no queue %s", b.QueueID)
	}
	if m.queued[b.QueueID] > 0 || m.scheduled(b.QueueID) {
		return tandem.Errorf(tandem.InUse, "QueueId", "contacts wait in this queue, or will")
	}
	for _, id := range tandem.SortedIDs(m.state.RoutingProfiles) {
		p := m.state.RoutingProfiles[id]
		used := p.DefaultOutboundQueueID == b.QueueID
		for _, e := range p.Entries {
			used = used || e.QueueID == b.QueueID
		}
		if used {
			return tandem.Errorf(tandem.InUse, "QueueId", "the routing profile %q uses this queue", p.Name)
		}
	}
	s.Emit(&event.QueueDeleted{QueueID: b.QueueID})
	return nil
}

// scheduled reports whether a callback waits for the time to enter the queue.
func (m *Machine) scheduled(queueID tandem.ID) bool {
	for _, id := range tandem.SortedIDs(m.state.Contacts) {
		if c := m.state.Contacts[id]; c.Phase == Scheduled && c.QueueID == queueID {
			return true
		}
	}
	return false
}

// saveHours creates or changes hours of operation (Amazon Connect API:
// CreateHoursOfOperation, UpdateHoursOfOperation).
func (m *Machine) saveHours(s *tandem.Step, b SaveHours) (tandem.ID, error) {
	h := b.Hours
	err := checkNamed(named{"HoursOfOperationId", "hours of operation", h.HoursID, h.Name, maxNameChars, h.Description, maxDescriptionChars, h.Tags},
		b.New, m.state.Hours, func(h *event.HoursSaved) string { return h.Name })
	if err == nil {
		err = m.checkHours(&h)
	}
	if err != nil {
		return tandem.ID{}, err
	}
	h.ModifiedAt = s.At
	s.Emit(&h)
	return h.HoursID, nil
}

func (m *Machine) checkHours(h *event.HoursSaved) error {
	if err := m.checkZone(h.TimeZone); err != nil {
		return err
	}
	if len(h.Slots) > maxSlots {
		return tandem.Errorf(tandem.Invalid, "Config", "%d openings; at most %d are allowed", len(h.Slots), maxSlots)
	}
	for _, slot := range h.Slots {
		if slot.Weekday > 6 || slot.StartMinute >= minutesPerDay || slot.EndMinute >= minutesPerDay {
			return tandem.Errorf(tandem.Invalid, "Config", "an opening needs a day of the week and times from 00:00 to 23:59")
		}
	}
	return nil
}

func (m *Machine) checkZone(name string) error {
	if _, ok := m.zones.Location(name); !ok {
		return tandem.Errorf(tandem.Invalid, "TimeZone", "%q is not a time zone; use a name such as Europe/Berlin", name)
	}
	return nil
}

func (m *Machine) deleteHours(s *tandem.Step, b DeleteHours) error {
	if m.state.Hours[b.HoursID] == nil {
		return tandem.Errorf(tandem.NotFound, "HoursOfOperationId", "there are no hours of operation %s", b.HoursID)
	}
	for _, id := range tandem.SortedIDs(m.state.Queues) {
		if q := m.state.Queues[id]; q.HoursID == b.HoursID {
			return tandem.Errorf(tandem.InUse, "HoursOfOperationId", "the queue %q uses these hours", q.Name)
		}
	}
	s.Emit(&event.HoursDeleted{HoursID: b.HoursID})
	return nil
}

// associateNumber keeps a number, with the flow that it starts or with none
// (Amazon Connect API: AssociatePhoneNumberContactFlow,
// DisassociatePhoneNumberContactFlow).
func (m *Machine) associateNumber(s *tandem.Step, b AssociateNumber) error {
	if b.NumberID.IsZero() {
		return tandem.Errorf(tandem.Invalid, "PhoneNumberId", "the phone number needs an id")
	}
	if b.Release {
		return m.releaseNumber(s, b.NumberID)
	}
	old := m.state.Numbers[b.NumberID]
	if b.Number == "" && old != nil {
		b.Number = old.Number
	}
	if err := m.checkNumber(b); err != nil {
		return err
	}
	switch {
	case old != nil && old.FlowID == b.FlowID && old.Number == b.Number:
	case b.FlowID.IsZero():
		s.Emit(&event.NumberKept{NumberID: b.NumberID, Number: b.Number})
	default:
		s.Emit(&event.NumberAssociated{NumberID: b.NumberID, Number: b.Number, FlowID: b.FlowID})
	}
	return nil
}

func (m *Machine) checkNumber(b AssociateNumber) error {
	if err := checkPhoneNumber("PhoneNumber", b.Number); err != nil {
		return err
	}
	if other, taken := m.numbers[b.Number]; taken && other != b.NumberID {
		return tandem.Errorf(tandem.Duplicate, "PhoneNumber", "%s belongs to another phone number id", b.Number)
	}
	if b.FlowID.IsZero() {
		return nil
	}
	return m.checkContactFlow(b.FlowID)
}

// releaseNumber gives up a number that no queue shows (Amazon Connect API:
// ReleasePhoneNumber).
func (m *Machine) releaseNumber(s *tandem.Step, id tandem.ID) error {
	for _, queueID := range tandem.SortedIDs(m.state.Queues) {
		if q := m.state.Queues[queueID]; q.CallerIDNumberID == id {
			return tandem.Errorf(tandem.InUse, "PhoneNumberId", "the queue %q shows this number to those it calls; choose another there first", q.Name)
		}
	}
	if old := m.state.Numbers[id]; old != nil {
		s.Emit(&event.NumberAssociated{NumberID: id, Number: old.Number})
	}
	return nil
}
