package bench

import (
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"tandem"
	"tandem/engine"
	"tandem/instance"
	"tandem/view/agentevent"
	"tandem/view/erase"
	"tandem/view/notice"
	"tandem/view/record"
)

// readers are all readers of the product, and one that writes a row for every
// record: the product's own write only for the records that concern them.
type readers struct {
	views  *engine.Views
	events *agentevent.View
	bucket *blob.Bucket
}

func openReaders(dir string) (*readers, error) {
	quiet := slog.New(slog.DiscardHandler)
	r := &readers{events: agentevent.New(filepath.Join(dir, "agent-events.jsonl"), quiet), bucket: memblob.OpenBucket(nil)}
	var err error
	r.views, err = engine.OpenViews(filepath.Join(dir, "readers.db"), rows{}, record.New(), r.events, notice.New(), erase.New(r.bucket, quiet))
	return r, err
}

func (r *readers) close() error {
	return errors.Join(r.views.Close(), r.events.Close(), r.bucket.Close())
}

// rows is a reader of the journal that writes one row for each record, as the
// product's own readers do for the records that concern them.
type rows struct{}

// Name implements engine.View.
func (rows) Name() string { return "bench" }

// Version implements engine.View.
func (rows) Version() int { return 1 }

// Tables implements engine.View.
func (rows) Tables() []string { return []string{"bench_record"} }

// Schema implements engine.View.
func (rows) Schema() string {
	return "CREATE TABLE bench_record (seq INTEGER PRIMARY KEY, command BLOB NOT NULL, at INTEGER NOT NULL, events TEXT NOT NULL) STRICT"
}

// Apply implements engine.View.
func (rows) Apply(tx *sql.Tx, _ tandem.ID, _ *instance.Instance, rec *tandem.Record) error {
	told := make([]byte, 0, 256)
	for _, ev := range rec.Events {
		told = append(append(told, ev.EventName()...), ' ')
	}
	_, err := tx.Exec("INSERT INTO bench_record VALUES (?, ?, ?, ?)", int64(rec.Seq), rec.CommandID[:], int64(rec.At), string(told))
	return err
}
