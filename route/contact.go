package route

import (
	"tandem"
	"tandem/event"
)

// Wait says that a contact waits in a queue since a moment, at a priority of
// which 1 is the best. The moment may be another than that of its arrival: a
// flow can make a contact older or younger (Amazon Connect Administrator Guide:
// Flow block: Change routing priority / age). A contact that waits already is
// moved.
func (x *Index) Wait(id, queueID tandem.ID, ch event.Channel, priority int64, since tandem.Time) {
	x.settle()
	c := x.contacts.get(id)
	if c == nil {
		c = x.newContact()
		x.contacts.put(id, c)
	} else {
		x.stepOut(c)
	}
	c.rank, c.priority = rank{since, id}, priority
	c.lane = &x.queue(queueID).lanes[ch]
	c.lane.waiting.add(c)
	x.setAlarm(c, since)
}

// Leave says that a contact waits no more.
func (x *Index) Leave(id tandem.ID) {
	c := x.contacts.get(id)
	if c == nil {
		return
	}
	x.stepOut(c)
	x.contacts.remove(id)
	c.lane = nil
	x.spare = append(x.spare, c)
}

// stepOut takes a contact out of its lane.
func (x *Index) stepOut(c *contact) {
	if c.alarm != nowhere {
		x.alarms.remove(c.alarm)
	}
	c.lane.waiting.remove(c)
	if len(c.lane.services) == 0 && c.lane.waiting.root == nil {
		x.forgetIfIdle(c.lane.queue)
	}
}

func (x *Index) newContact() *contact {
	if n := len(x.spare); n > 0 {
		c := x.spare[n-1]
		x.spare = x.spare[:n-1]
		return c
	}
	return &contact{alarm: nowhere}
}

// Waiting reports whether a contact waits.
func (x *Index) Waiting(id tandem.ID) bool { return x.contacts.get(id) != nil }

// WaitingIn is how many contacts of the channel wait in the queue.
func (x *Index) WaitingIn(queueID tandem.ID, ch event.Channel) int {
	if l := x.lookup(queueID, ch); l != nil {
		return int(l.waiting.count)
	}
	return 0
}

// Position is how many contacts of the same queue and channel an agent would
// take before this one: those of a better priority, and of the same priority
// those that wait longer (Amazon Connect API: GetContactMetrics,
// POSITION_IN_QUEUE). Delays are not looked at, as they differ from one routing
// profile to another. It costs O(log n) for n contacts waiting there.
func (x *Index) Position(contactID tandem.ID) (ahead int, ok bool) {
	c := x.contacts.get(contactID)
	if c == nil {
		return 0, false
	}
	return c.lane.waiting.ahead(c), true
}

// Oldest is since when the contact waiting longest of the queue and channel
// counts as waiting, whatever its priority (Amazon Connect API:
// GetCurrentMetricData, OLDEST_CONTACT_AGE).
func (x *Index) Oldest(queueID tandem.ID, ch event.Channel) (since tandem.Time, ok bool) {
	l := x.lookup(queueID, ch)
	if l == nil || l.waiting.root == nil {
		return 0, false
	}
	return l.waiting.oldest, true
}
