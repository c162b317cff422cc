package event

import "tandem"

// ContactInitiated begins a contact. Of a chain of contacts the first one's id
// is the subject of all.
//
//wire:event 101
type ContactInitiated struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	PreviousID       tandem.ID
	Channel          Channel
	Method           InitiationMethod
	At               tandem.Time // voice: when the INVITE came; API: when the request came
	CustomerAddress  tandem.Personal
	SystemAddress    string    // voice inbound: the number dialled
	CustomerLeg      tandem.ID // voice: the customer's leg
	Name             tandem.Personal
	Description      tandem.Personal
	Attributes       tandem.PersonalMap
	References       tandem.PersonalMap // name to "TYPE value"
	ClientToken      string
	CallID           tandem.ID // voice: the call it belongs to, which is its first contact; zero: a call of its own
	RelatedID        tandem.ID
	StartFlowID      tandem.ID   // the flow to enter; zero: that of the number dialled
	TargetQueueID    tandem.ID   // where it goes, when that is known already
	TargetUserID     tandem.ID   // the agent to whom it is transferred
	RequesterLeg     tandem.ID   // transfer: the leg of the agent who asked, who hears the flow as long as that leg lives
	MonitoredID      tandem.ID   // the contact that is listened to
	UserID           tandem.ID   // the agent who began it: outbound, monitor
	ScheduledAt      tandem.Time // it waits until then
}

// ContactConnectedToSystem says that the customer's endpoint is connected.
//
//wire:event 102
type ContactConnectedToSystem struct {
	ContactID tandem.ID
	At        tandem.Time
}

// ContactAttributesSet carries the contact's attributes as they are from now
// on, all of them.
//
//wire:event 103
type ContactAttributesSet struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Attributes       tandem.PersonalMap
}

// FlowEntered says that a contact begins a flow. It replaces the flow that ran
// before.
//
//wire:event 104
type FlowEntered struct {
	ContactID tandem.ID
	FlowID    tandem.ID
	Version   uint64
	Type      string // the type of the flow: CONTACT_FLOW, CUSTOMER_QUEUE, ...
	Side      FlowSide
}

// FlowBlockRan says that one block of the flow was run, what it decided, and
// where the flow stands now.
//
//wire:event 105
type FlowBlockRan struct {
	ContactID  tandem.ID
	ActionID   string
	Type       string
	Outcome    string // "Success", "1", "True", "Timeout", an error type
	NextAction string // empty when the flow ends here or waits in this block
	BlockState string // what the block keeps between its steps
	Side       FlowSide
	Deadline   tandem.Time // a wait without a play: when it is interrupted; 0 for never
}

// PromptKind says how a prompt's text is meant.
type PromptKind uint8

// The kinds of prompt.
const (
	PromptText PromptKind = iota + 1
	PromptSSML
	PromptFile // a named audio file
)

// PlayStarted says what the customer hears from now on; the flow waits in its
// block until it ends, or runs on for other inputs.
//
//wire:event 106
type PlayStarted struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	PlayID           tandem.ID
	Kinds            []PromptKind
	Prompts          []tandem.Personal // one for each kind
	Loop             bool
	CollectDigits    uint8 // 0: none
	FirstDigitMillis int64
	InterDigitMillis int64
	Terminators      string
	Deadline         tandem.Time // 0: none; when the flow is interrupted
	Side             FlowSide
	CancelKey        string // discards what was typed; empty if none

	// What the customer says is taken too, unless Locale is empty.
	Locale            string // such as en_US
	SpeechStartMillis int64  // of silence before the first word
	SpeechEndMillis   int64  // of silence that ends what is said
	SpeechMaxMillis   int64

	// What the customer types is encrypted by whoever collects it, unless KeyID is
	// empty.
	KeyID       string
	Certificate string // X.509, PEM
}

// PlayStopped says that nothing is played to the customer any more.
//
//wire:event 107
type PlayStopped struct {
	ContactID tandem.ID
	Side      FlowSide
}

// FlowEnded says that the contact runs no flow any more.
//
//wire:event 108
type FlowEnded struct {
	ContactID tandem.ID
	Outcome   string
	Side      FlowSide
}

// TargetQueueSet says where the contact would be queued.
//
//wire:event 109
type TargetQueueSet struct {
	ContactID tandem.ID
	QueueID   tandem.ID
}

// RecordingBehaviorSet says which sides are recorded once an agent is
// connected.
//
//wire:event 110
type RecordingBehaviorSet struct {
	ContactID tandem.ID
	Customer  bool
	Agent     bool
	Suspended bool // silence is recorded until it is resumed
}

// ContactQueued says that the contact waits in a queue.
//
//wire:event 111
type ContactQueued struct {
	ContactID tandem.ID
	QueueID   tandem.ID
	Priority  int64 // 1 first; 5 by default
	At        tandem.Time
	Since     tandem.Time // since when it counts as waiting; 0: At
}

// OfferMade says that the contact is offered to an agent, and why to this one:
// the agent available longest of those the matcher could choose.
//
//wire:event 112
type OfferMade struct {
	ContactID       tandem.ID
	UserID          tandem.ID
	OfferID         tandem.ID // also the id of the agent's leg, where there is one
	QueueID         tandem.ID
	Deadline        tandem.Time
	AvailableSince  tandem.Time
	ProfilePriority uint8
}

// OfferEnded says how an offer ended. Unless it was accepted or withdrawn, the
// contact is in its queue again with its age.
//
//wire:event 113
type OfferEnded struct {
	ContactID tandem.ID
	UserID    tandem.ID
	OfferID   tandem.ID
	Outcome   OfferOutcome
	At        tandem.Time
}

// AgentConnected says that the contact left its queue: agent and customer are
// connected.
//
//wire:event 114
type AgentConnected struct {
	ContactID tandem.ID
	UserID    tandem.ID
	At        tandem.Time
}

// ContactDisconnected says that the customer is gone (voice) or the contact
// was ended (task).
//
//wire:event 115
type ContactDisconnected struct {
	ContactID tandem.ID
	At        tandem.Time
	Reason    DisconnectReason
}

// AfterContactWorkStarted says that the agent wraps up.
//
//wire:event 116
type AfterContactWorkStarted struct {
	ContactID tandem.ID
	UserID    tandem.ID
	At        tandem.Time
	Deadline  tandem.Time // 0: until cleared by hand
}

// ContactCleared says that a contact (after its wrap-up, or missed, or
// withdrawn) holds no slot of the agent any more.
//
//wire:event 117
type ContactCleared struct {
	ContactID tandem.ID
	UserID    tandem.ID
	At        tandem.Time
}

// ContactEnded is the last fact of a contact: its record is complete and it
// never moves again.
//
//wire:event 118
type ContactEnded struct {
	ContactID tandem.ID
	At        tandem.Time
}

// ContactForgotten takes an ended contact out of memory.
//
//wire:event 119
type ContactForgotten struct{ ContactID tandem.ID }

// LegChanged says where a leg of the contact stands.
//
//wire:event 120
type LegChanged struct {
	ContactID tandem.ID
	LegID     tandem.ID
	UserID    tandem.ID // the agent, or zero for the customer
	State     LegState
	Cause     uint8 // voice.Cause, when gone
	At        tandem.Time
}

// CallRefused says that an inbound call was turned away before it became a
// contact: nobody has the number, or it starts no flow that can run.
//
//wire:event 122
type CallRefused struct {
	LegID         tandem.ID
	RoomID        tandem.ID // the contact that it would have been
	SystemAddress string    // the number dialled
	Cause         uint8     // voice.Cause
	At            tandem.Time
}

// CustomerInputStored carries what the customer typed into a Store customer
// input block.
//
//wire:event 123
type CustomerInputStored struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Input            tandem.Personal
}

// RecordingFinished says that a recording is stored.
//
//wire:event 121
type RecordingFinished struct {
	ContactID   tandem.ID
	RecordingID tandem.ID
	Location    string // key in the blob store
	StartedAt   tandem.Time
	StoppedAt   tandem.Time
}

// AgentStatusChanged says that an agent is in another status. Any status that
// is not of type Offline means logged in.
//
//wire:event 130
type AgentStatusChanged struct {
	UserID   tandem.ID
	StatusID tandem.ID
	At       tandem.Time
}

// AgentConnectionChanged says whether the agent's panel is connected, and
// whether it can take calls in the browser.
//
//wire:event 132
type AgentConnectionChanged struct {
	UserID    tandem.ID
	Connected bool
	Softphone bool
	At        tandem.Time
}

// AgentUnreachable says that the panel of a logged-in agent was gone for the
// grace that the settings give: nothing is offered until it is back.
//
//wire:event 133
type AgentUnreachable struct {
	UserID tandem.ID
	At     tandem.Time
}

// NextStatusSet says which status the agent takes when the last contact is
// cleared; the zero status takes the wish back.
//
//wire:event 131
type NextStatusSet struct {
	UserID   tandem.ID
	StatusID tandem.ID
	At       tandem.Time
}

// VoiceReportTaken says how far the reports of the media process are known,
// so that one sent again changes nothing.
//
//wire:event 140
type VoiceReportTaken struct {
	Incarnation tandem.ID
	Number      uint64
}
