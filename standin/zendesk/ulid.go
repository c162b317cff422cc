package zendesk

import (
	"crypto/rand"
	"encoding/base64"
	"sync/atomic"
	"time"
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ids makes identifiers in the form Zendesk uses for webhooks, invocations and
// events: 26 characters, ten of time and sixteen of counter. The same clock
// and the same calls give the same ids.
type ids struct{ count atomic.Uint64 }

func (g *ids) next(now time.Time) string {
	var out [26]byte
	base32(out[:10], uint64(now.UnixMilli()))
	base32(out[10:], g.count.Add(1))
	return string(out[:])
}

func base32(out []byte, value uint64) {
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = crockford[value&31]
		value >>= 5
	}
}

// secret returns 256 random bits as text.
func secret() string {
	var raw [32]byte
	rand.Read(raw[:]) // never fails (crypto/rand.Read)
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
