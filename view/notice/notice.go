// Package notice keeps what agents and administrators were told: the notices
// of presence, as a table.
package notice

import (
	"context"
	"database/sql"
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
func (*View) Name() string { return "notice" }

// Version implements engine.View.
func (*View) Version() int { return 1 }

// Tables implements engine.View.
func (*View) Tables() []string { return []string{"notice"} }

// Schema implements engine.View.
func (*View) Schema() string {
	return `CREATE TABLE notice (
		shard BLOB NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL, id BLOB NOT NULL, at INTEGER NOT NULL,
		user BLOB NOT NULL, system BLOB NOT NULL, notice TEXT NOT NULL, detail TEXT NOT NULL,
		PRIMARY KEY (shard, seq, place)
	) STRICT, WITHOUT ROWID`
}

// Apply implements engine.View.
func (*View) Apply(tx *sql.Tx, shard tandem.ID, _ *instance.Instance, rec *tandem.Record) error {
	for i, ev := range rec.Events {
		n, ok := ev.(*event.NoticeRaised)
		if !ok {
			continue
		}
		_, err := tx.Exec("INSERT INTO notice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			shard[:], int64(rec.Seq), i, n.NoticeID[:], int64(rec.At), n.UserID[:], n.SystemID[:], n.Notice, n.Detail)
		if err != nil {
			return err
		}
	}
	return nil
}

// Notice is something that somebody was told.
type Notice struct {
	ID       tandem.ID
	At       tandem.Time
	UserID   tandem.ID // zero: for administrators
	SystemID tandem.ID
	Notice   string // a stable name, such as status_put_back
	Detail   string
}

// Newest lists the newest notices of an instance, newest first.
func Newest(ctx context.Context, db *sql.DB, shard tandem.ID, limit int) ([]Notice, error) {
	rows, err := db.QueryContext(ctx, "SELECT id, at, user, system, notice, detail FROM notice WHERE shard = ? ORDER BY seq DESC, place DESC LIMIT ?", shard[:], limit)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	defer rows.Close()
	var all []Notice
	for rows.Next() {
		var n Notice
		var id, user, system []byte
		if err := rows.Scan(&id, &n.At, &user, &system, &n.Notice, &n.Detail); err != nil {
			return nil, fmt.Errorf("read notices: %w", err)
		}
		copy(n.ID[:], id)
		copy(n.UserID[:], user)
		copy(n.SystemID[:], system)
		all = append(all, n)
	}
	return all, rows.Err()
}
