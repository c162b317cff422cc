package awsconnect

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tandem/connector"
)

// priority is how much a request hurries.
type priority int

const (
	admitted   priority = iota // let through already
	urgent                     // somebody changed a status, or waits for an answer
	background                 // looking at everybody
)

// An account allows so many requests a second of each operation, and twice as
// many at once, for all programs together (Amazon Connect Administrator Guide:
// API throttling quotas). At most 60 % of that is ours, all operations taken
// together.
const (
	steadyShare   = 0.5
	smallestBurst = 4
	longestPause  = 10 * time.Minute
)

// governor keeps requests within the account's quota. Urgent requests go at
// once while there is room; those in the background leave half of it.
type governor struct {
	clock   connector.Clock
	limiter *rate.Limiter

	mu          sync.Mutex
	closedUntil time.Time
	throttled   int // answers in a row that said too many
}

func newGovernor(clock connector.Clock, perSecond float64) *governor {
	burst := max(smallestBurst, int(2*perSecond))
	return &governor{clock: clock, limiter: rate.NewLimiter(rate.Limit(perSecond*steadyShare), burst)}
}

// throttle is told that there were too many requests, and returns until when
// nothing more is sent: as long as the service asks, or longer from time to
// time.
func (g *governor) throttle(asked time.Duration) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.throttled++
	if asked <= 0 {
		asked = connector.Backoff(g.throttled)
	}
	until := g.clock.Now().Add(min(asked, longestPause))
	if until.After(g.closedUntil) {
		g.closedUntil = until
	}
	return g.closedUntil
}

// served is told that a request was not throttled.
func (g *governor) served() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.throttled = 0
}

// wait returns when a request may be sent.
func (g *governor) wait(ctx context.Context, p priority) error {
	for p != admitted {
		span := g.pass(p)
		if span == 0 {
			return ctx.Err()
		}
		if err := connector.Wait(ctx, g.clock, span); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// pass lets one request through, or says after how long to ask again.
func (g *governor) pass(p priority) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if span := g.closedUntil.Sub(now); span > 0 {
		return span
	}
	need := 1.0
	if p == background {
		need = float64(g.limiter.Burst()) / 2
	}
	if missing := need - g.limiter.TokensAt(now); missing > 0 {
		return time.Duration(missing/float64(g.limiter.Limit())*float64(time.Second)) + time.Millisecond
	}
	g.limiter.AllowN(now, 1)
	return 0
}

// closed reports whether the account has asked us to stay away, and until when.
func (g *governor) closed() (until time.Time, yes bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closedUntil, g.closedUntil.After(g.clock.Now())
}
