package presence

import (
	"slices"

	"tandem"
	"tandem/event"
)

// Why a write is requested, as events say it.
const (
	becauseIntent    = "intent"
	becauseFocus     = "focus"
	becauseRestore   = "restore"
	becauseRevert    = "revert"
	becauseReconcile = "reconcile"
	becauseCapacity  = "capacity"
	becauseRule      = "rule"
)

// rows are the rows of a system's mapping that count: both statuses still
// exist, and the center's is enabled (ZD-L10, ZD-L11).
func (m *Machine) rows(sys *System) []event.MappingRow {
	if m.isHome(sys.Saved.SystemID) {
		return m.homeRows(sys)
	}
	var rows []event.MappingRow
	for _, r := range sys.Saved.Mapping {
		if sys.offers(r.Remote) && m.enabled(r.StatusID) {
			rows = append(rows, r)
		}
	}
	return rows
}

// offers reports whether the system has a status, as far as is known.
func (sys *System) offers(remote string) bool {
	return len(sys.Statuses) == 0 || sys.status(remote) != nil
}

func (sys *System) status(remote string) *event.RemoteStatus {
	for i := range sys.Statuses {
		if sys.Statuses[i].Remote == remote {
			return &sys.Statuses[i]
		}
	}
	return nil
}

func (m *Machine) enabled(status tandem.ID) bool {
	st := m.state.Statuses[status]
	return st != nil && st.Enabled
}

// canonical is the center's status that a leg's status is mapped to; zero for
// none.
func (m *Machine) canonical(l *Leg, remote string) tandem.ID {
	if l.SystemID == m.state.Center {
		id, _ := tandem.ParseID(remote) // written by us from an id
		return id
	}
	sys := m.state.Systems[l.SystemID]
	if sys == nil || !sys.Saved.StatusSync {
		return tandem.ID{}
	}
	for _, r := range m.rows(sys) {
		if r.Remote == remote {
			return r.StatusID
		}
	}
	return tandem.ID{}
}

// master reports whether a system governs the statuses that it maps.
func (m *Machine) master(system tandem.ID) bool {
	sys := m.state.Systems[system]
	return sys != nil && sys.Saved.Enabled && sys.Saved.StatusSync && sys.Saved.Policy == event.Master
}

// maps reports whether a system maps some status of its own to the center's.
func (m *Machine) maps(system, status tandem.ID) bool {
	sys := m.state.Systems[system]
	return sys != nil && sys.Saved.StatusSync &&
		slices.ContainsFunc(m.rows(sys), func(r event.MappingRow) bool { return r.StatusID == status })
}

// project is what the intent means for a leg, without overlay; "" where it
// means nothing there. A master follows only masters.
func (m *Machine) project(a *Agent, l *Leg) string {
	if a.Intent.Version == 0 {
		return ""
	}
	if l.SystemID == m.state.Center {
		if !m.enabled(a.Intent.StatusID) {
			return ""
		}
		return a.Intent.StatusID.String()
	}
	sys := m.state.Systems[l.SystemID]
	if !sys.Saved.StatusSync || m.master(l.SystemID) && !m.master(a.Intent.SystemID) {
		return ""
	}
	if a.Intent.SystemID == l.SystemID && sys.offers(a.Intent.Remote) {
		return a.Intent.Remote
	}
	return m.preferred(sys, a.Intent.StatusID, l.ownWord())
}

// wordFor is a leg's word for a status of the center.
func (m *Machine) wordFor(l *Leg, status tandem.ID) string {
	if l.SystemID == m.state.Center {
		return status.String()
	}
	return m.preferred(m.state.Systems[l.SystemID], status, "")
}

// ownWord is the leg's status beneath an overlay, and before a choice that is
// put back.
func (l *Leg) ownWord() string {
	switch {
	case l.Kept != "":
		return l.Kept
	case l.Observed.Class == event.ClassReverted:
		return l.Chosen
	}
	return l.Observed.Remote
}

// preferred is the system's status for the center's: the present one where
// that is mapped to it, else the preferred row's.
func (m *Machine) preferred(sys *System, status tandem.ID, present string) string {
	remote := ""
	for _, r := range m.rows(sys) {
		if r.StatusID != status {
			continue
		}
		if r.Remote == present {
			return present
		}
		if remote == "" || r.Preferred {
			remote = r.Remote
		}
	}
	return remote
}

// focus is the focus status of a leg's system, "" where it has none.
func (m *Machine) focus(l *Leg) string {
	if sys := m.state.Systems[l.SystemID]; sys != nil {
		return sys.Saved.Focus
	}
	return ""
}

// focused reports whether the overlay covers the leg.
func (m *Machine) focused(a *Agent, l *Leg) bool {
	sys := m.state.Systems[l.SystemID]
	return a.OnContact && !l.OverlayOff && sys != nil && sys.Saved.FocusMode
}

// desired is what a leg should show, and why; "" leaves it as it is.
func (m *Machine) desired(a *Agent, l *Leg) (remote, because string) {
	covered := l.Kept != "" || m.focused(a, l)
	if covered && l.gone() {
		return "", ""
	}
	if m.focused(a, l) {
		return m.focus(l), becauseFocus
	}
	base := m.project(a, l)
	switch {
	case l.Kept != "" && m.state.Systems[l.SystemID].offers(l.Kept):
		return l.Kept, becauseRestore
	case l.Kept != "":
		return "", ""
	case m.overridden(a, l) != "":
		return m.overridden(a, l), becauseRule
	case base == "" && m.overwritten(l):
		return l.Chosen, becauseReconcile
	case base == "" || m.leftAlone(a, l):
		return "", ""
	case m.loaded(a, l) != "":
		return m.loaded(a, l), becauseCapacity
	case l.Observed.Class == event.ClassReverted:
		return base, becauseRevert
	case a.Intent.Version > l.IntentSeen:
		return base, becauseIntent
	}
	return base, becauseReconcile
}

// overwritten reports whether a write of ours that came late covers what was
// chosen in the leg's system.
func (m *Machine) overwritten(l *Leg) bool {
	ours := l.Observed.Class == event.ClassEcho || l.Observed.Class == event.ClassKnown
	return ours && l.SystemID != m.state.Center && l.Chosen != l.Observed.Remote && m.state.Systems[l.SystemID].offers(l.Chosen)
}

// beneath is what a leg should show beneath the overlay that begins, or that
// covers it: what the intent means there, or what was chosen there where the
// intent means nothing or the leg was left alone (SYNC-10).
func (m *Machine) beneath(a *Agent, l *Leg) string {
	base := m.project(a, l)
	switch {
	case m.overridden(a, l) != "":
		return m.overridden(a, l)
	case l.Kept == "" && (base == "" || m.leftAlone(a, l)):
		return l.Chosen
	case l.Kept != "" && (base == "" || a.Intent.Version <= l.KeptIntent):
		return l.Kept
	}
	return base
}

// leftAlone reports whether what the leg shows came about without a wish that
// we can read, after the present intent: it stays until the next intent
// (SYNC-9).
func (m *Machine) leftAlone(a *Agent, l *Leg) bool {
	if a.Intent.Version > l.IntentSeen {
		return false
	}
	switch l.Observed.Class {
	case event.ClassSystem, event.ClassDeferred, event.ClassUnmapped:
		return true
	}
	return m.canonical(l, l.Observed.Remote).IsZero()
}
