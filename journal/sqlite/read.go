package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"tandem"
	"tandem/journal"
)

// A read takes this much at a time and lets go of the database in between,
// so that the log file can be emptied while a slow reader goes on.
const (
	loadBatches = 256
	loadBytes   = 1 << 20
)

// querier is a connection to read from: the pool, or the write connection for
// what must be seen inside its transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Read implements [journal.Log].
func (s *Store) Read(ctx context.Context, shard tandem.ID, from tandem.Seq) iter.Seq2[journal.Batch, error] {
	return journal.ReadChain(ctx, source{s}, shard, from)
}

// Tail implements [journal.Log].
func (s *Store) Tail(ctx context.Context, shard tandem.ID) (journal.Point, error) {
	if s.isClosed() {
		return journal.Point{}, journal.ErrClosed
	}
	p, err := s.readTail(ctx, s.read, shard)
	return p, s.explain(err)
}

// source implements [journal.Source].
type source struct{ s *Store }

// Bounds implements [journal.Source].
func (r source) Bounds(ctx context.Context, shard tandem.ID) (journal.Bounds, error) {
	if r.s.isClosed() {
		return journal.Bounds{}, journal.ErrClosed
	}
	_, b, err := r.s.shardRow(ctx, r.s.read, shard)
	return b, r.s.explain(err)
}

// Load implements [journal.Source].
func (r source) Load(ctx context.Context, shard tandem.ID, from tandem.Seq) ([]journal.Batch, error) {
	if r.s.isClosed() {
		return nil, journal.ErrClosed
	}
	out, err := r.s.load(ctx, shard, from)
	return out, r.s.explain(err)
}

func (s *Store) load(ctx context.Context, shard tandem.ID, from tandem.Seq) ([]journal.Batch, error) {
	rows, err := s.stmts.load.QueryContext(ctx, shard[:], int64(from))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []journal.Batch
	for size := 0; len(out) < loadBatches && size < loadBytes && rows.Next(); {
		b, err := scanBatch(rows, shard)
		if err != nil {
			return nil, err
		}
		size += len(b.Body)
		out = append(out, b)
	}
	return out, rows.Err()
}

func scanBatch(row interface{ Scan(...any) error }, shard tandem.ID) (journal.Batch, error) {
	b := journal.Batch{Shard: shard}
	var prev []byte
	var crc int64
	if err := row.Scan(&b.First, &b.Count, &b.Epoch, &prev, &crc, &b.Body); err != nil {
		return b, err
	}
	if len(prev) != len(b.Prev) || crc != int64(uint32(crc)) {
		return b, journal.Corrupt(shard, b.First, "the batch has columns of a wrong size")
	}
	b.Prev, b.CRC = journal.Hash(prev), uint32(crc)
	return b, nil
}

// shardRow returns the shard's epoch and bounds; zeros for one not leased yet.
func (s *Store) shardRow(ctx context.Context, q querier, shard tandem.ID) (tandem.Epoch, journal.Bounds, error) {
	var epoch tandem.Epoch
	var b journal.Bounds
	var hash []byte
	err := q.QueryRowContext(ctx, boundsSQL, shard[:]).Scan(&epoch, &b.Anchor.Seq, &hash, &b.Floor, &b.Tail)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, journal.Bounds{}, nil
	case err != nil:
		return 0, b, err
	case len(hash) != len(b.Anchor.Hash):
		return 0, b, journal.Corrupt(shard, b.Anchor.Seq, "the anchor has no hash")
	}
	b.Anchor.Hash = journal.Hash(hash)
	return epoch, b, nil
}

// readTail reads and verifies the last batch.
func (s *Store) readTail(ctx context.Context, q querier, shard tandem.ID) (journal.Point, error) {
	b, err := scanBatch(q.QueryRowContext(ctx, lastBatchSQL, shard[:]), shard)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, bounds, err := s.shardRow(ctx, q, shard)
		return bounds.Anchor, err
	case err != nil:
		return journal.Point{}, err
	}
	if err := b.Intact(); err != nil {
		return journal.Point{}, err
	}
	return b.Point(), nil
}

// knownTail is the tail for the next commit. It is remembered, because this
// process alone writes; the number is checked again inside the transaction.
func (s *Store) knownTail(ctx context.Context, shard tandem.ID) (journal.Point, error) {
	s.mu.Lock()
	p, known := s.tails[shard]
	s.mu.Unlock()
	if known {
		return p, nil
	}
	return s.readTail(ctx, s.conn, shard)
}
