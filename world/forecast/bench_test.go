package forecast_test

import (
	"flag"
	"fmt"
	"syscall"
	"testing"
	"time"

	"tandem"
	"tandem/world/forecast"
)

// The size of the day that BenchmarkDay lives: a tenth of the largest that is
// planned for, 10,000 agents and 2,000,000 contacts.
var (
	benchAgents   = flag.Int("agents", 1_000, "agents of BenchmarkDay")
	benchContacts = flag.Int("contacts", 200_000, "contacts of BenchmarkDay")
)

// BenchmarkDay lives a day of 24 hours: calls in 50 queues, which 10 routing
// profiles share, with agents who are busy for about 80 % of their time.
func BenchmarkDay(b *testing.B) {
	const queues, profiles = 50, 10
	var names []string
	for i := range queues {
		names = append(names, fmt.Sprint("queue", i))
	}
	f := newFirm(b, names...)
	for i := range profiles {
		f.hire(fmt.Sprint("profile", i, "-"), *benchAgents/profiles, names[i*5], names[i*5+1], names[i*5+2], names[i*5+3], names[i*5+4], names[(i*5+5)%queues])
	}
	c := f.config()
	start, end := tandem.At(midnight), tandem.At(midnight.AddDate(0, 0, 1))
	handle := int64(end.Sub(start)) * int64(*benchAgents) * 8 / 10 / int64(*benchContacts)
	var rates []forecast.Rate
	for _, name := range names {
		rates = append(rates, forecast.Rate{QueueID: named(name), PerHour: int64(*benchContacts / queues / 24), MeanHandleMillis: handle})
	}
	arrivals := forecast.Draw(rates, start, end, 1)
	began := processorTime(b)
	b.ResetTimer()
	for b.Loop() {
		r := run(b, forecast.Plan{Config: c, Start: start, End: end, Arrivals: arrivals, Staffing: forecast.Everyone(c, start),
			Habits: forecast.DefaultHabits(), ThresholdMillis: 20_000, Seed: 1})
		if r.Total.Offered != len(arrivals) || r.Total.Answered < len(arrivals)*9/10 {
			b.Fatalf("%d arrivals, %+v", len(arrivals), r.Total)
		}
	}
	all := float64(len(arrivals)) * float64(b.N)
	b.ReportMetric(all/b.Elapsed().Seconds(), "contacts/s")
	b.ReportMetric(all/(processorTime(b)-began).Seconds(), "contacts/processor-s")
}

// processorTime is what this process has used: on a machine that others use too
// it tells more than the clock.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
