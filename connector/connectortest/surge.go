package connectortest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/presence"
)

// JumpClock is a clock that jumps to the end of each wait, for one goroutine
// that waits at a time. Make it with a moment.
type JumpClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewJumpClock returns a clock that shows a moment.
func NewJumpClock(now time.Time) *JumpClock { return &JumpClock{now: now} }

// Now implements connector.Clock.
func (c *JumpClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After implements connector.Clock.
func (c *JumpClock) After(span time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(max(0, span))
	fired := make(chan time.Time, 1)
	fired <- c.now
	return fired
}

// Surge lets everybody change at once, by a connector's lanes and its wait for
// permission to send. It holds that in no minute more than share percent of the
// limit is sent, that the time is the one which the steady rate takes for what
// is beyond the burst, and that those who become less available go first. It
// returns the time that the surge took.
func Surge(t testing.TB, clock *JumpClock, wait func(context.Context) error, agents, perMinute, burstPercent, steadyPercent int) time.Duration {
	t.Helper()
	lanes := connector.NewLanes(clock, &connector.Stats{})
	for i := range agents {
		lanes.Put(presence.Write{RemoteID: fmt.Sprint(i), WriteID: tandem.NameID("surge", fmt.Sprint(i)), Availability: presence.Availability(2 - i%3)})
	}
	var sent []time.Time
	var least presence.Availability
	began := clock.Now()
	ctx, cancel := context.WithCancel(t.Context())
	lanes.Run(ctx, 1, func(ctx context.Context, take func() (presence.Write, time.Time)) {
		if wait(ctx) != nil {
			return
		}
		w, _ := take()
		if w.Availability < least {
			t.Errorf("write %d makes an agent available %d after one of %d went", len(sent), w.Availability, least)
		}
		least = w.Availability
		if sent = append(sent, clock.Now()); len(sent) == agents {
			cancel()
		}
	})
	cancel()
	if len(sent) != agents {
		t.Fatalf("%d of %d were sent", len(sent), agents)
	}
	first := 0
	for i, at := range sent {
		for at.Sub(sent[first]) >= time.Minute {
			first++
		}
		if most := perMinute * (burstPercent + steadyPercent) / 100; i-first+1 > most {
			t.Fatalf("%d were sent within a minute, at most %d may be", i-first+1, most)
		}
	}
	took := sent[len(sent)-1].Sub(began)
	steady := time.Duration(agents-perMinute*burstPercent/100) * time.Minute * 100 / time.Duration(perMinute*steadyPercent)
	if slack := time.Duration(agents) * time.Millisecond; took < steady-time.Second || took > steady+time.Second+slack {
		t.Errorf("the surge takes %s, want %s: what the rate limit allows", took, steady)
	}
	return took
}
