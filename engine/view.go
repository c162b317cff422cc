package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/instance"

	_ "modernc.org/sqlite" // the driver of the readers' tables
)

// View is a reader of the journal that keeps tables. Every record is applied
// once: the tables and the cursor change in one transaction.
type View interface {
	// Name is the view's name, and the prefix of its tables.
	Name() string
	// Version grows when the tables change their meaning; they are then made
	// anew from the start of the journal.
	Version() int
	// Tables are the names of the tables that Schema makes.
	Tables() []string
	// Schema is the SQL that makes the tables.
	Schema() string
	// Apply takes one record; in is the state right after it. It must not keep
	// or change either.
	Apply(tx *sql.Tx, shard tandem.ID, in *instance.Instance, rec *tandem.Record) error
}

// Flusher is a view that also writes outside of the tables. Flush is called
// before each commit.
type Flusher interface {
	Flush(tx *sql.Tx) error
}

// Views are the readers' tables: one SQLite file, written by the followers,
// one transaction for all views at a time.
type Views struct {
	db    *sql.DB // one connection, for writing
	reads *sql.DB
	views []View
}

const cursorSchema = `CREATE TABLE IF NOT EXISTS cursor (
	view TEXT NOT NULL, shard BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (view, shard)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS view_version (view TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;`

// OpenViews opens the file and makes the tables of views that are new or have
// another version.
func OpenViews(path string, views ...View) (*Views, error) {
	db, err := sql.Open("sqlite", fileURL(path, "_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=secure_delete(ON)&_pragma=busy_timeout(5000)"))
	if err != nil {
		return nil, fmt.Errorf("open the readers' tables %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	v := &Views{db: db, views: views}
	if _, err := db.Exec(cursorSchema); err != nil {
		return nil, errors.Join(fmt.Errorf("open the readers' tables %s: %w", path, err), db.Close())
	}
	for _, w := range views {
		if err := v.prepare(w); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare the tables of %s: %w", w.Name(), err), db.Close())
		}
	}
	if v.reads, err = sql.Open("sqlite", fileURL(path, "mode=ro&_pragma=busy_timeout(5000)")); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	v.reads.SetMaxOpenConns(4)
	return v, nil
}

// fileURL names a file to SQLite, whatever characters its folder has.
func fileURL(path, options string) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: options}).String()
}

// Reader is for queries of the tables; it cannot write.
func (v *Views) Reader() *sql.DB { return v.reads }

// Close lets go of the file.
func (v *Views) Close() error { return errors.Join(v.reads.Close(), v.db.Close()) }

func (v *Views) prepare(w View) error {
	var version int
	err := v.db.QueryRow("SELECT version FROM view_version WHERE view = ?", w.Name()).Scan(&version)
	if err == nil && version == w.Version() {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var script strings.Builder
	for _, t := range w.Tables() {
		fmt.Fprintf(&script, "DROP TABLE IF EXISTS %s;\n", t)
	}
	script.WriteString(w.Schema())
	if _, err := v.db.Exec(script.String()); err != nil {
		return err
	}
	if _, err := v.db.Exec("DELETE FROM cursor WHERE view = ?", w.Name()); err != nil {
		return err
	}
	_, err = v.db.Exec("INSERT INTO view_version VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version", w.Name(), w.Version())
	return err
}

// cursors returns how far each view has read the shard, and the lowest.
func (v *Views) cursors(ctx context.Context, shard tandem.ID) ([]tandem.Seq, tandem.Seq, error) {
	seqs := make([]tandem.Seq, len(v.views))
	var lowest tandem.Seq
	for i, w := range v.views {
		var seq int64
		err := v.db.QueryRowContext(ctx, "SELECT seq FROM cursor WHERE view = ? AND shard = ?", w.Name(), shard[:]).Scan(&seq)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, 0, err
		}
		seqs[i] = tandem.Seq(seq)
		if i == 0 || seqs[i] < lowest {
			lowest = seqs[i]
		}
	}
	return seqs, lowest, nil
}

// viewTx is one transaction of all views over some records.
type viewTx struct {
	v      *Views
	tx     *sql.Tx
	shard  tandem.ID
	seqs   []tandem.Seq // cursors, moved on as records are applied
	erased bool
}

func (v *Views) begin(shard tandem.ID, seqs []tandem.Seq) (*viewTx, error) {
	tx, err := v.db.Begin()
	if err != nil {
		return nil, err
	}
	return &viewTx{v: v, tx: tx, shard: shard, seqs: seqs}, nil
}

func (t *viewTx) apply(in *instance.Instance, rec *tandem.Record) error {
	for i, w := range t.v.views {
		if rec.Seq <= t.seqs[i] {
			continue
		}
		if err := w.Apply(t.tx, t.shard, in, rec); err != nil {
			return fmt.Errorf("view %s, record %d: %w", w.Name(), rec.Seq, err)
		}
		t.seqs[i] = rec.Seq
	}
	for _, ev := range rec.Events {
		if _, ok := ev.(*event.SubjectErased); ok {
			t.erased = true
		}
	}
	return nil
}

// commit makes the tables and cursors move together. After an erasure the
// write-ahead log, which has the old bytes, is emptied.
func (t *viewTx) commit() error {
	for i, w := range t.v.views {
		if f, ok := w.(Flusher); ok {
			if err := f.Flush(t.tx); err != nil {
				return fmt.Errorf("view %s: %w", w.Name(), err)
			}
		}
		_, err := t.tx.Exec("INSERT INTO cursor VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq", w.Name(), t.shard[:], int64(t.seqs[i]))
		if err != nil {
			return err
		}
	}
	if err := t.tx.Commit(); err != nil {
		return err
	}
	if t.erased {
		return t.v.Checkpoint()
	}
	return nil
}

// Checkpoint moves the write-ahead log into the file and empties it, synced.
func (v *Views) Checkpoint() error {
	_, err := v.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
