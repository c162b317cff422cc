package rule

import (
	"fmt"
	"strings"

	"tandem/event"
)

// First says which rules act: of the active rules for the event's source, in
// their order, the first that holds for each destination.
func First(rules []event.PresenceRule, f *Facts) []*event.PresenceRule {
	var acting []*event.PresenceRule
	var taken [len(event.Destinations)]bool
	for i := range rules {
		r := &rules[i]
		if int(r.Destination) >= len(taken) || taken[r.Destination] || !Holds(r, f) {
			continue
		}
		taken[r.Destination] = true
		acting = append(acting, r)
	}
	return acting
}

// Holds reports whether a rule is active, meant for the event, and its criteria
// hold.
func Holds(r *event.PresenceRule, f *Facts) bool {
	if !r.Active || r.Source != f.Source || len(r.Criteria) == 0 {
		return false
	}
	for i := range r.Criteria {
		if holds(&r.Criteria[i], f) == r.Any {
			return r.Any
		}
	}
	return !r.Any
}

// holds compares the sides of a criterion. Without a value on one side it does
// not hold, whatever the comparator.
func holds(c *event.RuleCriterion, f *Facts) bool {
	a, b := f.operand(c.OperandA, c.ValueA), f.operand(c.OperandB, c.ValueB)
	if !a.Known() || !b.Known() {
		return false
	}
	switch c.Comparator {
	case event.EqualTo:
		return equal(a, b)
	case event.NotEqualTo:
		return !equal(a, b)
	}
	return ordered(c.Comparator, compare(a.words[0], b.words[0]))
}

// equal reports whether any name of one is a name of the other.
func equal(a, b Value) bool {
	for _, x := range a.words {
		for _, y := range b.words {
			if compare(x, y) == 0 {
				return true
			}
		}
	}
	return false
}

// compare orders two numbers by size, and anything else by its characters.
func compare(a, b word) int {
	if a.number != nil && b.number != nil {
		return a.number.Cmp(b.number)
	}
	return strings.Compare(a.text, b.text)
}

func ordered(c event.Comparator, order int) bool {
	switch c {
	case event.GreaterThan:
		return order > 0
	case event.GreaterThanOrEqualTo:
		return order >= 0
	case event.LessThan:
		return order < 0
	case event.LessThanOrEqualTo:
		return order <= 0
	}
	return false
}

// Verdict says of one rule whether it acts on an event, and why.
type Verdict struct {
	Rule *event.PresenceRule
	Acts bool
	Why  string
}

// Try tells of every rule what an event would make of it, in order.
func Try(rules []event.PresenceRule, f *Facts) []Verdict {
	acting := First(rules, f)
	verdicts := make([]Verdict, len(rules))
	for i := range rules {
		verdicts[i] = try(&rules[i], f, acting)
	}
	return verdicts
}

func try(r *event.PresenceRule, f *Facts, acting []*event.PresenceRule) Verdict {
	v := Verdict{Rule: r}
	switch {
	case !r.Active:
		v.Why = "it is not active"
	case r.Source != f.Source:
		v.Why = fmt.Sprintf("it is for %s", r.Source)
	case !Holds(r, f):
		v.Why = "its criteria do not hold: " + describe(r, f)
	default:
		v.Acts, v.Why = true, describe(r, f)
		for _, first := range acting {
			if first != r && first.Destination == r.Destination {
				v.Acts, v.Why = false, fmt.Sprintf("%q comes first for %s", first.Name, r.Destination)
			}
		}
	}
	return v
}

// describe tells each criterion with the values of the event.
func describe(r *event.PresenceRule, f *Facts) string {
	var told []string
	for i := range r.Criteria {
		c := &r.Criteria[i]
		outcome := "no"
		if holds(c, f) {
			outcome = "yes"
		}
		told = append(told, fmt.Sprintf("%s %s %s: %s", side(c.OperandA, c.ValueA, f), strings.ToLower(c.Comparator.String()), side(c.OperandB, c.ValueB, f), outcome))
	}
	return strings.Join(told, "; ")
}

func side(o event.Operand, static string, f *Facts) string {
	if o == event.StaticValue {
		return fmt.Sprintf("%q", static)
	}
	return fmt.Sprintf("%s (%s)", o, f.operand(o, static))
}
