package sim

import (
	"context"
	"fmt"

	"tandem"
	"tandem/journal/memory"
)

// die is the death of the process and its machine: of what was committed and
// not synced a part survives, in order.
func (s *shell) die() {
	if !s.up {
		return
	}
	unsynced := s.disk.Unsynced()
	keep := int(s.run.chance.Between(0, int64(unsynced)))
	s.run.story.tell(s.run.Now(), "the core dies; %d of %d unsynced commits survive", keep, unsynced)
	s.run.tally.count("death", true)
	s.run.tally.count("death with commits lost", keep < unsynced)
	s.run.tally.count("death with commits kept", keep > 0)
	s.disk.Crash(keep)
	s.life++
	s.up, s.busy = false, false
	s.records = nil
	for _, r := range s.queue {
		r.lost()
	}
	s.queue = nil
	s.run.world.CoreDied()
	s.run.After(s.run.chance.Between(200, 8_000), s.start)
}

// start takes the lease, rebuilds the state from a snapshot and the journal,
// and hands out what is outstanding.
func (s *shell) start() {
	ctx := context.Background()
	var err error
	if s.store, err = memory.Open(s.disk); err != nil {
		s.run.fail(journalWorks, err)
		return
	}
	if s.epoch, _, err = s.store.Lease(ctx, shard, "sim"); err != nil {
		s.run.fail(journalWorks, err)
		return
	}
	s.disk.Sync()
	s.run.audit()
	if s.live, err = s.rebuild(ctx, s.run.chance.PerMille(900)); err != nil {
		s.run.fail(journalWorks, fmt.Errorf("rebuild: %w", err))
		return
	}
	s.run.restarted(s.live)
	s.live.SetEpoch(s.epoch)
	s.up, s.durable, s.last = true, s.live.Seq(), s.run.lastCommand()
	s.run.story.tell(s.run.Now(), "the core starts at record %d with epoch %d", s.live.Seq(), s.epoch)
	outstanding := s.live.Outstanding()
	s.release(s.live.Seq(), func() { s.handOut(outstanding) }, func() {})
	s.setTimer()
}

// rebuild makes the state anew, from a snapshot if there is one and it is
// wanted.
func (s *shell) rebuild(ctx context.Context, fromSnapshot bool) (*core, error) {
	c := newCore(s.run.mutant.wrap)
	n := len(s.snaps)
	fromSnapshot = fromSnapshot && n > 0
	s.run.tally.count("start from a snapshot", fromSnapshot)
	s.run.tally.count("start from the journal", !fromSnapshot && s.epoch > 1)
	if fromSnapshot {
		snap := s.snaps[s.run.chance.Between(int64(max(0, n-3)), int64(n-1))]
		d := tandem.NewDecoder(snap.bytes, s.sealer)
		c.DecodeSnapshot(d)
		if d.Err() != nil || c.Seq() != snap.seq {
			return nil, fmt.Errorf("the snapshot at %d reads as %d: %w", snap.seq, c.Seq(), d.Err())
		}
	}
	for b, err := range s.store.Read(ctx, shard, c.Seq()+1) {
		if err == nil {
			err = read(b, s.sealer, c.Seq()+1, c.Replay)
		}
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// snapshot writes the auditor's state, which is durable, as the follower does.
func (s *shell) snapshot(c *core) {
	e := tandem.NewSnapshotEncoder(nil, s.sealer)
	c.EncodeSnapshot(e)
	if e.Err() != nil {
		s.run.fail(journalWorks, fmt.Errorf("snapshot at %d: %w", c.Seq(), e.Err()))
		return
	}
	s.snaps = append(s.snaps, snapshot{c.Seq(), e.Bytes()})
	if len(s.snaps) > 3 {
		s.snaps = s.snaps[1:]
	}
}
