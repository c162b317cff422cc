package sim

import (
	"context"
	"errors"
	"fmt"

	"tandem"
	"tandem/event"
	"tandem/journal"
	"tandem/journal/memory"
)

// process is one life of the core's process: package engine in virtual time.
// It owns the live core, batches its records, and releases answers and effects
// once they are durable.
type process struct {
	shell    *shell
	run      *run
	store    *memory.Store
	epoch    tandem.Epoch
	live     *core
	last     tandem.ID // the command of the newest record
	records  []*tandem.Record
	written  []*tandem.Record // committed, and not synced
	refused  bool             // the last command was refused
	busy     bool             // a batch is being committed
	queue    []release
	durable  tandem.Seq
	commands int
	flushes  int
	timer    int // counts how often it was set
	unmoving int // ticks without time passing

	dead    bool
	fenced  bool     // it knows that another one leads
	frozen  bool     // it does not run at present
	waiting []func() // what it does when it runs again
}

// What costs much is done now and then only.
const (
	claimEvery   = 40 // commits: the live state is compared with its replay
	refusalEvery = 16 // commands: one that is refused is looked at closely
)

// release is what leaves once a record is durable.
type release struct {
	seq  tandem.Seq
	do   func()
	lost func() // instead, if the process dies before
}

// later lets the process do something at a moment, if it lives and as soon as
// it runs.
func (p *process) later(at tandem.Time, do func()) {
	p.run.At(at, func() {
		switch {
		case p.dead:
		case p.frozen:
			p.waiting = append(p.waiting, do)
		default:
			do()
		}
	})
}

// step decides one command. Its answer and effects wait for the journal.
func (p *process) step(actor tandem.Actor, body any, done func(any, error), lost func()) {
	cmd := tandem.Command{ID: p.run.chance.ID(), At: p.shell.now(), Actor: actor, Body: body}
	before, hashed := uint64(0), p.commands%refusalEvery == 0
	if p.commands++; hashed {
		before = p.live.Hash()
	}
	out, err := p.live.Step(cmd)
	p.run.story.command(p.run.Now(), cmd, &out.Record, err)
	if err != nil {
		p.refused = true
		if hashed {
			p.run.judge(refusals, func() error { return p.unchanged(before, cmd.Body, err) })
		}
		p.release(p.live.Seq(), func() { done(nil, err) }, lost)
		return
	}
	p.refused = false
	if len(out.Record.Events) > 0 {
		p.records, p.last = append(p.records, &out.Record), cmd.ID
		p.run.stepped(p)
	}
	seq := p.live.Seq()
	effects := func() { p.handOut(out.Effects) }
	if p.run.mutant.releaseEarly {
		p.run.witness(seq, p.last)
		effects()
		effects = func() {}
	}
	p.release(seq, func() {
		effects()
		done(out.Answer, nil)
	}, lost)
}

// unchanged makes sure that a refused command left the state as it was.
func (p *process) unchanged(before uint64, body any, refusal error) error {
	p.run.meant(refusals)
	if p.live.Hash() != before {
		return fmt.Errorf("%T was refused (%w) and changed the state", body, refusal)
	}
	return nil
}

// after is what the loop does after each command: the process may die at this
// record's boundary, or hand the batch to the journal.
func (p *process) after() {
	if p.run.faults.dieNow() {
		p.die("at a record's boundary")
		return
	}
	p.flush()
	p.setTimer()
}

// release lets do happen when seq is durable, in the order of the calls.
func (p *process) release(seq tandem.Seq, do, lost func()) {
	p.queue = append(p.queue, release{seq, p.witnessed(do), lost})
	p.reached()
}

// witnessed lets do leave, and notes on which record it rests.
func (p *process) witnessed(do func()) func() {
	seq, command := p.live.Seq(), p.last
	return func() {
		p.run.witness(seq, command)
		do()
	}
}

// reached releases what is durable. It leaves at once, but from the agenda, so
// that nobody answers inside a call.
func (p *process) reached() {
	for len(p.queue) > 0 && p.queue[0].seq <= p.durable {
		do := p.queue[0].do
		p.queue = p.queue[1:]
		p.leave()
		p.run.After(0, do)
	}
}

// leave judges that something leaves the process (SIM-S14).
func (p *process) leave() {
	if p.fenced {
		p.run.found(simS14, fmt.Errorf("the process of epoch %d goes on, though it was told that epoch %d leads", p.epoch, p.shell.epoch))
	}
}

func (p *process) handOut(effects []tandem.Effect) {
	for _, e := range effects {
		p.run.handOut(e)
	}
}

// flush commits what was decided, unless a commit is under way. It is durable
// when it is synced, a while later.
func (p *process) flush() {
	if p.busy || len(p.records) == 0 {
		return
	}
	all := p.records
	for len(p.records) > 0 { // now and then in several commits with one sync
		n := len(p.records)
		if p.run.chance.PerMille(200) {
			n = int(p.run.chance.Between(1, int64(n)))
		}
		if err := p.commit(p.records[:n]); err != nil {
			p.failed(err)
			return
		}
		p.records = p.records[n:]
		if len(p.records) > 0 && p.run.faults.dieInside() {
			p.die("inside a write")
			return
		}
	}
	p.written, p.records, p.busy = append(p.written, all...), nil, true
	if p.flushes++; p.flushes%claimEvery == 0 && !p.refused {
		p.run.claim(p)
	}
	seq, sync := p.live.Seq(), p.run.faults.syncMillis()
	p.later(p.run.Now().Add(sync), func() { p.synced(seq) })
	if p.run.faults.dieNow() {
		p.later(p.run.Now().Add(p.run.chance.Between(0, sync)), func() { p.die("before a sync") })
	}
}

func (p *process) commit(records []*tandem.Record) error {
	e := p.shell.encoder
	e.Reset(e.Bytes()[:0])
	older := 0
	for _, rec := range records {
		if p.run.faults.oldVersion {
			older += appendOld(e, p.shell.sealer, rec)
		} else {
			event.AppendRecord(e, rec)
		}
	}
	p.run.tally.count("fault: record of an older version", older > 0)
	if err := e.Err(); err != nil {
		return err
	}
	err := p.store.Commit(context.Background(), []journal.Append{
		{Shard: shard, Epoch: p.epoch, First: records[0].Seq, Count: len(records), Body: e.Bytes()}})
	if err == nil && p.epoch != p.shell.epoch {
		p.run.found(simS14, fmt.Errorf("the journal took record %d under epoch %d, though epoch %d leads", records[0].Seq, p.epoch, p.shell.epoch))
	}
	return err
}

// failed ends a process whose commit failed: the outcome is unknown, and the
// next process reads what the journal has. One that was fenced has done no
// harm; the present leader goes on.
func (p *process) failed(err error) {
	switch {
	case errors.Is(err, journal.ErrFenced):
		p.run.meant(simS14)
		p.run.tally.count("fault: deposed leader fenced", true)
		p.run.story.tell(p.run.Now(), "the process of epoch %d finds that epoch %d leads", p.epoch, p.shell.epoch)
		p.fenced = true
		if p.run.mutant.obeysNobody {
			p.queue = []release{{do: func() { p.handOut(p.live.Outstanding()) }}}
			p.reached()
		}
		p.end()
	case errors.Is(err, errDisk):
		p.run.tally.count("fault: commit failed", true)
		p.run.story.tell(p.run.Now(), "the disk fails, the core stops")
		leads := p.shell.leader == p
		p.end()
		if leads {
			p.shell.leaderless()
		}
	default:
		p.run.found(journalWorks, fmt.Errorf("commit from record %d: %w", p.records[0].Seq, err))
	}
}

// synced goes on after a commit is durable.
func (p *process) synced(seq tandem.Seq) {
	p.durable, p.busy = seq, false
	if p.shell.leader == p { // else the next one has taken it over
		p.shell.disk.Sync()
		written := p.written
		p.written = nil
		p.run.follow(written)
		if p.run.faults.dieNow() {
			p.die("after a sync, before anybody was told")
			return
		}
	}
	p.reached()
	p.flush()
}

// setTimer lets the next deadline of the machines be met.
func (p *process) setTimer() {
	due, ok := p.live.NextDue()
	if !ok {
		return
	}
	p.timer++
	timer := p.timer
	p.later(due.Add(-p.shell.clock), func() {
		if p.timer == timer {
			p.tick(due)
		}
	})
}

func (p *process) tick(due tandem.Time) {
	if due <= p.shell.now() {
		p.step(tandem.Actor{}, tandem.Tick{}, func(any, error) {}, func() {})
	}
	if next, ok := p.live.NextDue(); ok && next <= due {
		if p.unmoving++; p.unmoving > 100 {
			p.run.found(ticksMove, fmt.Errorf("ticks leave work that is due at %s", due))
		}
	} else {
		p.unmoving = 0
	}
	p.after()
}
