// Package instance is the one reducer: it hosts the machines of a shard
// (center and presence of a contact-center instance, or the directory) and
// carries facts and wishes between them.
//
// [Instance.Step] lets the machine that owns a command decide, applies every
// event it emits to all machines, lets the others react, and takes what they
// wish for as further commands inside the same step. What one command led to
// is one record. It does no I/O: package engine makes records durable and
// hands effects out.
package instance
