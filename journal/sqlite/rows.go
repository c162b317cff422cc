package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tandem"
	"tandem/journal"
)

// Key implements [journal.Rows].
func (s *Store) Key(ctx context.Context, shard, subject tandem.ID) ([]byte, error) {
	var wrapped []byte
	err := s.stmts.key.QueryRowContext(ctx, shard[:], subject[:]).Scan(&wrapped)
	return wrapped, s.absent(err)
}

// Payload implements [journal.Rows].
func (s *Store) Payload(ctx context.Context, shard tandem.ID, ref tandem.PayloadRef) (journal.PayloadRow, error) {
	row := journal.PayloadRow{Ref: ref}
	var subject []byte
	err := s.stmts.payload.QueryRowContext(ctx, shard[:], ref[:]).Scan(&subject, &row.Salt, &row.Sealed)
	copy(row.Subject[:], subject)
	return row, s.absent(err)
}

// Quarantined implements [journal.Rows].
func (s *Store) Quarantined(ctx context.Context, shard tandem.ID) ([]journal.QuarantineRow, error) {
	if s.isClosed() {
		return nil, journal.ErrClosed
	}
	rows, err := s.read.QueryContext(ctx, `
SELECT command, subject, at, reason, sealed FROM quarantine WHERE shard = ?1 ORDER BY at, command LIMIT ?2`,
		shard[:], journal.MaxQuarantined)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var out []journal.QuarantineRow
	for rows.Next() {
		var q journal.QuarantineRow
		var command, subject []byte
		if err := rows.Scan(&command, &subject, &q.At, &q.Reason, &q.Sealed); err != nil {
			return nil, s.explain(err)
		}
		copy(q.CommandID[:], command)
		copy(q.Subject[:], subject)
		out = append(out, q)
	}
	return out, s.explain(rows.Err())
}

// absent turns "no row" and "closed" into the journal's words.
func (s *Store) absent(err error) error {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return journal.ErrAbsent
	case err != nil && s.isClosed():
		return journal.ErrClosed
	}
	return s.explain(err)
}

// Erase implements [journal.Rows].
func (s *Store) Erase(ctx context.Context, shard, subject tandem.ID) error {
	return s.updateAndScrub(ctx, func() error {
		for _, table := range []string{"subject_key", "payload", "quarantine"} {
			_, err := s.conn.ExecContext(ctx, `DELETE FROM `+table+` WHERE shard = ?1 AND subject = ?2`, shard[:], subject[:])
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// updateAndScrub runs change and then empties the log file, in which the
// overwritten pages would live on as they were.
func (s *Store) updateAndScrub(ctx context.Context, change func() error) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer func() { <-s.writing }()
	if err := s.transaction(ctx, change); err != nil {
		return s.explain(err)
	}
	return s.explain(s.scrub(ctx))
}

// scrub waits, as long as the connection's busy timeout, for reads to let go.
func (s *Store) scrub(ctx context.Context) error {
	var busy, pages, moved int
	if err := s.conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return fmt.Errorf("deleted, but old bytes are still in %s-wal because a read is going on; do it again", s.path)
	}
	return nil
}
