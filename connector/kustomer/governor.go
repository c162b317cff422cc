package kustomer

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

// An organization allows so many requests a minute, for its people and apps
// together ("Kustomer: Rate limits"). At most 60 % of that is ours in any
// minute: a third of our share can be sent at once, the rest comes back evenly
// over a minute. Looking takes at most lookPercent of the limit, and stops
// while the organization itself is short of requests.
const (
	burstPercent  = 20
	steadyPercent = 40
	lookPercent   = 20
	scarcePercent = 10
	assumedLimit  = 300 // of the smallest plan, until the first answer tells
)

// governor keeps requests within the organization's rate limit. Urgent
// requests go at once while there is room; those in the background leave half
// of it.
type governor struct {
	clock connector.Clock

	mu          sync.Mutex
	perMinute   int
	limiter     *rate.Limiter
	closedUntil time.Time // for every request
	scarceUntil time.Time // for those in the background
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

// budget is what an answer says about the organization's rate limit.
type budget struct {
	limit, remaining int // a minute, and left until reset; -1 where it does not tell
	reset            time.Time
}

// learn takes what an answer says.
func (g *governor) learn(b budget) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.limit > 0 && b.limit != g.perMinute {
		g.set(b.limit)
	}
	if b.remaining >= 0 && b.remaining < g.perMinute*scarcePercent/100 && b.reset.After(g.scarceUntil) {
		g.scarceUntil = b.reset
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
	now, until, need := g.clock.Now(), g.closedUntil, 1.0
	if p == background {
		need = max(1, float64(g.limiter.Burst())/2)
		if g.scarceUntil.After(until) {
			until = g.scarceUntil
		}
	}
	if span := until.Sub(now); span > 0 {
		return span
	}
	missing := need - g.limiter.TokensAt(now)
	if missing > 0 {
		return time.Duration(missing/float64(g.limiter.Limit())*float64(time.Second)) + time.Millisecond
	}
	g.limiter.AllowN(now, 1)
	return 0
}

// closed reports whether the organization has asked us to stay away, and until
// when.
func (g *governor) closed() (until time.Time, yes bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closedUntil, g.closedUntil.After(g.clock.Now())
}

// spacing is how far apart looks are to be that take so many requests each.
func (g *governor) spacing(requests int) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	share := max(1, g.perMinute*lookPercent/100)
	return time.Duration(requests) * time.Minute / time.Duration(share)
}
