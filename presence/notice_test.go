package presence_test

import (
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// TestSilentSystemIsToldOnceForAllItsAgents holds that an outage makes one
// notice, and the next outage another.
// ZD-M10.
func TestSilentSystemIsToldOnceForAllItsAgents(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	agent2 := id("agent2")
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&event.UserSaved{UserID: agent2}}})
	h.must(tandem.ActorUser, put{agent2, id("Break")})
	h.must(tandem.ActorUser, presence.LinkAgent{UserID: agent2, SystemID: id("zd"), RemoteID: "10012"})
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id("zd"), RemoteID: "10012", Remote: "3", Version: 10, Reason: "x", At: h.now, LookedAt: h.now})
	h.must(tandem.ActorUser, put{agent2, id("Lunch")})
	outage := func() {
		h.choose("Lunch")
		for range 4 {
			h.finish("zd", event.WriteRetry, 0)
			h.sleep(10_000)
		}
	}
	outage()
	h.want("first", strings.Join(h.notices(), ","), "system_unreachable the system's answer")
	for range 4 {
		w := h.presence.State().Agents[agent2].Legs[1].Write
		if w == nil {
			t.Fatal("nothing is written for the other agent")
		}
		h.must(tandem.ActorConnector, presence.FinishWrite{Ended: event.StatusWriteEnded{
			UserID: agent2, SystemID: id("zd"), WriteID: w.WriteID, Outcome: event.WriteRetry, Detail: "the same"}})
		h.sleep(10_000)
	}
	h.want("of two agents", strings.Join(h.notices(), ","), "system_unreachable the system's answer")
	if got := h.presence.State().Agents[agent2].Legs[1].Health; got != event.HealthDegraded {
		t.Errorf("the other agent's leg is %s", got)
	}
}

// TestSeenNoticeIsARecord holds that what was seen is in the journal, with who
// it was, and leaves the agents alone.
func TestSeenNoticeIsARecord(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	before := h.presence.Hash()
	h.must(tandem.ActorUser, presence.SeeNotice{NoticeID: id("notice"), Through: true})
	last := h.journal[len(h.journal)-1]
	if ev, ok := last.Events[0].(*event.NoticesSeen); !ok || !ev.Through || ev.NoticeID != id("notice") || last.Actor.Kind != tandem.ActorUser {
		t.Errorf("the record is %+v", last)
	}
	if h.presence.Hash() != before {
		t.Error("seeing a notice has changed the statuses")
	}
	h.fails(presence.SeeNotice{}, tandem.Invalid)
}

// TestReplacedSecretIsARecordWithoutTheSecret holds that the audit can tell of
// it.
func TestReplacedSecretIsARecordWithoutTheSecret(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.must(tandem.ActorUser, presence.NoteSecret{SystemID: id("zd")})
	sys := h.presence.State().Systems[id("zd")].Saved
	h.must(tandem.ActorUser, presence.SaveSystem{System: sys, NewSecret: true})
	if n := count[*event.SystemSecretReplaced](h); n != 2 {
		t.Errorf("%d records tell of a new secret, want 2", n)
	}
	h.fails(presence.NoteSecret{SystemID: id("gone")}, tandem.NotFound)
}
