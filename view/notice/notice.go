// Package notice keeps what agents and administrators were told: the notices
// of presence, as a table, until somebody has seen them and after.
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
func (*View) Version() int { return 2 }

// Tables implements engine.View.
func (*View) Tables() []string { return []string{"notice"} }

// Schema implements engine.View.
func (*View) Schema() string {
	return `CREATE TABLE notice (
		shard BLOB NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL, id BLOB NOT NULL, at INTEGER NOT NULL,
		user BLOB NOT NULL, system BLOB NOT NULL, notice TEXT NOT NULL, detail TEXT NOT NULL,
		seen INTEGER NOT NULL, seen_at INTEGER NOT NULL, seen_kind INTEGER NOT NULL, seen_by BLOB NOT NULL,
		PRIMARY KEY (shard, seq, place)
	) STRICT, WITHOUT ROWID;
	CREATE INDEX notice_id ON notice (shard, id);
	CREATE INDEX notice_seen ON notice (shard, seen, seq, place);`
}

// Apply implements engine.View.
func (*View) Apply(tx *sql.Tx, shard tandem.ID, _ *instance.Instance, rec *tandem.Record) error {
	for i, ev := range rec.Events {
		var err error
		switch e := ev.(type) {
		case *event.NoticeRaised:
			_, err = tx.Exec("INSERT INTO notice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, x'')",
				shard[:], int64(rec.Seq), i, e.NoticeID[:], int64(rec.At), e.UserID[:], e.SystemID[:], e.Notice, e.Detail)
		case *event.NoticesSeen:
			err = see(tx, shard, rec, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// see notes who saw a notice first, and when. The order of notices is that of
// the journal.
func see(tx *sql.Tx, shard tandem.ID, rec *tandem.Record, e *event.NoticesSeen) error {
	which, args := "id = ?", []any{int64(rec.At), int64(rec.Actor.Kind), rec.Actor.ID[:], shard[:]}
	if e.Through {
		which, args = "(seq, place) <= (SELECT seq, place FROM notice WHERE shard = ? AND id = ?)", append(args, shard[:])
	}
	_, err := tx.Exec("UPDATE notice SET seen = 1, seen_at = ?, seen_kind = ?, seen_by = ? WHERE shard = ? AND seen = 0 AND "+which, append(args, e.NoticeID[:])...)
	return err
}

// Notice is something that somebody was told.
type Notice struct {
	ID       tandem.ID
	At       tandem.Time
	UserID   tandem.ID // zero: for administrators
	SystemID tandem.ID
	Notice   string // a stable name, such as status_put_back
	Detail   string
	SeenAt   tandem.Time // 0: nobody has seen it yet
	SeenBy   tandem.Actor
}

// Place is where a page of notices begins: after the notice at it. The zero
// Place is the beginning.
type Place struct {
	Seen bool // among those that were seen
	Seq  tandem.Seq
	At   int // among the events of the record
}

// Page is some notices of an instance.
type Page struct {
	Notices []Notice
	Unseen  int    // how many there are in all that nobody has seen
	Next    *Place // where the next page begins; nil: there is none
}

const columns = "id, at, user, system, notice, detail, seen_at, seen_kind, seen_by, seen, seq, place"

// List lists the notices of an instance after a place, at most limit: those
// that nobody has seen come first, of each kind the newest first.
func List(ctx context.Context, db *sql.DB, shard tandem.ID, after Place, limit int) (Page, error) {
	var p Page
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM notice WHERE shard = ? AND seen = 0", shard[:]).Scan(&p.Unseen); err != nil {
		return p, fmt.Errorf("count notices: %w", err)
	}
	query, args := "SELECT "+columns+" FROM notice WHERE shard = ?", []any{shard[:]}
	if after != (Place{}) {
		query += " AND (seen > ? OR seen = ? AND (seq, place) < (?, ?))"
		args = append(args, after.Seen, after.Seen, int64(after.Seq), after.At)
	}
	rows, err := db.QueryContext(ctx, query+" ORDER BY seen, seq DESC, place DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return p, fmt.Errorf("read notices: %w", err)
	}
	defer rows.Close()
	var last Place
	for rows.Next() {
		if len(p.Notices) == limit {
			p.Next = &last
			break
		}
		n, at, err := scan(rows)
		if err != nil {
			return p, fmt.Errorf("read notices: %w", err)
		}
		p.Notices, last = append(p.Notices, n), at
	}
	return p, rows.Err()
}

// ByID finds one notice of an instance.
func ByID(ctx context.Context, db *sql.DB, shard, id tandem.ID) (Notice, error) {
	rows, err := db.QueryContext(ctx, "SELECT "+columns+" FROM notice WHERE shard = ? AND id = ?", shard[:], id[:])
	if err != nil {
		return Notice{}, fmt.Errorf("read a notice: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return Notice{}, fmt.Errorf("read a notice: %w", err)
		}
		return Notice{}, tandem.Errorf(tandem.NotFound, "notice_id", "there is no notice %s", id)
	}
	n, _, err := scan(rows)
	return n, err
}

func scan(rows *sql.Rows) (n Notice, at Place, err error) {
	var id, user, system, by []byte
	var seq int64
	err = rows.Scan(&id, &n.At, &user, &system, &n.Notice, &n.Detail, &n.SeenAt, &n.SeenBy.Kind, &by, &at.Seen, &seq, &at.At)
	at.Seq = tandem.Seq(seq)
	copy(n.ID[:], id)
	copy(n.UserID[:], user)
	copy(n.SystemID[:], system)
	copy(n.SeenBy.ID[:], by)
	return n, at, err
}
