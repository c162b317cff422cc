package voice

import "tandem"

// Room is the state that one call should have in the media process.
// It is an effect: the newest revision replaces all older ones.
type Room struct {
	ID       tandem.ID // the call: the first of its contacts
	Instance tandem.ID
	Epoch    tandem.Epoch // a lower epoch comes from a deposed core and is ignored
	Rev      uint64       // grows with every change; an older or equal one is ignored
	Legs     []Leg
	Mix      []Path
	Plays    []Play // at most one for a listener; each waits until its listener has answered
	Record   *Recording
	Ended    bool // hang up every leg, finish the recording, then forget the room
}

// EffectName implements tandem.Effect.
func (Room) EffectName() string { return "voice.Room" }

// LegWish is the state that the core wants a leg to reach.
type LegWish uint8

// The states of a leg, in order; a leg never goes back.
const (
	WishRinging  LegWish = iota + 1 // inbound: 180; outbound: send the INVITE
	WishAnswered                    // inbound: 200; outbound: stays as ringing until answered
	WishGone                        // CANCEL, BYE or a final refusal, whichever fits
)

// Leg is one participant's SIP dialog. The Call-ID and From tag of an outbound
// leg derive from ID, so that asking twice never rings twice; the ID of an
// inbound leg derives from its Call-ID.
type Leg struct {
	ID       tandem.ID
	Role     Role
	Outbound bool
	Wish     LegWish
	Target   tandem.Personal // outbound: E.164 number; the trunk is chosen by its prefix
	CallerID tandem.Personal // outbound: E.164 number shown to the target
	Soft     bool            // the agent's browser, not a number
	Digits   string          // outbound: keys 0-9, *, # to send once it has answered; a comma waits a second
	Deadline tandem.Time     // outbound: no answer by then means CANCEL and cause no answer
	Cause    Cause           // with WishGone: why
	UserID   tandem.ID       // with Soft: whose browser
}

// Role is the participant's part in the call.
type Role uint8

// The roles.
const (
	Customer Role = iota + 1
	Agent
	Outside // somebody else outside; recorded with the customer
	Monitor // a supervisor; recorded with the agent when heard
)

// Path lets Listener hear Speaker. A path that is not listed is silent. Legs
// that a play is meant for hear it as well.
type Path struct{ Speaker, Listener tandem.ID }

// Play is what one leg hears, besides those whom it hears, until it ends or another play replaces it. A play
// whose ID media has finished before is not started again: its result is
// reported again instead.
type Play struct {
	ID       tandem.ID
	Listener tandem.ID
	Items    []Prompt
	Loop     bool     // from the start again until replaced
	Collect  *Collect // digits end the play
}

// Prompt is one piece of audio: exactly one of Text, SSML and Prompt is set.
type Prompt struct {
	Text   tandem.Personal // spoken; may contain attributes
	SSML   tandem.Personal
	Prompt string // a named audio file, such as "CustomerQueue.wav"
	Speech Speech // how Text and SSML are spoken
}

// Speech chooses a voice (Amazon Polly API: SynthesizeSpeech). Empty members
// leave the choice to the voice process.
type Speech struct {
	Voice  string `json:",omitempty"` // such as "Joanna"
	Engine string `json:",omitempty"` // "standard", "neural", "generative"
	Style  string `json:",omitempty"` // "Conversational", "Newscaster"
	Locale string `json:",omitempty"` // such as "en-US"
}

// Collect asks for digits (RFC 4733 events) from the listener. The first digit
// stops the audio.
type Collect struct {
	MaxDigits        int
	FirstDigitMillis int64 // from the end of the audio
	InterDigitMillis int64
	Terminators      string // digits that end the input and are not part of it
	CancelKey        string // the digit that discards what was typed; empty if none
	Listen           *Listen
	Encrypt          *Encrypt
}

// Listen also recognizes what the listener says: an utterance ends the play.
type Listen struct {
	Locale             string // such as en_US
	StartTimeoutMillis int64  // of silence before the first word, from the end of the audio
	EndTimeoutMillis   int64  // of silence that ends the utterance
	MaxMillis          int64  // of one utterance
}

// Encrypt has digits encrypted before they are reported, so that nobody else
// learns them: Report.Digits is then base64 of a message in the format of the
// AWS Encryption SDK.
type Encrypt struct {
	KeyID       string
	Certificate string // X.509, PEM
}

// Recording is a stereo file: the customer on the left channel, agents on the
// right.
type Recording struct {
	ID        tandem.ID
	Customer  bool        // write the left channel
	Agent     bool        // write the right channel
	Suspended bool        // write silence until it is resumed
	Held      []tandem.ID // legs on hold, of which nothing is written
}

// Cause says why a leg ended.
type Cause uint8

// The causes.
const (
	CauseNone        Cause = iota
	CauseHangup            // this side hung up
	CauseRemote            // the far side hung up
	CauseNoAnswer          // the deadline passed
	CauseBusy              // 486, 600
	CauseRejected          // 403, 603, ...
	CauseInvalid           // 404, 484, 604: the number is wrong
	CauseUnreachable       // 408, 480, 5xx, no trunk, no answer at all
	CauseLost              // no RTP, or no ACK, or session refresh missing
	CauseShutdown          // the media process stopped
)

// String names the cause for people.
func (c Cause) String() string {
	names := [...]string{"none", "hung up", "hung up by the far side", "no answer", "busy", "rejected", "invalid number", "unreachable", "lost", "shutdown"}
	if int(c) < len(names) {
		return names[c]
	}
	return "unknown"
}
