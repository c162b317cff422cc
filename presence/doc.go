// Package presence keeps one agent's status in step across systems, as a pure
// machine: the contact center itself and any number of CRMs.
//
// An intent is the status that a person chose, anywhere. An overlay is what
// the agent's work adds (on contact). From both follows, for each system
// (leg), the desired status; what a leg is seen to show is an observation.
// Every observation, from a webhook, a poll or a read, goes through one
// classifier, which tells a person's wish from an echo of our own write.
//
// A step goes one way: an observation or a fact of the center is classified
// (classify.go), it may change the intent, from the intent follows what each
// leg should show (project.go), and where a leg differs a write is requested
// (write.go). Each of these decisions is an event, so that [Explain] can tell
// afterwards why a system shows what it shows.
//
// Beside the mapping of statuses, a system may have presence rules (package
// rule): a rule sets a state in one system, its destination, and nowhere else
// (rules.go). How loaded an agent is in one system may show as a status where
// calls are routed (capacity.go). Where a system is written through pages in the
// agent's browser, one of them speaks for all (page.go).
//
// Where a system does not say who made a change, a person who chooses the very
// status that was just written there, within a second, cannot be told from the
// echo of that write.
//
// The center's own leg is written inside the same step by the wish
// [CenterWrite], so that its echo is known and never guessed. An instance may
// have no center: then an Amazon Connect instance stands in for it (home.go), with
// a leg like any other system's, whose statuses are the ones that all others are
// mapped to.
//
//go:generate go run tandem/internal/gen/wiregen .
package presence
