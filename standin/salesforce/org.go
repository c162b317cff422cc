package salesforce

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// The reasons of a change of status ("Omni-Channel: omniChannelStatusChanged").
const (
	ReasonToolkit     = "OmniToolkitStatusChange"
	ReasonManual      = "OmniManualStatusChange"
	ReasonSupervisor  = "OmniSupervisorStatusChange"
	ReasonPushTimeout = "OmniPushTimeout"
	ReasonDecline     = "OmniDeclineWork"
	ReasonLogin       = "OmniLoginStatusChange"
)

// The reasons of a log-out ("Omni-Channel: omniChannelLogout").
const (
	LogoutDuplicate   = "DuplicateLogin"
	LogoutSameBrowser = "DuplicateLoginInSameBrowser"
	LogoutMaintenance = "MaintenanceLogout"
	LogoutSupervisor  = "OmniSupervisorLogout"
)

// Why the org refuses.
var (
	ErrUnknownUser   = errors.New("there is no such user")
	ErrUnknownStatus = errors.New("there is no such presence status")
	ErrNotGranted    = errors.New("the user's profile or permission set does not grant this presence status")
	ErrNoWork        = errors.New("there is no such work")
)

// presence is one UserServicePresence: each status is a record of its own.
type presence struct {
	id, user, status string
	current          bool
	created, ended   time.Time
}

// work is one AgentWork.
type work struct {
	id, user, item, channel, status string
	weight                          int
	created                         time.Time
}

// org is the state of the org.
type org struct {
	now     func() time.Time
	publish func(kind string, p presence)

	mu       sync.Mutex
	users    []User
	statuses []Status
	channels []Channel
	records  []presence
	works    []work
	ids      int
	sessions map[string]*session // the console that is logged in, by user
	consoles []*session          // all that are open, in the order in which they came
}

func newOrg(config Config, now func() time.Time, publish func(string, presence)) (*org, error) {
	o := &org{now: now, publish: publish, channels: slices.Clone(config.Channels), sessions: map[string]*session{}}
	for _, st := range config.Statuses {
		if !idShape.MatchString(st.ID) || o.status(st.ID) != nil {
			return nil, fmt.Errorf("%w status id %q: use 15 or 18 characters, each once", errInvalid, st.ID)
		}
		o.statuses = append(o.statuses, st)
	}
	for _, u := range config.Users {
		if !idShape.MatchString(u.ID) || o.user(u.ID) != nil {
			return nil, fmt.Errorf("%w user id %q: use 15 or 18 characters, each once", errInvalid, u.ID)
		}
		if u.Capacity <= 0 {
			u.Capacity = 5
		}
		o.users = append(o.users, u)
		if u.StatusID == "" {
			continue
		}
		if o.status(u.StatusID) == nil {
			return nil, fmt.Errorf("user %s: %w", u.ID, ErrUnknownStatus)
		}
		o.open(short(u.ID), u.StatusID)
	}
	return o, nil
}

func (o *org) knows(user string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.user(user) != nil
}

// The methods below want mu held.

func (o *org) user(id string) *User {
	i := slices.IndexFunc(o.users, func(u User) bool { return short(u.ID) == short(id) })
	if i < 0 {
		return nil
	}
	return &o.users[i]
}

func (o *org) status(id string) *Status {
	i := slices.IndexFunc(o.statuses, func(s Status) bool { return short(s.ID) == short(id) })
	if i < 0 {
		return nil
	}
	return &o.statuses[i]
}

func (o *org) current(user string) *presence {
	for i := len(o.records) - 1; i >= 0; i-- {
		if o.records[i].current && o.records[i].user == short(user) {
			return &o.records[i]
		}
	}
	return nil
}

// open starts a record. Times of records have whole seconds, as the API shows
// them.
func (o *org) open(user, status string) {
	o.ids++
	p := presence{id: newID("0Ub", o.ids), user: short(user), status: short(status), current: true, created: o.now().Truncate(time.Second)}
	o.records = append(o.records, p)
	o.publish("created", p)
}

func (o *org) end(user string) {
	if p := o.current(user); p != nil {
		p.current, p.ended = false, o.now().Truncate(time.Second)
		o.publish("updated", *p)
	}
}

// change moves a user to a status and tells the console, unless quiet.
func (o *org) change(user, status, reason string, quiet bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	u, st := o.user(user), o.status(status)
	switch {
	case u == nil:
		return ErrUnknownUser
	case st == nil:
		return ErrUnknownStatus
	case len(u.Granted) > 0 && !slices.ContainsFunc(u.Granted, func(id string) bool { return short(id) == short(status) }):
		return ErrNotGranted
	}
	if p := o.current(user); p != nil && p.status == short(status) {
		return nil
	}
	o.end(user)
	o.open(user, status)
	if !quiet {
		o.tell(user, ConsoleEvent{
			Name: "omniChannelStatusChanged", StatusID: long(status), StatusName: st.Label, StatusAPIName: st.DeveloperName,
			Channels: o.channelsOf(st), Reason: reason,
		})
	}
	return nil
}

// logout ends a user's Omni-Channel session, if there is one.
func (o *org) logout(user, reason string, quiet bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.user(user) == nil {
		return ErrUnknownUser
	}
	if o.current(user) == nil {
		return nil
	}
	o.end(user)
	if !quiet {
		o.tell(user, ConsoleEvent{Name: "omniChannelLogout", Reason: reason})
	}
	return nil
}

func (o *org) shown(user string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := o.current(user); p != nil {
		return p.status
	}
	return ""
}

// load is the sum of a user's open work.
func (o *org) load(user string) int {
	sum := 0
	for _, w := range o.works {
		if w.user == short(user) && w.status == "Opened" {
			sum += w.weight
		}
	}
	return sum
}

// assign gives a user a piece of work; an item without id gets one.
func (o *org) assign(user, channel, item string, weight int) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.user(user) == nil {
		return "", ErrUnknownUser
	}
	o.ids++
	item = cmp.Or(item, newID("500", o.ids))
	w := work{id: newID("0Bz", o.ids), user: short(user), item: item, channel: short(channel), status: "Assigned", weight: weight, created: o.now()}
	o.works = append(o.works, w)
	o.tell(user, ConsoleEvent{Name: "omniChannelWorkAssigned", WorkID: long(w.id), WorkItemID: item})
	return w.id, nil
}

// move takes work to another status: Opened, Declined or Closed.
func (o *org) move(user, id, status, event string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.works, func(w work) bool { return short(w.id) == short(id) && w.user == short(user) })
	if i < 0 {
		return ErrNoWork
	}
	before := o.load(user)
	o.works[i].status = status
	o.tell(user, ConsoleEvent{Name: event, WorkID: long(id), WorkItemID: o.works[i].item})
	o.tell(user, ConsoleEvent{
		Name: "omniChannelWorkloadChanged", ConfiguredCapacity: o.user(user).Capacity, PreviousWorkload: before, NewWorkload: o.load(user),
	})
	return nil
}

// agentWork is work as the toolkit's getAgentWorks lists it.
type agentWork struct {
	WorkID     string `json:"workId"`
	WorkItemID string `json:"workItemId"`
	IsEngaged  bool   `json:"isEngaged"`
}

// unfinished is the work that a user was given and has neither declined nor
// closed; it wants mu held.
func (o *org) unfinished(user string) []agentWork {
	all := []agentWork{}
	for _, w := range o.works {
		if w.user == short(user) && (w.status == "Assigned" || w.status == "Opened") {
			all = append(all, agentWork{WorkID: long(w.id), WorkItemID: w.item, IsEngaged: w.status == "Opened"})
		}
	}
	return all
}
