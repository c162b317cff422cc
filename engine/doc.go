// Package engine runs the pure instances: for each shard one loop takes
// commands from a bounded inbox, steps the instance, and appends the records
// to a batch; the journal's writer commits batches while the loop fills the
// next. Answers and effects leave only after the records they rest on are
// durable, and a read is answered from state that is.
//
// A follower replays what was committed on a second copy of the state: it
// feeds the readers (one transaction for all, with their cursors) and makes
// snapshots, checking the live state's hash on the way. A step that panics
// discards the live state, rebuilds it from the journal and quarantines the
// command.
package engine
