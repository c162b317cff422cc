package event

import "tandem"

// LegDialed asks for one more leg of a call, to be dialled. The leg of an
// agent to whom a contact is offered begins with [OfferMade] instead.
//
//wire:event 150
type LegDialed struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	LegID            tandem.ID
	Role             LegRole
	UserID           tandem.ID // agent and monitor; customer called first: the agent kept free for them
	Target           tandem.Personal
	CallerID         tandem.Personal
	Deadline         tandem.Time // no answer by then: the leg is given up
	Digits           string      // keys to send once it has answered
	At               tandem.Time
}

// LegHeld says that a party of a call is put on hold, or taken off it.
//
//wire:event 151
type LegHeld struct {
	ContactID tandem.ID
	LegID     tandem.ID
	ByUserID  tandem.ID // who asked; zero: nobody, or a flow
	Held      bool
	At        tandem.Time
}

// LegMuted says that a party is no longer heard, or heard again.
//
//wire:event 152
type LegMuted struct {
	ContactID tandem.ID
	LegID     tandem.ID
	Muted     bool
	At        tandem.Time
}

// MonitorModeSet says whether a supervisor only listens or talks too.
//
//wire:event 153
type MonitorModeSet struct {
	ContactID tandem.ID
	Barged    bool
	At        tandem.Time
}

// CustomerMoved says that the customer of a contact goes on in another contact
// of the same call, with Flow also the flow on the customer's side and what it
// plays.
//
//wire:event 154
type CustomerMoved struct {
	FromContactID tandem.ID
	ToContactID   tandem.ID
	Flow          bool
	At            tandem.Time
}

// TransferKind is where a contact was transferred.
type TransferKind uint8

// The kinds of transfer.
const (
	TransferToAgent TransferKind = iota + 1
	TransferToQueue
	TransferOutside
)

// ContactTransferred says that the customer was handed on: the contact's record
// names the next one. Without one, a flow has connected the customer with
// somebody outside.
//
//wire:event 155
type ContactTransferred struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	NextContactID    tandem.ID
	To               TransferKind
	Endpoint         tandem.Personal // outside: the number
	At               tandem.Time
}

// Hook names the moment at which a flow of the contact's own choice runs
// (Amazon Connect API: flow language, UpdateContactEventHooks).
type Hook uint8

// The hooks.
const (
	HookAgentHold Hook = iota + 1
	HookAgentWhisper
	HookCustomerHold
	HookCustomerQueue
	HookCustomerRemaining
	HookCustomerWhisper
	HookDefaultAgentUI
	HookDisconnectAgentUI
	HookPauseContact
	HookResumeContact
)

var hookNames = [...]string{"", "AgentHold", "AgentWhisper", "CustomerHold", "CustomerQueue", "CustomerRemaining", "CustomerWhisper",
	"DefaultAgentUI", "DisconnectAgentUI", "PauseContact", "ResumeContact"}

// String is the name in the flow language.
func (h Hook) String() string { return named(hookNames[:], uint8(h)) }

// HookSet says which flow runs at a moment of the contact; the zero flow is the
// default of the instance.
//
//wire:event 156
type HookSet struct {
	ContactID tandem.ID
	Hook      Hook
	FlowID    tandem.ID
	Disabled  bool // no flow runs, not even the default
}

// RoutingSet carries the contact's priority, and by how much it counts as older
// than it is.
//
//wire:event 157
type RoutingSet struct {
	ContactID        tandem.ID
	Priority         int64
	AdjustmentMillis int64
}

// CallbackNumberSet carries the number to call back.
//
//wire:event 158
type CallbackNumberSet struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Number           tandem.Personal
}

// CallbackPlanned says how a callback contact is dialled, and which attempt
// this contact is.
//
//wire:event 159
type CallbackPlanned struct {
	ContactID         tandem.ID
	InitialContactID  tandem.ID `wire:"subject"`
	Number            tandem.Personal
	CallerID          tandem.Personal // empty: the queue's
	Attempt           uint32          // 1 first
	Attempts          uint32          // at most
	RetryDelaySeconds uint32
	CustomerFirst     bool        // the customer is dialled before an agent is asked; then StartFlowID runs, or the contact is queued
	WaitingSince      tandem.Time // the place it keeps
}

// ContactBridged says that the customer is with somebody outside and no agent.
//
//wire:event 160
type ContactBridged struct {
	ContactID tandem.ID
	At        tandem.Time
}

// ContactScheduled says that the contact waits for a time before it goes on.
//
//wire:event 161
type ContactScheduled struct {
	ContactID tandem.ID
	QueueID   tandem.ID // where it counts as scheduled; zero for none
	Due       tandem.Time
	At        tandem.Time
}

// ContactDue says that the time of a scheduled contact has come.
//
//wire:event 162
type ContactDue struct {
	ContactID tandem.ID
	At        tandem.Time
}

// ContactPaused says that an agent put a task aside, or took it up again.
//
//wire:event 163
type ContactPaused struct {
	ContactID tandem.ID
	Paused    bool
	At        tandem.Time
}

// MetricsTaken carries the queue metrics that a flow asked for, by their path
// behind $.Metrics; what is not known is missing.
//
//wire:event 164
type MetricsTaken struct {
	ContactID tandem.ID
	Values    map[string]string
}

// ContactDataSet carries what a flow set of the contact's own data; empty
// fields stay as they are.
//
//wire:event 165
type ContactDataSet struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Name             tandem.Personal
	Description      tandem.Personal
	CustomerID       tandem.Personal
	References       tandem.PersonalMap
	LanguageCode     string
	Voice            string
	Engine           string
	Style            string
}

// FlowAttributesSet carries the attributes that live as long as the flow, all
// of them.
//
//wire:event 166
type FlowAttributesSet struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Side             FlowSide
	Attributes       tandem.PersonalMap
}

// FlowLoggingSet says whether the flow's blocks are logged from now on, in this
// contact and those that follow it.
//
//wire:event 167
type FlowLoggingSet struct {
	ContactID tandem.ID
	Enabled   bool
}

// ContactTagsSet carries the contact's tags, all of them.
//
//wire:event 168
type ContactTagsSet struct {
	ContactID tandem.ID
	Tags      map[string]string
}

// ContactReturned says that a chat or task was taken from an agent who went
// Offline; it goes on in another contact, in the queue it came from.
//
//wire:event 169
type ContactReturned struct {
	ContactID tandem.ID
	UserID    tandem.ID
	At        tandem.Time
}

// ContactDequeued says that a contact left its queue without an agent: a
// callback takes its place, or the customer is called first.
//
//wire:event 170
type ContactDequeued struct {
	ContactID tandem.ID
	At        tandem.Time
}
