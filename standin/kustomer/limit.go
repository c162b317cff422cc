package kustomer

import (
	"sync"
	"time"
)

// limiter counts the organization's requests in windows of one minute.
type limiter struct {
	now func() time.Time

	mu     sync.Mutex
	opened time.Time
	used   int
}

// charge takes one request from the window's budget; ok is false when there is
// none left.
func (l *limiter) charge(perMinute int) (remaining int, reset time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); now.Sub(l.opened) >= time.Minute {
		l.opened, l.used = now, 0
	}
	reset = l.opened.Add(time.Minute)
	if l.used >= perMinute {
		return 0, reset, false
	}
	l.used++
	return perMinute - l.used, reset, true
}

// use takes requests from the window as other programs of the organization do.
func (l *limiter) use(requests int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); now.Sub(l.opened) >= time.Minute {
		l.opened, l.used = now, 0
	}
	l.used += requests
}
