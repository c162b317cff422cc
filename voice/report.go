package voice

import "tandem"

// ReportKind is what a report tells.
type ReportKind uint8

// The kinds of report.
const (
	CallArrived    ReportKind = iota + 1 // a new inbound INVITE; Leg, Trunk, From, To
	LegRinging                           // outbound: 180 or 183
	LegAnswered                          // 200 sent or received; media flows
	LegEnded                             // Cause says why
	PlayEnded                            // Play, Outcome, Digits
	RecordingEnded                       // Recording; Location, Started, Stopped
	RoomForgotten                        // an ended room has no leg and no file open any more
	MediaStarted                         // first report of an incarnation: what was alive before is gone
)

// PlayOutcome is how a play ended.
type PlayOutcome uint8

// The outcomes of a play.
const (
	PlayDone    PlayOutcome = iota + 1 // all items were heard
	PlayDigits                         // Digits has what was pressed
	PlayTimeout                        // no digit came in time
	PlayFailed                         // an item could not be fetched or spoken
	PlaySpoken                         // Text has what was said
)

// Report is one fact from the media process. Reports of one incarnation are
// numbered from 1 without gaps, and are sent again until acknowledged.
type Report struct {
	Incarnation tandem.ID // one life of the media process
	Number      uint64
	At          tandem.Time // media's own time: the packet that caused it
	Kind        ReportKind
	Instance    tandem.ID // the room's; zero where media does not know it: CallArrived, MediaStarted, a recording of an earlier life
	Room        tandem.ID // zero for CallArrived and MediaStarted
	Leg         tandem.ID
	Cause       Cause
	Trunk       string          // CallArrived
	From        tandem.Personal // CallArrived: E.164 where it can be told, else as received; empty when withheld
	To          string          // CallArrived: the number dialled, E.164
	Play        tandem.ID
	Outcome     PlayOutcome
	Digits      tandem.Personal
	Recording   tandem.ID
	Location    string // RecordingEnded: the blob's key
	Started     tandem.Time
	Stopped     tandem.Time
	Text        tandem.Personal // PlayEnded with PlaySpoken
}
