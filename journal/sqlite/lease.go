package sqlite

import (
	"context"

	"tandem"
	"tandem/journal"
)

// Lease implements [journal.Log].
func (s *Store) Lease(ctx context.Context, shard tandem.ID, owner string) (tandem.Epoch, journal.Point, error) {
	var epoch tandem.Epoch
	var tail journal.Point
	err := s.update(ctx, func() (err error) {
		var bounds journal.Bounds
		if epoch, bounds, err = s.shardRow(ctx, s.conn, shard); err != nil {
			return err
		}
		if tail, err = s.readTail(ctx, s.conn, shard); err != nil {
			return err
		}
		if tail.Seq < bounds.Floor {
			return journal.Short(shard, tail.Seq, bounds.Floor)
		}
		epoch++
		_, err = s.conn.ExecContext(ctx, `
INSERT INTO shard (shard, epoch, owner, anchor_seq, anchor_hash, floor) VALUES (?1, ?2, ?3, 0, zeroblob(32), 0)
ON CONFLICT DO UPDATE SET epoch = ?2, owner = ?3`, shard[:], int64(epoch), owner)
		return err
	})
	if err != nil {
		return 0, journal.Point{}, err
	}
	s.mu.Lock()
	s.tails[shard] = tail
	s.mu.Unlock()
	return epoch, tail, nil
}

// RaiseFloor implements [journal.Log].
func (s *Store) RaiseFloor(ctx context.Context, shard tandem.ID, seq tandem.Seq) error {
	return s.update(ctx, func() error {
		_, bounds, err := s.shardRow(ctx, s.conn, shard)
		if err != nil {
			return err
		}
		if bounds.Tail < seq {
			return journal.Short(shard, bounds.Tail, seq)
		}
		_, err = s.conn.ExecContext(ctx, `UPDATE shard SET floor = ?2 WHERE shard = ?1 AND floor < ?2`, shard[:], int64(seq))
		return err
	})
}

// pruneBatches is how many batches one transaction removes.
const pruneBatches = 64

// Prune implements [journal.Log].
func (s *Store) Prune(ctx context.Context, shard tandem.ID, upTo tandem.Seq) error {
	for {
		more := false
		err := s.update(ctx, func() (err error) {
			more, err = s.pruneSome(ctx, shard, upTo)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// pruneSome removes some batches, verified so that the anchor is right.
func (s *Store) pruneSome(ctx context.Context, shard tandem.ID, upTo tandem.Seq) (more bool, err error) {
	_, bounds, err := s.shardRow(ctx, s.conn, shard)
	if err != nil {
		return false, err
	}
	// What is loaded was committed: only this transaction writes.
	batches, err := s.load(ctx, shard, bounds.Anchor.Seq+1)
	if err != nil {
		return false, err
	}
	at := bounds.Anchor
	for i := range min(len(batches), pruneBatches) {
		b := &batches[i]
		if b.Last() > upTo || b.Last() >= bounds.Tail {
			break
		}
		if err := b.Follows(at); err != nil {
			return false, err
		}
		at = b.Point()
	}
	if at == bounds.Anchor {
		return false, nil
	}
	return true, s.cut(ctx, shard, at)
}

// cut removes everything up to the anchor.
func (s *Store) cut(ctx context.Context, shard tandem.ID, at journal.Point) error {
	for _, q := range []string{
		`DELETE FROM batch WHERE shard = ?1 AND first <= ?2`,
		`DELETE FROM payload WHERE shard = ?1 AND seq <= ?2`,
	} {
		if _, err := s.conn.ExecContext(ctx, q, shard[:], int64(at.Seq)); err != nil {
			return err
		}
	}
	_, err := s.conn.ExecContext(ctx, `UPDATE shard SET anchor_seq = ?2, anchor_hash = ?3 WHERE shard = ?1`,
		shard[:], int64(at.Seq), at.Hash[:])
	return err
}
