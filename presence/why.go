package presence

import (
	"fmt"
	"strings"

	"tandem"
	"tandem/event"
)

// Why is what there is to say of an agent's status, in sentences.
type Why struct {
	Wish    string // the status that was chosen last, where, by whom and when
	Contact string // whether the agent is on a contact
	Systems []SystemWhy
}

// SystemWhy is what there is to say of one system.
type SystemWhy struct {
	SystemID tandem.ID
	System   string
	Shows    string
	Should   string // empty: it is left as it is
	Why      string
}

// Why says what each system shows for a user, what it should, and why; ok is
// false where the user is not known.
func (m *Machine) Why(user tandem.ID) (w Why, ok bool) {
	a := m.state.Agents[user]
	if a == nil {
		return w, false
	}
	w = Why{Wish: "no status was chosen yet", Contact: "on no contact"}
	if i := &a.Intent; i.Version > 0 {
		w.Wish = fmt.Sprintf("the wish is %s (wish %d), chosen as %s in %s by %s at %s",
			m.statusName(i.StatusID), i.Version, m.Name(i.SystemID, i.Remote), m.Name(i.SystemID, ""), i.Cause, i.At)
	}
	if a.OnContact || len(a.Contacts) > 0 {
		w.Contact = "on a contact"
	}
	for i := range a.Legs {
		l := &a.Legs[i]
		leg := SystemWhy{SystemID: l.SystemID, System: m.Name(l.SystemID, ""), Shows: m.Name(l.SystemID, l.Observed.Remote)}
		if l.Observed.Remote == "" {
			leg.Shows = "nothing that was seen yet"
		}
		desired := m.Desired(a.UserID, l.SystemID)
		if desired != "" {
			leg.Should = m.Name(l.SystemID, desired)
		}
		leg.Why = strings.Join(m.legReasons(a, l, desired), "; ")
		w.Systems = append(w.Systems, leg)
	}
	return w, true
}

func (m *Machine) statusName(id tandem.ID) string { return m.Name(m.state.Center, id.String()) }

// legReasons says why a leg should show a status, and why it does not yet.
func (m *Machine) legReasons(a *Agent, l *Leg, desired string) []string {
	s := m.state.Systems[l.SystemID]
	if s != nil && !s.Saved.Enabled {
		return []string{"the system is switched off"}
	}
	if desired == "" {
		return []string{m.aloneReason(a, l, s)}
	}
	reasons := []string{m.desiredReason(a, l, s, desired)}
	if desired != l.Observed.Remote {
		reasons = append(reasons, m.pendingReason(l))
	}
	return reasons
}

// aloneReason says why a leg is left as it is.
func (m *Machine) aloneReason(a *Agent, l *Leg, s *System) string {
	switch {
	case l.Observed.Remote == "":
		return "it was not seen yet; if that lasts, look at the connector's health"
	case a.Intent.Version == 0:
		return "no status was chosen yet, anywhere that is kept in step"
	case s != nil && !s.Saved.StatusSync:
		return "its statuses are not kept in step (status_sync is off) and no rule sets one"
	case l.Observed.Class == event.ClassDeferred:
		return "the session there is lost; it may come back"
	case l.Observed.Class == event.ClassSystem:
		return "the system did it by itself, which is no wish; it stays until the next wish"
	case l.Observed.Class == event.ClassUnmapped:
		return "what was chosen there is not mapped, so it stays until the next wish"
	}
	return fmt.Sprintf("the wish %s has no status there, or what it shows means nothing elsewhere", m.statusName(a.Intent.StatusID))
}

// desiredReason says why a leg should show a status.
func (m *Machine) desiredReason(a *Agent, l *Leg, s *System, desired string) string {
	held := l.Rule != nil && l.Rule.Remote == desired
	switch {
	case s != nil && s.Saved.FocusMode && a.OnContact && !l.OverlayOff && desired == s.Saved.Focus:
		return "the agent is on a contact, and this is the focus status"
	case l.Kept == desired && l.Kept != "":
		return "it is put back after the contact"
	case held:
		return fmt.Sprintf("a rule of %s for %s set it", m.Name(l.Rule.From, ""), l.Rule.Source)
	case l.Last.Remote == desired && l.Last.Because == "capacity":
		return "it shows how much work the agent has elsewhere"
	case l.Observed.Class == event.ClassReverted:
		return "another system governs this status, so it is put back"
	case a.Intent.Version == 0:
		return "no status was chosen yet"
	}
	return fmt.Sprintf("the wish %s means that there", m.statusName(a.Intent.StatusID))
}

// pendingReason says why a leg does not show yet what it should.
func (m *Machine) pendingReason(l *Leg) string {
	switch {
	case l.Health == event.HealthFrozen:
		return "too much was written without a person's act, so writing has stopped; look who else changes the status, then release the agent"
	case l.Write != nil:
		return "the write is under way"
	case l.Refused:
		return fmt.Sprintf("the system refused the write (%s); mend that, then choose a status again", l.Ended.Detail)
	case l.Paged && len(l.Pages) == 0:
		return "no page of the agent's console is open to be written through"
	case l.Unsure:
		return "what it shows is being read first"
	case l.Ended.RetryAt != 0:
		return fmt.Sprintf("the last write did not succeed (%s); it is tried again from %s on", l.Ended.Detail, l.Ended.RetryAt)
	case l.SystemID == m.state.Center:
		return "it is taken when the agent's contacts are cleared"
	}
	return "it will be written"
}
