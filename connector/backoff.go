package connector

import (
	"math/rand/v2"
	"time"
)

const longestBackoff = 60 * time.Second

// Backoff is how long to wait after a number of failures in a row: 1 s, 2 s,
// 4 s and so on to 60 s, less up to a half, so that many that failed together
// do not come back together.
func Backoff(failures int) time.Duration {
	span := longestBackoff
	if failures <= 6 {
		span = min(span, time.Second<<max(0, failures-1))
	}
	return span - rand.N(span/2)
}

// Around is a span of time, up to a tenth shorter or longer.
func Around(span time.Duration) time.Duration {
	return span - span/10 + rand.N(span/5)
}
