package sim

import (
	"tandem"
	"tandem/world"
)

// faults is what goes wrong, until an end. How often is drawn too, so that
// seeds differ; some faults are absent from a seed.
type faults struct {
	run        *run
	chance     *world.Chance
	end        tandem.Time
	perMillion int64 // deaths at each record's boundary, inside each write, and at each sync
	slowSyncs  int   // per mille
	damaged    int   // per mille of the starts that find a damaged journal
	newer      int   // per mille of the starts that find a record of a newer version
	oldVersion bool  // an older version writes the records at present
}

func drawFaults(r *run, end tandem.Time) *faults {
	f := &faults{run: r, chance: world.NewChance(r.seed, "faults"), end: end}
	c := f.chance
	f.perMillion = c.Between(0, 40)
	f.slowSyncs = int(c.Between(0, 20))
	f.damaged, f.newer = int(c.Between(0, 300)), int(c.Between(0, 300))
	f.oldVersion = c.PerMille(500)
	f.every(c.Between(10, 80)*minute, f.death)
	f.every(c.Between(2, 40)*minute, f.breakLink)
	f.every(c.Between(1, 30)*minute, f.jump)
	f.every(c.Between(20, 150)*minute, f.freeze)
	f.every(c.Between(25, 150)*minute, f.upgrade)
	f.every(c.Between(30, 150)*minute, f.fillDisk)
	f.every(c.Between(30, 150)*minute, f.failCommit)
	if c.PerMille(700) {
		f.every(c.Between(10, 60)*minute, f.loseMedia)
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

// stop ends what still goes on.
func (f *faults) stop() {
	f.run.shell.full = false
	if f.run.failure == nil {
		f.tell("the faults stop")
	}
}

func (f *faults) tell(text string, args ...any) { f.run.story.tell(f.run.Now(), text, args...) }

func (f *faults) death() {
	if p := f.run.shell.leader; p != nil {
		p.die("between two records")
	}
}

func (f *faults) breakLink() {
	f.tell("the link between core and media breaks")
	f.run.tally.count("fault: link broken", true)
	f.run.world.BreakLink()
}

func (f *faults) loseMedia() {
	f.tell("the media process dies")
	f.run.tally.count("fault: media death", true)
	f.run.world.LoseMedia()
}

// jump sets the core's clock a little forward or back.
func (f *faults) jump() {
	s := f.run.shell
	before := s.clock
	s.clock = f.chance.Between(-maxJump, maxJump)
	f.run.tally.count("fault: clock forward", s.clock > before)
	f.run.tally.count("fault: clock back", s.clock < before)
	f.tell("the core's clock is off by %d ms", s.clock)
	if s.leader != nil {
		s.leader.setTimer()
	}
}

// maxJump is how far the clock is off at most, in milliseconds.
const maxJump = 2_000

// freeze stops the leader for longer than its lease.
func (f *faults) freeze() {
	if p := f.run.shell.leader; p != nil {
		p.freeze(f.chance.Between(leaseMillis, 4*leaseMillis))
	}
}

// upgrade puts another version in the place of the present one, at a restart.
func (f *faults) upgrade() {
	if p := f.run.shell.leader; p != nil {
		f.oldVersion = !f.oldVersion
		f.run.tally.count("fault: upgrade", !f.oldVersion)
		f.run.tally.count("fault: downgrade", f.oldVersion)
		p.die("for another version")
	}
}

// fillDisk lets the disk be full for a while: no commit goes through.
func (f *faults) fillDisk() {
	f.tell("the disk is full")
	f.run.tally.count("fault: disk full", true)
	f.run.shell.full = true
	f.run.After(f.chance.Between(500, 20_000), func() { f.run.shell.full = false })
}

// failCommit lets the next commit be carried out and yet fail.
func (f *faults) failCommit() {
	f.run.tally.count("fault: commit of unknown outcome", true)
	f.run.shell.unknown = true
}

// dieNow reports whether the core dies at this very point.
func (f *faults) dieNow() bool {
	return f.run.Now() < f.end && f.chance.Between(1, 1_000_000) <= f.perMillion
}

// dieInside reports whether the core dies between two commits of one batch,
// which is a rare place to be.
func (f *faults) dieInside() bool {
	return f.run.Now() < f.end && f.chance.Between(1, 1_000_000) <= 50*f.perMillion
}

// syncMillis is how long a commit takes until it is durable.
func (f *faults) syncMillis() int64 {
	if f.run.Now() < f.end && f.chance.PerMille(f.slowSyncs) {
		f.run.tally.count("fault: slow disk", true)
		return f.chance.Between(100, 3_000)
	}
	return f.chance.Between(1, 15)
}
