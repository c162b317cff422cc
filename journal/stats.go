package journal

import (
	"sync"
	"time"
)

// LatencyBounds are the upper bounds of the buckets of commit latency; what
// is slower falls into one more bucket.
var LatencyBounds = [...]time.Duration{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, time.Second,
}

// Stats are a [Writer]'s counters since it was made.
type Stats struct {
	Commits uint64 // transactions
	Batches uint64 // rows of the journal
	Records uint64
	Bytes   uint64 // of bodies
	Queued  int    // appends that wait now
	// Latency counts commits by [LatencyBounds], each in one bucket;
	// LatencySum is the time of all of them together.
	Latency    [len(LatencyBounds) + 1]uint64
	LatencySum time.Duration
}

type statsKeeper struct {
	mu sync.Mutex
	s  Stats
}

func (k *statsKeeper) committed(appends []Append, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.s.Commits++
	for i := range appends {
		if appends[i].Count == 0 {
			continue
		}
		k.s.Batches++
		k.s.Records += uint64(appends[i].Count)
		k.s.Bytes += uint64(len(appends[i].Body))
	}
	k.s.LatencySum += took
	bucket := 0
	for bucket < len(LatencyBounds) && took > LatencyBounds[bucket] {
		bucket++
	}
	k.s.Latency[bucket]++
}

func (k *statsKeeper) read(queued int) Stats {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.s
	s.Queued = queued
	return s
}
