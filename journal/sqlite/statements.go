package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// statements are prepared once: those of the write connection, and those that
// any read connection may run.
type statements struct {
	begin, commit, rollback            *sql.Stmt
	insertBatch                        *sql.Stmt
	insertKey, insertPayload, insertQn *sql.Stmt

	bounds, lastBatch, load *sql.Stmt
	key, payload            *sql.Stmt

	all []*sql.Stmt
}

const (
	// insertBatch stores nothing unless the lease is the present one and the
	// batch continues the tail, both as they are inside the transaction.
	insertBatchSQL = `
INSERT INTO batch (shard, first, count, epoch, prev, crc, body)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM shard
WHERE shard = ?1 AND epoch = ?4 AND ?2 = 1 + coalesce(
	(SELECT first + count - 1 FROM batch WHERE shard = ?1 ORDER BY first DESC LIMIT 1), anchor_seq)`

	boundsSQL = `
SELECT epoch, anchor_seq, anchor_hash, floor, coalesce(
	(SELECT first + count - 1 FROM batch WHERE batch.shard = shard.shard ORDER BY first DESC LIMIT 1), anchor_seq)
FROM shard WHERE shard = ?1`

	batchColumns = `SELECT first, count, epoch, prev, crc, body FROM batch `

	lastBatchSQL = batchColumns + `WHERE shard = ?1 ORDER BY first DESC LIMIT 1`

	// load begins with the batch that holds ?2, or with the next one.
	loadSQL = batchColumns + `
WHERE shard = ?1 AND first + count > ?2 AND first >= coalesce(
	(SELECT first FROM batch WHERE shard = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1), 0)
ORDER BY first`

	keySQL     = `SELECT wrapped FROM subject_key WHERE shard = ?1 AND subject = ?2`
	payloadSQL = `SELECT subject, salt, sealed FROM payload WHERE shard = ?1 AND ref = ?2`
)

func (st *statements) prepare(ctx context.Context, write *sql.Conn, read *sql.DB) error {
	for _, p := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&st.begin, `BEGIN IMMEDIATE`},
		{&st.commit, `COMMIT`},
		{&st.rollback, `ROLLBACK`},
		{&st.insertBatch, insertBatchSQL},
		{&st.insertKey, `INSERT INTO subject_key (shard, subject, wrapped) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`},
		{&st.insertPayload, `INSERT INTO payload (shard, ref, subject, seq, salt, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`},
		{&st.insertQn, `INSERT INTO quarantine (shard, command, subject, at, reason, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
			ON CONFLICT DO NOTHING`},
	} {
		var err error
		if *p.to, err = write.PrepareContext(ctx, p.sql); err != nil {
			return err
		}
		st.all = append(st.all, *p.to)
	}
	for _, p := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&st.bounds, boundsSQL},
		{&st.lastBatch, lastBatchSQL},
		{&st.load, loadSQL},
		{&st.key, keySQL},
		{&st.payload, payloadSQL},
	} {
		var err error
		if *p.to, err = read.PrepareContext(ctx, p.sql); err != nil {
			return err
		}
		st.all = append(st.all, *p.to)
	}
	return nil
}

// close comes before the connections are closed: one that has statements left
// stays open inside SQLite, and then the log file is never emptied.
func (st *statements) close() error {
	var errs []error
	for _, s := range st.all {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
