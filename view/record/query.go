package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tandem"
	"tandem/event"
)

// MaxPage is the most records that one [List] returns.
const MaxPage = 1000

// ErrNotFound is returned when a contact has no record: it does not exist or
// has not ended yet.
var ErrNotFound = errors.New("there is no record of this contact: it does not exist or has not ended yet")

// Row is a record with its exact times.
type Row struct {
	ContactID tandem.ID
	Times     Times
	Record    Record
}

// Filter chooses records; the zero filter takes all.
type Filter struct {
	From, To tandem.Time   // initiated from From on and before To; zero is open
	Channel  event.Channel // zero: any
	QueueID  tandem.ID     // zero: any
	UserID   tandem.ID     // zero: any; of the agent who was connected
	After    Cursor        // records behind this one
	Limit    int           // at most this many; zero or more than MaxPage is MaxPage
}

// Cursor is a place in the list, which is ordered by initiation.
type Cursor struct {
	Initiated tandem.Time
	ContactID tandem.ID
}

// Cursor is the row's place, from which the next page goes on.
func (r *Row) Cursor() Cursor { return Cursor{r.Times.Initiated, r.ContactID} }

const columns = `contact, initiated, connected_to_system, enqueued, dequeued, connected_to_agent,
	disconnected, after_work_started, after_work_ended, ended, modified, body`

// ByID returns the record of one contact, or [ErrNotFound].
func ByID(ctx context.Context, db *sql.DB, shard, contactID tandem.ID) (Row, error) {
	row := db.QueryRowContext(ctx, "SELECT "+columns+" FROM record_contact WHERE shard = ? AND contact = ?", shard[:], contactID[:])
	r, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Row{}, ErrNotFound
	}
	return r, err
}

// List returns records in the order of their initiation.
func List(ctx context.Context, db *sql.DB, shard tandem.ID, f Filter) ([]Row, error) {
	where, args := f.where(shard)
	limit := f.Limit
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	rows, err := db.QueryContext(ctx, "SELECT "+columns+" FROM record_contact WHERE "+where+" ORDER BY initiated, contact LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list contact records: %w", err)
	}
	defer rows.Close()
	var list []Row
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list contact records: %w", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Count counts the records that the filter takes; its limit does not matter.
func Count(ctx context.Context, db *sql.DB, shard tandem.ID, f Filter) (int64, error) {
	where, args := f.where(shard)
	var n int64
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM record_contact WHERE "+where, args...).Scan(&n)
	return n, err
}

// Export writes the records that the filter takes, one JSON object a line. It
// goes on from page to page; the filter's limit does not matter.
func Export(ctx context.Context, db *sql.DB, shard tandem.ID, w io.Writer, f Filter) error {
	f.Limit = MaxPage
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for {
		page, err := List(ctx, db, shard, f)
		if err != nil {
			return err
		}
		for i := range page {
			if err := out.Encode(&page[i].Record); err != nil {
				return fmt.Errorf("write contact record: %w", err)
			}
		}
		if len(page) < MaxPage {
			return nil
		}
		f.After = page[len(page)-1].Cursor()
	}
}

func (f *Filter) where(shard tandem.ID) (string, []any) {
	terms, args := []string{"shard = ?"}, []any{shard[:]}
	add := func(term string, values ...any) {
		terms, args = append(terms, term), append(args, values...)
	}
	if !f.From.IsZero() {
		add("initiated >= ?", int64(f.From))
	}
	if !f.To.IsZero() {
		add("initiated < ?", int64(f.To))
	}
	if f.Channel != 0 {
		add("channel = ?", int64(f.Channel))
	}
	if !f.QueueID.IsZero() {
		add("queue = ?", f.QueueID[:])
	}
	if !f.UserID.IsZero() {
		add("user = ?", f.UserID[:])
	}
	if f.After != (Cursor{}) {
		add("(initiated, contact) > (?, ?)", int64(f.After.Initiated), f.After.ContactID[:])
	}
	return strings.Join(terms, " AND "), args
}

func scan(row interface{ Scan(...any) error }) (Row, error) {
	var r Row
	var id []byte
	var body string
	t := &r.Times
	err := row.Scan(&id, &t.Initiated, &t.ConnectedToSystem, &t.Enqueued, &t.Dequeued, &t.ConnectedToAgent,
		&t.Disconnected, &t.AfterWorkStarted, &t.AfterWorkEnded, &t.Ended, &t.RecordLastModified, &body)
	if err != nil {
		return Row{}, err
	}
	r.ContactID = toID(id)
	if err := json.Unmarshal([]byte(body), &r.Record); err != nil {
		return Row{}, fmt.Errorf("the record of contact %s: %w", r.ContactID, err)
	}
	return r, nil
}
