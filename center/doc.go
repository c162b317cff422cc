// Package center is the contact center itself, as a pure machine: agents,
// contacts, queues, offers, wrap-up and their configuration. It is the one
// owner of every contact's and every agent's transitions; legs of calls only
// report.
//
// [Machine.Decide] takes one command and emits events, [Machine.Apply] is the
// only place where state changes, and effects (the [voice.Room] of each call)
// are computed from state. Deadlines that have passed are handled by
// [tandem.Tick]. What is derived from state, to find things fast, is rebuilt
// from it and never written down (derive.go).
//
// Where the guides of Amazon Connect are silent or leave a choice, this is what
// the center does:
//
//   - An inbound contact is connected to the system at the packet that answered
//     the call. Facts of a call carry the time of the packet that caused them,
//     but never one before a fact known earlier or after the present.
//   - An offer that was not answered, was declined or failed returns the contact
//     to its queue with its age, and holds the agent's slot as missed until it
//     is cleared; until then the agent is offered nothing. An offer withdrawn
//     because the customer left costs the agent nothing, not even the place
//     among those available.
//   - An agent is offered one contact at a time, and works on one channel at a
//     time. Available since is the latest of: becoming available, taking a
//     contact, a contact being cleared.
//   - A pending next status stops routing at once. The present status, or
//     Available, takes the wish back.
//   - Soft phones take tasks but no calls.
//   - A flow that fails disconnects the contact; in a queue the contact stays,
//     in silence. Attributes that would exceed the limit are not set, and the
//     block's outcome says so.
//   - A call to a number that starts no flow is refused and becomes no contact.
//     A call that media does not answer within a minute is given up.
//   - A contact ends after wrap-up and is forgotten ten minutes later. A task
//     ends after a week.
package center

//go:generate go run tandem/internal/gen/wiregen .
