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
	Enabled    bool            `json:"enabled" doc:"Whether rules act at all."`
	Rules      []ruleJSON      `json:"rules" doc:"All rules, in the order in which they are tried; at most 200."`
	SessionEnd sessionEndInput `json:"session_end" doc:"What becomes of a status when the agent's last page is closed."`
}

// rulesJSON are the rules of a system as they are shown.
type rulesJSON struct {
	Enabled    bool           `json:"enabled" doc:"Whether rules act at all."`
	Rules      []ruleJSON     `json:"rules" doc:"In the order in which they are tried."`
	SessionEnd sessionEndJSON `json:"session_end" doc:"What becomes of a status when the agent's last page is closed."`
	ModifiedAt string         `json:"modified_at" doc:"When they were saved last (RFC 3339), or -."`
	Findings   []findingJSON  `json:"findings" doc:"What is wrong with them."`
	Fired      []firedJSON    `json:"fired" doc:"When each rule fired last; those that never did are left out."`
}

// firedJSON is when a rule fired last.
type firedJSON struct {
	RuleID   tandem.ID `json:"rule_id" doc:"The rule."`
	At       string    `json:"at" doc:"When (RFC 3339)."`
	UserID   tandem.ID `json:"user_id" doc:"For whom."`
	Username string    `json:"username,omitempty" doc:"What the user is called."`
	Detail   string    `json:"detail,omitempty" doc:"Why it could not act; left out: it did."`
}

// ruleJSON is one rule, in the words of the presence sync rules: sources,
// destinations, operands and comparators go by their names.
type ruleJSON struct {
	ID          tandem.ID       `json:"id" doc:"Its id; empty: a new rule."`
	Name        string          `json:"name" doc:"What it is called."`
	Active      bool            `json:"active" doc:"Whether it acts."`
	Source      string          `json:"source" doc:"What it is tried for."`
	Criteria    []criterionJSON `json:"criteria" doc:"What must hold."`
	Any         bool            `json:"any" doc:"One criterion suffices; else all must hold."`
	Destination string          `json:"destination" doc:"Whose state it sets."`
	State       string          `json:"state" doc:"The state to set, by name or API name."`
	Wish        bool            `json:"wish" doc:"A person's own change counts for all systems."`
	Origin      string          `json:"origin,omitempty" doc:"The imported row, as it was."`
}

// criterionJSON is one comparison.
type criterionJSON struct {
	OperandA   string `json:"operand_a" doc:"The first operand."`
	ValueA     string `json:"value_a,omitempty" doc:"Its value, of a Static Value."`
	Comparator string `json:"comparator" doc:"How the two are compared."`
	OperandB   string `json:"operand_b" doc:"The second operand."`
	ValueB     string `json:"value_b,omitempty" doc:"Its value, of a Static Value."`
}

// sessionEndInput says what becomes of an agent's status when their last page
// is closed. Statuses go by name or id; empty ones are the defaults.
type sessionEndInput struct {
	Enabled       bool     `json:"enabled" doc:"Whether anything becomes of it."`
	Status        string   `json:"status" doc:"The status to set, by name or id; empty: the offline one."`
	DelayMillis   int64    `json:"delay_ms" doc:"How long a page may take to come back, in milliseconds."`
	Profiles      []string `json:"profiles" doc:"Only agents with these profiles; empty: all."`
	States        []string `json:"states" doc:"Only agents in these states; empty: all."`
	InitialStatus string   `json:"initial_status" doc:"The status to be in when a page opens again, by name or id; empty: the routable one."`
}

// sessionEndJSON is the same as it is shown.
type sessionEndJSON struct {
	Enabled           bool      `json:"enabled" doc:"Whether anything becomes of it."`
	StatusID          tandem.ID `json:"status_id" doc:"The status to set; empty: not chosen."`
	StatusName        string    `json:"status_name,omitempty" doc:"What it is called."`
	DelayMillis       int64     `json:"delay_ms" doc:"How long a page may take to come back, in milliseconds."`
	Profiles          []string  `json:"profiles" doc:"Only agents with these profiles; empty: all."`
	States            []string  `json:"states" doc:"Only agents in these states; empty: all."`
	InitialStatusID   tandem.ID `json:"initial_status_id" doc:"The status to be in when a page opens again; empty: not chosen."`
	InitialStatusName string    `json:"initial_status_name,omitempty" doc:"What it is called."`
}

// findingJSON is something wrong with a rule.
type findingJSON struct {
	Rule    int    `json:"rule" doc:"Its place in the list, from 0."`
	Field   string `json:"field" doc:"What of it."`
	Refused bool   `json:"refused" doc:"It cannot be saved; else it is only told."`
	Text    string `json:"text" doc:"What is wrong."`
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
		Enabled: saved.Enabled, Rules: []ruleJSON{}, Fired: []firedJSON{}, ModifiedAt: saved.ModifiedAt.String(),
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
