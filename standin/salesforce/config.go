package salesforce

import (
	"crypto/rsa"
	"time"
)

// Config says what org the stand-in plays. The zero value of every field is
// usable; the comment on each field gives its default.
type Config struct {
	// Clock tells the time; default time.Now. Server.Advance adds to it.
	Clock func() time.Time
	// ClientID and ClientSecret are the one connected app; an empty ClientID
	// refuses everybody.
	ClientID, ClientSecret string
	// Username is whom the app runs as, and whom a JWT bearer must name.
	Username string
	// PublicKey checks JWT bearers; nil refuses them.
	PublicKey *rsa.PublicKey
	// TokenLifetime is how long a session lives; default 2 hours.
	TokenLifetime time.Duration
	// DailyRequests is the org's budget of API requests in 24 hours; default
	// 100000.
	DailyRequests int
	// BatchSize is how many records one answer of a query has at most; default
	// 2000.
	BatchSize int
	// Users, Statuses and Channels are known from the start.
	Users    []User
	Statuses []Status
	Channels []Channel
	// StreamHold is how long a connect of the Streaming API is held, in real
	// time; default 110 seconds.
	StreamHold time.Duration
	// OmniOff starts the org without Omni-Channel: there are then no presence
	// objects.
	OmniOff bool
	// HideDeveloperName takes the app's user the permission to see developer
	// names ("New Permission Requirements for DeveloperName Field").
	HideDeveloperName bool
	// NoPushTopics takes the app's user the permission to create push topics.
	NoPushTopics bool
}

// User is a person of the org.
type User struct {
	ID    string `json:"id"` // 15 or 18 characters
	Name  string `json:"name"`
	Email string `json:"email"`
	// Profile is the name of the user's profile; empty means that none can be
	// seen.
	Profile string `json:"profile,omitempty"`
	// Capacity is the configured capacity; default 5.
	Capacity int `json:"capacity,omitempty"`
	// Granted are the presence statuses that the profile allows; empty means
	// all.
	Granted []string `json:"granted,omitempty"`
	// StatusID is the status at the start; empty means Offline.
	StatusID string `json:"status_id,omitempty"`
}

// Status is a presence status. One with channels is flagged Online, one
// without Busy.
type Status struct {
	ID            string   `json:"id"`
	DeveloperName string   `json:"developer_name"`
	Label         string   `json:"label"`
	ChannelIDs    []string `json:"channel_ids,omitempty"`
}

// Channel is a service channel.
type Channel struct {
	ID            string `json:"id"`
	DeveloperName string `json:"developer_name"`
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.TokenLifetime <= 0 {
		c.TokenLifetime = 2 * time.Hour
	}
	if c.StreamHold <= 0 {
		c.StreamHold = 110 * time.Second
	}
	if c.DailyRequests <= 0 {
		c.DailyRequests = 100_000
	}
	if c.BatchSize <= 0 {
		c.BatchSize = 2000
	}
	return c
}
