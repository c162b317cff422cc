package flow

// MaxSteps is how many steps a flow may take without waiting. A caller that
// reaches it treats the flow as faulted: it runs in a circle.
const MaxSteps = 1000

// A Position is all that a flow remembers between steps. It is durable.
type Position struct {
	ActionID string // the block the flow stands at
	ReturnTo string // what the flow itself keeps: the interrupted loop that EndFlowExecution goes back to, counters of loops; empty if none
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
	InputAnswered    InputKind = "Answered"    // whom Dial called has answered
	InputCallFailed  InputKind = "CallFailed"  // whom Dial or Bridge called could not be reached, or declined
	InputCallTimeout InputKind = "CallTimeout" // whom Bridge called did not answer in time
	InputBridgeEnded InputKind = "BridgeEnded" // the outside party of Bridge has hung up, the customer is still there

	InputFunctionReturned InputKind = "FunctionReturned" // the function of Invoke answered, in Input.Result
	InputFunctionFailed   InputKind = "FunctionFailed"   // it did not, or too late; Input.Text says why
	InputUtterance        InputKind = "Utterance"        // the customer said or wrote something, in Input.Text
	InputBotAnswered      InputKind = "BotAnswered"      // the bot of AskBot answered, in Input.Result
	InputBotFailed        InputKind = "BotFailed"        // it did not, or too late; Input.Text says why
	InputModuleReturned   InputKind = "ModuleReturned"   // the module of EnterModule is over; Input.Text is its outcome, Input.Result its result
	InputModuleFailed     InputKind = "ModuleFailed"     // the module could not be entered, or faulted
	InputViewAnswered     InputKind = "ViewAnswered"     // the view of ShowView was answered; Input.Text is the action, Input.Result its data
	InputCustomerReturned InputKind = "CustomerReturned" // the customer of a chat came back
	InputBotLeft          InputKind = "BotLeft"          // the bot that took part in a chat has left
)

// An Input is one thing that has happened to a flow.
type Input struct {
	Kind   InputKind
	Digits string // keys 0-9, * and #, without the terminator; or base64 once encrypted; personal data
	Text   string // personal data
	Result string // a JSON object; personal data
	Speech bool   // with InputUtterance: it was spoken
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
	// HasRoom says whether the contact can be moved to a queue, or to an agent's own
	// queue, by id; the empty id means the target queue.
	HasRoom(queueID string) (room, known bool)
	// AgentKnown says whether there is such an agent.
	AgentKnown(userID string) bool
	// FlowKnown says whether the flow is published and of one of the types.
	FlowKnown(flowID string, types ...Type) bool
	// Metric is a live metric of a queue, of an agent's own queue, or with neither
	// id of the target queue. Known is false where nothing tells it. Ages are in
	// milliseconds.
	Metric(name MetricName, queueID, agentID string) (n int64, known bool)
	// Percent is a random number from 1 to 100, another one for every block that
	// runs.
	Percent() int
	// Dialable says whether a number may be called: ok for a number in E.164,
	// allowed when its country may be dialled.
	Dialable(number string) (ok, allowed bool)
	// PhoneNumber reads digits that a customer typed: with local, as a number of
	// the country (ISO 3166-1 alpha-2, or a calling code such as "+1"), else as E.164
	// without the plus. The answer is E.164.
	PhoneNumber(digits, country string, local bool) (e164 string, ok bool)
	// FunctionKnown says whether the flows of the instance may invoke the function.
	FunctionKnown(arn string) bool
	// BotKnown says whether the flows of the instance may use the bot.
	BotKnown(bot string) bool
	// ModuleKnown says whether the module is published, at the version or alias that
	// a colon may add to its id.
	ModuleKnown(moduleID string) bool
	// BotPresent says whether a bot takes part in the chat.
	BotPresent() bool
}

// MetricName names a live metric.
type MetricName string

// The metrics that Check queue status and Check staffing look at (Amazon
// Connect API: flow language, CheckMetricData).
const (
	MetricOldestContactAge MetricName = "OldestContactInQueueAgeSeconds" // in milliseconds, whatever its name says: so designers store it
	MetricContactsInQueue  MetricName = "NumberOfContactsInQueue"
	MetricAgentsAvailable  MetricName = "NumberOfAgentsAvailable"
	MetricAgentsStaffed    MetricName = "NumberOfAgentsStaffed"
	MetricAgentsOnline     MetricName = "NumberOfAgentsOnline"
)

// End says whether and how a flow is over.
type End string

// The ends of a flow.
const (
	EndNone            End = ""
	EndFlow            End = "EndFlow"         // over, the contact goes on: a whisper joins, a queued contact stays queued
	EndDisconnect      End = "Disconnect"      // the contact ends
	EndTransferToQueue End = "TransferToQueue" // the contact enters the target queue
	EndTransferToAgent End = "TransferToAgent" // the contact goes to the agent it is transferred to
	EndTransferOutside End = "TransferOutside" // the contact goes to whom the Bridge act before calls
	EndEnterFlow       End = "EnterFlow"       // the flow of the EnterFlow act before begins
	EndReturn          End = "Return"          // the module is over, as the ReturnModule act before says
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

// SetTargetAgent makes the agent's own queue the target queue, and the agent
// the one whom a transfer to an agent goes to.
type SetTargetAgent struct{ UserID string }

// SetHook says which flow runs at a moment of the contact. The empty flow is
// the instance's default.
type SetHook struct {
	Hook     string // "AgentHold", "AgentWhisper", "CustomerHold", "CustomerQueue", "CustomerRemaining", "CustomerWhisper"
	FlowID   string
	Disabled bool // none runs at all
}

// SetRouting changes the contact's priority or its age in the queue. One member
// is set.
type SetRouting struct {
	Priority          int64 // 1 first; 0: unchanged
	AdjustmentSeconds int64 // counts as so much older, or younger
	Adjusts           bool
}

// SetCallbackNumber sets the number to call back.
type SetCallbackNumber struct {
	Number string // E.164; personal data
}

// CreateCallback queues a call back to the customer. The customer may hang up
// then; the flow goes on.
type CreateCallback struct {
	QueueID             string // empty: the target queue
	AgentID             string // the agent's own queue instead
	InitialDelaySeconds int64
	Attempts            int64 // 1 or more
	RetryDelaySeconds   int64
	FlowID              string // set: the customer is called first, and runs this flow
	CallerID            string // E.164; empty: the queue's
}

// MoveToQueue takes a waiting contact to another queue, or to an agent's own; its
// flow goes on. With neither id it is the target queue.
type MoveToQueue struct{ QueueID, AgentID string }

// Dial calls the customer of an outgoing contact now. Answers come as
// InputAnswered; a failure ends the contact.
type Dial struct {
	CallerID string // E.164; empty: the queue's
}

// Bridge calls somebody outside for the customer.
type Bridge struct {
	Number         string // E.164; personal data
	TimeoutSeconds int
	Resume         bool   // the flow waits, and goes on when they hang up; else it ends with EndTransferOutside
	Digits         string // keys to send once answered
	CallerID       string // E.164; empty: the customer's own
}

// EnterFlow names the flow to go on in; the flow ends with EndEnterFlow.
type EnterFlow struct{ FlowID string }

// HoldPrevious holds or releases the parties of the call that the contact was
// transferred from.
type HoldPrevious struct {
	State string // "AgentOnHold", "CustomerOnHold", "OffHold"
}

// TakeMetrics reads live metrics into $.Metrics.
type TakeMetrics struct {
	QueueID, AgentID string // both empty: the target queue
	Channel          string // empty: all
}

// SetVoice chooses the voice of spoken texts.
type SetVoice struct{ Voice, Engine, Style string }

// SetData sets the contact's own data; empty members stay as they are.
type SetData struct {
	Name, Description, CustomerID string // personal data
	LanguageCode                  string
	References                    map[string]string // name to "TYPE value"; personal data
}

// SetFlowAttributes sets attributes that live as long as the flow.
type SetFlowAttributes struct{ Attributes map[string]string } // personal data

// SetLogging switches the flow's log on or off.
type SetLogging struct{ Enabled bool }

// SetTags adds tags to the contact, or takes them away.
type SetTags struct {
	Add    map[string]string
	Remove []string
}

// StartTask begins a task that belongs to the contact.
type StartTask struct {
	FlowID            string
	Name, Description string            // personal data
	Attributes        map[string]string // personal data
	References        map[string]string // name to "TYPE value"; personal data
	DelaySeconds      int64             // from now; 0: at once
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
	Listen                  *Listen
	Encrypt                 *Encrypt
}

// Listen also takes what the customer says or writes: collecting ends with
// InputUtterance then.
type Listen struct {
	Locale             string // such as en_US
	StartTimeoutMillis int    // of silence before the first word
	EndTimeoutMillis   int    // of silence that ends the utterance
	MaxMillis          int    // of one utterance
}

// Encrypt has the keys encrypted before anybody but the voice process knows them
// (Amazon Connect Administrator Guide: Encrypt sensitive customer input).
type Encrypt struct {
	KeyID       string
	Certificate string // X.509, PEM, with the public key to encrypt to
}

// Invoke asks a function. Unless Async the flow waits for InputFunctionReturned
// or InputFunctionFailed.
type Invoke struct {
	FunctionARN   string
	TimeoutMillis int
	Async         bool
	Parameters    string // Details.Parameters of the request, a JSON object; personal data
}

// SetExternal replaces $.External.
type SetExternal struct{ Result string } // a JSON object; personal data

// AskBot hands what the customer said to a bot. The flow waits for
// InputBotAnswered or InputBotFailed.
type AskBot struct {
	Bot           string            // alias ARN, or name:region:alias
	Text          string            // what was typed or said; empty begins the session; personal data
	Mode          string            // "Text", "Speech" or "DTMF"
	Attributes    map[string]string // session attributes that the flow sets; personal data
	TimeoutMillis int
}

// SetBotSession replaces what $.Lex shows: the bot's latest answer in the shape
// of Lex V2 (Amazon Lex API: RecognizeText, response). The empty text ends the
// session.
type SetBotSession struct{ Session string } // a JSON object; personal data

// EnterModule goes on in a module; the flow waits for InputModuleReturned or
// InputModuleFailed. The module sees its input as $.Modules.Input (Amazon Connect
// Administrator Guide: Flow modules attributes).
type EnterModule struct {
	ModuleID string // with version or alias after a colon, if any
	Input    string // a JSON object, empty if there is none; personal data
}

// ReturnModule says how a module ends; the step ends with EndReturn. The flow
// that invoked it sees the outcome as $.Modules.Result and the result as
// $.Modules.ResultData, until it invokes another one.
type ReturnModule struct {
	Outcome string // the name of one of the module's branches; empty: Success
	Result  string // a JSON object, empty if there is none; personal data
}

// ShowView shows a view to the flow's participant; the flow waits for
// InputViewAnswered.
type ShowView struct {
	View string // ARN, or id with version
	Data string // a JSON object; personal data
}

func (Invoke) act()        {}
func (SetExternal) act()   {}
func (AskBot) act()        {}
func (SetBotSession) act() {}
func (EnterModule) act()   {}
func (ReturnModule) act()  {}
func (ShowView) act()      {}

func (SetAttributes) act()  {}
func (SetStoredInput) act() {}
func (SetTargetQueue) act() {}
func (SetRecording) act()   {}
func (Play) act()           {}
func (StopPlay) act()       {}

func (SetTargetAgent) act()    {}
func (SetHook) act()           {}
func (SetRouting) act()        {}
func (SetCallbackNumber) act() {}
func (CreateCallback) act()    {}
func (MoveToQueue) act()       {}
func (Dial) act()              {}
func (Bridge) act()            {}
func (EnterFlow) act()         {}
func (HoldPrevious) act()      {}
func (TakeMetrics) act()       {}
func (SetVoice) act()          {}
func (SetData) act()           {}
func (SetFlowAttributes) act() {}
func (SetLogging) act()        {}
func (SetTags) act()           {}
func (StartTask) act()         {}
