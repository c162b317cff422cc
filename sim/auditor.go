package sim

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"

	"tandem"
	"tandem/event"
)

// auditor reads the journal as it becomes durable and judges it. It survives
// the core's deaths.
type auditor struct {
	copy     *core
	commands []tandem.ID // of each record
	stream   hash.Hash64 // of all records
	encoder  *tandem.Encoder
	claims   []claim
	seen     []sighting
	ledger   *ledger
	tally    tally
}

// claim is the hash that the live state had at a record.
type claim struct {
	seq  tandem.Seq
	hash uint64
}

// sighting is something that left the core: it rests on a record.
type sighting struct {
	seq     tandem.Seq
	command tandem.ID
}

func newAuditor(w wrap) auditor {
	return auditor{copy: newCore(w), stream: fnv.New64a(), encoder: tandem.NewEncoder(nil, nil), ledger: newLedger(), tally: tally{}}
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
func (r *run) claim(c *core) { r.claims = append(r.claims, claim{c.Seq(), c.Hash()}) }

// audit takes what became durable.
func (r *run) audit() {
	for b, err := range r.shell.store.Read(context.Background(), shard, r.copy.Seq()+1) {
		if err == nil {
			err = read(b, r.shell.sealer, r.copy.Seq()+1, r.record)
		}
		if err != nil {
			r.fail(journalWorks, err)
			return
		}
	}
	r.judge(simS1, r.checkSeen)
}

// record judges one durable record and shows it to the world.
func (r *run) record(rec *tandem.Record) error {
	if err := r.copy.Replay(rec); err != nil {
		return err
	}
	r.copy.TakeEffects()
	r.commands = append(r.commands, rec.CommandID)
	r.encoder.Reset(r.encoder.Bytes()[:0])
	event.AppendRecord(r.encoder, rec)
	r.stream.Write(r.encoder.Bytes())
	r.judge(simS2, func() error { return r.checkClaim(rec.Seq) })
	r.tally.take(rec)
	moved := r.ledger.take(rec)
	r.judge(simS9, func() error { return r.ledger.resurrected })
	r.judge(simS3, func() error { return r.ledger.compare(r.copy.center.State(), moved) })
	if rec.Seq%snapshotEvery == 0 {
		r.shell.snapshot(r.copy)
	}
	r.After(feedMillis, func() { r.world.Saw(rec) })
	return nil
}

const (
	snapshotEvery = 700 // records
	feedMillis    = 20  // until the agents' screens show what is durable
)

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
	r.judge(simS3, c.Check)
}
