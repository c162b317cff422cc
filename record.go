package tandem

// Seq numbers the records of one shard's journal, from 1, without gaps.
type Seq uint64

// Epoch counts the leases of a shard: a deposed leader has a lower one.
type Epoch uint64

// RecordVersion is the version of the record layout that this build writes.
const RecordVersion = 1

// EventKind is the number of a kind of event. It is part of the journal's
// format and never used for anything else again.
type EventKind uint16

// Event is a fact: past tense, complete enough to be replayed without the
// command that led to it. The kinds live in package event.
type Event interface {
	// Kind is the event's number.
	Kind() EventKind
	// EventName is the event's name, for people.
	EventName() string
	Wire
}

// ActorKind says who caused a command.
type ActorKind uint8

// The kinds of actor.
const (
	ActorSystem    ActorKind = iota // a timer, the reconciler, start-up
	ActorUser                       // a person of the contact center
	ActorAPI                        // a caller of the Connect API with an access key
	ActorVoice                      // the voice process
	ActorConnector                  // another system, through its connector
	ActorFlow                       // a contact flow
)

// Actor is who caused a command. ID is the user, the access key's user or the
// connector, and may be zero.
type Actor struct {
	Kind ActorKind
	ID   ID
}

// Record is the outcome of one command, the unit that is replayed: the facts
// that the command led to, and why. Records of one commit travel together in
// a batch (package journal).
type Record struct {
	Seq       Seq
	CommandID ID
	At        Time
	Actor     Actor
	Cause     Seq // the record that led to the command; 0 if it came from outside
	Events    []Event
}

// Command is a wish to change something, with all it takes to decide: its
// time and its id. Body is one of the command types of the machine that owns
// it. The same ID twice means the same command repeated.
type Command struct {
	ID    ID
	At    Time
	Actor Actor
	Cause Seq
	Body  any
}

// Effect is a request to the world: the state that voice should reach, a
// status that a CRM should show. It is handed out after the record it rests
// on is durable, at least once, and is harmless when repeated. Effects are
// derived from state, so that after a restart the outstanding ones are handed
// out again.
type Effect interface {
	// EffectName is the effect's name, for logs and metrics.
	EffectName() string
}
