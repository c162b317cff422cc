package bench

import (
	"fmt"
	"slices"
	"time"
)

// latencies are measured one by one; a sum of a few million fits in memory.
type latencies []time.Duration

// summary sorts and tells the usual figures.
func (l latencies) summary() string {
	if len(l) == 0 {
		return "none"
	}
	slices.Sort(l)
	return fmt.Sprintf("p50 %s, p99 %s, p99.9 %s, worst %s", short(l.at(500)), short(l.at(990)), short(l.at(999)), short(l[len(l)-1]))
}

// at is the latency below which so many of a thousand lie.
func (l latencies) at(perMille int) time.Duration { return l[(len(l)-1)*perMille/1000] }

func short(d time.Duration) string { return d.Round(10 * time.Microsecond).String() }

// rate is how many a second.
func rate(n int, took time.Duration) int { return int(float64(n) / took.Seconds()) }

// thousands writes 1234567 as 1,234,567.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
