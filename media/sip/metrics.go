package sip

import "sync/atomic"

// Metrics count since the agent was made. Each may be read at any time.
type Metrics struct {
	Datagrams          atomic.Int64 // received, dropped ones included
	DroppedSource      atomic.Int64 // from an address that is not allowed; not parsed
	DroppedSize        atomic.Int64 // over 16 KB; not parsed
	Connections        atomic.Int64 // TCP and TLS, at present
	RefusedConnections atomic.Int64 // over the number at a time
	RefusedPasswords   atomic.Int64 // calls and registrations without the right one
	RefusedHandshakes  atomic.Int64 // TLS that did not come about
	DroppedMalformed   atomic.Int64 // not to be parsed, or a response that makes no sense
	DroppedMailboxFull atomic.Int64 // for a call that does not keep up
	RefusedRate        atomic.Int64 // new calls over a rate limit
	RefusedFull        atomic.Int64 // new calls over the number of calls at a time
	RefusedAway        atomic.Int64 // new calls while Accepting said no
	RefusedRequests    atomic.Int64 // requests answered with an error status for what they say
	Retransmitted      atomic.Int64 // messages that we sent again
	SendErrors         atomic.Int64
	CallsStarted       atomic.Int64
	CallsEnded         atomic.Int64
}
