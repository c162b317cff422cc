package presence

import (
	"fmt"
	"slices"

	"tandem"
	"tandem/event"
	"tandem/presence/rule"
)

// saveRules replaces a system's rules. What was decided by the old ones stays
// until the next event (SF-6).
func (m *Machine) saveRules(s *tandem.Step, c SaveRules) (any, error) {
	sys := m.state.Systems[c.SystemID]
	if sys == nil {
		return nil, unknownSystem(c.SystemID)
	}
	findings := rule.Lint(c.Rules, m.Known(c.SystemID))
	for _, f := range findings {
		if f.Refused {
			return nil, tandem.Errorf(tandem.Invalid, fmt.Sprintf("Rules[%d].%s", f.Rule, f.Field), "%s", f.Text)
		}
	}
	if err := m.lintSessionEnd(&c.SessionEnd); err != nil {
		return nil, err
	}
	saved := &event.PresenceRulesSaved{SystemID: c.SystemID, Enabled: c.Enabled, Rules: slices.Clone(c.Rules), SessionEnd: c.SessionEnd, ModifiedAt: s.At}
	for i := range saved.Rules {
		if r := &saved.Rules[i]; r.RuleID.IsZero() {
			r.RuleID = s.NextID()
		}
	}
	s.Emit(saved)
	return findings, nil
}

// lintSessionEnd checks the policy at a session's end and fills in what it
// leaves open.
func (m *Machine) lintSessionEnd(p *event.SessionEndPolicy) error {
	if !p.Enabled {
		return nil
	}
	if p.StatusID.IsZero() {
		p.StatusID = m.statusOfType(event.Offline)
	}
	if p.InitialStatusID.IsZero() {
		p.InitialStatusID = m.statusOfType(event.Routable)
	}
	switch {
	case m.state.Statuses[p.StatusID] == nil:
		return tandem.Errorf(tandem.Invalid, "SessionEnd.StatusID", "there is no agent status %s", p.StatusID)
	case m.state.Statuses[p.InitialStatusID] == nil:
		return tandem.Errorf(tandem.Invalid, "SessionEnd.InitialStatusID", "there is no agent status %s", p.InitialStatusID)
	case p.DelayMillis < 0 || p.DelayMillis > maxSessionEndWait:
		return tandem.Errorf(tandem.Invalid, "SessionEnd.DelayMillis", "wait 0 to %d milliseconds", maxSessionEndWait)
	}
	return nil
}

// Known is what the rules of a system can speak of, for [rule.Lint] and
// [rule.Import].
func (m *Machine) Known(system tandem.ID) rule.Known {
	var k rule.Known
	for _, id := range tandem.SortedIDs(m.state.Statuses) {
		k.ConnectStates = append(k.ConnectStates, m.state.Statuses[id].Name)
	}
	if sys := m.state.Systems[system]; sys != nil {
		for _, st := range sys.Statuses {
			k.SalesforceStates = append(k.SalesforceStates, rule.State{Name: st.Name, APIName: st.APIName})
		}
	}
	return k
}

// connectLeg is the leg that rules call Connect: Amazon Connect itself where
// the agent is linked to it, else the center; nil where there is neither.
func (m *Machine) connectLeg(a *Agent) *Leg {
	for i := range a.Legs {
		if sys := m.state.Systems[a.Legs[i].SystemID]; sys != nil && sys.Saved.System == event.AmazonConnectSystem && sys.Saved.Enabled {
			return &a.Legs[i]
		}
	}
	return a.center()
}

// works orders what a contact does to an agent, the foremost first.
var works = []string{stateBusy, stateRinging, stateAfterWork, stateMissed}

// connectState is the agent's state in Connect, in its words: what their work
// makes of them, or the status that they are in.
func (m *Machine) connectState(a *Agent) string {
	l := m.connectLeg(a)
	if l == nil {
		return ""
	}
	if l != a.center() {
		if l.Work != nil && l.Work.State != "" {
			return l.Work.State
		}
		return m.Name(l.SystemID, l.Observed.Remote)
	}
	for _, state := range works {
		if slices.Contains(a.ContactStates, state) {
			return state
		}
	}
	return m.Name(l.SystemID, a.Status.String())
}

// ruled reports whether an agent has a leg in a system with rules.
func (m *Machine) ruled(a *Agent) bool {
	for i := range a.Legs {
		if sys := m.state.Systems[a.Legs[i].SystemID]; sys != nil && sys.hasRules() {
			return true
		}
	}
	return false
}

func (sys *System) hasRules() bool {
	return sys.Rules.Enabled && sys.Saved.Enabled && len(sys.Rules.Rules) > 0
}

// noteConnect tries rules for a change of the agent's state in Connect. A change
// that our own write made is no event for the rules of the system that it came
// from, nor is any change that a rule made (SF-30).
func (m *Machine) noteConnect(s *tandem.Step, a *Agent, ours *event.StatusWriteRequested, person bool) {
	was := a.ConnectState
	is := m.connectState(a)
	if was == is || is == "" || !m.ruled(a) {
		return
	}
	s.Emit(&event.ConnectStateSeen{UserID: a.UserID, State: is})
	if ours != nil && ours.Because == becauseRule {
		return
	}
	facts := rule.ConnectState(was, is)
	for i := range a.Legs {
		if l := &a.Legs[i]; ours == nil || a.Intent.SystemID != l.SystemID {
			m.fire(s, a, l, facts, person)
		}
	}
}

// notePresence tries a system's rules for what the system was seen to show:
// never for an echo, for what was known, or for what is put back.
func (m *Machine) notePresence(s *tandem.Step, a *Agent, l *Leg, o *event.ObservationTaken) {
	switch o.Class {
	case event.ClassIntent, event.ClassEqual, event.ClassUnmapped, event.ClassSystem:
	default:
		return
	}
	if o.Late && o.Class != event.ClassIntent {
		return
	}
	k := kindOf(o.Reason)
	switch {
	case k == byLogout:
		m.fire(s, a, l, rule.Logout(), true)
	case k == bySession || k == byDisconnect:
	default:
		m.fire(s, a, l, rule.SalesforceState(m.names(l, o.Remote)...), k == byPerson || k == unattributed)
	}
}

// noteRules tries rules for what a system was seen to show.
func (m *Machine) noteRules(s *tandem.Step, a *Agent, l *Leg, o *event.ObservationTaken) {
	m.notePresence(s, a, l, o)
	if l == m.connectLeg(a) {
		var ours *event.StatusWriteRequested
		if o.Class == event.ClassEcho {
			ours = &l.Last
		}
		m.noteConnect(s, a, ours, o.Cause == event.CausePerson)
	}
}

// names are what rules may call a leg's status: its name for programs, and its
// label.
func (m *Machine) names(l *Leg, remote string) []string {
	sys := m.state.Systems[l.SystemID]
	if sys == nil {
		return nil
	}
	st := sys.status(remote)
	if st == nil {
		return []string{remote}
	}
	if st.APIName == "" || st.APIName == st.Name {
		return []string{st.Name}
	}
	return []string{st.APIName, st.Name}
}

// fire does what the rules of a leg's system make of an event (SYNC-24). Each
// acts on its destination only.
func (m *Machine) fire(s *tandem.Step, a *Agent, l *Leg, facts *rule.Facts, person bool) {
	sys := m.state.Systems[l.SystemID]
	if sys == nil || !sys.hasRules() {
		return
	}
	for _, r := range rule.First(sys.Rules.Rules, facts) {
		to := l
		if r.Destination == event.ConnectAgentState {
			if to = m.connectLeg(a); to == nil {
				continue
			}
		}
		m.act(s, a, l, to, r, person)
	}
}

// act does what one rule asks of its destination. After a log-out, the change of
// the workload that comes with it overrides nothing.
func (m *Machine) act(s *tandem.Step, a *Agent, from, to *Leg, r *event.PresenceRule, person bool) {
	held := m.override(a, to)
	if held != nil && held.Source == event.SalesforceAgentLogout && held.From == from.SystemID && r.Source == event.SalesforceWorkloadChanged && from.gone() {
		return
	}
	remote, why := m.resolve(to, r.State)
	fired := &event.RuleFired{UserID: a.UserID, SystemID: from.SystemID, RuleID: r.RuleID, Rule: r.Name, Source: r.Source, Destination: to.SystemID, Remote: remote, Detail: why}
	status := m.canonical(to, remote)
	fired.Wish = r.Wish && person && remote != "" && !status.IsZero()
	switch {
	case !fired.Wish && remote != "" && held != nil && held.Remote == remote && held.Source == r.Source && held.From == from.SystemID:
		return
	case fired.Wish && status == a.Intent.StatusID && (r.Source == event.ConnectAgentStateChange || from.Observed.Class == event.ClassEqual):
		return // it is the wish already
	}
	s.Emit(fired)
	if fired.Wish {
		m.newIntent(s, a, to.SystemID, remote, status, event.CausePerson, s.At)
	}
}

// resolve finds the state that a rule names: in the center and in Amazon Connect
// by name, elsewhere by the name for programs. What cannot be set is told, and
// left.
func (m *Machine) resolve(to *Leg, state string) (remote, why string) {
	if m.voice(to) && rule.SystemState(state) {
		return "", "\"" + state + "\" is a state that Connect sets by itself"
	}
	if to.SystemID == m.state.Center {
		for _, id := range tandem.SortedIDs(m.state.Statuses) {
			if st := m.state.Statuses[id]; st.Name == state && st.Enabled {
				return id.String(), ""
			}
		}
		return "", "there is no agent status \"" + state + "\" in Connect that can be set; change the rule"
	}
	sys := m.state.Systems[to.SystemID]
	for _, st := range sys.Statuses {
		if st.APIName == state || st.APIName == "" && st.Name == state {
			return st.Remote, ""
		}
	}
	return "", "there is no status \"" + state + "\" in " + sys.Saved.Name + "; use the DeveloperName of one, or refresh the list"
}

// override is the state that a rule holds a leg in; nil for none. An intent that
// means something there ends it.
func (m *Machine) override(a *Agent, l *Leg) *Override {
	if l.Rule == nil || l.Rule.Intent != a.Intent.Version && m.project(a, l) != "" {
		return nil
	}
	return l.Rule
}

// overridden is what a rule makes a leg show, as long as it can; "" for nothing.
func (m *Machine) overridden(a *Agent, l *Leg) string {
	held := m.override(a, l)
	if held == nil {
		return ""
	}
	if l.SystemID == m.state.Center {
		if m.enabled(m.canonical(l, held.Remote)) {
			return held.Remote
		}
		return ""
	}
	if m.state.Systems[l.SystemID].offers(held.Remote) {
		return held.Remote
	}
	return ""
}

func (m *Machine) applyFired(a *Agent, e *event.RuleFired) {
	if l := a.leg(e.Destination); l != nil && e.Remote != "" && !e.Wish {
		l.Rule = &Override{Remote: e.Remote, Intent: a.Intent.Version, Source: e.Source, From: e.SystemID}
		l.Refused = false
	}
}

// acceptWork tries rules for work that an agent accepted, once.
func (m *Machine) acceptWork(s *tandem.Step, c ObserveWorkAccepted) error {
	a, l, err := m.findLeg(c.SystemID, c.RemoteID)
	if err != nil || slices.Contains(l.Accepted, c.WorkID) {
		return err
	}
	if c.WorkID == "" || len(c.WorkID) > maxPageID {
		return tandem.Errorf(tandem.Invalid, "WorkID", "give the id of the work, at most %d characters", maxPageID)
	}
	s.Emit(&event.WorkAccepted{UserID: a.UserID, SystemID: l.SystemID, WorkID: c.WorkID, Channel: c.Channel, At: seenAt(c.At, s.At)})
	m.fire(s, a, l, rule.Accepted(c.Channel), false)
	m.settle(s, a)
	return nil
}

func (l *Leg) applyAccepted(work string) {
	if len(l.Accepted) == maxAccepted {
		l.Accepted = slices.Delete(l.Accepted, 0, 1)
	}
	l.Accepted = append(l.Accepted, work)
}
