package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
	"tandem/presence/rule"
)

// presenceLint finds what is wrong with mappings and rules.
type presenceLint struct {
	presenceFlags
	File   string `arg:"" optional:"" help:"A file of rules (JSON or CSV) instead of the connected systems; - is the standard input."`
	System string `help:"Only this system; with a file: the system that the rules are meant for, whose statuses they are checked against." placeholder:"NAME"`
}

// The levels of findings.
const (
	levelError   = "error"   // it cannot be saved, or cannot work
	levelWarning = "warning" // it may not do what is meant
	levelHint    = "hint"    // good to know
)

// presenceFinding is something wrong with a mapping or a rule.
type presenceFinding struct {
	System string `json:"system,omitempty"`
	Where  string `json:"where"` // such as a rule's name
	Level  string `json:"level"`
	Text   string `json:"text"` // what is wrong, and what to do
}

// Run implements the command. It fails where there are errors.
func (c *presenceLint) Run(ctx context.Context) error {
	findings := []presenceFinding{}
	add := func(system, where, level, format string, args ...any) {
		findings = append(findings, presenceFinding{system, where, level, fmt.Sprintf(format, args...)})
	}
	var err error
	switch {
	case c.File != "" && c.System == "":
		err = lintRulesFile(c.File, "", rule.Known{}, add)
	default:
		err = c.withNow(ctx, func(k *presencePast) error { return c.lint(k, add) })
	}
	if err != nil {
		return err
	}
	if err := c.print(map[string]any{"findings": findings}, func(w io.Writer) { writeFindings(w, findings) }); err != nil {
		return err
	}
	bad := 0
	for _, f := range findings {
		if f.Level == levelError {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("errors: %d; mend them first, then warnings", bad)
	}
	return nil
}

func writeFindings(w io.Writer, findings []presenceFinding) {
	if len(findings) == 0 {
		fmt.Fprintln(w, "Nothing is wrong.")
		return
	}
	rows := [][]string{{"LEVEL", "SYSTEM", "WHERE", "WHAT"}}
	for _, f := range findings {
		rows = append(rows, []string{f.Level, f.System, f.Where, f.Text})
	}
	table(w, "", rows)
}

type addFinding func(system, where, level, format string, args ...any)

// lint checks a file for a system, one system, or all.
func (c *presenceLint) lint(k *presencePast, add addFinding) error {
	m := k.now
	if c.System == "" {
		if len(m.State().Systems) == 0 {
			add("", "systems", levelHint, "no system is connected yet; see docs/PRESENCE.md")
		}
		for _, id := range tandem.SortedIDs(m.State().Systems) {
			lintSystem(m, m.State().Systems[id], add)
		}
		lintMasters(m, add)
		return nil
	}
	s, err := findSystem(m, c.System)
	if err != nil {
		return err
	}
	if c.File != "" {
		return lintRulesFile(c.File, s.Saved.Name, m.Known(s.Saved.SystemID), add)
	}
	lintSystem(m, s, add)
	return nil
}

// lintRulesFile tells what importing a file would.
func lintRulesFile(path, system string, known rule.Known, add addFinding) error {
	report, err := readRules(path, known)
	if err != nil {
		return err
	}
	for i := range report.Rows {
		row := &report.Rows[i]
		where := fmt.Sprintf("%s, rule %q", row.Place, row.Rule.Name)
		if row.Rejected != "" {
			add(system, where, levelError, "%s", row.Rejected)
		}
		for _, text := range row.Warnings {
			add(system, where, levelWarning, "%s", text)
		}
	}
	addRuleFindings(system, report.Rules(), report.Findings, add)
	return nil
}

func addRuleFindings(system string, rules []event.PresenceRule, findings []rule.Finding, add addFinding) {
	for _, f := range findings {
		where, level := "rules", levelWarning
		if f.Rule < len(rules) {
			where = fmt.Sprintf("rule %d %q", f.Rule+1, rules[f.Rule].Name)
		}
		if f.Refused {
			level = levelError
		}
		add(system, where, level, "%s", f.Text)
	}
}

// lintSystem checks one system's mapping and rules.
func lintSystem(m *presence.Machine, s *presence.System, add addFinding) {
	saved := &s.Saved
	if !saved.Enabled {
		add(saved.Name, "system", levelHint, "it is switched off: nothing is read or written there")
	}
	if err := wouldSave(m, s.Saved); err != nil {
		where, text := refusalOf(err)
		add(saved.Name, where, levelError, "%s", text)
	}
	if len(s.Statuses) == 0 {
		add(saved.Name, "statuses", levelWarning, "its statuses are not known yet: check the credentials, then refresh the statuses")
	} else {
		lintRows(m, s, add)
		lintUnlinked(m, s, add)
	}
	if !saved.StatusSync && len(s.Rules.Rules) == 0 {
		add(saved.Name, "mapping", levelHint, "statuses are not kept in step: switch status_sync on, or add rules")
	}
	if saved.Focus != "" && !saved.FocusMode {
		add(saved.Name, "focus", levelHint, "a focus status is chosen but focus mode is off")
	}
	if len(s.Rules.Rules) > 0 && !s.Rules.Enabled {
		add(saved.Name, "rules", levelHint, "they are switched off: none acts")
	}
	if !linkedTo(m, saved.SystemID) {
		add(saved.Name, "agents", levelWarning, "no agent is linked: link them by e-mail address")
	}
	addRuleFindings(saved.Name, s.Rules.Rules, rule.Lint(s.Rules.Rules, m.Known(saved.SystemID)), add)
}

// wouldSave says why a system's settings could not be saved as they are.
func wouldSave(m *presence.Machine, saved event.SystemSaved) error {
	scratch, err := presenceFrom(presenceBytes(m))
	if err != nil {
		return err
	}
	in := instance.New(translateRecorded, &recordedCenter{presence: scratch}, scratch)
	_, err = in.Step(tandem.Command{ID: tandem.NameID("lint", saved.Name), Body: presence.SaveSystem{System: saved}})
	return err
}

// refusalOf says which setting a refusal is about, and what is wrong with it;
// rows count from 0, as in the admin API.
func refusalOf(err error) (where, text string) {
	var refusal *tandem.Error
	if !errors.As(err, &refusal) || refusal.Field == "" {
		return "system", err.Error()
	}
	if row, _, ok := strings.Cut(refusal.Field, "]."); ok {
		return strings.ToLower(row) + "]", refusal.Message
	}
	return strings.ToLower(refusal.Field), refusal.Message
}

// lintRows finds rows that do not count any more.
func lintRows(m *presence.Machine, s *presence.System, add addFinding) {
	for i, r := range s.Saved.Mapping {
		where := fmt.Sprintf("mapping[%d]", i)
		if !offers(s, r.Remote) {
			add(s.Saved.Name, where, levelWarning, "the system no longer has the status %s: the row does not count; choose another", r.Remote)
		}
		if st := m.State().Statuses[r.StatusID]; st != nil && !st.Enabled {
			add(s.Saved.Name, where, levelWarning, "the agent status %q is disabled: the row does not count; enable it or choose another", st.Name)
		}
	}
}

// lintUnlinked finds statuses that mean nothing on the other side.
func lintUnlinked(m *presence.Machine, s *presence.System, add addFinding) {
	if !s.Saved.StatusSync {
		return
	}
	remotes, statuses := map[string]bool{s.Saved.Focus: true}, map[tandem.ID]bool{s.Saved.PartialCapacityStatusID: true, s.Saved.AtCapacityStatusID: true}
	for _, r := range s.Saved.Mapping {
		remotes[r.Remote], statuses[r.StatusID] = true, true
	}
	var there, here []string
	for _, st := range s.Statuses {
		if !remotes[st.Remote] {
			there = append(there, st.Name)
		}
	}
	for _, id := range tandem.SortedIDs(m.State().Statuses) {
		if st := m.State().Statuses[id]; st.Enabled && !statuses[id] {
			here = append(here, st.Name)
		}
	}
	if len(there) > 0 {
		add(s.Saved.Name, "mapping", levelHint, "unlinked there: %s; choosing one changes nothing elsewhere", strings.Join(there, ", "))
	}
	if len(here) > 0 {
		add(s.Saved.Name, "mapping", levelHint, "without a status there: %s; an agent who chooses one is left as they are there", strings.Join(here, ", "))
	}
}

func offers(s *presence.System, remote string) bool {
	for _, st := range s.Statuses {
		if st.Remote == remote {
			return true
		}
	}
	return false
}

func linkedTo(m *presence.Machine, system tandem.ID) bool {
	for _, a := range m.State().Agents {
		for _, l := range a.Legs {
			if l.SystemID == system {
				return true
			}
		}
	}
	return false
}

// lintMasters finds systems that would put back each other's changes.
func lintMasters(m *presence.Machine, add addFinding) {
	var masters []string
	for _, id := range tandem.SortedIDs(m.State().Systems) {
		if s := &m.State().Systems[id].Saved; s.Enabled && s.StatusSync && s.Policy == event.Master {
			masters = append(masters, s.Name)
		}
	}
	if len(masters) > 1 {
		add(strings.Join(masters, ", "), "policy", levelWarning, "each is master and puts back what is chosen in the other; let one be master")
	}
}
