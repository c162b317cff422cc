package bench

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tandem"
	"tandem/journal"
	"tandem/journal/sqlite"
)

// Of each pair of runs, group commit and plain file, the order is kept and the
// median of their ratios is told: a shared machine is not as fast all the time.
const (
	appendRounds = 5
	appendLength = 1500 * time.Millisecond
	appendBytes  = 256
)

func measureAppend(ctx context.Context, r *report, o Options) error {
	for _, producers := range []int{64, 1024} {
		var ratios []float64
		for range appendRounds {
			err := inFolder(o, func(dir string) error {
				plain, _, err := produceToFile(dir, producers, appendLength)
				if err != nil {
					return err
				}
				ours, waits, err := produceToJournal(ctx, dir, producers, appendLength)
				if err != nil {
					return err
				}
				ratios = append(ratios, float64(ours)/float64(plain))
				r.figure("%4d producers: journal %s/s, file %s/s, ratio %.2f; journal %s",
					producers, thousands(ours), thousands(plain), ratios[len(ratios)-1], waits.summary())
				return nil
			})
			if err != nil {
				return err
			}
		}
		slices.Sort(ratios)
		r.figure("%4d producers: median ratio %.2f", producers, ratios[len(ratios)/2])
	}
	return nil
}

// sink takes one record and returns when it is durable.
type sink interface {
	put(record []byte, durable chan error) error
}

// produce lets each producer put record after record, each waiting for its
// own, and returns how many were durable a second.
func produce(to sink, producers int, length time.Duration) (perSecond int, waits latencies, err error) {
	var all sync.WaitGroup
	var mu sync.Mutex
	begin := time.Now()
	for range producers {
		all.Go(func() {
			record, durable := make([]byte, appendBytes), make(chan error, 1)
			var mine latencies
			var failed error
			for at := begin; failed == nil && at.Sub(begin) < length; {
				record[len(mine)%appendBytes]++
				failed = to.put(record, durable)
				now := time.Now()
				mine, at = append(mine, now.Sub(at)), now
			}
			mu.Lock()
			defer mu.Unlock()
			waits, err = append(waits, mine...), errors.Join(err, failed)
		})
	}
	all.Wait()
	return rate(len(waits), time.Since(begin)), waits, err
}

var appendShard = tandem.NameID("bench", "append")

func produceToJournal(ctx context.Context, dir string, producers int, length time.Duration) (int, latencies, error) {
	store, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return 0, nil, err
	}
	epoch, _, err := store.Lease(ctx, appendShard, "bench")
	if err != nil {
		return 0, nil, errors.Join(err, store.Close())
	}
	to := &journalSink{writer: journal.NewWriter(store, journal.Options{}), epoch: epoch, next: 1}
	perSecond, waits, err := produce(to, producers, length)
	return perSecond, waits, errors.Join(err, to.writer.Close(), store.Close())
}

// journalSink numbers the records and submits them in that order.
type journalSink struct {
	writer *journal.Writer
	epoch  tandem.Epoch
	mu     sync.Mutex
	next   tandem.Seq
}

func (s *journalSink) put(record []byte, durable chan error) error {
	s.mu.Lock()
	err := s.writer.Submit(journal.Append{Shard: appendShard, Epoch: s.epoch, First: s.next, Count: 1, Body: record},
		func(err error) { durable <- err })
	s.next++
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return <-durable
}

func produceToFile(dir string, producers int, length time.Duration) (int, latencies, error) {
	to, err := newFileSink(filepath.Join(dir, "plain"))
	if err != nil {
		return 0, nil, err
	}
	perSecond, waits, err := produce(to, producers, length)
	return perSecond, waits, errors.Join(err, to.close())
}
