package kustomer

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Refusals of the organization, matched with errors.Is.
var (
	ErrUnknown      = errors.New("there is nothing with this id")
	ErrNoRouting    = errors.New("the user is on no team with an activated routing profile")
	ErrStatusClosed = errors.New("the status is switched off, or not for people to choose")
	ErrSessionEnded = errors.New("the work session has ended and can only be read")
	errInvalid      = errors.New("invalid")
)

// org holds all that the organization knows. changed is called under the lock,
// so that events leave in the order in which things happened; it must not call
// back.
type org struct {
	mu      sync.Mutex
	config  Config
	now     func() time.Time
	changed func(event string, body object)
	made    uint64 // ids so far

	keys          []Key
	users         []*user // in the order of their creation, like all lists here
	teams         []Team
	queues        []Queue
	statuses      []Status
	sessions      []*session
	items         []*item
	conversations map[string]*conversation
}

// user is a person with the team they work for and their shift.
type user struct {
	User
	team    string
	session *session // the live one; nil: offline
}

func newOrg(c Config, now func() time.Time, changed func(string, object)) (*org, error) {
	o := &org{config: c, now: now, changed: changed, conversations: map[string]*conversation{}}
	for _, s := range defaultStatuses() {
		s.createdAt, s.updatedAt = now(), now()
		o.statuses = append(o.statuses, s)
	}
	for _, s := range c.CustomStatuses {
		if _, err := o.addStatus(s); err != nil {
			return nil, err
		}
	}
	for _, q := range c.Queues {
		if err := o.addQueue(q); err != nil {
			return nil, err
		}
	}
	for _, t := range c.Teams {
		if err := o.addTeam(t); err != nil {
			return nil, err
		}
	}
	for _, u := range c.Users {
		if err := o.addUser(u); err != nil {
			return nil, err
		}
	}
	for _, k := range c.Keys {
		if err := o.addKey(k); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// id makes an identifier in the form that Kustomer uses: 24 hexadecimal digits
// that begin with the time. It is called with mu held.
func (o *org) id() string {
	o.made++
	return fmt.Sprintf("%08x%016x", uint32(o.now().Unix()), o.made)
}

func (o *org) addStatus(s Status) (Status, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s.ID == "" {
		s.ID = o.id()
	}
	if s.Type == "" {
		s.Type = TypeUnavailable
	}
	switch {
	case s.Name == "":
		return s, fmt.Errorf("%w status: give a name", errInvalid)
	case s.Type != TypeUnavailable:
		return s, fmt.Errorf("%w status type %q: a custom status is always %s", errInvalid, s.Type, TypeUnavailable)
	case slices.ContainsFunc(o.statuses, func(other Status) bool { return other.ID == s.ID }):
		return s, fmt.Errorf("%w status id %q: it is used already", errInvalid, s.ID)
	}
	s.system, s.unselectable = false, false
	s.createdAt, s.updatedAt = o.now(), o.now()
	o.statuses = append(o.statuses, s)
	return s, nil
}

// switchStatus is the toggle of a custom status. Who is in it stays there; the
// pages do not say.
func (o *org) switchStatus(id string, off bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.statuses {
		if s := &o.statuses[i]; s.ID == id && !s.system {
			s.Off, s.updatedAt = off, o.now()
			return nil
		}
	}
	return fmt.Errorf("custom status %q: %w", id, ErrUnknown)
}

func (o *org) addQueue(q Queue) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if q.ID == "" || q.ItemSize < 0 || slices.ContainsFunc(o.queues, func(other Queue) bool { return other.ID == q.ID }) {
		return fmt.Errorf("%w queue %q: give an id that is not used yet and a size that is not negative", errInvalid, q.ID)
	}
	if q.ItemSize == 0 {
		q.ItemSize = 1
	}
	o.queues = append(o.queues, q)
	return nil
}

func (o *org) addTeam(t Team) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if t.ID == "" || t.Capacity < 0 || slices.ContainsFunc(o.teams, func(other Team) bool { return other.ID == t.ID }) {
		return fmt.Errorf("%w team %q: give an id that is not used yet and a capacity that is not negative", errInvalid, t.ID)
	}
	if t.Capacity == 0 {
		t.Capacity = 3
	}
	for _, q := range t.Queues {
		if q.Priority < 1 || q.Priority > 100 || o.queue(q.QueueID) == nil {
			return fmt.Errorf("%w queue %q of team %q: it must exist and have a priority from 1 to 100", errInvalid, q.QueueID, t.ID)
		}
	}
	o.teams = append(o.teams, t)
	o.changed("kustomer.team.create", teamJSON(t))
	return nil
}

func (o *org) addUser(add User) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if add.ID == "" || o.user(add.ID) != nil {
		return fmt.Errorf("%w user id %q: give one that is not used yet", errInvalid, add.ID)
	}
	u := &user{User: add}
	for _, id := range add.TeamIDs {
		t := o.team(id)
		if t == nil {
			return fmt.Errorf("team %q of user %q: %w", id, add.ID, ErrUnknown)
		}
		if t.Routing && u.team == "" {
			u.team = id
		}
	}
	u.StatusID = "" // from here on the status lives in the session
	o.users = append(o.users, u)
	o.changed("kustomer.user.create", userJSON(u.User))
	if add.StatusID == "" {
		return nil
	}
	return o.chooseLocked(u, add.StatusID, u.ID)
}

func (o *org) addKey(k Key) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if k.Token == "" || slices.ContainsFunc(o.keys, func(other Key) bool { return other.Token == k.Token }) {
		return fmt.Errorf("%w API key: give a token that is not used yet", errInvalid)
	}
	if k.UserID == "" {
		k.UserID = o.id()
	}
	if o.user(k.UserID) == nil {
		o.users = append(o.users, &user{User: User{ID: k.UserID, Name: k.Name, machine: true}})
	}
	o.keys = append(o.keys, k)
	return nil
}

func (o *org) revokeKey(token string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keys = slices.DeleteFunc(o.keys, func(k Key) bool { return k.Token == token })
}

func (o *org) key(token string) (Key, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.keys, func(k Key) bool { return k.Token == token })
	if i < 0 {
		return Key{}, false
	}
	return o.keys[i], true
}

// The look-ups below are called with mu held.

func (o *org) user(id string) *user {
	i := slices.IndexFunc(o.users, func(u *user) bool { return u.ID == id })
	if i < 0 {
		return nil
	}
	return o.users[i]
}

func (o *org) team(id string) *Team {
	i := slices.IndexFunc(o.teams, func(t Team) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return &o.teams[i]
}

func (o *org) queue(id string) *Queue {
	i := slices.IndexFunc(o.queues, func(q Queue) bool { return q.ID == id })
	if i < 0 {
		return nil
	}
	return &o.queues[i]
}

func (o *org) status(id string) *Status {
	i := slices.IndexFunc(o.statuses, func(s Status) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &o.statuses[i]
}
