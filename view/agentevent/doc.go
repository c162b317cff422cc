// Package agentevent writes the agent event stream: one JSON line for each
// log-in, log-out and change of an agent, in the order in which they happened
// (Amazon Connect Administrator Guide: agent event streams data model).
//
// The events of one agent form a chain from LOGIN to LOGOUT: what one shows as
// the current snapshot, the next shows as the previous one, and nothing
// changes in between. A change of an agent who is offline is not told; the
// next LOGIN shows its result. There are no HEART_BEAT events: they are made
// by a clock, not by the journal, and a reader of the file does not need them.
//
// Every line is written exactly once: how long the file is stands in the
// readers' tables, in the transaction that moves the view's place in the
// journal, and what a crash left beyond that is cut off.
package agentevent
