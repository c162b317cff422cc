package tandem

import "time"

// Time is a moment in milliseconds since the Unix epoch, UTC. Zero means
// "not yet" or "never". Pure packages receive it with the command; only the
// edges read a clock.
type Time int64

// At converts a wall-clock time.
func At(t time.Time) Time { return Time(t.UnixMilli()) }

// Add moves t by a number of milliseconds.
func (t Time) Add(ms int64) Time { return t + Time(ms) }

// AddSeconds moves t by whole seconds.
func (t Time) AddSeconds(s int64) Time { return t + Time(s*1000) }

// Sub is the distance from u to t in milliseconds.
func (t Time) Sub(u Time) int64 { return int64(t - u) }

// IsZero reports whether t is not set.
func (t Time) IsZero() bool { return t == 0 }

// Std converts to the standard library's type, in UTC.
func (t Time) Std() time.Time { return time.UnixMilli(int64(t)).UTC() }

// String is RFC 3339 with milliseconds, or "-" when not set.
func (t Time) String() string {
	if t == 0 {
		return "-"
	}
	return t.Std().Format("2006-01-02T15:04:05.000Z")
}
