package zendesk

import (
	"sync"
	"time"
)

// limiter counts requests per bucket in windows of one minute.
type limiter struct {
	mu      sync.Mutex
	now     func() time.Time
	buckets map[string]*bucket
}

type bucket struct {
	opened time.Time
	used   int
}

type limitState struct {
	limit, remaining, resetSeconds int
	refused                        bool
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, buckets: map[string]*bucket{}}
}

func (l *limiter) charge(name string, perMinute int) limitState {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.buckets[name]
	if b == nil || now.Sub(b.opened) >= time.Minute {
		b = &bucket{opened: now}
		l.buckets[name] = b
	}
	left := b.opened.Add(time.Minute).Sub(now)
	state := limitState{limit: perMinute, resetSeconds: int((left + time.Second - 1) / time.Second)}
	if b.used >= perMinute {
		state.refused = true
		return state
	}
	b.used++
	state.remaining = perMinute - b.used
	return state
}
