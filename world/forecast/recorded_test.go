package forecast_test

import (
	"context"
	"fmt"
	"testing"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/journal"
	"tandem/journal/memory"
	"tandem/presence"
	"tandem/voice"
	"tandem/world"
	"tandem/world/forecast"
	"tandem/zones"
)

// office is a contact center in a simulated world, which writes a journal: the
// real machines, with callers who press keys, lose patience and call again,
// agents who whisper, rest, miss, refuse, transfer and make calls of their own.
type office struct {
	*world.Agenda
	world  *world.World
	host   *instance.Instance
	center *center.Machine
	chance *world.Chance
	store  *memory.Store
	sealer tandem.Plain
	epoch  tandem.Epoch
	err    error
}

var shard = named("shard")

func newOffice(t *testing.T, seed uint64, shape world.Shape) *office {
	t.Helper()
	o := &office{Agenda: world.NewAgenda(at("08:00:00")), chance: world.NewChance(seed, "office"), center: center.New(zones.Shipped{}),
		store: memory.New(), sealer: tandem.Plain{}}
	var err error
	if o.epoch, _, err = o.store.Lease(context.Background(), shard, "test"); err != nil {
		t.Fatal(err)
	}
	o.host = instance.New(func(wish any) (any, bool) {
		w, ok := wish.(presence.CenterWrite)
		return center.PutUserStatus{UserID: w.UserID, StatusID: w.StatusID}, ok
	}, o.center, presence.New())
	o.host.SetEpoch(o.epoch)
	o.world = world.New(o.Agenda, seed, shape, o)
	return o
}

// Do implements world.Core.
func (o *office) Do(actor tandem.Actor, body any, done func(any, error)) {
	out, err := o.host.Step(tandem.Command{ID: o.chance.ID(), At: o.Now(), Actor: actor, Body: body})
	if err == nil && len(out.Record.Events) > 0 {
		o.write(&out.Record)
	}
	o.After(0, func() {
		for _, e := range out.Effects {
			o.world.HandOut(e)
		}
		if len(out.Record.Events) > 0 {
			o.world.Saw(&out.Record)
		}
		done(out.Answer, err)
	})
}

func (o *office) write(rec *tandem.Record) {
	e := tandem.NewEncoder(nil, o.sealer)
	event.AppendRecord(e, rec)
	err := o.store.Commit(context.Background(), []journal.Append{{Shard: shard, Epoch: o.epoch, First: rec.Seq, Count: 1, Body: e.Bytes()}})
	if o.err == nil {
		o.err = err
	}
}

// Rooms implements world.Core.
func (o *office) Rooms(done func([]voice.Room, error)) {
	var rooms []voice.Room
	for _, e := range o.host.Outstanding() {
		if room, ok := e.(voice.Room); ok {
			rooms = append(rooms, room)
		}
	}
	o.After(0, func() { done(rooms, nil) })
}

// live lets the world live until a moment.
func (o *office) live(t *testing.T, until tandem.Time) {
	t.Helper()
	for {
		limit := until
		due, ok := o.host.NextDue()
		if ok = ok && due <= until; ok {
			limit = due
		}
		if o.RunNext(limit) {
			continue
		}
		if !ok {
			break
		}
		o.Do(tandem.Actor{}, tandem.Tick{}, func(any, error) {})
	}
	if o.err != nil || o.world.Wrong() != nil {
		t.Fatalf("%v; %v", o.err, o.world.Wrong())
	}
}

// records reads the journal.
func (o *office) records(t *testing.T, each func(*tandem.Record)) {
	t.Helper()
	err := engine.Replay(context.Background(), o.store, o.sealer, shard, 1, func(rec *tandem.Record) error {
		each(rec)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestForecastOfARecordedDayIsWithinTwoPoints lives days of several queues and
// routing profiles in the simulated world, from hardly to well staffed, reads
// them from their journals, lives each again, and compares the service level of
// all queues, and of each busy one, with what the journal says.
func TestForecastOfARecordedDayIsWithinTwoPoints(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			shape := world.Shape{
				Agents: 38 + 6*int(seed), Contacts: 3_000, TasksPerMille: 100, ChatsPerMille: 100, DialsPerMille: 30, Queues: 3, OpenMillis: 4 * 3_600_000,
				PatienceMillis: 150_000, TalkMillis: 240_000, WorkMillis: 40_000, BreakMillis: 50 * 60_000,
				SoftPerMille: 500, IgnorePerMille: 30, RefusePerMille: 20, MenuPerMille: 50, AgainPerMille: 200, ActsPerMille: 50, QueueLimit: 60,
			}
			o := newOffice(t, seed, shape)
			o.world.Begin()
			o.live(t, at("14:00:00"))
			config := forecast.ConfigOf(o.center.State())
			day := forecast.NewDay(config, at("08:00:00"), at("12:00:00"), 20_000)
			o.records(t, day.Take)
			recorded := day.Report()
			if recorded.Total.Offered < 2_000 || recorded.Total.Abandoned < 20 {
				t.Fatalf("the day says too little: %+v", recorded.Total)
			}
			lived, err := forecast.Run(context.Background(), forecast.Plan{Config: config, Start: at("08:00:00"), End: day.End(), Arrivals: day.Arrivals(),
				Staffing: day.Staffing(), Habits: day.Habits(), ThresholdMillis: 20_000, Seed: 1}, lives, nil)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "all queues", recorded.Total.ServiceLevel(), lived.Total.ServiceLevel())
			for _, was := range recorded.Queues {
				if was.Offered >= 300 {
					row := rowOf(t, lived, was.Queue)
					compare(t, was.Queue, was.ServiceLevel(), row.ServiceLevel())
				}
			}
			if lived.Total.Offered != lives*recorded.Total.Offered {
				t.Errorf("%d contacts were offered, and %d in %d forecasts", recorded.Total.Offered, lived.Total.Offered, lives)
			}
		})
	}
}

// lives is how often a day is lived: as often as the command does it.
const lives = 5

// compare holds a service level to what was recorded, within 2 points.
func compare(t *testing.T, what string, was, is int) {
	t.Helper()
	t.Logf("%s: recorded %d per mille, forecast %d", what, was, is)
	if d := was - is; d < -20 || d > 20 {
		t.Errorf("%s: the service level was %d per mille and is %d in the forecast", what, was, is)
	}
}
