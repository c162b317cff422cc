package forecast

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
	"tandem/world"
)

// Plan is a day to be lived.
type Plan struct {
	Config          *Config
	Start, End      tandem.Time // what enters a queue in between is counted
	Arrivals        []Arrival
	Staffing        *Staffing
	Habits          *Habits
	ThresholdMillis int64  // within which a contact is to be answered
	Keys            string // what who calls a number presses when asked for keys: one each time, then nothing
	Seed            uint64
}

// Run lives the plan as often as lives says, at least once, each time with
// another seed, and returns the mean: chance decides much of a single day.
// Progress, which may be nil, is told now and then how much of the whole is
// done. Run ends early only with the context's error.
func Run(ctx context.Context, plan Plan, lives int, progress func(part, whole int64)) (*Report, error) {
	lives = max(1, lives)
	span := plan.End.Sub(plan.Start)
	var mean *Report
	for n := range lives {
		r, err := runOnce(ctx, plan, func(now tandem.Time) {
			if progress != nil {
				progress(int64(n)*span+min(span, now.Sub(plan.Start)), int64(lives)*span)
			}
		})
		if err != nil {
			return nil, err
		}
		mean = mean.plus(r)
		plan.Seed++
	}
	return mean, nil
}

func runOnce(ctx context.Context, plan Plan, progress func(now tandem.Time)) (*Report, error) {
	l := newLife(plan)
	l.nextAct()
	l.nextArrival()
	for n := 0; l.goOn(); n++ {
		if n%1024 != 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.m.TakeEffects(1) // nobody carries them out
		if n%hashEvery == 0 {
			l.m.Hash() // nobody compares it, but the center forgets what it noted for it
		}
		progress(l.Now())
	}
	r := l.tally.report(min(l.Now(), plan.End.Add(spillMillis)))
	r.Unqueued = l.unqueued
	return r, nil
}

// hashEvery is after how many things that happened the center sums what changed.
const hashEvery = 1 << 18

// life is a day that is lived: the center, and everybody around it.
type life struct {
	*world.Agenda
	plan     Plan
	chance   *world.Chance
	m        *center.Machine
	seq      tandem.Seq
	counter  uint64
	reports  uint64
	tally    *tally
	numbers  bool                // an arrival runs the flow of a number
	doors    map[tandem.ID]*door // by queue
	callers  map[tandem.ID]*caller
	agents   map[tandem.ID]*agent
	away     tandem.ID // the status of an agent who does something else
	arriving *caller
	arrivals int // of the plan's that have come
	acts     int // of the staffing's that were done
	unqueued int // arrivals that have ended without having been in a queue
}

func newLife(plan Plan) *life {
	l := &life{
		Agenda: world.NewAgenda(plan.Start), plan: plan, chance: world.NewChance(plan.Seed, "forecast"),
		tally: newTally(plan.Config, plan.Start, plan.End, plan.ThresholdMillis),
		doors: map[tandem.ID]*door{}, callers: map[tandem.ID]*caller{}, agents: map[tandem.ID]*agent{}, away: tandem.NameID("forecast", "away"),
	}
	l.numbers = slices.ContainsFunc(plan.Arrivals, func(a Arrival) bool { return a.Number != "" })
	l.m = plan.Config.machine(l.told, l.numbers)
	l.told(l.m, &event.AgentStatusSaved{StatusID: l.away, Name: "Other work", Type: event.Custom, Enabled: true})
	l.told(l.m, l.settings())
	return l
}

// settings are those of the configuration, without what the staffing or the
// arrivals tell themselves: that an agent was paused, and that a contact came
// back to its queue.
func (l *life) settings() *event.SettingsSaved {
	s := l.plan.Config.settings
	s.MissedBeforePause = 0
	if slices.ContainsFunc(l.plan.Arrivals, func(a Arrival) bool { return a.recorded }) {
		s.RequeueOnOffline = false
	}
	return &s
}

// told lets the center know a part of its configuration.
func (l *life) told(m *center.Machine, ev tandem.Event) {
	l.seq++
	m.Apply(l.seq, l.Now(), ev)
}

// goOn lets the next thing happen: something that somebody does, or a deadline
// of the center. The day goes on after its end until all who waited have left
// their queues.
func (l *life) goOn() bool {
	limit := l.plan.End.Add(spillMillis)
	if l.Now() >= l.plan.End && l.tally.waiting == 0 {
		return false
	}
	due, ok := l.m.NextDue()
	if ok = ok && due <= limit; ok {
		limit = due
	}
	if l.RunNext(limit) {
		return true
	}
	if ok {
		l.do(tandem.Tick{})
	}
	return ok
}

// newID is the next id; ids need to be different, and no more.
func (l *life) newID() tandem.ID {
	l.counter++
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], l.plan.Seed)
	binary.BigEndian.PutUint64(b[8:], l.counter)
	return tandem.NewID(b)
}

// do hands a command to the center. A refusal means that something else came
// first, and is as it would be with real people.
func (l *life) do(body any) error {
	cmd := tandem.Command{ID: l.newID(), At: l.Now(), Body: body}
	l.seq++
	_, err := l.m.Decide(tandem.NewStep(l.seq, cmd, l.emit), body)
	return err
}

// report hands in a report of the voice process.
func (l *life) report(r voice.Report) {
	l.reports++
	r.Incarnation, r.Number, r.At = incarnation, l.reports, l.Now()
	if err := l.do(center.TakeVoiceReport{Report: r}); err != nil {
		panic(fmt.Sprintf("report %d of kind %d was refused: %v", r.Number, r.Kind, err)) // the center takes any that has a number
	}
}

var incarnation = tandem.NameID("forecast", "voice")

// emit lets the center know a fact, counts it, and lets people see it.
func (l *life) emit(ev tandem.Event) {
	if gone, ok := ev.(*event.ContactForgotten); ok {
		delete(l.callers, gone.ContactID)
	}
	l.m.Apply(l.seq, l.Now(), ev)
	l.tally.take(l.Now(), ev)
	l.see(ev)
}

// nextArrival lets the next contact come at its time.
func (l *life) nextArrival() {
	if l.arrivals == len(l.plan.Arrivals) {
		return
	}
	a := &l.plan.Arrivals[l.arrivals]
	l.arrivals++
	l.At(a.At, func() {
		l.comes(a)
		l.nextArrival()
	})
}

// nextAct lets the next thing of the staffing happen at its time.
func (l *life) nextAct() {
	if l.acts == len(l.plan.Staffing.acts) {
		return
	}
	a := &l.plan.Staffing.acts[l.acts]
	l.acts++
	l.At(a.at, func() {
		l.agentDoes(a)
		l.nextAct()
	})
}
