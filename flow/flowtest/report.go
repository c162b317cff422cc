package flowtest

import (
	"fmt"
	"strings"

	"tandem/flow"
)

// The statuses of observations.
const (
	StatusPassed     = "PASSED"
	StatusFailed     = "FAILED"
	StatusNotReached = "NOT_REACHED" // nothing has led to it
	StatusExpected   = "EXPECTED"    // while the test runs
)

// A Report is the outcome of a test.
type Report struct {
	Name         string              `json:"name,omitempty"`
	Flow         string              `json:"flow"`
	Passed       bool                `json:"passed"`
	Observations []ObservationResult `json:"observations"`     // in the test's order
	Logged       []Logged            `json:"logged,omitempty"` // what LogData has asked for
	Trace        []string            `json:"trace"`            // what has happened
	End          string              `json:"end"`              // how the flow has ended
}

// An ObservationResult is the outcome of one observation.
type ObservationResult struct {
	ID      string   `json:"id"`
	Event   string   `json:"event"` // what was to be observed, for a person
	Status  string   `json:"status"`
	Times   int      `json:"times"`             // how often it was observed
	Reasons []string `json:"reasons,omitempty"` // why it failed
}

// Logged is a value that a test has asked for.
type Logged struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

func (o *ObservationResult) fail(format string, args ...any) {
	o.Status = StatusFailed
	o.Reasons = append(o.Reasons, fmt.Sprintf(format, args...))
}

// conclude says how each observation has come out, and the test.
func (r *Report) conclude(t *Test, expected map[string]bool) {
	r.Passed = true
	for i := range r.Observations {
		result := &r.Observations[i]
		least, _, _ := t.Observations[i].Usage.times()
		switch {
		case result.Status == StatusFailed:
		case expected[result.ID] && result.Times < least:
			result.fail("%s was observed %d of %d times; the flow ended: %s", result.Event, result.Times, least, r.End)
		case expected[result.ID]:
			result.Status = StatusPassed
		}
		r.Passed = r.Passed && result.Status != StatusFailed
	}
}

// Counts says how many observations there are, and how many of them passed and
// failed.
func (r *Report) Counts() (total, passed, failed int) {
	for _, o := range r.Observations {
		switch o.Status {
		case StatusPassed:
			passed++
		case StatusFailed:
			failed++
		}
	}
	return len(r.Observations), passed, failed
}

// describe names an event for a person.
func describe(e Event) string {
	p := e.Properties
	switch {
	case e.Type == eventMessage && p.PromptId != "":
		return fmt.Sprintf("the recording %s", p.PromptId)
	case e.Type == eventMessage && p.Text+p.SSML != "":
		return fmt.Sprintf("the message %q", strings.TrimSpace(p.Text+withoutMarkup(p.SSML)))
	case e.Type == eventMessage:
		return "a message"
	case e.Type == eventAction && len(object(p.ActionParameters)) > 0:
		return fmt.Sprintf("the action %s %s", p.ActionType, jsonText(p.ActionParameters))
	case e.Type == eventAction:
		return "the action " + p.ActionType
	case e.Type == eventInitiated:
		return "the start"
	case e.Type == eventCompleted:
		return "the end"
	}
	return e.Type
}

// Ending says in words how a walk has ended.
func Ending(end flow.End, why string) string {
	text := string(end)
	switch end {
	case flow.EndFlow:
		text = "the flow is over"
	case flow.EndDisconnect:
		text = "the contact is disconnected"
	case flow.EndTransferToQueue:
		text = "the contact goes to the queue"
	case flow.EndTransferToAgent:
		text = "the contact goes to the agent"
	case flow.EndTransferOutside:
		text = "the contact goes outside, to"
	case flow.EndEnterFlow:
		text = "the contact goes on in another flow:"
	case flow.EndReturn:
		text = "the module is over"
	case flow.EndFault:
		text = "the flow fails:"
	case EndNowhere:
		text = "the flow waits for what does not come"
	case EndHangUp:
		text = "the customer hangs up"
	case EndCircle:
		text = "the flow runs in a circle:"
	case EndTest:
		text = "the test has ended it"
	}
	return strings.TrimRight(strings.TrimSpace(text+" "+why), ":")
}
