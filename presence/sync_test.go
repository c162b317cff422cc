package presence_test

import (
	"slices"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// The numbers SYNC-n name the rules that the tests of this file prove.

func lastWins(name string) event.SystemSaved { return system(name, event.LastActionWins, false) }

func (h *host) want(what, got, want string) {
	h.t.Helper()
	if got != want {
		for _, rec := range h.journal[max(0, len(h.journal)-30):] {
			for _, line := range presence.Explain(&rec, agent1, h.presence.Name) {
				h.t.Logf("%d: %s", rec.Seq, line)
			}
		}
		h.t.Fatalf("%s: got %q, want %q", what, got, want)
	}
}

// SYNC-1: a poll that finds our own write is no act of a person.
func TestSYNC1PollGoesThroughTheClassifier(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	version := h.agent().Intent.Version
	h.finish("zd", event.WriteDone, 0)
	h.look("zd", "51", 11, api)
	h.want("class", h.last().String(), "echo")
	if got := h.agent().Intent.Version; got != version {
		t.Errorf("the echo made intent %d, want %d still", got, version)
	}
}

// SYNC-2: what was seen before carries nothing; an older revision does not
// move what is known, but may carry a newer wish.
func TestSYNC2OldRevisionsMoveNothingButMayCarryAWish(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	records := len(h.journal)
	h.see("zd", "3", 10, switcher)
	h.look("zd", "3", 10, switcher)
	if len(h.journal) != records {
		t.Fatal("the same observation again was recorded")
	}
	h.choose("Lunch")
	h.sleep(5000)
	act := h.now // the agent picks Away, then our write lands on top of it
	h.sleep(1000)
	h.see("zd", "51", 12, api)
	h.finish("zd", event.WriteDone, 12)
	h.seeAt("zd", "4", 11, switcher, act)
	h.want("class", h.last().String(), "intent")
	h.want("center", h.shown(), "Break")
	h.want("write", h.writing("zd"), "4")
	records = len(h.journal)
	h.seeAt("zd", "4", 11, switcher, act)
	if len(h.journal) != records {
		t.Error("the late observation again was recorded")
	}
}

// SYNC-3: one write explains one observation, by its value, newer than the
// revision that the write rested on.
func TestSYNC3EchoExplainsOneObservation(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.see("zd", "51", 11, api)
	h.want("first", h.last().String(), "echo")
	h.finish("zd", event.WriteDone, 0)
	h.see("zd", "4", 12, switcher)
	h.want("center", h.shown(), "Break")
	h.see("zd", "51", 13, api) // not ours: the write is used up
	h.want("second", h.last().String(), "intent")
	h.want("center", h.shown(), "Lunch")
}

// SYNC-3: a system that names its reasons never has a person's act taken for
// our write.
func TestSYNC3PersonChoosingWhatWeWriteIsNoEcho(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.see("zd", "51", 11, switcher)
	h.want("class", h.last().String(), "equal")
}

// SYNC-3: after a minute a write explains nothing any more.
func TestSYNC3EchoIsForgottenAfterAMinute(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.finish("zd", event.WriteDone, 0)
	h.see("zd", "4", 11, switcher)
	h.sleep(61_000)
	h.see("zd", "51", 12, api)
	h.want("class", h.last().String(), "intent")
}

// SYNC-4: what is wanted there anyhow is no new wish, and a person's makes
// the wish later.
func TestSYNC4EqualToDesiredIsNoNewWish(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	before := h.agent().Intent
	h.sleep(5000)
	h.see("zd", "51", 11, switcher)
	after := h.agent().Intent
	if after.Version != before.Version || after.At != h.now {
		t.Errorf("intent is version %d at %s, want version %d at %s", after.Version, after.At, before.Version, h.now)
	}
}

// SYNC-4: two statuses that mean the same in the center stay what they are.
func TestSYNC4ManyToOneIsNotMappedBack(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.see("zd", "52", 11, switcher)
	h.want("center", h.shown(), "Lunch")
	h.want("write", h.writing("zd"), "")
	h.choose("Break")
	h.finish("zd", event.WriteDone, 12)
	h.choose("Lunch")
	h.want("write", h.writing("zd"), "51")
}

// SYNC-6: of two acts the later counts, whichever arrives first.
func TestSYNC6LaterActCounts(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"), lastWins("zd2"))
	at := h.now
	h.sleep(10_000)
	h.seeAt("zd", "51", 11, switcher, at.Add(8000))
	h.seeAt("zd2", "4", 11, switcher, at.Add(4000))
	h.want("class", h.last().String(), "stale")
	h.want("center", h.shown(), "Lunch")
}

// SYNC-6: of two acts close together the higher rank counts: a person's,
// then a program's, then a lost session's, then the system's own.
func TestSYNC6RankDecidesBetweenCloseActs(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"), lastWins("zd2"))
	h.see("zd", "51", 11, switcher)
	h.sleep(1000)
	h.see("zd2", "4", 11, idle)
	h.want("close", h.shown(), "Lunch")
	h.want("put back", h.writing("zd2"), "51")
	h.finish("zd2", event.WriteDone, 12)
	h.sleep(10_000)
	h.see("zd2", "4", 13, api)
	h.want("later", h.shown(), "Break")
}

// SYNC-7 is proved by the tests ZD-L4 to ZD-L8.

// SYNC-9: an unmapped status is left alone until the next wish.
func TestSYNC9UnmappedIsLeftAloneUntilTheNextWish(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.see("zd", "53", 11, switcher)
	h.want("center", h.shown(), "Available")
	h.sleep(600_000)
	h.want("left alone", h.writing("zd"), "")
	h.choose("Lunch")
	h.want("next wish", h.writing("zd"), "51")
}

// SYNC-11: during a contact a log-out elsewhere becomes the next status.
func TestSYNC11OfflineDuringAContactBecomesTheNextStatus(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.ring("call")
	h.see("zd", "2", 11, switcher)
	h.want("center", h.shown(), "next Offline")
	h.clear("call")
	h.want("center", h.shown(), "Offline")
	h.want("the end of the call is no wish", h.last().String(), "intent")
	if v := h.agent().Intent.Version; v != 2 {
		t.Errorf("%d wishes, want 2", v)
	}
}

// SYNC-11: choosing the present status takes the next one back.
func TestSYNC11PresentStatusTakesTheNextBack(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.ring("call")
	h.choose("Lunch")
	h.want("write", h.writing("zd"), "51")
	h.finish("zd", event.WriteDone, 11)
	h.choose("Available")
	h.want("write", h.writing("zd"), "3")
	h.want("center", h.shown(), "Available")
}

// SYNC-12: a status that is disabled or no longer offered is not written.
func TestSYNC12DisabledAndVanishedStatusesAreNotWritten(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	lunch := centerStatuses[2]
	lunch.Enabled = false
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&lunch}})
	h.see("zd", "51", 11, switcher) // ZD-L11
	h.want("center", h.shown(), "Available")
	h.must(tandem.ActorConnector, presence.SetRemoteStatuses{SystemID: id("zd"), Statuses: remoteStatuses[:2]})
	h.choose("Break") // ZD-L10
	h.want("write", h.writing("zd"), "")
}

// SYNC-13 and SYNC-15: one write is under way; of newer wishes only the last
// is sent, and none where it is shown already.
func TestSYNC13NewestWishWaitsForTheWriteUnderWay(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.choose("Break")
	h.choose("Offline")
	h.want("first", h.writing("zd"), "51")
	h.finish("zd", event.WriteDone, 11)
	h.want("then the newest", h.writing("zd"), "2")
	h.choose("Lunch")
	h.choose("Offline")
	h.finish("zd", event.WriteDone, 12)
	h.want("then none", h.writing("zd"), "")
	if n := len(h.effects); n != 2 {
		t.Errorf("%d effects, want 2 writes", n)
	}
}

// SYNC-14: after a write without answer the system is read, and what it shows
// decides.
func TestSYNC14UnknownOutcomeIsReadBack(t *testing.T) {
	for _, tt := range []struct {
		name, remote string
		version      uint64
		reason       string
		write        string
	}{
		{"not made", "3", 10, switcher, "51"},
		{"made", "51", 11, api, ""},
		{"a person was faster", "4", 11, switcher, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := linked(newHost(t), lastWins("zd"))
			h.choose("Lunch")
			h.sleep(1000)
			h.effects = nil
			h.finish("zd", event.WriteUnknown, 0)
			if _, ok := h.effects[0].(presence.Read); !ok {
				t.Fatalf("got %T, want a read", h.effects[0])
			}
			h.sleep(100)
			h.see("zd", "3", 10, switcher) // an old webhook decides nothing
			h.sleep(30_000)
			h.want("waits", h.writing("zd"), "")
			h.look("zd", tt.remote, tt.version, tt.reason)
			h.sleep(30_000)
			h.want("then", h.writing("zd"), tt.write)
		})
	}
}

// SYNC-14: retries wait longer each time, and a retry carries the wish of its
// own moment, not an older one.
func TestSYNC14RetriesBackOffAndCarryTheNewestWish(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	for _, millis := range []int64{1000, 2000, 4000, 8000} {
		h.finish("zd", event.WriteRetry, 0)
		h.sleep(millis - 1)
		h.want("too early", h.writing("zd"), "")
		h.sleep(1)
		h.want("again", h.writing("zd"), "51")
	}
	h.want("health", h.leg("zd").Health.String(), "degraded")
	h.finish("zd", event.WriteRetry, 0)
	h.choose("Break")
	h.want("waits", h.writing("zd"), "")
	h.sleep(60_000)
	h.want("newest", h.writing("zd"), "4")
	h.finish("zd", event.WriteDone, 11)
	h.want("health", h.leg("zd").Health.String(), "ok")
}

// SYNC-16: a refused write is not made again until something changes, and
// disturbs no other system (I16).
func TestSYNC16RefusedWriteIsNotRetried(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"), lastWins("zd2"))
	h.choose("Lunch")
	h.finish("zd", event.WriteRefused, 0)
	h.finish("zd2", event.WriteDone, 11)
	h.sleep(600_000)
	h.want("refused", h.writing("zd"), "")
	h.want("health", h.leg("zd").Health.String(), "degraded")
	h.want("other", h.leg("zd2").Observed.Remote, "51")
	h.want("notices", strings.Join(h.notices(), ","), "status_sync_trouble the system's answer")
	h.choose("Break")
	h.want("next wish", h.writing("zd"), "4")
}

// SYNC-16: the same for a status that the center refuses.
func TestSYNC16CenterRefusal(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.center.disabled[id("Lunch")] = true
	h.see("zd", "51", 11, switcher)
	h.want("center", h.shown(), "Available")
	h.want("health", h.agent().Legs[0].Health.String(), "degraded")
	h.see("zd", "4", 12, switcher)
	h.want("center", h.shown(), "Break")
	h.want("health", h.agent().Legs[0].Health.String(), "ok")
}

// SYNC-17: the system's own doing never makes an agent more available.
func TestSYNC17SystemNeverRaisesAvailability(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Break")
	h.finish("zd", event.WriteDone, 11)
	h.sleep(10_000)
	for i, reason := range []string{idle, deleted, "OMNICHANNEL_ROUTING_ENABLED", reconnected} {
		h.see("zd", "3", 12+uint64(i), reason)
		h.want(reason, h.shown(), "Break")
	}
}

// SYNC-17: a session that comes back brings back what the person had chosen.
func TestSYNC17ReconnectBringsBackThePersonsChoice(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.see("zd", "2", 11, disconnected)
	h.sleep(61_000)
	h.want("lost", h.shown(), "Offline")
	h.sleep(30_000)
	h.see("zd", "3", 12, reconnected)
	h.want("back", h.shown(), "Available")
}

// SYNC-20: after a start the writes under way are made again with care, every
// leg is read, and a missed act counts.
func TestSYNC20StartReadsEveryLegAndTakesMissedActs(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"), lastWins("zd2"))
	h.choose("Lunch")
	h.finish("zd2", event.WriteDone, 11)
	h.restart()
	reads, again := 0, 0
	for _, e := range h.effects {
		switch e := e.(type) {
		case presence.Read:
			reads++
		case presence.Write:
			if e.Again && e.Remote == "51" && e.Version == 10 {
				again++
			}
		}
	}
	if reads != 2 || again != 1 {
		t.Errorf("%d reads and %d writes, want 2 and 1: %v", reads, again, h.effects)
	}
	h.sleep(10_000)
	h.look("zd2", "4", 12, switcher)
	h.want("missed act", h.shown(), "Break")
}

// SYNC-21: a write that was made and is not shown is made again three times,
// then a person must look.
func TestSYNC21ReassertsThreeTimesThenDegrades(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	writes := 0
	for h.writing("zd") != "" {
		writes++
		h.finish("zd", event.WriteDone, 0)
		h.sleep(60_000)
		h.look("zd", "3", 10, switcher)
	}
	if writes != 4 {
		t.Errorf("%d writes, want 4", writes)
	}
	h.want("health", h.leg("zd").Health.String(), "degraded")
	h.must(tandem.ActorUser, presence.ReleaseLeg{UserID: agent1, SystemID: id("zd")})
	h.want("released", h.writing("zd"), "51")
}

// SYNC-22: programs that fight over a status are stopped; a person's act
// starts the leg again.
func TestSYNC22LoopBreakerFreezesAndAPersonReleases(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"), lastWins("zd2"))
	version := uint64(10)
	for range 20 { // zd wants Eating, zd2 wants Away
		version++
		h.see("zd", "51", version, api)
		if h.writing("zd2") != "" {
			h.finish("zd2", event.WriteDone, version)
		}
		h.sleep(500)
		version++
		h.see("zd2", "4", version, api)
		if h.writing("zd") != "" {
			h.finish("zd", event.WriteDone, version)
		}
		h.sleep(500)
	}
	h.want("health", h.leg("zd").Health.String(), "frozen")
	if n := count[*event.StatusWriteRequested](h); n > 3*6+4 {
		t.Errorf("%d writes in 20 s", n)
	}
	h.sleep(60_000)
	h.want("still frozen", h.writing("zd"), "")
	h.choose("Offline")
	h.want("released", h.writing("zd"), "2")
	h.want("health", h.leg("zd").Health.String(), "ok")
}

// SYNC-23: the journal alone tells why a system shows what it shows.
func TestSYNC23EveryDecisionIsExplained(t *testing.T) {
	h := linked(newHost(t), system("zd", event.Master, true))
	from := len(h.journal)
	h.ring("call")
	h.finish("zd", event.WriteDone, 11)
	h.see("zd", "4", 12, idle)
	h.choose("Lunch")
	var lines []string
	for _, rec := range h.journal[from:] {
		lines = append(lines, presence.Explain(&rec, agent1, h.presence.Name)...)
	}
	want := `on a contact
Online will be put back in zd after the contact
zd is to show On a contact (focus, wish 1, attempt 1)
the write to zd ended: done (the system's answer)
zd shows Away: the system's own doing, no wish (AGENT_IDLE_TIMEOUT)
zd is to show On a contact (focus, wish 1, attempt 1)
the contact center shows Lunch: put back: another system governs this status
told the agent: status_put_back Lunch
the contact center is to show Available (revert, wish 1, attempt 1)
the write to the contact center ended: done`
	h.want("story", strings.Join(lines, "\n"), want)
}

// Users who are linked nowhere leave no trace of presence in the journal.
func TestUnlinkedAgentsCostNothing(t *testing.T) {
	h := newHost(t)
	h.begin()
	h.choose("Available")
	h.ring("call")
	h.clear("call")
	for _, rec := range h.journal[1:] {
		if len(rec.Events) != 1 {
			t.Errorf("record %d has %d events, want the center's own", rec.Seq, len(rec.Events))
		}
	}
}

// What the agent chose in the center before the first link is the first wish.
func TestFirstLinkBeginsWithTheCentersStatus(t *testing.T) {
	h := newHost(t)
	h.begin()
	h.sleep(1000)
	h.choose("Lunch")
	h.sleep(1000)
	h.connect(lastWins("zd"))
	h.seeAt("zd", "3", 10, switcher, start)
	h.want("older", h.writing("zd"), "51")
}

// A write tells how available it makes the agent, so that a connector that must
// wait can make the less available ones first.
func TestWritesTellHowAvailableTheyMakeTheAgent(t *testing.T) {
	h := linked(newHost(t), system("zd", event.LastActionWins, true))
	var got []presence.Availability
	for _, act := range []func(){func() { h.choose("Offline") }, func() { h.choose("Lunch") }, func() { h.choose("Available") }, func() { h.ring("call") }} {
		h.effects = nil
		act()
		got = append(got, h.effects[0].(presence.Write).Availability)
		h.finish("zd", event.WriteDone, 0)
	}
	if !slices.Equal(got, []presence.Availability{0, 1, 2, 1}) {
		t.Errorf("got %v", got)
	}
}
