package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"tandem/flow"
	"tandem/flow/flowtest"
)

// HoursOpen implements flowtest.Outside.
func (t *terminal) HoursOpen(hoursID string) (open, known bool) {
	if !t.asks {
		return t.World.HoursOpen(hoursID)
	}
	return t.choose("Are "+nameOr(hoursID, "the queue's hours")+" open?", "yes", "no") == "yes", true
}

func nameOr(id, none string) string {
	if id == "" {
		return none
	}
	return flow.ResourceID(id)
}

// HasRoom implements flowtest.Outside. Blocks that only look at a queue ask this
// to know whether there is one.
func (t *terminal) HasRoom(id string) (room, known bool) {
	enters := t.at == "TransferContactToQueue" || t.at == "DequeueContactAndTransferToQueue" || t.at == "CreateCallbackContact"
	if !t.asks || !enters {
		return t.World.HasRoom(id)
	}
	answer := t.choose("Does "+nameOr(id, "the queue")+" have room?", "yes", "full", "unknown")
	return answer == "yes", answer != "unknown"
}

// Metric implements flowtest.Outside.
func (t *terminal) Metric(name flow.MetricName, id string) (n int64, known bool) {
	n, known = t.World.Metric(name, id)
	for t.asks {
		answer := t.ask(fmt.Sprintf("%s of %s? [%d]", name, nameOr(id, "the queue"), n))
		value, err := strconv.ParseInt(answer, 10, 64)
		switch {
		case answer == "":
			return n, known
		case err == nil:
			return value, true
		}
		fmt.Fprintln(t.out, "  answer with a whole number; ages are in milliseconds")
	}
	return n, known
}

// Percent implements flowtest.Outside.
func (t *terminal) Percent() int {
	for t.asks {
		answer := t.ask("Which number comes up, from 1 to 100? [50]")
		n, err := strconv.Atoi(answer)
		switch {
		case answer == "":
			return t.World.Percent()
		case err == nil && n >= 1 && n <= 100:
			return n
		}
		fmt.Fprintln(t.out, "  answer with a number from 1 to 100")
	}
	return t.World.Percent()
}

// Function implements flowtest.Outside.
func (t *terminal) Function(ask flow.Invoke) flowtest.Answer {
	if !t.asks {
		return t.World.Function(ask)
	}
	fmt.Fprintf(t.out, "  with %s\n", orBraces(ask.Parameters))
	return t.object("What does the function answer? (a JSON object; empty: it fails; late)")
}

// Bot implements flowtest.Outside.
func (t *terminal) Bot(ask flow.AskBot) flowtest.Answer {
	if !t.asks {
		return t.World.Bot(ask)
	}
	fmt.Fprintf(t.out, "  asked %q\n", ask.Text)
	answer := t.object("What does the bot understand? (name of an intent, or a JSON object; empty: it fails)")
	return answer.OfBot()
}

// View implements flowtest.Outside.
func (t *terminal) View(view flow.ShowView) flowtest.Answer {
	fmt.Fprintf(t.out, "  shows %s with %s\n", view.View, orBraces(view.Data))
	action := t.ask("Which action is taken in the view? (empty: none, until time is up)")
	if action == "" {
		return flowtest.Answer{Late: true}
	}
	answer := t.object("With what data? (a JSON object; empty: none)")
	return flowtest.Answer{Text: action, Result: answer.Result}
}

func orBraces(object string) string {
	if object == "" {
		return "{}"
	}
	return object
}

// object asks for a JSON object, or a word that stands for one.
func (t *terminal) object(question string) flowtest.Answer {
	for {
		answer := t.ask(question)
		switch {
		case answer == "":
			return flowtest.Answer{Failed: "it was said to fail"}
		case answer == "late":
			return flowtest.Answer{Late: true}
		case !strings.HasPrefix(answer, "{"):
			return flowtest.Answer{Text: answer}
		case json.Valid([]byte(answer)):
			return flowtest.Answer{Result: answer}
		}
		fmt.Fprintln(t.out, `  that is not JSON; write it as {"name": "value"}`)
	}
}

// Call implements flowtest.Outside.
func (t *terminal) Call(number string) flow.InputKind {
	if !t.asks {
		return t.World.Call(number)
	}
	switch t.choose("Does "+nameOr(number, "the customer")+" answer?", "yes", "no", "late") {
	case "no":
		return flow.InputCallFailed
	case "late":
		return flow.InputCallTimeout
	}
	return ""
}

// Customer implements flowtest.Outside. What is not keys is words.
func (t *terminal) Customer(ask flow.Collect) flowtest.Reaction {
	question := "Keys?"
	if ask.Listen != nil {
		question = "Keys or words?"
	}
	answer := t.ask(question + " (empty: nothing; bye: hang up)")
	switch {
	case t.over, strings.EqualFold(answer, "bye"):
		return flowtest.Reaction{Hangs: true}
	case strings.Trim(answer, "0123456789*#") == "":
		return flowtest.Reaction{Keys: answer}
	}
	return flowtest.Reaction{Words: answer}
}

// Meanwhile implements flowtest.Outside.
func (t *terminal) Meanwhile(wait flow.Wait) flow.InputKind {
	kind := t.World.Meanwhile(wait)
	if kind == "" {
		return ""
	}
	if t.choose(fmt.Sprintf("It waits for %d s. What happens?", wait.DeadlineMillis/1000), "time passes", "bye") == "bye" {
		return ""
	}
	return kind
}
