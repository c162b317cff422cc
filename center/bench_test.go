package center

import (
	"fmt"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// bare hosts a machine without the proofs of world, for measuring.
type bare struct {
	m        *Machine
	seq      tandem.Seq
	now      tandem.Time
	commands uint64
	reports  uint64
}

func (b *bare) step(body any) {
	b.commands++
	b.seq++
	cmd := tandem.Command{ID: tandem.ID{1}.Derive(b.commands), At: b.now, Body: body}
	s := tandem.NewStep(b.seq, cmd, func(ev tandem.Event) { b.m.Apply(b.seq, cmd.At, ev) })
	if _, err := b.m.Decide(s, body); err != nil {
		panic(err)
	}
	b.m.TakeEffects(1)
}

func (b *bare) report(r voice.Report) {
	b.reports++
	r.Incarnation, r.Number, r.At = tandem.ID{9}, b.reports, b.now
	b.step(TakeVoiceReport{r})
}

// BenchmarkCall is one call from its arrival to the end of its wrap-up, with
// 1,000 agents available.
func BenchmarkCall(b *testing.B) {
	w := newWorld(b)
	w.create()
	for n := range 1000 {
		u := w.user(fmt.Sprint("agent", n))
		u.DeskPhoneNumber = "+14155550999"
		w.m.Apply(w.seq, w.now, &u)
		w.m.Apply(w.seq, w.now, &event.AgentStatusChanged{UserID: u.UserID, StatusID: w.id("Available"), At: w.now})
	}
	m := &bare{m: w.m, seq: w.seq, now: w.now}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		m.now += 10
		leg := tandem.ID{2}.Derive(uint64(n))
		room := leg.Derive(contactNumber)
		m.report(voice.Report{Kind: voice.CallArrived, Leg: leg, From: "+4930123456", To: directNumber})
		m.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: leg})
		c := m.m.contact(room)
		m.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: c.OfferID})
		m.report(voice.Report{Kind: voice.LegEnded, Room: room, Leg: leg, Cause: voice.CauseRemote})
		m.step(DismissUserContact{c.UserID, room})
		m.step(tandem.Tick{})
	}
}
