package stream

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"tandem"
	"tandem/view/flowlog"
)

// The bounds of a worker.
const (
	batchEntries = 200                   // in one hand-over
	takeTimeout  = 30 * time.Second      // for one hand-over
	lookEvery    = 2 * time.Second       // at the log, even if nobody tells of entries
	settle       = 20 * time.Millisecond // from the news of entries until they can be read
	firstPause   = time.Second           // after a failure; it doubles with each
	longestPause = time.Minute
)

// Destination takes entries.
type Destination interface {
	// Take takes a batch of one instance's entries, in order. After an error it
	// gets the same batch again.
	Take(ctx context.Context, instance tandem.ID, batch []flowlog.Row) error
	// Erase takes what is personal out of the entries of contacts, wherever the
	// destination keeps them.
	Erase(ctx context.Context, instance tandem.ID, contacts []tandem.ID) error
	// Close lets go of what the destination holds.
	Close() error
}

// Config is what streaming needs from outside.
type Config struct {
	// Instances lists the instances whose logs are read.
	Instances func(ctx context.Context) ([]tandem.ID, error)
	// Tables are the readers' tables.
	Tables *sql.DB
	// Told yields soon after entries came.
	Told <-chan struct{}
	// Folder is where the places of the workers are kept.
	Folder string
	Log    *slog.Logger

	pause time.Duration // before the first new attempt; 0: firstPause
}

// Worker is one destination and how it is fed.
type Worker struct {
	Name        string // unique; also of the file with its place
	Label       string // what people call it; empty: Name
	Destination Destination
	FromNow     bool // begins with entries that come, not with those that are there
}

// Stream feeds the destinations.
type Stream struct {
	cfg     Config
	workers []*worker
	stop    context.CancelFunc
	ended   sync.WaitGroup
}

// Open starts feeding. It fails when a file with a place cannot be read.
func Open(cfg Config, workers ...Worker) (*Stream, error) {
	if cfg.pause == 0 {
		cfg.pause = firstPause
	}
	s := &Stream{cfg: cfg}
	names := map[string]bool{}
	for _, w := range workers {
		if names[w.Name] {
			return nil, fmt.Errorf("two destinations of the flow log are named %q", w.Name)
		}
		names[w.Name] = true
		places, err := openPlaces(filepath.Join(cfg.Folder, "flow-log-"+w.Name+".json"))
		if err != nil {
			return nil, err
		}
		s.workers = append(s.workers, &worker{Worker: w, cfg: cfg, places: places, told: make(chan struct{}, 1)})
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	for _, w := range s.workers {
		s.ended.Go(func() { w.run(ctx) })
	}
	s.ended.Go(func() { s.tell(ctx) })
	return s, nil
}

// tell passes the news of entries on to every worker.
func (s *Stream) tell(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.cfg.Told:
		}
		for _, w := range s.workers {
			select {
			case w.told <- struct{}{}:
			default: // it knows
			}
		}
	}
}

// Close stops the workers, each after what it does at the moment at the latest,
// and closes the destinations.
func (s *Stream) Close() error {
	s.stop()
	s.ended.Wait()
	var err error
	for _, w := range s.workers {
		err = errors.Join(err, w.Destination.Close())
	}
	return err
}

// Lag is how far a destination is behind.
type Lag struct {
	Name     string
	Entries  int64         // that wait
	Age      time.Duration // of the first of them
	Taken    int64         // since the start
	Failures int64         // attempts that failed, since the start
}

// Lags tells how far each destination is behind, at a moment.
func (s *Stream) Lags(ctx context.Context, now time.Time) ([]Lag, error) {
	instances, err := s.cfg.Instances(ctx)
	if err != nil {
		return nil, err
	}
	var all []Lag
	for _, w := range s.workers {
		lag := Lag{Name: cmp.Or(w.Label, w.Name), Taken: w.taken.Load(), Failures: w.failures.Load()}
		for _, id := range instances {
			entries, since, err := flowlog.Waiting(ctx, s.cfg.Tables, id, w.places.of(id).cursor())
			if err != nil {
				return nil, err
			}
			lag.Entries += entries
			if entries > 0 {
				lag.Age = max(lag.Age, now.Sub(since.Std()))
			}
		}
		all = append(all, lag)
	}
	return all, nil
}
