// Package statustime keeps how long each agent was in each status: a table of
// intervals from the journal, exact to the millisecond. What a status is called
// follows its last name, and an interval outlives its status and its agent.
package statustime

import (
	"database/sql"
	"fmt"
	"math"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/view"
)

// goesOn is the end of an interval that goes on.
const goesOn = math.MaxInt64

// View keeps the intervals. The engine calls it within one transaction at a
// time.
type View struct{}

// New returns the view.
func New() *View { return &View{} }

// Name implements engine.View.
func (*View) Name() string { return "status_time" }

// Version implements engine.View.
func (*View) Version() int { return 1 }

// Tables implements engine.View.
func (*View) Tables() []string {
	return []string{"status_time", "status_time_name", "status_time_begun"}
}

// Schema implements engine.View. Times are in milliseconds; status_time_begun
// has the instances whose agents were taken over once.
func (*View) Schema() string {
	return `CREATE TABLE status_time (
	shard BLOB NOT NULL, user BLOB NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL, status BLOB NOT NULL,
	PRIMARY KEY (shard, user, began)
) STRICT, WITHOUT ROWID;
CREATE INDEX status_time_ended ON status_time (shard, ended);
CREATE TABLE status_time_name (
	shard BLOB NOT NULL, status BLOB NOT NULL, name TEXT NOT NULL, type INTEGER NOT NULL, PRIMARY KEY (shard, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE status_time_begun (shard BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;`
}

// Apply implements engine.View. With the first record of an instance it takes
// over everybody's present status, which may be older than the journal.
func (*View) Apply(tx *sql.Tx, shard tandem.ID, in *instance.Instance, rec *tandem.Record) error {
	st := view.Center(in)
	if st == nil || st.Instance.PresenceOnly {
		return nil
	}
	w := writer{tx: tx, shard: shard, at: rec.At, st: st}
	begins, err := w.exec("INSERT OR IGNORE INTO status_time_begun VALUES (?)", shard[:])
	if err != nil {
		return err
	}
	if begins {
		return w.takeOver()
	}
	for _, ev := range rec.Events {
		if err := w.apply(ev); err != nil {
			return fmt.Errorf("%s: %w", ev.EventName(), err)
		}
	}
	return nil
}

// writer changes the intervals of one shard within a transaction.
type writer struct {
	tx    *sql.Tx
	shard tandem.ID
	at    tandem.Time
	st    *center.State // after the record that is applied
}

func (w writer) takeOver() error {
	for _, id := range tandem.SortedIDs(w.st.Statuses) {
		if err := w.named(w.st.Statuses[id]); err != nil {
			return err
		}
	}
	for _, id := range tandem.SortedIDs(w.st.Agents) {
		a := w.st.Agents[id]
		if err := w.begin(id, a.StatusID, a.StatusSince); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) apply(ev tandem.Event) error {
	switch ev := ev.(type) {
	case *event.AgentStatusSaved:
		return w.named(ev)
	case *event.UserSaved:
		return w.user(ev.UserID)
	case *event.UserDeleted:
		return w.end(ev.UserID, w.at)
	case *event.AgentStatusChanged:
		if err := w.end(ev.UserID, ev.At); err != nil {
			return err
		}
		return w.begin(ev.UserID, ev.StatusID, ev.At)
	}
	return nil
}

// user begins the time of a user who is new: offline.
func (w writer) user(id tandem.ID) error {
	var known int
	err := w.tx.QueryRow("SELECT count(*) FROM status_time WHERE shard = ? AND user = ? AND ended = ?", w.shard[:], id[:], int64(goesOn)).Scan(&known)
	if err != nil || known > 0 {
		return err
	}
	for _, status := range tandem.SortedIDs(w.st.Statuses) {
		if w.st.Statuses[status].Type == event.Offline {
			return w.begin(id, status, w.at)
		}
	}
	return nil
}

// end ends a user's interval. One that began in the same moment has not been.
func (w writer) end(user tandem.ID, at tandem.Time) error {
	if _, err := w.exec("DELETE FROM status_time WHERE shard = ? AND user = ? AND ended = ? AND began >= ?", w.shard[:], user[:], int64(goesOn), int64(at)); err != nil {
		return err
	}
	_, err := w.exec("UPDATE status_time SET ended = ? WHERE shard = ? AND user = ? AND ended = ?", int64(at), w.shard[:], user[:], int64(goesOn))
	return err
}

func (w writer) begin(user, status tandem.ID, at tandem.Time) error {
	_, err := w.exec("INSERT INTO status_time VALUES (?, ?, ?, ?, ?)", w.shard[:], user[:], int64(at), int64(goesOn), status[:])
	return err
}

func (w writer) named(st *event.AgentStatusSaved) error {
	_, err := w.exec("INSERT OR REPLACE INTO status_time_name VALUES (?, ?, ?, ?)", w.shard[:], st.StatusID[:], st.Name, int64(st.Type))
	return err
}

// exec reports whether a statement changed anything.
func (w writer) exec(query string, args ...any) (bool, error) {
	result, err := w.tx.Exec(query, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
