// Package journal is the durable, ordered log of every shard (an instance or
// the directory): its interface, the hash chain that proves it whole, and the
// group commit that makes it fast.
//
// The journal stores bytes. It knows neither events nor keys: a [Batch] is
// some records, already encoded, and the rows that travel with it (wrapped
// subject keys, sealed payloads, quarantined commands) are sealed before they
// come here. docs/journal-format.md is the specification.
//
// What holds, and what everything else rests on:
//
//   - A batch is stored whole, with its rows, or not at all.
//   - The records of a shard are numbered from 1 without gaps. A batch that
//     does not continue the tail is refused ([ErrGap]).
//   - A lease has an epoch. A batch of an older epoch is refused inside the
//     transaction ([ErrFenced]), so a deposed leader can write nothing.
//   - When Commit returns nil, the batches survive a crash and power loss.
//   - When Commit returns an error, the outcome is unknown: throw the state
//     away, take the lease again and read the tail. Never retry in place.
//   - What is read was verified: a flipped bit or a missing batch is an error
//     that names the record ([ErrCorrupt]), never a shorter log.
//   - A log that ends before what a snapshot or reader has seen is refused
//     ([ErrShort]).
//
// Packages sqlite and memory implement [Store]; package journaltest is the
// suite that both pass.
package journal
