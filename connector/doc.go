// Package connector is what all connectors share. A connector keeps one
// connected system, such as a Zendesk account, in step with presence: it shows
// the statuses that presence wishes for and reports what the system shows.
//
// A connector decides nothing. Effects of presence come in (Write, Read), and
// what became of them goes back as commands (Observe, FinishWrite), so that
// every decision is made by the pure machine and stands in the journal. Each
// connector passes the suite in package connectortest.
package connector
