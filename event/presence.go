package event

import "tandem"

// SystemKind is a kind of system that keeps a copy of an agent's status.
type SystemKind uint8

// The kinds of system.
const (
	CenterSystem  SystemKind = iota + 1 // this instance's own contact center
	ZendeskSystem                       // Zendesk unified agent status
)

var systemKindNames = [...]string{"", "center", "zendesk"}

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
	Focusing bool // may be a focus status: voice online, all else away or offline
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
