package presence_test

import (
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// kustomer is a system that tells how loaded its agents are. The center has
// statuses of its own for that.
func kustomer(name string) event.SystemSaved {
	sys := lastWins(name)
	sys.System = event.KustomerSystem
	sys.Mapping = sys.Mapping[:4] // each status once
	sys.PartialCapacityStatusID, sys.AtCapacityStatusID = id("Some work"), id("Full")
	return sys
}

// loadStatuses are the center's statuses for loaded agents.
var loadStatuses = []event.AgentStatusSaved{
	{StatusID: id("Some work"), Name: "Some work", Type: event.Custom, Enabled: true},
	{StatusID: id("Full"), Name: "Full", Type: event.Custom, Enabled: true},
}

// loadedHost has an agent who is available in the center and the systems.
func loadedHost(t *testing.T, systems ...event.SystemSaved) *host {
	h := newHost(t)
	h.begin()
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&loadStatuses[0], &loadStatuses[1]}})
	h.choose("Available")
	for _, sys := range systems {
		h.connect(sys)
		h.see(sys.Name, "3", 10, presence.ReasonPerson)
	}
	h.sleep(120_000)
	return h
}

func (h *host) load(system string, used, most uint32) {
	h.t.Helper()
	h.must(tandem.ActorConnector, presence.ObserveCapacity{SystemID: id(system), RemoteID: "10011", Used: used, Max: most, At: h.now})
}

// KUS-12: available with work is partial capacity, without room at capacity.
// KUS-14: entering a band sets its status in the center, leaving it restores
// Available; the other systems keep showing Available (SYNC-I15).
func TestKUS14BandSetsItsStatusAndLeavingItRestoresAvailable(t *testing.T) {
	h := loadedHost(t, kustomer("ku"), lastWins("zd"))
	for _, tt := range []struct {
		used, most uint32
		band, want string
	}{
		{0, 4, "available", "Available"}, {1, 4, "partial capacity", "Some work"}, {4, 4, "at capacity", "Full"},
		{6, 4, "at capacity", "Full"}, {3, 4, "partial capacity", "Some work"}, {0, 4, "available", "Available"},
		{2, 0, "unknown", "Available"}, {2, 2, "at capacity", "Full"}, {0, 2, "available", "Available"},
	} {
		h.sleep(1000)
		h.load("ku", tt.used, tt.most)
		h.want("band", h.leg("ku").Capacity.Band.String(), tt.band)
		h.want("center", h.shown(), tt.want)
		h.want("where the work is", h.writing("ku"), "")
		h.want("elsewhere", h.writing("zd"), "")
	}
	if v := h.agent().Intent.Version; v > 2 {
		t.Errorf("the load made %d wishes", v)
	}
}

// KUS-13: without statuses for the bands an available agent is routed calls
// whatever the load; of two bands one may be mapped.
func TestKUS13BandsAreOffUnlessMapped(t *testing.T) {
	sys := kustomer("ku")
	sys.PartialCapacityStatusID = tandem.ID{}
	h := loadedHost(t, sys)
	h.load("ku", 1, 2)
	h.want("partial", h.shown(), "Available")
	h.load("ku", 2, 2)
	h.want("full", h.shown(), "Full")
	sys.AtCapacityStatusID = tandem.ID{}
	h.must(tandem.ActorUser, presence.SaveSystem{System: sys})
	h.want("switched off", h.shown(), "Available")
}

// KUS-16: bands count only while the agent means to be available, and leave a
// choice of Lunch and a call alone.
func TestKUS16BandsNeverOverwriteAChoice(t *testing.T) {
	h := loadedHost(t, kustomer("ku"))
	h.choose("Lunch")
	h.load("ku", 4, 4)
	h.want("at lunch", h.shown(), "Lunch")
	h.choose("Available")
	h.want("by hand, in the center", h.shown(), "Full")
	h.choose("Available")
	h.want("by hand, during the band", h.shown(), "Available")
	h.sleep(120_000)
	h.want("stays", h.shown(), "Available")
	h.load("ku", 3, 4)
	h.want("the next band", h.shown(), "Some work")
	h.ring("call")
	h.load("ku", 4, 4)
	h.want("during a call", h.presence.Name(centerID, h.center.agents[agent1].status.String()), "Some work")
	h.clear("call")
	h.want("after it", h.shown(), "Full")
	h.load("ku", 0, 4)
	h.want("without work", h.shown(), "Available")
}

// What is older, or tells nothing new, leaves no record.
func TestCapacityThatTellsNothingNewLeavesNoRecord(t *testing.T) {
	h := loadedHost(t, kustomer("ku"))
	h.load("ku", 2, 4)
	records := len(h.journal)
	h.load("ku", 2, 4)
	h.must(tandem.ActorConnector, presence.ObserveCapacity{SystemID: id("ku"), RemoteID: "10011", Used: 4, Max: 4, At: h.now.Add(-1)})
	if len(h.journal) != records {
		t.Errorf("%d records too many", len(h.journal)-records)
	}
	h.sleep(1000)
	h.load("ku", 3, 4)
	if load := h.leg("ku").Capacity; !load.TellsPrevious || load.Previous != 2 {
		t.Errorf("the load before is %d (known: %v), want 2", load.Previous, load.TellsPrevious)
	}
	h.restart()
	h.want("after a restart", h.shown(), "Some work")
}

// KUS-9: Kustomer's statuses are linked one to one. The statuses of bands are
// custom ones that mean nothing else.
func TestKUS9KustomerMappingIsOneToOne(t *testing.T) {
	for field, change := range map[string]func(*event.SystemSaved){
		"Mapping[3].StatusID": func(s *event.SystemSaved) { s.Mapping = lastWins("ku").Mapping },
		"Mapping[4].Remote": func(s *event.SystemSaved) {
			s.Mapping = append(s.Mapping, event.MappingRow{Remote: "51", StatusID: id("Coaching")})
		},
		"AtCapacityStatusID":      func(s *event.SystemSaved) { s.AtCapacityStatusID = id("Available") },
		"PartialCapacityStatusID": func(s *event.SystemSaved) { s.PartialCapacityStatusID = id("nothing") },
		"Mapping[2].StatusID":     func(s *event.SystemSaved) { s.AtCapacityStatusID = id("Break") },
	} {
		h := newHost(t)
		h.begin()
		h.must(tandem.ActorUser, emitAll{[]tandem.Event{&loadStatuses[0], &loadStatuses[1]}})
		sys := kustomer("ku")
		sys.Mapping = sys.Mapping[:len(sys.Mapping):len(sys.Mapping)]
		change(&sys)
		h.refuses(sys, field)
	}
}

// realConnect is Amazon Connect as a connected system.
func realConnect(name string) event.SystemSaved {
	sys := lastWins(name)
	sys.System = event.AmazonConnectSystem
	sys.Mapping = append(sys.Mapping, event.MappingRow{Remote: "60", StatusID: id("Full")})
	return sys
}

// A contact in Amazon Connect covers the status as one of the center does, and
// the load shows where calls are routed.
func TestWorkInAmazonConnectCoversTheStatus(t *testing.T) {
	h := newHost(t)
	h.begin()
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&loadStatuses[0], &loadStatuses[1]}})
	h.choose("Available")
	for _, sys := range []event.SystemSaved{realConnect("ac"), system("zd", event.LastActionWins, true), kustomer("ku")} {
		h.connect(sys)
		h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: sys.SystemID, Statuses: append(remoteStatuses, event.RemoteStatus{Remote: "60", Name: "Full"})})
		h.see(sys.Name, "3", 10, presence.ReasonPerson)
	}
	h.sleep(120_000)
	work := presence.ObserveWork{SystemID: id("ac"), RemoteID: "10011", State: "PendingBusy", OnContact: true}
	h.must(tandem.ActorConnector, work)
	h.want("focus", h.writing("zd"), "50")
	h.finish("zd", event.WriteDone, 11)
	work.State, work.OnContact = "", false
	h.must(tandem.ActorConnector, work)
	h.want("restored", h.writing("zd"), "3")
	h.finish("zd", event.WriteDone, 12)
	h.load("ku", 4, 4)
	h.want("full", h.writing("ac"), "60")
	h.want("elsewhere", h.writing("zd"), "")
	h.finish("ac", event.WriteDone, 11)
	h.sleep(10_000)
	h.load("ku", 1, 4)
	h.want("no status for partial there", h.writing("ac"), "3")
}

// What shows the load stands for being available: taking the next status back
// during a contact is the wish to be available, not to be at capacity.
func TestTakingTheNextStatusBackMeansAvailable(t *testing.T) {
	h := loadedHost(t, kustomer("ku"))
	h.load("ku", 4, 4)
	h.ring("call")
	h.choose("Lunch")
	h.finish("ku", event.WriteRetry, 0)
	h.choose("Available")
	h.want("center", h.shown(), "Full")
	h.want("wish", h.presence.Name(centerID, h.agent().Intent.StatusID.String()), "Available")
	h.clear("call")
	h.sleep(1000)
	h.load("ku", 0, 4)
	h.want("without work", h.shown(), "Available")
}
