package kustomer

import "time"

// Config says what organization the stand-in plays. The zero value of every
// field is usable; the comment on each field gives its default.
type Config struct {
	// Clock tells the time; default time.Now. Server.Advance adds to it.
	Clock func() time.Time
	// Keys are the API keys that are known from the start.
	Keys []Key
	// Users are the people known from the start.
	Users []User
	// Teams are the teams known from the start. A user on no team with Routing
	// cannot choose a status.
	Teams []Team
	// Queues are the queues known from the start.
	Queues []Queue
	// CustomStatuses are the unavailable statuses that an admin added to the
	// default four.
	CustomStatuses []Status
	// RatePerMinute is the organization's request budget; default 1000, of the
	// plan Enterprise.
	RatePerMinute int
	// AcceptTimeout is how long work may be offered; default 30 seconds.
	AcceptTimeout time.Duration
	// RequeueWhenOffline puts the work of an agent who goes offline back into
	// its queue; a queue may say otherwise.
	RequeueWhenOffline bool
	// UnassignReopened takes a conversation that is opened again away from an
	// agent who is not available ("Automatic User Unassignment").
	UnassignReopened bool
	// WebhookTimeout is how long a receiver has to answer; default 5 seconds of
	// the machine's time.
	WebhookTimeout time.Duration
}

// Key is an API key. Whatever it changes counts as done by its machine user.
type Key struct {
	Token  string   `json:"token"`
	UserID string   `json:"user_id"` // of the machine user; made if empty
	Name   string   `json:"name"`
	Roles  []string `json:"roles"` // empty: every role
}

// User is a person of the organization.
type User struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	// TeamIDs are the user's teams; the first with routing is the one that they
	// work for at first.
	TeamIDs []string `json:"team_ids"`
	// StatusID is the status the user starts in; default none: the user has not
	// begun a work session.
	StatusID string `json:"status_id,omitempty"`
	machine  bool
}

// Team is a team and its routing settings.
type Team struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Routing bool   `json:"routing"` // it has an activated routing profile
	// Capacity is how much work one agent can hold; default 3.
	Capacity int `json:"capacity"`
	// Queues are the queues that the team serves; Priority is 1 to 100, and 1 is
	// served first.
	Queues []TeamQueue `json:"queues"`
}

// TeamQueue is a queue that a team serves.
type TeamQueue struct {
	QueueID  string `json:"queue_id"`
	Priority int    `json:"priority"`
}

// Queue is where work waits.
type Queue struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	ItemSize int    `json:"item_size"` // how much capacity one item takes; default 1
	// RequeueWhenOffline overrides the organization's setting unless nil.
	RequeueWhenOffline *bool `json:"requeue_when_offline,omitempty"`
}

// The types of statuses.
const (
	TypeAvailable   = "available"
	TypeBusy        = "busy"
	TypeUnavailable = "unavailable"
	TypeOffline     = "offline"
)

// Ids of the four statuses that every organization has here. Kustomer gives
// them other ids in each organization.
const (
	StatusAvailable   = "650000000000000000000001"
	StatusBusy        = "650000000000000000000002"
	StatusUnavailable = "650000000000000000000003"
	StatusOffline     = "650000000000000000000004"
)

// Status is a routing user status.
type Status struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type"` // default unavailable; a custom status can have no other
	Off         bool   `json:"off"`  // switched off: nobody can choose it

	system, unselectable bool
	createdAt, updatedAt time.Time
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.RatePerMinute <= 0 {
		c.RatePerMinute = 1000
	}
	if c.AcceptTimeout <= 0 {
		c.AcceptTimeout = 30 * time.Second
	}
	if c.WebhookTimeout <= 0 {
		c.WebhookTimeout = 5 * time.Second
	}
	return c
}

// defaultStatuses are the four of "Kustomer help: Show agent availability with
// user statuses". Nobody chooses Busy: Kustomer sets it during a call.
func defaultStatuses() []Status {
	return []Status{
		{ID: StatusAvailable, Name: "Available", Description: "Available for routed work", Type: TypeAvailable, system: true},
		{ID: StatusBusy, Name: "Busy", Description: "Busy, not routed work", Type: TypeBusy, system: true, unselectable: true},
		{ID: StatusUnavailable, Name: "Unavailable", Description: "Unavailable for routed work", Type: TypeUnavailable, system: true},
		{ID: StatusOffline, Name: "Offline", Description: "Offline, not routed work", Type: TypeOffline, system: true},
	}
}
