// Package connectortest is the suite that each connector must pass, run against
// a stand-in of its system over a real network connection.
//
// The suite plays the core: it hands writes and reads to the connector, takes
// its outcomes, tries again when told to, and then looks at what the stand-in
// shows. Time is a [Clock] that the suite moves; only deadlines of network
// requests pass in real time.
package connectortest
