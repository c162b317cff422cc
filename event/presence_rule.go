package event

import "tandem"

// RuleSource is the event that a presence rule is tried for (Salesforce CTI
// adapter guide: presence sync rules).
type RuleSource uint8

// The sources.
const (
	ConnectAgentStateChange RuleSource = iota + 1
	SalesforceAgentStateChange
	SalesforceAgentLogout
	SalesforceWorkAccepted
	SalesforceWorkloadChanged
)

// Sources are the names of the sources, by number; the first is none.
var Sources = [...]string{"", "Connect Agent State Change", "Salesforce Agent State Change", "Salesforce Agent Logout",
	"Salesforce Work Accepted", "Salesforce Workload Changed"}

// String is the source's name.
func (s RuleSource) String() string { return named(Sources[:], uint8(s)) }

// RuleDestination is the system on which a presence rule acts.
type RuleDestination uint8

// The destinations.
const (
	SalesforceAgentState RuleDestination = iota + 1
	ConnectAgentState
)

// Destinations are the names of the destinations, by number; the first is none.
var Destinations = [...]string{"", "Salesforce Agent State", "Connect Agent State"}

// String is the destination's name.
func (d RuleDestination) String() string { return named(Destinations[:], uint8(d)) }

// Operand is one side of a criterion.
type Operand uint8

// The operands.
const (
	ConnectAgentNewState Operand = iota + 1
	ConnectAgentOldState
	SalesforceAgentNewState
	SalesforceServiceChannel
	SalesforcePreviousWorkload
	SalesforcePreviousWorkloadPct // of the configured capacity
	SalesforceNewWorkload
	SalesforceNewWorkloadPct // of the configured capacity
	SalesforceConfiguredCapacity
	StaticValue
)

// Operands are the names of the operands, by number; the first is none.
var Operands = [...]string{"", "Connect Agent New State", "Connect Agent Old State", "Salesforce Agent New State",
	"Salesforce Service Channel", "Salesforce Previous Workload", "Salesforce Previous Workload Pct", "Salesforce New Workload",
	"Salesforce New Workload Pct", "Salesforce Configured Capacity", "Static Value"}

// String is the operand's name.
func (o Operand) String() string { return named(Operands[:], uint8(o)) }

// Comparator says how the two sides of a criterion are compared.
type Comparator uint8

// The comparators.
const (
	EqualTo Comparator = iota + 1
	NotEqualTo
	GreaterThan
	GreaterThanOrEqualTo
	LessThan
	LessThanOrEqualTo
)

// Comparators are the names of the comparators, by number; the first is none.
var Comparators = [...]string{"", "Equal to", "Not equal to", "Greater than", "Greater than or equal to", "Less than", "Less than or equal to"}

// String is the comparator's name.
func (c Comparator) String() string { return named(Comparators[:], uint8(c)) }

// RuleCriterion is a condition of a presence rule.
//
//wire:value
type RuleCriterion struct {
	OperandA   Operand
	ValueA     string // with StaticValue
	Comparator Comparator
	OperandB   Operand
	ValueB     string // with StaticValue
}

// PresenceRule sets a state in one system when something happens in another.
//
//wire:value
type PresenceRule struct {
	RuleID      tandem.ID
	Name        string
	Active      bool
	Source      RuleSource
	Criteria    []RuleCriterion
	Any         bool // one criterion suffices; else all must hold
	Destination RuleDestination
	State       string // Salesforce: the status's DeveloperName; Connect: the status's name
	Wish        bool   // a person's own change counts as a wish for all systems
	Origin      string // the imported row, as it was
}

// SessionEndPolicy says what becomes of an agent's status when the last page
// that spoke for them is gone, and when the first one is back.
//
//wire:value
type SessionEndPolicy struct {
	Enabled         bool
	StatusID        tandem.ID // the center's; of type Offline by default
	DelayMillis     int64     // a reload must fit; 0: 5 s
	Profiles        []string  // only agents whose profile's name contains one of these; empty: all
	States          []string  // only agents in one of these Connect states; empty: all
	InitialStatusID tandem.ID // of an agent who is offline when the first page comes
}

// PresenceRulesSaved carries the rules of a connected system whole, in the
// order in which they are tried.
//
//wire:event 221
type PresenceRulesSaved struct {
	SystemID   tandem.ID
	Enabled    bool
	Rules      []PresenceRule
	SessionEnd SessionEndPolicy
	ModifiedAt tandem.Time
}
