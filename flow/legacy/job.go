package legacy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tandem/flow"
)

// job is one module while it is converted. It notes which parameters and
// branches were read, so that none is lost unsaid.
type job struct {
	*conversion
	module module
	known  bool
	made   []*action
	taken  map[string]bool // parameters that were read
	used   map[string]bool // branches that were read
	notes  []string
}

// action is an action while it is made.
type action struct{ flow.Action }

// add makes an action: the first has the module's id, a further one its own.
// Parameters that are empty text are left out.
func (j *job) add(actionType string, parameters map[string]any) *action {
	id := j.module.id
	if len(j.made) > 0 {
		id = j.freeID(id)
	}
	for name, value := range parameters { // any order: entries are only deleted
		if value == "" {
			delete(parameters, name)
		}
	}
	a := &action{flow.Action{Identifier: id, Type: actionType, Parameters: encode(parameters)}}
	j.made = append(j.made, a)
	return a
}

func (a *action) fail(errorType, target string) {
	a.Transitions.Errors = append(a.Transitions.Errors, flow.ErrorBranch{ErrorType: errorType, NextAction: target})
}

func (a *action) condition(operator, operand, target string) {
	a.Transitions.Conditions = append(a.Transitions.Conditions, flow.ConditionBranch{NextAction: target,
		Condition: flow.Condition{Operator: operator, Operands: []string{operand}}})
}

// next goes on where the first of the branches that is connected leads.
func (j *job) next(a *action, conditions ...string) {
	a.Transitions.NextAction = j.to(conditions...)
}

// mayFail adds an error branch if the module has it connected.
func (j *job) mayFail(a *action, errorType, condition string) {
	if target := j.to(condition); target != "" {
		a.fail(errorType, target)
	}
}

// mustFail adds an error branch that the language wants. A module that had none
// went on: then the first other branch that is connected stands for it.
func (j *job) mustFail(a *action, errorType string, conditions ...string) {
	target := j.to(conditions[0])
	if target == "" {
		if target = j.to(conditions[1:]...); target == "" {
			return
		}
		j.note("it had no branch for errors of type %s: they go where %s goes", errorType, conditions[1])
	}
	a.fail(errorType, target)
}

// to is where the first of several branches leads that is connected; empty if
// none is.
func (j *job) to(conditions ...string) string {
	for _, condition := range conditions {
		for _, way := range j.module.branches {
			if way.condition == condition {
				j.used[condition] = true
				if way.transition != "" {
					return way.transition
				}
			}
		}
	}
	return ""
}

// comparisons lists the branches of a condition, in their order.
func (j *job) comparisons(condition string) []branch {
	j.used[condition] = true
	var ways []branch
	for _, way := range j.module.branches {
		if way.condition == condition && way.transition != "" {
			ways = append(ways, way)
		}
	}
	return ways
}

// evaluate adds the branches that compare.
func (j *job) evaluate(a *action, condition string) {
	for _, way := range j.comparisons(condition) {
		operator := languageOperator(way.operator)
		if !slices.Contains(flow.Operators(), operator) {
			j.note("the comparison %q is not known", way.operator)
		}
		a.condition(operator, way.value, way.transition)
	}
}

// first finds the first parameter of a name.
func (j *job) first(names ...string) (parameter, bool) {
	for _, name := range names {
		j.taken[name] = true
		for _, p := range j.module.parameters {
			if p.name == name {
				return p, true
			}
		}
	}
	return parameter{}, false
}

// text is the value of a parameter, or the path of the attribute that it comes
// from; empty if it is not there.
func (j *job) text(names ...string) string {
	p, ok := j.first(names...)
	if !ok {
		return ""
	}
	return j.value(p)
}

func (j *job) value(p parameter) string {
	if p.namespace == "" {
		return p.value
	}
	path, known := pathOf(p.namespace, p.value)
	if !known {
		j.note("parameter %s comes from %q, which is not known", p.name, p.namespace)
	}
	return path
}

// entries are the parameters of a name that have a key, as a map.
func (j *job) entries(name string) map[string]any {
	entries := map[string]any{}
	j.taken[name] = true
	for _, p := range j.module.parameters {
		if p.name == name {
			entries[p.key] = j.value(p)
		}
	}
	return entries
}

// yes reads a truth value.
func (j *job) yes(name string) bool { return strings.EqualFold(j.text(name), "true") }

// number reads a whole number; what is none is noted and reads as 0.
func (j *job) number(name string) int {
	value := j.text(name)
	n, err := strconv.Atoi(value)
	if value != "" && err != nil {
		j.note("parameter %s is %q, not a number", name, value)
	}
	return n
}

// reference is the resource that a parameter names, or the path of the attribute
// that holds it. The designer's member of the metadata tells its name where the
// parameter does not.
func (j *job) reference(kind flow.ResourceKind, shown string, names ...string) string {
	p, ok := j.first(names...)
	if !ok {
		return ""
	}
	if p.namespace != "" {
		return j.value(p)
	}
	return j.resource(kind, p, shown)
}

func (j *job) resource(kind flow.ResourceKind, p parameter, shown string) string {
	name := p.resourceName
	if name == "" {
		name = j.module.resourceText(shown)
	}
	before := len(j.unresolved)
	id := j.resolve(Unresolved{ActionID: j.module.id, Kind: kind, ARN: p.value, Name: name})
	switch {
	case len(j.unresolved) > before:
		j.note("the %s %q is not known here", kind, orElse(name, p.value))
	case id != p.value:
		j.note("the %s %q was found by its name", kind, name)
	}
	return id
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func (j *job) note(format string, args ...any) {
	j.notes = append(j.notes, fmt.Sprintf(format, args...))
}

// drop passes over parameters that mean nothing in the language.
func (j *job) drop(names ...string) {
	for _, name := range names {
		j.taken[name] = true
	}
}

// noteRest says what the conversion has not taken over.
func (j *job) noteRest() {
	said := map[string]bool{}
	for _, p := range j.module.parameters {
		if !j.taken[p.name] && !said[p.name] {
			j.note("the parameter %s was left out", p.name)
		}
		said[p.name] = true
	}
	for _, way := range j.module.branches {
		if !j.used[way.condition] && !said["/"+way.condition] {
			j.note("the branch %s was left out", way.condition)
		}
		said["/"+way.condition] = true
	}
}
