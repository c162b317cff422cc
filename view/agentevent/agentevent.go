package agentevent

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/view"
)

// View writes the stream. The engine calls it within one transaction at a
// time.
type View struct {
	file   stream
	lines  bytes.Buffer // written by Flush
	erased []string     // ARNs of agents whose names Flush takes out of the file
}

// New returns the view that writes to the file at path, for all instances
// together. Close closes the file.
func New(path string, log *slog.Logger) *View {
	return &View{file: stream{path: path, log: log}}
}

// Close lets go of the file. The readers' tables must be closed before.
func (v *View) Close() error { return v.file.close() }

// Name implements engine.View.
func (*View) Name() string { return "agentevent" }

// Version implements engine.View.
func (*View) Version() int { return 1 }

// Tables implements engine.View.
func (*View) Tables() []string { return []string{"agentevent_agent", "agentevent_file"} }

// Schema implements engine.View. agentevent_agent has what was told last of
// each agent who ever logged in, empty after the log-out; agentevent_file has
// how long the file is.
func (*View) Schema() string {
	return `CREATE TABLE agentevent_agent (
	shard BLOB NOT NULL, user BLOB NOT NULL, snapshot TEXT NOT NULL, PRIMARY KEY (shard, user)
) STRICT, WITHOUT ROWID;
CREATE TABLE agentevent_file (id INTEGER PRIMARY KEY CHECK (id = 1), length INTEGER NOT NULL) STRICT;
INSERT INTO agentevent_file VALUES (1, 0);`
}

// Apply implements engine.View.
func (v *View) Apply(tx *sql.Tx, shard tandem.ID, in *instance.Instance, rec *tandem.Record) error {
	st := view.Center(in)
	if st == nil {
		return nil
	}
	t := teller{tx: tx, shard: shard, rec: rec, arns: view.ARNsOf(st.Instance), account: st.Instance.AccountID}
	for _, id := range touched(st, rec) {
		ev, err := t.tell(st, id)
		if err != nil {
			return fmt.Errorf("agent %s: %w", id, err)
		}
		if ev != nil {
			v.write(ev)
		}
	}
	for _, ev := range rec.Events {
		if e, ok := ev.(*event.SubjectErased); ok {
			known, err := t.forget(e.Subject)
			if err != nil {
				return err
			}
			if known {
				v.erased = append(v.erased, t.arns.User(e.Subject))
			}
		}
	}
	return nil
}

func (v *View) write(ev *Event) {
	out := json.NewEncoder(&v.lines)
	out.SetEscapeHTML(false)
	if err := out.Encode(ev); err != nil {
		panic(fmt.Sprintf("an agent event is no JSON: %v", err)) // it has only strings, numbers and lists of them
	}
}

// Flush implements engine.Flusher: it writes the lines and notes the length in
// the transaction.
func (v *View) Flush(tx *sql.Tx) error {
	if v.lines.Len() == 0 && len(v.erased) == 0 {
		return nil
	}
	var length int64
	if err := tx.QueryRow("SELECT length FROM agentevent_file").Scan(&length); err != nil {
		return err
	}
	length, err := v.file.append(length, v.lines.Bytes())
	if err != nil {
		return err
	}
	v.lines.Reset()
	if len(v.erased) > 0 {
		if err := v.file.erase(v.erased); err != nil {
			return err
		}
		v.erased = nil
	}
	_, err = tx.Exec("UPDATE agentevent_file SET length = ?", length)
	return err
}

// teller makes the events of one record.
type teller struct {
	tx      *sql.Tx
	shard   tandem.ID
	rec     *tandem.Record
	arns    view.ARNs
	account string
}

// tell returns what is to be told of an agent, or nil.
func (t *teller) tell(st *center.State, id tandem.ID) (*Event, error) {
	text, err := t.told(id)
	if err != nil {
		return nil, err
	}
	d := describer{st: st, arns: t.arns, at: t.rec.At}
	if text != nil {
		d.before = new(Snapshot)
		if err := json.Unmarshal(text, d.before); err != nil {
			return nil, err
		}
	}
	a := st.Agents[id]
	if a == nil {
		return t.gone(&d, id)
	}
	now := d.snapshotOf(a)
	after, err := json.Marshal(now)
	if err != nil {
		return nil, err
	}
	online := now.AgentStatus.Type != event.Offline.String()
	if d.before == nil && !online || bytes.Equal(text, after) && !t.reconfigured(id) {
		return nil, nil
	}
	if !online {
		after = nil
	}
	return t.event(&d, id, now, eventType(d.before != nil, online)), t.keep(id, string(after))
}

// gone tells that a user was deleted, if the agent was logged in.
func (t *teller) gone(d *describer, id tandem.ID) (*Event, error) {
	if d.before == nil {
		return nil, t.keep(id, "")
	}
	return t.event(d, id, d.goneOf(), Logout), t.keep(id, "")
}

func (t *teller) event(d *describer, id tandem.ID, now *Snapshot, eventType string) *Event {
	return &Event{
		AWSAccountID: t.account, AgentARN: t.arns.User(id), InstanceARN: t.arns.Instance(),
		CurrentAgentSnapshot: now, PreviousAgentSnapshot: d.before,
		EventID:        tandem.NameID("agent event", t.rec.CommandID.String()+id.String()).String(),
		EventTimestamp: view.Millis(t.rec.At), EventType: eventType, Version: FormatVersion,
	}
}

// reconfigured reports whether the user was saved: a change of the phone or of
// auto-accept is told though no snapshot has it.
func (t *teller) reconfigured(id tandem.ID) bool {
	return slices.ContainsFunc(t.rec.Events, func(ev tandem.Event) bool {
		saved, ok := ev.(*event.UserSaved)
		return ok && saved.UserID == id
	})
}

func eventType(was, is bool) string {
	switch {
	case !was:
		return Login
	case !is:
		return Logout
	}
	return StateChange
}

// told is the snapshot told last of an agent who is logged in, or nil.
func (t *teller) told(id tandem.ID) ([]byte, error) {
	var text string
	err := t.tx.QueryRow("SELECT snapshot FROM agentevent_agent WHERE shard = ? AND user = ?", t.shard[:], id[:]).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) || err == nil && text == "" {
		return nil, nil
	}
	return []byte(text), err
}

func (t *teller) keep(id tandem.ID, snapshot string) error {
	_, err := t.tx.Exec("INSERT INTO agentevent_agent VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET snapshot = excluded.snapshot", t.shard[:], id[:], snapshot)
	return err
}

// forget reports whether anything was ever told of the subject.
func (t *teller) forget(id tandem.ID) (bool, error) {
	done, err := t.tx.Exec("DELETE FROM agentevent_agent WHERE shard = ? AND user = ?", t.shard[:], id[:])
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}
