package zendesk

import (
	"context"
	"strconv"
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

// An account allows so many requests a minute, for people and apps together.
// At most 60 % of that is ours in any minute: a third of our share can be sent
// at once, the rest comes back evenly over a minute.
const (
	burstPercent  = 20
	steadyPercent = 40
	assumedLimit  = 200 // of the smallest plan, until the first answer tells
)

// governor keeps requests within the account's rate limit. Urgent requests go
// at once while there is room; those in the background leave half of it.
type governor struct {
	clock connector.Clock

	mu          sync.Mutex
	perMinute   int
	limiter     *rate.Limiter
	closedUntil time.Time
}

func newGovernor(clock connector.Clock) *governor {
	g := &governor{clock: clock}
	g.set(assumedLimit)
	return g
}

// set takes another limit; what was used of the burst stays used. It is called
// with mu held, or before g is shared.
func (g *governor) set(perMinute int) {
	now, used := g.clock.Now(), 0
	if g.limiter != nil {
		used = int(float64(g.limiter.Burst()) - g.limiter.TokensAt(now))
	}
	g.perMinute = perMinute
	burst := max(1, perMinute*burstPercent/100)
	g.limiter = rate.NewLimiter(rate.Limit(float64(perMinute)*steadyPercent/100/60), burst)
	g.limiter.AllowN(now, min(used, burst))
}

// learn takes the header X-Rate-Limit.
func (g *governor) learn(header string) {
	limit, err := strconv.Atoi(header)
	if err != nil || limit <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if limit != g.perMinute {
		g.set(limit)
	}
}

// close lets nothing pass before a moment.
func (g *governor) close(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.closedUntil) {
		g.closedUntil = until
	}
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
		need = max(1, float64(g.limiter.Burst())/2)
	}
	missing := need - g.limiter.TokensAt(now)
	if missing > 0 {
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
