package route

import (
	"slices"

	"tandem"
)

// setDelays collects the delays of a lane's services, and sets the alarms of
// its contacts anew when they have changed.
func (x *Index) setDelays(l *lane) {
	var delays []int64
	for _, s := range l.services {
		if s.DelaySeconds > 0 {
			delays = append(delays, s.delayMillis())
		}
	}
	delays = slices.Compact(delays)
	if !slices.Equal(l.delays, delays) {
		l.delays = delays
		x.setAlarms(l.waiting.root)
	}
}

// setAlarms sets the alarms of a tree of contacts to their first delay.
func (x *Index) setAlarms(c *contact) {
	if c != nil {
		x.setAlarms(c.left.root)
		x.setAlarm(c, c.at)
		x.setAlarms(c.right.root)
	}
}

// setAlarm lets c ring when it reaches the first delay that ends after now.
func (x *Index) setAlarm(c *contact, now tandem.Time) {
	if c.alarm != nowhere {
		x.alarms.remove(c.alarm)
	}
	delays := c.lane.delays
	i, _ := slices.BinarySearch(delays, now.Sub(c.at)+1)
	if i < len(delays) {
		x.alarms.push(rank{c.at.Add(delays[i]), c.id}, &c.alarm)
	}
}

// NextDue is when the next contact becomes old enough for one more routing
// profile.
func (x *Index) NextDue() (tandem.Time, bool) {
	x.settle()
	return x.alarms.first().at, len(x.alarms.nodes) > 0
}

// TakeDue returns the next contact whose delay is over by now, and lets it
// ring again at its next delay.
func (x *Index) TakeDue(now tandem.Time) (tandem.ID, bool) {
	x.settle()
	due := x.alarms.first()
	if len(x.alarms.nodes) == 0 || due.at > now {
		return tandem.ID{}, false
	}
	x.setAlarm(x.contacts.get(due.id), now)
	return due.id, true
}
