package rule

import (
	"fmt"

	"tandem/event"
)

// Limits of rules.
const (
	MaxRules    = 200 // of one system
	MaxCriteria = 10  // of one rule
	MaxText     = 500 // characters of a name, value or state
)

// State is a status that Salesforce offers.
type State struct {
	Name    string // the label
	APIName string // the DeveloperName
}

// Known is what there is for rules to speak of; an empty list is not known.
type Known struct {
	ConnectStates    []string
	SalesforceStates []State
}

// Finding is something wrong with a rule.
type Finding struct {
	Rule    int    // its place in the list
	Field   string // such as Criteria[0].OperandA
	Refused bool   // it cannot be saved; else it is only told
	Text    string // what is wrong and what to do
}

// linter gathers findings.
type linter struct {
	known    Known
	findings []Finding
}

func (l *linter) refuse(rule int, field, format string, args ...any) {
	l.findings = append(l.findings, Finding{rule, field, true, fmt.Sprintf(format, args...)})
}

func (l *linter) warn(rule int, field, format string, args ...any) {
	l.findings = append(l.findings, Finding{rule, field, false, fmt.Sprintf(format, args...)})
}

// Lint finds rules that cannot be saved, that can never act, and that contradict
// each other.
func Lint(rules []event.PresenceRule, known Known) []Finding {
	l := &linter{known: known}
	if len(rules) > MaxRules {
		l.refuse(MaxRules, "Rules", "at most %d rules", MaxRules)
		return l.findings
	}
	l.hidden(rules)
	for i := range rules {
		before := len(l.findings)
		l.shape(i, &rules[i])
		if len(l.findings) == before {
			l.state(i, &rules[i])
			l.criteria(i, &rules[i])
		}
	}
	for i := range rules {
		for j := range rules[:i] {
			l.pair(j, i, &rules[j], &rules[i])
		}
	}
	return l.findings
}

// hidden warns when no DeveloperName can be read at all (Salesforce help:
// permission requirements for the DeveloperName field).
func (l *linter) hidden(rules []event.PresenceRule) {
	for _, s := range l.known.SalesforceStates {
		if s.APIName != "" {
			return
		}
	}
	if len(rules) > 0 && len(l.known.SalesforceStates) > 0 {
		l.warn(0, "State", "the DeveloperName of the presence statuses cannot be read; give the user the permission View Setup and Configuration or View DeveloperName, then refresh")
	}
}

// shape checks what is chosen from lists.
func (l *linter) shape(i int, r *event.PresenceRule) {
	switch {
	case r.Source == 0 || int(r.Source) >= len(event.Sources):
		l.refuse(i, "Source", "choose the event that the rule is tried for")
	case r.Destination == 0 || int(r.Destination) >= len(event.Destinations):
		l.refuse(i, "Destination", "choose the system whose state the rule sets")
	case len(r.Criteria) == 0 || len(r.Criteria) > MaxCriteria:
		l.refuse(i, "Criteria", "give 1 to %d criteria", MaxCriteria)
	case r.State == "":
		l.refuse(i, "State", "say which state the rule sets")
	case len(r.State) > MaxText || len(r.Name) > MaxText:
		l.refuse(i, "State", "at most %d characters", MaxText)
	}
	for j := range r.Criteria {
		c, field := &r.Criteria[j], fmt.Sprintf("Criteria[%d].", j)
		switch {
		case c.OperandA == 0 || int(c.OperandA) >= len(event.Operands):
			l.refuse(i, field+"OperandA", "choose what is compared")
		case c.OperandB == 0 || int(c.OperandB) >= len(event.Operands):
			l.refuse(i, field+"OperandB", "choose what it is compared with")
		case c.Comparator == 0 || int(c.Comparator) >= len(event.Comparators):
			l.refuse(i, field+"Comparator", "choose how the two are compared")
		case len(c.ValueA) > MaxText || len(c.ValueB) > MaxText:
			l.refuse(i, field+"Value", "at most %d characters", MaxText)
		}
	}
}

// state checks the state that a rule sets.
func (l *linter) state(i int, r *event.PresenceRule) {
	if r.Destination == event.ConnectAgentState {
		switch {
		case SystemState(r.State):
			l.refuse(i, "State", "%q is a state that Connect sets by itself; set a status", r.State)
		case len(l.known.ConnectStates) > 0 && !contains(l.known.ConnectStates, r.State):
			l.warn(i, "State", "there is no agent status %q in Connect: until there is one, the rule sets nothing", r.State)
		}
		return
	}
	switch label, name := l.salesforce(r.State); {
	case name || len(l.known.SalesforceStates) == 0:
	case label != "":
		l.warn(i, "State", "%q is the label of a presence status; use its DeveloperName %q, or the rule sets nothing", r.State, label)
	default:
		l.warn(i, "State", "there is no presence status with the DeveloperName %q: until there is one, the rule sets nothing", r.State)
	}
}

// salesforce finds a presence status: the DeveloperName that a label stands for,
// or whether the text is a DeveloperName.
func (l *linter) salesforce(text string) (byLabel string, name bool) {
	for _, s := range l.known.SalesforceStates {
		if s.APIName == text {
			return "", true
		}
		if s.Name == text {
			byLabel = s.APIName
		}
	}
	return byLabel, false
}

// criteria checks what a rule asks for.
func (l *linter) criteria(i int, r *event.PresenceRule) {
	possible := false
	for j := range r.Criteria {
		field := fmt.Sprintf("Criteria[%d]", j)
		c := &r.Criteria[j]
		l.texts(i, field, c)
		why := impossible(r.Source, []*event.RuleCriterion{c})
		possible = possible || why == ""
		if why != "" && (r.Any || len(r.Criteria) == 1) {
			l.warn(i, field, "it can never hold: %s", why)
		}
	}
	if all := pointers(r.Criteria); possible && !r.Any && len(all) > 1 {
		if why := impossible(r.Source, all); why != "" {
			l.warn(i, "Criteria", "they can never hold together: %s", why)
		}
	} else if !possible && !r.Any && len(all) > 1 {
		l.warn(i, "Criteria", "they can never hold: %s", impossible(r.Source, all))
	}
}

// texts warns of comparisons that surprise.
func (l *linter) texts(i int, field string, c *event.RuleCriterion) {
	state, static, ok := against(c)
	switch {
	case ok && c.Comparator > event.NotEqualTo && parse(percentless(static)) == nil:
		l.warn(i, field, "%q is no number: it is compared by its characters", static)
	case ok && (state == event.ConnectAgentNewState || state == event.ConnectAgentOldState):
		if len(l.known.ConnectStates) > 0 && !SystemState(static) && !contains(l.known.ConnectStates, static) {
			l.warn(i, field, "there is no agent status %q in Connect", static)
		}
	case ok && state == event.SalesforceAgentNewState && static != Offline && len(l.known.SalesforceStates) > 0:
		switch label, name := l.salesforce(static); {
		case name:
		case label != "":
			l.warn(i, field, "%q is the label of the presence status %q: a label may be changed or translated", static, label)
		default:
			l.warn(i, field, "there is no presence status %q", static)
		}
	}
}

// pair finds two active rules that get in each other's way.
func (l *linter) pair(first, second int, a, b *event.PresenceRule) {
	if !a.Active || !b.Active || a.Source != b.Source || a.Destination != b.Destination {
		return
	}
	switch {
	case covers(a, b):
		l.warn(second, "Criteria", "it never acts: %q comes first whenever it holds", a.Name)
	case a.State != b.State && overlap(a, b):
		l.warn(second, "Criteria", "it can hold together with %q, which sets %q: the first of them counts", a.Name, a.State)
	}
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
