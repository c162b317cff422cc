package notice

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"tandem"
	"tandem/event"

	_ "modernc.org/sqlite" // the tables' driver
)

var shard, other = tandem.NameID("test", "one"), tandem.NameID("test", "other")

// table is the view's table with what applies to it.
type table struct {
	t   *testing.T
	db  *sql.DB
	seq tandem.Seq
}

func newTable(t *testing.T) *table {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "views.db"))
	if err == nil {
		_, err = db.Exec(New().Schema())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &table{t: t, db: db}
}

func (b *table) apply(shard tandem.ID, actor tandem.Actor, events ...tandem.Event) {
	b.t.Helper()
	tx, err := b.db.Begin()
	if err != nil {
		b.t.Fatal(err)
	}
	b.seq++
	if err := New().Apply(tx, shard, nil, &tandem.Record{Seq: b.seq, At: tandem.Time(b.seq) * 1000, Actor: actor, Events: events}); err != nil {
		b.t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.t.Fatal(err)
	}
}

func raised(text string) tandem.Event {
	return &event.NoticeRaised{NoticeID: tandem.NameID("notice", text), Notice: text}
}

// list reads the names of all notices, page by page.
func (b *table) list(limit int) (names string, unseen int) {
	b.t.Helper()
	for at := (Place{}); ; {
		p, err := List(b.t.Context(), b.db, shard, at, limit)
		if err != nil || len(p.Notices) > limit {
			b.t.Fatalf("a page has %d notices, %v", len(p.Notices), err)
		}
		for _, n := range p.Notices {
			names += n.Notice + " "
		}
		if p.Next == nil {
			return names, p.Unseen
		}
		at = *p.Next
	}
}

func TestNoticesThatNobodyHasSeenComeFirstAndPagesMissNone(t *testing.T) {
	b := newTable(t)
	person := tandem.Actor{Kind: tandem.ActorUser, ID: tandem.NameID("user", "supervisor")}
	b.apply(shard, tandem.Actor{}, raised("1"))
	b.apply(other, tandem.Actor{}, raised("of another instance"))
	b.apply(shard, tandem.Actor{}, raised("2"), raised("3"))
	b.apply(shard, tandem.Actor{}, raised("4"))
	for i, step := range []struct {
		seen    string
		through bool
		want    string
		unseen  int
	}{
		{"", false, "4 3 2 1 ", 4},
		{"3", false, "4 2 1 3 ", 3},
		{"2", true, "4 3 2 1 ", 1},
		{"of another instance", true, "4 3 2 1 ", 1},
		{"4", true, "4 3 2 1 ", 0},
	} {
		if step.seen != "" {
			b.apply(shard, person, &event.NoticesSeen{NoticeID: tandem.NameID("notice", step.seen), Through: step.through})
		}
		for limit := 1; limit < 6; limit++ {
			if names, unseen := b.list(limit); names != step.want || unseen != step.unseen {
				t.Errorf("step %d, %d to a page: listed %q with %d unseen, want %q with %d", i, limit, names, unseen, step.want, step.unseen)
			}
		}
	}
	if p, _ := List(t.Context(), b.db, other, Place{}, 9); p.Unseen != 1 {
		t.Error("a notice of another instance was marked")
	}
}

func TestFirstWhoSeesANoticeIsKept(t *testing.T) {
	b := newTable(t)
	b.apply(shard, tandem.Actor{}, raised("1"))
	id := tandem.NameID("notice", "1")
	for _, name := range []string{"first", "second"} {
		b.apply(shard, tandem.Actor{Kind: tandem.ActorUser, ID: tandem.NameID("user", name)}, &event.NoticesSeen{NoticeID: id})
	}
	n, err := ByID(t.Context(), b.db, shard, id)
	if err != nil || n.SeenAt != 2000 || n.SeenBy != (tandem.Actor{Kind: tandem.ActorUser, ID: tandem.NameID("user", "first")}) {
		t.Errorf("seen is %s, %v", fmt.Sprint(n), err)
	}
	var refusal *tandem.Error
	if _, err := ByID(t.Context(), b.db, other, id); !errors.As(err, &refusal) || refusal.Kind != tandem.NotFound {
		t.Errorf("in another instance the notice is found: %v", err)
	}
}
