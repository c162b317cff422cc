package zendesk

import "time"

// Config says what account the stand-in plays. The zero value of every field
// is usable; the comment on each field gives its default.
type Config struct {
	// Clock tells the time; default time.Now. Server.Advance adds to it.
	Clock func() time.Time
	// ClientID and ClientSecret are the one OAuth client that may ask for
	// tokens; an empty ClientID refuses everybody.
	ClientID, ClientSecret string
	// TokenLifetime is how long a bearer token lives unless the request asks
	// for another span; default 30 minutes.
	TokenLifetime time.Duration
	// Agents are the people known from the start.
	Agents []Agent
	// CustomStatuses are the statuses an admin added to the default four.
	CustomStatuses []Status
	// IdleTimeout applies to the default statuses Online and Transfers Only;
	// default 0, which is off. Custom statuses carry their own.
	IdleTimeout time.Duration
	// OmnichannelOff starts the account without omnichannel routing: there is
	// then no unified status to read or set.
	OmnichannelOff bool
	// FirstVersion is the version agents start with; default 1. A stand-in
	// that outlives its own restarts should pass something that grows, such as
	// the Unix time, because clients drop versions they have already seen.
	FirstVersion int64
	// RatePerMinute is the account's request budget; default 700.
	RatePerMinute int
	// AvailabilityRatePerMinute is the budget of listing availabilities;
	// default 300.
	AvailabilityRatePerMinute int
	// AccountID appears in webhook envelopes; default 2.
	AccountID int64
	// WebhookTimeout is how long a receiver has to answer; default 10 seconds.
	WebhookTimeout time.Duration
	// WebhookRetryDelay is the pause before repeating after 409 or a time-out;
	// default 1 second. After 429 and 503 the receiver's Retry-After decides.
	WebhookRetryDelay time.Duration
	// WebhookWorkers is how many deliveries run at once; default 4. One agent's
	// events always go through the same worker, so they leave in order.
	WebhookWorkers int
	// WebhookQueueLimit bounds deliveries under way, waiting or held; default
	// 1000. What does not fit is recorded as failed and not sent.
	WebhookQueueLimit int
}

// Agent is a person of the account.
type Agent struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	// Role is "agent" or "admin"; default "agent".
	Role     string  `json:"role"`
	GroupIDs []int64 `json:"group_ids"`
	// StatusID is the status the agent starts in; default Offline.
	StatusID int64 `json:"status_id,omitempty"`
}

// Ids of the four statuses every account has.
const (
	StatusOffline       int64 = 2
	StatusOnline        int64 = 3
	StatusAway          int64 = 4
	StatusTransfersOnly int64 = 5
)

// Status is a unified agent status.
type Status struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Channels    Channels `json:"channels"`
	// GroupIDs limits the status to agents of these groups; empty means all.
	GroupIDs []int64 `json:"group_ids"`
	// IdleTimeoutSeconds moves an agent without activity to Away; 0 is off.
	IdleTimeoutSeconds int64 `json:"idle_timeout_seconds,omitempty"`

	changedAt time.Time
}

// Channels is what a status means on each channel: "online", "away",
// "transfers_only" or "offline". An empty field counts as "offline".
type Channels struct {
	Messaging string `json:"messaging"`
	Support   string `json:"support"`
	Talk      string `json:"talk"`
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	orDuration(&c.TokenLifetime, 30*time.Minute)
	orDuration(&c.WebhookTimeout, 10*time.Second)
	orDuration(&c.WebhookRetryDelay, time.Second)
	orInt(&c.RatePerMinute, 700)
	orInt(&c.AvailabilityRatePerMinute, 300)
	orInt(&c.WebhookWorkers, 4)
	orInt(&c.WebhookQueueLimit, 1000)
	if c.FirstVersion <= 0 {
		c.FirstVersion = 1
	}
	if c.AccountID == 0 {
		c.AccountID = 2
	}
	return c
}

func orDuration(value *time.Duration, fallback time.Duration) {
	if *value <= 0 {
		*value = fallback
	}
}

func orInt(value *int, fallback int) {
	if *value <= 0 {
		*value = fallback
	}
}

func defaultStatuses(idle time.Duration) []Status {
	seconds := int64(idle / time.Second)
	return []Status{
		{ID: StatusOffline, Name: "Offline", Description: "Can't receive work", Channels: allChannels("offline")},
		{ID: StatusOnline, Name: "Online", Description: "Can receive work", Channels: allChannels("online"), IdleTimeoutSeconds: seconds},
		{ID: StatusAway, Name: "Away", Description: "Can only receive email tickets", Channels: allChannels("offline")},
		{ID: StatusTransfersOnly, Name: "Transfers Only", Description: "Can only receive work from other agents", Channels: allChannels("transfers_only"), IdleTimeoutSeconds: seconds},
	}
}

func allChannels(state string) Channels {
	return Channels{Messaging: state, Support: state, Talk: state}
}
