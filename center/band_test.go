package center

import (
	"slices"
	"testing"
	"time"

	"tandem/event"
)

// TestBandIsWhatTheSlotsLeaveRoomFor holds the sub-statuses of Available
// (Kustomer help: Sync Amazon Connect statuses, capacity): free, some work and
// room for more, no room; and that another status has none.
func TestBandIsWhatTheSlotsLeaveRoomFor(t *testing.T) {
	w := offlineWorld(t) // one call, two chats, two tasks at once, beside each other
	band := func(want event.CapacityBand, why string) {
		t.Helper()
		if got := w.m.Band(w.id("agent1")); got != want {
			t.Errorf("%s: %s, want %s", why, got, want)
		}
	}
	band(event.BandFree, "without work")
	w.task("t1")
	band(event.BandPartial, "one task")
	w.task("t2")
	band(event.BandPartial, "two tasks: no more of these, but chats")
	w.chat("chat1", "direct")
	w.chat("chat2", "direct")
	band(event.BandPartial, "two chats as well: a call still fits")
	concurrency := func(chats, tasks uint8) {
		w.profile(func(p *event.RoutingProfileSaved) {
			p.Entries = withoutCalls(p.Entries)
			p.Concurrency = []event.ChannelConcurrency{{Channel: event.Chat, Maximum: chats, AnyChannel: true}, {Channel: event.Task, Maximum: tasks, AnyChannel: true}}
		})
	}
	concurrency(2, 2)
	band(event.BandFull, "where the profile has no calls nothing fits")
	concurrency(2, 3)
	band(event.BandPartial, "a third task fits where the profile has three")
	w.status("agent1", "Offline")
	w.restart()
	if got := w.m.Band(w.id("agent1")); got != event.BandUnknown {
		t.Errorf("offline the agent is %s", got)
	}
	if got := w.m.Band(w.id("nobody")); got != event.BandUnknown {
		t.Errorf("nobody is %s", got)
	}
}

// withoutCalls are the entries of a profile that are not for calls.
func withoutCalls(entries []event.RoutingEntry) []event.RoutingEntry {
	return slices.DeleteFunc(slices.Clone(entries), func(e event.RoutingEntry) bool { return e.Channel == event.Voice })
}

// TestBandWithoutAnyChannelIsFullWithOneContact holds that a contact that bars
// other channels leaves no room, and that a paused task holds no slot.
func TestBandWithoutAnyChannelIsFullWithOneContact(t *testing.T) {
	w := offlineWorld(t)
	w.profile(func(p *event.RoutingProfileSaved) {
		p.Entries = withoutCalls(p.Entries)
		p.Concurrency = []event.ChannelConcurrency{{Channel: event.Chat, Maximum: 1}, {Channel: event.Task, Maximum: 1}}
	})
	w.task("t1")
	if got := w.m.Band(w.id("agent1")); got != event.BandFull {
		t.Errorf("with the one task the agent is %s", got)
	}
	w.must(PauseContact{UserID: w.id("agent1"), ContactID: w.id("t1"), Paused: true})
	if got := w.m.Band(w.id("agent1")); got != event.BandPartial {
		t.Errorf("with a paused task the agent is %s", got)
	}
	w.wait(time.Second)
}
