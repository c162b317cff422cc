package sip

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// maxSources bounds the memory of the limiter. Only allowed sources come here, so a full table means an operator
// allowed very wide networks; it then starts afresh.
const maxSources = 4096

// inviteLimiter is a token bucket for everybody and one for each source network. Only the reader uses it.
type inviteLimiter struct {
	all       *rate.Limiter
	perSource rate.Limit
	burst     int
	sources   map[netip.Prefix]*rate.Limiter
}

func newInviteLimiter(l Limits) *inviteLimiter {
	return &inviteLimiter{
		all:       rate.NewLimiter(rate.Limit(l.InvitesPerSec), burstOf(l.InvitesPerSec)),
		perSource: rate.Limit(l.SourcePerSec),
		burst:     burstOf(l.SourcePerSec),
		sources:   map[netip.Prefix]*rate.Limiter{},
	}
}

func burstOf(perSec float64) int { return max(1, int(perSec)) }

// allow asks the source's bucket first, so that one flooding source does not empty the common one.
func (l *inviteLimiter) allow(source netip.Addr, at time.Time) bool {
	bits := 64
	if source.Is4() {
		bits = 24
	}
	network, err := source.Prefix(bits)
	if err != nil {
		return false
	}
	bucket := l.sources[network]
	if bucket == nil {
		if len(l.sources) >= maxSources {
			clear(l.sources)
		}
		bucket = rate.NewLimiter(l.perSource, l.burst)
		l.sources[network] = bucket
	}
	return bucket.AllowN(at, 1) && l.all.AllowN(at, 1)
}
