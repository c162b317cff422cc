package flowtest

import (
	"fmt"
	"maps"
	"slices"

	"tandem/flow"
)

// Run walks a flow with a test. The world says what the test does not; others are
// flows and modules that the flow may go on to.
//
// At the start the first observation is expected. Each time that one is made its
// actions are done. Once it was made as often as its usage says, those that its
// transitions name are expected too; made Exactly so often it is over, so that the
// same message can be told again by another one. What is not expected passes by. The
// test passes if at the end everything expected was observed, nothing more than
// AtMost so often, and every assertion has held.
func Run(c *Case, start *Flow, world *World, others ...*Flow) *Report {
	around := *world
	around.Attributes = maps.Clone(world.Attributes)
	if around.Attributes == nil {
		around.Attributes = map[string]string{}
	}
	maps.Copy(around.Attributes, c.Attributes)
	around.Channel = orElse(orElse(c.Channel, world.Channel), flow.ChannelVoice)
	around.CustomerNumber = orElse(c.CustomerNumber, world.CustomerNumber)
	around.DialedNumber = orElse(c.DialedNumber, world.DialedNumber)

	r := &run{report: &Report{Name: c.Name, Flow: start.Name}, test: &c.Test, expected: map[string]bool{}, done: map[string]bool{}, results: map[string]*ObservationResult{}}
	for i := range c.Test.Observations {
		o := &c.Test.Observations[i]
		r.report.Observations = append(r.report.Observations, ObservationResult{ID: o.Identifier, Event: describe(o.Event), Status: StatusNotReached})
	}
	for i := range r.report.Observations {
		r.results[r.report.Observations[i].ID] = &r.report.Observations[i]
	}
	r.script = &script{World: &around}
	r.walk = NewWalk(start, &around, r.script, others...)
	r.script.walk, r.script.idle = r.walk, r.allSeen
	r.walk.OnStart = r.started
	r.walk.OnPrompt = func(p flow.Prompt) {
		r.trace("says %q", spoken(p))
		r.observe(eventMessage, func(e Event) bool { return matchesMessage(e, p) })
	}
	r.walk.OnResult = r.ran
	r.all()
	return r.report
}

// run is one test while it runs.
type run struct {
	report   *Report
	test     *Test
	walk     *Walk
	script   *script
	expected map[string]bool // observations that are expected now
	done     map[string]bool // made exactly as often as was expected
	results  map[string]*ObservationResult
	ended    bool // by the test
}

func (r *run) all() {
	if len(r.test.Observations) > 0 {
		r.expect(r.test.Observations[0].Identifier)
	}
	r.observe(eventInitiated, nil)
	for !r.ended && r.walk.Step() {
	}
	end, why := r.walk.Ended()
	if r.ended {
		end, why = EndTest, ""
	}
	r.trace("ends: %s", Ending(end, why))
	r.report.End = Ending(end, why)
	r.ended = false
	r.observe(eventCompleted, nil)
	r.report.conclude(r.test, r.expected)
}

// EndTest is how a walk ends that the test itself has ended.
const EndTest flow.End = "EndTest"

func (r *run) trace(format string, args ...any) {
	r.report.Trace = append(r.report.Trace, fmt.Sprintf(format, args...))
}

func (r *run) expect(id string) {
	if result := r.results[id]; result != nil && !r.expected[id] {
		r.expected[id] = true
		if result.Status == StatusNotReached {
			result.Status = StatusExpected
		}
	}
}

// allSeen says that nothing is expected any more that has to be observed.
func (r *run) allSeen() bool {
	for i := range r.test.Observations {
		o := &r.test.Observations[i]
		least, _, _ := o.Usage.times()
		if r.expected[o.Identifier] && o.Event.Type != eventCompleted && r.results[o.Identifier].Times < least {
			return false
		}
	}
	return true
}

// started is called as a block begins.
func (r *run) started(f *Flow, a flow.Action) {
	r.trace("%s: %s", a.Identifier, a.Type)
	r.script.action = a
	r.observe(eventAction, func(e Event) bool {
		return matchesAction(e.Properties.ActionType, e.Properties.ActionParameters, a, r.walk)
	})
}

// ran is called once a block has run.
func (r *run) ran(result flow.Result) {
	if result.Outcome != "" {
		r.trace("  %s", result.Outcome)
	}
}

// observe makes every observation that is expected and describes what happens.
func (r *run) observe(eventType string, matches func(Event) bool) {
	var made []*Observation
	for i := range r.test.Observations {
		o := &r.test.Observations[i]
		if r.expected[o.Identifier] && !r.done[o.Identifier] && o.Event.Type == eventType && (matches == nil || matches(o.Event)) {
			made = append(made, o)
		}
	}
	for _, o := range made {
		if r.ended {
			return
		}
		r.make(o)
	}
}

func (r *run) make(o *Observation) {
	result := r.results[o.Identifier]
	result.Times++
	r.trace("observed: %s", o.Identifier)
	least, most, _ := o.Usage.times()
	switch {
	case most > 0 && result.Times > most:
		result.fail("it was observed more often than %d times", most)
		return
	case most > 0 && least == most && result.Times == most:
		r.done[o.Identifier] = true // what follows is for other observations
	}
	for _, a := range o.ordered() {
		if r.ended {
			break
		}
		r.do(a, result)
	}
	if result.Times >= least {
		for _, next := range o.Transitions.NextObservations {
			r.expect(next)
		}
	}
}

// do carries out an action.
func (r *run) do(a Action, result *ObservationResult) {
	switch a.Type {
	case actionSend:
		r.send(a)
	case actionOverride:
		r.script.overrides = append(r.script.overrides, a.Parameters.Behavior.Properties)
	case actionAssert:
		r.assert(a, result)
	case actionControl:
		if a.Parameters.Command.Type == controlEnd {
			r.ended = true
			return
		}
		expressions := a.Parameters.Command.Properties.Expressions
		for _, label := range slices.Sorted(maps.Keys(expressions)) {
			r.report.Logged = append(r.report.Logged, Logged{Label: label, Value: r.walk.Render(expressions[label])})
		}
	}
}

func (r *run) send(a Action) {
	switch i := a.Parameters.Instruction; i.Type {
	case sendKeys:
		r.script.reactions = append(r.script.reactions, Reaction{Keys: plain(i.Properties.Value)})
	case sendDisconnect:
		r.script.reactions = append(r.script.reactions, Reaction{Hangs: true})
	default:
		r.script.reactions = append(r.script.reactions, Reaction{Words: words(a)})
	}
}

func (r *run) assert(a Action, result *ObservationResult) {
	namespace, operator, operand := a.Parameters.Namespace, a.Parameters.Operator, plain(a.Parameters.Operand)
	value, exists := "", false
	if paths := flow.ParseTemplate(namespace).References(); len(paths) == 1 {
		value, exists = r.walk.Value(paths[0]...)
	}
	switch {
	case operator == operatorExists && exists, operator != operatorExists && flow.Holds(operator, value, operand):
		r.trace("holds: %s %s %q", namespace, operator, operand)
	case operator == operatorExists:
		result.fail("%s does not exist", namespace)
	default:
		result.fail("%s is %q, expected: %s %q", namespace, value, operator, operand)
	}
}
