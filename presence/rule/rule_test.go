package rule_test

import (
	"fmt"
	"strings"
	"testing"

	"tandem/event"
	"tandem/presence/rule"
)

// criterion compares an operand with a static value.
func criterion(o event.Operand, c event.Comparator, static string) event.RuleCriterion {
	return event.RuleCriterion{OperandA: o, Comparator: c, OperandB: event.StaticValue, ValueB: static}
}

// when is an active rule.
func when(source event.RuleSource, to event.RuleDestination, state string, criteria ...event.RuleCriterion) event.PresenceRule {
	return event.PresenceRule{Name: state, Active: true, Source: source, Destination: to, State: state, Criteria: criteria}
}

func load(previous, now, capacity uint32) *rule.Facts {
	return rule.Workload(&event.CapacityObserved{Previous: previous, TellsPrevious: true, Used: now, Max: capacity})
}

// facts has one event for each source.
var facts = map[event.RuleSource]*rule.Facts{
	event.ConnectAgentStateChange:    rule.ConnectState("Available", "Lunch"),
	event.SalesforceAgentStateChange: rule.SalesforceState("Lunch_Break", "Lunch"),
	event.SalesforceAgentLogout:      rule.Logout(),
	event.SalesforceWorkAccepted:     rule.Accepted("Chat"),
	event.SalesforceWorkloadChanged:  load(1, 3, 4),
}

// compares is a rule for an event that has one criterion.
func compares(f *rule.Facts, c event.RuleCriterion) bool {
	r := when(f.Source, event.ConnectAgentState, "X", c)
	return rule.Holds(&r, f)
}

// SF-31: the example of the guide, and the four rows of its table.
func TestSF31ExampleRules(t *testing.T) {
	from := func(source event.RuleSource, o event.Operand, state string, to event.RuleDestination) event.PresenceRule {
		return when(source, to, state, criterion(o, event.EqualTo, state))
	}
	connect := func(state string) event.PresenceRule {
		return from(event.ConnectAgentStateChange, event.ConnectAgentNewState, state, event.SalesforceAgentState)
	}
	salesforce := func(state string) event.PresenceRule {
		return from(event.SalesforceAgentStateChange, event.SalesforceAgentNewState, state, event.ConnectAgentState)
	}
	rules := []event.PresenceRule{connect("Lunch"), connect("Available"), salesforce("Available"), connect("Working -- Phone"), salesforce("Working -- Media")}
	for _, tt := range []struct {
		facts *rule.Facts
		want  string
	}{
		{rule.ConnectState("Available", "Lunch"), "Salesforce Agent State Lunch"},
		{rule.ConnectState("Lunch", "Available"), "Salesforce Agent State Available"},
		{rule.SalesforceState("Available"), "Connect Agent State Available"},
		{rule.ConnectState("Available", "Working -- Phone"), "Salesforce Agent State Working -- Phone"},
		{rule.SalesforceState("Working -- Media"), "Connect Agent State Working -- Media"},
		{rule.ConnectState("Available", "Break"), ""},
	} {
		got := ""
		for _, r := range rule.First(rules, tt.facts) {
			got += fmt.Sprint(r.Destination, " ", r.State)
		}
		if got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.facts, got, tt.want)
		}
	}
}

// SF-9: after a log-out the new state is exactly Offline.
func TestSF9LogoutComparesExactlyOffline(t *testing.T) {
	for static, want := range map[string]bool{"Offline": true, "offline": false, "OFFLINE": false, "Offline ": false} {
		if got := compares(rule.Logout(), criterion(event.SalesforceAgentNewState, event.EqualTo, static)); got != want {
			t.Errorf("%q: %v", static, got)
		}
	}
}

// SF-13: each of the ten operands may stand on either side.
func TestSF13EveryOperandOnEitherSide(t *testing.T) {
	values := map[event.RuleSource]map[event.Operand]string{
		event.ConnectAgentStateChange:    {event.ConnectAgentNewState: "Lunch", event.ConnectAgentOldState: "Available"},
		event.SalesforceAgentStateChange: {event.SalesforceAgentNewState: "Lunch"},
		event.SalesforceWorkAccepted:     {event.SalesforceServiceChannel: "Chat"},
		event.SalesforceWorkloadChanged: {event.SalesforcePreviousWorkload: "1", event.SalesforcePreviousWorkloadPct: "25", event.SalesforceNewWorkload: "3",
			event.SalesforceNewWorkloadPct: "75%", event.SalesforceConfiguredCapacity: "4"},
	}
	operands := 0
	for source, of := range values {
		for o, static := range of {
			operands++
			c := criterion(o, event.EqualTo, static)
			turned := event.RuleCriterion{OperandA: event.StaticValue, ValueA: static, Comparator: event.EqualTo, OperandB: o}
			if !compares(facts[source], c) || !compares(facts[source], turned) {
				t.Errorf("%s is not %q on both sides", o, static)
			}
		}
	}
	if operands != len(event.Operands)-2 {
		t.Errorf("%d operands were tried", operands)
	}
}

// SF-14: each side has a static value of its own.
func TestSF14EachSideHasItsOwnStaticValue(t *testing.T) {
	c := event.RuleCriterion{OperandA: event.StaticValue, ValueA: "a", OperandB: event.StaticValue, ValueB: "b", Comparator: event.LessThan}
	if !compares(rule.Logout(), c) {
		t.Error("a is not less than b")
	}
	c.ValueA, c.ValueB = "b", "a"
	if compares(rule.Logout(), c) {
		t.Error("b is less than a")
	}
}

// SF-15: what has no value in the event makes the criterion false, for every
// comparator.
func TestSF15OperandWithoutValueNeverHolds(t *testing.T) {
	for c := range event.Comparators[1:] {
		for _, f := range []*rule.Facts{facts[event.ConnectAgentStateChange], rule.Accepted("")} {
			for _, o := range []event.Operand{event.SalesforceNewWorkload, event.SalesforceServiceChannel, 99} {
				both := event.RuleCriterion{OperandA: o, Comparator: event.Comparator(c + 1), OperandB: o}
				if compares(f, criterion(o, event.Comparator(c+1), "x")) || compares(f, both) {
					t.Errorf("%s %s holds without a value", o, event.Comparator(c+1))
				}
			}
		}
	}
	if compares(rule.ConnectState("", "Lunch"), criterion(event.ConnectAgentOldState, event.NotEqualTo, "Break")) {
		t.Error("the old state is not known")
	}
}

// SF-17: a service channel that could not be found has no value.
func TestSF17ChannelThatWasNotFoundHasNoValue(t *testing.T) {
	for _, c := range []event.Comparator{event.EqualTo, event.NotEqualTo} {
		if compares(rule.Accepted(""), criterion(event.SalesforceServiceChannel, c, "Chat")) {
			t.Errorf("%s holds", c)
		}
	}
	if !compares(rule.Accepted("Chat"), criterion(event.SalesforceServiceChannel, event.EqualTo, "Chat")) {
		t.Error("the channel is not found")
	}
}

// SF-16: a percentage is of the configured capacity; without one it has no
// value.
func TestSF16PercentIsOfTheConfiguredCapacity(t *testing.T) {
	for _, tt := range []struct {
		used, most uint32
		comparator event.Comparator
		static     string
		want       bool
	}{
		{3, 4, event.EqualTo, "75", true}, {3, 4, event.EqualTo, "75%", true}, {1, 3, event.GreaterThan, "33.33", true},
		{1, 3, event.LessThan, "33.34", true}, {0, 3, event.EqualTo, "0", true}, {6, 4, event.EqualTo, "150", true},
		{1, 0, event.NotEqualTo, "75", false}, {1, 0, event.EqualTo, "0", false},
	} {
		if got := compares(load(0, tt.used, tt.most), criterion(event.SalesforceNewWorkloadPct, tt.comparator, tt.static)); got != tt.want {
			t.Errorf("%d of %d %s %s: %v", tt.used, tt.most, tt.comparator, tt.static, got)
		}
	}
}

// SF-19: 10 is greater than 9, and 10 equals 10.0; nothing is not 0.
func TestSF19NumbersAreNotText(t *testing.T) {
	if !compares(load(0, 10, 20), criterion(event.SalesforceNewWorkload, event.GreaterThan, "9")) ||
		!compares(load(0, 10, 20), criterion(event.SalesforceNewWorkload, event.EqualTo, "10.0")) ||
		compares(load(0, 0, 20), criterion(event.SalesforceNewWorkload, event.EqualTo, "")) {
		t.Error("numbers are compared as text")
	}
}

// SF-18: two numbers compare by size, anything else by its characters, and
// nothing is trimmed.
func TestSF18NumbersBySizeTextByCharacters(t *testing.T) {
	for _, tt := range []struct {
		a    string
		c    event.Comparator
		b    string
		want bool
	}{
		{"10", event.GreaterThan, "9", true}, {"10", event.EqualTo, "10.0", true}, {"", event.EqualTo, "0", false}, {"0", event.NotEqualTo, "", true},
		{"-1", event.LessThan, "0", true}, {"1e3", event.EqualTo, "1000", true}, {".5", event.LessThanOrEqualTo, "0.50", true}, {"80%", event.GreaterThanOrEqualTo, "80", true},
		{"b", event.GreaterThan, "a10", true}, {"Lunch", event.EqualTo, "lunch", false}, {"Lunch", event.EqualTo, "Lunch ", false},
		{"10x", event.LessThan, "9", true}, {" 10", event.EqualTo, "10", false}, {"1/2", event.EqualTo, "0.5", false}, {"0x10", event.EqualTo, "16", false},
		{"1e999", event.EqualTo, "1e999", true}, {"+-1", event.EqualTo, "1", false}, {"%", event.EqualTo, "", false}, {"1_0", event.EqualTo, "10", false},
		{strings.Repeat("9", 100), event.GreaterThan, "1", true}, {"Infinity", event.GreaterThan, "1", true},
	} {
		c := event.RuleCriterion{OperandA: event.StaticValue, ValueA: tt.a, Comparator: tt.c, OperandB: event.StaticValue, ValueB: tt.b}
		if got := compares(rule.Logout(), c); got != tt.want {
			t.Errorf("%q %s %q: %v", tt.a, tt.c, tt.b, got)
		}
	}
}

// SF-20: both sides may be of the event.
func TestSF20BothSidesMayBeOfTheEvent(t *testing.T) {
	full := event.RuleCriterion{OperandA: event.SalesforceNewWorkload, Comparator: event.GreaterThanOrEqualTo, OperandB: event.SalesforceConfiguredCapacity}
	if !compares(load(3, 4, 4), full) || compares(load(4, 3, 4), full) {
		t.Error("the workload is not compared with the capacity")
	}
	changed := event.RuleCriterion{OperandA: event.ConnectAgentNewState, Comparator: event.NotEqualTo, OperandB: event.ConnectAgentOldState}
	if !compares(rule.ConnectState("A", "B"), changed) || compares(rule.ConnectState("A", "A"), changed) {
		t.Error("the new state is not compared with the old one")
	}
}

// SF-23: a criterion may name a presence status by DeveloperName or label,
// exactly.
func TestSF23CriterionKnowsDeveloperNameAndLabel(t *testing.T) {
	f := rule.SalesforceState("Lunch_Break", "Lunch")
	for static, want := range map[string]bool{"Lunch_Break": true, "Lunch": true, "lunch": false, "Break": false} {
		if got := compares(f, criterion(event.SalesforceAgentNewState, event.EqualTo, static)); got != want {
			t.Errorf("equal to %q: %v", static, got)
		}
		if got := compares(f, criterion(event.SalesforceAgentNewState, event.NotEqualTo, static)); got == want {
			t.Errorf("not equal to %q: %v", static, got)
		}
	}
}

// SF-24: Connect's system states may be asked for and never be set.
func TestSF24SystemStatesAreNeverADestination(t *testing.T) {
	for _, state := range []string{"Busy", "Pending", "PendingBusy", "PendingAvailable", "CallingCustomer", "AfterCallWork", "MissedCallAgent", "BadAddressCustomer", "LineEngagedAgent"} {
		r := when(event.ConnectAgentStateChange, event.ConnectAgentState, state, criterion(event.ConnectAgentNewState, event.EqualTo, state))
		if f := rule.Lint([]event.PresenceRule{r}, rule.Known{}); len(f) != 1 || !f[0].Refused || f[0].Field != "State" {
			t.Errorf("%s: %v", state, f)
		}
		if r.Destination = event.SalesforceAgentState; len(rule.Lint([]event.PresenceRule{r}, rule.Known{})) != 0 {
			t.Errorf("%s cannot be asked for", state)
		}
	}
}

// SF-27: a rule that is not active never acts.
func TestSF27InactiveRulesNeverAct(t *testing.T) {
	r := when(event.SalesforceAgentLogout, event.ConnectAgentState, "Offline", criterion(event.SalesforceAgentNewState, event.EqualTo, "Offline"))
	if r.Active = false; rule.Holds(&r, rule.Logout()) {
		t.Error("it acts")
	}
	if v := rule.Try([]event.PresenceRule{r}, rule.Logout()); v[0].Acts || v[0].Why != "it is not active" {
		t.Errorf("%+v", v[0])
	}
}

// SF-28: rules are tried in order, the first that holds acts for its
// destination; several criteria hold all, or any.
func TestSF28FirstRuleForEachDestinationActs(t *testing.T) {
	busy := criterion(event.SalesforceNewWorkloadPct, event.GreaterThanOrEqualTo, "50")
	full := criterion(event.SalesforceNewWorkloadPct, event.GreaterThanOrEqualTo, "100")
	none := criterion(event.SalesforceNewWorkload, event.EqualTo, "0")
	either := when(event.SalesforceWorkloadChanged, event.ConnectAgentState, "Edge", none, full)
	either.Any = true
	rules := []event.PresenceRule{
		when(event.SalesforceWorkloadChanged, event.ConnectAgentState, "Full", busy, full),
		either,
		when(event.SalesforceWorkloadChanged, event.ConnectAgentState, "Loaded", busy),
		when(event.SalesforceWorkloadChanged, event.SalesforceAgentState, "Busy_There", busy),
		when(event.SalesforceWorkAccepted, event.ConnectAgentState, "Other source", busy),
	}
	for used, want := range map[uint32]string{0: "Edge", 1: "", 2: "Loaded Busy_There", 4: "Full Busy_There"} {
		var got []string
		for _, r := range rule.First(rules, load(0, used, 4)) {
			got = append(got, r.State)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%d of 4: got %v, want %s", used, got, want)
		}
	}
}

func TestTryTellsWhyEachRuleActsOrNot(t *testing.T) {
	lunch := criterion(event.ConnectAgentNewState, event.EqualTo, "Lunch")
	rules := []event.PresenceRule{
		when(event.ConnectAgentStateChange, event.SalesforceAgentState, "Lunch", lunch),
		when(event.ConnectAgentStateChange, event.SalesforceAgentState, "Away", lunch),
		when(event.ConnectAgentStateChange, event.SalesforceAgentState, "Busy", criterion(event.ConnectAgentNewState, event.EqualTo, "Busy")),
		when(event.SalesforceAgentLogout, event.ConnectAgentState, "Offline", lunch),
	}
	want := []string{
		`true Connect Agent New State ("Lunch") equal to "Lunch": yes`,
		`false "Lunch" comes first for Salesforce Agent State`,
		`false its criteria do not hold: Connect Agent New State ("Lunch") equal to "Busy": no`,
		`false it is for Salesforce Agent Logout`,
	}
	for i, v := range rule.Try(rules, rule.ConnectState("Available", "Lunch")) {
		if got := fmt.Sprint(v.Acts, " ", v.Why); got != want[i] {
			t.Errorf("rule %d: got %s, want %s", i, got, want[i])
		}
	}
}
