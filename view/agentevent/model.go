package agentevent

// FormatVersion is the version of the stream's form.
const FormatVersion = "2017-10-01"

// The types of event.
const (
	Login       = "LOGIN"
	Logout      = "LOGOUT"
	StateChange = "STATE_CHANGE"
)

// Event is one line of the stream. Its fields are those of the Amazon Connect
// Administrator Guide: agent event streams data model.
type Event struct {
	AWSAccountID          string `json:"AWSAccountId"`
	AgentARN              string
	CurrentAgentSnapshot  *Snapshot
	EventID               string `json:"EventId"`
	EventTimestamp        *string
	EventType             string
	InstanceARN           string
	PreviousAgentSnapshot *Snapshot // null with LOGIN
	Version               string
}

// Snapshot is an agent at one moment.
type Snapshot struct {
	AgentStatus     Status
	Configuration   Configuration
	Contacts        []Contact
	NextAgentStatus *NextStatus
}

// Status is the status that the agent is in.
type Status struct {
	ARN            string
	Name           string
	StartTimestamp *string
	Type           string // ROUTABLE, CUSTOM or OFFLINE
}

// NextStatus is the status that the agent takes after the present contacts.
type NextStatus struct {
	ARN               string
	EnqueuedTimestamp *string
	Name              string
}

// Configuration is how the agent is set up.
type Configuration struct {
	AgentHierarchyGroups *HierarchyGroups // null for none
	FirstName            string
	LastName             string
	RoutingProfile       RoutingProfile
	Username             string
}

// HierarchyGroups is the agent's place in the hierarchy.
type HierarchyGroups struct {
	Level1, Level2, Level3, Level4, Level5 *HierarchyGroup
}

// HierarchyGroup is one group.
type HierarchyGroup struct {
	ARN  string
	Name string
}

// RoutingProfile is the agent's routing profile.
type RoutingProfile struct {
	ARN                  string
	Concurrency          []Concurrency
	DefaultOutboundQueue *Queue
	InboundQueues        []Queue // the agent's own queue among them, without a name
	Name                 string
}

// Concurrency is how many contacts of a channel the agent takes.
type Concurrency struct {
	AvailableSlots int
	Channel        string
	MaximumSlots   int
}

// Queue is a queue with the channels that the routing profile takes from it.
type Queue struct {
	ARN      string
	Channels []string
	Name     *string
}

// Contact is a contact at the agent.
type Contact struct {
	Channel                   string
	ConnectedToAgentTimestamp *string
	ContactID                 string  `json:"ContactId"`
	InitialContactID          *string `json:"InitialContactId"`
	InitiationMethod          string
	Queue                     *ContactQueue
	QueueTimestamp            *string
	State                     string // INCOMING (a callback is offered), CONNECTING, CONNECTED, CONNECTED_ONHOLD, PAUSED, MISSED, REJECTED, ERROR, ENDED (after contact work)
	StateStartTimestamp       *string
}

// ContactQueue is the queue that a contact came from; an agent's own has no
// name.
type ContactQueue struct {
	ARN  string
	Name *string
}
