package event

import "tandem"

// SystemKind is a kind of system that keeps a copy of an agent's status.
type SystemKind uint8

// The kinds of system.
const (
	CenterSystem        SystemKind = iota + 1 // this instance's own contact center
	ZendeskSystem                             // Zendesk unified agent status
	SalesforceSystem                          // Salesforce Omni-Channel presence
	KustomerSystem                            // Kustomer user status
	AmazonConnectSystem                       // an agent's status in Amazon Connect itself
)

var systemKindNames = [...]string{"", "center", "zendesk", "salesforce", "kustomer", "amazon_connect"}

// String is the kind's name in the admin API.
func (k SystemKind) String() string { return named(systemKindNames[:], uint8(k)) }

// Policy says whose wish counts when two systems differ.
type Policy uint8

// The policies.
const (
	LastActionWins Policy = iota + 1
	Master                // a change elsewhere to a mapped status is put back, with a notice
)

var policyNames = [...]string{"", "last_action_wins", "master"}

// String is the policy's name in the admin API.
func (p Policy) String() string { return named(policyNames[:], uint8(p)) }

// MappingRow joins a status of a system to a status of the center. Several
// rows may name the same center status; Preferred marks the one that is
// written for it.
//
//wire:value
type MappingRow struct {
	Remote    string    // the system's own id of the status
	StatusID  tandem.ID // the center's status
	Preferred bool
}

// SystemSaved carries a connected system whole, new or changed. Its secrets
// are in the vault.
//
//wire:event 200
type SystemSaved struct {
	SystemID   tandem.ID
	System     SystemKind
	Name       string
	Enabled    bool
	Policy     Policy
	URL        string // base of its API
	ClientID   string // OAuth client
	Mapping    []MappingRow
	StatusSync bool   // write and follow statuses by the mapping
	FocusMode  bool   // while handling a contact the agent is shown in Focus
	Focus      string // the system's id of the focus status
	ModifiedAt tandem.Time
	// The center's statuses of an available agent who has some work there, and
	// who can take no more; zero: such an agent is shown as available.
	PartialCapacityStatusID tandem.ID
	AtCapacityStatusID      tandem.ID
	Settings                map[string]string // what else a connector of this kind needs, such as the region; no secrets
}

// SystemDeleted ends a system; what was saved of agents there is forgotten.
//
//wire:event 201
type SystemDeleted struct{ SystemID tandem.ID }

// AgentLinked says who a user is in a system.
//
//wire:event 202
type AgentLinked struct {
	UserID   tandem.ID
	SystemID tandem.ID
	RemoteID string // the system's id of the agent
}

// AgentUnlinked takes a link back.
//
//wire:event 203
type AgentUnlinked struct {
	UserID   tandem.ID
	SystemID tandem.ID
}

// RemoteStatus is a status that a system offers.
//
//wire:value
type RemoteStatus struct {
	Remote   string
	Name     string
	Custom   bool
	Focusing bool       // may be a focus status: voice online, all else away or offline
	APIName  string     // the name for programs, such as Salesforce's DeveloperName; empty where Name is it
	Type     StatusType // in Amazon Connect; 0 elsewhere
}

// RemoteStatusesListed carries the statuses that a system offers, all of them.
//
//wire:event 204
type RemoteStatusesListed struct {
	SystemID tandem.ID
	Statuses []RemoteStatus
}

// IntentCause ranks why a status was chosen. Of two acts that are so close
// that their order is in doubt the one of the higher rank counts.
type IntentCause uint8

// The causes, lowest first.
const (
	CauseSystem     IntentCause = iota + 1 // idle time-out, a status that was deleted
	CauseSessionEnd                        // a log-out or a lost connection
	CauseProgram                           // another program, such as workforce management
	CausePerson                            // the agent, a supervisor, a log-in
)

var causeNames = [...]string{"", "system", "session end", "another program", "a person"}

// String is the cause for people.
func (c IntentCause) String() string { return causeNames[c] }

// IntentChanged says which status a person wants to be in, everywhere. With
// the version that holds already it says only that the same wish was made
// again, at a later time.
//
//wire:event 210
type IntentChanged struct {
	UserID   tandem.ID
	Version  uint64 // grows by one with each change
	StatusID tandem.ID
	SystemID tandem.ID // where the person chose it
	Remote   string    // what was chosen there, in that system's words
	Cause    IntentCause
	At       tandem.Time // when, by that system's clock where it tells
	Arrival  bool        // the system did not tell when: At is when it was heard of
	Revision uint64      // which of the things that the system showed; 0: it was not chosen by showing one
}

// OverlayChanged says that facts about an agent's work now cover, or no longer
// cover, the intent in systems with focus mode.
//
//wire:event 211
type OverlayChanged struct {
	UserID    tandem.ID
	OnContact bool
}

// ObservationClass is what an observation meant.
type ObservationClass uint8

// The classes.
const (
	ClassIntent   ObservationClass = iota + 1 // a new wish of a person
	ClassEcho                                 // our own write came back
	ClassEqual                                // what we wanted there anyhow
	ClassUnmapped                             // no mapping: left alone
	ClassSystem                               // the system's own doing, no wish
	ClassStale                                // older than what is known
	ClassReverted                             // a wish against the master: put back
	ClassDeferred                             // a lost session: counts if it is still lost at Until
	ClassKnown                                // nothing new: a write changed nothing there
)

var classNames = [...]string{"", "intent", "echo", "equal", "unmapped", "system", "stale", "reverted", "deferred", "known"}

// String is the class for people.
func (c ObservationClass) String() string { return named(classNames[:], uint8(c)) }

// ObservationTaken says what a system was seen to show for an agent, and what
// that meant.
//
//wire:event 212
type ObservationTaken struct {
	UserID   tandem.ID
	SystemID tandem.ID
	Remote   string
	Version  uint64 // the system's own revision; 0 where it has none
	Reason   string // the system's own word, such as AGENT_STATUS_SWITCHER
	At       tandem.Time
	Class    ObservationClass
	Late     bool        // something newer was seen before: it does not change what the system is known to show
	Read     bool        // read from the system after the last write had ended
	Until    tandem.Time // with ClassDeferred
	WriteID  tandem.ID   // with ClassEcho: our write
	Cause    IntentCause // whose act it was; 0 for our own write
	Arrival  bool        // the system did not tell when: At is when it was heard of
	Sequence uint64      // of the page that told it; 0: no page did
	Told     tandem.Time // At as the system told it, though its clock be ahead; 0 if it told none
}

// StatusWriteRequested says that a system is to show another status. At most
// one write per agent and system is under way.
//
//wire:event 213
type StatusWriteRequested struct {
	UserID   tandem.ID
	SystemID tandem.ID
	WriteID  tandem.ID
	Remote   string
	Intent   uint64 // the version of the intent it rests on
	Because  string // intent, focus, restore, revert, reconcile
	Attempt  uint32
}

// WriteOutcome is what became of a write.
type WriteOutcome uint8

// The outcomes.
const (
	WriteDone WriteOutcome = iota + 1
	WriteRefused
	WriteUnknown // no answer: the status is read back
	WriteRetry   // not done, to be tried again at a later time
)

var outcomeNames = [...]string{"", "done", "refused", "unknown", "retry"}

// String is the outcome for people.
func (o WriteOutcome) String() string { return outcomeNames[o] }

// StatusWriteEnded says what became of a write.
//
//wire:event 214
type StatusWriteEnded struct {
	UserID   tandem.ID
	SystemID tandem.ID
	WriteID  tandem.ID
	Outcome  WriteOutcome
	Detail   string      // the system's answer, for people
	RetryAt  tandem.Time // with WriteRetry and WriteUnknown: not before
	Version  uint64      // the system's revision after the write, 0 if it did not tell
	Again    bool        // it was sent before a restart too and may be made twice
}

// StatusKept remembers what a system showed before the overlay, to be put back
// after it; empty: nothing to put back.
//
//wire:event 215
type StatusKept struct {
	UserID   tandem.ID
	SystemID tandem.ID
	Remote   string
	Intent   uint64 // the intent's version then: a newer one counts more
	Released bool   // a person changed the status meanwhile: the overlay is over in this system
}

// LegHealth is how a leg does.
type LegHealth uint8

// The healths.
const (
	HealthOK       LegHealth = iota + 1
	HealthDegraded           // a refused write or an unreachable system
	HealthFrozen             // too many writes without a new intent: a person must look
)

var healthNames = [...]string{"", "ok", "degraded", "frozen"}

// String is the health for people.
func (h LegHealth) String() string { return healthNames[h] }

// LegHealthChanged says how an agent's leg in a system does.
//
//wire:event 216
type LegHealthChanged struct {
	UserID   tandem.ID
	SystemID tandem.ID
	Health   LegHealth
	Detail   string
}

// NoticeRaised tells an agent or an admin something.
//
//wire:event 217
type NoticeRaised struct {
	NoticeID tandem.ID
	UserID   tandem.ID // zero: for admins
	SystemID tandem.ID
	Notice   string // a stable name, such as status_put_back
	Detail   string // what it is about, such as the status's name
}

// NoticesSeen says that somebody has seen a notice. Who it was and when stand
// in the record.
//
//wire:event 206
type NoticesSeen struct {
	NoticeID tandem.ID
	Through  bool // and all that were raised before it
}

// SystemSecretReplaced says that a system's client secret was replaced. The
// secret itself is in the vault.
//
//wire:event 207
type SystemSecretReplaced struct{ SystemID tandem.ID }

// CapacityBand says how loaded an available agent is (Kustomer: available,
// partial capacity, at capacity).
type CapacityBand uint8

// The bands.
const (
	BandUnknown CapacityBand = iota // the system does not tell, or has no capacity
	BandFree                        // no work
	BandPartial                     // some work, and room for more
	BandFull                        // no room for more
)

var bandNames = [...]string{"unknown", "available", "partial capacity", "at capacity"}

// String is the band for people.
func (b CapacityBand) String() string { return bandNames[b] }

// CapacityObserved says how much work a system counts for an agent.
//
//wire:event 218
type CapacityObserved struct {
	UserID        tandem.ID
	SystemID      tandem.ID
	Used          uint32 // in the system's units
	Max           uint32 // the configured capacity; 0: none
	Previous      uint32 // Used before, as the system tells or as was known
	TellsPrevious bool   // Previous is known
	Version       uint64 // the system's own revision; 0 where it has none
	At            tandem.Time
	Band          CapacityBand
}

// WorkStateObserved says what an agent does in another contact center, in its
// words: a system status such as Busy or AfterCallWork, empty for nothing.
//
//wire:event 219
type WorkStateObserved struct {
	UserID    tandem.ID
	SystemID  tandem.ID
	State     string
	OnContact bool // the agent holds a contact there, from ringing until it is cleared
	At        tandem.Time
}

// WorkAccepted says that an agent accepted work in another system, by hand or
// automatically.
//
//wire:event 220
type WorkAccepted struct {
	UserID   tandem.ID
	SystemID tandem.ID
	WorkID   string
	Channel  string // the service channel's DeveloperName; empty if it could not be found
	At       tandem.Time
}

// RuleFired says that a rule held, and what it asks of its destination.
//
//wire:event 222
type RuleFired struct {
	UserID      tandem.ID
	SystemID    tandem.ID // whose rule it is
	RuleID      tandem.ID
	Rule        string // its name
	Source      RuleSource
	Destination tandem.ID // the system to be changed
	Remote      string    // what it is to show, in its own words; empty if it cannot
	Wish        bool      // it counts as the person's wish for all systems
	Detail      string    // why it cannot, for people
}

// ConnectStateSeen says which state the rules take an agent to be in in the
// center, or in Amazon Connect: a status, or a system state such as Busy.
//
//wire:event 223
type ConnectStateSeen struct {
	UserID tandem.ID
	State  string
}

// PageAttached says that a page of an agent's browser is there for a system.
// Of several the first that can speak does.
//
//wire:event 224
type PageAttached struct {
	UserID   tandem.ID
	SystemID tandem.ID
	PageID   string // one load of a page
	Profile  string // the name of the agent's profile there
	Mute     bool   // it cannot set a status, such as outside of a console
}

// PageLeft says that a page is gone.
//
//wire:event 225
type PageLeft struct {
	UserID   tandem.ID
	SystemID tandem.ID
	PageID   string
}

// SessionEnded says that the last page is gone and none came back in time.
//
//wire:event 226
type SessionEnded struct {
	UserID   tandem.ID
	SystemID tandem.ID
}
