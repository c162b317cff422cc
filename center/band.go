package center

import (
	"tandem"
	"tandem/event"
)

// Band is how loaded an available agent is, by the slots of the routing profile
// (Kustomer help: Sync Amazon Connect statuses, capacity): free without
// contacts, partial with some and room for more in a channel, full without. It
// is unknown for an agent in another status than Available. It routes nothing.
func (m *Machine) Band(userID tandem.ID) event.CapacityBand {
	a := m.state.Agents[userID]
	if a == nil || !m.routable(a.StatusID) {
		return event.BandUnknown
	}
	if len(a.Contacts) == 0 {
		return event.BandFree
	}
	profile := m.state.RoutingProfiles[a.User.RoutingProfileID]
	for ch := event.Voice; ch <= event.Task; ch++ {
		if m.hasRoom(a, profile, ch) {
			return event.BandPartial
		}
	}
	return event.BandFull
}

// hasRoom reports whether the contacts that an agent has leave room for another
// of the channel. One that was not taken holds its slot until it is cleared; a
// paused task holds none.
func (m *Machine) hasRoom(a *Agent, profile *event.RoutingProfileSaved, ch event.Channel) bool {
	if ch == event.Voice && m.noPhone(a) {
		return false
	}
	held := 0
	for i := range a.Contacts {
		switch slot := &a.Contacts[i]; {
		case slot.State == Paused:
		case slot.Channel == ch:
			held++
		case !concurrency(profile, slot.Channel).AnyChannel:
			return false
		}
	}
	return held < int(concurrency(profile, ch).Maximum)
}
