package sim

import (
	"context"
	"fmt"

	"tandem"
	"tandem/event"
	"tandem/journal"
	"tandem/journal/memory"
	"tandem/voice"
	"tandem/world"
)

// shell is package engine in virtual time: it owns the live core, batches its
// records, and releases answers and effects once they are durable. It dies and
// comes back.
type shell struct {
	run    *run
	disk   *memory.Disk
	sealer tandem.Plain
	snaps  []snapshot // outlive the process

	// One life of the process.
	up       bool
	life     int
	store    *memory.Store
	epoch    tandem.Epoch
	live     *core
	last     tandem.ID // the command of the newest record
	records  []*tandem.Record
	busy     bool // a batch is being committed
	queue    []release
	durable  tandem.Seq
	timer    int   // counts how often it was set
	clock    int64 // how far the clock is off
	unmoving int   // ticks without time passing
}

// release is what leaves once a record is durable.
type release struct {
	seq  tandem.Seq
	do   func()
	lost func() // instead, if the process dies before
}

type snapshot struct {
	seq   tandem.Seq
	bytes []byte
}

func newShell(r *run) *shell {
	s := &shell{run: r, disk: memory.NewDisk(), sealer: tandem.Plain{}}
	s.disk.SetFaults(memory.Faults{Unsynced: true})
	return s
}

func (s *shell) now() tandem.Time { return s.run.Now().Add(s.clock) }

// Do implements world.Core.
func (s *shell) Do(actor tandem.Actor, body any, done func(any, error)) {
	lost := func() { s.run.After(1, func() { done(nil, world.ErrNoAnswer) }) }
	if !s.up {
		lost()
		return
	}
	s.step(actor, body, done, lost)
	s.after()
}

// Rooms implements world.Core.
func (s *shell) Rooms(done func([]voice.Room, error)) {
	lost := func() { s.run.After(1, func() { done(nil, world.ErrNoAnswer) }) }
	if !s.up {
		lost()
		return
	}
	var rooms []voice.Room
	for _, e := range s.live.Outstanding() {
		if room, ok := e.(voice.Room); ok {
			rooms = append(rooms, room)
		}
	}
	s.release(s.live.Seq(), func() { done(rooms, nil) }, lost)
}

// step decides one command. Its answer and effects wait for the journal.
func (s *shell) step(actor tandem.Actor, body any, done func(any, error), lost func()) {
	cmd := tandem.Command{ID: s.run.chance.ID(), At: s.now(), Actor: actor, Body: body}
	out, err := s.live.Step(cmd)
	s.run.story.command(s.run.Now(), cmd, &out.Record, err)
	if err != nil {
		s.release(s.live.Seq(), func() { done(nil, err) }, lost)
		return
	}
	if len(out.Record.Events) > 0 {
		s.records, s.last = append(s.records, &out.Record), cmd.ID
		s.run.stepped(s)
	}
	seq := s.live.Seq()
	effects := func() { s.handOut(out.Effects) }
	if s.run.mutant.releaseEarly {
		s.run.witness(seq, s.last)
		effects()
		effects = func() {}
	}
	s.release(seq, func() {
		effects()
		done(out.Answer, nil)
	}, lost)
}

// after is what the loop does after each command: the process may die at this
// record's boundary, or hand the batch to the journal.
func (s *shell) after() {
	if s.run.faults.dieNow() {
		s.die()
		return
	}
	s.flush()
	s.setTimer()
}

// release lets do happen when seq is durable, in the order of the calls.
func (s *shell) release(seq tandem.Seq, do, lost func()) {
	s.queue = append(s.queue, release{seq, s.witnessed(do), lost})
	s.reached()
}

// witnessed lets do leave, and notes on which record it rests.
func (s *shell) witnessed(do func()) func() {
	seq, command := s.live.Seq(), s.last
	return func() {
		s.run.witness(seq, command)
		do()
	}
}

// reached releases what is durable. It leaves at once, but from the agenda, so
// that nobody answers inside a call.
func (s *shell) reached() {
	for len(s.queue) > 0 && s.queue[0].seq <= s.durable {
		do := s.queue[0].do
		s.queue = s.queue[1:]
		s.run.After(0, do)
	}
}

func (s *shell) handOut(effects []tandem.Effect) {
	for _, e := range effects {
		s.run.world.HandOut(e)
	}
}

// flush commits what was decided, unless a commit is under way. It is durable
// when it is synced, a while later.
func (s *shell) flush() {
	if s.busy || len(s.records) == 0 {
		return
	}
	for len(s.records) > 0 { // now and then in several commits with one sync
		n := len(s.records)
		if s.run.chance.PerMille(200) {
			n = int(s.run.chance.Between(1, int64(n)))
		}
		s.commit(s.records[:n])
		s.records = s.records[n:]
	}
	s.records, s.busy = nil, true
	s.run.claim(s.live)
	seq, sync := s.live.Seq(), s.run.faults.syncMillis()
	s.run.After(sync, s.inThisLife(func() { s.synced(seq) }))
	if s.run.faults.dieNow() { // in the middle of the sync
		s.run.After(s.run.chance.Between(0, sync), s.inThisLife(s.die))
	}
}

// inThisLife is do, or nothing once the process has died.
func (s *shell) inThisLife(do func()) func() {
	life := s.life
	return func() {
		if s.life == life {
			do()
		}
	}
}

func (s *shell) commit(records []*tandem.Record) {
	e := tandem.NewEncoder(nil, s.sealer)
	for _, rec := range records {
		event.AppendRecord(e, rec)
	}
	err := e.Err()
	if err == nil {
		err = s.store.Commit(context.Background(), []journal.Append{
			{Shard: shard, Epoch: s.epoch, First: records[0].Seq, Count: len(records), Body: e.Bytes()}})
	}
	if err != nil {
		s.run.fail(journalWorks, fmt.Errorf("commit from record %d: %w", records[0].Seq, err))
	}
}

// synced goes on after a commit is durable.
func (s *shell) synced(seq tandem.Seq) {
	s.disk.Sync()
	s.durable, s.busy = seq, false
	s.run.audit()
	if s.run.faults.dieNow() { // durable, and nobody was told
		s.die()
		return
	}
	s.reached()
	s.flush()
}

// setTimer lets the next deadline of the machines be met.
func (s *shell) setTimer() {
	due, ok := s.live.NextDue()
	if !ok {
		return
	}
	s.timer++
	timer := s.timer
	s.run.At(due.Add(-s.clock), s.inThisLife(func() {
		if s.timer == timer {
			s.tick(due)
		}
	}))
}

func (s *shell) tick(due tandem.Time) {
	if due <= s.now() {
		s.step(tandem.Actor{}, tandem.Tick{}, func(any, error) {}, func() {})
	}
	if next, ok := s.live.NextDue(); ok && next <= due {
		if s.unmoving++; s.unmoving > 100 {
			s.run.fail(ticksMove, fmt.Errorf("ticks leave work that is due at %s", due))
		}
	} else {
		s.unmoving = 0
	}
	s.after()
}
