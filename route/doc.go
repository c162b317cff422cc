// Package route is the matcher: which agent is offered which contact.
//
// It is an index derived from the state of the center: idle agents by routing
// profile and channel, waiting contacts by queue and channel, and which
// profiles serve which queue. The rules (Amazon Connect Administrator Guide:
// How routing works; Queues: standard and agent; Queues: priority and delay;
// Create a routing profile):
//
//   - A contact goes to the agent available longest among those idle in its
//     channel whose routing profile serves its queue and channel, once the
//     contact is older than the profile's delay for them.
//   - An agent takes the contact with the best priority in the routing profile,
//     then the best priority of its own, then the one waiting longest.
//   - Every agent has a queue of its own, which has the id of the agent. Its
//     contacts go to that agent only, in any channel and without a delay, and
//     before any contact of another queue. No routing profile serves it.
//   - Ties go to the lower id, so the same state always gives the same choice.
//
// Questions that the guide leaves open are decided here. The priority of the
// routing profile is looked at before the contact's own. The delay counts from
// the time since which the contact counts as waiting, so that a flow that makes
// a contact older also shortens its delay. An agent may be available in one
// channel for longer than in another; see [Index.Pair] for what follows.
//
// # Cost
//
// With n contacts waiting in a queue and s routing profiles serving it:
//
//   - [Index.Wait], [Index.Leave] and [Index.Position] cost O(log n): the
//     contacts are in a search tree that counts (see line).
//   - [Index.PickAgent] looks at the first agent of each serving profile, and
//     of more than 128 of them only at O(log s) matches of a tournament. The
//     price is O(log s) in every such queue of a profile when the first agent
//     of that profile becomes another one.
//   - [Index.SetIdle] and [Index.SetBusy] cost O(log a) with a agents idle under
//     the same profile, and the price of the tournaments.
//   - [Index.PickContact] looks at each entry of the agent's profile down to
//     the first priority that has a contact.
//   - [Index.SetProfile] puts the services of its queues in order, O(s log s)
//     each, when something is asked the next time.
//
// Once the index has grown to its size, none of them but the last allocates.
package route
