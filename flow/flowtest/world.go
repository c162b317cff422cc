package flowtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tandem/flow"
)

// A World is an Outside that is described beforehand. What it does not mention is
// kind: hours are open, queues are there and have room and an agent. Functions and
// bots that it does not mention do not answer. Queues, hours and agents go by id or
// ARN, functions and bots by their whole ARN.
type World struct {
	Channel        string            // such as flow.ChannelVoice, which it is if empty
	CustomerNumber string            // E.164
	DialedNumber   string            // E.164
	Attributes     map[string]string // contact attributes at the start
	Values         map[string]string // other attributes by their path without "$.", such as "Agent.UserName"
	Queue          string            // that the contact is in, or meant for, at the start; empty: none
	Closed         []string          // hours of operation that are closed; "" those of target queues, "*" all
	Queues         map[string]Queue
	Functions      map[string]json.RawMessage // answers; "*" is every function's
	Bots           map[string]json.RawMessage // answers in the shape of Lex V2, or {"IntentName": …, "Slots": {…}}
	Calls          map[string]flow.InputKind  // how calls go, by number; "*" is every other's; else they succeed
	Chance         int                        // the random percentage; 50 if it is 0
}

// A Queue is what a World says of a queue or of an agent's own queue.
type Queue struct {
	Name                       string
	Missing                    bool // there is no such queue
	Full                       bool
	Contacts                   int64
	OldestSeconds              int64
	Available, Staffed, Online *int64 // agents; absent: one
}

// ParseWorld reads a World.
func ParseWorld(content []byte) (*World, error) {
	w := &World{}
	decoder := json.NewDecoder(strings.NewReader(string(content)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(w); err != nil {
		return nil, fmt.Errorf("read the world around the flow: %w", err)
	}
	return w, nil
}

func (w *World) queue(id string) Queue {
	for _, name := range slices.Sorted(maps.Keys(w.Queues)) {
		if flow.ResourceID(name) == flow.ResourceID(id) {
			return w.Queues[name]
		}
	}
	return w.Queues["*"]
}

// HoursOpen implements Outside.
func (w *World) HoursOpen(hoursID string) (open, known bool) {
	for _, closed := range w.Closed {
		if closed == "*" || flow.ResourceID(closed) == flow.ResourceID(hoursID) {
			return false, true
		}
	}
	return true, true
}

// HasRoom implements Outside.
func (w *World) HasRoom(id string) (room, known bool) {
	q := w.queue(id)
	return !q.Full, !q.Missing
}

// QueueName implements Outside.
func (w *World) QueueName(id string) (name string, known bool) {
	q := w.queue(id)
	if q.Name == "" {
		q.Name = flow.ResourceID(id)
	}
	return q.Name, !q.Missing
}

// Metric implements Outside.
func (w *World) Metric(name flow.MetricName, id string) (n int64, known bool) {
	q := w.queue(id)
	agents := func(n *int64) int64 {
		if n == nil {
			return 1
		}
		return *n
	}
	switch name {
	case flow.MetricContactsInQueue:
		n = q.Contacts
	case flow.MetricOldestContactAge:
		n = q.OldestSeconds * 1000
	case flow.MetricAgentsAvailable:
		n = agents(q.Available)
	case flow.MetricAgentsStaffed:
		n = agents(q.Staffed)
	case flow.MetricAgentsOnline:
		n = agents(q.Online)
	default:
		return 0, false
	}
	return n, !q.Missing
}

// Percent implements Outside.
func (w *World) Percent() int {
	if w.Chance < 1 || w.Chance > 100 {
		return 50
	}
	return w.Chance
}

// Function implements Outside.
func (w *World) Function(ask flow.Invoke) Answer {
	return answerOf(w.Functions, ask.FunctionARN, "the world has no answer of this function")
}

// Bot implements Outside.
func (w *World) Bot(ask flow.AskBot) Answer {
	answer := answerOf(w.Bots, ask.Bot, "the world has no answer of this bot")
	return answer.OfBot()
}

// OfBot is the answer in the shape of Lex V2. It may be written short: the name of
// an intent as its Text, or an object with IntentName and Slots.
func (a Answer) OfBot() Answer {
	if a.Text != "" {
		a.Text, a.Result = "", jsonText(map[string]string{"IntentName": a.Text})
	}
	a.Result = botAnswer(a.Result)
	return a
}

func answerOf(answers map[string]json.RawMessage, name, missing string) Answer {
	answer, ok := answers[name]
	if !ok {
		answer, ok = answers["*"]
	}
	if !ok {
		return Answer{Failed: missing}
	}
	return Answer{Result: string(answer)}
}

// View implements Outside: nobody answers.
func (*World) View(flow.ShowView) Answer { return Answer{Late: true} }

// Customer implements Outside: the customer does nothing.
func (*World) Customer(flow.Collect) Reaction { return Reaction{} }

// Call implements Outside.
func (w *World) Call(number string) flow.InputKind {
	if kind := w.Calls[number]; kind != "" {
		return kind
	}
	return w.Calls["*"]
}

// Meanwhile implements Outside: time passes.
func (*World) Meanwhile(wait flow.Wait) flow.InputKind {
	if wait.DeadlineMillis > 0 {
		return flow.InputInterrupted
	}
	return ""
}

// botAnswer reads an answer written short, and makes it one of Lex V2 whose intent
// is fulfilled.
func botAnswer(answer string) string {
	var short struct {
		IntentName, DialogState string
		Slots                   map[string]string
		SessionAttributes       map[string]string
	}
	if json.Unmarshal([]byte(answer), &short) != nil || short.IntentName == "" {
		return answer
	}
	if short.DialogState == "" {
		short.DialogState = "Fulfilled"
	}
	slots := map[string]any{}
	for name, value := range short.Slots { // any order: copied to a map
		slots[name] = map[string]any{"value": map[string]any{"originalValue": value, "interpretedValue": value}}
	}
	intent := map[string]any{"name": short.IntentName, "state": short.DialogState, "slots": slots}
	return jsonText(map[string]any{
		"sessionState":    map[string]any{"intent": intent, "sessionAttributes": short.SessionAttributes, "dialogAction": map[string]any{"type": "Close"}},
		"interpretations": []any{map[string]any{"intent": intent}},
	})
}

// jsonText writes what can always be written.
func jsonText(value any) string {
	content, err := json.Marshal(value)
	if err != nil {
		return "{}"
	}
	return string(content)
}
