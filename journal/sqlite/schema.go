package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"tandem/journal"
)

// schemaVersion is what this build writes; SQLite keeps it as user_version.
const schemaVersion = 1

// applicationID marks the file as a Tandem journal ("TNDJ").
const applicationID = 0x544e444a

// schema is described, column by column, in docs/journal-format.md. The table
// batch has rowids and a separate index: in a table without, SQLite compares
// whole rows to find a place, and so reads bodies that it then throws away.
const schema = `
CREATE TABLE shard (
	shard       BLOB    NOT NULL PRIMARY KEY,
	epoch       INTEGER NOT NULL,
	owner       TEXT    NOT NULL,
	anchor_seq  INTEGER NOT NULL,
	anchor_hash BLOB    NOT NULL,
	floor       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE batch (
	shard BLOB    NOT NULL,
	first INTEGER NOT NULL,
	count INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	prev  BLOB    NOT NULL,
	crc   INTEGER NOT NULL,
	body  BLOB    NOT NULL,
	PRIMARY KEY (shard, first)
) STRICT;
CREATE TABLE subject_key (
	shard   BLOB NOT NULL,
	subject BLOB NOT NULL,
	wrapped BLOB NOT NULL,
	PRIMARY KEY (shard, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE payload (
	shard   BLOB    NOT NULL,
	ref     BLOB    NOT NULL,
	subject BLOB    NOT NULL,
	seq     INTEGER NOT NULL,
	salt    BLOB    NOT NULL,
	sealed  BLOB    NOT NULL,
	PRIMARY KEY (shard, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX payload_subject ON payload (shard, subject);
CREATE INDEX payload_seq ON payload (shard, seq);
CREATE TABLE quarantine (
	shard   BLOB    NOT NULL,
	command BLOB    NOT NULL,
	subject BLOB    NOT NULL,
	at      INTEGER NOT NULL,
	reason  TEXT    NOT NULL,
	sealed  BLOB    NOT NULL,
	PRIMARY KEY (shard, command)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_subject ON quarantine (shard, subject);
CREATE TABLE secret (
	name   TEXT NOT NULL PRIMARY KEY,
	sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`

// prepareSchema makes the tables of a new file, and refuses a file that is
// not ours or is newer than this build.
func prepareSchema(ctx context.Context, conn *sql.Conn) error {
	var id, version, tables int
	for q, v := range map[string]*int{
		"PRAGMA application_id": &id, "PRAGMA user_version": &version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := conn.QueryRowContext(ctx, q).Scan(v); err != nil {
			return err
		}
	}
	switch {
	case tables == 0 && id == 0 && version == 0:
		return createSchema(ctx, conn)
	case id != applicationID:
		return fmt.Errorf("the file is a database, but not a Tandem journal; move it away, or choose another data folder")
	case version > schemaVersion:
		return &journal.Error{
			Reason: journal.ErrNewer,
			Detail: fmt.Sprintf("its schema is version %d, this build knows %d", version, schemaVersion),
			Remedy: "Start the newer tandem again, or restore the backup made before the upgrade",
		}
	case version < 1:
		return fmt.Errorf("schema version %d is unknown", version)
	}
	return nil
}

func createSchema(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, fmt.Sprintf("BEGIN IMMEDIATE; %s PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
		schema, applicationID, schemaVersion))
	return err
}
