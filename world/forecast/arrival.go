package forecast

import (
	"cmp"
	"slices"

	"tandem"
	"tandem/event"
	"tandem/world"
)

// Arrival is a contact that comes.
type Arrival struct {
	At             tandem.Time
	QueueID        tandem.ID // it enters this queue at once, or
	Number         string    // it calls this number, E.164, and runs its flow
	Channel        event.Channel
	HandleMillis   int64 // from being connected until the agent is free again; 0: drawn
	PatienceMillis int64 // how long the customer waits in a queue; 0: drawn; Forever
	Priority       int64 // in the queue; 0: that of a contact for which nothing was set
	AgeMillis      int64 // by how much it counts as older than it is

	recorded bool
	offers   []offer // what became of its offers then
	waited   int64   // how long it waited then and was answered: the customer is at least as patient
}

// Forever is the patience of who never leaves.
const Forever = -1

// sortArrivals puts arrivals in the order of their times; those of one moment
// stay as they are.
func sortArrivals(all []Arrival) {
	slices.SortStableFunc(all, func(a, b Arrival) int { return cmp.Compare(a.At, b.At) })
}

// Rate is how many calls come to a queue in an hour, by chance (a Poisson
// process), and how long they take (exponentially distributed).
type Rate struct {
	QueueID          tandem.ID
	PerHour          int64
	MeanHandleMillis int64
}

const hourMillis = 3_600_000

// Draw makes the arrivals of rates from one moment until another.
func Draw(rates []Rate, from, until tandem.Time, seed uint64) []Arrival {
	var all []Arrival
	for _, r := range rates {
		chance := world.NewChance(seed, "rate "+r.QueueID.String())
		at := int64(from) * r.PerHour // in parts of a millisecond, so that nothing is lost by rounding
		for {
			at += exponential(chance, hourMillis)
			moment := tandem.Time(at / r.PerHour)
			if moment >= until {
				break
			}
			all = append(all, Arrival{At: moment, QueueID: r.QueueID, Channel: event.Voice, HandleMillis: max(1, exponential(chance, r.MeanHandleMillis))})
		}
	}
	sortArrivals(all)
	return all
}

// exponential draws from an exponential distribution with that mean. It
// compares uniform numbers only (J. von Neumann, Various Techniques Used in
// Connection With Random Digits), so that every machine draws the same.
func exponential(c *world.Chance, mean int64) int64 {
	const bits = 30
	draw := func() int64 { return c.Between(0, 1<<bits-1) }
	for whole := int64(0); ; whole++ {
		first := draw()
		last, run := first, 1
		for next := draw(); next < last; next = draw() {
			last = next
			run++
		}
		if run%2 == 1 {
			return whole*mean + (first>>10)*mean>>(bits-10)
		}
	}
}
