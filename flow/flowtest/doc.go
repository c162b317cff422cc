// Package flowtest walks through flows without a contact center: block by block,
// with whatever the world around is said to be like.
//
// A Walk carries one contact through a flow, and through the flows and modules
// that it goes on to. What a person or the world would do it asks of an Outside:
// keys, words, opening hours, room in queues, answers of functions and bots. A
// World is an Outside described in JSON.
//
// A Test is written in the testing language (Amazon Connect Developer Guide:
// Connect testing language): observations of what the flow should do, with what
// to do then. Run walks a flow with a test and reports on each observation.
//
// Like the flow language the package is pure: the same test on the same flow
// always comes to the same report.
package flowtest
