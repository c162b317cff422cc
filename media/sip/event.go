package sip

import (
	"net/netip"
	"time"

	"tandem/media/sdp"
)

// Handler is told what happens to calls. Its methods are called on the call's own goroutine, in order, and must not
// block: the call answers nobody meanwhile. Calling methods of the Call from within is fine.
//
// Every call that Incoming announced or Dial returned gets exactly one Ended, and nothing after it.
type Handler interface {
	// Incoming announces a call that wants an answer: Ring, Answer or Reject it.
	Incoming(*Call, Invitation)
	// Ringing says that the far side of an outgoing call is being alerted. It comes once.
	Ringing(*Call, Ringing)
	// EarlyMedia says that the far side sends sound before it answers (183 with a description). It may come again
	// with another address.
	EarlyMedia(*Call, Media)
	// Answered says that the call is up: for an outgoing call when its 200 came, for an incoming one when the ACK
	// for ours came.
	Answered(*Call, Media)
	// MediaChanged says that a later offer of the far side (hold, a moved address) was agreed to.
	MediaChanged(*Call, Media)
	// Digit is a key pressed at the far side and sent as an INFO request.
	Digit(*Call, Digit)
	// Ended says that the call is over.
	Ended(*Call, End)
}

// Invitation is an incoming call's first request.
type Invitation struct {
	At    time.Time   // when the INVITE was received
	Offer *sdp.Stream // what the caller offers, nil when it leaves the offer to us
}

// Ringing is the first provisional response to an outgoing call that says more than 100.
type Ringing struct {
	At     time.Time // when the response was received
	Status int       // 101 to 199; 180 means that a person is being alerted
}

// Media is what both sides agreed on.
type Media struct {
	At     time.Time  // when the message that made it so was received, or sent if it was ours (the 200 of a call we answer)
	Stream sdp.Stream // seen from our side
}

// Digit is one key.
type Digit struct {
	At  time.Time // when the request was received
	Key byte      // '0' to '9', '*', '#', 'A' to 'D'
}

// End is how a call ended.
type End struct {
	At       time.Time // when the message that ended it was received or sent, or when a timer ran out
	Cause    Cause
	ByRemote bool // the far side, or silence, ended it; otherwise we did
	Status   int  // the SIP status of a refused call, else 0
	Q850     int  // the cause from the far side's Reason header (RFC 3326), else 0
}

// Direction says who placed a call.
type Direction uint8

// The two directions.
const (
	Inbound Direction = iota
	Outbound
)

// Party is a person or number as a header names it.
type Party struct {
	User    string // the part before the @, or a tel: number; as it came
	Host    string
	Display string
}

// Caller is what an INVITE says about who calls whom. None of it is proven: PAI counts only from a trusted trunk.
type Caller struct {
	From      Party
	To        Party
	Called    Party   // the Request-URI: the number that was dialled
	Asserted  []Party // P-Asserted-Identity (RFC 3325)
	Diverted  []Party // Diversion (RFC 5806), the latest first
	Anonymous bool    // the caller wishes not to be shown (RFC 3323 Privacy, or an anonymous From)
}

// Info describes a call for the one who watches over it; it does not change while the call lives.
type Info struct {
	ID        string // the Call-ID
	Direction Direction
	Caller    Caller
	Remote    netip.AddrPort // where its first message came from or went to
	Transport Transport
}
