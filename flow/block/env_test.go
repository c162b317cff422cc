package block

import (
	"encoding/json"
	"strings"
	"testing"

	"tandem/flow"
)

// world is an Env that a test sets up.
type world struct {
	channel   string
	values    map[string]string // by dotted path
	hours     map[string]bool   // open or not, by id; "" is those of the target queue
	queues    map[string]bool
	target    string
	queueFull bool
}

func newWorld() *world {
	return &world{
		channel: flow.ChannelVoice,
		values: map[string]string{
			"CustomerEndpoint.Address": "+15550100", "Attributes.name": "Ann & Bo",
			"Attributes.amount": "12.50", "Attributes.queue": "arn:aws:connect:eu:1:instance/i/queue/support",
		},
		hours:  map[string]bool{"open": true, "closed": false},
		queues: map[string]bool{"support": true},
	}
}

func (w *world) Channel() string { return w.channel }

func (w *world) Value(path ...string) (string, bool) {
	value, ok := w.values[strings.Join(path, ".")]
	return value, ok
}

func (w *world) HoursOpen(hoursID string) (open, known bool) {
	open, known = w.hours[hoursID]
	return open, known
}

func (w *world) QueueKnown(id string) bool { return w.queues[id] }

func (w *world) QueueHasRoom() (room, known bool) { return !w.queueFull, w.target != "" }

// flowOf makes a flow of one action under test, A, with a branch for each name
// given: "next", an error type, or "=operand". The branch leads to an action of
// that very name.
func flowOf(t *testing.T, actionType, parameters string, branches ...string) *flow.Program {
	t.Helper()
	a := flow.Action{Identifier: "A", Type: actionType, Parameters: json.RawMessage(parameters)}
	doc := &flow.Document{Version: flow.Version, StartAction: "A"}
	for _, branch := range branches {
		operand, isCondition := strings.CutPrefix(branch, "=")
		switch {
		case branch == "next":
			a.Transitions.NextAction = branch
		case isCondition:
			a.Transitions.Conditions = append(a.Transitions.Conditions, flow.ConditionBranch{NextAction: branch,
				Condition: flow.Condition{Operator: flow.Equals, Operands: []string{operand}}})
		default:
			a.Transitions.Errors = append(a.Transitions.Errors, flow.ErrorBranch{NextAction: branch, ErrorType: branch})
		}
		doc.Actions = append(doc.Actions, flow.Action{Identifier: branch, Type: "DisconnectParticipant"})
	}
	doc.Actions = append([]flow.Action{a}, doc.Actions...)
	return flow.Compile(doc, Registry())
}
