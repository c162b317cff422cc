package kustomer

import (
	"fmt"
	"slices"
	"time"
)

// session is one shift of one user: from the first status that is not offline
// until the next one that is.
type session struct {
	id, userID, teamID string
	statusID           string
	rev                int64
	createdAt          time.Time
	updatedAt          time.Time // of any change
	modifiedAt         time.Time // of the last change by a user
	modifiedBy         string
	signedOutAt        *time.Time
	spent              map[string]*spent // by status
	forced             *int              // what remains of the capacity, as a test wants it
	handled            int64
	lastAssignedAt     time.Time
	beforeCall         string // status to return to after the call
}

// spent is the time in one status.
type spent struct {
	since    time.Time // when it was entered last
	time     time.Duration
	selected int64
}

// choose puts a user into a status on a person's wish: their own, or a
// supervisor's. The first one begins a work session.
func (o *org) choose(userID, statusID, by string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.user(userID)
	if u == nil || u.machine {
		return fmt.Errorf("user %q: %w", userID, ErrUnknown)
	}
	return o.chooseLocked(u, statusID, by)
}

func (o *org) chooseLocked(u *user, statusID, by string) error {
	status := o.status(statusID)
	switch {
	case status == nil:
		return fmt.Errorf("status %q: %w", statusID, ErrUnknown)
	case status.Off || status.unselectable:
		return fmt.Errorf("status %q: %w", status.Name, ErrStatusClosed)
	case u.team == "":
		return fmt.Errorf("user %q: %w", u.ID, ErrNoRouting)
	}
	if u.session == nil {
		if status.Type == TypeOffline {
			return nil
		}
		o.begin(u)
	}
	o.enter(u, statusID, by)
	return nil
}

// begin starts a work session; enter gives it its first status.
func (o *org) begin(u *user) {
	now := o.now()
	u.session = &session{
		id: o.id(), userID: u.ID, teamID: u.team, createdAt: now, updatedAt: now, spent: map[string]*spent{},
	}
	o.sessions = append(o.sessions, u.session)
}

// enter moves a live session to a status. Empty by: nobody asked for it. What
// is there already changes nothing; the pages do not say.
func (o *org) enter(u *user, statusID, by string) {
	s, now := u.session, o.now()
	if s.statusID == statusID {
		return
	}
	if last := s.spent[s.statusID]; last != nil {
		last.time += now.Sub(last.since)
	}
	s.statusID, s.beforeCall = statusID, ""
	entered := s.spent[statusID]
	if entered == nil {
		entered = &spent{}
		s.spent[statusID] = entered
	}
	entered.since = now
	entered.selected++
	if by != "" {
		s.modifiedAt, s.modifiedBy = now, by
	}
	o.touch(s)
	if o.status(statusID).Type == TypeOffline {
		s.signedOutAt = &now
		u.session = nil
		o.release(u)
	}
	o.route()
}

// touch notes that something in a session has changed.
func (o *org) touch(s *session) {
	s.rev++
	s.updatedAt = o.now()
}

// setSessionStatus is PUT by an API key. Every enabled status is taken, Busy
// too: the integrations that Kustomer has with phone systems set it. An ended
// session is refused.
func (o *org) setSessionStatus(id, statusID, by string) (sessionView, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.session(id)
	if s == nil {
		return sessionView{}, fmt.Errorf("work session %q: %w", id, ErrUnknown)
	}
	status := o.status(statusID)
	switch {
	case s.signedOutAt != nil:
		return sessionView{}, ErrSessionEnded
	case status == nil:
		return sessionView{}, fmt.Errorf("%w status %q: there is none with this id", errInvalid, statusID)
	case status.Off:
		return sessionView{}, fmt.Errorf("status %q: %w", status.Name, ErrStatusClosed)
	}
	o.enter(o.user(s.userID), statusID, by)
	return o.view(s), nil
}

// act does one thing to a live session under the lock.
func (o *org) act(userID string, do func(*user)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.user(userID)
	if u == nil || u.session == nil {
		return fmt.Errorf("a live work session of user %q: %w", userID, ErrUnknown)
	}
	do(u)
	return nil
}

// startCall is Kustomer's own doing: whoever is on a call is Busy.
func (o *org) startCall(userID string) error {
	return o.act(userID, func(u *user) {
		if before := u.session.statusID; before != StatusBusy {
			o.enter(u, StatusBusy, "")
			u.session.beforeCall = before
		}
	})
}

// endCall brings back the status before the call, unless another was set since.
func (o *org) endCall(userID string) error {
	return o.act(userID, func(u *user) {
		if before := u.session.beforeCall; before != "" {
			o.enter(u, before, "")
		}
	})
}

// switchTeam lets a user work for another of their teams.
func (o *org) switchTeam(userID, teamID string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	u, t := o.user(userID), o.team(teamID)
	switch {
	case u == nil || t == nil || !slices.Contains(u.TeamIDs, teamID):
		return fmt.Errorf("team %q of user %q: %w", teamID, userID, ErrUnknown)
	case !t.Routing:
		return fmt.Errorf("team %q: %w", t.Name, ErrNoRouting)
	}
	u.team = teamID
	if u.session != nil {
		u.session.teamID = teamID
		u.session.modifiedAt, u.session.modifiedBy = o.now(), userID
		o.touch(u.session)
	}
	o.route()
	return nil
}

// forceCapacity tells another rest of capacity than the work explains, as has
// been seen after work was paused.
func (o *org) forceCapacity(userID string, remaining *int) error {
	return o.act(userID, func(u *user) {
		u.session.forced = remaining
		o.touch(u.session)
	})
}

// session finds a session, live or ended; mu is held.
func (o *org) session(id string) *session {
	i := slices.IndexFunc(o.sessions, func(s *session) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return o.sessions[i]
}

// sessionView is one session as readers see it, copied out of the lock.
type sessionView struct {
	session
	status         Status
	queues         []string
	items          []string
	pending        string
	remaining      int
	total          int
	paused, active int
}

func (o *org) view(s *session) sessionView {
	v := sessionView{session: *s, status: *o.status(s.statusID)}
	v.spent = map[string]*spent{}
	for id, in := range s.spent {
		copied := *in
		v.spent[id] = &copied
	}
	team := o.team(s.teamID)
	v.total = team.Capacity
	for _, q := range team.Queues {
		v.queues = append(v.queues, q.QueueID)
	}
	v.remaining = v.total
	for _, i := range o.items {
		if i.sessionID != s.id {
			continue
		}
		switch i.status {
		case itemPaused:
			v.paused++
		case itemRouted:
			v.pending = i.id
			v.remaining -= i.size
		case itemAssigned:
			v.active++
			v.items = append(v.items, i.id)
			v.remaining -= i.size
		}
	}
	if s.forced != nil {
		v.remaining = *s.forced
	}
	return v
}

// sessionsOf are the sessions that a filter takes, oldest first.
func (o *org) sessionsOf(filter func(s *session, statusType string) bool) []sessionView {
	o.mu.Lock()
	defer o.mu.Unlock()
	var found []sessionView
	for _, s := range o.sessions {
		if filter(s, o.status(s.statusID).Type) {
			found = append(found, o.view(s))
		}
	}
	return found
}
