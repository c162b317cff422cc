package center

import (
	"tandem"
	"tandem/event"
)

// State is all that the center remembers: the sum of its events. Others read
// it, between steps; only Apply changes it.
//
//wire:state
type State struct {
	Instance         event.InstanceCreated
	Agents           map[tandem.ID]*Agent
	Statuses         map[tandem.ID]*event.AgentStatusSaved
	Queues           map[tandem.ID]*event.QueueSaved
	Hours            map[tandem.ID]*event.HoursSaved
	RoutingProfiles  map[tandem.ID]*event.RoutingProfileSaved
	SecurityProfiles map[tandem.ID]*event.SecurityProfileSaved
	Flows            map[tandem.ID]*Flow
	Numbers          map[tandem.ID]*event.NumberAssociated
	Contacts         map[tandem.ID]*Contact
	VoiceReports     map[tandem.ID]uint64 // incarnation to the last report known; [deadIncarnation] once another began
}

// Agent is a user and what the user does now.
//
//wire:state
type Agent struct {
	User           event.UserSaved
	StatusID       tandem.ID
	StatusSince    tandem.Time
	NextStatusID   tandem.ID
	NextSince      tandem.Time
	AvailableSince tandem.Time // what "available longest" compares
	Contacts       []AgentContact
}

// AgentContactState is where a contact stands with an agent (Amazon Connect
// API: AgentContactState).
type AgentContactState uint8

// The states of a contact at an agent.
const (
	Connecting AgentContactState = iota + 1 // offered; the phone rings
	Connected
	Missed // not answered, rejected or failed: holds the slot until cleared
	AfterContactWork
)

var agentContactStateNames = [...]string{"", "CONNECTING", "CONNECTED", "MISSED", "ENDED"}

// String is the name in the API.
func (s AgentContactState) String() string { return agentContactStateNames[s] }

// AgentContact is a slot of an agent that a contact holds.
//
//wire:state
type AgentContact struct {
	ContactID   tandem.ID
	OfferID     tandem.ID
	Channel     event.Channel
	State       AgentContactState
	Since       tandem.Time
	ConnectedAt tandem.Time
	Deadline    tandem.Time // of the offer, or of the wrap-up; 0 for none
}

// Flow is a contact flow: what was saved last, and the published versions that
// may still run.
//
//wire:state
type Flow struct {
	Saved     event.FlowSaved
	Published *event.FlowSaved
	Running   map[uint64]*event.FlowSaved // older published versions that a contact is in
}

// Phase is where a contact stands. It is in exactly one.
type Phase uint8

// The phases, in the order in which they can follow each other; an offered
// contact may be queued again.
const (
	InFlow Phase = iota + 1
	InQueue
	Offered
	WithAgent
	WrapUp
	Ended
)

// Contact is one contact, from its beginning until it is forgotten.
//
//wire:state
type Contact struct {
	ContactID           tandem.ID
	InitialContactID    tandem.ID `wire:"subject"`
	PreviousID          tandem.ID
	Channel             event.Channel
	Method              event.InitiationMethod
	Phase               Phase
	Rev                 uint64      // the seq of the last record that changed it
	LastAt              tandem.Time // of the latest fact; later facts are never earlier
	InitiatedAt         tandem.Time
	ConnectedToSystemAt tandem.Time
	EnqueuedAt          tandem.Time
	DequeuedAt          tandem.Time
	ConnectedToAgentAt  tandem.Time
	DisconnectedAt      tandem.Time
	WrapUpAt            tandem.Time
	ClearedAt           tandem.Time
	EndedAt             tandem.Time
	Reason              event.DisconnectReason
	CustomerAddress     tandem.Personal
	SystemAddress       string
	Name                tandem.Personal
	Description         tandem.Personal
	Attributes          tandem.PersonalMap
	References          tandem.PersonalMap
	StoredInput         tandem.Personal // what the customer typed into the last Store customer input block
	ClientToken         string
	Flow                FlowPosition
	Play                *Play
	TargetQueueID       tandem.ID
	QueueID             tandem.ID
	Priority            int64
	Attempts            uint32    // offers made
	UserID              tandem.ID // the agent offered to, connected, or wrapping up
	OfferID             tandem.ID
	RecordCustomer      bool
	RecordAgent         bool
	RecordingID         tandem.ID // once recording began
	RecordingLocation   string
	RecordingStartedAt  tandem.Time
	RecordingStoppedAt  tandem.Time
	Legs                []Leg
}

// FlowPosition is where a contact stands in its flow; zero when it runs none.
//
//wire:state
type FlowPosition struct {
	FlowID     tandem.ID
	Version    uint64
	Type       string
	ActionID   string
	BlockState string
	Deadline   tandem.Time // when the wait is interrupted; 0 for never
}

// Play is what the customer hears.
//
//wire:state
type Play struct {
	Started event.PlayStarted
}

// Leg is one leg of a voice contact.
//
//wire:state
type Leg struct {
	ID     tandem.ID
	UserID tandem.ID // zero: the customer's
	State  event.LegState
	Cause  uint8 // voice.Cause
	At     tandem.Time
}
