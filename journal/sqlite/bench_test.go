package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tandem"
	"tandem/journal"
)

// BenchmarkCommit commits batches of some sizes, one after the other, and
// reports the time that the processor spent on one beside the time that the
// disk made it wait, which differs between machines.
func BenchmarkCommit(b *testing.B) {
	for _, kib := range []int{3, 16, 128} {
		b.Run(fmt.Sprintf("KiB=%d", kib), func(b *testing.B) {
			s := open(b, b.TempDir())
			defer s.Close()
			epoch, _, err := s.Lease(b.Context(), crashShard, "bench")
			if err != nil {
				b.Fatal(err)
			}
			body := make([]byte, kib<<10)
			source := rand.NewChaCha8([32]byte{1})
			var waits []time.Duration
			next := tandem.Seq(1)
			cpu := processorTime(b)
			for b.Loop() {
				source.Read(body)
				begin := time.Now()
				a := journal.Append{Shard: crashShard, Epoch: epoch, First: next, Count: 4 * kib, Body: body}
				if err := s.Commit(b.Context(), []journal.Append{a}); err != nil {
					b.Fatal(err)
				}
				waits = append(waits, time.Since(begin))
				next = a.Last() + 1
			}
			cpu = processorTime(b) - cpu
			slices.Sort(waits)
			b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(waits[len(waits)-1].Microseconds()), "max-µs")
			b.ReportAllocs()
		})
	}
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
