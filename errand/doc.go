// Package errand carries requests to systems outside, such as functions and
// bots, and brings back to the core what came of them.
//
// An [Errand] is done once, however often it is handed out while it runs. Each
// target has a lane with room for so many at a time and so many that wait;
// what finds no room is refused at once. Work has a deadline, passing failures
// are tried again before it, and the outcome is told to the core as a command.
// A [Desk] counts everything it does and ends all of it on Close.
package errand
