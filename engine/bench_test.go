package engine

import (
	"log/slog"
	"testing"

	"tandem"
	"tandem/directory"
	"tandem/event"
	"tandem/instance"
	"tandem/journal/memory"
)

// ready is a machine whose one command costs next to nothing.
type ready struct{ *directory.Machine }

type again struct{}

func (ready) Owns(body any) bool { _, ok := body.(again); return ok }

func (ready) Decide(s *tandem.Step, body any) (any, error) {
	if _, ok := body.(again); ok {
		s.Emit(&event.InstanceListed{InstanceID: directory.Shard, Alias: "bench"})
	}
	return nil, nil
}

// BenchmarkDo is the engine by itself: commands of many callers through step,
// encoding and group commit to a journal in memory, until they are answered.
func BenchmarkDo(b *testing.B) {
	e := Open(Config{
		Store: memory.New(), Keys: plainKeys, Owner: "bench", Log: slog.New(slog.DiscardHandler),
		New:    func(tandem.ID) *instance.Instance { return instance.New(nil, ready{directory.New()}) },
		Effect: func(tandem.ID, tandem.Seq, tandem.Effect) {},
	})
	if err := e.Start(b.Context(), directory.Shard); err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := e.Do(b.Context(), directory.Shard, Request{Body: again{}}); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
