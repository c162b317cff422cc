package flowtest

import "tandem/flow"

// An Outside is the world around a flow.
type Outside interface {
	// HoursOpen says whether hours of operation are open; the empty id means those
	// of the target queue.
	HoursOpen(hoursID string) (open, known bool)
	// HasRoom says whether a queue, or an agent's own queue, takes one more contact.
	HasRoom(id string) (room, known bool)
	// QueueName is the name of a queue; known is false if there is no such queue.
	QueueName(id string) (name string, known bool)
	// Metric is a live number of a queue, or of an agent's own queue. Ages are in
	// milliseconds.
	Metric(name flow.MetricName, id string) (n int64, known bool)
	// Percent is a number from 1 to 100.
	Percent() int
	// Function answers an invocation.
	Function(ask flow.Invoke) Answer
	// Bot answers what a bot is asked; the result has the shape of Lex V2 (Amazon
	// Lex API: RecognizeText, response).
	Bot(ask flow.AskBot) Answer
	// View answers a view; the answer's Text is the action taken in it.
	View(view flow.ShowView) Answer
	// Customer says what the customer does when asked for keys or words.
	Customer(ask flow.Collect) Reaction
	// Call says how a call to somebody outside goes: InputAnswered for a call to the
	// customer, InputBridgeEnded once an outside party has hung up, InputCallFailed
	// or InputCallTimeout.
	Call(number string) flow.InputKind
	// Meanwhile says what ends a wait: one of the inputs; empty if nothing does.
	Meanwhile(wait flow.Wait) flow.InputKind
}

// An Answer is what something outside answers.
type Answer struct {
	Result string // a JSON object
	Text   string
	Failed string // why there is no answer; empty if there is one
	Late   bool   // nothing came in time
}

// A Reaction is what the customer does.
type Reaction struct {
	Keys  string // 0-9, * and #; more than is asked for is lost
	Words string
	Hangs bool // hangs up; if nothing is set the customer does nothing
}

// typed is what keys come to: up to the terminator or the most that is asked
// for, without what was cancelled. None is true if no key is left.
func typed(keys string, c flow.Collect) (digits string, none bool) {
	for _, key := range keys {
		if c.CancelKey != "" && string(key) == c.CancelKey {
			digits = ""
			continue
		}
		digits += string(key)
		if n := len(digits) - len(c.Terminator); c.Terminator != "" && n >= 0 && digits[n:] == c.Terminator {
			return digits[:n], false
		}
		if c.MaxDigits > 0 && len(digits) == c.MaxDigits {
			return digits, false
		}
	}
	return digits, digits == ""
}
