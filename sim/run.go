package sim

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"tandem"
	"tandem/presence"
	"tandem/world"
)

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
	crm    *crm
	shell  *shell
	story  *story
	reader *reader
	stream *stream // nil: this run does without
	auditor
	failure *failure
}

// start is a Monday morning.
var start = tandem.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

const (
	minute      = 60_000
	patience    = 4 * 60 * minute // after the faults, until every contact has ended
	quiet       = 10 * minute     // until all has settled
	checkEvery  = 2_000           // records between two looks at everything
	wholeEvery  = 8               // seeds, of which one goes on until all is forgotten, and has its whole journal read twice
	forgetAfter = 60*minute + tandem.TombstoneMillis + minute
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
	r.auditor = newAuditor(r)
	r.reader = &reader{run: r}
	end := start.Add(shape.OpenMillis + 5*minute)
	r.faults = drawFaults(r, end)
	r.crm = newCRM(r, end)
	r.days()
	r.kinds.tell(r.tally)
	r.ledger.tell(r.tally)
	r.tally.add("world: ", r.world.Counts())
	return r
}

// days lets everything happen: with faults, without, and until all that ended
// is forgotten.
func (r *run) days() {
	defer func() {
		if p := recover(); p != nil {
			r.found(noComplaint, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	if r.judged[simS12] && r.seed%streamEvery == 1 {
		r.stream = newStream(r)
		defer r.stream.close()
	}
	r.shell.start()
	r.world.Begin()
	r.crm.begin()
	r.reader.begin()
	r.until(r.faults.end, never)
	r.faults.stop()
	r.until(r.faults.end.Add(patience), r.ledger.allEnded)
	r.found(simL1, r.ledger.checkEnded())
	r.until(r.Now().Add(quiet), never)
	r.until(r.Now().Add(quiet), r.readersCaughtUp)
	r.settled()
	if r.seed%wholeEvery == 0 {
		r.until(r.Now().Add(forgetAfter), never)
		r.found(simS20, r.checkForgotten())
	}
	r.end()
}

func never() bool { return false }

func (r *run) until(limit tandem.Time, over func() bool) {
	for r.failure == nil && !over() && r.RunNext(limit) {
		if err := r.world.Wrong(); err != nil {
			r.found(noComplaint, err)
		}
	}
}

// handOut gives an effect to whom it concerns.
func (r *run) handOut(e tandem.Effect) {
	switch e := e.(type) {
	case presence.Read:
		r.crm.look(e.System.SystemID, e.RemoteID)
	case presence.Write:
		r.crm.write(e)
	default:
		r.world.HandOut(e)
	}
}

// settled judges what must hold once nothing happens any more.
func (r *run) settled() {
	r.judge(simL3, r.checkReaders)
	r.judge(simL4, r.checkOutstanding)
	r.judge(simS15, r.crm.checkAgreement)
}

// end judges the whole once more.
func (r *run) end() {
	if r.shell.leader == nil {
		r.found(simL5, fmt.Errorf("nobody leads at the end"))
		return
	}
	r.judge(simS1, r.checkSeen)
	r.judge(selfCheck, r.shell.leader.live.Check)
	if r.stream != nil {
		r.judge(simS12, r.stream.check)
	}
	r.judge(simS2, func() error { return r.checkRebuilt(r.seed%wholeEvery != 0) })
}

// stepped is called after each step that made a record.
func (r *run) stepped(p *process) {
	if p.live.Seq()%checkEvery == 0 {
		r.judge(selfCheck, p.live.Check)
	}
}

// checkRebuilt compares the live state with one made anew.
func (r *run) checkRebuilt(fromSnapshot bool) error {
	again, err := r.shell.rebuild(context.Background(), fromSnapshot)
	if err == nil && again.Hash() != r.shell.leader.live.Hash() {
		err = fmt.Errorf("the journal, read again (from a snapshot: %v), gives another state than the live one", fromSnapshot)
	}
	return err
}

// tell is the failure for people, with the end of its story.
func (r *run) tell() string {
	f := r.failure
	return fmt.Sprintf("seed %d: %s does not hold at %s: %s\n\n%s\nagain: go test ./sim -run TestWorld -seed %d",
		r.seed, f.property, f.at.Std().Format("15:04:05.000"), r.story.names.Tell(f.err.Error()), r.story.end(f.err.Error()), r.seed)
}
