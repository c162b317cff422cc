package kustomer

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"tandem"
)

const (
	ownSecond   = 2 * time.Second // a Date header tells whole seconds, and an answer takes its time
	longAnswer  = 5 * time.Second // an exchange that took longer says nothing about clocks
	clocksApart = time.Minute     // of which a person should know
)

// skew is how far Kustomer's clock is ahead of ours, as the Date headers of
// its answers tell (RFC 9110 section 6.6.1).
type skew struct {
	log *slog.Logger

	mu    sync.Mutex
	ahead time.Duration // 0: the clocks agree, as far as can be told
}

// learn takes the Date of an answer that came between two moments.
func (s *skew) learn(header string, sent, came time.Time) {
	date, err := http.ParseTime(header)
	if err != nil || came.Sub(sent) > longAnswer {
		return
	}
	ahead := date.Add(time.Second / 2).Sub(sent.Add(came.Sub(sent) / 2))
	if ahead.Abs() <= ownSecond {
		ahead = 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if (ahead-s.ahead).Abs() <= ownSecond && ahead != 0 {
		return
	}
	if ahead.Abs() > clocksApart {
		s.log.Warn("this machine's clock and Kustomer's are apart; let both be set by NTP. Until then the times of changes in Kustomer are corrected",
			"kustomer_ahead", ahead.Round(time.Second))
	}
	s.ahead = ahead
}

// ours is a moment of Kustomer's clock by ours; zero for none.
func (s *skew) ours(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return at.Add(-s.ahead)
}

// at is ours in milliseconds.
func (s *skew) at(at time.Time) tandem.Time {
	if at.IsZero() {
		return 0
	}
	return tandem.At(s.ours(at))
}
