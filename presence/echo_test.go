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
