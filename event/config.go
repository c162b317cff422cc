package event

import "tandem"

// InstanceCreated is the first fact of an instance.
//
//wire:event 10
type InstanceCreated struct {
	InstanceID tandem.ID
	Alias      string
	Region     string // as in ARNs, such as us-east-1
	AccountID  string // 12 digits, as in ARNs
	CreatedAt  tandem.Time

	// PresenceOnly: it has no contact center of its own, and keeps statuses in
	// step between an Amazon Connect instance and other systems.
	PresenceOnly bool
	TimeZone     string // IANA name, in which reports have their days; empty: UTC
}

// UserSaved carries a user whole, new or changed. Every user has a queue of
// their own whose id is the user's.
//
//wire:event 11
type UserSaved struct {
	UserID                  tandem.ID `wire:"subject"`
	Username                tandem.Personal
	FirstName               tandem.Personal
	LastName                tandem.Personal
	Email                   tandem.Personal
	DeskPhoneNumber         tandem.Personal // E.164
	PhoneType               PhoneType
	AutoAccept              bool
	AfterContactWorkSeconds uint32 // 0: until cleared by hand
	RoutingProfileID        tandem.ID
	SecurityProfileIDs      []tandem.ID
	HierarchyGroupID        tandem.ID
	Tags                    map[string]string
	ModifiedAt              tandem.Time
}

// UserDeleted ends a user.
//
//wire:event 12
type UserDeleted struct{ UserID tandem.ID }

// AgentStatusSaved carries an agent status whole.
//
//wire:event 13
type AgentStatusSaved struct {
	StatusID    tandem.ID
	Name        string
	Description string
	Type        StatusType
	Enabled     bool
	Order       int32 // place in the agent's list, 0 for none
	Tags        map[string]string
	ModifiedAt  tandem.Time
}

// QueueSaved carries a standard queue whole.
//
//wire:event 14
type QueueSaved struct {
	QueueID          tandem.ID
	Name             string
	Description      string
	HoursID          tandem.ID
	MaxContacts      int32 // -1: no limit of its own
	Enabled          bool
	CallerIDName     string
	CallerIDNumberID tandem.ID
	OutboundFlowID   tandem.ID
	Tags             map[string]string
	ModifiedAt       tandem.Time
	QuickConnectIDs  []tandem.ID // what agents of the queue can transfer to or dial
}

// QueueDeleted ends a queue.
//
//wire:event 15
type QueueDeleted struct{ QueueID tandem.ID }

// HoursSlot is one opening of a week, in the local time of its hours of
// operation. An end at or before the start means the next day; equal times
// mean the whole day.
//
//wire:value
type HoursSlot struct {
	Weekday     uint8 // 0 is Sunday
	StartMinute uint16
	EndMinute   uint16
}

// HoursSaved carries hours of operation whole.
//
//wire:event 16
type HoursSaved struct {
	HoursID     tandem.ID
	Name        string
	Description string
	TimeZone    string // IANA name
	Slots       []HoursSlot
	Tags        map[string]string
	ModifiedAt  tandem.Time
}

// HoursDeleted ends hours of operation.
//
//wire:event 17
type HoursDeleted struct{ HoursID tandem.ID }

// ChannelConcurrency is how many contacts of a channel an agent takes at once.
//
//wire:value
type ChannelConcurrency struct {
	Channel    Channel
	Maximum    uint8
	AnyChannel bool // while the agent works on a contact of this channel, those of others are offered too (CrossChannelBehavior ROUTE_ANY_CHANNEL)
}

// RoutingEntry is one line of a routing profile: contacts of the channel in
// the queue, by priority (1 first), once they are Delay old.
//
//wire:value
type RoutingEntry struct {
	QueueID      tandem.ID
	Channel      Channel
	Priority     uint8  // 1 to 99
	DelaySeconds uint16 // 0 to 9999
}

// RoutingProfileSaved carries a routing profile whole.
//
//wire:event 18
type RoutingProfileSaved struct {
	ProfileID              tandem.ID
	Name                   string
	Description            string
	DefaultOutboundQueueID tandem.ID
	Concurrency            []ChannelConcurrency
	Entries                []RoutingEntry
	SinceLastInbound       bool // AgentAvailabilityTimer TIME_SINCE_LAST_INBOUND
	Tags                   map[string]string
	ModifiedAt             tandem.Time
}

// RoutingProfileDeleted ends a routing profile.
//
//wire:event 19
type RoutingProfileDeleted struct{ ProfileID tandem.ID }

// SecurityProfileSaved carries a security profile whole.
//
//wire:event 20
type SecurityProfileSaved struct {
	ProfileID   tandem.ID
	Name        string
	Description string
	Permissions []string
	Tags        map[string]string
	ModifiedAt  tandem.Time
}

// FlowSaved carries one saving of a contact flow. A running contact keeps the
// version it entered.
//
//wire:event 21
type FlowSaved struct {
	FlowID      tandem.ID
	InstanceID  tandem.ID `wire:"subject"`
	Name        string
	Description string
	Type        string // CONTACT_FLOW, CUSTOMER_QUEUE, ...
	Archived    bool
	Published   bool   // this content replaces the published one too
	Version     uint64 // grows by one with each saving
	Content     tandem.Blob
	Tags        map[string]string
	ModifiedAt  tandem.Time
}

// FlowDeleted ends a contact flow.
//
//wire:event 22
type FlowDeleted struct{ FlowID tandem.ID }

// NumberAssociated says which flow a phone number of the instance starts. With
// the zero flow the number is gone: it is no number of the instance any more.
//
//wire:event 23
type NumberAssociated struct {
	NumberID tandem.ID
	Number   string // E.164
	FlowID   tandem.ID
}

// NumberKept is a number of the instance that starts no flow; it may be a
// caller id.
//
//wire:event 42
type NumberKept struct {
	NumberID tandem.ID
	Number   string // E.164
}

// QuickConnectType is what a quick connect leads to.
type QuickConnectType uint8

// The types of quick connect (Amazon Connect API: QuickConnectConfig).
const (
	QuickConnectUser QuickConnectType = iota + 1
	QuickConnectQueue
	QuickConnectPhone
)

var quickConnectTypeNames = [...]string{"", "USER", "QUEUE", "PHONE_NUMBER"}

// String is the name in the API.
func (t QuickConnectType) String() string { return named(quickConnectTypeNames[:], uint8(t)) }

// QuickConnectSaved carries a quick connect whole.
//
//wire:event 24
type QuickConnectSaved struct {
	QuickConnectID tandem.ID
	Name           string
	Description    string
	Type           QuickConnectType
	UserID         tandem.ID // of a user
	QueueID        tandem.ID // of a queue
	FlowID         tandem.ID // of a user or a queue: the transfer flow
	Number         string    // of a phone number, E.164
	Tags           map[string]string
	ModifiedAt     tandem.Time
}

// QuickConnectDeleted ends a quick connect.
//
//wire:event 25
type QuickConnectDeleted struct{ QuickConnectID tandem.ID }

// HierarchyGroupSaved carries a group of the agent hierarchy whole. Groups
// stand at most five levels deep.
//
//wire:event 26
type HierarchyGroupSaved struct {
	GroupID    tandem.ID
	Name       string
	ParentID   tandem.ID // zero at level one
	Tags       map[string]string
	ModifiedAt tandem.Time
}

// HierarchyGroupDeleted ends a group.
//
//wire:event 27
type HierarchyGroupDeleted struct{ GroupID tandem.ID }

// SettingsSaved carries how the instance treats agents and contacts where the
// guides of Amazon Connect leave a choice, whole. The zero value is the
// behaviour of Amazon Connect.
//
//wire:event 28
type SettingsSaved struct {
	HeartbeatGraceSeconds uint32    // an agent whose panel is gone this long is unreachable; 0: closing the browser changes nothing
	MissedBeforePause     uint32    // after so many missed offers in a row the agent is given PauseStatusID; 0: never
	PauseStatusID         tandem.ID // a custom status
	RequeueOnOffline      bool      // chats and tasks of an agent who goes Offline return to their queue
	ResumeWithinMinutes   uint32    // a caller who left a queue and calls again within this time takes the old place; 0: never, at most 60
	ModifiedAt            tandem.Time
	FlowLogs              bool // flows may write a flow log (Amazon Connect API: UpdateInstanceAttribute, CONTACTFLOW_LOGS)
}

// UserRetired says that a user is deleted as soon as the last contact is
// cleared, and takes no more until then.
//
//wire:event 29
type UserRetired struct {
	UserID tandem.ID
	At     tandem.Time
}

// NumberClaimed gives a phone number to an instance (directory shard).
//
//wire:event 30
type NumberClaimed struct {
	NumberID    tandem.ID
	Number      string // E.164
	CountryCode string // ISO 3166-1 alpha-2
	Type        string // DID, TOLL_FREE, ...
	InstanceID  tandem.ID
	Description string
	Tags        map[string]string
	ClaimedAt   tandem.Time
}

// NumberReleased gives a phone number back (directory shard).
//
//wire:event 31
type NumberReleased struct{ NumberID tandem.ID }

// InstanceListed makes an instance known (directory shard).
//
//wire:event 32
type InstanceListed struct {
	InstanceID   tandem.ID
	Alias        string
	CreatedAt    tandem.Time
	PresenceOnly bool // as in InstanceCreated
}

// AdminKeySaved makes a key of the admin API known (directory shard).
//
//wire:event 33
type AdminKeySaved struct {
	KeyID     tandem.ID
	Name      string
	Role      string // a role of package auth, such as viewer
	Hash      []byte // SHA-256 of the token, which nobody keeps
	CreatedAt tandem.Time
}

// AdminKeyEnded ends a key of the admin API; its name is kept for the audit
// (directory shard).
//
//wire:event 34
type AdminKeyEnded struct{ KeyID tandem.ID }

// SubjectErased says that the key of a subject (the first contact of a chain,
// or a user) was deleted, and with it everything personal about it.
//
//wire:event 40
type SubjectErased struct {
	Subject  tandem.ID
	Contacts []tandem.ID // the contacts of the chain, for the readers' tables and recordings
}
