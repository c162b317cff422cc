// Package lately keeps the last things that presence did for each agent, in
// sentences, and when each rule fired last.
package lately

import (
	"context"
	"database/sql"
	"fmt"

	"tandem"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
)

// kept is how many sentences are kept of each agent in each system.
const kept = 20

// View is the reader. The engine calls it within one transaction at a time.
type View struct{}

// New returns the view.
func New() *View { return &View{} }

// Name implements engine.View.
func (*View) Name() string { return "lately" }

// Version implements engine.View.
func (*View) Version() int { return 1 }

// Tables implements engine.View.
func (*View) Tables() []string { return []string{"lately_line", "lately_fired"} }

// Schema implements engine.View. A sentence whose system is empty concerns all
// systems.
func (*View) Schema() string {
	return `CREATE TABLE lately_line (
		shard BLOB NOT NULL, user BLOB NOT NULL, system BLOB NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL,
		at INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (shard, user, system, seq, place)
	) STRICT, WITHOUT ROWID;
	CREATE TABLE lately_fired (
		shard BLOB NOT NULL, system BLOB NOT NULL, rule BLOB NOT NULL, at INTEGER NOT NULL, user BLOB NOT NULL, detail TEXT NOT NULL,
		PRIMARY KEY (shard, system, rule)
	) STRICT, WITHOUT ROWID;`
}

// Apply implements engine.View.
func (*View) Apply(tx *sql.Tx, shard tandem.ID, in *instance.Instance, rec *tandem.Record) error {
	name := func(_ tandem.ID, remote string) string { return remote }
	if m, ok := instance.Find[*presence.Machine](in); ok {
		name = m.Name
	}
	for i, ev := range rec.Events {
		var err error
		switch e := ev.(type) {
		case *event.SubjectErased:
			err = forget(tx, shard, e.Subject)
		case *event.RuleFired:
			_, err = tx.Exec("INSERT INTO lately_fired VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, user = excluded.user, detail = excluded.detail",
				shard[:], e.SystemID[:], e.RuleID[:], int64(rec.At), e.UserID[:], e.Detail)
		}
		if s := presence.Tell(ev, name); err == nil && s.Text != "" && !s.UserID.IsZero() {
			err = tell(tx, shard, rec, i, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tell keeps a sentence, and lets the oldest go.
func tell(tx *sql.Tx, shard tandem.ID, rec *tandem.Record, place int, s presence.Sentence) error {
	_, err := tx.Exec("INSERT INTO lately_line VALUES (?, ?, ?, ?, ?, ?, ?)", shard[:], s.UserID[:], s.SystemID[:], int64(rec.Seq), place, int64(rec.At), s.Text)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM lately_line WHERE shard = ?1 AND user = ?2 AND system = ?3 AND (seq, place) < (
		SELECT seq, place FROM lately_line WHERE shard = ?1 AND user = ?2 AND system = ?3 ORDER BY seq DESC, place DESC LIMIT 1 OFFSET ?4)`,
		shard[:], s.UserID[:], s.SystemID[:], kept-1)
	return err
}

// forget leaves nothing of an erased user.
func forget(tx *sql.Tx, shard, user tandem.ID) error {
	for _, table := range []string{"lately_line", "lately_fired"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE shard = ? AND user = ?", shard[:], user[:]); err != nil {
			return err
		}
	}
	return nil
}

// Line is a sentence of an agent's story.
type Line struct {
	At       tandem.Time
	SystemID tandem.ID // zero: it concerns all systems
	Text     string
}

// Lines lists the last sentences about a user, at most 20 for each system,
// oldest first.
func Lines(ctx context.Context, db *sql.DB, shard, user tandem.ID) ([]Line, error) {
	rows, err := db.QueryContext(ctx, "SELECT at, system, line FROM lately_line WHERE shard = ? AND user = ? ORDER BY seq, place", shard[:], user[:])
	if err != nil {
		return nil, fmt.Errorf("read an agent's story: %w", err)
	}
	defer rows.Close()
	var all []Line
	for rows.Next() {
		var l Line
		var system []byte
		if err := rows.Scan(&l.At, &system, &l.Text); err != nil {
			return nil, fmt.Errorf("read an agent's story: %w", err)
		}
		copy(l.SystemID[:], system)
		all = append(all, l)
	}
	return all, rows.Err()
}

// Fired is when a rule fired last.
type Fired struct {
	At     tandem.Time
	UserID tandem.ID // for whom
	Detail string    // why it could not act; empty where it did
}

// LastFired tells of each rule of a system when it fired last; rules that never
// did are left out.
func LastFired(ctx context.Context, db *sql.DB, shard, system tandem.ID) (map[tandem.ID]Fired, error) {
	rows, err := db.QueryContext(ctx, "SELECT rule, at, user, detail FROM lately_fired WHERE shard = ? AND system = ?", shard[:], system[:])
	if err != nil {
		return nil, fmt.Errorf("read when rules fired: %w", err)
	}
	defer rows.Close()
	all := map[tandem.ID]Fired{}
	for rows.Next() {
		var f Fired
		var rule, user []byte
		if err := rows.Scan(&rule, &f.At, &user, &f.Detail); err != nil {
			return nil, fmt.Errorf("read when rules fired: %w", err)
		}
		copy(f.UserID[:], user)
		var id tandem.ID
		copy(id[:], rule)
		all[id] = f
	}
	return all, rows.Err()
}
