package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
)

// eventsPerRecord is how many facts one command of the load states.
const eventsPerRecord = 10

// warmUp is how long the load runs before latencies count.
const warmUp = 2 * time.Second

// loadShard is the instance that the load goes to.
var loadShard = tandem.NameID("bench", "load")

func newLoadedInstance(tandem.ID) *instance.Instance { return instance.New(nil, newLoaded()) }

// measureCommit takes commands on a fixed schedule, whatever becomes of those
// before, and measures each from the moment at which it was due: a delay that
// holds up others counts for every one of them.
func measureCommit(ctx context.Context, r *report, o Options) error {
	r.figure("each record has %d events in %d bytes, sealed under a key for each contact", eventsPerRecord, recordBytes())
	if err := inFolder(o, func(dir string) error { return bareMachine(r, dir, o.Duration/4) }); err != nil {
		return err
	}
	for _, perSecond := range []int{5_000, 33_000} {
		err := inFolder(o, func(dir string) error { return openLoop(ctx, r, dir, perSecond, o.Duration) })
		if err != nil {
			return err
		}
	}
	return nil
}

// What the machine itself is measured with: a small commit, often.
const (
	bareEvery = 2 * time.Millisecond
	bareBytes = 16 << 10
)

// bareMachine measures on the same schedule what no program can be better
// than: how late a sleeping thread is woken, and how long a plain file takes.
func bareMachine(r *report, dir string, length time.Duration) error {
	f, err := os.Create(filepath.Join(dir, "plain"))
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, bareBytes)
	var late, synced latencies
	begin := time.Now()
	for i := range int(length / bareEvery) {
		due := begin.Add(time.Duration(i) * bareEvery)
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
			late = append(late, time.Since(due))
		}
		if _, err := f.Write(buf); err != nil {
			return err
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			return err
		}
		synced = append(synced, time.Since(due))
	}
	r.figure("the machine by itself: woken late by %s", late.summary())
	r.figure("the machine by itself: %d KiB to a plain file, synced, every %s: %s", bareBytes>>10, bareEvery, synced.summary())
	return nil
}

// recordBytes is what one record of the load takes, sealing left out.
func recordBytes() int {
	out, _ := newLoadedInstance(loadShard).Step(tandem.Command{ID: loadShard, Body: advance{}})
	e := tandem.NewEncoder(nil, tandem.Plain{})
	event.AppendRecord(e, &out.Record)
	return len(e.Bytes())
}

func openLoop(ctx context.Context, r *report, dir string, perSecond int, length time.Duration) error {
	f, err := openFolder(ctx, dir)
	if err != nil {
		return err
	}
	all, err := openReaders(dir)
	if err != nil {
		return errors.Join(err, f.close())
	}
	views := all.views
	e := engine.Open(f.config(newLoadedInstance, views))
	s := schedule{engine: e, every: time.Second * eventsPerRecord / time.Duration(perSecond)}
	if err = e.Start(ctx, loadShard); err == nil {
		err = s.run(ctx, length)
	}
	behind := lag(ctx, e)
	if err = errors.Join(err, e.Close(), all.close(), f.close()); err != nil {
		return err
	}
	r.figure("%s events/s: commit %s; %d records in %s; readers caught up %s after the end",
		thousands(perSecond), s.waits.summary(), len(s.waits), length, behind.Round(time.Millisecond))
	return nil
}

// lag is how long the readers take to reach what is durable.
func lag(ctx context.Context, e *engine.Engine) time.Duration {
	began := time.Now()
	ctx, done := context.WithTimeout(ctx, time.Minute)
	defer done()
	_ = e.AwaitViews(ctx, loadShard) // the deadline is the answer then
	return time.Since(began)
}

// schedule is a load that does not wait for answers.
type schedule struct {
	engine *engine.Engine
	every  time.Duration
	waits  latencies
}

func (s *schedule) run(ctx context.Context, length time.Duration) error {
	warm, total := int(warmUp/s.every), int((warmUp+length)/s.every)
	s.waits = make(latencies, total)
	var pending sync.WaitGroup
	var failed atomic.Value
	begin := time.Now().Add(10 * time.Millisecond)
	for i := range total {
		due := begin.Add(time.Duration(i) * s.every)
		time.Sleep(time.Until(due))
		pending.Add(1)
		err := s.engine.Post(ctx, loadShard, engine.Request{Body: advance{uint64(i)}}, func(_ any, err error) {
			s.waits[i] = time.Since(due)
			if err != nil {
				failed.Store(err)
			}
			pending.Done()
		})
		if err != nil {
			return fmt.Errorf("command %d: %w", i, err)
		}
	}
	pending.Wait()
	s.waits = s.waits[warm:]
	if err, ok := failed.Load().(error); ok {
		return err
	}
	return nil
}
