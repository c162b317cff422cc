package connectortest

import (
	"testing"
	"time"

	"tandem/connector"
	"tandem/event"
)

// Options say what account a stand-in shall play.
type Options struct {
	Clock         *Clock
	Agents        int // how many agents there are, all in the first status
	RatePerMinute int // how many requests the account allows
}

// System is a stand-in of a connected system with one account.
type System interface {
	// Saved are the settings with which the connector reaches the account; the
	// suite fills in the id.
	Saved() event.SystemSaved
	// ClientSecret is the secret of the account's OAuth client.
	ClientSecret() string
	// Agents are the remote ids of the agents.
	Agents() []string
	// Email is an agent's e-mail address.
	Email(agent string) string
	// Statuses are three statuses in which every agent may be; agents start in
	// the first. Focusing is the id of one that is fit for focus, or "" where the
	// system has none.
	Statuses() (three [3]string, focusing string)
	// Shows is the status that the account shows for an agent.
	Shows(agent string) string
	// Choose changes a status as a person would, in the system itself. Nobody
	// is told.
	Choose(t *testing.T, agent, status string)
	// Writes are the statuses that were asked for, for an agent, in order.
	Writes(agent string) []string
	// Requests are all requests that the connector has sent with access.
	Requests() []Request
	// Break makes the next write go wrong.
	Break(t *testing.T, f Fault)
	// RevokeAccess ends every token.
	RevokeAccess()
}

// Request is one request as the system saw it.
type Request struct {
	At      time.Time
	Limited bool // refused because there were too many
}

// Fault is how a write goes wrong.
type Fault int

// The faults.
const (
	Refused Fault = iota // a final no
	Broken               // the system's own failure: 500 or the like
	Limited              // too many requests; the system wants LimitedPause of rest
	Silent               // done, but the connection breaks before the answer
	Slow                 // done after SlowSpan of real time, within the connector's deadline
	Hanging              // no answer within the connector's deadline
)

// Spans of faults.
const (
	LimitedPause = 20 * time.Second
	SlowSpan     = 150 * time.Millisecond
	HangingSpan  = 5 * time.Second
)

// Subject is what the suite tests.
type Subject struct {
	// Start starts a stand-in that ends with the test.
	Start func(t *testing.T, o Options) System
	// New makes connectors whose requests have a deadline of more than SlowSpan
	// and less than HangingSpan.
	New connector.Factory
}
