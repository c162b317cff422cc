package connector

import (
	"sync/atomic"
	"time"

	"tandem/event"
)

// Stats counts what a connector does. It is safe for many goroutines.
type Stats struct {
	writes       [event.WriteRetry + 1]atomic.Int64
	replaced     atomic.Int64
	observations atomic.Int64
	requests     atomic.Int64
	limited      atomic.Int64
	failures     atomic.Int64
	delay        atomic.Int64
	longest      atomic.Int64
	sent         atomic.Int64
}

// Figures are the counts of [Stats] at one moment, since the start.
type Figures struct {
	Waiting      int           // writes that wait or are under way
	Done         int64         // writes that ended as WriteDone
	Refused      int64         // as WriteRefused
	Unknown      int64         // as WriteUnknown
	Retried      int64         // as WriteRetry
	Replaced     int64         // writes that a newer one replaced while they waited
	Observations int64         // reported
	Requests     int64         // sent to the system
	Limited      int64         // answered 429
	Failures     int64         // requests without an answer, or answered 5xx
	Sent         int64         // writes that reached the network
	Delay        time.Duration // from effect to request, of all writes sent
	LongestDelay time.Duration
}

// Figures reads the counts.
func (s *Stats) Figures() Figures {
	return Figures{
		Done: s.writes[event.WriteDone].Load(), Refused: s.writes[event.WriteRefused].Load(),
		Unknown: s.writes[event.WriteUnknown].Load(), Retried: s.writes[event.WriteRetry].Load(),
		Replaced: s.replaced.Load(), Observations: s.observations.Load(),
		Requests: s.requests.Load(), Limited: s.limited.Load(), Failures: s.failures.Load(), Sent: s.sent.Load(),
		Delay: time.Duration(s.delay.Load()), LongestDelay: time.Duration(s.longest.Load()),
	}
}

// WriteSent counts a write whose request leaves now, so long after the effect.
func (s *Stats) WriteSent(delay time.Duration) {
	s.sent.Add(1)
	s.delay.Add(int64(delay))
	for {
		longest := s.longest.Load()
		if int64(delay) <= longest || s.longest.CompareAndSwap(longest, int64(delay)) {
			return
		}
	}
}

// WriteEnded counts an outcome.
func (s *Stats) WriteEnded(o event.WriteOutcome) { s.writes[o].Add(1) }

// Observed counts reported observations.
func (s *Stats) Observed() { s.observations.Add(1) }

// Requested counts a request and how it was answered: an HTTP status, or 0 for
// none.
func (s *Stats) Requested(status int) {
	s.requests.Add(1)
	switch {
	case status == 429:
		s.limited.Add(1)
	case status == 0 || status >= 500:
		s.failures.Add(1)
	}
}
