package salesforce

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tandem/connector"
)

// priority is how much a request hurries.
type priority int

const (
	urgent     priority = iota // somebody waits for an answer
	background                 // looking at everybody
)

// An org allows so many API requests in 24 hours, for all of its apps
// together. At most half of that is ours: a little at once, the rest evenly.
const (
	sharePercent  = 50
	burst         = 60
	assumedDaily  = 15_000 // of the smallest org, until the first answer tells
	crowdedTenths = 9      // of ten parts used by all apps: work in the background rests
	limitPause    = time.Minute
)

// governor keeps requests within our share of the org's day.
type governor struct {
	clock connector.Clock

	mu          sync.Mutex
	daily       int
	crowded     bool
	limiter     *rate.Limiter
	closedUntil time.Time
}

func newGovernor(clock connector.Clock) *governor {
	g := &governor{clock: clock, daily: assumedDaily}
	g.limiter = rate.NewLimiter(perSecond(assumedDaily), burst)
	return g
}

func perSecond(daily int) rate.Limit { return rate.Limit(float64(daily) * sharePercent / 100 / 86_400) }

// learn takes the header Sforce-Limit-Info, such as "api-usage=18/5000".
func (g *governor) learn(header string) {
	var used, daily int
	if _, err := fmt.Sscanf(header, "api-usage=%d/%d", &used, &daily); err != nil || daily <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.crowded = used >= daily/10*crowdedTenths
	if daily != g.daily {
		g.daily = daily
		g.limiter.SetLimitAt(g.clock.Now(), perSecond(daily))
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

// closed reports whether the org has refused us for a while, and until when.
func (g *governor) closed() (until time.Time, yes bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closedUntil, g.closedUntil.After(g.clock.Now())
}

// wait returns when a request may be sent.
func (g *governor) wait(ctx context.Context, p priority) error {
	for {
		span := g.pass(p)
		if span == 0 {
			return ctx.Err()
		}
		if err := connector.Wait(ctx, g.clock, span); err != nil {
			return err
		}
	}
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
		need = burst / 2
		if g.crowded {
			return 10 * time.Minute
		}
	}
	if missing := need - g.limiter.TokensAt(now); missing > 0 {
		return time.Duration(missing/float64(g.limiter.Limit())*float64(time.Second)) + time.Millisecond
	}
	g.limiter.AllowN(now, 1)
	return 0
}
