package sim

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
)

// auditor reads the journal as it becomes durable and judges it. It survives
// the core's deaths.
type auditor struct {
	copy      *core
	commands  []tandem.ID // of each record
	sum       hash.Hash64 // of all records
	encoder   *tandem.Encoder
	claims    []claim
	seen      []sighting
	ledger    *ledger
	offers    offers
	questions questions
	chains    chains
	agents    agents
	tally     tally
	kinds     kinds
	record    *tandem.Record // that is being judged
	stay      stay           // of the contact of an event, before it
}

// claim is the hash that the live state had after a record.
type claim struct {
	seq  tandem.Seq
	hash uint64
}

// sighting is something that left the core: it rests on a record.
type sighting struct {
	seq     tandem.Seq
	command tandem.ID
}

func newAuditor(r *run) auditor {
	t := tally{}
	look := func(m instance.Machine, _ *center.Machine) instance.Machine {
		return watched{Machine: m, before: r.before, after: r.after}
	}
	return auditor{
		copy: newCore(r.mutant.wrap, look), sum: fnv.New64a(), encoder: tandem.NewEncoder(nil, tandem.Plain{}),
		ledger: newLedger(), offers: offers{run: r, made: map[tandem.ID]made{}}, questions: questions{run: r, open: map[tandem.ID]question{}}, chains: newChains(r), agents: newAgents(), tally: t,
	}
}

// lastCommand is the command of the newest durable record.
func (a *auditor) lastCommand() tandem.ID {
	if len(a.commands) == 0 {
		return tandem.ID{}
	}
	return a.commands[len(a.commands)-1]
}

// witness notes that the world saw what rests on a record, none for 0.
func (r *run) witness(seq tandem.Seq, command tandem.ID) {
	if seq > 0 {
		r.seen = append(r.seen, sighting{seq, command})
	}
}

// claim notes what the live state is at its newest record.
func (r *run) claim(p *process) { r.claims = append(r.claims, claim{p.live.Seq(), p.live.Hash()}) }

// audit takes what became durable.
func (r *run) audit() {
	if err := r.shell.each(context.Background(), r.copy.Seq()+1, r.take); err != nil {
		r.found(journalWorks, err)
		return
	}
	r.judge(simS1, r.checkSeen)
}

// follow takes what a process has made durable: from its memory, as the engine's
// follower does, or in some lives from the journal.
func (r *run) follow(records []*tandem.Record) {
	if r.seed%wholeEvery == 0 {
		r.audit()
		return
	}
	for _, rec := range records {
		if err := r.take(rec); err != nil {
			r.found(journalWorks, err)
			return
		}
	}
	r.judge(simS1, r.checkSeen)
}

// take judges one durable record and shows it to the world.
func (r *run) take(rec *tandem.Record) error {
	r.record, r.ledger.moved = rec, r.ledger.moved[:0]
	if err := r.copy.Replay(rec); err != nil {
		return err
	}
	if rec.Seq%effectsEvery == 0 { // nobody wants them
		r.copy.TakeEffects()
	}
	r.commands = append(r.commands, rec.CommandID)
	r.encoder.Reset(r.encoder.Bytes()[:0])
	event.AppendRecord(r.encoder, rec)
	r.sum.Write(r.encoder.Bytes())
	r.kinds.take(rec)
	r.judgeRecord(rec)
	if rec.Seq%snapshotEvery == 0 {
		r.shell.snapshot(r.copy)
	}
	r.reader.feed(rec)
	r.After(feedMillis, func() { r.world.Saw(rec) })
	return nil
}

const (
	snapshotEvery = 2_000 // records
	idleEvery     = 11    // records
	metricsEvery  = 500   // records
	effectsEvery  = 50    // records
	feedMillis    = 20    // until the agents' screens show what is durable
)

// before looks at the state right before an event of the present record.
func (r *run) before(at tandem.Time, ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.OfferMade:
		r.offering(at, ev)
	case *event.OfferEnded:
		if c := r.copy.center.State().Contacts[ev.ContactID]; c != nil {
			r.stay = stayOf(c)
		}
	case *event.FlowBlockRan:
		r.entering(ev)
	case *event.ContactAttributesSet:
		r.chains.setting(ev)
	}
}

// after looks at the state right after it.
func (r *run) after(at tandem.Time, ev tandem.Event) {
	r.ledger.take(r.record, ev)
	switch ev := ev.(type) {
	case *event.OfferMade:
		r.offers.made[ev.ContactID] = made{at, r.shell.downUntil(at)}
	case *event.OfferEnded:
		r.offers.ended(r.stay, ev, at)
	case *event.ContactInitiated:
		r.chains.begun(ev)
	case *event.CallbackPlanned:
		r.chains.planned(ev)
	case *event.LegDialed:
		r.chains.dialled(ev)
	case *event.SubjectErased:
		r.shell.sealer.erase(ev.Subject)
		r.tally["fault: erasure"]++
	}
	r.questions.take(at, ev)
	r.tally.take(ev)
	r.agents.take(r.tally, r.copy.center.State(), ev)
}

// judgeRecord holds what must hold after each record.
func (r *run) judgeRecord(rec *tandem.Record) {
	st := r.copy.center.State()
	r.judge(simS2, func() error { return r.checkClaim(rec.Seq) })
	r.judge(simS3, func() error { return r.ledger.compare(st) })
	r.found(simS9, r.ledger.resurrected)
	r.judge(simS20, func() error { return r.checkLimits(st) })
	r.judge(durations, func() error { return r.checkDurations(st) })
	for _, ev := range rec.Events {
		if ended, ok := ev.(*event.OfferEnded); ok {
			r.judge(simS11, func() error { return r.checkPaused(ended) })
		}
	}
	if rec.Seq%idleEvery == 0 {
		r.judge(simS5, func() error { return r.checkIdle(rec.At) })
	}
	if rec.Seq%metricsEvery == 0 {
		r.judge(simS13, func() error { return r.checkMetrics(rec.At) })
		r.judge(simL2, func() error { return r.offers.checkOpen(rec.At) })
		r.judge(simL6, func() error { return r.questions.checkOpen(rec.At) })
		r.judge(simS20, func() error { return r.checkAllLimits(st) })
	}
	if r.stream != nil {
		r.found(simS12, r.stream.take(rec))
	}
}

// checkSeen holds what the world saw against the journal (SIM-S1).
func (r *run) checkSeen() error {
	durable := r.copy.Seq()
	n := 0
	for _, s := range r.seen {
		switch {
		case s.seq > durable:
			r.seen[n] = s
			n++
		case r.commands[s.seq-1] != s.command:
			return fmt.Errorf("the world saw record %d as the work of command %s, but the journal has another one there", s.seq, s.command)
		}
	}
	r.tally[string(simS1)] += len(r.seen) - n
	r.seen = r.seen[:n]
	return nil
}

// checkClaim compares the state after a record with what was live then
// (SIM-S2).
func (r *run) checkClaim(seq tandem.Seq) error {
	for len(r.claims) > 0 && r.claims[0].seq < seq {
		r.claims = r.claims[1:]
	}
	if len(r.claims) == 0 || r.claims[0].seq > seq {
		return nil
	}
	r.meant(simS2)
	if want, got := r.claims[0].hash, r.copy.Hash(); got != want {
		return fmt.Errorf("the live state had the hash %x at record %d, its replay has %x", want, seq, got)
	}
	return nil
}

// restarted judges a state that was rebuilt after a death.
func (r *run) restarted(c *core) {
	r.claims = nil
	r.judge(simS1, func() error {
		if len(r.seen) > 0 {
			return fmt.Errorf("the world saw record %d, which the journal lost: it ends at %d", r.seen[0].seq, c.Seq())
		}
		return nil
	})
	r.seen = nil
	r.judge(simS2, func() error {
		if c.Seq() != r.copy.Seq() || c.Hash() != r.copy.Hash() {
			return errors.New("what was rebuilt after the death is not the state that the journal led to")
		}
		return nil
	})
	r.judge(selfCheck, c.Check)
}
