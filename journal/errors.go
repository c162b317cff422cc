package journal

import (
	"errors"
	"fmt"

	"tandem"
)

// What an [Error] says went wrong; test for it with errors.Is.
var (
	ErrFenced  = errors.New("another process has taken over this shard")
	ErrGap     = errors.New("the records do not continue the journal")
	ErrCorrupt = errors.New("the journal is damaged")
	ErrShort   = errors.New("the journal is shorter than what was seen before")
	ErrPruned  = errors.New("the records were pruned")
	ErrExists  = errors.New("there is one already")
	ErrAbsent  = errors.New("there is none")
	ErrLocked  = errors.New("another process has the journal open")
	ErrNewer   = errors.New("the journal was written by a newer version")
	ErrClosed  = errors.New("the journal is closed")
)

// Error is a failure of the journal that a person can act on.
type Error struct {
	Reason error      // one of the Err variables of this package
	Shard  tandem.ID  // zero when it concerns the whole store
	Seq    tandem.Seq // the record it is about; 0 when none
	Detail string     // what was found, where
	Remedy string     // what to do
	Err    error      // the cause, if any
}

// Error implements error.
func (e *Error) Error() string {
	s := e.Reason.Error()
	if !e.Shard.IsZero() {
		s += ": shard " + e.Shard.String()
	}
	if e.Seq != 0 {
		s += fmt.Sprintf(", record %d", e.Seq)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Remedy != "" {
		s += ". " + e.Remedy
	}
	return s
}

// Unwrap returns the reason and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Err}
}

// Corrupt says that record seq is damaged.
func Corrupt(shard tandem.ID, seq tandem.Seq, detail string) *Error {
	e := &Error{Reason: ErrCorrupt, Shard: shard, Seq: seq, Detail: detail}
	e.Remedy = "Stop tandem, restore DATA/journal.db from a backup that holds this record, then run: tandem journal verify"
	return e
}

// Short says that the journal ends at tail although record seen was once there.
func Short(shard tandem.ID, tail, seen tandem.Seq) *Error {
	return &Error{
		Reason: ErrShort, Shard: shard, Seq: seen,
		Detail: fmt.Sprintf("the journal ends with record %d", tail),
		Remedy: "Restore DATA/journal.db from the backup that belongs to the snapshots and readers' tables, " +
			"or restore the whole DATA folder from one backup; then run: tandem journal verify",
	}
}

// Fenced says that the lease held, epoch, is not the shard's present one.
func Fenced(shard tandem.ID, held, present tandem.Epoch) *Error {
	return &Error{
		Reason: ErrFenced, Shard: shard,
		Detail: fmt.Sprintf("our lease is %d, the present one %d", held, present),
		Remedy: "This process stops writing; the other one goes on",
	}
}

// Gap says that an append starts with record first where the journal would
// continue with want.
func Gap(shard tandem.ID, first, want tandem.Seq) *Error {
	return &Error{
		Reason: ErrGap, Shard: shard, Seq: first,
		Detail: fmt.Sprintf("the next record is %d", want),
		Remedy: "The state in memory does not belong to this journal; it is rebuilt from it",
	}
}

// Pruned says that record seq is no longer kept; the oldest that is, is first.
func Pruned(shard tandem.ID, seq, first tandem.Seq) *Error {
	return &Error{
		Reason: ErrPruned, Shard: shard, Seq: seq,
		Detail: fmt.Sprintf("the oldest record kept is %d", first),
		Remedy: "Start from a snapshot that is not older than that",
	}
}

// KeyExists says that the append at record seq brings a second key for a
// subject, which would make what the first one sealed unreadable.
func KeyExists(shard tandem.ID, seq tandem.Seq, subject tandem.ID) *Error {
	return &Error{
		Reason: ErrExists, Shard: shard, Seq: seq,
		Detail: "subject " + subject.String() + " has a key",
		Remedy: "The state in memory does not belong to this journal; it is rebuilt from it",
	}
}
