package erase

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"tandem"
	"tandem/event"
	"tandem/instance"
)

const (
	attemptTimeout = 5 * time.Second  // all that one Apply may wait for the bucket
	retryPause     = 10 * time.Second // between two attempts for what is pending
	pendingPage    = 100              // contacts in one attempt
)

// Bucket is where recordings are. A [*blob.Bucket] is one; it may fail or be
// slow.
type Bucket interface {
	List(*blob.ListOptions) *blob.ListIterator
	Delete(ctx context.Context, key string) error
}

// View deletes the recordings of erased contacts. The engine calls it within
// one transaction at a time.
type View struct {
	bucket  Bucket
	log     *slog.Logger
	now     func() time.Time
	timeout time.Duration
	pending bool      // there may be rows in erase_pending
	next    time.Time // not before this are they tried again
}

// New returns the view. It logs what could not be deleted, with contact ids.
func New(bucket Bucket, log *slog.Logger) *View {
	return &View{bucket: bucket, log: log, now: time.Now, timeout: attemptTimeout, pending: true}
}

// Prefix is the beginning of the keys of the recordings of a call, by its first
// contact.
func Prefix(callID tandem.ID) string { return "recordings/" + callID.String() + "/" }

// Name implements engine.View.
func (*View) Name() string { return "erase" }

// Version implements engine.View.
func (*View) Version() int { return 1 }

// Tables implements engine.View.
func (*View) Tables() []string { return []string{"erase_chain", "erase_subject", "erase_pending"} }

// Schema implements engine.View. erase_chain tells the first contact of every
// call, since an erasure names only contacts that are still in memory;
// erase_subject has who is erased, for recordings that come late; erase_pending
// has the contacts whose recordings are to be deleted.
func (*View) Schema() string {
	return `CREATE TABLE erase_chain (
	shard BLOB NOT NULL, initial BLOB NOT NULL, contact BLOB NOT NULL, PRIMARY KEY (shard, initial, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX erase_chain_contact ON erase_chain (shard, contact);
CREATE TABLE erase_subject (shard BLOB NOT NULL, subject BLOB NOT NULL, PRIMARY KEY (shard, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE erase_pending (contact BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;`
}

// Apply implements engine.View. It fails only with the tables: what the bucket
// refuses stays pending.
func (v *View) Apply(tx *sql.Tx, shard tandem.ID, _ *instance.Instance, rec *tandem.Record) error {
	for _, ev := range rec.Events {
		var err error
		switch ev := ev.(type) {
		case *event.ContactInitiated:
			if ev.Channel == event.Voice {
				_, err = tx.Exec("INSERT INTO erase_chain VALUES (?, ?, ?) ON CONFLICT DO NOTHING", shard[:], ev.InitialContactID[:], ev.ContactID[:])
			}
		case *event.SubjectErased:
			err = v.erased(tx, shard, ev)
		case *event.RecordingFinished:
			err = v.recorded(tx, shard, ev.ContactID)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", ev.EventName(), err)
		}
	}
	if !v.pending || v.now().Before(v.next) {
		return nil
	}
	return v.deletePending(tx)
}

// erased puts every contact of the chain on the list.
func (v *View) erased(tx *sql.Tx, shard tandem.ID, ev *event.SubjectErased) error {
	if _, err := tx.Exec("INSERT INTO erase_subject VALUES (?, ?) ON CONFLICT DO NOTHING", shard[:], ev.Subject[:]); err != nil {
		return err
	}
	_, err := tx.Exec("INSERT INTO erase_pending SELECT contact FROM erase_chain WHERE shard = ? AND initial = ? ON CONFLICT DO NOTHING", shard[:], ev.Subject[:])
	if err != nil {
		return err
	}
	for _, id := range ev.Contacts {
		if _, err := tx.Exec("INSERT INTO erase_pending VALUES (?) ON CONFLICT DO NOTHING", id[:]); err != nil {
			return err
		}
	}
	v.pending, v.next = true, time.Time{}
	return nil
}

// recorded puts the contacts of a chain on the list of which a recording was
// stored after it was erased: the recordings of a call are kept under its first
// contact.
func (v *View) recorded(tx *sql.Tx, shard, contactID tandem.ID) error {
	done, err := tx.Exec(`INSERT INTO erase_pending
		SELECT c.contact FROM erase_chain k JOIN erase_subject s ON s.shard = k.shard AND s.subject = k.initial
		JOIN erase_chain c ON c.shard = k.shard AND c.initial = k.initial
		WHERE k.shard = ? AND k.contact = ? ON CONFLICT DO NOTHING`, shard[:], contactID[:])
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	v.pending, v.next = true, time.Time{}
	return nil
}

// deletePending tries to delete what is on the list, and gives up when its time
// is over.
func (v *View) deletePending(tx *sql.Tx) error {
	ids, err := pending(tx)
	if err != nil {
		return err
	}
	v.pending = len(ids) > 0
	ctx, cancel := context.WithTimeout(context.Background(), v.timeout)
	defer cancel()
	for _, id := range ids {
		if err := v.deleteAll(ctx, Prefix(id)); err != nil {
			v.log.Error("recordings of an erased contact could not be deleted; they will be tried again", "contact", id, "err", err)
			v.next = v.now().Add(retryPause)
			return nil
		}
		if _, err := tx.Exec("DELETE FROM erase_pending WHERE contact = ?", id[:]); err != nil {
			return err
		}
	}
	v.pending = len(ids) == pendingPage
	return nil
}

func pending(tx *sql.Tx) ([]tandem.ID, error) {
	rows, err := tx.Query("SELECT contact FROM erase_pending ORDER BY contact LIMIT ?", pendingPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []tandem.ID
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		ids = append(ids, tandem.ID(b))
	}
	return ids, rows.Err()
}

// deleteAll deletes every blob whose key begins with the prefix. One that is
// gone already is fine.
func (v *View) deleteAll(ctx context.Context, prefix string) error {
	list := v.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list %s: %w", prefix, err)
		}
		if err := v.bucket.Delete(ctx, o.Key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("delete %s: %w", o.Key, err)
		}
	}
}
