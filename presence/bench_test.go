package presence_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// crowd is an instance with agents who are each linked to four systems.
func crowd(t testing.TB, agents int) (*host, []string) {
	h := newHost(t)
	h.begin()
	systems := []event.SystemSaved{lastWins("zd"), kustomerRemote("ku").sys, mappedSalesforce("sf").sys, connectRemote("ac").sys}
	h.must(tandem.ActorUser, emitAll{[]tandem.Event{&loadStatuses[0], &loadStatuses[1]}})
	for _, sys := range systems {
		sys.FocusMode = false
		h.must(tandem.ActorUser, presence.SaveSystem{System: sys, New: true})
	}
	names := make([]string, agents)
	for i := range names {
		names[i] = fmt.Sprintf("agent-%05d", i)
		h.in.Step(h.command(emitAll{[]tandem.Event{&event.UserSaved{UserID: id(names[i])}}}))
		h.in.Step(h.command(put{id(names[i]), id("Available")}))
		for _, sys := range systems {
			h.in.Step(h.command(presence.LinkAgent{UserID: id(names[i]), SystemID: sys.SystemID, RemoteID: names[i]}))
			h.in.Step(h.command(presence.Observe{SystemID: sys.SystemID, RemoteID: names[i], Remote: sys.Mapping[0].Remote, Version: 10, Reason: switcher, At: h.now}))
		}
	}
	return h, names
}

func (h *host) command(body any) tandem.Command {
	h.commands++
	return tandem.Command{ID: id("command").Derive(h.commands), At: h.now, Actor: tandem.Actor{Kind: tandem.ActorConnector}, Body: body}
}

// change lets a person change the status in Zendesk, and ends the writes that
// follow in the three other systems.
func (h *host) change(name string, n int) error {
	h.now++
	out, err := h.in.Step(h.command(presence.Observe{SystemID: id("zd"), RemoteID: name, Remote: []string{"4", "3"}[n%2], Version: uint64(11 + n), Reason: switcher, At: h.now}))
	if err != nil {
		return err
	}
	for _, e := range out.Effects {
		w, ok := e.(presence.Write)
		if !ok {
			continue
		}
		ended := event.StatusWriteEnded{UserID: w.UserID, SystemID: w.System.SystemID, WriteID: w.WriteID, Outcome: event.WriteDone, Version: uint64(11 + n)}
		if _, err := h.in.Step(h.command(presence.FinishWrite{Ended: ended})); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkChange is one change of a person, with the three writes that follow:
// at 1,000 changes a second it may use half a core, 500 µs.
func BenchmarkChange(b *testing.B) {
	h, names := crowd(b, 1000)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if err := h.change(names[n%len(names)], n/len(names)); err != nil {
			b.Fatal(err)
		}
		h.in.Hash()
	}
}

// At 1,000 changes a second, with four systems, presence uses no more than half
// a core.
func TestThousandChangesASecondUseAtMostHalfACore(t *testing.T) {
	h, names := crowd(t, 1000)
	best := time.Hour
	for round := range 5 {
		begun := time.Now()
		for _, name := range names {
			if err := h.change(name, round); err != nil {
				t.Fatal(err)
			}
		}
		best = min(best, time.Since(begun))
	}
	t.Logf("1,000 changes take %s", best)
	if most := 500 * time.Millisecond * raceFactor; best > most {
		t.Errorf("1,000 changes take %s of a core, want at most %s", best, most)
	}
}

// An agent takes at most 2 KB for each system, after some changes everywhere.
func TestAgentTakesAtMostTwoKilobytesForEachSystem(t *testing.T) {
	const agents = 500
	before := heap()
	h, names := crowd(t, agents)
	for n := range 10 {
		for _, name := range names {
			if err := h.change(name, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.in.Hash()
	each := (heap() - before) / (agents * 5)
	t.Logf("%d bytes for each agent and leg", each)
	if each > 2048 {
		t.Errorf("%d bytes for each agent and leg, want at most 2048", each)
	}
	runtime.KeepAlive(h)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
