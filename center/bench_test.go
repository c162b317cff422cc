package center

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

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
	records  []tandem.Record // kept where recording
	keep     bool
	rec      tandem.Record // of the present step
	emit     func(tandem.Event)
}

func (b *bare) step(body any) {
	b.commands++
	b.seq++
	b.rec = tandem.Record{Seq: b.seq, CommandID: tandem.ID{1}.Derive(b.commands), At: b.now}
	if b.emit == nil {
		b.emit = func(ev tandem.Event) {
			if b.keep {
				b.rec.Events = append(b.rec.Events, ev)
			}
			b.m.Apply(b.rec.Seq, b.rec.At, ev)
		}
	}
	s := tandem.NewStep(b.seq, tandem.Command{ID: b.rec.CommandID, At: b.now, Body: body}, b.emit)
	if _, err := b.m.Decide(s, body); err != nil {
		panic(err)
	}
	b.m.TakeEffects(1)
	if len(b.rec.Events) > 0 {
		b.records = append(b.records, b.rec)
	}
}

func (b *bare) report(r voice.Report) {
	b.reports++
	r.Incarnation, r.Number, r.At = tandem.ID{9}, b.reports, b.now
	b.step(TakeVoiceReport{r})
}

// staffed is a center with so many agents with desk phones, all available, and
// the records of that.
func staffed(t testing.TB, agents int) *bare {
	w := newWorld(t)
	w.create()
	b := &bare{m: w.m, seq: w.seq, now: w.now, keep: true, records: w.records}
	for n := range agents {
		u := w.user("")
		u.UserID, u.Username, u.DeskPhoneNumber = tandem.ID{3}.Derive(uint64(n)), tandem.Personal(fmt.Sprint("agent", n)), "+14155550999"
		b.seq++
		rec := tandem.Record{Seq: b.seq, At: b.now, Events: []tandem.Event{&u, &event.AgentStatusChanged{UserID: u.UserID, StatusID: w.id("Available"), At: b.now}}}
		for _, ev := range rec.Events {
			b.m.Apply(rec.Seq, rec.At, ev)
		}
		b.records = append(b.records, rec)
	}
	b.m.Hash()
	return b
}

// call is one call from its arrival to the end of its wrap-up.
func (b *bare) call(n uint64) {
	b.now += 10
	b.begin(n)
	b.hangUp(n)
	b.wrapUp(n)
}

// begin lets a call arrive, and an agent who is available take it.
func (b *bare) begin(n uint64) {
	leg, room := callOf(n)
	b.report(voice.Report{Kind: voice.CallArrived, Leg: leg, From: customerNumber, To: directNumber})
	b.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: leg})
	b.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: b.m.contact(room).OfferID})
}

func (b *bare) hangUp(n uint64) {
	leg, room := callOf(n)
	b.report(voice.Report{Kind: voice.LegEnded, Room: room, Leg: leg, Cause: voice.CauseRemote})
}

func (b *bare) wrapUp(n uint64) {
	_, room := callOf(n)
	b.step(DismissUserContact{b.m.contact(room).UserID, room})
	b.step(tandem.Tick{})
}

// callOf is the customer's leg of a call, and the contact that it becomes.
func callOf(n uint64) (leg, room tandem.ID) {
	leg = tandem.ID{2}.Derive(n)
	return leg, leg.Derive(contactNumber)
}

// BenchmarkCall decides and applies one call, with 1,000 agents available.
func BenchmarkCall(b *testing.B) {
	c := staffed(b, 1000)
	c.keep = false
	b.ReportAllocs()
	began := processorTime(b)
	n := uint64(0)
	for ; b.Loop(); n++ {
		c.call(n)
	}
	b.ReportMetric(float64(processorTime(b)-began)/float64(n), "processor-ns/op")
}

// BenchmarkDay lives the calls of a day at the pace of 200,000 in 24 hours, with
// 1,000 agents who talk for 300 s and wrap up for 25 s: 750 are busy at a
// time. One contact is one turn; it tells how many a processor lives in a second.
func BenchmarkDay(b *testing.B) {
	const paceMillis, talkMillis, wrapUpMillis = 432, 300_000, 25_000
	const talking, wrappingUp = talkMillis / paceMillis, wrapUpMillis / paceMillis // calls at a time
	c := staffed(b, 1000)
	c.keep = false
	b.ReportAllocs()
	began := processorTime(b)
	n := uint64(0)
	for ; b.Loop(); n++ {
		c.now += paceMillis
		c.begin(n)
		if n >= talking {
			c.hangUp(n - talking)
		}
		if n >= talking+wrappingUp {
			c.wrapUp(n - talking - wrappingUp)
		}
	}
	b.ReportMetric(float64(n)/(processorTime(b)-began).Seconds(), "contacts/processor-s")
}

// processorTime is what this process has used: on a machine that others use too
// it tells more than the clock.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// day is the records of a center with 1,000 agents and 5,000 calls.
func day(b *testing.B) (records []tandem.Record, events int) {
	c := staffed(b, 1000)
	for n := range uint64(5000) {
		c.call(n)
	}
	for i := range c.records {
		events += len(c.records[i].Events)
	}
	return c.records, events
}

// BenchmarkApply applies the decoded records of a day to a new center.
func BenchmarkApply(b *testing.B) {
	records, events := day(b)
	for b.Loop() {
		m := New(zones{})
		for i := range records {
			for _, ev := range records[i].Events {
				m.Apply(records[i].Seq, records[i].At, ev)
			}
		}
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkDecodeAndApply reads the records of a day from their wire form and
// applies them to a new center.
func BenchmarkDecodeAndApply(b *testing.B) {
	records, events := day(b)
	sealer := tandem.Plain{}
	var stored [][]byte
	for i := range records {
		e := tandem.NewEncoder(nil, sealer)
		event.AppendRecord(e, &records[i])
		stored = append(stored, e.Bytes())
	}
	for b.Loop() {
		m := New(zones{})
		for _, bytes := range stored {
			var rec tandem.Record
			if err := event.ReadRecord(tandem.NewDecoder(bytes, sealer), &rec); err != nil {
				b.Fatal(err)
			}
			for _, ev := range rec.Events {
				m.Apply(rec.Seq, rec.At, ev)
			}
		}
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// heapInUse is the bytes in use once the garbage is gone.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemoryOfIdleAgentsAndLiveContacts holds an idle agent to 1 KB and a live
// contact to 4 KB besides its attributes, with all that is derived from them.
func TestMemoryOfIdleAgentsAndLiveContacts(t *testing.T) {
	const agents, contacts = 5000, 5000
	w := newWorld(t)
	w.create()
	b := &bare{m: w.m, seq: w.seq, now: w.now}
	available := w.id("Available")
	before := heapInUse()
	for n := range agents {
		u := w.user("agent")
		u.UserID, u.Username = tandem.ID{3}.Derive(uint64(n)), tandem.Personal(fmt.Sprint("agent", n))
		b.m.Apply(b.seq, b.now, &u)
		b.m.Apply(b.seq, b.now, &event.AgentStatusChanged{UserID: u.UserID, StatusID: available, At: b.now})
	}
	b.m.Hash()
	staffed := heapInUse()
	for n := range uint64(contacts + agents) {
		leg := tandem.ID{2}.Derive(n)
		room := leg.Derive(contactNumber)
		b.report(voice.Report{Kind: voice.CallArrived, Leg: leg, From: customerNumber, To: directNumber})
		b.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: leg})
		if c := b.m.contact(room); c.Phase == Offered {
			b.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: c.OfferID})
		}
	}
	b.m.Hash()
	busy := heapInUse()
	perAgent, perContact := (staffed-before)/agents, (busy-staffed)/(contacts+agents)
	t.Logf("%d bytes for an idle agent, %d for a live contact", perAgent, perContact)
	if perAgent > 1024 || perContact > 4096 {
		t.Errorf("%d bytes for an idle agent, %d for a live contact: more than 1024 and 4096", perAgent, perContact)
	}
	runtime.KeepAlive(w)
}

// TestMemoryOfContactsThatWaitInFlows holds a call that waits for a function, in
// a module, after another function has answered, to 6,000 bytes: 100,000 of them
// take 600 MB at most.
func TestMemoryOfContactsThatWaitInFlows(t *testing.T) {
	const contacts, most = 4000, 6000
	w := moduleWorld(t, []act{ask("inner", ""), back, bye}, toQueue, attr("a", "k", "v"), ask("outer", ""), module("call", "module", nil), bye)
	b := &bare{m: w.m, seq: w.seq, now: w.now, reports: 1}
	before := heapInUse()
	for n := range uint64(contacts) {
		leg := tandem.ID{2}.Derive(n)
		room := leg.Derive(contactNumber)
		b.report(voice.Report{Kind: voice.CallArrived, Leg: leg, From: customerNumber, To: "+14155550110"})
		b.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: leg})
		i := b.m.contact(room).Invocations[0]
		b.step(FunctionReturned{ContactID: room, InvocationID: i.InvocationID, Result: `{"plan":"gold","orders":"7","name":"Example"}`})
		if c := b.m.contact(room); len(c.Invocations) != 1 || len(c.framesOn(event.CustomerSide)) != 1 {
			t.Fatalf("contact %d waits for %d functions in %d modules", n, len(c.Invocations), len(c.framesOn(event.CustomerSide)))
		}
	}
	b.m.Hash()
	per := (heapInUse() - before) / contacts
	t.Logf("%d bytes for a call that waits in a flow", per)
	if per > most {
		t.Errorf("%d bytes for a call that waits in a flow: more than %d", per, most)
	}
	runtime.KeepAlive(w)
}

// BenchmarkFunction asks a function and goes on with its answer.
func BenchmarkFunction(b *testing.B) {
	w := newWorld(b)
	w.create()
	w.must(AssociateFunction{FunctionARN: lookUp})
	again := act{id: "again", kind: "TransferToFlow", params: `"ContactFlowId":"` + idOf("asks") + `"`, to: map[string]string{"NoMatchingError": "bye"}}
	w.saveFlow("asks", "CONTACT_FLOW", bye)
	w.saveFlow("asks", "CONTACT_FLOW", ask("ask", ""), attr("set", "plan", "$.External.plan"), again, bye)
	w.saveNumber("+14155550110", "asks")
	c := &bare{m: w.m, seq: w.seq, now: w.now}
	leg := tandem.ID{2}
	c.report(voice.Report{Kind: voice.CallArrived, Leg: leg, From: customerNumber, To: "+14155550110"})
	room := leg.Derive(contactNumber)
	c.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: leg})
	b.ReportAllocs()
	for b.Loop() {
		i := c.m.contact(room).Invocations[0]
		c.step(FunctionReturned{ContactID: room, InvocationID: i.InvocationID, Result: `{"plan":"gold","orders":"7","name":"Example"}`})
	}
}
