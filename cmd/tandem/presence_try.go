package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/presence"
	"tandem/presence/rule"
)

// presenceTry tries rules on an event that did not happen.
type presenceTry struct {
	presenceFlags
	System string   `help:"The system whose rules are tried, by name." placeholder:"NAME"`
	Rules  string   `help:"A file of rules to be tried instead of those that are saved (JSON or CSV; - is the standard input)." placeholder:"FILE"`
	Event  string   `required:"" help:"connect-state, salesforce-state, logout, work-accepted or workload." placeholder:"EVENT"`
	Facts  []string `arg:"" optional:"" help:"What the event tells, such as old=Available new=Lunch; channel=Phone; workload=4 previous=3 capacity=5."`
}

// triedEvent is an event that rules can be tried on.
type triedEvent struct {
	name   string
	source event.RuleSource
	keys   []string // what can be told of it
	need   string   // what must be
}

var triedEvents = []triedEvent{
	{"connect-state", event.ConnectAgentStateChange, []string{"old", "new"}, "new"},
	{"salesforce-state", event.SalesforceAgentStateChange, []string{"new"}, "new"},
	{"logout", event.SalesforceAgentLogout, nil, ""},
	{"work-accepted", event.SalesforceWorkAccepted, []string{"channel"}, ""},
	{"workload", event.SalesforceWorkloadChanged, []string{"workload", "previous", "capacity"}, "workload"},
}

// triedVerdict says whether a rule would act, and why.
type triedVerdict struct {
	Rule        int       `json:"rule"` // its place, from 1
	ID          tandem.ID `json:"id"`
	Name        string    `json:"name"`
	Acts        bool      `json:"acts"`
	Destination string    `json:"destination"`
	State       string    `json:"state"`
	Why         string    `json:"why"`
}

// Run implements the command.
func (c *presenceTry) Run(ctx context.Context) error {
	if _, err := c.facts(nil); err != nil {
		return err
	}
	if c.System == "" && c.Rules != "" {
		return c.try(nil, rule.Known{})
	}
	return c.withNow(ctx, func(k *presencePast) error {
		s, err := findSystem(k.now, c.System)
		if err != nil {
			return err
		}
		return c.try(s, k.now.Known(s.Saved.SystemID))
	})
}

// try tries the rules of a file, or else of the system.
func (c *presenceTry) try(s *presence.System, known rule.Known) error {
	facts, err := c.facts(s)
	if err != nil {
		return err
	}
	var rules []event.PresenceRule
	if c.Rules != "" {
		if rules, err = wholeRules(c.Rules, known); err != nil {
			return err
		}
	} else if rules = s.Rules.Rules; len(rules) == 0 {
		return fmt.Errorf("%s has no rules; try those of a file with --rules FILE", s.Saved.Name)
	}
	verdicts := []triedVerdict{}
	for i, v := range rule.Try(rules, facts) {
		verdicts = append(verdicts, triedVerdict{i + 1, v.Rule.RuleID, v.Rule.Name, v.Acts, v.Rule.Destination.String(), v.Rule.State, v.Why})
	}
	return c.print(map[string]any{"verdicts": verdicts}, func(w io.Writer) {
		writeVerdicts(w, verdicts)
		switch {
		case c.Rules != "":
		case !s.Saved.Enabled:
			fmt.Fprintf(w, "But %s is switched off: none acts until it is switched on.\n", s.Saved.Name)
		case !s.Rules.Enabled:
			fmt.Fprintf(w, "But the rules of %s are switched off: none acts until they are switched on.\n", s.Saved.Name)
		}
	})
}

func writeVerdicts(w io.Writer, verdicts []triedVerdict) {
	acting := 0
	for _, v := range verdicts {
		does := "does not act"
		if v.Acts {
			acting++
			does = fmt.Sprintf("ACTS: sets %s to %q", v.Destination, v.State)
		}
		fmt.Fprintf(w, "%2d  %s  %s\n      %s\n", v.Rule, v.Name, does, v.Why)
	}
	if acting == 0 {
		fmt.Fprintln(w, "No rule acts on this event.")
	}
}

// facts is the event of the command line. The system, if known, tells by which
// names a status goes.
func (c *presenceTry) facts(s *presence.System) (*rule.Facts, error) {
	what, told, err := c.told()
	if err != nil {
		return nil, err
	}
	switch what.source {
	case event.ConnectAgentStateChange:
		return rule.ConnectState(told["old"], told["new"]), nil
	case event.SalesforceAgentStateChange:
		return rule.SalesforceState(namesFor(s, told["new"])...), nil
	case event.SalesforceAgentLogout:
		return rule.Logout(), nil
	case event.SalesforceWorkAccepted:
		return rule.Accepted(told["channel"]), nil
	}
	return loadFacts(told)
}

func loadFacts(told map[string]string) (*rule.Facts, error) {
	load := &event.CapacityObserved{}
	for _, f := range []struct {
		key  string
		into *uint32
	}{{"workload", &load.Used}, {"previous", &load.Previous}, {"capacity", &load.Max}} {
		text, ok := told[f.key]
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%s is %q; it must be a whole number such as 4", f.key, text)
		}
		*f.into = uint32(n)
	}
	_, load.TellsPrevious = told["previous"]
	return rule.Workload(load), nil
}

// told reads which event is meant, and what is told of it.
func (c *presenceTry) told() (*triedEvent, map[string]string, error) {
	i := slices.IndexFunc(triedEvents, func(e triedEvent) bool {
		return strings.EqualFold(e.name, c.Event) || strings.EqualFold(e.source.String(), c.Event)
	})
	if i < 0 {
		var names []string
		for _, e := range triedEvents {
			names = append(names, e.name)
		}
		return nil, nil, fmt.Errorf("--event is %q; use one of: %s", c.Event, strings.Join(names, ", "))
	}
	what, told := &triedEvents[i], map[string]string{}
	for _, fact := range c.Facts {
		key, value, ok := strings.Cut(fact, "=")
		if !ok || !slices.Contains(what.keys, key) {
			return nil, nil, fmt.Errorf("%q does not belong to %s; tell %s", fact, what.name, tellable(what))
		}
		told[key] = value
	}
	if what.need != "" && told[what.need] == "" {
		return nil, nil, fmt.Errorf("%s needs %s=...; tell %s", what.name, what.need, tellable(what))
	}
	return what, told, nil
}

func tellable(e *triedEvent) string {
	if len(e.keys) == 0 {
		return "nothing more"
	}
	return strings.Join(e.keys, "=..., ") + "=..."
}

// namesFor are the names by which rules may call a system's status: that for
// programs, and the label.
func namesFor(s *presence.System, text string) []string {
	if s != nil {
		for _, st := range s.Statuses {
			if st.Remote == text || st.Name == text || st.APIName == text {
				return []string{st.APIName, st.Name}
			}
		}
	}
	return []string{text}
}
