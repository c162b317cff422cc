package room

import (
	"sync/atomic"
	"time"
)

// latenessBounds are the upper bounds of the buckets; one more is for all that
// is later.
var latenessBounds = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond,
	20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond,
}

// Lateness counts how late the ticks of rooms were. All rooms of a process
// share one.
type Lateness struct {
	buckets [len(latenessBounds) + 1]atomic.Uint64
}

// LatenessBucket is the number of ticks that were late by at most Bound and
// more than the bound before. The last bucket has no bound: zero.
type LatenessBucket struct {
	Bound time.Duration
	Ticks uint64
}

func (l *Lateness) observe(late time.Duration) {
	i := 0
	for i < len(latenessBounds) && late > latenessBounds[i] {
		i++
	}
	l.buckets[i].Add(1)
}

// Buckets returns the counts so far.
func (l *Lateness) Buckets() []LatenessBucket {
	out := make([]LatenessBucket, len(l.buckets))
	for i := range l.buckets {
		if i < len(latenessBounds) {
			out[i].Bound = latenessBounds[i]
		}
		out[i].Ticks = l.buckets[i].Load()
	}
	return out
}

// Quantile is the bound under which a share of all ticks stayed, such as 0.99;
// zero when there were none. What is beyond the last bound counts as one
// second.
func (l *Lateness) Quantile(share float64) time.Duration {
	buckets := l.Buckets()
	var total, seen uint64
	for _, b := range buckets {
		total += b.Ticks
	}
	if total == 0 {
		return 0
	}
	for _, b := range buckets {
		seen += b.Ticks
		if float64(seen) >= share*float64(total) && b.Bound > 0 {
			return b.Bound
		}
	}
	return time.Second
}
