package record

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/view"
)

// deletionReason is what a record says of a recording that was erased.
const deletionReason = "ERASURE"

// View keeps the records in the readers' tables. The engine calls it within
// one transaction at a time.
type View struct{ leaving *leaving }

// New returns the view.
func New() *View { return &View{newLeaving()} }

// Name implements engine.View.
func (*View) Name() string { return "record" }

// Version implements engine.View.
func (*View) Version() int { return 1 }

// Tables implements engine.View.
func (*View) Tables() []string { return []string{"record_contact", "record_next"} }

// Schema implements engine.View. Times are in milliseconds, 0 for never;
// record_next tells which contact followed which.
func (*View) Schema() string {
	return `CREATE TABLE record_contact (
	shard BLOB NOT NULL, contact BLOB NOT NULL, initial BLOB NOT NULL,
	channel INTEGER NOT NULL, queue BLOB NOT NULL, user BLOB NOT NULL,
	initiated INTEGER NOT NULL, connected_to_system INTEGER NOT NULL,
	enqueued INTEGER NOT NULL, dequeued INTEGER NOT NULL, connected_to_agent INTEGER NOT NULL,
	disconnected INTEGER NOT NULL, after_work_started INTEGER NOT NULL, after_work_ended INTEGER NOT NULL,
	ended INTEGER NOT NULL, modified INTEGER NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (shard, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_contact_initiated ON record_contact (shard, initiated, contact);
CREATE INDEX record_contact_initial ON record_contact (shard, initial);
CREATE INDEX record_contact_user ON record_contact (shard, user);
CREATE TABLE record_next (
	shard BLOB NOT NULL, contact BLOB NOT NULL, next BLOB NOT NULL, PRIMARY KEY (shard, contact)
) STRICT, WITHOUT ROWID;`
}

// Apply implements engine.View.
func (v *View) Apply(tx *sql.Tx, shard tandem.ID, in *instance.Instance, rec *tandem.Record) error {
	st := view.Center(in)
	v.leaving.look(shard, st, rec)
	w := writer{tx: tx, shard: shard, at: rec.At, st: st, leaving: v.leaving}
	for _, ev := range rec.Events {
		if err := w.apply(ev); err != nil {
			return fmt.Errorf("%s: %w", ev.EventName(), err)
		}
	}
	v.leaving.forget(rec)
	return nil
}

// writer changes the records of one shard within a transaction.
type writer struct {
	tx      *sql.Tx
	shard   tandem.ID
	at      tandem.Time
	st      *center.State // after the record that is applied; nil where there is no center
	leaving *leaving
}

func (w writer) apply(ev tandem.Event) error {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		if ev.Channel == event.Task && ev.Method == event.API {
			return w.follow(ev)
		}
	case *event.ContactTransferred:
		return w.transferred(ev)
	case *event.ContactEnded:
		return w.ended(ev.ContactID)
	case *event.ContactAttributesSet:
		return w.edit(byContact, ev.ContactID, func(r *Record) { r.Attributes = attributes(ev.Attributes) })
	case *event.RecordingFinished:
		return w.edit(byContact, ev.ContactID, func(r *Record) { r.Recording = available(ev.Location) })
	case *event.SubjectErased:
		return w.erase(ev)
	}
	return nil
}

// ended writes the record of a contact.
func (w writer) ended(id tandem.ID) error {
	if w.st == nil || w.st.Contacts[id] == nil {
		return fmt.Errorf("contact %s is not in the state right after it ended", id)
	}
	c := w.st.Contacts[id]
	t := timesOf(c, w.at)
	r := build(w.st, c, t, w.leaving.username(w.st, handledBy(c)))
	next, err := w.next(id)
	if err != nil {
		return err
	}
	if r.NextContactID == nil {
		r.NextContactID = idText(next)
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var user tandem.ID
	if r.Agent != nil {
		user = handledBy(c)
	}
	_, err = w.tx.Exec(`INSERT INTO record_contact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		w.shard[:], id[:], c.InitialContactID[:], int64(c.Channel), c.QueueID[:], user[:],
		int64(t.Initiated), int64(t.ConnectedToSystem), int64(t.Enqueued), int64(t.Dequeued), int64(t.ConnectedToAgent),
		int64(t.Disconnected), int64(t.AfterWorkStarted), int64(t.AfterWorkEnded), int64(t.Ended), int64(t.RecordLastModified),
		string(body))
	return err
}

// transferred names the next contact in a record that is there already.
func (w writer) transferred(ev *event.ContactTransferred) error {
	if ev.NextContactID.IsZero() {
		return nil
	}
	return w.edit(byContact, ev.ContactID, func(r *Record) { r.NextContactID = idText(ev.NextContactID) })
}

// follow remembers that a contact follows another, whose record may be there
// already. The first that follows counts.
func (w writer) follow(ev *event.ContactInitiated) error {
	if ev.PreviousID.IsZero() {
		return nil
	}
	done, err := w.tx.Exec("INSERT INTO record_next VALUES (?, ?, ?) ON CONFLICT DO NOTHING", w.shard[:], ev.PreviousID[:], ev.ContactID[:])
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return w.edit(byContact, ev.PreviousID, func(r *Record) { r.NextContactID = idText(ev.ContactID) })
}

func (w writer) next(id tandem.ID) (tandem.ID, error) {
	var next []byte
	err := w.tx.QueryRow("SELECT next FROM record_next WHERE shard = ? AND contact = ?", w.shard[:], id[:]).Scan(&next)
	if errors.Is(err, sql.ErrNoRows) {
		return tandem.ID{}, nil
	}
	if err != nil {
		return tandem.ID{}, err
	}
	return toID(next), nil
}

// erase takes out what is personal: of the contacts of a chain all of the
// customer's, of a user the name. A chain is found by its first contact, since
// the event names only those contacts that were still in memory.
func (w writer) erase(ev *event.SubjectErased) error {
	if err := w.edit(byInitial, ev.Subject, eraseCustomer); err != nil {
		return err
	}
	for _, id := range ev.Contacts {
		if err := w.edit(byContact, id, eraseCustomer); err != nil {
			return err
		}
	}
	return w.edit(byUser, ev.Subject, func(r *Record) { r.Agent.Username = nil })
}

// eraseCustomer takes out the customer's data. Of an outbound contact the number
// shown to the customer goes too, for a flow may have chosen it by what it knew
// of the customer.
func eraseCustomer(r *Record) {
	r.CustomerEndpoint, r.TransferredToEndpoint, r.ContactDetails = nil, nil, nil
	r.Attributes, r.References = attributes(nil), nil
	if r.InitiationMethod == event.Outbound.String() {
		r.SystemEndpoint = nil
	}
	if r.Recording != nil {
		reason := deletionReason
		r.Recording.Status, r.Recording.DeletionReason = "DELETED", &reason
	}
}
