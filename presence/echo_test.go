package presence_test

import (
	"testing"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// The tests of this file prove what happens to echoes that come late, and to
// writes that are made late or twice (SYNC-3, SYNC-14, SYNC-20).

// The echo of a write that came before another one moves nothing.
func TestSupersededEchoMovesNothing(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.finish("zd", event.WriteDone, 0)
	h.choose("Break")
	h.finish("zd", event.WriteDone, 0)
	h.see("zd", "51", 11, api)
	h.want("known", h.leg("zd").Observed.Remote, "4")
	h.want("write", h.writing("zd"), "")
	h.see("zd", "4", 12, api)
	h.want("class", h.last().String(), "echo")
}

// A write of unknown time that is made after a later one is noticed.
func TestLateWriteIsPutRight(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.finish("zd", event.WriteUnknown, 0)
	h.look("zd", "3", 10, switcher)
	h.choose("Break")
	h.sleep(10_000)
	h.finish("zd", event.WriteDone, 11)
	h.see("zd", "51", 12, api)
	h.want("class", h.last().String(), "echo")
	h.want("center", h.shown(), "Break")
	h.want("write", h.writing("zd"), "4")
}

// What was seen while a write was under way leaves open what the system shows
// after it, unless the write tells its revision.
func TestWriteThatCrossesAnActIsReadBack(t *testing.T) {
	for _, version := range []uint64{0, 11, 13} {
		h := linked(newHost(t), lastWins("zd"))
		h.choose("Lunch")
		h.see("zd", "53", 12, switcher)
		h.effects = nil
		h.finish("zd", event.WriteDone, version)
		h.want("known", h.leg("zd").Observed.Remote, map[uint64]string{0: "53", 11: "53", 13: "51"}[version])
		if unsure := len(h.effects) == 1; unsure != (version == 0) {
			t.Errorf("revision %d: effects are %v", version, h.effects)
		}
	}
}

// A late write on top of a master's own status is put right, though others
// have made the same wish since.
func TestLateWriteOnAMasterIsPutRight(t *testing.T) {
	h := linked(newHost(t), focus("zd"), lastWins("zd2"))
	h.ring("call")
	h.finish("zd", event.WriteDone, 11)
	h.clear("call")
	h.want("restore", h.writing("zd"), "3")
	h.see("zd", "52", 12, switcher)
	h.finish("zd", event.WriteUnknown, 0)
	h.look("zd", "52", 12, switcher)
	h.finish("zd2", event.WriteDone, 11)
	h.see("zd2", "52", 12, switcher)
	h.sleep(2000)
	h.see("zd", "3", 13, api)
	h.want("write", h.writing("zd"), "52")
	h.want("center", h.shown(), "Lunch")
}

// A write that a restart interrupted may be made twice, and explains two
// observations, whenever its outcome is told.
func TestInterruptedWriteExplainsTwoObservations(t *testing.T) {
	for _, outcome := range []event.WriteOutcome{event.WriteDone, event.WriteUnknown, event.WriteRetry} {
		for _, echoFirst := range []bool{true, false} {
			h := linked(newHost(t), lastWins("zd"))
			h.choose("Lunch")
			h.restart()
			if echoFirst {
				h.see("zd", "51", 11, api)
			}
			h.must(tandem.ActorConnector, presence.FinishWrite{Ended: event.StatusWriteEnded{UserID: agent1, SystemID: id("zd"),
				WriteID: h.leg("zd").Write.WriteID, Outcome: outcome, Again: true}})
			h.see("zd", "51", 11, api)
			h.see("zd", "4", 12, switcher)
			h.see("zd", "51", 13, api)
			h.want("center", h.shown(), "Break")
		}
	}
}

// blind is a system that names nobody and counts nothing: it tells only since
// when it shows a status.
func blind(h *host, remote string, at tandem.Time) {
	h.t.Helper()
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id("zd"), RemoteID: "10011", Remote: remote, At: at})
}

// SYNC-3: what was plainly chosen again after our write was made is no echo of
// it, even if nobody says who chose it.
func TestSYNC3StatusChosenAgainAfterTheWriteIsNoEcho(t *testing.T) {
	for after, want := range map[int64]string{500: "Break", 5_000: "Lunch"} {
		h := linked(newHost(t), lastWins("zd"))
		h.choose("Lunch")
		h.finish("zd", event.WriteDone, 0)
		made := h.now
		h.sleep(3_000)
		h.choose("Break")
		h.sleep(3_000)
		blind(h, "51", made.Add(after))
		h.want("center", h.shown(), want)
	}
}

// SYNC-2: a system whose clock is ahead says the same thing twice with the same
// time: it is the same thing, though the time lies ahead of ours.
func TestSYNC2ClockAheadMakesNothingNew(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.finish("zd", event.WriteDone, 0)
	ahead := h.now.Add(300_000)
	blind(h, "51", ahead)
	h.want("class", h.last().String(), "echo")
	h.sleep(10_000)
	h.choose("Break")
	h.finish("zd", event.WriteDone, 0)
	h.sleep(10_000)
	blind(h, "51", ahead)
	h.want("center", h.shown(), "Break")
}

// SYNC-2: what a system showed before the present wish was made there, but tells
// later, is no later wish, whatever its clock says.
func TestSYNC2LateActOfTheSameSystemIsNoLaterWish(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.see("zd", "4", 12, switcher)
	h.sleep(100)
	h.seeAt("zd", "51", 11, switcher, h.now)
	h.want("center", h.shown(), "Break")
}

// SYNC-3: what a system attributes to the key that only we write with is never a
// wish, however many of our writes it explains.
func TestSYNC3OwnKeyIsNeverAWish(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.sleep(120_000)
	h.see("zd", "51", 11, presence.ReasonSelf)
	h.want("class", h.last().String(), "echo")
	h.want("center", h.shown(), "Available")
	h.want("put right", h.writing("zd"), "3")
}

// SYNC-14: a write is made again with what it rested on when it was requested,
// so that it does not cover an act that was seen since.
func TestSYNC14InterruptedWriteRestsOnWhatWasKnownThen(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	h.see("zd", "4", 12, switcher)
	h.restart()
	for _, e := range h.effects {
		if w, ok := e.(presence.Write); ok && (w.Version != 10 || w.Shown != "3" || !w.Again) {
			t.Errorf("the write rests on revision %d, %q", w.Version, w.Shown)
		}
	}
}

// SYNC-20: a read that finds another status since the same second, neither what
// is known nor what was there before our write, found an act.
func TestSYNC20ReadFindsAnActWithinTheGrainOfTheClock(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.sleep(1000)
	second := h.now
	blind(h, "4", second)
	h.want("center", h.shown(), "Break")
	h.sleep(5000)
	h.must(tandem.ActorConnector, presence.Observe{SystemID: id("zd"), RemoteID: "10011", Remote: "51", At: second, LookedAt: h.now})
	h.want("center", h.shown(), "Lunch")
}

// SYNC-14: a leg that shows what it should, by whatever way, does well again.
func TestSYNC14LegRecoversWhenItShowsWhatItShould(t *testing.T) {
	h := linked(newHost(t), lastWins("zd"))
	h.choose("Lunch")
	for range 3 {
		h.finish("zd", event.WriteUnknown, 0)
		h.look("zd", "3", 10, switcher)
		h.sleep(10_000)
	}
	h.want("health", h.leg("zd").Health.String(), "degraded")
	h.see("zd", "51", 11, api)
	h.finish("zd", event.WriteUnknown, 0)
	h.look("zd", "51", 11, api)
	h.want("health", h.leg("zd").Health.String(), "ok")
}
