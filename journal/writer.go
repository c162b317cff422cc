package journal

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Options are a [Writer]'s limits. Zero means the default.
type Options struct {
	// QueueAppends bounds how many appends wait for a commit; 4096.
	QueueAppends int
	// QueueBytes bounds how many bytes wait for a commit; 32 MiB. One append
	// may be larger when nothing else waits.
	QueueBytes int
	// CommitTimeout is how long one commit may take before the writer gives
	// up and dies; 30 s.
	CommitTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.QueueAppends == 0 {
		o.QueueAppends = 4096
	}
	if o.QueueBytes == 0 {
		o.QueueBytes = 32 << 20
	}
	if o.CommitTimeout == 0 {
		o.CommitTimeout = 30 * time.Second
	}
	return o
}

// Writer is the group commit: while one commit is on its way to the disk,
// appends of all shards gather, and the next commit takes them all. So a slow
// disk makes commits larger, not fewer records.
//
// After the first error the writer is dead: everything that waits and every
// later Submit gets that error. The caller rebuilds its state from the store
// and makes a new Writer.
type Writer struct {
	to      Committer
	opts    Options
	stats   statsKeeper
	joins   joiner // the goroutine's own, as is appends
	appends []Append
	done    chan struct{} // closed when the goroutine has ended

	mu       sync.Mutex
	changed  *sync.Cond // queue, closing or err changed
	queue    []submission
	bytes    int
	closing  bool
	err      error // why the writer is dead
	draining []submission
}

type submission struct {
	append Append
	done   func(error)
}

// NewWriter starts a writer. Close ends it.
func NewWriter(to Committer, opts Options) *Writer {
	w := &Writer{to: to, opts: opts.withDefaults(), done: make(chan struct{})}
	w.changed = sync.NewCond(&w.mu)
	go w.run()
	return w
}

// Submit queues an append. It waits only while the queue is full, which ends
// at the latest with the writer's death. When it returns nil, done is called
// exactly once, from the writer's goroutine, in the order of submission: with
// nil when the append is durable, or with the error that killed the writer.
// When it returns an error, done is never called. Done must neither block nor
// call the writer, and
// the append's memory must not change until then.
func (w *Writer) Submit(a Append, done func(error)) error {
	if err := a.Check(); err != nil {
		return err
	}
	size := a.Bytes()
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.full(size) && w.err == nil && !w.closing {
		w.changed.Wait()
	}
	switch {
	case w.err != nil:
		return w.err
	case w.closing:
		return ErrClosed
	}
	w.queue = append(w.queue, submission{a, done})
	w.bytes += size
	w.changed.Broadcast()
	return nil
}

func (w *Writer) full(size int) bool {
	return len(w.queue) > 0 && (len(w.queue) >= w.opts.QueueAppends || w.bytes+size > w.opts.QueueBytes)
}

// Err is the error that killed the writer, or nil while it lives.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close commits what is queued, ends the writer and returns the error it died
// of, if it did. Submit must not be called any more; it would give [ErrClosed].
func (w *Writer) Close() error {
	w.mu.Lock()
	w.closing = true
	w.changed.Broadcast()
	w.mu.Unlock()
	<-w.done
	return w.Err()
}

// Stats returns the writer's counters so far.
func (w *Writer) Stats() Stats {
	w.mu.Lock()
	queued := len(w.queue)
	w.mu.Unlock()
	return w.stats.read(queued)
}

func (w *Writer) run() {
	defer close(w.done)
	for {
		batch := w.drain()
		if batch == nil {
			return
		}
		err := w.Err()
		if err == nil {
			err = w.commit(batch)
		}
		for i := range batch {
			batch[i].done(err)
			batch[i] = submission{}
		}
	}
}

// drain waits for submissions and takes them all; nil means the end.
func (w *Writer) drain() []submission {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) == 0 && !w.closing {
		w.changed.Wait()
	}
	if len(w.queue) == 0 {
		return nil
	}
	taken := w.queue
	w.queue, w.draining = w.draining[:0], taken
	w.bytes = 0
	w.changed.Broadcast()
	return taken
}

func (w *Writer) commit(batch []submission) error {
	appends := w.appends[:0]
	for i := range batch {
		appends = append(appends, batch[i].append)
	}
	w.appends = appends
	defer clear(appends)
	joined := w.joins.join(appends)
	ctx, cancel := context.WithTimeout(context.Background(), w.opts.CommitTimeout)
	defer cancel()
	start := time.Now()
	err := w.to.Commit(ctx, joined)
	if err != nil {
		return w.die(err)
	}
	w.stats.committed(joined, time.Since(start))
	return nil
}

func (w *Writer) die(cause error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = fmt.Errorf("the journal's writer stopped: %w", cause)
	w.changed.Broadcast()
	return w.err
}
