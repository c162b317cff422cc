// Package metric is the live metrics: how many agents of a queue are available,
// how many contacts wait in it and since when, and how long one more would wait
// (Amazon Connect API: GetCurrentMetricData; Administrator Guide: System metric
// attributes).
//
// [Live] is an index derived from the state of the center, as the matcher is:
// the center tells it what an agent, a routing profile or a contact is now, and
// telling the same twice changes nothing. So it is never written down, and
// telling everything once rebuilds it. Agents are counted by routing profile
// and not by queue, since a profile may serve fifty queues; reading a queue
// adds up the profiles that serve it. An agent has one routing profile, so that
// adding up profiles counts nobody twice, over however many queues.
//
// [Definitions] is the one table of what each metric means, for the API, for
// flows and for pages.
//
// [Waits] is the exception to what derives: how long contacts waited of late is
// history. The center keeps one for each queue in its own state, adds to it as
// it applies the fact that a contact reached an agent, and so has the same
// after a snapshot and the records behind it as without the snapshot.
//
// Once a Live has grown to its size, setting an agent or a contact and reading
// a queue allocate nothing.
//
//go:generate go run tandem/internal/gen/wiregen .
package metric
