package presence_test

import (
	"flag"
	"fmt"
	"runtime"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// go test ./presence -run 'Kilobytes|Quiet|HalfACore' -v -presence.agents=10000
var agentsFlag = flag.Int("presence.agents", 500, "agents of the tests that weigh and count")

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
	agents := *agentsFlag
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
	each := (heap() - before) / int64(agents*5)
	t.Logf("%d bytes for each agent and leg", each)
	if each > 2048 {
		t.Errorf("%d bytes for each agent and leg, want at most 2048", each)
	}
	runtime.KeepAlive(h)
}

// In quiet time a look at everybody, in all four systems, writes nothing, records
// nothing, and waits for nothing.
func TestQuietLooksAtEverybodyWriteNothing(t *testing.T) {
	h, names := crowd(t, *agentsFlag)
	for n := range 2 {
		for _, name := range names {
			if err := h.change(name, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.now = h.now.Add(60_000)
	for _, sys := range h.presence.State().Systems {
		for _, name := range names {
			l := h.legOf(name, sys.Saved.SystemID)
			look := presence.Observe{SystemID: l.SystemID, RemoteID: l.RemoteID, Remote: l.Observed.Remote, Version: l.Observed.Version,
				Reason: l.Observed.Reason, At: l.Observed.Told, LookedAt: h.now}
			out, err := h.in.Step(h.command(look))
			if err != nil || len(out.Record.Events) > 0 || len(out.Effects) > 0 {
				t.Fatalf("a look at %s in %s gives %d events, %d effects, error %v", name, sys.Saved.Name, len(out.Record.Events), len(out.Effects), err)
			}
		}
	}
	if due, waits := h.in.NextDue(); waits {
		t.Errorf("something is due at %s", due)
	}
	t.Logf("%d agents in 4 systems: %d looks, no write", len(names), 4*len(names))
}

func (h *host) legOf(name string, system tandem.ID) *presence.Leg {
	a := h.presence.State().Agents[id(name)]
	for i := range a.Legs {
		if a.Legs[i].SystemID == system {
			return &a.Legs[i]
		}
	}
	h.t.Fatalf("%s has no leg there", name)
	return nil
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
