package zendesk

import (
	"context"
	"testing"
	"time"

	"tandem/connector/connectortest"
)

// TestSurgeOfTenThousandGoesAtTheAccountsRateLessAvailableFirst: ten thousand
// agents change at once; the writes go exactly as the rate limit allows.
func TestSurgeOfTenThousandGoesAtTheAccountsRateLessAvailableFirst(t *testing.T) {
	const perMinute = 700
	clock := connectortest.NewJumpClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	g := newGovernor(clock)
	g.learn("700")
	clock.After(time.Minute) // the burst of the limit that was learned has come back
	took := connectortest.Surge(t, clock, func(ctx context.Context) error { return g.wait(ctx, urgent) }, 10_000, perMinute, burstPercent, steadyPercent)
	t.Logf("10,000 changes take %s at %d requests a minute", took.Round(time.Second), perMinute)
}
