package flow

import "slices"

// Type is a type of flow (Amazon Connect API: CreateContactFlow, member Type).
type Type string

// The types of flow.
const (
	TypeContactFlow     Type = "CONTACT_FLOW"
	TypeCustomerQueue   Type = "CUSTOMER_QUEUE"
	TypeCustomerHold    Type = "CUSTOMER_HOLD"
	TypeCustomerWhisper Type = "CUSTOMER_WHISPER"
	TypeAgentHold       Type = "AGENT_HOLD"
	TypeAgentWhisper    Type = "AGENT_WHISPER"
	TypeOutboundWhisper Type = "OUTBOUND_WHISPER"
	TypeAgentTransfer   Type = "AGENT_TRANSFER"
	TypeQueueTransfer   Type = "QUEUE_TRANSFER"
)

// TypeModule is the type of what is no flow of its own, but invoked by flows
// (Amazon Connect API: CreateContactFlowModule).
const TypeModule Type = "MODULE"

// AllTypes lists every type of flow.
func AllTypes() []Type {
	return []Type{TypeContactFlow, TypeCustomerQueue, TypeCustomerHold, TypeCustomerWhisper, TypeAgentHold,
		TypeAgentWhisper, TypeOutboundWhisper, TypeAgentTransfer, TypeQueueTransfer}
}

// Group is where the designer's palette shows a block.
type Group string

// The groups of the palette (Amazon Connect User Guide: Contact Block Definitions).
const (
	GroupInteract  Group = "Interact"
	GroupSet       Group = "Set"
	GroupBranch    Group = "Branch"
	GroupTerminate Group = "Terminate / Transfer"
)

// A Block is one action type: everything that validator, palette, documentation,
// flow log and execution need to know of it.
type Block struct {
	Type      string   // the action type, such as "MessageParticipant"
	Title     string   // the designer's name, such as "Play prompt"
	LogName   string   // ContactFlowModuleType in flow logs, such as "PlayPrompt"
	Aliases   []string // names people write by mistake, for "did you mean"
	Group     Group
	FlowTypes []Type // the types of flow it may stand in
	Rules     Rules

	// Restarts says that a branch which interrupted this block and ends with
	// EndFlowExecution comes back here, from the start.
	Restarts bool

	// Log tells of the block in the flow log; nil: as one entry with its parameters
	// as they are.
	Log func(l Logged) []LogEntry

	// Compile reads the parameters, reports what is wrong with them, and always
	// returns a Runner; one whose parameters are wrong raises NoMatchingError.
	Compile func(p *Params) Runner
}

// Rules say which transitions a block has.
type Rules struct {
	Next           NextRule
	RequiredErrors []string // without these a flow cannot be published; at run time they may be missing
	OptionalErrors []string
	AnyError       bool // it may have error branches of any type, for which ones there are is not known
	Conditions     ConditionRules
}

// NextRule says whether a block has a NextAction.
type NextRule int

// The rules for NextAction.
const (
	NextRequired  NextRule = iota
	NextOptional           // the result chooses the branch; the designer writes one of the targets here once more
	NextForbidden          // the block ends the flow
)

// ConditionRules say which conditions a block has. The zero value allows none.
type ConditionRules struct {
	Operators []string // allowed operators
	Operands  []string // allowed operands; empty: any
	All       bool     // each of Operands needs its branch
}

// A Runner is one compiled action.
type Runner interface {
	// Enter runs the block from its start.
	Enter(env Env) Move
}

// A Waiter is a Runner that may wait.
type Waiter interface {
	Runner
	// Wait says what the block waits for once it has entered.
	Wait(env Env) Wait
	// Resume goes on with one of the inputs waited for.
	Resume(in Input, env Env) Move
}

// A Repeater is a Runner that counts how often it runs. The flow keeps the count,
// also while something else interrupts it.
type Repeater interface {
	Runner
	// Repeat runs the block, which has run so many times since counting began. If
	// again is false, counting begins anew.
	Repeat(times int, env Env) (move Move, again bool)
}

// The error types blocks raise.
const (
	NoMatchingError             = "NoMatchingError"
	NoMatchingCondition         = "NoMatchingCondition"
	InputTimeLimitExceeded      = "InputTimeLimitExceeded"
	QueueAtCapacity             = "QueueAtCapacity"
	InvalidCallbackNumber       = "InvalidCallbackNumber"
	CallbackNumberNotDialable   = "CallbackNumberNotDialable"
	CallFailed                  = "CallFailed"
	ConnectionTimeLimitExceeded = "ConnectionTimeLimitExceeded"
	ParticipantNotFound         = "ParticipantNotFound"
	ChannelMismatch             = "ChannelMismatch"
	TimeLimitExceeded           = "TimeLimitExceeded"
	InvalidPhoneNumber          = "InvalidPhoneNumber"

	InFlightRedactionConfigurationFailed = "InFlightRedactionConfigurationFailed"
)

// The outcomes that are neither a condition's operand nor an error type.
const (
	OutcomeSuccess = "Success"
	OutcomeTimeout = "Timeout"
)

type moveKind int

const (
	moveNext moveKind = iota
	moveBranch
	moveRaise
	moveAwait
	moveFinish
)

// A Move is what a block has decided. Its transitions make a Result of it.
type Move struct {
	kind    moveKind
	acts    []Act
	outcome string // empty: named by the branch taken
	value   string // what moveBranch compares
	err     string // what moveRaise raises
	end     End    // what moveFinish ends with
	orNext  bool   // an error that no branch takes goes to NextAction
}

// Succeed goes to NextAction.
func Succeed(acts ...Act) Move { return Move{kind: moveNext, acts: acts, outcome: OutcomeSuccess} }

// Branch takes the first condition that holds for value, else NoMatchingCondition,
// else NextAction.
func Branch(value string, acts ...Act) Move { return Move{kind: moveBranch, acts: acts, value: value} }

// Raise takes the branch of an error type, else NoMatchingError, else the flow faults.
func Raise(errorType string, acts ...Act) Move {
	return Move{kind: moveRaise, acts: acts, err: errorType, outcome: errorType}
}

// Await waits as the Waiter's Wait says.
func Await(acts ...Act) Move { return Move{kind: moveAwait, acts: acts} }

// Finish ends the flow.
func Finish(end End, acts ...Act) Move {
	return Move{kind: moveFinish, acts: acts, end: end, outcome: OutcomeSuccess}
}

// OrNext lets an error that no branch takes go to NextAction.
func (m Move) OrNext() Move {
	m.orNext = true
	return m
}

// As names the outcome.
func (m Move) As(outcome string) Move {
	m.outcome = outcome
	return m
}

// A Registry holds the blocks that flows can be made of.
type Registry struct {
	blocks []Block
	byType map[string]int
}

// NewRegistry collects blocks. Of two blocks of one type the later one counts.
func NewRegistry(blocks ...Block) *Registry {
	r := &Registry{blocks: slices.Clone(blocks), byType: make(map[string]int, len(blocks))}
	for i, b := range blocks {
		r.byType[b.Type] = i
	}
	return r
}

// Lookup finds the block of an action type.
func (r *Registry) Lookup(actionType string) (Block, bool) {
	i, ok := r.byType[actionType]
	if !ok {
		return Block{}, false
	}
	return r.blocks[i], true
}

// Blocks lists all blocks in their order.
func (r *Registry) Blocks() []Block { return slices.Clone(r.blocks) }
