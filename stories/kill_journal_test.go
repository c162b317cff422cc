package stories

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // to look into the files of a server

	"tandem"
	"tandem/event"
	"tandem/journal"
)

// readOnly opens one of the server's files beside the server.
func readOnly(path string) (*sql.DB, error) {
	query := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}
	return sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String())
}

// readRecords decodes the records in a journal from seq on, without keys: what
// is private reads as erased.
func readRecords(ctx context.Context, data string, shard tandem.ID, from tandem.Seq, each func(*tandem.Record)) error {
	db, err := readOnly(filepath.Join(data, "journal.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT count, body FROM batch WHERE shard = ? AND first + count > ? ORDER BY first", shard[:], int64(from))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var count int
		var body []byte
		if err := rows.Scan(&count, &body); err != nil {
			return err
		}
		if err := decodeRecords(body, count, each); err != nil {
			return err
		}
	}
	return rows.Err()
}

func decodeRecords(body []byte, count int, each func(*tandem.Record)) error {
	d := tandem.NewDecoder(body, &journal.Collector{})
	for range count {
		rec := new(tandem.Record)
		if err := event.ReadRecord(d, rec); err != nil {
			return err
		}
		each(rec)
	}
	return nil
}

// openContacts follows a journal and knows which contacts have not ended.
type openContacts struct {
	data string
	id   tandem.ID
	seq  tandem.Seq
	open map[tandem.ID]event.Channel
}

func (s *server) openContacts(t *testing.T) *openContacts {
	t.Helper()
	id, err := tandem.ParseID(s.born.InstanceID)
	if err != nil {
		t.Fatal(err)
	}
	return &openContacts{data: s.data(), id: id, open: map[tandem.ID]event.Channel{}}
}

// none fails while a contact is open.
func (o *openContacts) none(ctx context.Context) error {
	err := readRecords(ctx, o.data, o.id, o.seq+1, func(rec *tandem.Record) {
		if rec.Seq <= o.seq {
			return
		}
		o.seq = rec.Seq
		for _, ev := range rec.Events {
			switch ev := ev.(type) {
			case *event.ContactInitiated:
				o.open[ev.ContactID] = ev.Channel
			case *event.ContactEnded:
				delete(o.open, ev.ContactID)
			}
		}
	})
	if err == nil && len(o.open) > 0 {
		err = fmt.Errorf("%d contacts are open: %v", len(o.open), o.open)
	}
	return err
}
