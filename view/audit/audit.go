// Package audit keeps who changed what, and when: the changes of the admin API
// as they stand in the journal, as a table, with what was there before. Secrets
// never reach the journal, so that there are none here.
package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"tandem"
	"tandem/event"
	"tandem/instance"
)

// View is the reader. The engine calls it within one transaction at a time.
type View struct{}

// New returns the view.
func New() *View { return &View{} }

// Name implements engine.View.
func (*View) Name() string { return "audit" }

// Version implements engine.View.
func (*View) Version() int { return 1 }

// Tables implements engine.View.
func (*View) Tables() []string { return []string{"audit_change", "audit_known"} }

// Schema implements engine.View. audit_known has each thing as it was saved
// last, for what a change says of before.
func (*View) Schema() string {
	return `CREATE TABLE audit_change (
		shard BLOB NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, actor BLOB NOT NULL,
		what TEXT NOT NULL, system BLOB NOT NULL, user BLOB NOT NULL, subject BLOB NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
		PRIMARY KEY (shard, seq, place)
	) STRICT, WITHOUT ROWID;
	CREATE TABLE audit_known (
		shard BLOB NOT NULL, thing TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (shard, thing)
	) STRICT, WITHOUT ROWID;`
}

// Apply implements engine.View.
func (*View) Apply(tx *sql.Tx, shard tandem.ID, in *instance.Instance, rec *tandem.Record) error {
	for i, ev := range rec.Events {
		c, ok := describe(ev, rec.Actor.Kind, wordsOf(in))
		if !ok {
			continue
		}
		before, err := exchange(tx, shard, &c)
		if err == nil {
			_, err = tx.Exec("INSERT INTO audit_change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", shard[:], int64(rec.Seq), i, int64(rec.At),
				int64(rec.Actor.Kind), rec.Actor.ID[:], c.what, c.system[:], c.user[:], c.subject[:], before, c.state())
		}
		if e, ok := ev.(*event.SubjectErased); ok && err == nil {
			_, err = tx.Exec("UPDATE audit_change SET before = '', after = '' WHERE shard = ? AND user = ?", shard[:], e.Subject[:])
		}
		if err != nil {
			return fmt.Errorf("note the change %s: %w", c.what, err)
		}
	}
	return nil
}

// exchange keeps what a thing is now, and returns what it was before.
func exchange(tx *sql.Tx, shard tandem.ID, c *change) (before string, err error) {
	if c.thing == "" {
		return "", nil
	}
	err = tx.QueryRow("SELECT state FROM audit_known WHERE shard = ? AND thing = ?", shard[:], c.thing).Scan(&before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if c.after != nil {
		_, err = tx.Exec("INSERT INTO audit_known VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state", shard[:], c.thing, c.state())
		return before, err
	}
	_, err = tx.Exec("DELETE FROM audit_known WHERE shard = ? AND (thing = ? OR ? AND thing LIKE ?)", shard[:], c.thing, c.whole, c.thing+"/%")
	return before, err
}

// Change is one change.
type Change struct {
	Seq       tandem.Seq // of its record in the journal
	Place     int        // among the record's events
	At        tandem.Time
	Actor     tandem.Actor
	What      string          // a stable name, such as system_saved
	SystemID  tandem.ID       // of which it is; zero: of none
	UserID    tandem.ID       // for whom; zero: for nobody
	SubjectID tandem.ID       // the notice, key or erased subject; zero: none
	Before    json.RawMessage // an object; nil: it was not there, or there is nothing to tell
	After     json.RawMessage // likewise
}

// List lists the changes of a shard from the newest to the oldest, at most
// limit. With a place only those before it; the zero seq is the end.
func List(ctx context.Context, db *sql.DB, shard tandem.ID, seq tandem.Seq, place, limit int) ([]Change, error) {
	query, args := "SELECT seq, place, at, kind, actor, what, system, user, subject, before, after FROM audit_change WHERE shard = ?", []any{shard[:]}
	if seq != 0 {
		query += " AND (seq, place) < (?, ?)"
		args = append(args, int64(seq), place)
	}
	rows, err := db.QueryContext(ctx, query+" ORDER BY seq DESC, place DESC LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	defer rows.Close()
	var all []Change
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read the audit: %w", err)
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

func scan(rows *sql.Rows) (c Change, err error) {
	var seq int64
	var actor, system, user, subject []byte
	var before, after string
	err = rows.Scan(&seq, &c.Place, &c.At, &c.Actor.Kind, &actor, &c.What, &system, &user, &subject, &before, &after)
	c.Seq = tandem.Seq(seq)
	for _, id := range []struct {
		to   *tandem.ID
		from []byte
	}{{&c.Actor.ID, actor}, {&c.SystemID, system}, {&c.UserID, user}, {&c.SubjectID, subject}} {
		copy(id.to[:], id.from)
	}
	if before != "" {
		c.Before = json.RawMessage(before)
	}
	if after != "" {
		c.After = json.RawMessage(after)
	}
	return c, err
}
