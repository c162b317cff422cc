package presence

import (
	"slices"
	"strings"

	"tandem"
	"tandem/event"
)

const (
	maxPageID         = 100   // characters
	maxProfile        = 200   // characters
	sessionEndMillis  = 5_000 // until a session without pages is over, by default
	maxSessionEndWait = 600_000
)

// speaker is the page that speaks for the agent in the leg's system: the first
// that can (SYNC-19).
func (l *Leg) speaker() *Page {
	for i := range l.Pages {
		if !l.Pages[i].Mute {
			return &l.Pages[i]
		}
	}
	return nil
}

// pageID is the page to be written through; "" for none.
func (l *Leg) pageID() string {
	if p := l.speaker(); p != nil {
		return p.PageID
	}
	return ""
}

func (l *Leg) page(id string) int {
	return slices.IndexFunc(l.Pages, func(p Page) bool { return p.PageID == id })
}

// heard reports whether what a page tells is to be taken: only the one that
// speaks counts, and each of its messages once.
func (l *Leg) heard(c *Observe) bool {
	if c.PageID == "" {
		return true
	}
	p := l.speaker()
	return p != nil && p.PageID == c.PageID && (c.Sequence == 0 || c.Sequence > p.Sequence)
}

// attachPage takes a page; the oldest gives way to one too many.
func (m *Machine) attachPage(s *tandem.Step, c AttachPage) (any, error) {
	a, l, err := m.findLeg(c.SystemID, c.RemoteID)
	switch {
	case err != nil:
		return nil, err
	case c.PageID == "" || len(c.PageID) > maxPageID:
		return nil, tandem.Errorf(tandem.Invalid, "PageID", "give the page an id of 1 to %d characters", maxPageID)
	case len(c.Profile) > maxProfile:
		return nil, tandem.Errorf(tandem.Invalid, "Profile", "at most %d characters", maxProfile)
	}
	if l.page(c.PageID) < 0 {
		if len(l.Pages) == maxPages {
			s.Emit(&event.PageLeft{UserID: a.UserID, SystemID: l.SystemID, PageID: l.Pages[0].PageID})
		}
		s.Emit(&event.PageAttached{UserID: a.UserID, SystemID: l.SystemID, PageID: c.PageID, Profile: c.Profile, Mute: c.Mute})
		m.beginSession(s, a, l)
		m.settle(s, a)
	}
	return l.pageID() == c.PageID, nil
}

func (m *Machine) leavePage(s *tandem.Step, c LeavePage) error {
	a, l, err := m.findLeg(c.SystemID, c.RemoteID)
	if err != nil || l.page(c.PageID) < 0 {
		return err
	}
	s.Emit(&event.PageLeft{UserID: a.UserID, SystemID: l.SystemID, PageID: c.PageID})
	m.settle(s, a)
	return nil
}

// applyPages takes a page that came or left. A page that begins to speak is read
// first.
func (m *Machine) applyPages(a *Agent, l *Leg, pages []Page, at tandem.Time) {
	before := l.pageID()
	l.Pages, l.AloneAt = pages, 0
	if l.Paged = true; len(l.Pages) == 0 {
		l.AloneAt = at
	}
	if speaks := l.pageID(); speaks != before && speaks != "" {
		l.Unsure = true
		m.effects = append(m.effects, readEffect(m.state.Systems[l.SystemID], a, l))
	}
}

// sessionEnds is when a session without pages is over; 0 for never.
func (m *Machine) sessionEnds(l *Leg) tandem.Time {
	sys := m.state.Systems[l.SystemID]
	if sys == nil || l.AloneAt == 0 || !sys.Rules.SessionEnd.Enabled {
		return 0
	}
	wait := sys.Rules.SessionEnd.DelayMillis
	if wait == 0 {
		wait = sessionEndMillis
	}
	return l.AloneAt.Add(wait)
}

// endSession does what the policy says when no page came back in time: the
// agent becomes less available, never more.
func (m *Machine) endSession(s *tandem.Step, a *Agent, l *Leg) {
	if at := m.sessionEnds(l); at == 0 || at > s.At {
		return
	}
	policy := &m.state.Systems[l.SystemID].Rules.SessionEnd
	s.Emit(&event.SessionEnded{UserID: a.UserID, SystemID: l.SystemID})
	if concerns(policy, l.Profile, m.connectState(a)) && m.availability(policy.StatusID) < m.availability(m.shownAtHome(a)) {
		m.newIntent(s, a, m.homeID(), m.homeWord(policy.StatusID), policy.StatusID, event.CauseSessionEnd, s.At)
	}
}

// beginSession gives an agent who is offline the initial status at a log-in.
func (m *Machine) beginSession(s *tandem.Step, a *Agent, l *Leg) {
	if len(l.Pages) != 1 {
		return
	}
	policy := &m.state.Systems[l.SystemID].Rules.SessionEnd
	status := policy.InitialStatusID
	if policy.Enabled && m.enabled(status) && m.availability(m.shownAtHome(a)) == offline && m.availability(status) > offline {
		m.newIntent(s, a, m.homeID(), m.homeWord(status), status, event.CausePerson, s.At)
	}
}

// concerns reports whether the policy is for an agent of this profile and state.
func concerns(p *event.SessionEndPolicy, profile, state string) bool {
	named := len(p.Profiles) == 0 || slices.ContainsFunc(p.Profiles, func(part string) bool { return strings.Contains(profile, part) })
	return named && (len(p.States) == 0 || slices.Contains(p.States, state))
}
