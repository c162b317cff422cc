package center

import (
	"time"

	"tandem"
	"tandem/event"
)

const minutesPerDay = 24 * 60

// hoursOpen reports whether hours of operation are open at a moment, on the
// clock of their time zone; known is false when the zone is not. On the days
// when clocks change, a slot begins and ends when the clock on the wall says so.
func (m *Machine) hoursOpen(h *event.HoursSaved, at tandem.Time) (open, known bool) {
	zone, ok := m.zones.Location(h.TimeZone)
	if !ok {
		return false, false
	}
	local := time.UnixMilli(int64(at)).In(zone)
	today := uint8(local.Weekday())
	minute := uint16(local.Hour()*60 + local.Minute())
	for _, slot := range h.Slots {
		if slotOpen(slot, today, minute) {
			return true, true
		}
	}
	return false, true
}

// slotOpen reports whether the minute of the day is in the slot. One that ends
// at or before its start goes on after midnight, equal times for 24 hours.
func slotOpen(slot event.HoursSlot, today uint8, minute uint16) bool {
	startsToday := slot.Weekday == today
	startedYesterday := (slot.Weekday+1)%7 == today
	if slot.StartMinute < slot.EndMinute {
		return startsToday && minute >= slot.StartMinute && minute < slot.EndMinute
	}
	return startsToday && minute >= slot.StartMinute || startedYesterday && minute < slot.EndMinute
}
