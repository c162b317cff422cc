package block

import (
	"encoding/json"
	"slices"
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
	full      map[string]bool // queues, and agents' own, without room
	agents    map[string]bool
	flows     map[string]flow.Type // the published ones
	metrics   map[string]int64     // by name, then ":" and the id of the queue or the agent, empty for the target queue
	percent   int
	bot       bool // takes part in the chat
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
		agents: map[string]bool{"agent1": true},
		flows: map[string]flow.Type{"inbound": flow.TypeContactFlow, "transfer": flow.TypeQueueTransfer,
			"waiting": flow.TypeCustomerQueue, "hold": flow.TypeCustomerHold},
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

func (w *world) HasRoom(id string) (room, known bool) {
	if id == "" {
		return w.QueueHasRoom()
	}
	return !w.full[id], w.queues[id] || w.agents[id]
}

func (w *world) AgentKnown(id string) bool { return w.agents[id] }

func (w *world) FlowKnown(id string, types ...flow.Type) bool {
	return slices.Contains(types, w.flows[id])
}

func (w *world) Metric(name flow.MetricName, queueID, agentID string) (n int64, known bool) {
	n, known = w.metrics[string(name)+":"+queueID+agentID]
	return n, known
}

func (w *world) Percent() int { return w.percent }

// Dialable allows every country but one.
func (w *world) Dialable(number string) (ok, allowed bool) {
	return isE164(number), !strings.HasPrefix(number, "+850")
}

var operators = map[byte]string{'=': flow.Equals, '>': flow.NumberGreaterThan, '<': flow.NumberLessThan}

// flowOf makes a flow of one action under test, A, with a branch for each name
// given: "next", an error type, or "=operand", or ">operand" and "<operand" for
// numbers. The branch leads to an action of that very name.
func flowOf(t *testing.T, actionType, parameters string, branches ...string) *flow.Program {
	t.Helper()
	a := flow.Action{Identifier: "A", Type: actionType, Parameters: json.RawMessage(parameters)}
	doc := &flow.Document{Version: flow.Version, StartAction: "A"}
	for _, branch := range branches {
		operator, isCondition := operators[branch[0]]
		switch {
		case branch == "next":
			a.Transitions.NextAction = branch
		case isCondition:
			a.Transitions.Conditions = append(a.Transitions.Conditions, flow.ConditionBranch{NextAction: branch,
				Condition: flow.Condition{Operator: operator, Operands: []string{branch[1:]}}})
		default:
			a.Transitions.Errors = append(a.Transitions.Errors, flow.ErrorBranch{NextAction: branch, ErrorType: branch})
		}
		doc.Actions = append(doc.Actions, flow.Action{Identifier: branch, Type: "DisconnectParticipant"})
	}
	doc.Actions = append([]flow.Action{a}, doc.Actions...)
	return flow.Compile(doc, Registry())
}

// PhoneNumber reads digits of Germany alone.
func (w *world) PhoneNumber(digits, country string, local bool) (e164 string, ok bool) {
	if local {
		return "+49" + strings.TrimPrefix(digits, "0"), country == "DE" && len(digits) > 5
	}
	return "+" + digits, isE164("+" + digits)
}

func (w *world) FunctionKnown(arn string) bool { return strings.HasSuffix(arn, ":lookup") }
func (w *world) BotKnown(bot string) bool      { return strings.HasSuffix(bot, "concierge") }
func (w *world) ModuleKnown(id string) bool    { return id == "identify" || id == "identify:$LATEST" }
func (w *world) BotPresent() bool              { return w.bot }
