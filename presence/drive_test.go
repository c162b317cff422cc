package presence_test

import (
	"tandem"
	"tandem/event"
	"tandem/presence"
)

// Zendesk's words for why a status is shown.
const (
	switcher     = "AGENT_STATUS_SWITCHER"
	api          = "PUBLIC_API"
	idle         = "AGENT_IDLE_TIMEOUT"
	disconnected = "AGENT_DISCONNECTED"
	reconnected  = "SWITCHER_AUTO_RECONNECT"
	logout       = "AGENT_LOGOUT"
	deleted      = "AGENT_STATUS_DELETED"
)

// see delivers a webhook: the system shows a status since now.
func (h *host) see(system, remote string, version uint64, reason string) {
	h.t.Helper()
	h.seeAt(system, remote, version, reason, h.now)
}

func (h *host) seeAt(system, remote string, version uint64, reason string, at tandem.Time) {
	h.t.Helper()
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id(system), RemoteID: "10011", Remote: remote, Version: version, Reason: reason, At: at})
}

// look delivers what a poll or a read found now.
func (h *host) look(system, remote string, version uint64, reason string) {
	h.t.Helper()
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id(system), RemoteID: "10011", Remote: remote, Version: version, Reason: reason, At: h.now, LookedAt: h.now})
}

// writing is the status that a write under way is to show, "" for none.
func (h *host) writing(system string) string {
	if w := h.leg(system).Write; w != nil {
		return w.Remote
	}
	return ""
}

// finish reports the write under way.
func (h *host) finish(system string, outcome event.WriteOutcome, version uint64) {
	h.t.Helper()
	w := h.leg(system).Write
	if w == nil {
		h.t.Fatalf("no write to %s is under way", system)
	}
	h.must(tandem.ActorConnector, presence.FinishWrite{Ended: event.StatusWriteEnded{
		UserID: agent1, SystemID: id(system), WriteID: w.WriteID, Outcome: outcome, Version: version, Detail: "the system's answer"}})
}

// last is the class of the last observation in the journal.
func (h *host) last() event.ObservationClass {
	var c event.ObservationClass
	for _, rec := range h.journal {
		for _, ev := range rec.Events {
			if o, ok := ev.(*event.ObservationTaken); ok {
				c = o.Class
			}
		}
	}
	return c
}

// linked is a host whose agent is Available everywhere, with the systems.
func linked(h *host, systems ...event.SystemSaved) *host {
	h.t.Helper()
	h.begin()
	for _, sys := range systems {
		if !sys.StatusSync {
			h.choose("Available")
		}
		h.connect(sys)
		h.see(sys.Name, "3", 10, switcher)
	}
	h.sleep(120_000)
	if got := h.shown(); got != "Available" {
		h.t.Fatalf("the agent begins as %s", got)
	}
	h.effects = nil
	return h
}
