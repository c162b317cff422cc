package explain

import (
	"fmt"
	"slices"

	"tandem"
	"tandem/event"
)

// agentStory is what one agent did and what happened to the agent's status.
type agentStory struct {
	*teller
	id    tandem.ID
	known bool
}

func (s *agentStory) words(rec *tandem.Record, ev tandem.Event) (string, []string) {
	if what, why := s.statusWords(rec, ev); what != "" {
		return what, why
	}
	for _, tell := range []func(tandem.Event) string{s.userWords, s.workWords, s.callWords} {
		if what := tell(ev); what != "" {
			return what, nil
		}
	}
	return s.presenceWords(ev), nil
}

func (*agentStory) after(*tandem.Record) (string, []string) { return "", nil }

// statusWords tells of the status in the center.
func (s *agentStory) statusWords(rec *tandem.Record, ev tandem.Event) (string, []string) {
	switch ev := ev.(type) {
	case *event.AgentStatusChanged:
		if ev.UserID == s.id {
			return s.changed(rec, ev)
		}
	case *event.NextStatusSet:
		if ev.UserID == s.id {
			return s.nextStatus(rec, ev)
		}
	case *event.SettingsSaved:
		if s.known && s.state().Agents[s.id] != nil {
			return "the settings of the instance changed", s.settings(ev)
		}
	}
	return "", nil
}

// userWords tells of the user and the user's panel.
func (s *agentStory) userWords(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.UserSaved:
		if ev.UserID == s.id {
			return s.saved()
		}
	case *event.UserRetired:
		if ev.UserID == s.id {
			return "the user is to be deleted as soon as the last contact is cleared; nothing more is offered"
		}
	case *event.UserDeleted:
		if ev.UserID == s.id {
			return "the user was deleted"
		}
	case *event.SubjectErased:
		if ev.Subject == s.id {
			return "everything personal about the user was erased"
		}
	case *event.AgentConnectionChanged:
		if ev.UserID == s.id {
			return panel(ev)
		}
	case *event.AgentUnreachable:
		if ev.UserID == s.id {
			return fmt.Sprintf("the panel was gone for %d s; nothing is offered until it is back", s.state().Settings.HeartbeatGraceSeconds)
		}
	}
	return ""
}

func panel(ev *event.AgentConnectionChanged) string {
	switch {
	case ev.Connected && ev.Softphone:
		return "the panel is open and takes calls"
	case ev.Connected:
		return "the panel is open"
	}
	return "the panel is gone"
}

func (s *agentStory) saved() string {
	if s.known {
		return "the user was changed"
	}
	s.known = true
	return "the user was created"
}

func (s *agentStory) changed(rec *tandem.Record, ev *event.AgentStatusChanged) (string, []string) {
	what := "status is now " + s.status(ev.StatusID)
	a := s.state().Agents[s.id]
	if a == nil {
		return what, nil
	}
	what += fmt.Sprintf(" (was %s since %s)", s.status(a.StatusID), clock(a.StatusSince))
	if a.NextStatusID == ev.StatusID {
		return what, []string{"it was chosen as the next status at " + clock(a.NextSince)}
	}
	return what, s.paused(rec, ev.StatusID)
}

func (s *agentStory) nextStatus(rec *tandem.Record, ev *event.NextStatusSet) (string, []string) {
	if ev.StatusID.IsZero() {
		return "took the next status back", nil
	}
	const later = ", to be taken when the present contacts are cleared"
	if why := s.paused(rec, ev.StatusID); why != nil {
		return s.status(ev.StatusID) + " is the next status" + later, why
	}
	return "chose " + s.status(ev.StatusID) + " as the next status" + later, nil
}

// paused says so where the status is given for contacts that were missed.
func (s *agentStory) paused(rec *tandem.Record, statusID tandem.ID) []string {
	a, settings := s.state().Agents[s.id], s.state().Settings
	missed := slices.ContainsFunc(rec.Events, func(ev tandem.Event) bool {
		e, ok := ev.(*event.OfferEnded)
		return ok && e.UserID == s.id && e.Outcome == event.OfferMissed
	})
	if a == nil || !missed || statusID != settings.PauseStatusID || a.MissedInRow < settings.MissedBeforePause {
		return nil
	}
	return []string{fmt.Sprintf("missed in a row: %d; the settings ask for a pause after %d", a.MissedInRow, settings.MissedBeforePause)}
}
