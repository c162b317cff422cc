package center

import (
	"tandem"
	"tandem/event"
)

// InvokeFunction is the wish that a function is asked. It stands until
// [FunctionReturned] comes, and may be handed out again after a restart: whoever
// carries it out passes the invocation's id on, so that the function can tell.
type InvokeFunction struct {
	ContactID     tandem.ID
	InvocationID  tandem.ID
	FunctionARN   string
	Request       tandem.Personal // the JSON object that the function gets
	TimeoutMillis int64
	Async         bool
	Deadline      tandem.Time // nobody waits for an answer after this
}

// EffectName implements tandem.Effect.
func (InvokeFunction) EffectName() string { return "center.InvokeFunction" }

// AskBot is the wish that a bot is asked. It stands until [BotAnswered] comes.
type AskBot struct {
	ContactID tandem.ID // also the id of the bot's session
	TurnID    tandem.ID
	Bot       string // alias ARN, or name:region:alias
	Locale    string // such as en_US
	Mode      event.BotInputMode
	Input     tandem.Personal // empty begins the session
	Session   tandem.Personal // the bot's answer before, with the attributes that the flow has set since; a JSON object
	Deadline  tandem.Time
}

// EffectName implements tandem.Effect.
func (AskBot) EffectName() string { return "center.AskBot" }
