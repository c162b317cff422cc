package presence

import (
	"cmp"
	"fmt"

	"tandem"
	"tandem/event"
)

// Namer gives names to systems and to their statuses; remote "" asks for the
// name of the system.
type Namer func(system tandem.ID, remote string) string

// Name is the name of a system, or of one of its statuses, as last known. It
// is a [Namer].
func (m *Machine) Name(system tandem.ID, remote string) string {
	if system == m.state.Center {
		id, _ := tandem.ParseID(remote) // the zero id has no status
		switch st := m.state.Statuses[id]; {
		case remote == "":
			return "the contact center"
		case st != nil:
			return st.Name
		}
		return remote
	}
	sys := m.state.Systems[system]
	switch {
	case sys == nil && remote == "":
		return system.String()
	case sys == nil:
		return remote
	case remote == "":
		return sys.Saved.Name
	}
	if st := sys.status(remote); st != nil {
		return st.Name
	}
	return remote
}

// Explain tells in sentences what a record says of a user's status, in order;
// nothing where it is about something else.
func Explain(rec *tandem.Record, user tandem.ID, name Namer) []string {
	var lines []string
	for _, ev := range rec.Events {
		if s := Tell(ev, name); s.UserID == user && s.Text != "" {
			lines = append(lines, s.Text)
		}
	}
	return lines
}

// Sentence is what an event says of a user's status.
type Sentence struct {
	UserID   tandem.ID
	SystemID tandem.ID // zero: it concerns all systems
	Text     string    // empty: nothing
}

// Tell tells in a sentence what an event says of a user's status.
func Tell(ev tandem.Event, name Namer) Sentence {
	of, line := tandem.ID{}, ""
	switch e := ev.(type) {
	case *event.IntentChanged:
		of = e.UserID
		line = fmt.Sprintf("wish %d: %s in %s, at %s, by %s", e.Version, name(e.SystemID, e.Remote), name(e.SystemID, ""), e.At, e.Cause)
	case *event.OverlayChanged:
		of, line = e.UserID, "no contact any more"
		if e.OnContact {
			line = "on a contact"
		}
	case *event.ObservationTaken:
		of, line = e.UserID, explainObservation(e, name)
	case *event.CapacityObserved:
		of = e.UserID
		line = fmt.Sprintf("%s counts %d of %d for the agent: %s", name(e.SystemID, ""), e.Used, e.Max, e.Band)
	case *event.RuleFired:
		of, line = e.UserID, explainRule(e, name)
	case *event.ConnectStateSeen:
		of, line = e.UserID, fmt.Sprintf("for the rules the agent is %s in Connect", e.State)
	case *event.WorkAccepted:
		of, line = e.UserID, fmt.Sprintf("accepted work in %s (channel %s)", name(e.SystemID, ""), cmp.Or(e.Channel, "unknown"))
	case *event.PageAttached:
		of, line = e.UserID, fmt.Sprintf("a page of %s is there", name(e.SystemID, ""))
	case *event.PageLeft:
		of, line = e.UserID, fmt.Sprintf("a page of %s is gone", name(e.SystemID, ""))
	case *event.SessionEnded:
		of, line = e.UserID, fmt.Sprintf("no page of %s has come back: the session is over", name(e.SystemID, ""))
	case *event.WorkStateObserved:
		of = e.UserID
		line = fmt.Sprintf("in %s the agent is %s", name(e.SystemID, ""), cmp.Or(e.State, "in a status of their own"))
	case *event.StatusWriteRequested:
		of = e.UserID
		line = fmt.Sprintf("%s is to show %s (%s, wish %d, attempt %d)", name(e.SystemID, ""), name(e.SystemID, e.Remote), e.Because, e.Intent, e.Attempt)
	case *event.StatusWriteEnded:
		of = e.UserID
		line = fmt.Sprintf("the write to %s ended: %s", name(e.SystemID, ""), e.Outcome)
		if e.Detail != "" {
			line += " (" + e.Detail + ")"
		}
	case *event.StatusKept:
		of, line = e.UserID, explainKept(e, name)
	case *event.LegHealthChanged:
		of = e.UserID
		line = fmt.Sprintf("%s is %s for this agent", name(e.SystemID, ""), e.Health)
		if e.Detail != "" {
			line += ": " + e.Detail
		}
	case *event.NoticeRaised:
		of, line = e.UserID, fmt.Sprintf("told the agent: %s %s", e.Notice, e.Detail)
	}
	return Sentence{UserID: of, SystemID: concernedSystem(ev), Text: line}
}

// concernedSystem is the system that a fact of presence is about; zero for all.
func concernedSystem(ev tandem.Event) tandem.ID {
	switch e := ev.(type) {
	case *event.ObservationTaken:
		return e.SystemID
	case *event.CapacityObserved:
		return e.SystemID
	case *event.RuleFired:
		return e.Destination
	case *event.WorkAccepted:
		return e.SystemID
	case *event.PageAttached:
		return e.SystemID
	case *event.PageLeft:
		return e.SystemID
	case *event.SessionEnded:
		return e.SystemID
	case *event.WorkStateObserved:
		return e.SystemID
	case *event.StatusWriteRequested:
		return e.SystemID
	case *event.StatusWriteEnded:
		return e.SystemID
	case *event.StatusKept:
		return e.SystemID
	case *event.LegHealthChanged:
		return e.SystemID
	case *event.NoticeRaised:
		return e.SystemID
	}
	return tandem.ID{}
}

var classMeanings = [...]string{"",
	"a wish", "our own write", "what was wanted there anyhow", "not mapped, left alone", "the system's own doing, no wish",
	"overtaken by a later act", "put back: another system governs this status", "waits: the session may come back", "the write is not shown"}

func explainObservation(e *event.ObservationTaken, name Namer) string {
	line := fmt.Sprintf("%s shows %s: %s", name(e.SystemID, ""), name(e.SystemID, e.Remote), classMeanings[e.Class])
	if e.Reason != "" {
		line += " (" + e.Reason + ")"
	}
	if e.Late {
		line += ", seen late"
	}
	return line
}

func explainRule(e *event.RuleFired, name Namer) string {
	switch {
	case e.Remote == "":
		return fmt.Sprintf("the rule %q (%s) cannot act: %s", e.Rule, e.Source, e.Detail)
	case e.Wish:
		return fmt.Sprintf("by the rule %q (%s) the agent wishes to be %s everywhere", e.Rule, e.Source, name(e.Destination, e.Remote))
	}
	return fmt.Sprintf("by the rule %q (%s) %s is to show %s", e.Rule, e.Source, name(e.Destination, ""), name(e.Destination, e.Remote))
}

func explainKept(e *event.StatusKept, name Namer) string {
	switch {
	case e.Remote != "":
		return fmt.Sprintf("%s will be put back in %s after the contact", name(e.SystemID, e.Remote), name(e.SystemID, ""))
	case e.Released:
		return fmt.Sprintf("changed by hand in %s during the contact: nothing will be put back", name(e.SystemID, ""))
	}
	return fmt.Sprintf("nothing is left to put back in %s", name(e.SystemID, ""))
}
