package engine

import (
	"log/slog"
	"sync/atomic"
	"testing"

	"tandem"
	"tandem/directory"
	"tandem/journal/memory"
)

// BenchmarkDo is the engine by itself: commands of many callers through step,
// encoding and group commit to a journal in memory, until they are answered.
func BenchmarkDo(b *testing.B) {
	e := Open(Config{Store: memory.New(), Keys: plainKeys, Owner: "bench", New: newInstance, Log: slog.New(slog.DiscardHandler), Effect: func(tandem.ID, tandem.Seq, tandem.Effect) {}})
	if err := e.Start(b.Context(), directory.Shard); err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	var number atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := e.Do(b.Context(), directory.Shard, list(int(number.Add(1)))); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
