package center

import (
	"testing"
	"time"

	"tandem"
	"tandem/event"
)

const (
	sunday = uint8(time.Sunday)
	monday = uint8(time.Monday)
	friday = uint8(time.Friday)
)

func TestHoursAreOpenOnTheLocalClock(t *testing.T) {
	office := []event.HoursSlot{{Weekday: monday, StartMinute: 9 * 60, EndMinute: 17*60 + 30}}
	night := []event.HoursSlot{{Weekday: friday, StartMinute: 22 * 60, EndMinute: 6 * 60}}
	allDay := []event.HoursSlot{{Weekday: sunday}}
	noon := []event.HoursSlot{{Weekday: sunday, StartMinute: 12 * 60, EndMinute: 12 * 60}}
	early := []event.HoursSlot{{Weekday: sunday, StartMinute: 2 * 60, EndMinute: 3 * 60}}
	for _, c := range []struct {
		name  string
		zone  string
		slots []event.HoursSlot
		at    string // UTC
		open  bool
	}{
		{"before opening", "Europe/Berlin", office, "2026-03-02T07:59:59Z", false},
		{"at opening", "Europe/Berlin", office, "2026-03-02T08:00:00Z", true},
		{"last second", "Europe/Berlin", office, "2026-03-02T16:29:59Z", true},
		{"at closing", "Europe/Berlin", office, "2026-03-02T16:30:00Z", false},
		{"another day", "Europe/Berlin", office, "2026-03-03T10:00:00Z", false},
		{"summer time opens an hour earlier in UTC", "Europe/Berlin", office, "2026-03-30T07:00:00Z", true},
		{"another zone", "America/New_York", office, "2026-03-02T13:59:00Z", false},
		{"zone east of UTC, still Sunday there is Monday", "Pacific/Auckland", office, "2026-03-01T20:00:00Z", true},
		{"night, before midnight", "Europe/Berlin", night, "2026-03-06T21:00:00Z", true},
		{"night, after midnight", "Europe/Berlin", night, "2026-03-07T04:59:00Z", true},
		{"night, over", "Europe/Berlin", night, "2026-03-07T05:00:00Z", false},
		{"the morning before the night", "Europe/Berlin", night, "2026-03-06T04:00:00Z", false},
		{"whole day, first minute", "Europe/Berlin", allDay, "2026-02-28T23:00:00Z", true},
		{"whole day, last minute", "Europe/Berlin", allDay, "2026-03-01T22:59:00Z", true},
		{"whole day, over", "Europe/Berlin", allDay, "2026-03-01T23:00:00Z", false},
		{"24 hours from noon", "UTC", noon, "2026-03-02T11:59:00Z", true},
		{"24 hours from noon are over", "UTC", noon, "2026-03-02T12:00:00Z", false},
		{"the hour that spring skips, before", "Europe/Berlin", early, "2026-03-29T00:59:59Z", false},
		{"the hour that spring skips, after", "Europe/Berlin", early, "2026-03-29T01:00:00Z", false},
		{"the hour that autumn repeats, first", "Europe/Berlin", early, "2026-10-25T00:30:00Z", true},
		{"the hour that autumn repeats, second", "Europe/Berlin", early, "2026-10-25T01:30:00Z", true},
		{"no opening at all", "Europe/Berlin", nil, "2026-03-02T10:00:00Z", false},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		m := New(zones{})
		open, known := m.hoursOpen(&event.HoursSaved{TimeZone: c.zone, Slots: c.slots}, tandem.At(at))
		if open != c.open || !known {
			t.Errorf("%s: open=%v known=%v", c.name, open, known)
		}
	}
}

func TestHoursOfAnUnknownZoneAreUnknown(t *testing.T) {
	if _, known := New(zones{}).hoursOpen(&event.HoursSaved{TimeZone: "Mars/Olympus"}, day1); known {
		t.Error("the zone does not exist")
	}
}
