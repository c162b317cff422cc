package sqlite

import (
	"context"
	"errors"
	"fmt"

	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tandem"
	"tandem/journal"
)

// update runs change in one transaction on the write connection, alone.
func (s *Store) update(ctx context.Context, change func() error) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer func() { <-s.writing }()
	return s.explain(s.transaction(ctx, change))
}

func (s *Store) acquire(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.closed:
		return journal.ErrClosed
	case s.writing <- struct{}{}:
	}
	if s.isClosed() {
		<-s.writing
		return journal.ErrClosed
	}
	return nil
}

func (s *Store) transaction(ctx context.Context, change func() error) error {
	_, err := s.stmts.begin.ExecContext(ctx)
	if err == nil {
		err = change()
	}
	if err == nil {
		_, err = s.stmts.commit.ExecContext(ctx)
	}
	if err != nil {
		// After a failed COMMIT there may be nothing left to roll back; a BEGIN
		// whose context ended may have begun all the same.
		_, _ = s.stmts.rollback.ExecContext(context.WithoutCancel(ctx))
	}
	return err
}

// Commit implements [journal.Log].
func (s *Store) Commit(ctx context.Context, appends []journal.Append) error {
	for i := range appends {
		if err := appends[i].Check(); err != nil {
			return err
		}
	}
	ends := make(map[tandem.ID]journal.Point, 1)
	err := s.update(ctx, func() error {
		for i := range appends {
			if err := s.append(ctx, &appends[i], ends); err != nil {
				return err
			}
		}
		return nil
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range appends {
		if err != nil {
			delete(s.tails, appends[i].Shard) // read it anew
			continue
		}
		s.tails[appends[i].Shard] = ends[appends[i].Shard]
	}
	return err
}

// append stores one append after the shard's end, and moves that.
func (s *Store) append(ctx context.Context, a *journal.Append, ends map[tandem.ID]journal.Point) error {
	end, known := ends[a.Shard]
	if !known {
		var err error
		if end, err = s.knownTail(ctx, a.Shard); err != nil {
			return err
		}
	}
	if a.Count == 0 || a.First != end.Seq+1 {
		if err := s.judge(ctx, a, end); err != nil {
			return err
		}
	}
	if a.Count > 0 {
		b := end.Next(a)
		if err := s.insertBatch(ctx, a, &b); err != nil {
			return err
		}
		end = b.Point()
	}
	ends[a.Shard] = end
	return s.insertRows(ctx, a)
}

func (s *Store) insertBatch(ctx context.Context, a *journal.Append, b *journal.Batch) error {
	res, err := s.stmts.insertBatch.ExecContext(ctx, b.Shard[:], int64(b.First), b.Count, int64(b.Epoch), b.Prev[:], int64(b.CRC), b.Body)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	end, err := s.readTail(ctx, s.conn, a.Shard)
	if err != nil {
		return err
	}
	if err := s.judge(ctx, a, end); err != nil {
		return err
	}
	return fmt.Errorf("the journal took no batch at record %d, though lease and number are right", a.First)
}

// judge says why an append does not fit, or nil if it does. It looks through
// the write connection, and so at the open transaction.
func (s *Store) judge(ctx context.Context, a *journal.Append, end journal.Point) error {
	epoch, _, err := s.shardRow(ctx, s.conn, a.Shard)
	switch {
	case err != nil:
		return err
	case epoch != a.Epoch:
		return journal.Fenced(a.Shard, a.Epoch, epoch)
	case a.First != end.Seq+1:
		return journal.Gap(a.Shard, a.First, end.Seq+1)
	}
	return nil
}

func (s *Store) insertRows(ctx context.Context, a *journal.Append) error {
	for i := range a.Keys {
		k := &a.Keys[i]
		res, err := s.stmts.insertKey.ExecContext(ctx, a.Shard[:], k.Subject[:], k.Wrapped)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(journal.KeyExists(a.Shard, a.First, k.Subject), err)
		}
	}
	for i := range a.Payloads {
		p := &a.Payloads[i]
		if _, err := s.stmts.insertPayload.ExecContext(ctx, a.Shard[:], p.Ref[:], p.Subject[:], int64(a.Last()), p.Salt, p.Sealed); err != nil {
			return err
		}
	}
	for i := range a.Quarantine {
		q := &a.Quarantine[i]
		if _, err := s.stmts.insertQn.ExecContext(ctx, a.Shard[:], q.CommandID[:], q.Subject[:], int64(q.At), q.Reason, q.Sealed); err != nil {
			return err
		}
	}
	return nil
}

// explain turns SQLite's errors into ones that say what to do.
func (s *Store) explain(err error) error {
	var e *sqlitedriver.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		c := journal.Corrupt(tandem.ID{}, 0, s.path)
		c.Err = err
		return c
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk that holds %s is full; make room, then start tandem again: %w", s.path, err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("the disk failed while %s was used; look at the system log before starting tandem again: %w", s.path, err)
	}
	return err
}
