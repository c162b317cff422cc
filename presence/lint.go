package presence

import (
	"fmt"

	"tandem"
	"tandem/event"
)

// The statuses of every Zendesk account (Zendesk API: Agent Availability,
// agent statuses) that can only mean Offline and Available.
const (
	zendeskOffline = "2"
	zendeskOnline  = "3"
)

// lint refuses a system whose settings contradict each other. Rows whose
// statuses have disappeared since are no error: they do not count.
func (m *Machine) lint(sys *event.SystemSaved, old *System) error {
	switch {
	case sys.System != event.ZendeskSystem:
		return tandem.Errorf(tandem.Invalid, "System", "only Zendesk can be connected")
	case sys.Name == "":
		return tandem.Errorf(tandem.Invalid, "Name", "give the system a name")
	case sys.URL == "":
		return tandem.Errorf(tandem.Invalid, "URL", "give the base of the system's API, such as https://example.zendesk.com")
	case sys.Policy != event.LastActionWins && sys.Policy != event.Master:
		return tandem.Errorf(tandem.Invalid, "Policy", "%d is not a policy; use last_action_wins or master", sys.Policy)
	}
	for _, id := range tandem.SortedIDs(m.state.Systems) {
		if other := m.state.Systems[id].Saved; id != sys.SystemID && other.Name == sys.Name {
			return tandem.Errorf(tandem.Duplicate, "Name", "another system is called %q; choose another name", sys.Name)
		}
	}
	if err := m.lintMapping(sys.Mapping); err != nil {
		return err
	}
	return m.lintFocus(sys, old)
}

// lintMapping checks that the mapping gives back the center's status that was
// put in: each remote status in one row, and one row to write for each status
// of the center.
func (m *Machine) lintMapping(rows []event.MappingRow) error {
	remotes := map[string]int{}
	preferred := map[tandem.ID]int{}
	count := map[tandem.ID]int{}
	for i, r := range rows {
		if err := m.lintRow(i, r); err != nil {
			return err
		}
		if first, twice := remotes[r.Remote]; twice {
			return rowError(i, "Remote", "the status %q is mapped in row %d already; a status has one meaning", r.Remote, first)
		}
		remotes[r.Remote] = i
		count[r.StatusID]++
		if first, twice := preferred[r.StatusID]; twice && r.Preferred {
			return rowError(i, "Preferred", "row %d is preferred for the same status already; prefer one", first)
		}
		if r.Preferred {
			preferred[r.StatusID] = i
		}
	}
	for i, r := range rows {
		if _, ok := preferred[r.StatusID]; !ok && count[r.StatusID] > 1 {
			return rowError(i, "Preferred", "several rows mean %q; mark the one to write", m.state.Statuses[r.StatusID].Name)
		}
	}
	return nil
}

func (m *Machine) lintRow(i int, r event.MappingRow) error {
	st := m.state.Statuses[r.StatusID]
	switch {
	case r.Remote == "":
		return rowError(i, "Remote", "name a status of the system")
	case st == nil:
		return rowError(i, "StatusID", "there is no agent status %s", r.StatusID)
	case r.Remote == zendeskOnline && st.Type != event.Routable:
		return rowError(i, "StatusID", "Zendesk's Online can only mean Available, not %q", st.Name)
	case r.Remote == zendeskOffline && st.Type != event.Offline:
		return rowError(i, "StatusID", "Zendesk's Offline can only mean Offline, not %q", st.Name)
	}
	return nil
}

func rowError(row int, field, format string, args ...any) error {
	return tandem.Errorf(tandem.Invalid, fmt.Sprintf("Mapping[%d].%s", row, field), format, args...)
}

// lintFocus checks the focus status (ZD-K2, ZD-L12 to ZD-L14).
func (m *Machine) lintFocus(sys *event.SystemSaved, old *System) error {
	if !sys.FocusMode {
		return nil
	}
	if sys.Focus == "" {
		return tandem.Errorf(tandem.Invalid, "Focus", "choose the status that shows that an agent is on a contact")
	}
	if old == nil || !old.fitForFocus(sys.Focus) {
		return tandem.Errorf(tandem.Invalid, "Focus", "the status %q cannot be used: it must be a custom status, with Talk online and the other channels away or offline; "+
			"change it in Zendesk and refresh the list", sys.Focus)
	}
	for i, r := range sys.Mapping {
		if st := m.state.Statuses[r.StatusID]; r.Remote == sys.Focus && st.Type != event.Routable {
			return rowError(i, "StatusID", "the focus status can only mean Available, not %q; map it to Available or not at all, or switch focus mode off", st.Name)
		}
	}
	return nil
}

// fitForFocus reports whether a status may be the focus status.
func (sys *System) fitForFocus(remote string) bool {
	st := sys.status(remote)
	return st != nil && st.Custom && st.Focusing
}
