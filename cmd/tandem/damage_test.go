package main

import (
	"context"
	"database/sql"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"tandem"
	"tandem/directory"
	"tandem/event"
	"tandem/journal"
	"tandem/journal/sqlite"
	"tandem/vault"
)

// damageCommand is damage HOW DATA: it does to the journal in a data folder
// what disks, careless copies and downgrades do.
func damageCommand(ts *testscript.TestScript, neg bool, args []string) {
	how := map[string]func(*testscript.TestScript, string){"flip": flipByte, "shorten": shorten, "newer": writeNewer, "empty": emptyJournal}
	if neg || len(args) != 2 || how[args[0]] == nil {
		ts.Fatalf("usage: damage flip|shorten|newer|empty DATA")
	}
	how[args[0]](ts, ts.MkAbs(args[1]))
}

// flipByte changes one byte in the body of the instance's first batch.
func flipByte(ts *testscript.TestScript, data string) {
	db := openDB(ts, data)
	defer db.Close()
	var body []byte
	ts.Check(db.QueryRow(`SELECT body FROM batch WHERE shard <> ? AND first = 1`, directory.Shard[:]).Scan(&body))
	body[len(body)/2] ^= 0x10
	_, err := db.Exec(`UPDATE batch SET body = ? WHERE shard <> ? AND first = 1`, body, directory.Shard[:])
	ts.Check(err)
}

// shorten removes the newest batch of the instance, as restoring an older copy
// of the journal alone does.
func shorten(ts *testscript.TestScript, data string) {
	db := openDB(ts, data)
	defer db.Close()
	const newest = `SELECT max(first) FROM batch WHERE shard <> ?1`
	_, err := db.Exec(`DELETE FROM batch WHERE shard <> ?1 AND first = (`+newest+`)`, directory.Shard[:])
	ts.Check(err)
}

func openDB(ts *testscript.TestScript, data string) *sql.DB {
	db, err := sql.Open("sqlite", filepath.Join(data, sqlite.FileName))
	ts.Check(err)
	return db
}

// emptyJournal is a key and a journal that were made, and no more.
func emptyJournal(ts *testscript.TestScript, data string) {
	_, err := vault.InitMasterKey(data)
	ts.Check(err)
	store, err := sqlite.Open(context.Background(), data, sqlite.Options{})
	ts.Check(err)
	ts.Check(store.Close())
}

// fromTomorrow is an event that only a newer version knows.
type fromTomorrow struct{}

func (fromTomorrow) Kind() tandem.EventKind     { return 60_000 }
func (fromTomorrow) EventName() string          { return "FromTomorrow" }
func (fromTomorrow) EncodeWire(*tandem.Encoder) {}
func (fromTomorrow) DecodeWire(*tandem.Decoder) {}

// writeNewer appends a record of a newer version to the directory.
func writeNewer(ts *testscript.TestScript, data string) {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, data, sqlite.Options{})
	ts.Check(err)
	defer store.Close()
	epoch, tail, err := store.Lease(ctx, directory.Shard, "a newer version")
	ts.Check(err)
	rec := tandem.Record{Seq: tail.Seq + 1, CommandID: tandem.NewID([16]byte{1}), At: 1, Events: []tandem.Event{fromTomorrow{}}}
	e := tandem.NewEncoder(nil, nil)
	event.AppendRecord(e, &rec)
	ts.Check(store.Commit(ctx, []journal.Append{{Shard: directory.Shard, Epoch: epoch, First: rec.Seq, Count: 1, Body: e.Bytes()}}))
}
