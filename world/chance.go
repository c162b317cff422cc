package world

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"

	"tandem"
)

// Chance is a seeded source of decisions. It uses no floats, so that it
// decides the same on every machine.
type Chance struct{ source *rand.PCG }

// NewChance begins one of several independent streams of a seed.
func NewChance(seed uint64, stream string) *Chance {
	h := fnv.New64a()
	h.Write([]byte(stream))
	return &Chance{rand.NewPCG(seed, h.Sum64())}
}

// Between is a number from low to high, both included.
func (c *Chance) Between(low, high int64) int64 {
	if high <= low {
		return low
	}
	return low + int64(c.source.Uint64()%uint64(high-low+1))
}

// PerMille is true n times out of a thousand.
func (c *Chance) PerMille(n int) bool { return c.Between(1, 1000) <= int64(n) }

// Around is a duration with the given typical length: mostly shorter, now and
// then several times as long.
func (c *Chance) Around(typical int64) int64 {
	if c.PerMille(150) {
		return c.Between(typical, 4*typical)
	}
	return c.Between(typical/5, typical)
}

// ID is a new id.
func (c *Chance) ID() tandem.ID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], c.source.Uint64())
	binary.BigEndian.PutUint64(b[8:], c.source.Uint64())
	return tandem.NewID(b)
}
