package rule

import (
	"fmt"
	"slices"
	"strings"

	"tandem/event"
)

// tells says which operands have a value in the events of each source.
var tells = [len(event.Sources)][]event.Operand{
	event.ConnectAgentStateChange:    {event.ConnectAgentNewState, event.ConnectAgentOldState},
	event.SalesforceAgentStateChange: {event.SalesforceAgentNewState},
	event.SalesforceAgentLogout:      {event.SalesforceAgentNewState},
	event.SalesforceWorkAccepted:     {event.SalesforceServiceChannel},
	event.SalesforceWorkloadChanged: {event.SalesforcePreviousWorkload, event.SalesforcePreviousWorkloadPct, event.SalesforceNewWorkload,
		event.SalesforceNewWorkloadPct, event.SalesforceConfiguredCapacity},
}

func pointers(criteria []event.RuleCriterion) []*event.RuleCriterion {
	all := make([]*event.RuleCriterion, len(criteria))
	for i := range criteria {
		all[i] = &criteria[i]
	}
	return all
}

// against splits a criterion that compares an operand with a static value.
func against(c *event.RuleCriterion) (o event.Operand, static string, ok bool) {
	switch {
	case c.OperandA != event.StaticValue && c.OperandB == event.StaticValue:
		return c.OperandA, c.ValueB, true
	case c.OperandA == event.StaticValue && c.OperandB != event.StaticValue:
		return c.OperandB, c.ValueA, true
	}
	return 0, "", false
}

// turned is the comparator with its sides exchanged.
var turned = [len(event.Comparators)]event.Comparator{0, event.EqualTo, event.NotEqualTo,
	event.LessThan, event.LessThanOrEqualTo, event.GreaterThan, event.GreaterThanOrEqualTo}

// bound is a criterion on one operand: it compares so with the value.
type bound struct {
	comparator event.Comparator
	value      word
}

func (b bound) allows(v word) bool {
	order := compare(v, b.value)
	switch b.comparator {
	case event.EqualTo:
		return order == 0
	case event.NotEqualTo:
		return order != 0
	}
	return ordered(b.comparator, order)
}

// impossible says why criteria can never hold together in an event of the
// source; "" when they may, as far as can be told.
func impossible(source event.RuleSource, criteria []*event.RuleCriterion) string {
	bounds := map[event.Operand][]bound{}
	if source == event.SalesforceAgentLogout {
		bounds[event.SalesforceAgentNewState] = []bound{{event.EqualTo, constant(Offline).words[0]}}
	}
	for _, c := range criteria {
		if why := alone(source, c); why != "" {
			return why
		}
		o, static, ok := against(c)
		if !ok {
			continue
		}
		b := bound{c.Comparator, constant(static).words[0]}
		if c.OperandA == event.StaticValue {
			b.comparator = turned[b.comparator]
		}
		if why := clash(source, o, bounds[o], b); why != "" {
			return why
		}
		bounds[o] = append(bounds[o], b)
	}
	return ""
}

// alone says why a criterion can never hold by itself.
func alone(source event.RuleSource, c *event.RuleCriterion) string {
	for _, o := range []event.Operand{c.OperandA, c.OperandB} {
		if o != event.StaticValue && !slices.Contains(tells[source], o) {
			return fmt.Sprintf("%s has no value in %s", o, source)
		}
	}
	same := c.OperandA == c.OperandB && c.OperandA != event.StaticValue
	switch static := c.OperandA == event.StaticValue && c.OperandB == event.StaticValue; {
	case static && !holds(c, &Facts{}):
		return fmt.Sprintf("%q and %q are what they are", c.ValueA, c.ValueB)
	case same && (c.Comparator == event.NotEqualTo || c.Comparator == event.GreaterThan || c.Comparator == event.LessThan):
		return fmt.Sprintf("%s is always equal to itself", c.OperandA)
	}
	return ""
}

// clash says why a bound cannot hold together with others on its operand.
func clash(source event.RuleSource, o event.Operand, others []bound, b bound) string {
	for _, other := range others {
		if !exclude(other, b) {
			continue
		}
		if source == event.SalesforceAgentLogout {
			return fmt.Sprintf("after a log-out %s is exactly %q", o, Offline)
		}
		return fmt.Sprintf("%s cannot be %s %q and %s %q", o, strings.ToLower(other.comparator.String()), other.value.text,
			strings.ToLower(b.comparator.String()), b.value.text)
	}
	return ""
}

// exclude reports whether no value fulfils both bounds, as far as can be told.
func exclude(a, b bound) bool {
	switch {
	case a.comparator == event.EqualTo:
		return !b.allows(a.value)
	case b.comparator == event.EqualTo:
		return !a.allows(b.value)
	}
	lower, upper := a, b
	if upward(b.comparator) {
		lower, upper = b, a
	}
	if !upward(lower.comparator) || !downward(upper.comparator) || (lower.value.number == nil) != (upper.value.number == nil) {
		return false
	}
	order := compare(lower.value, upper.value)
	open := lower.comparator == event.GreaterThan || upper.comparator == event.LessThan
	return order > 0 || order == 0 && open
}

func upward(c event.Comparator) bool {
	return c == event.GreaterThan || c == event.GreaterThanOrEqualTo
}

func downward(c event.Comparator) bool {
	return c == event.LessThan || c == event.LessThanOrEqualTo
}

// cases are the sets of criteria of which one must hold whole.
func cases(r *event.PresenceRule) [][]*event.RuleCriterion {
	all := pointers(r.Criteria)
	if !r.Any {
		return [][]*event.RuleCriterion{all}
	}
	var each [][]*event.RuleCriterion
	for i := range all {
		each = append(each, all[i:i+1])
	}
	return each
}

// overlap reports whether two rules may hold for the same event.
func overlap(a, b *event.PresenceRule) bool {
	for _, x := range cases(a) {
		for _, y := range cases(b) {
			if impossible(a.Source, slices.Concat(x, y)) == "" {
				return true
			}
		}
	}
	return false
}

// covers reports whether a holds whenever b does, as far as their criteria are
// the same ones.
func covers(a, b *event.PresenceRule) bool {
	for _, y := range cases(b) {
		if !slices.ContainsFunc(cases(a), func(x []*event.RuleCriterion) bool { return subset(x, y) }) {
			return false
		}
	}
	return len(b.Criteria) > 0 && len(a.Criteria) > 0
}

func subset(x, y []*event.RuleCriterion) bool {
	for _, c := range x {
		if !slices.ContainsFunc(y, func(d *event.RuleCriterion) bool { return *c == *d }) {
			return false
		}
	}
	return true
}

func percentless(s string) string { return strings.TrimSuffix(s, "%") }
