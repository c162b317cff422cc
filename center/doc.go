// Package center is the contact center itself, as a pure machine: agents,
// contacts, calls, queues, offers, wrap-up and their configuration. It is the
// one owner of every contact's and every agent's transitions; legs of calls
// only report.
//
// [Machine.Decide] takes one command and emits events, [Machine.Apply] is the
// only place where state changes, and effects (the [voice.Room] of each call)
// are computed from state. Deadlines that have passed are handled by
// [tandem.Tick]. What is derived from state, to find things fast, is rebuilt
// from it and never written down (derive.go).
//
// A contact is one part of a conversation, with at most one agent, and has one
// record. The voice contacts that talk together are one call (call.go): the
// first one's id is the call's, and the room's. How an agent and a customer come
// together is told in join.go, how a contact ends and who inherits its customer
// in end.go, and what an agent can do in a call in party.go. A contact can run
// one flow on its customer's side and one on its agent's (run.go). What flows ask
// of functions (function.go) and bots (bot.go) is an effect that stands until its
// answer comes as a command, or its deadline; modules (module.go) put the flow
// that invokes them on a stack.
//
// Where the guides of Amazon Connect are silent or leave a choice, this is what
// the center does:
//
//   - An inbound contact is connected to the system at the packet that answered
//     the call. Facts of a call carry the time of the packet that caused them,
//     but never one before a fact known earlier or after the present.
//   - An offer that was not answered, was declined or failed returns the contact
//     to its queue with its age, and holds the agent's slot until it is cleared;
//     until then the agent is offered nothing. So does an agent who hangs up in
//     the agent whisper. An offer withdrawn because the customer left costs the
//     agent nothing, not even the place among those available.
//   - An agent is offered one contact at a time, and works on one channel at a
//     time unless the routing profile says that it does not mind. Available since
//     is the latest of: becoming available, being connected with a contact, a
//     contact being cleared. A contact whose customer leaves before agent and
//     customer are connected leaves no wrap-up, but for one that was dialled.
//   - A pending next status stops routing at once. The present status, or for
//     one who is available Available, takes the wish back. A status that is
//     disabled stays with those who are in it, or had chosen it as the next.
//   - A soft phone takes calls while its panel is open.
//   - While the customer of a callback is called first, one agent is kept free
//     for them.
//   - A message to a chat is said at once; nobody has to hear it out. What a flow
//     says there is a message too, its markup as it stands. A customer who writes
//     while the bot thinks is answered to what was written last.
//   - A function that nobody waits for is asked even if the contact has ended
//     meanwhile, for a minute. A contact waits for 16 functions at most.
//   - $.External and $.Lex live with the customer's side of the contact, through
//     its flows; on the agent's side as long as the flow. A module has its own, and
//     on the customer's side its own stored input and metrics.
//   - EndFlowExecution in a module goes back to the module's own loop, if one was
//     interrupted; else it ends the flow that has invoked the module too.
//   - A contact that is in a module stays in the versions of all its flows.
//   - A flow that runs in a circle begins 20 contacts at most before it waits.
//   - Contacts in an agent's own queue go to that agent, before any other.
//   - Age in a queue counts from the moment the contact entered it, moved by what
//     its flow adjusts. A callback keeps the place its caller had; where the
//     settings allow it, so does a caller who hung up and calls again. Contacts
//     that go back to their queue keep theirs, those moved to another do not.
//   - A disabled queue takes no contact; those that wait in it are served.
//   - When the customer of a call is gone, all its contacts end. When an agent
//     leaves, the customer goes on with whom else is there, first of all somebody
//     to talk to, else with a contact that waits for an agent, else in the
//     disconnect flow; nobody stays on hold whose holder has left.
//   - Who ends a contact first decides its reason.
//   - An attempt of a callback that does not reach its customer ends, with
//     wrap-up, and the next attempt is another contact. MaximumConnectionAttempts
//     counts the attempts in all.
//   - A transfer to an agent who is not available, or busy with more than wrap-up,
//     ends that contact, not the call.
//   - One recording at a time is made of a call: that of its first contact which
//     is to be recorded. Who is on hold or muted is not recorded.
//   - A flow that fails disconnects the contact; in a queue the contact stays,
//     in silence; a whisper goes on to the conversation, a hold flow falls silent.
//     Attributes that would exceed the limit are not set, and the block's outcome
//     says so.
//   - A number may be a caller id whether or not it starts a flow. A call to a
//     number that starts no flow is refused and becomes no contact.
//     A call that media does not answer within a minute is given up.
//   - A contact ends after wrap-up and is forgotten ten minutes later, or as much
//     later as callers may take their old place again. A task, a chat and a
//     callback end after a week.
//   - A user who is deleted takes no more contacts, and goes when the last is
//     cleared.
package center

//go:generate go run tandem/internal/gen/wiregen .
