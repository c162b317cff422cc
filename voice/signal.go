package voice

import "tandem"

// Signals are what a browser and the voice process say to each other about a
// soft leg. They are not durable: a browser that gets no answer asks again. What
// the leg should be stays with the [Room]; what became of it comes as a
// [Report].

// SignalKind is what a browser asks for.
type SignalKind uint8

// The kinds of signal.
const (
	SignalOffer      SignalKind = iota + 1 // a new connection for the leg; SDP and Candidates
	SignalRestart                          // new addresses for the connection Peer (RFC 8445 section 2.4); SDP and Candidates
	SignalConnect                          // the connection Peer, kept from an earlier call, is for this leg now
	SignalDisconnect                       // the leg no longer uses Peer, which is kept for the next call
	SignalBye                              // the connection Peer is over
)

// Signal is one request of a browser.
type Signal struct {
	ID         tandem.ID // of the request
	Kind       SignalKind
	UserID     tandem.ID // whose browser; a leg of another agent is not found
	Leg        tandem.ID
	Peer       string // the connection, as the answer to its offer named it
	Keep       bool   // with SignalOffer: the connection outlives the leg
	SDP        string
	Candidates []Candidate
}

// Candidate is an address of one side (W3C WebRTC: RTCIceCandidateInit).
type Candidate struct {
	Candidate     string
	SDPMid        string
	SDPMLineIndex uint16
}

// SignalAnswer answers a Signal.
type SignalAnswer struct {
	ID         tandem.ID
	Code       SignalCode // zero: it was done
	Peer       string
	SDP        string
	Candidates []Candidate
}

// SignalCode says why a signal was refused; the numbers are those of HTTP and
// SIP that softphone libraries know.
type SignalCode uint16

// The codes.
const (
	SignalDone      SignalCode = 0
	SignalInvalid   SignalCode = 400 // the description cannot be read, or offers no common codec
	SignalForbidden SignalCode = 403
	SignalNotFound  SignalCode = 404 // no such leg or connection
	SignalTimeout   SignalCode = 408 // the voice process did not answer
	SignalBusy      SignalCode = 486 // another page of the agent has the leg
	SignalFailed    SignalCode = 500
)

// Ephemeral is a short-lived credential for the relay (RFC 8656; the user name
// begins with the Unix time at which it ends).
type Ephemeral struct {
	URLs       []string // such as "turn:192.0.2.1:3478?transport=udp"
	Username   string
	Credential string // a secret
}
