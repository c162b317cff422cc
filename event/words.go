package event

// Channel is the medium of a contact, with Amazon Connect's names.
type Channel uint8

// The channels.
const (
	Voice Channel = iota + 1
	Chat
	Task
)

var channelNames = [...]string{"", "VOICE", "CHAT", "TASK"}

// String is the name in the API and in contact records.
func (c Channel) String() string { return named(channelNames[:], uint8(c)) }

// InitiationMethod says how a contact began (Amazon Connect API: Contact).
type InitiationMethod uint8

// The initiation methods.
const (
	Inbound InitiationMethod = iota + 1
	Outbound
	Transfer
	QueueTransfer
	Callback
	API
	Disconnect       // the flow that runs for a customer who remains after the agent has left
	Monitor          // a supervisor listens to another contact
	ExternalOutbound // an outside party whom an agent added
)

var methodNames = [...]string{"", "INBOUND", "OUTBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK", "API", "DISCONNECT", "MONITOR", "EXTERNAL_OUTBOUND"}

// String is the name in the API and in contact records.
func (m InitiationMethod) String() string { return named(methodNames[:], uint8(m)) }

// StatusType is what an agent status means for routing.
type StatusType uint8

// The types of agent status (Amazon Connect API: AgentStatus). Routable is
// Available, Custom is online but not routable, Offline is logged out.
const (
	Routable StatusType = iota + 1
	Custom
	Offline
)

var statusTypeNames = [...]string{"", "ROUTABLE", "CUSTOM", "OFFLINE"}

// String is the name in the API.
func (t StatusType) String() string { return named(statusTypeNames[:], uint8(t)) }

// PhoneType is how an agent talks.
type PhoneType uint8

// The phone types (Amazon Connect API: UserPhoneConfig).
const (
	SoftPhone PhoneType = iota + 1
	DeskPhone
)

var phoneTypeNames = [...]string{"", "SOFT_PHONE", "DESK_PHONE"}

// String is the name in the API.
func (t PhoneType) String() string { return named(phoneTypeNames[:], uint8(t)) }

// OfferOutcome is how an offer to an agent ended.
type OfferOutcome uint8

// The outcomes of an offer.
const (
	OfferAccepted  OfferOutcome = iota + 1
	OfferMissed                 // no answer by the deadline
	OfferRejected               // the agent declined, or the phone was busy
	OfferWithdrawn              // the customer left first
	OfferFailed                 // the agent's phone could not be reached
)

var offerOutcomeNames = [...]string{"", "accepted", "missed", "rejected", "withdrawn", "failed"}

// String is the outcome for people.
func (o OfferOutcome) String() string { return named(offerOutcomeNames[:], uint8(o)) }

// DisconnectReason says who or what ended a contact (Amazon Connect
// Administrator Guide: contact records data model).
type DisconnectReason uint8

// The disconnect reasons.
const (
	CustomerDisconnect DisconnectReason = iota + 1
	AgentDisconnect
	TelecomProblem
	ContactFlowDisconnect
	APIDisconnect
	Expired
	Other
	ThirdPartyDisconnect
	Barged
)

var reasonNames = [...]string{"", "CUSTOMER_DISCONNECT", "AGENT_DISCONNECT", "TELECOM_PROBLEM", "CONTACT_FLOW_DISCONNECT", "API", "EXPIRED", "OTHER", "THIRD_PARTY_DISCONNECT", "BARGED"}

// String is the name in contact records.
func (r DisconnectReason) String() string { return named(reasonNames[:], uint8(r)) }

// LegState is where a leg stands, as the core knows it.
type LegState uint8

// The states of a leg.
const (
	LegRequested LegState = iota + 1 // wished for; media has not reported yet
	LegRinging
	LegAnswered
	LegGone
)

// named is the name of a value, or "unknown" for one that this build does not
// know.
func named(names []string, value uint8) string {
	if int(value) < len(names) {
		return names[value]
	}
	return "unknown"
}

// FlowSide says for whom a flow runs: one contact can run one on each side at
// once, such as a customer queue flow and an agent whisper.
type FlowSide uint8

// The sides.
const (
	CustomerSide FlowSide = iota // the customer, or the agent who asked for a transfer
	AgentSide
)

// LegRole is a leg's part in a call.
type LegRole uint8

// The roles. A leg that was recorded without one is the customer's when it has
// no user, else an agent's.
const (
	CustomerLeg LegRole = iota + 1
	AgentLeg
	OutsideLeg // somebody outside whom an agent or a flow has called
	MonitorLeg // a supervisor
)
