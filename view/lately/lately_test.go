package lately

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"

	_ "modernc.org/sqlite" // the tables' driver
)

var (
	shard  = tandem.NameID("test", "one")
	zd     = tandem.NameID("system", "zd")
	agent1 = tandem.NameID("user", "agent1")
	agent2 = tandem.NameID("user", "agent2")
)

func open(t *testing.T) (db *sql.DB, apply func(...tandem.Event)) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "views.db"))
	if err == nil {
		_, err = db.Exec(New().Schema())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	in, seq := instance.New(nil, presence.New()), tandem.Seq(0)
	return db, func(events ...tandem.Event) {
		t.Helper()
		seq++
		tx, err := db.Begin()
		if err == nil {
			err = New().Apply(tx, shard, in, &tandem.Record{Seq: seq, At: tandem.Time(seq) * 1000, Events: events})
		}
		if err == nil {
			err = tx.Commit()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTableKeepsTheLastSentencesOfEachAgentAndSystem(t *testing.T) {
	db, apply := open(t)
	apply(&event.OverlayChanged{UserID: agent1, OnContact: true})
	for i := range 30 {
		apply(&event.StatusWriteEnded{UserID: agent1, SystemID: zd, Outcome: event.WriteDone, Detail: fmt.Sprint(i)},
			&event.StatusWriteEnded{UserID: agent2, SystemID: zd, Outcome: event.WriteDone})
	}
	lines, err := Lines(t.Context(), db, shard, agent1)
	if err != nil || len(lines) != kept+1 {
		t.Fatalf("%d sentences are kept, %v; want %d and the one of all systems", len(lines), err, kept)
	}
	if first, last := lines[0], lines[kept]; first.Text != "on a contact" || !first.SystemID.IsZero() || last.SystemID != zd || last.At != 31_000 || lines[1].At != 12_000 {
		t.Errorf("the first is %+v, the last %+v", first, last)
	}
	apply(&event.SubjectErased{Subject: agent1})
	if lines, _ := Lines(t.Context(), db, shard, agent1); len(lines) != 0 {
		t.Errorf("of the erased agent %d sentences are left", len(lines))
	}
	if lines, _ := Lines(t.Context(), db, shard, agent2); len(lines) != kept {
		t.Errorf("of the other agent %d sentences are left", len(lines))
	}
}

func TestEachRuleTellsWhenItFiredLastAndForWhom(t *testing.T) {
	db, apply := open(t)
	one, two := tandem.NameID("rule", "1"), tandem.NameID("rule", "2")
	apply(&event.RuleFired{UserID: agent1, SystemID: zd, RuleID: one})
	apply(&event.RuleFired{UserID: agent1, SystemID: zd, RuleID: two})
	apply(&event.RuleFired{UserID: agent2, SystemID: zd, RuleID: one, Detail: "no such state"})
	fired, err := LastFired(t.Context(), db, shard, zd)
	want := map[tandem.ID]Fired{one: {At: 3000, UserID: agent2, Detail: "no such state"}, two: {At: 2000, UserID: agent1}}
	if err != nil || fmt.Sprint(fired) != fmt.Sprint(want) {
		t.Errorf("fired %v, %v; want %v", fired, err, want)
	}
	if other, _ := LastFired(t.Context(), db, shard, agent1); len(other) != 0 {
		t.Errorf("a system without rules has %v", other)
	}
}
