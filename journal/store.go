package journal

import (
	"context"
	"iter"

	"tandem"
)

// Store keeps the journals of all shards of one data folder, and what must be
// durable together with them. All methods may be called by several goroutines
// at once; commits happen one after the other. After Close every method gives
// [ErrClosed]. A method whose context ends returns the context's error and
// has changed nothing, except Commit, whose outcome is then unknown.
type Store interface {
	Log
	Rows
	Secrets

	// Close waits for the call that is writing, if any, and lets go of the
	// store. Closing twice is fine.
	Close() error
}

// Log is the part of a [Store] that keeps records.
type Log interface {
	Committer

	// Lease makes owner the leader of the shard: it raises the shard's epoch,
	// from then on every other lease is fenced, and returns the new epoch and
	// the tail. A shard that was not there begins with epoch 1 and the zero
	// Point. The last batch is verified ([ErrCorrupt]), and so is the floor
	// ([ErrShort]). Owner is for people: a host and process.
	Lease(ctx context.Context, shard tandem.ID, owner string) (tandem.Epoch, Point, error)

	// Tail returns where the shard's chain ends; the zero Point for a shard
	// that has no records yet. It verifies the last batch.
	Tail(ctx context.Context, shard tandem.ID) (Point, error)

	// Read gives the shard's batches in order, from the one that holds record
	// from (which may begin earlier) to the tail, each verified against its
	// checksum and its predecessor before it is given out. From 0 means from
	// the oldest kept. It gives one error, as its last pair: [ErrCorrupt],
	// [ErrPruned] when from is older than what is kept, [ErrShort] when from
	// is beyond the tail plus 1 or the tail is below the floor.
	// What is committed while reading may or may not be seen; reading never
	// holds up a commit. The batches are the caller's to keep.
	Read(ctx context.Context, shard tandem.ID, from tandem.Seq) iter.Seq2[Batch, error]

	// Prune removes the batches that end at or before record upTo, and the
	// payload rows that came with them, in small transactions. The hash of
	// the last batch removed is kept as the anchor of those that remain. The
	// last batch always stays. It may stop early with an error and be called
	// again.
	Prune(ctx context.Context, shard tandem.ID, upTo tandem.Seq) error

	// RaiseFloor remembers that record seq was seen: by a snapshot, or by a
	// reader's cursor. It returns [ErrShort] when the journal ends before it,
	// which means that the journal lost its tail or is an older copy. Call it
	// at start with what the snapshots and cursors know, and after each
	// snapshot. A lower floor than the present one changes nothing.
	RaiseFloor(ctx context.Context, shard tandem.ID, seq tandem.Seq) error
}

// Committer is what a [Writer] writes to.
type Committer interface {
	// Commit stores all appends, with their rows, in one transaction, and
	// returns nil when they are durable. For each append, inside the
	// transaction, the epoch must be the shard's present one ([ErrFenced])
	// and First must continue the tail ([ErrGap]); one refusal refuses all.
	// The appends' memory is the caller's again when Commit returns.
	Commit(ctx context.Context, appends []Append) error
}

// Rows is the part of a [Store] that keeps what travels with batches.
type Rows interface {
	// Key returns the wrapped key of the subject, or [ErrAbsent].
	Key(ctx context.Context, shard, subject tandem.ID) ([]byte, error)

	// Payload returns the payload row, or [ErrAbsent].
	Payload(ctx context.Context, shard tandem.ID, ref tandem.PayloadRef) (PayloadRow, error)

	// Quarantined returns the commands put aside, oldest first, at most
	// [MaxQuarantined].
	Quarantined(ctx context.Context, shard tandem.ID) ([]QuarantineRow, error)

	// Erase deletes the subject's key row, payload rows and quarantined
	// commands, and overwrites their bytes wherever the store had them. A
	// subject without rows is fine. When it returns nil, no byte is left in
	// the store's files; after an error call it again.
	Erase(ctx context.Context, shard, subject tandem.ID) error
}

// MaxQuarantined is how many quarantined commands are returned at once.
const MaxQuarantined = 1000

// Secrets is the part of a [Store] that keeps the vault's named secrets.
type Secrets interface {
	// PutSecret stores a row, in place of the one of that name if there is
	// one, whose bytes are overwritten.
	PutSecret(ctx context.Context, row SecretRow) error

	// Secret returns the sealed bytes, or [ErrAbsent].
	Secret(ctx context.Context, name string) ([]byte, error)

	// DeleteSecret deletes a row and overwrites its bytes, or [ErrAbsent].
	DeleteSecret(ctx context.Context, name string) error

	// SecretNames lists the names that begin with prefix, in order.
	SecretNames(ctx context.Context, prefix string) ([]string, error)

	// Rewrap replaces the bytes of every key row of every shard and of every
	// secret by what the functions return, and stores add, in one
	// transaction, for a change of the master key. A secret for which the
	// function returns nil is deleted. A function's error undoes all. The
	// functions must not call the store.
	Rewrap(ctx context.Context, key func(shard tandem.ID, row KeyRow) ([]byte, error),
		secret func(row SecretRow) ([]byte, error), add ...SecretRow) error
}
