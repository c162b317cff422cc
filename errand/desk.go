package errand

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tandem"
)

// Errand is one request to somebody outside.
type Errand struct {
	ID       tandem.ID // one that is known already is ignored
	Instance tandem.ID // whom to tell
	Target   string    // the lane; see [Desk.Open]
	Deadline time.Time // when the work is given up
	Early    bool      // tell the core before the work is begun, since nobody waits for its outcome
	Attempts int       // tries at most; 0 means one

	// Work does it once. It ends when the context does. An error that is a
	// [*Failure] and is Passing may be tried again.
	Work func(ctx context.Context) (string, error)
	// Answer makes the command that tells the outcome. The failure is always a
	// [*Failure], or nil.
	Answer func(result string, failure *Failure) any
}

// Limits of a lane. Zero fields have the value in brackets.
type Limits struct {
	Running int // at a time [10]
	Waiting int // beyond those [100]
}

// Config is what a desk needs from outside.
type Config struct {
	// Do hands a command to an instance and returns once it is durable.
	Do  func(ctx context.Context, instance tandem.ID, command any) (any, error)
	Log *slog.Logger // nil: the default
}

const (
	firstPause  = 100 * time.Millisecond // before a second try
	maxRefusals = 64                     // being told at a time, in a lane
	maxRecent   = 4096                   // ids of ended errands that are kept
)

// Desk does errands. It is safe for many goroutines.
type Desk struct {
	cfg    Config
	ctx    context.Context
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu     sync.Mutex
	lanes  map[string]*lane
	known  map[tandem.ID]bool // under way, or ended not long ago
	recent []tandem.ID        // ended, the oldest first
	closed bool
}

// lane is the way to one target. The desk's mutex guards the counts.
type lane struct {
	target  string
	limits  Limits
	slots   chan struct{}
	taken   int // running, waiting or being told
	refused int // being told
	counts  counts
}

// New makes a desk; Close ends it.
func New(cfg Config) *Desk {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	d := &Desk{cfg: cfg, lanes: map[string]*lane{}, known: map[tandem.ID]bool{}}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// Open makes a lane. An errand for a target without one panics.
func (d *Desk) Open(target string, l Limits) {
	if l.Running == 0 {
		l.Running = 10
	}
	if l.Waiting == 0 {
		l.Waiting = 100
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lanes[target] = &lane{target: target, limits: l, slots: make(chan struct{}, l.Running)}
}

// Take begins an errand, and never blocks.
func (d *Desk) Take(e Errand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.lanes[e.Target]
	switch {
	case l == nil:
		panic("errand: no lane for " + e.Target)
	case d.closed:
	case d.known[e.ID]:
		l.counts.repeated++
	case l.taken < l.limits.Running+l.limits.Waiting:
		l.taken++
		d.known[e.ID] = true
		d.all.Go(func() { d.run(l, e) })
	case l.refused < maxRefusals:
		l.refused++
		l.counts.refused++
		d.known[e.ID] = true
		d.all.Go(func() {
			d.tell(e, e.Answer("", &Failure{Status: 429, Code: "TooManyRequestsException", Err: errFull}))
			d.ended(e.ID, &l.refused)
		})
	default: // its deadline passes in the core
		l.counts.refused++
	}
}

// ended lets go of an errand.
func (d *Desk) ended(id tandem.ID, count *int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*count--
	d.recent = append(d.recent, id)
	if len(d.recent) > maxRecent {
		delete(d.known, d.recent[0])
		d.recent = d.recent[1:]
	}
}

// run does an errand from its place in the lane to the core's answer.
func (d *Desk) run(l *lane, e Errand) {
	defer d.ended(e.ID, &l.taken)
	if e.Early {
		d.tell(e, e.Answer("{}", nil))
	}
	result, failure := d.do(l, e)
	if d.ctx.Err() != nil {
		return
	}
	if failure != nil {
		d.cfg.Log.Warn("an errand failed", "target", l.target, "errand", e.ID, "instance", e.Instance, "failure", failure.Error(), "err", failure.Err)
	}
	if !e.Early {
		d.tell(e, e.Answer(result, failure))
	}
}

// do waits for a slot and works, as often as it is worth trying.
func (d *Desk) do(l *lane, e Errand) (string, *Failure) {
	ctx, cancel := context.WithDeadline(d.ctx, e.Deadline)
	defer cancel()
	began := time.Now()
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return d.count(l, began, "", late(ctx, errQueued))
	}
	for attempt, pause := 1, firstPause; ; attempt, pause = attempt+1, 2*pause {
		result, err := e.Work(ctx)
		failure := asFailure(ctx, err)
		if failure == nil || !failure.Passing || attempt >= e.Attempts || !sleep(ctx, pause) {
			return d.count(l, began, result, failure)
		}
		d.mu.Lock()
		l.counts.retried++
		d.mu.Unlock()
	}
}

// sleep lets a span pass, and reports whether there is still time to do
// something.
func sleep(ctx context.Context, span time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= span {
		return false
	}
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Close ends all errands and waits for their end. Those under way are told to
// nobody: the core hands them out again when it is back.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.cancel()
	d.all.Wait()
}
