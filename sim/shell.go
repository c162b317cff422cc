package sim

import (
	"context"
	"errors"
	"fmt"

	"tandem"
	"tandem/journal"
	"tandem/journal/memory"
	"tandem/voice"
	"tandem/world"
)

// shell is the computer that the core's process runs on: its disk, and who
// leads. The process dies and comes back; the disk stays.
type shell struct {
	run     *run
	disk    *memory.Disk
	store   *memory.Store
	sealer  *sealer
	encoder *tandem.Encoder // of batches
	snaps   []snapshot
	leader  *process // nil while none leads
	epoch   tandem.Epoch
	since   tandem.Time // since when none leads
	clock   int64       // how far the clock is off
	down    int64       // how long none has led, in all
	full    bool        // the disk
	unknown bool        // the next commit is carried out and yet fails
}

type snapshot struct {
	seq   tandem.Seq
	bytes []byte
}

func newShell(r *run) *shell {
	s := &shell{run: r, disk: memory.NewDisk(), sealer: newSealer(), since: r.Now()}
	s.encoder = tandem.NewEncoder(nil, s.sealer)
	s.disk.SetFaults(memory.Faults{Unsynced: true, Refuse: s.refuse, Report: s.report})
	return s
}

var errDisk = errors.New("the disk failed")

// refuse is the disk's answer to a commit while it is full.
func (s *shell) refuse(int) error {
	if s.full {
		return errDisk
	}
	return nil
}

// report is the disk's answer to a commit that it has carried out.
func (s *shell) report(int) error {
	if s.unknown {
		s.unknown = false
		return errDisk
	}
	return nil
}

func (s *shell) now() tandem.Time { return s.run.Now().Add(s.clock) }

// Do implements world.Core.
func (s *shell) Do(actor tandem.Actor, body any, done func(any, error)) {
	lost := s.unanswered(func() { done(nil, world.ErrNoAnswer) })
	if s.leader == nil {
		lost()
		return
	}
	p := s.leader
	p.step(actor, body, done, lost)
	p.after()
}

// Rooms implements world.Core.
func (s *shell) Rooms(done func([]voice.Room, error)) {
	lost := s.unanswered(func() { done(nil, world.ErrNoAnswer) })
	if s.leader == nil {
		lost()
		return
	}
	var rooms []voice.Room
	for _, e := range s.leader.live.Outstanding() {
		if room, ok := e.(voice.Room); ok {
			rooms = append(rooms, room)
		}
	}
	s.leader.release(s.leader.live.Seq(), func() { done(rooms, nil) }, lost)
}

// unanswered tells that there is no answer, soon.
func (s *shell) unanswered(tell func()) func() { return func() { s.run.After(1, tell) } }

// leaderless notes that nobody leads, and lets the next process start.
func (s *shell) leaderless() {
	s.leader, s.since = nil, s.run.Now()
	s.run.world.CoreDied()
	s.run.crm.coreDied()
	s.run.reader.die()
	wait := s.run.chance.Between(200, leaseMillis)
	if s.run.mutant.lateStart {
		wait += 10 * leaseMillis
	}
	s.run.After(wait, s.start)
}

// leaseMillis is how long nobody starts at most after a death.
const leaseMillis = 8_000

// start takes the lease, rebuilds the state from a snapshot and the journal,
// and hands out what is outstanding.
func (s *shell) start() {
	ctx := context.Background()
	if err := s.open(ctx); err != nil {
		s.run.found(journalWorks, err)
		return
	}
	s.disk.Sync()
	s.run.audit()
	s.probe(ctx)
	live, err := s.rebuild(ctx, s.run.chance.PerMille(970))
	if err != nil {
		s.run.found(journalWorks, fmt.Errorf("rebuild: %w", err))
		return
	}
	s.run.restarted(live)
	live.SetEpoch(s.epoch)
	s.lead(&process{shell: s, run: s.run, store: s.store, epoch: s.epoch, live: live, durable: live.Seq(), last: s.run.lastCommand()})
}

func (s *shell) open(ctx context.Context) (err error) {
	if s.store == nil {
		if s.store, err = memory.Open(s.disk); err != nil {
			return err
		}
	}
	s.epoch, _, err = s.store.Lease(ctx, shard, "sim")
	return err
}

// lead lets a process be the leader.
func (s *shell) lead(p *process) {
	away := s.run.Now().Sub(s.since)
	s.down += away
	if s.epoch > 1 {
		s.run.meant(simL5)
		if away > leaseMillis+1_000 {
			s.run.found(simL5, fmt.Errorf("nobody led for %d ms", away))
		}
	}
	s.leader = p
	s.run.story.tell(s.run.Now(), "a core starts at record %d with epoch %d", p.live.Seq(), p.epoch)
	outstanding := p.live.Outstanding()
	p.release(p.live.Seq(), func() { p.handOut(outstanding) }, func() {})
	p.setTimer()
}

// rebuild makes the state anew, from a snapshot if there is one and it is
// wanted.
func (s *shell) rebuild(ctx context.Context, fromSnapshot bool) (*core, error) {
	c := newCore(s.run.mutant.wrap)
	n := len(s.snaps)
	fromSnapshot = fromSnapshot && n > 0
	s.run.tally.count("fault: start from a snapshot", fromSnapshot)
	s.run.tally.count("fault: start from the journal alone", !fromSnapshot && s.epoch > 1)
	if fromSnapshot {
		snap := s.snaps[s.run.chance.Between(int64(max(0, n-3)), int64(n-1))]
		d := tandem.NewDecoder(snap.bytes, s.sealer)
		c.DecodeSnapshot(d)
		if d.Err() != nil || c.Seq() != snap.seq {
			return nil, fmt.Errorf("the snapshot at %d reads as %d: %w", snap.seq, c.Seq(), d.Err())
		}
	}
	err := s.each(ctx, c.Seq()+1, c.Replay)
	return c, err
}

// each calls do with every record of the journal, from seq on.
func (s *shell) each(ctx context.Context, from tandem.Seq, do func(*tandem.Record) error) error {
	for b, err := range s.store.Read(ctx, shard, from) {
		if err == nil {
			err = read(b, s.sealer, from, do)
		}
		if errors.Is(err, journal.ErrCorrupt) && s.run.mutant.passesDamage {
			continue
		}
		if err != nil && !(s.run.mutant.passesNewer && isNewer(err)) {
			return err
		}
	}
	return nil
}

// snapshot writes the auditor's state, which is durable, as the follower does.
func (s *shell) snapshot(c *core) {
	size := 0
	if n := len(s.snaps); n > 0 {
		size = 5 * len(s.snaps[n-1].bytes) / 4
	}
	e := tandem.NewSnapshotEncoder(make([]byte, 0, size), s.sealer)
	c.EncodeSnapshot(e)
	if e.Err() != nil {
		s.run.found(journalWorks, fmt.Errorf("snapshot at %d: %w", c.Seq(), e.Err()))
		return
	}
	s.snaps = append(s.snaps, snapshot{c.Seq(), e.Bytes()})
	if len(s.snaps) > 3 {
		s.snaps = s.snaps[1:]
	}
}

// downUntil is how long nobody had led until a moment: the present, or one
// before the present outage.
func (s *shell) downUntil(at tandem.Time) int64 {
	if s.leader == nil {
		return s.down + max(0, at.Sub(s.since))
	}
	return s.down
}
