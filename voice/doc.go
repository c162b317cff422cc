// Package voice is the words between the core and the voice process.
//
// The core sends desired state, not orders: a [Room] says which legs should
// exist, who hears whom, what is played and what is recorded. Media makes it
// so, ignores what is older than it knows, and remembers what has ended. So
// sending again, reconnecting and reconciling are one path. Media answers
// with [Report]s, which it keeps until the core has acknowledged them as
// durable.
package voice
