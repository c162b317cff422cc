package center

import (
	"tandem"
	"tandem/event"
	"tandem/metric"
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
	Numbers          map[tandem.ID]*event.NumberAssociated // one that is kept has the zero flow
	Contacts         map[tandem.ID]*Contact
	VoiceReports     map[tandem.ID]uint64 // incarnation to the last report known; [deadIncarnation] once another began
	QuickConnects    map[tandem.ID]*event.QuickConnectSaved
	HierarchyGroups  map[tandem.ID]*event.HierarchyGroupSaved
	Settings         event.SettingsSaved
	Waits            map[tandem.ID]*metric.Waits // by queue: how fast contacts left it lately
	Functions        map[string]*event.FunctionAssociated
	Bots             map[string]*event.BotAssociated
	SecurityKeys     map[tandem.ID]*event.SecurityKeySaved
	ModulePointers   map[tandem.ID][]event.ModulePointerSaved // by flow or module: its versions and aliases
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
	Disconnected   tandem.Time // since when the agent's panel is gone; 0: connected, or never was
	Unreachable    bool        // the panel was gone for the grace of the settings
	Softphone      bool        // the panel takes calls
	MissedInRow    uint32      // offers missed since the last one that was taken
	RetiredAt      tandem.Time // to be deleted once the last contact is cleared; 0: no
}

// AgentContactState is where a contact stands with an agent (Amazon Connect
// API: AgentContactState).
type AgentContactState uint8

// The states of a contact at an agent.
const (
	Connecting AgentContactState = iota + 1 // offered; the phone rings
	Connected
	Missed // not answered in time: holds the slot until cleared
	AfterContactWork
	Rejected // declined: holds the slot until cleared
	Failed   // the agent's phone could not be reached: holds the slot until cleared
	Dialing  // accepted, or begun by the agent, and not yet connected with the customer
	Paused   // a task that was put aside
)

var agentContactStateNames = [...]string{"", "CONNECTING", "CONNECTED", "MISSED", "ENDED", "REJECTED", "ERROR", "CONNECTING", "PAUSED"}

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

// The phases. The first six are in the order in which they can follow each
// other; an offered contact may be queued again.
const (
	InFlow Phase = iota + 1
	InQueue
	Offered
	WithAgent
	WrapUp
	Ended
	Scheduled // waits for its time: a callback's delay, a scheduled task
	Joining   // an agent has it and whispers run, or somebody is being dialled
	Bridged   // the customer is with somebody outside, or they are being dialled, and with no agent
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

	CallID           tandem.ID // voice: the call, which is its first contact
	RelatedID        tandem.ID
	NextID           tandem.ID // the contact in which the customer went on
	StartFlowID      tandem.ID
	TargetUserID     tandem.ID // transfer to an agent
	RequesterLeg     tandem.ID // transfer: who hears the flow while that leg lives
	MonitoredID      tandem.ID // the contact that a supervisor listens to
	ScheduledAt      tandem.Time
	WaitingSince     tandem.Time // what age in the queue counts from
	AdjustmentMillis int64       // by how much it counts as older
	TransferredAt    tandem.Time
	TransferredTo    event.TransferKind
	TransferEndpoint tandem.Personal
	PausedAt         tandem.Time
	AcceptedAt       tandem.Time // by the agent, who may not be connected yet
	RecordSuspended  bool
	Hooks            Hooks
	AgentFlow        FlowPosition // on the agent's side
	AgentPlay        *Play
	FlowAttributes   tandem.PersonalMap
	Callback         *Callback
	CallbackNumber   tandem.Personal // to call back; empty: the customer's own
	CustomerID       tandem.Personal
	LanguageCode     string
	TextVoice        string
	TextEngine       string
	TextStyle        string
	Logging          bool
	Metrics          map[string]string // what a flow asked for last
	Tags             map[string]string
	ChainLength      uint8 // contacts of the chain up to this one, 1 for the first
	Holds            Holds
	HandledBy        tandem.ID // the agent who was connected
	ProfileID        tandem.ID // that agent's routing profile and group at that moment
	GroupID          tandem.ID

	AgentFlowAttributes tandem.PersonalMap // on the agent's side

	Invocations []event.FunctionInvoked // functions that have not answered yet
	Memory      *FlowMemory             // of the flows on the customer's side; nil: none
	AgentMemory *FlowMemory
	RecentSends []tandem.ID // messages that came with a client token, the latest last
}

// FlowMemory is what the flows on one side of a contact have there beside their
// place: what they see, whom they have asked, and those that wait for a module.
//
//wire:state
type FlowMemory struct {
	Frames   []Frame             // the innermost last
	Asked    *event.BotAsked     // not answered yet
	Shown    *event.ViewShown    // not answered yet
	Answered *event.ViewAnswered // what $.Views shows
	Locals   Locals
}

// Locals is what a module does not share with the flow that invoked it (Amazon
// Connect Administrator Guide: Flow modules for reusable functions).
//
//wire:state
type Locals struct {
	InitialContactID tandem.ID       `wire:"subject"`
	Bot              string          // whose session it is
	ModuleOutcome    string          // of the last module that was invoked
	External         tandem.Personal // the last function's answer, a JSON object
	Session          tandem.Personal // the bot's last answer, a JSON object
	ModuleInput      tandem.Personal // what the module was invoked with, a JSON object
	ModuleResult     tandem.Personal // what that module returned, a JSON object
}

// Frame is a flow that waits for the module which it has invoked, with what the
// module does not see.
//
//wire:state
type Frame struct {
	InitialContactID tandem.ID `wire:"subject"`
	Flow             FlowPosition
	Locals           Locals
	Metrics          map[string]string
	StoredInput      tandem.Personal
	FlowAttributes   tandem.PersonalMap
}

// Holds is how long the customer of a contact was on hold.
//
//wire:state
type Holds struct {
	Count         uint32
	Millis        int64
	LongestMillis int64
	Since         tandem.Time // of the present hold; 0: not on hold
	AtEnd         bool        // the contact was disconnected during a hold
}

// Hooks is which flows run at the moments of a contact; zero is the default of
// the instance.
//
//wire:state
type Hooks struct {
	AgentHold         tandem.ID
	AgentWhisper      tandem.ID
	CustomerHold      tandem.ID
	CustomerQueue     tandem.ID
	CustomerRemaining tandem.ID
	CustomerWhisper   tandem.ID
	Disabled          uint16 // one bit for each [event.Hook] that runs no flow
	DefaultAgentUI    tandem.ID
	DisconnectAgentUI tandem.ID
	PauseContact      tandem.ID
	ResumeContact     tandem.ID
}

// Callback is how a callback contact is dialled.
//
//wire:state
type Callback struct{ Planned event.CallbackPlanned }

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
	Since      tandem.Time // when the flow was entered
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

	Role   event.LegRole    // 0 in what was written before roles: see [Leg.role]
	Dialed *event.LegDialed // who is called; nil for inbound legs and those of offers
	Held   bool
	HeldBy tandem.ID
	Muted  bool
	Barged bool // monitor: talks too
}
