package rule_test

import (
	"fmt"
	"strings"
	"testing"

	"tandem/event"
	"tandem/presence/rule"
)

var known = rule.Known{
	ConnectStates:    []string{"Available", "Offline", "Lunch", "Break"},
	SalesforceStates: []rule.State{{Name: "Available", APIName: "Available"}, {Name: "Lunch", APIName: "Lunch_Break"}, {Name: "On a call", APIName: "Busy_Call"}},
}

func isLunch(c event.Comparator) event.RuleCriterion {
	return criterion(event.ConnectAgentNewState, c, "Lunch")
}

// Each rule has one thing wrong; what is right has no finding.
func TestLintFindsWhatCanNeverWork(t *testing.T) {
	connect, logout, load := event.ConnectAgentStateChange, event.SalesforceAgentLogout, event.SalesforceWorkloadChanged
	sf, ac := event.SalesforceAgentState, event.ConnectAgentState
	for _, tt := range []struct {
		rule event.PresenceRule
		want string // part of the finding; "" for none
	}{
		{when(connect, sf, "Lunch_Break", isLunch(event.EqualTo)), ""},
		{when(connect, sf, "Lunch", isLunch(event.EqualTo)), `use its DeveloperName "Lunch_Break"`},                 // SF-22
		{when(connect, sf, "Gone", isLunch(event.EqualTo)), `no presence status with the DeveloperName "Gone"`},     // SF-25
		{when(logout, ac, "Gone", criterion(3, event.EqualTo, "Offline")), `no agent status "Gone"`},                // SF-25
		{when(logout, ac, "Offline", criterion(3, event.EqualTo, "offline")), `is exactly "Offline"`},               // SF-9
		{when(logout, ac, "Offline", criterion(3, event.NotEqualTo, "Offline")), `is exactly "Offline"`},            // SF-9
		{when(connect, sf, "Lunch_Break", criterion(7, event.EqualTo, "1")), "has no value in Connect Agent State"}, // SF-15
		{when(connect, sf, "Lunch_Break", criterion(1, event.EqualTo, "Lnuch")), `no agent status "Lnuch"`},
		{when(connect, sf, "Busy_Call", criterion(1, event.EqualTo, "Busy")), ""},
		{when(event.SalesforceAgentStateChange, ac, "Lunch", criterion(3, event.EqualTo, "Lunch")), "a label may be changed"}, // SF-23
		{when(load, ac, "Break", criterion(8, event.GreaterThan, "much")), "compared by its characters"},                      // SF-18
		{when(load, ac, "Break", criterion(8, event.GreaterThan, "80%")), ""},
		{when(connect, sf, "Lunch_Break", isLunch(event.EqualTo), criterion(1, event.EqualTo, "Break")), "can never hold together"},
		{when(connect, sf, "Lunch_Break", isLunch(event.EqualTo), isLunch(event.NotEqualTo)), "can never hold together"},
		{when(load, ac, "Break", criterion(7, event.GreaterThan, "5"), criterion(7, event.LessThan, "5")), "can never hold together"},
		{when(load, ac, "Break", criterion(7, event.GreaterThanOrEqualTo, "5"), criterion(7, event.LessThanOrEqualTo, "5")), ""},
		{when(load, ac, "Break", event.RuleCriterion{OperandA: event.StaticValue, ValueA: "3", Comparator: event.GreaterThan, OperandB: event.SalesforceNewWorkload},
			criterion(7, event.EqualTo, "4")), "can never hold together"},
		{when(load, ac, "Break", event.RuleCriterion{OperandA: 7, Comparator: event.NotEqualTo, OperandB: 7}), "equal to itself"},
		{when(load, ac, "Break", event.RuleCriterion{OperandA: 10, ValueA: "1", Comparator: event.EqualTo, OperandB: 10, ValueB: "2"}), "are what they are"},
		{event.PresenceRule{}, "choose the event"},
		{when(connect, 0, "Lunch", isLunch(event.EqualTo)), "choose the system"},
		{when(connect, sf, "", isLunch(event.EqualTo)), "say which state"},
		{when(connect, sf, "Lunch_Break"), "criteria"},
		{when(connect, sf, "Lunch_Break", event.RuleCriterion{}), "choose what is compared"},
		{when(connect, sf, strings.Repeat("x", 501), isLunch(event.EqualTo)), "at most 500"},
	} {
		got := fmt.Sprint(rule.Lint([]event.PresenceRule{tt.rule}, known))
		if tt.want == "" && got != "[]" || !strings.Contains(got, tt.want) {
			t.Errorf("%v: got %s, want %q", tt.rule, got, tt.want)
		}
	}
}

// SF-4: where no DeveloperName can be read, the missing permission is named.
func TestSF4MissingPermissionIsNamed(t *testing.T) {
	hidden := rule.Known{SalesforceStates: []rule.State{{Name: "Available"}, {Name: "Lunch"}}}
	got := fmt.Sprint(rule.Lint([]event.PresenceRule{when(event.ConnectAgentStateChange, event.SalesforceAgentState, "Lunch", isLunch(event.EqualTo))}, hidden))
	if !strings.Contains(got, "View Setup and Configuration") {
		t.Errorf("got %s", got)
	}
}

// Two rules that may hold together and disagree, and one that is never reached.
func TestLintFindsRulesThatContradictEachOther(t *testing.T) {
	first := when(event.SalesforceWorkloadChanged, event.ConnectAgentState, "Break", criterion(8, event.GreaterThanOrEqualTo, "50"))
	for _, tt := range []struct {
		second event.PresenceRule
		want   string
	}{
		{when(event.SalesforceWorkloadChanged, event.ConnectAgentState, "Lunch", criterion(8, event.GreaterThanOrEqualTo, "90")), "can hold together"},
		{when(event.SalesforceWorkloadChanged, event.ConnectAgentState, "Break", criterion(8, event.GreaterThanOrEqualTo, "90")), ""},
		{when(event.SalesforceWorkloadChanged, event.ConnectAgentState, "Lunch", criterion(8, event.LessThan, "50")), ""},
		{when(event.SalesforceWorkloadChanged, event.SalesforceAgentState, "Lunch_Break", criterion(8, event.GreaterThan, "60")), ""},
		{when(event.SalesforceWorkloadChanged, event.ConnectAgentState, "Lunch", first.Criteria[0], criterion(7, event.GreaterThan, "1")), "never acts"},
	} {
		got := fmt.Sprint(rule.Lint([]event.PresenceRule{first, tt.second}, known))
		if tt.want == "" && got != "[]" || !strings.Contains(got, tt.want) {
			t.Errorf("%v: got %s, want %q", tt.second, got, tt.want)
		}
		tt.second.Active = false
		if got := rule.Lint([]event.PresenceRule{first, tt.second}, known); len(got) != 0 {
			t.Errorf("an inactive rule contradicts: %v", got)
		}
	}
}

func TestLintBoundsTheNumberOfRules(t *testing.T) {
	if f := rule.Lint(make([]event.PresenceRule, rule.MaxRules+1), known); len(f) != 1 || !f[0].Refused {
		t.Errorf("%v", f)
	}
}
