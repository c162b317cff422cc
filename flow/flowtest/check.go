package flowtest

import (
	"fmt"
	"slices"
	"strings"

	"tandem/flow"
)

// The messages about tests.
const (
	msgVersion     = "Invalid test version"
	msgObservation = "Invalid observation"
	msgEvent       = "Invalid event"
	msgAction      = "Invalid action"
)

// overridable are the actions whose behaviour a test can change, with the errors
// that it can make them have.
var overridable = map[string][]string{
	"InvokeLambdaFunction":             {flow.NoMatchingError, timeLimitExceeded},
	"CheckHoursOfOperation":            {flow.NoMatchingError},
	"ConnectParticipantWithLexBot":     {flow.NoMatchingError, timeLimitExceeded},
	"TransferContactToQueue":           {flow.NoMatchingError, flow.QueueAtCapacity},
	"DequeueContactAndTransferToQueue": {flow.NoMatchingError, flow.QueueAtCapacity},
}

const timeLimitExceeded = "TimeLimitExceeded"

// actionNamed is the flow language's name of an action; the testing language
// calls one otherwise.
func actionNamed(name string) string {
	name = strings.TrimSpace(name)
	if name == "DequeueAndTransferToQueue" {
		return "DequeueContactAndTransferToQueue"
	}
	return name
}

// Check lists everything that is wrong with a test; nil means that it can be run.
func (t *Test) Check() flow.Problems {
	c := checker{test: t, ids: map[string]bool{}}
	if !slices.Contains(Versions(), t.Version) {
		c.add(msgVersion, "Version", "It must be one of "+strings.Join(Versions(), ", "))
	}
	if len(t.Observations) == 0 {
		c.add(msgObservation, "Observations", "A test has at least one observation")
	}
	for _, o := range t.Observations {
		c.ids[o.Identifier] = true
	}
	seen := map[string]bool{}
	for i := range t.Observations {
		o := &t.Observations[i]
		path := fmt.Sprintf("Observations[%d]", i)
		if o.Identifier == "" || seen[o.Identifier] {
			c.add(msgObservation, path+".Identifier", "Each observation needs an identifier of its own")
		}
		seen[o.Identifier] = true
		c.observation(o, path)
	}
	return c.problems
}

type checker struct {
	test     *Test
	ids      map[string]bool
	problems flow.Problems
}

func (c *checker) add(message, path, hint string) {
	c.problems = append(c.problems, flow.Problem{Message: message, Path: path, Hint: hint})
}

func (c *checker) observation(o *Observation, path string) {
	c.event(o.Event, path+".Event")
	if _, _, ok := o.Usage.times(); !ok {
		c.add(msgObservation, path+".Usage", "It must be Exactly, AtLeast or AtMost a number of Times from 1, or Always")
	}
	for i, id := range o.Transitions.NextObservations {
		if !c.ids[id] {
			c.add(msgObservation, fmt.Sprintf("%s.Transitions.NextObservations[%d]", path, i), fmt.Sprintf("There is no observation %q", id))
		}
	}
	actions := map[string]bool{}
	for i, a := range o.Actions {
		if a.Identifier == "" || actions[a.Identifier] {
			c.add(msgAction, fmt.Sprintf("%s.Actions[%d].Identifier", path, i), "Each action needs an identifier of its own")
		}
		actions[a.Identifier] = true
	}
	for i, a := range o.Actions {
		at := fmt.Sprintf("%s.Actions[%d]", path, i)
		if next := a.Transitions.NextAction; next != "" && !actions[next] {
			c.add(msgAction, at+".Transitions.NextAction", fmt.Sprintf("There is no action %q", next))
		}
		c.action(a, at)
	}
}

func (c *checker) event(e Event, path string) {
	if e.Actor != "" && e.Actor != "System" {
		c.add(msgEvent, path+".Actor", "Only what the System does can be observed here")
	}
	switch e.Type {
	case eventInitiated, eventCompleted:
	case eventMessage:
		if word := e.criterion(); !slices.Contains([]string{criterionSimilarity, criterionInclusion}, word) {
			c.add(msgEvent, path+".Properties.MatchingCriteria", "Its Type must be Similarity or Inclusion")
		}
	case eventAction:
		if e.Properties.ActionType == "" {
			c.add(msgEvent, path+".Properties.ActionType", "It says which action of the flow language is meant")
		}
	default:
		c.add(msgEvent, path+".Type", "It must be one of "+strings.Join([]string{eventInitiated, eventCompleted, eventMessage, eventAction}, ", "))
	}
}

func (c *checker) action(a Action, path string) {
	at := path + ".Parameters"
	switch a.Type {
	case actionSend:
		c.instruction(a, at+".Instruction")
	case actionOverride:
		c.override(a.Parameters.Behavior.Properties, at+".Behavior.Properties")
	case actionAssert:
		if t := flow.ParseTemplate(a.Parameters.Namespace); !t.Single() {
			c.add(msgAction, at+".Namespace", "It must be one reference to an attribute, such as $.Queue.Name")
		}
		if o := a.Parameters.Operator; o != operatorExists && !slices.Contains(flow.Operators(), o) {
			c.add(msgAction, at+".Operator", "It must be one of "+strings.Join(append(flow.Operators(), operatorExists), ", "))
		}
	case actionControl:
		if kind := a.Parameters.Command.Type; kind != controlEnd && kind != controlLog {
			c.add(msgAction, at+".Command.Type", "It must be EndTest or LogData")
		}
	default:
		c.add(msgAction, path+".Type", "It must be one of "+strings.Join([]string{actionSend, actionOverride, actionAssert, actionControl}, ", "))
	}
}

func (c *checker) instruction(a Action, path string) {
	switch i := a.Parameters.Instruction; i.Type {
	case sendKeys:
		if keys := plain(i.Properties.Value); keys == "" || strings.Trim(keys, "0123456789*#") != "" {
			c.add(msgAction, path+".Properties.Value", "It must be keys 0-9, * and #")
		}
	case sendWords, sendText:
		if words(a) == "" {
			c.add(msgAction, path+".Properties.Text", "It says what the customer says or writes")
		}
	case sendDisconnect:
	default:
		c.add(msgAction, path+".Type", "It must be DtmfInput, TextUtterance or Disconnect")
	}
}

// words are what an instruction has the customer say.
func words(a Action) string {
	p := a.Parameters.Instruction.Properties
	if p.Text == "" && p.SSML != "" {
		return strings.Join(strings.Fields(withoutMarkup(p.SSML)), " ")
	}
	return orElse(p.Text, plain(p.Value))
}

func (c *checker) override(o Override, path string) {
	errors, ok := overridable[actionNamed(o.ActionType)]
	if !ok {
		c.add(msgAction, path+".ActionType", "The behaviour of this action cannot be overridden")
		return
	}
	switch s := o.Strategy; {
	case s.Type == strategySubstitute:
		if s.SubstituteArn == "" {
			c.add(msgAction, path+".Strategy.SubstituteArn", "It names what is used instead")
		}
	case s.Type != strategyMock:
		c.add(msgAction, path+".Strategy.Type", "It must be SubstituteResource or MockResponse")
	case s.Response.Type == "Error":
		if !slices.Contains(errors, s.Response.Error.Value) {
			c.add(msgAction, path+".Strategy.Response.Error.Value", "It must be one of "+strings.Join(errors, ", "))
		}
	case s.Response.Type != "ExecutionResult":
		c.add(msgAction, path+".Strategy.Response.Type", "It must be ExecutionResult or Error")
	}
}
