package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tandem"
	"tandem/event"
	"tandem/journal"
)

// die is the death of the process and its machine: of what was committed and
// not synced a part survives, in order.
func (p *process) die(where string) {
	if p.dead || p.shell.leader != p {
		return
	}
	s := p.shell
	unsynced := s.disk.Unsynced()
	keep := int(p.run.chance.Between(0, int64(unsynced)))
	p.run.story.tell(p.run.Now(), "the core dies %s; %d of %d unsynced commits survive", where, keep, unsynced)
	p.run.tally.count("fault: death "+where, true)
	p.run.tally.count("fault: death that loses commits", keep < unsynced)
	p.run.tally.count("fault: death that keeps commits", keep > 0)
	s.disk.Crash(keep)
	s.store = nil
	p.end()
	s.leaderless()
}

// end is the end of a process: nothing that waits in it leaves any more.
func (p *process) end() {
	p.dead, p.records, p.waiting = true, nil, nil
	for _, r := range p.queue {
		r.lost()
	}
	p.queue = nil
}

// freeze stops a process for longer than its lease; another one takes over.
// When it goes on, it finds out.
func (p *process) freeze(millis int64) {
	p.frozen = true
	p.run.story.tell(p.run.Now(), "the process of epoch %d stands still for %d ms", p.epoch, millis)
	p.run.tally.count("fault: leader stands still", true)
	p.shell.leaderless()
	p.run.After(millis, p.thaw)
}

// thaw lets a process go on that stood still.
func (p *process) thaw() {
	if p.dead {
		return
	}
	p.frozen = false
	waiting := p.waiting
	p.waiting = nil
	for _, do := range waiting {
		if !p.dead {
			do()
		}
	}
}

// probe damages the journal at a start, or adds what a newer version wrote. A
// process that starts then has to refuse. What was done is undone, as by a
// backup or by the newer version.
func (s *shell) probe(ctx context.Context) {
	f := s.run.faults
	tail := int64(s.run.copy.Seq())
	if tail == 0 || s.run.Now() >= f.end {
		return
	}
	if f.chance.PerMille(f.damaged) {
		s.probeDamage(ctx, tandem.Seq(f.chance.Between(max(1, tail-2_000), tail)))
	}
	if f.chance.PerMille(f.newer) {
		s.probeNewer(ctx, tandem.Seq(tail+1))
	}
}

func (s *shell) probeDamage(ctx context.Context, seq tandem.Seq) {
	var whole journal.Batch
	torn := s.run.faults.chance.PerMille(500)
	s.disk.Damage(shard, seq, func(b *journal.Batch) {
		whole = *b
		b.Body = slices.Clone(b.Body)
		if torn {
			b.Body = b.Body[:len(b.Body)/2]
		} else {
			b.Body[len(b.Body)/2] ^= 1 << 4
		}
	})
	s.run.tally.count("fault: torn batch", torn)
	s.run.tally.count("fault: flipped bit", !torn)
	s.run.meant(damage)
	nothing := func(*tandem.Record) error { return nil }
	if err := s.each(ctx, seq, nothing); !errors.Is(err, journal.ErrCorrupt) {
		s.run.found(damage, fmt.Errorf("the batch of record %d is damaged, and the start says: %v", seq, err))
	}
	s.disk.Damage(shard, whole.First, func(b *journal.Batch) { *b = whole })
}

// futureKind is a kind of event that no version knows yet.
const futureKind = 60_000

func (s *shell) probeNewer(ctx context.Context, seq tandem.Seq) {
	rec := tandem.Record{Seq: seq, CommandID: s.run.faults.chance.ID(), At: s.run.Now()}
	e := tandem.NewEncoder(nil, s.sealer)
	event.AppendRecord(e, &rec)
	body := e.Bytes()
	body[len(body)-1] = 1 // one event
	e.Reset(body)
	e.Uvarint(futureKind)
	e.ByteString([]byte{0})
	if s.full || s.unknown {
		return // nobody else writes to such a disk either
	}
	if err := s.store.Commit(ctx, []journal.Append{{Shard: shard, Epoch: s.epoch, First: seq, Count: 1, Body: e.Bytes()}}); err != nil {
		s.run.found(journalWorks, err)
		return
	}
	s.run.tally.count("fault: record of a newer version", true)
	s.run.meant(simS17)
	if err := s.each(ctx, seq, func(*tandem.Record) error { return nil }); !isNewer(err) {
		s.run.found(simS17, fmt.Errorf("record %d is of a newer version, and the start says: %v", seq, err))
	}
	s.disk.Remove(shard, seq, seq)
	s.disk.Sync()
}

// isNewer reports whether an error says that a newer version wrote something.
func isNewer(err error) bool {
	var unknown event.ErrUnknownEvent
	return errors.As(err, &unknown)
}
