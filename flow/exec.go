package flow

// MaxSteps is how many steps a flow may take without waiting. A caller that
// reaches it treats the flow as faulted: it runs in a circle.
const MaxSteps = 1000

// A Position is all that a flow remembers between steps. It is durable.
type Position struct {
	ActionID string // the block the flow stands at
	ReturnTo string // the interrupted loop that EndFlowExecution goes back to; empty if none
}

// InputKind says what has happened to a flow.
type InputKind string

// The inputs of a flow.
const (
	InputStart       InputKind = "Start"       // the block is entered
	InputPlayDone    InputKind = "PlayDone"    // everything asked for was played
	InputPlayFailed  InputKind = "PlayFailed"  // something could not be played
	InputDigits      InputKind = "Digits"      // keys were collected, in Input.Digits
	InputTimeout     InputKind = "Timeout"     // no key came in time
	InputInterrupted InputKind = "Interrupted" // the wait's deadline has passed
)

// An Input is one thing that has happened to a flow.
type Input struct {
	Kind   InputKind
	Digits string // keys 0-9, * and #, without the terminator; personal data
}

// The channels of a contact (Amazon Connect API: Contact, member Channel).
const (
	ChannelVoice = "VOICE"
	ChannelChat  = "CHAT"
	ChannelTask  = "TASK"
	ChannelEmail = "EMAIL"
)

// An Env answers a flow's questions about its contact and its instance. Its
// answers show the acts of all earlier steps.
type Env interface {
	// Channel is the contact's channel, such as ChannelVoice.
	Channel() string
	// Value resolves a reference: $.Attributes.name is Value("Attributes", "name").
	Value(path ...string) (string, bool)
	// HoursOpen says whether hours of operation are open now. The empty id means
	// the hours of the target queue.
	HoursOpen(hoursID string) (open, known bool)
	// QueueKnown says whether the queue exists and can be used.
	QueueKnown(queueID string) bool
	// QueueHasRoom says whether the target queue takes one more contact; known is
	// false when no target queue is set.
	QueueHasRoom() (room, known bool)
}

// End says whether and how a flow is over.
type End string

// The ends of a flow.
const (
	EndNone            End = ""
	EndFlow            End = "EndFlow"         // over, the contact goes on: a whisper joins, a queued contact stays queued
	EndDisconnect      End = "Disconnect"      // the contact ends
	EndTransferToQueue End = "TransferToQueue" // the contact enters the target queue
	// EndFault: an error that no branch takes. An inbound or transfer flow
	// disconnects, a queued contact stays queued in silence, a whisper joins.
	EndFault End = "Fault"
)

// A Wait says what a flow waits for.
type Wait struct {
	Inputs         []InputKind // those that resume it; others are ignored
	DeadlineMillis int         // InputInterrupted is due this long after entering; 0 means never
}

// A Result is the outcome of one step. Exactly one of these holds: Wait is set
// (stand at Next until an awaited input comes), End is set (the flow is over),
// or neither is (step on at Next with InputStart).
type Result struct {
	ActionID string // the block that ran
	Type     string // its action type
	Acts     []Act  // to be carried out in this order
	Outcome  string // what the block decided: "Success", "1", "True", "Timeout", "NoMatchingError"; empty while waiting
	Next     Position
	Wait     *Wait
	End      End
	Ignored  bool // the block does not wait for this input: nothing changes, a running deadline stands
}

// OutcomeUnknownAction is the outcome of a step at a position the flow does not have.
const OutcomeUnknownAction = "UnknownAction"

// An Act is one thing for others to do. It is data; Step does nothing itself.
type Act interface{ act() }

// SetAttributes sets contact attributes, all or none.
type SetAttributes struct {
	Attributes map[string]string // personal data
}

// SetStoredInput sets $.StoredCustomerInput.
type SetStoredInput struct {
	Value string // personal data
}

// SetTargetQueue sets the queue that later blocks of the flow speak of.
type SetTargetQueue struct {
	QueueID string
}

// SetRecording says whose voices are recorded from now on.
type SetRecording struct {
	Agent    bool
	Customer bool
}

// Play plays prompts one after the other to the flow's participant, in place of
// what is playing.
type Play struct {
	Items   []Prompt
	Loop    bool     // from the start again when done, until something else is played
	Collect *Collect // collect keys meanwhile and after; the first key stops the prompts
}

// StopPlay stops what is playing.
type StopPlay struct{}

// A Prompt is one thing to hear. Exactly one member is set.
type Prompt struct {
	Text     string // to be spoken
	SSML     string // to be spoken, with markup
	PromptID string // a recorded prompt
}

// Collect says which keys to gather. Collecting ends with InputDigits, or with
// InputTimeout when no key came at all.
type Collect struct {
	MaxDigits               int
	FirstDigitTimeoutMillis int    // counted from the end of the prompts
	InterDigitTimeoutMillis int    // counted from the key before
	Terminator              string // the sequence of keys that ends the input and is not part of it; empty if none
	CancelKey               string // the key that discards what was typed; empty if none
}

func (SetAttributes) act()  {}
func (SetStoredInput) act() {}
func (SetTargetQueue) act() {}
func (SetRecording) act()   {}
func (Play) act()           {}
func (StopPlay) act()       {}
