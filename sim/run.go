package sim

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"tandem"
	"tandem/world"
)

// property is a sentence that every run must hold. The first three are the
// ground that the others stand on.
type property string

const (
	journalWorks property = "the journal works"
	ticksMove    property = "ticks do what is due"
	noComplaint  property = "nobody gets an answer that makes no sense, and nothing panics"

	simS1 property = "SIM-S1"
	simS2 property = "SIM-S2"
	simS3 property = "SIM-S3"
	simS9 property = "SIM-S9"
	simL1 property = "SIM-L1"
)

var allProperties = []property{journalWorks, ticksMove, noComplaint, simS1, simS2, simS3, simS9, simL1}

// but is all properties without one.
func but(without property) []property {
	var rest []property
	for _, p := range allProperties {
		if p != without {
			rest = append(rest, p)
		}
	}
	return rest
}

// failure is the first property that did not hold.
type failure struct {
	property property
	at       tandem.Time
	err      error
}

// size is how big the world of a run is.
type size struct{ agents, contacts int }

// run is one seed's life.
type run struct {
	*world.Agenda
	seed   uint64
	chance *world.Chance // the shell's
	faults *faults
	mutant mutant
	judged map[property]bool
	world  *world.World
	shell  *shell
	story  *story
	auditor
	failure *failure
}

// start is a Monday morning.
var start = tandem.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

const (
	minute      = 60_000
	patience    = 4 * 60 * minute // after the faults, until every contact has ended
	checkEvery  = 400             // records between two looks at everything
	forgetAfter = tandem.TombstoneMillis + minute
)

// live lets one seed live and returns how it went.
func live(seed uint64, size size, m mutant, judged []property) *run {
	r := &run{Agenda: world.NewAgenda(start), seed: seed, chance: world.NewChance(seed, "shell"), mutant: m, judged: map[property]bool{}}
	for _, p := range judged {
		r.judged[p] = true
	}
	shape := world.DrawShape(world.NewChance(seed, "shape"), size.agents, size.contacts)
	r.shell = newShell(r)
	r.world = world.New(r.Agenda, seed, shape, r.shell)
	r.story = &story{names: r.world.Names()}
	r.auditor = newAuditor(m.wrap)
	r.faults = drawFaults(r, start.Add(shape.OpenMillis+5*minute))
	r.days()
	return r
}

// days lets everything happen: with faults, without, and until all that ended
// is forgotten.
func (r *run) days() {
	defer func() {
		if p := recover(); p != nil {
			r.fail(noComplaint, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	r.shell.start()
	r.world.Begin()
	r.until(r.faults.end, never)
	r.faults.stop()
	r.until(r.faults.end.Add(patience), r.ledger.allEnded)
	r.judge(simL1, r.ledger.checkEnded)
	r.until(r.Now().Add(forgetAfter), never)
	r.end()
}

func never() bool { return false }

func (r *run) until(limit tandem.Time, over func() bool) {
	for r.failure == nil && !over() && r.RunNext(limit) {
		r.judge(noComplaint, r.world.Wrong)
	}
}

// end judges the whole once more.
func (r *run) end() {
	r.judge(simS1, r.checkSeen)
	r.judge(simS3, r.shell.live.Check)
	for _, fromSnapshot := range []bool{false, true} {
		r.judge(simS2, func() error {
			again, err := r.shell.rebuild(context.Background(), fromSnapshot)
			if err == nil && again.Hash() != r.shell.live.Hash() {
				err = fmt.Errorf("the journal, read again (from a snapshot: %v), gives another state than the live one", fromSnapshot)
			}
			return err
		})
	}
}

// judge holds a property, unless this run leaves it out or has failed.
func (r *run) judge(p property, check func() error) {
	if r.judged[p] && r.failure == nil {
		if err := check(); err != nil {
			r.failure = &failure{p, r.Now(), err}
		}
	}
}

func (r *run) fail(p property, err error) { r.judge(p, func() error { return err }) }

// stepped is called after each step that made a record.
func (r *run) stepped(s *shell) {
	if s.live.Seq()%checkEvery == 0 {
		r.judge(simS3, s.live.Check)
	}
}

// tell is the failure for people, with the end of its story.
func (r *run) tell() string {
	f := r.failure
	return fmt.Sprintf("seed %d: %s does not hold at %s: %s\n\n%s\nagain: go test ./sim -run TestWorld -seed %d",
		r.seed, f.property, f.at.Std().Format("15:04:05.000"), r.story.names.Tell(f.err.Error()), r.story.end(f.err.Error()), r.seed)
}
