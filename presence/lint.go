package presence

import (
	"fmt"
	"slices"

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
	case sys.System < event.ZendeskSystem || sys.System > event.AmazonConnectSystem:
		return tandem.Errorf(tandem.Invalid, "System", "%d is not a kind of system; connect zendesk, salesforce, kustomer or amazon_connect", sys.System)
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
	if err := m.lintMapping(sys); err != nil {
		return err
	}
	if err := m.lintCapacity(sys); err != nil {
		return err
	}
	return m.lintFocus(sys, old)
}

// lintCapacity checks the statuses that show an agent's load: custom ones that
// mean nothing else (Kustomer help: map custom statuses for capacity).
func (m *Machine) lintCapacity(sys *event.SystemSaved) error {
	for _, f := range []struct {
		name   string
		status tandem.ID
	}{{"PartialCapacityStatusID", sys.PartialCapacityStatusID}, {"AtCapacityStatusID", sys.AtCapacityStatusID}} {
		st := m.state.Statuses[f.status]
		switch {
		case f.status.IsZero():
			continue
		case st == nil:
			return tandem.Errorf(tandem.Invalid, f.name, "there is no agent status %s", f.status)
		case st.Type != event.Custom:
			return tandem.Errorf(tandem.Invalid, f.name, "%q cannot show an agent's load: choose a custom status", st.Name)
		}
		for i, r := range sys.Mapping {
			if r.StatusID == f.status {
				return rowError(i, "StatusID", "%q shows an agent's load already; map another status", st.Name)
			}
		}
	}
	return nil
}

// lintMapping checks that the mapping gives back the center's status that was
// put in: each remote status in one row, and one row to write for each status
// of the center.
func (m *Machine) lintMapping(sys *event.SystemSaved) error {
	rows := sys.Mapping
	remotes := map[string]int{}
	preferred := map[tandem.ID]int{}
	count := map[tandem.ID]int{}
	for i, r := range rows {
		if err := m.lintRow(sys.System, i, r); err != nil {
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
		if sys.System == event.KustomerSystem && count[r.StatusID] > 1 {
			return rowError(i, "StatusID", "%q is mapped twice; Kustomer's statuses are linked one to one", m.state.Statuses[r.StatusID].Name)
		}
		if _, ok := preferred[r.StatusID]; !ok && count[r.StatusID] > 1 {
			return rowError(i, "Preferred", "several rows mean %q; mark the one to write", m.state.Statuses[r.StatusID].Name)
		}
	}
	return nil
}

func (m *Machine) lintRow(kind event.SystemKind, i int, r event.MappingRow) error {
	st := m.state.Statuses[r.StatusID]
	switch {
	case r.Remote == "":
		return rowError(i, "Remote", "name a status of the system")
	case st == nil:
		return rowError(i, "StatusID", "there is no agent status %s", r.StatusID)
	case kind == event.ZendeskSystem && r.Remote == zendeskOnline && st.Type != event.Routable:
		return rowError(i, "StatusID", "Zendesk's Online can only mean Available, not %q", st.Name)
	case kind == event.ZendeskSystem && r.Remote == zendeskOffline && st.Type != event.Offline:
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
	switch fit := old != nil && old.fitForFocus(sys.Focus); {
	case fit:
	case sys.System == event.ZendeskSystem:
		return tandem.Errorf(tandem.Invalid, "Focus", "the status %q cannot be used: it must be a custom status, with Talk online and the other channels away or offline; "+
			"change it in Zendesk and refresh the list", sys.Focus)
	default:
		return tandem.Errorf(tandem.Invalid, "Focus", "the status %q cannot be used: it must keep other work away from the agent; choose one such as Busy, or refresh the list", sys.Focus)
	}
	if i := m.focusClash(sys); i >= 0 {
		return rowError(i, "StatusID", "the focus status can only mean Available, not %q; map it to Available or not at all, or switch focus mode off",
			m.state.Statuses[sys.Mapping[i].StatusID].Name)
	}
	return nil
}

// focusClash is the row in which the focus status means something else than
// Available; -1 for none.
func (m *Machine) focusClash(sys *event.SystemSaved) int {
	return slices.IndexFunc(sys.Mapping, func(r event.MappingRow) bool {
		st := m.state.Statuses[r.StatusID]
		return r.Remote == sys.Focus && st != nil && st.Type != event.Routable
	})
}

// fitForFocus reports whether a status may be the focus status.
func (sys *System) fitForFocus(remote string) bool {
	st := sys.status(remote)
	return st != nil && st.Focusing && (st.Custom || sys.Saved.System != event.ZendeskSystem)
}
