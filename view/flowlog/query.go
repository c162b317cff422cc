package flowlog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tandem"
)

// MaxPage is the most entries that one [List] returns.
const MaxPage = 1000

// Cursor is a place in the log of an instance. The zero cursor is before all
// entries.
type Cursor struct {
	Seq   tandem.Seq
	Place int
}

// String is the cursor as [ParseCursor] reads it.
func (c Cursor) String() string { return fmt.Sprintf("%d.%d", c.Seq, c.Place) }

// ParseCursor reads a cursor.
func ParseCursor(text string) (Cursor, error) {
	left, right, _ := strings.Cut(text, ".")
	seq, err1 := strconv.ParseUint(left, 10, 63)
	place, err2 := strconv.ParseUint(right, 10, 31)
	if err := errors.Join(err1, err2); err != nil {
		return Cursor{}, fmt.Errorf("%q is no place in the flow log; take it from the answer before", text)
	}
	return Cursor{tandem.Seq(seq), int(place)}, nil
}

// Filter chooses entries; the zero filter takes all.
type Filter struct {
	ContactID  tandem.ID   // zero: any
	FlowID     tandem.ID   // zero: any
	From, To   tandem.Time // from From on and before To; zero is open
	ModuleType string      // empty: any
	Text       string      // anywhere in the entry, with regard to case; empty: any
	After      Cursor      // entries behind this one
	Newest     bool        // the last ones rather than the first
	Limit      int         // at most this many; zero or more than MaxPage is MaxPage
}

// Row is an entry with its place.
type Row struct {
	Cursor    Cursor
	At        tandem.Time
	ContactID tandem.ID
	Line      []byte // the entry, JSON on one line
}

// List returns entries in the order of the log.
func List(ctx context.Context, db *sql.DB, shard tandem.ID, f Filter) ([]Row, error) {
	where, args := f.where(shard)
	order, limit := "seq, place", f.Limit
	if f.Newest {
		order = "seq DESC, place DESC"
	}
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	rows, err := db.QueryContext(ctx, "SELECT seq, place, at, contact, entry FROM flowlog_entry WHERE "+where+" ORDER BY "+order+" LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("read the flow log: %w", err)
	}
	defer rows.Close()
	var all []Row
	for rows.Next() {
		var r Row
		var contact []byte
		if err := rows.Scan(&r.Cursor.Seq, &r.Cursor.Place, &r.At, &contact, &r.Line); err != nil {
			return nil, fmt.Errorf("read the flow log: %w", err)
		}
		copy(r.ContactID[:], contact)
		all = append(all, r)
	}
	if f.Newest {
		slices.Reverse(all)
	}
	return all, rows.Err()
}

func (f *Filter) where(shard tandem.ID) (string, []any) {
	terms, args := []string{"shard = ?", "(seq, place) > (?, ?)"}, []any{shard[:], int64(f.After.Seq), f.After.Place}
	add := func(wanted bool, term string, value any) {
		if wanted {
			terms, args = append(terms, term), append(args, value)
		}
	}
	add(!f.ContactID.IsZero(), "contact = ?", f.ContactID[:])
	add(!f.FlowID.IsZero(), "flow = ?", f.FlowID[:])
	add(!f.From.IsZero(), "at >= ?", int64(f.From))
	add(!f.To.IsZero(), "at < ?", int64(f.To))
	add(f.ModuleType != "", "type = ?", f.ModuleType)
	add(f.Text != "", "instr(entry, ?) > 0", f.Text)
	return strings.Join(terms, " AND "), args
}

// Erasure says that what is personal of a contact is gone from the entries
// before this place of the log.
type Erasure struct {
	Seq       tandem.Seq
	ContactID tandem.ID
}

// Erasures lists the erasures behind a record, in their order.
func Erasures(ctx context.Context, db *sql.DB, shard tandem.ID, after tandem.Seq) ([]Erasure, error) {
	rows, err := db.QueryContext(ctx, "SELECT seq, contact FROM flowlog_erased WHERE shard = ? AND seq > ? ORDER BY seq", shard[:], int64(after))
	if err != nil {
		return nil, fmt.Errorf("read the erasures of the flow log: %w", err)
	}
	defer rows.Close()
	var all []Erasure
	for rows.Next() {
		var e Erasure
		var contact []byte
		if err := rows.Scan(&e.Seq, &contact); err != nil {
			return nil, fmt.Errorf("read the erasures of the flow log: %w", err)
		}
		copy(e.ContactID[:], contact)
		all = append(all, e)
	}
	return all, rows.Err()
}

// Waiting says how many entries stand behind a place of the log, and since when
// the first of them waits; zero for none.
func Waiting(ctx context.Context, db *sql.DB, shard tandem.ID, after Cursor) (entries int64, since tandem.Time, err error) {
	var first sql.NullInt64
	err = db.QueryRowContext(ctx, "SELECT count(*), min(at) FROM flowlog_entry WHERE shard = ? AND (seq, place) > (?, ?)",
		shard[:], int64(after.Seq), after.Place).Scan(&entries, &first)
	return entries, tandem.Time(first.Int64), err
}

// Shards lists the instances whose journals the tables have read.
func Shards(ctx context.Context, db *sql.DB) ([]tandem.ID, error) {
	rows, err := db.QueryContext(ctx, "SELECT shard FROM cursor WHERE view = ? ORDER BY shard", (*View)(nil).Name())
	if err != nil {
		return nil, fmt.Errorf("read which instances have a flow log: %w", err)
	}
	defer rows.Close()
	var all []tandem.ID
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read which instances have a flow log: %w", err)
		}
		all = append(all, tandem.ID(id))
	}
	return all, rows.Err()
}
