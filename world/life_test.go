package world

import (
	"flag"
	"fmt"
	"hash/fnv"
	"testing"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/voice"
	"tandem/zones"
)

var seeds = flag.Uint64("seeds", 8, "how many worlds to live")

// plainCore is a center that never dies: what it decides is durable at once.
type plainCore struct {
	agenda *Agenda
	world  *World
	in     *instance.Instance
	center *center.Machine
	chance *Chance
	timer  int
	err    error
	sum    uint64
	began  int // contacts
	open   int
}

func (c *plainCore) Do(actor tandem.Actor, body any, done func(any, error)) {
	answer, err := c.step(actor, body)
	c.agenda.After(2, func() { done(answer, err) })
}

func (c *plainCore) Rooms(done func([]voice.Room, error)) {
	var rooms []voice.Room
	for _, e := range c.in.Outstanding() {
		if room, ok := e.(voice.Room); ok {
			rooms = append(rooms, room)
		}
	}
	c.agenda.After(2, func() { done(rooms, nil) })
}

func (c *plainCore) step(actor tandem.Actor, body any) (any, error) {
	out, err := c.in.Step(tandem.Command{ID: c.chance.ID(), At: c.agenda.Now(), Actor: actor, Body: body})
	if rec := out.Record; err == nil && len(rec.Events) > 0 {
		for _, ev := range rec.Events {
			switch ev.(type) {
			case *event.ContactInitiated:
				c.began, c.open = c.began+1, c.open+1
			case *event.ContactEnded:
				c.open--
			}
		}
		if rec.Seq%1_000 == 0 {
			c.check()
		}
		c.agenda.After(1, func() {
			for _, e := range out.Effects {
				c.world.HandOut(e)
			}
			c.world.Saw(&rec)
		})
	}
	c.setTimer()
	return out.Answer, err
}

func (c *plainCore) check() {
	if err := c.in.Check(); err != nil && c.err == nil {
		c.err = fmt.Errorf("at record %d: %w", c.in.Seq(), err)
	}
}

func (c *plainCore) setTimer() {
	due, ok := c.in.NextDue()
	if !ok {
		return
	}
	c.timer++
	timer := c.timer
	c.agenda.At(due, func() {
		if c.timer == timer {
			c.step(tandem.Actor{}, tandem.Tick{})
		}
	})
}

// liveOne lives a world until every contact has ended.
func liveOne(t *testing.T, seed uint64, agents, contacts int) *plainCore {
	t.Helper()
	agenda := NewAgenda(1_772_442_000_000)
	c := &plainCore{agenda: agenda, center: center.New(zones.Shipped{}), chance: NewChance(seed, "core")}
	c.in = instance.New(nil, c.center)
	shape := DrawShape(NewChance(seed, "shape"), agents, contacts)
	c.world = New(agenda, seed, shape, c)
	faults := NewChance(seed, "faults")
	agenda.After(faults.Between(5, 30)*minute, c.world.BreakLink)
	agenda.After(faults.Between(5, 30)*minute, c.world.LoseMedia)
	c.world.Begin()
	end := agenda.Now().Add(shape.OpenMillis)
	for limit := end.Add(4 * 60 * minute); c.err == nil && agenda.RunNext(limit); {
		if err := c.world.Wrong(); err != nil {
			t.Fatalf("seed %d: at %s: %s", seed, agenda.Now().Std().Format("15:04:05"), c.world.names.Tell(err.Error()))
		}
		if c.open == 0 && agenda.Now() > end {
			break
		}
	}
	c.check()
	if c.err != nil {
		t.Fatalf("seed %d: %s", seed, c.world.names.Tell(c.err.Error()))
	}
	if c.open > 0 {
		t.Fatalf("seed %d: %s", seed, c.leftOver())
	}
	h := fnv.New64a()
	fmt.Fprint(h, c.in.Hash(), c.in.Seq(), c.world.Counts())
	c.sum = h.Sum64()
	return c
}

// leftOver tells of a contact that never ended.
func (c *plainCore) leftOver() string {
	st := c.center.State()
	for _, id := range tandem.SortedIDs(st.Contacts) {
		if k := st.Contacts[id]; k.Phase != center.Ended {
			return c.world.names.Tell(fmt.Sprintf("%d contacts never end, one is %s: %s %s in phase %s, queue %s, agent %s, since %s", c.open, id, k.Channel,
				k.Method, phaseNames[k.Phase], k.QueueID, k.UserID, k.LastAt))
		}
	}
	return ""
}

// TestEveryContactEnds lives whole days; in the end nothing is left, and each
// kind of thing has happened.
func TestEveryContactEnds(t *testing.T) {
	all := map[string]int{}
	for seed := uint64(1); seed <= *seeds; seed++ {
		c := liveOne(t, seed, 60, 1_200)
		t.Logf("seed %d: %d contacts, %d records", seed, c.began, c.in.Seq())
		for what, n := range c.world.Counts() {
			all[what] += n
		}
	}
	for _, what := range Kinds() {
		if all[what] == 0 {
			t.Errorf("never happened: %s", what)
		}
	}
}

// TestSameSeedIsTheSameWorld holds that nothing but the seed decides.
func TestSameSeedIsTheSameWorld(t *testing.T) {
	sum := func(seed uint64) uint64 { return liveOne(t, seed, 30, 200).sum }
	one, again, other := sum(1), sum(1), sum(2)
	if one != again {
		t.Errorf("seed 1 came to %x, then to %x", one, again)
	}
	if one == other {
		t.Error("two seeds came to the same")
	}
}
