package audit

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
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
	lunch  = tandem.NameID("status", "Lunch")
	agent1 = tandem.NameID("user", "agent1")
	admin  = tandem.Actor{Kind: tandem.ActorAPI, ID: tandem.NameID("key", "one")}
)

// table is the view's table beside an instance.
type table struct {
	t   *testing.T
	db  *sql.DB
	in  *instance.Instance
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
	return &table{t: t, db: db, in: instance.New(nil, presence.New())}
}

func (b *table) apply(actor tandem.Actor, events ...tandem.Event) {
	b.t.Helper()
	b.seq++
	rec := tandem.Record{Seq: b.seq, At: tandem.Time(b.seq) * 1000, Actor: actor, Events: events}
	if err := b.in.Replay(&rec); err != nil {
		b.t.Fatal(err)
	}
	tx, err := b.db.Begin()
	if err == nil {
		err = New().Apply(tx, shard, b.in, &rec)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *table) list() []Change {
	b.t.Helper()
	all, err := List(b.t.Context(), b.db, shard, 0, 0, 100)
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func saved(name string) *event.SystemSaved {
	return &event.SystemSaved{SystemID: zd, System: event.ZendeskSystem, Name: name, Policy: event.Master, URL: "https://example.zendesk.com",
		Mapping: []event.MappingRow{{Remote: "101", StatusID: lunch, Preferred: true}}}
}

func TestChangeTellsWhoWhenAndWhatWasBefore(t *testing.T) {
	b := newTable(t)
	b.apply(tandem.Actor{}, &event.InstanceCreated{InstanceID: shard}, &event.AgentStatusSaved{StatusID: lunch, Name: "Lunch", Type: event.Custom})
	b.apply(tandem.Actor{}, &event.RemoteStatusesListed{SystemID: zd})
	b.apply(admin, saved("one"))
	b.apply(admin, saved("two"))
	all := b.list()
	if len(all) != 2 {
		t.Fatalf("%d changes, want 2: %+v", len(all), all)
	}
	c := all[0]
	if c.What != "system_saved" || c.Actor != admin || c.At != 4000 || c.SystemID != zd ||
		!strings.Contains(string(c.Before), `"name":"one"`) || !strings.Contains(string(c.After), `"name":"two"`) || !strings.Contains(string(c.After), "101 = Lunch (preferred)") {
		t.Errorf("the change is %+v: %s to %s", c, c.Before, c.After)
	}
	if all[1].Before != nil {
		t.Errorf("before the first there was %s", all[1].Before)
	}
}

func TestEveryKindOfChangeIsTold(t *testing.T) {
	b := newTable(t)
	b.apply(tandem.Actor{}, &event.InstanceCreated{InstanceID: shard}, &event.UserSaved{UserID: agent1})
	b.apply(admin, saved("zd"), &event.SystemSecretReplaced{SystemID: zd})
	b.apply(admin, &event.PresenceRulesSaved{SystemID: zd, Rules: []event.PresenceRule{{Name: "Lunch", Criteria: []event.RuleCriterion{{ValueA: "a", ValueB: "b"}}}}})
	b.apply(admin, &event.AgentLinked{UserID: agent1, SystemID: zd, RemoteID: "10011"})
	b.apply(admin, &event.LegHealthChanged{UserID: agent1, SystemID: zd, Health: event.HealthOK})
	b.apply(tandem.Actor{Kind: tandem.ActorConnector, ID: zd}, &event.LegHealthChanged{UserID: agent1, SystemID: zd, Health: event.HealthOK})
	b.apply(admin, &event.NoticesSeen{NoticeID: tandem.NameID("notice", "x"), Through: true})
	b.apply(admin, &event.AdminKeySaved{KeyID: admin.ID, Name: "one", Role: "viewer", Hash: []byte("hash of the token")})
	b.apply(admin, &event.AdminKeyEnded{KeyID: admin.ID})
	b.apply(admin, &event.AgentUnlinked{UserID: agent1, SystemID: zd})
	b.apply(admin, &event.AgentLinked{UserID: agent1, SystemID: zd, RemoteID: "10012"})
	b.apply(admin, &event.SystemDeleted{SystemID: zd})
	b.apply(admin, &event.SubjectErased{Subject: agent1})
	var told []string
	for _, c := range b.list() {
		told = append([]string{fmt.Sprintf("%s %t %t", c.What, c.Before != nil, c.After != nil)}, told...)
		if strings.Contains(string(c.Before)+string(c.After), "hash") {
			t.Errorf("%s tells of a hash", c.What)
		}
		if c.UserID == agent1 && (c.Before != nil || c.After != nil) {
			t.Errorf("after the user was erased, %s still has %s %s", c.What, c.Before, c.After)
		}
	}
	want := "system_saved false true, secret_replaced false false, rules_saved false true, agent_linked false false, agent_released false false, " +
		"notice_seen false true, key_created false true, key_ended true false, agent_unlinked false false, agent_linked false false, " +
		"system_deleted true false, subject_erased false false"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	var left int
	if err := b.db.QueryRow("SELECT count(*) FROM audit_known").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d states are left of what is gone, %v", left, err)
	}
}

func TestPagesOfTheAuditMissNothing(t *testing.T) {
	b := newTable(t)
	for range 5 {
		b.apply(admin, &event.NoticesSeen{NoticeID: zd}, &event.NoticesSeen{NoticeID: zd})
	}
	seen, seq, place := 0, tandem.Seq(0), 0
	for {
		page, err := List(t.Context(), b.db, shard, seq, place, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		seen += len(page)
		seq, place = page[len(page)-1].Seq, page[len(page)-1].Place
	}
	if seen != 10 {
		t.Errorf("%d changes in all pages, want 10", seen)
	}
}
