package notice

import (
	"database/sql"
	"path/filepath"
	"testing"

	"tandem"
	"tandem/event"

	_ "modernc.org/sqlite" // the tables' driver
)

func TestNewestNoticesComeFirst(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "views.db"))
	if err == nil {
		_, err = db.Exec(New().Schema())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	shard, other := tandem.NameID("test", "one"), tandem.NameID("test", "other")
	tell := func(shard tandem.ID, seq tandem.Seq, texts ...string) {
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		rec := tandem.Record{Seq: seq, At: tandem.Time(seq) * 1000}
		for _, text := range texts {
			rec.Events = append(rec.Events, &event.NoticeRaised{NoticeID: tandem.NameID("notice", text), Notice: text})
		}
		if err := New().Apply(tx, shard, nil, &rec); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	tell(shard, 1, "first")
	tell(other, 1, "of another instance")
	tell(shard, 2, "second", "third")
	got, err := Newest(t.Context(), db, shard, 2)
	if err != nil || len(got) != 2 || got[0].Notice != "third" || got[1].Notice != "second" || got[0].At != 2000 {
		t.Fatalf("newest are %+v, %v", got, err)
	}
}
