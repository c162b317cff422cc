package flowlog

import (
	"database/sql"
	"fmt"
	"time"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/view"
)

// pruneEvery is how often entries that are too old are dropped, by the time of
// the records.
const pruneEvery = time.Hour

// View is the reader. The engine calls it within one transaction at a time.
type View struct {
	keep   time.Duration
	pruned map[tandem.ID]tandem.Time // by shard: when it was done last
	places map[tandem.ID]*places     // by shard
	told   chan struct{}
	news   bool // entries came since the last Flush
}

// New returns the view, which keeps entries for the time; 0 is for ever.
func New(keep time.Duration) *View {
	return &View{keep: keep, pruned: map[tandem.ID]tandem.Time{}, places: map[tandem.ID]*places{}, told: make(chan struct{}, 1)}
}

// Told yields soon after entries came. It may yield without any; it may yield
// before they can be read, so that who waits for it also looks by the clock.
func (v *View) Told() <-chan struct{} { return v.told }

// Name implements engine.View.
func (*View) Name() string { return "flowlog" }

// Version implements engine.View.
func (*View) Version() int { return 1 }

// Tables implements engine.View.
func (*View) Tables() []string { return []string{"flowlog_entry", "flowlog_erased", "flowlog_count"} }

// Schema implements engine.View. An entry is known by the record that has it and
// its place there, whenever the tables are made anew; flowlog_erased says at
// which place of the log contacts were erased, so that who hands entries on can
// do so too.
func (*View) Schema() string {
	return `CREATE TABLE flowlog_entry (
	shard BLOB NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL,
	contact BLOB NOT NULL, initial BLOB NOT NULL, flow BLOB NOT NULL, type TEXT NOT NULL, entry TEXT NOT NULL,
	PRIMARY KEY (shard, seq, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX flowlog_entry_contact ON flowlog_entry (shard, contact);
CREATE INDEX flowlog_entry_initial ON flowlog_entry (shard, initial);
CREATE INDEX flowlog_entry_at ON flowlog_entry (shard, at);
CREATE TABLE flowlog_erased (
	shard BLOB NOT NULL, seq INTEGER NOT NULL, contact BLOB NOT NULL, PRIMARY KEY (shard, seq, contact)
) STRICT, WITHOUT ROWID;
CREATE TABLE flowlog_count (
	shard BLOB NOT NULL, flow BLOB NOT NULL, name TEXT NOT NULL, errors INTEGER NOT NULL, fatal INTEGER NOT NULL,
	PRIMARY KEY (shard, flow)
) STRICT, WITHOUT ROWID;`
}

// Apply implements engine.View.
func (v *View) Apply(tx *sql.Tx, shard tandem.ID, in *instance.Instance, rec *tandem.Record) error {
	st := view.Center(in)
	if st == nil {
		return nil
	}
	for i, ev := range rec.Events {
		var err error
		switch ev := ev.(type) {
		case *event.FlowBlockLogged:
			err = v.logged(tx, shard, st, rec.Seq, i, ev)
		case *event.SubjectErased:
			err = erase(tx, shard, rec.Seq, ev)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", ev.EventName(), err)
		}
	}
	if err := v.count(tx, shard, st, rec); err != nil {
		return err
	}
	return v.prune(tx, shard, rec.At)
}

func (v *View) logged(tx *sql.Tx, shard tandem.ID, st *center.State, seq tandem.Seq, place int, ev *event.FlowBlockLogged) error {
	v.news = true
	_, err := tx.Exec("INSERT INTO flowlog_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", shard[:], int64(seq), place, int64(ev.At),
		ev.ContactID[:], ev.InitialContactID[:], ev.FlowID[:], ev.ModuleType, string(entryOf(st, ev).Line()))
	return err
}

// erase takes out what is personal in the entries of a chain. It is found by its
// first contact, since the event names only contacts that are still in memory.
func erase(tx *sql.Tx, shard tandem.ID, seq tandem.Seq, ev *event.SubjectErased) error {
	contacts := append([]tandem.ID{ev.Subject}, ev.Contacts...)
	for _, id := range contacts {
		_, err := tx.Exec("INSERT INTO flowlog_erased SELECT DISTINCT shard, ?, contact FROM flowlog_entry WHERE shard = ? AND (contact = ? OR initial = ?) ON CONFLICT DO NOTHING",
			int64(seq), shard[:], id[:], id[:])
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE flowlog_entry SET entry = json_remove(json_set(entry, '$.Parameters', json('{}')), '$.Results', '$.ExternalResults')
			WHERE shard = ? AND (contact = ? OR initial = ?)`, shard[:], id[:], id[:])
		if err != nil {
			return err
		}
	}
	return nil
}

// prune drops what is too old, now and then.
func (v *View) prune(tx *sql.Tx, shard tandem.ID, now tandem.Time) error {
	if v.keep <= 0 || now.Sub(v.pruned[shard]) < pruneEvery.Milliseconds() {
		return nil
	}
	v.pruned[shard] = now
	_, err := tx.Exec("DELETE FROM flowlog_entry WHERE shard = ? AND at < ?", shard[:], int64(now.Add(-v.keep.Milliseconds())))
	return err
}

// Flush implements engine.Flusher: it tells that there are entries.
func (v *View) Flush(*sql.Tx) error {
	if v.news {
		v.news = false
		select {
		case v.told <- struct{}{}:
		default: // told already
		}
	}
	return nil
}
