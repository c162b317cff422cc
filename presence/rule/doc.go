// Package rule is the engine of presence rules, as pure functions: a rule sets
// an agent's state in one system when something happens in another.
//
// The words are those of the Amazon Connect CTI adapter for Salesforce
// (presence sync rules): a rule has a source, the event that it is tried for;
// criteria, each of two operands and a comparator; a destination; and the state
// that it sets there. [First] says which rules hold for an event, [Try] says why
// and why not, [Lint] finds rules that cannot work or contradict each other, and
// [Import] reads rules that were exported elsewhere.
//
// Package presence binds what happens to [Facts] and does what the rules ask.
package rule
