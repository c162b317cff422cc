package admin

import (
	"fmt"
	"slices"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/presence"
	"tandem/presence/rule"
)

// Limits of rules.
const (
	maxRulesBytes = 2 << 20
	maxOrigin     = 4096
	maxFilters    = 100
)

// rulesInput are the rules of a system as they are replaced: all of them, in
// the order in which they are tried.
type rulesInput struct {
	Enabled    bool            `json:"enabled"`
	Rules      []ruleJSON      `json:"rules"`
	SessionEnd sessionEndInput `json:"session_end"`
}

// rulesJSON are the rules of a system as they are shown.
type rulesJSON struct {
	Enabled    bool           `json:"enabled"`
	Rules      []ruleJSON     `json:"rules"`
	SessionEnd sessionEndJSON `json:"session_end"`
	ModifiedAt string         `json:"modified_at"`
	Findings   []findingJSON  `json:"findings"`
}

// ruleJSON is one rule, in the words of the presence sync rules: sources,
// destinations, operands and comparators go by their names.
type ruleJSON struct {
	ID          tandem.ID       `json:"id"` // zero: a new rule
	Name        string          `json:"name"`
	Active      bool            `json:"active"`
	Source      string          `json:"source"`
	Criteria    []criterionJSON `json:"criteria"`
	Any         bool            `json:"any"` // one criterion suffices
	Destination string          `json:"destination"`
	State       string          `json:"state"`
	Wish        bool            `json:"wish"`             // a person's own change counts for all systems
	Origin      string          `json:"origin,omitempty"` // the imported row, as it was
}

type criterionJSON struct {
	OperandA   string `json:"operand_a"`
	ValueA     string `json:"value_a,omitempty"` // of a Static Value
	Comparator string `json:"comparator"`
	OperandB   string `json:"operand_b"`
	ValueB     string `json:"value_b,omitempty"`
}

// sessionEndInput says what becomes of an agent's status when their last page
// is closed. Statuses go by name or id; empty ones are the defaults.
type sessionEndInput struct {
	Enabled       bool     `json:"enabled"`
	Status        string   `json:"status"`
	DelayMillis   int64    `json:"delay_ms"`
	Profiles      []string `json:"profiles"`
	States        []string `json:"states"`
	InitialStatus string   `json:"initial_status"`
}

type sessionEndJSON struct {
	Enabled           bool      `json:"enabled"`
	StatusID          tandem.ID `json:"status_id"`
	StatusName        string    `json:"status_name,omitempty"`
	DelayMillis       int64     `json:"delay_ms"`
	Profiles          []string  `json:"profiles"`
	States            []string  `json:"states"`
	InitialStatusID   tandem.ID `json:"initial_status_id"`
	InitialStatusName string    `json:"initial_status_name,omitempty"`
}

// findingJSON is something wrong with a rule.
type findingJSON struct {
	Rule    int    `json:"rule"` // its place in the list
	Field   string `json:"field"`
	Refused bool   `json:"refused"` // it cannot be saved; else it is only told
	Text    string `json:"text"`
}

func showFindings(findings []rule.Finding) []findingJSON {
	list := []findingJSON{}
	for _, f := range findings {
		list = append(list, findingJSON{Rule: f.Rule, Field: fieldName(f.Field), Refused: f.Refused, Text: f.Text})
	}
	return list
}

func showRule(r *event.PresenceRule) ruleJSON {
	j := ruleJSON{
		ID: r.RuleID, Name: r.Name, Active: r.Active, Source: r.Source.String(), Criteria: []criterionJSON{}, Any: r.Any,
		Destination: r.Destination.String(), State: r.State, Wish: r.Wish, Origin: r.Origin,
	}
	for _, c := range r.Criteria {
		j.Criteria = append(j.Criteria, criterionJSON{
			OperandA: c.OperandA.String(), ValueA: c.ValueA, Comparator: c.Comparator.String(), OperandB: c.OperandB.String(), ValueB: c.ValueB,
		})
	}
	return j
}

func showRules(v View, s *presence.System) rulesJSON {
	names, saved := namesOf(v, s.Saved.SystemID, s.Saved.System), &s.Rules
	p := saved.SessionEnd
	j := rulesJSON{
		Enabled: saved.Enabled, Rules: []ruleJSON{}, ModifiedAt: saved.ModifiedAt.String(),
		Findings: showFindings(rule.Lint(saved.Rules, v.Known(s.Saved.SystemID))),
		SessionEnd: sessionEndJSON{
			Enabled: p.Enabled, StatusID: p.StatusID, StatusName: names.statuses[p.StatusID], DelayMillis: p.DelayMillis,
			Profiles: append([]string{}, p.Profiles...), States: append([]string{}, p.States...),
			InitialStatusID: p.InitialStatusID, InitialStatusName: names.statuses[p.InitialStatusID],
		},
	}
	for i := range saved.Rules {
		j.Rules = append(j.Rules, showRule(&saved.Rules[i]))
	}
	return j
}

// choose finds a name in a list whose first entry is none; in any case.
func choose(field string, list []string, name string) (int, error) {
	i := slices.IndexFunc(list, func(known string) bool { return strings.EqualFold(known, strings.TrimSpace(name)) })
	if i <= 0 {
		return 0, tandem.Errorf(tandem.Invalid, field, "%q is not known; use one of: %s", name, strings.Join(list[1:], ", "))
	}
	return i, nil
}

// rulesOf turns the forms of rules into rules.
func rulesOf(list []ruleJSON) ([]event.PresenceRule, error) {
	if len(list) > rule.MaxRules {
		return nil, tandem.Errorf(tandem.Invalid, "rules", "at most %d rules", rule.MaxRules)
	}
	var rules []event.PresenceRule
	for i := range list {
		r, err := list[i].rule(fmt.Sprintf("rules[%d].", i))
		if err != nil {
			return nil, err
		}
		if !r.RuleID.IsZero() && slices.ContainsFunc(rules, func(other event.PresenceRule) bool { return other.RuleID == r.RuleID }) {
			return nil, tandem.Errorf(tandem.Invalid, fmt.Sprintf("rules[%d].id", i), "another rule has this id; leave it out for a new rule")
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// rule turns one rule's form into the rule; place is where it stands.
func (j *ruleJSON) rule(place string) (r event.PresenceRule, err error) {
	r = event.PresenceRule{RuleID: j.ID, Name: j.Name, Active: j.Active, Any: j.Any, State: j.State, Wish: j.Wish, Origin: j.Origin}
	if len(j.Origin) > maxOrigin {
		return r, tandem.Errorf(tandem.Invalid, place+"origin", "at most %d characters", maxOrigin)
	}
	source, err := choose(place+"source", event.Sources[:], j.Source)
	if err != nil {
		return r, err
	}
	destination, err := choose(place+"destination", event.Destinations[:], j.Destination)
	if err != nil {
		return r, err
	}
	r.Source, r.Destination = event.RuleSource(source), event.RuleDestination(destination)
	for i := range j.Criteria {
		c, err := j.Criteria[i].criterion(fmt.Sprintf("%scriteria[%d].", place, i))
		if err != nil {
			return r, err
		}
		r.Criteria = append(r.Criteria, c)
	}
	return r, nil
}

func (j *criterionJSON) criterion(place string) (c event.RuleCriterion, err error) {
	a, err := choose(place+"operand_a", event.Operands[:], j.OperandA)
	if err != nil {
		return c, err
	}
	comparator, err := choose(place+"comparator", event.Comparators[:], j.Comparator)
	if err != nil {
		return c, err
	}
	b, err := choose(place+"operand_b", event.Operands[:], j.OperandB)
	return event.RuleCriterion{
		OperandA: event.Operand(a), ValueA: j.ValueA, Comparator: event.Comparator(comparator), OperandB: event.Operand(b), ValueB: j.ValueB,
	}, err
}

// policy turns the input into the policy at a session's end.
func (in *sessionEndInput) policy(names names) (p event.SessionEndPolicy, err error) {
	p = event.SessionEndPolicy{Enabled: in.Enabled, DelayMillis: in.DelayMillis, Profiles: in.Profiles, States: in.States}
	for _, list := range []struct {
		name   string
		values []string
	}{{"session_end.profiles", in.Profiles}, {"session_end.states", in.States}} {
		if len(list.values) > maxFilters || slices.ContainsFunc(list.values, func(s string) bool { return s == "" || len(s) > maxNameLength }) {
			return p, tandem.Errorf(tandem.Invalid, list.name, "at most %d entries of 1 to %d characters", maxFilters, maxNameLength)
		}
	}
	if p.StatusID, err = names.optional("session_end.status", in.Status); err != nil {
		return p, err
	}
	p.InitialStatusID, err = names.optional("session_end.initial_status", in.InitialStatus)
	return p, err
}
