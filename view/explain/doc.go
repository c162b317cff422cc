// Package explain tells the story of one contact, or of one agent, in plain
// words: what happened, when, and why. It reads only the journal, so it works
// while the server is stopped, and says the same every time.
//
// An offer is explained by the state just before it: which agents could take
// the contact, who of them was available longest, and what was in the way of
// the others. Nothing personal of a customer is told; agents are called by
// their username.
package explain
