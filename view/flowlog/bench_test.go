package flowlog_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the tables' driver

	"tandem"
	"tandem/instance"
	"tandem/view/flowlog"
	"tandem/view/viewtest"
)

// BenchmarkEntry measures what one entry costs the reader.
func BenchmarkEntry(b *testing.B) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "views.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	v := flowlog.New(0)
	if _, err := db.Exec(v.Schema()); err != nil {
		b.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	in := instance.New(nil, viewtest.Center())
	seq := tandem.Seq(0)
	for b.Loop() {
		seq++
		rec := &tandem.Record{Seq: seq, At: viewtest.Start, Events: []tandem.Event{logged(viewtest.ContactID(1), 0, "PlayPrompt")}}
		if err := v.Apply(tx, viewtest.InstanceID, in, rec); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
