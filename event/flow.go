package event

import "tandem"

// FunctionInvoked asks a function for its answer. A synchronous one is waited
// for by the flow; until [FunctionReturned] it is asked again after a restart,
// with the same InvocationID, so that it can tell a repetition.
//
//wire:event 171
type FunctionInvoked struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	InvocationID     tandem.ID
	Side             FlowSide
	FunctionARN      string
	Request          tandem.Personal // the JSON object that the function gets
	TimeoutMillis    int64
	Async            bool // nobody waits for the answer
	Deadline         tandem.Time
}

// FunctionReturned says how an invocation ended.
//
//wire:event 172
type FunctionReturned struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	InvocationID     tandem.ID
	Failure          string // empty: it answered; else what failed, such as "Status Code: 403; Error Code: AccessDeniedException"
}

// ExternalSet carries $.External, the answer of the last function, whole.
//
//wire:event 173
type ExternalSet struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Side             FlowSide
	Result           tandem.Personal // a JSON object
}

// BotAsked hands what the customer said or typed to a bot. Until [BotAnswered]
// it is asked again after a restart, with the same TurnID.
//
//wire:event 174
type BotAsked struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	TurnID           tandem.ID
	Side             FlowSide
	Bot              string // alias ARN, or name
	Locale           string // such as en_US
	Mode             BotInputMode
	Input            tandem.Personal // what was typed or said
	Session          tandem.Personal // the session state so far, a JSON object
	Deadline         tandem.Time
}

// BotInputMode is how the customer spoke to a bot (Amazon Lex V2 Developer
// Guide: AWS Lambda input event, inputMode).
type BotInputMode uint8

// The modes.
const (
	BotText BotInputMode = iota + 1
	BotSpeech
	BotDTMF
)

var botInputModeNames = [...]string{"", "Text", "Speech", "DTMF"}

// String is the name in the API.
func (m BotInputMode) String() string { return named(botInputModeNames[:], uint8(m)) }

// BotAnswered says how a turn with a bot ended.
//
//wire:event 175
type BotAnswered struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	TurnID           tandem.ID
	Failure          string // empty: it answered
}

// BotSessionSet carries what $.Lex shows and the bot's session state, whole.
//
//wire:event 176
type BotSessionSet struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Side             FlowSide
	Session          tandem.Personal // a JSON object: the bot's latest answer
}

// ModuleEntered says that a flow goes on in a module. The flow stands at its
// block until [ModuleLeft].
//
//wire:event 177
type ModuleEntered struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Side             FlowSide
	ModuleID         tandem.ID
	Version          uint64
	Input            tandem.Personal // a JSON object; empty: none
}

// ModuleLeft says that a module is over and the flow that invoked it goes on.
//
//wire:event 178
type ModuleLeft struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Side             FlowSide
	Outcome          string          // the reference name of the transition, "Success", or an error type
	Result           tandem.Personal // a JSON object; empty: none
}

// ViewShown shows a view (a form or a guide) to the participant of the flow.
//
//wire:event 179
type ViewShown struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Side             FlowSide
	ShownID          tandem.ID
	View             string          // ARN, or id with version
	Data             tandem.Personal // a JSON object
	Deadline         tandem.Time
}

// ViewAnswered says what the participant did in a view.
//
//wire:event 180
type ViewAnswered struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	Side             FlowSide
	ShownID          tandem.ID
	Action           string          // the name of the action, such as "Submit"
	Result           tandem.Personal // a JSON object: ViewResultData
}

// FlowBlockLogged is one entry of the flow log (Amazon Connect Administrator
// Guide: Data in flow logs). There is one only while logging is on.
//
//wire:event 181
type FlowBlockLogged struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	FlowID           tandem.ID
	Side             FlowSide
	Identifier       string
	ModuleType       string          // ContactFlowModuleType, such as "PlayPrompt"
	Parameters       tandem.Personal // a JSON object
	Results          tandem.Personal // empty: none
	ExternalResults  tandem.Personal // a JSON object; empty: none
	At               tandem.Time
}

// MessageSent is one message of a chat.
//
//wire:event 182
type MessageSent struct {
	ContactID        tandem.ID
	InitialContactID tandem.ID `wire:"subject"`
	MessageID        tandem.ID
	Role             MessageRole
	UserID           tandem.ID // of an agent
	ContentType      string    // "text/plain", "text/markdown", "application/json"
	Content          tandem.Personal
	At               tandem.Time
	Tokened          bool // its id derives from its client token, so that it is known when it is sent again
}

// MessageRole is who sent a message (Amazon Connect Participant API: Item,
// member ParticipantRole).
type MessageRole uint8

// The roles.
const (
	MessageFromCustomer MessageRole = iota + 1
	MessageFromAgent
	MessageFromSystem
	MessageFromBot
)

var messageRoleNames = [...]string{"", "CUSTOMER", "AGENT", "SYSTEM", "CUSTOM_BOT"}

// String is the name in the API.
func (r MessageRole) String() string { return named(messageRoleNames[:], uint8(r)) }

// FunctionAssociated lets the flows of the instance invoke a function (Amazon
// Connect API: AssociateLambdaFunction), or no longer.
//
//wire:event 183
type FunctionAssociated struct {
	FunctionARN string
	Gone        bool
}

// BotAssociated lets the flows of the instance use a bot (Amazon Connect API:
// AssociateBot), or no longer.
//
//wire:event 184
type BotAssociated struct {
	Bot  string // alias ARN of Lex V2; name, region and alias of Lex joined by colons
	Gone bool
}

// SecurityKeySaved is a public key under which a certificate that encrypts
// customer input must be issued (Amazon Connect API: AssociateSecurityKey), or
// its end.
//
//wire:event 185
type SecurityKeySaved struct {
	AssociationID tandem.ID
	Key           string // X.509 certificate, PEM
	Gone          bool
	CreatedAt     tandem.Time
}

// ModulePointerSaved names a version of a module, or an alias of one (Amazon
// Connect API: CreateContactFlowModuleVersion, CreateContactFlowModuleAlias).
//
//wire:event 186
type ModulePointerSaved struct {
	ModuleID    tandem.ID
	PointerID   tandem.ID // of an alias; zero: Version is a version of its own
	Name        string    // of an alias
	Description string
	Version     uint64 // the number that people see, from 1
	Saved       uint64 // the FlowSaved.Version it stands for
	Gone        bool
	ModifiedAt  tandem.Time
}
