package record

// FormatVersion is the version of the record's form.
const FormatVersion = "2017-03-10"

// Record is a contact record. Its fields are those of the Amazon Connect
// Administrator Guide: contact records data model; durations are in whole
// seconds, times in UTC, and what does not apply is null.
type Record struct {
	AWSAccountID               string `json:"AWSAccountId"`
	FormatVersion              string `json:"AWSContactTraceRecordFormatVersion"`
	Agent                      *Agent
	AgentConnectionAttempts    uint32
	Attributes                 map[string]string
	Channel                    string
	ConnectedToSystemTimestamp *string
	ContactDetails             *ContactDetails
	ContactID                  string `json:"ContactId"`
	CustomerEndpoint           *Endpoint
	DisconnectReason           *string
	DisconnectTimestamp        *string
	InitialContactID           *string `json:"InitialContactId"`
	InitiationMethod           string
	InitiationTimestamp        *string
	InstanceARN                string
	LastUpdateTimestamp        *string
	MediaStreams               []MediaStream
	NextContactID              *string `json:"NextContactId"`
	PreviousContactID          *string `json:"PreviousContactId"`
	Queue                      *Queue
	Recording                  *Recording
	References                 []Reference
	RelatedContactID           *string `json:"RelatedContactId"`
	ScheduledTimestamp         *string
	SystemEndpoint             *Endpoint
	Tags                       map[string]string
	TransferCompletedTimestamp *string
	TransferredToEndpoint      *Endpoint
}

// Agent is the agent who handled the contact.
type Agent struct {
	ARN                          string
	AfterContactWorkDuration     *int64
	AfterContactWorkEndTimestamp *string
	AfterContactWorkStart        *string `json:"AfterContactWorkStartTimestamp"`
	AgentInteractionDuration     *int64
	ConnectedToAgentTimestamp    *string
	CustomerHoldDuration         int64
	HierarchyGroups              *HierarchyGroups
	LongestHoldDuration          int64
	NumberOfHolds                int64
	RoutingProfile               *RoutingProfile
	Username                     *string
}

// HierarchyGroups is where the agent stood in the hierarchy when connected.
type HierarchyGroups struct {
	Level1, Level2, Level3, Level4, Level5 *HierarchyGroup
}

// HierarchyGroup is one group.
type HierarchyGroup struct {
	ARN       string
	GroupName string
}

// RoutingProfile is the agent's routing profile when connected.
type RoutingProfile struct {
	ARN  string
	Name string
}

// ContactDetails is what a task is about.
type ContactDetails struct {
	Description string
	Name        string
}

// Endpoint is a telephone number.
type Endpoint struct {
	Address string
	Type    string // TELEPHONE_NUMBER
}

// MediaStream is a stream of media that the contact had.
type MediaStream struct{ Type string }

// Reference is a link or a text that the contact carries along.
type Reference struct {
	Name  string
	Type  string // URL, STRING, NUMBER, DATE or EMAIL
	Value string
}

// Queue is the queue that the contact was last in; an agent's own has no name.
type Queue struct {
	ARN              string
	DequeueTimestamp *string
	Duration         *int64
	EnqueueTimestamp *string
	Name             *string
}

// Recording is the contact's recording.
type Recording struct {
	DeletionReason *string
	Location       string // key in the blob store
	Status         string // AVAILABLE or DELETED
	Type           string // AUDIO
}
