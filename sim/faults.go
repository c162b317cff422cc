package sim

import (
	"tandem"
	"tandem/world"
)

// faults is what goes wrong, until an end. How often is drawn too, so that
// seeds differ; some faults are absent from a seed.
type faults struct {
	run         *run
	chance      *world.Chance
	end         tandem.Time
	deathMillis int64 // typical time between deaths
	perMillion  int64 // deaths at each record's boundary, at each commit, and at each sync
	slowSyncs   int   // per mille
}

func drawFaults(r *run, end tandem.Time) *faults {
	f := &faults{run: r, chance: world.NewChance(r.seed, "faults"), end: end}
	f.deathMillis = f.chance.Between(2, 20) * minute
	f.perMillion = f.chance.Between(0, 2_000)
	f.slowSyncs = int(f.chance.Between(0, 20))
	f.every(f.deathMillis, r.shell.die)
	f.every(f.chance.Between(2, 40)*minute, f.breakLink)
	f.every(f.chance.Between(1, 30)*minute, f.jump)
	if f.chance.PerMille(700) {
		f.every(f.chance.Between(10, 60)*minute, f.loseMedia)
	}
	return f
}

// every lets a fault happen about so often, until the end.
func (f *faults) every(typical int64, fault func()) {
	f.run.After(f.chance.Around(typical), func() {
		if f.run.Now() < f.end {
			fault()
			f.every(typical, fault)
		}
	})
}

// stop is only for the story: nothing fails after the end.
func (f *faults) stop() {
	if f.run.failure == nil {
		f.run.story.tell(f.run.Now(), "the faults stop")
	}
}

func (f *faults) breakLink() {
	f.run.story.tell(f.run.Now(), "the link between core and media breaks")
	f.run.tally.count("link broken", true)
	f.run.world.BreakLink()
}

func (f *faults) loseMedia() {
	f.run.story.tell(f.run.Now(), "the media process dies")
	f.run.tally.count("media death", true)
	f.run.world.LoseMedia()
}

// jump sets the core's clock a little forward or back.
func (f *faults) jump() {
	s := f.run.shell
	s.clock = f.chance.Between(-2_000, 2_000)
	f.run.story.tell(f.run.Now(), "the core's clock is off by %d ms", s.clock)
	if s.up {
		s.setTimer()
	}
}

// dieNow reports whether the core dies at this very point.
func (f *faults) dieNow() bool {
	return f.run.Now() < f.end && f.chance.Between(1, 1_000_000) <= f.perMillion
}

// syncMillis is how long a commit takes until it is durable.
func (f *faults) syncMillis() int64 {
	if f.run.Now() < f.end && f.chance.PerMille(f.slowSyncs) {
		return f.chance.Between(100, 3_000)
	}
	return f.chance.Between(1, 15)
}
