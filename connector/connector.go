package connector

import (
	"context"
	"log/slog"
	"time"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// Connector works for one connected system.
//
// Write and Read never block and may be called from any goroutine, before Run
// as well. Several connectors for the same system never run at once.
type Connector interface {
	// Run works until ctx ends, and returns when every goroutine that it started
	// has ended. At its start it reports the statuses that the system offers,
	// links agents, and observes all linked agents; then it observes them again
	// from time to time, so that a change is found even if nothing announces it.
	// It returns early only with an error that starting again may mend.
	Run(ctx context.Context) error

	// Write asks for a status. At most one write per agent is under way; of
	// those that wait for the same agent only the newest is kept. Each write that
	// is begun ends in one presence.FinishWrite, which carries its Again:
	//
	//   - WriteDone: the system shows the status.
	//   - WriteRefused: the system said no, and will say so again.
	//   - WriteUnknown: it was sent, and it is not known whether it was done.
	//   - WriteRetry: it was not done; RetryAt says when to try again.
	//
	// With Again the connector looks first, and does not write where the system's
	// revision is no longer the write's Version.
	Write(w presence.Write)

	// Read asks for an agent's status to be reported as a presence.Observe whose
	// LookedAt is not before this call. The connector tries until it could look;
	// one that was not done when Run ends is made good by the next Run's start.
	Read(r presence.Read)

	// Refresh reads statuses and agents again and reports them before it returns,
	// and lets a running connector observe all linked agents soon. It works
	// whether or not Run does.
	Refresh(ctx context.Context) error

	// Agents lists who can be linked.
	Agents(ctx context.Context) ([]Agent, error)
}

// Agent is a person of a connected system whose status can be kept in step.
type Agent struct {
	RemoteID string // the system's own id
	Name     string
	Email    string
}

// Factory makes a connector for a system. It does not go to the network; it
// fails on settings that can never work, such as a URL without a host.
type Factory func(system event.SystemSaved, env Env) (Connector, error)

// Env is what a connector is handed from outside.
type Env struct {
	// Do hands a command to the instance that the system belongs to and returns
	// once it is durable.
	Do func(ctx context.Context, body any) (any, error)
	// Linked reports which agents of the system are linked, by their remote id.
	Linked func(ctx context.Context) (map[string]bool, error)
	// Link says which of the system's agents are to be linked now. Nil links
	// nobody. [MatchByEmail] helps.
	Link func(ctx context.Context, agents []Agent) ([]presence.LinkAgent, error)
	// Secrets keeps the system's secrets; see [SecretName].
	Secrets Secrets
	// PublicURL is where the system can reach this server, such as
	// https://tandem.example.com; empty when it cannot: then there are no
	// webhooks and changes are found by looking.
	PublicURL string
	Clock     Clock
	Log       *slog.Logger
	Stats     *Stats
}

// Secrets is where secrets are kept, encrypted.
type Secrets interface {
	Secret(ctx context.Context, name string) ([]byte, error)
	PutSecret(ctx context.Context, name string, secret []byte) error
}

// The secrets of a system, for [SecretName].
const (
	ClientSecret  = "client-secret"  // of the OAuth client
	WebhookSecret = "webhook-secret" // with which the system signs webhooks
	ConsoleKey    = "console-key"    // with which a connector signs the sessions of agents' browsers; it makes it itself
)

// SecretName is the name under which a system's secret is kept.
func SecretName(system tandem.ID, what string) string {
	return "connector/" + system.String() + "/" + what
}

// Clock is the time that a connector lives by. Deadlines of network requests
// are the machine's own.
type Clock interface {
	// Now is the time.
	Now() time.Time
	// After yields once the span has passed.
	After(span time.Duration) <-chan time.Time
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now implements Clock.
func (SystemClock) Now() time.Time { return time.Now() }

// After implements Clock.
func (SystemClock) After(span time.Duration) <-chan time.Time { return time.After(span) }

// Wait lets a span pass, or returns the error of ctx when it ends first.
func Wait(ctx context.Context, c Clock, span time.Duration) error {
	if span <= 0 {
		return ctx.Err()
	}
	select {
	case <-c.After(span):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
