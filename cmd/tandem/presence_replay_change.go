package main

import (
	"fmt"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// changedPresence is what counts in a replay instead of what was saved then.
type changedPresence struct {
	systems map[tandem.ID]*event.SystemSaved // of which the mapping and how it is used count
	rules   map[tandem.ID]*event.PresenceRulesSaved
}

func newChangedPresence() *changedPresence {
	return &changedPresence{systems: map[tandem.ID]*event.SystemSaved{}, rules: map[tandem.ID]*event.PresenceRulesSaved{}}
}

// asNow takes every system as it is saved now.
func asNow(now *presence.State) *changedPresence {
	c := newChangedPresence()
	for _, id := range tandem.SortedIDs(now.Systems) {
		s := now.Systems[id]
		rules := s.Rules
		rules.SystemID = id
		c.systems[id], c.rules[id] = &s.Saved, &rules
	}
	return c
}

// fromFiles takes the rules or the mapping of one system from files; all else
// stays as it was.
func fromFiles(m *presence.Machine, system, rulesPath, mappingPath string) (*changedPresence, error) {
	s, err := findSystem(m, system)
	if err != nil {
		return nil, err
	}
	c, id := newChangedPresence(), s.Saved.SystemID
	if rulesPath != "" {
		rules, err := wholeRules(rulesPath, m.Known(id))
		if err != nil {
			return nil, err
		}
		c.rules[id] = &event.PresenceRulesSaved{SystemID: id, Enabled: true, Rules: rules, SessionEnd: s.Rules.SessionEnd}
		for i := range rules {
			if rules[i].RuleID.IsZero() {
				rules[i].RuleID = replayCommands.Derive(uint64(i))
			}
		}
	}
	if mappingPath != "" {
		saved := s.Saved
		if saved.Mapping, err = readMapping(mappingPath, m, s); err != nil {
			return nil, err
		}
		if err := wouldSave(m, saved); err != nil {
			where, text := refusalOf(err)
			return nil, fmt.Errorf("%s: %s: %s", mappingPath, where, text)
		}
		c.systems[id] = &saved
	}
	return c, nil
}

// begin lists what is to be changed when the day begins.
func (c *changedPresence) begin(then *presence.State) []tandem.Event {
	var all []tandem.Event
	for _, id := range tandem.SortedIDs(then.Systems) {
		s := then.Systems[id]
		if as := c.system(&s.Saved); tandem.HashWire(as) != tandem.HashWire(&s.Saved) {
			all = append(all, as)
		}
		if as := c.rules[id]; as != nil && tandem.HashWire(as) != tandem.HashWire(&s.Rules) {
			all = append(all, as)
		}
	}
	return all
}

// system is what counts instead of what was saved of a system: another mapping
// and its use. Whether the system was on stays as it was.
func (c *changedPresence) system(saved *event.SystemSaved) *event.SystemSaved {
	as, by := *saved, c.systems[saved.SystemID]
	if by != nil {
		as.Mapping, as.Policy, as.StatusSync, as.FocusMode, as.Focus = by.Mapping, by.Policy, by.StatusSync, by.FocusMode, by.Focus
		as.PartialCapacityStatusID, as.AtCapacityStatusID = by.PartialCapacityStatusID, by.AtCapacityStatusID
	}
	return &as
}

// instead is what counts instead of something that was saved during the day.
func (c *changedPresence) instead(ev tandem.Event, then *presence.State) []tandem.Event {
	switch e := ev.(type) {
	case *event.PresenceRulesSaved:
		if c.rules[e.SystemID] == nil {
			return []tandem.Event{e}
		}
	case *event.SystemSaved:
		all := []tandem.Event{c.system(e)}
		if by := c.rules[e.SystemID]; by != nil && then.Systems[e.SystemID] == nil {
			all = append(all, by)
		}
		return all
	}
	return nil
}
