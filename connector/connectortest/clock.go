package connectortest

import (
	"slices"
	"sync"
	"time"
)

// Clock is a clock that stands still until it is moved. It is safe for many
// goroutines.
type Clock struct {
	mu      sync.Mutex
	now     time.Time
	waiting []waiter
}

type waiter struct {
	at time.Time
	c  chan time.Time
}

// NewClock returns a clock that shows a moment.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now implements connector.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After implements connector.Clock.
func (c *Clock) After(span time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := waiter{at: c.now.Add(span), c: make(chan time.Time, 1)}
	if span <= 0 {
		w.c <- c.now
		return w.c
	}
	c.waiting = append(c.waiting, w)
	return w.c
}

// Advance moves the clock forward and wakes whom it passes.
func (c *Clock) Advance(span time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(span)
	c.waiting = slices.DeleteFunc(c.waiting, func(w waiter) bool {
		due := !w.at.After(c.now)
		if due {
			w.c <- c.now
		}
		return due
	})
}
