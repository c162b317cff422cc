// Package route is the matcher: which agent is offered which contact.
//
// It is an index derived from the state of the center: idle agents by routing
// profile and channel, waiting contacts by queue, channel and priority, and
// which profiles serve which queue. A contact goes to the agent available
// longest among those whose routing profile serves its queue and channel. An
// agent takes the contact with the best priority in the routing profile, then
// the best priority of its own, then the one waiting longest (Amazon Connect
// Administrator Guide: Queues: priority and delay; Set up a routing profile).
// Ties go to the lower id, so the same state always gives the same choice.
//
// Two questions the guide leaves open are decided here: the priority of the
// routing profile is looked at before the contact's own, and the delay counts
// from the time since which the contact counts as waiting, so that a flow that
// makes a contact older also shortens its delay.
//
// Once the index has grown to its size, picking, waiting and leaving allocate
// nothing.
package route
