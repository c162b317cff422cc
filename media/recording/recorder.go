package recording

import (
	"errors"
	"sync"
	"sync/atomic"

	"tandem"
	"tandem/media/rtp"
)

// bufferFrames is how much a recorder holds while the disk is slow: 2 s.
const bufferFrames = 2 * framesPerSecond

// Recorder takes one recording's audio. Write and Skip are for the room's
// goroutine and never block.
type Recorder struct {
	store   *Store
	name    fileName
	file    *wavFile
	frames  chan frame
	skipped int // frames not handed on since the last one, of the room's goroutine
	dropped *atomic.Uint64
	stop    chan struct{}
	once    sync.Once
	stopped tandem.Time
}

type frame struct {
	skipped         int // frames of silence before this one
	customer, agent rtp.Frame
}

// Write appends 20 ms. When the disk is more than 2 s behind, the frame is
// dropped, counted, and later written as silence, so that times stay right.
func (r *Recorder) Write(customer, agent *rtp.Frame) {
	select {
	case r.frames <- frame{r.skipped, *customer, *agent}:
		r.skipped = 0
	default:
		r.skipped++
		r.dropped.Add(1)
	}
}

// Skip stands for frames that the room left out.
func (r *Recorder) Skip(frames int) { r.skipped += frames }

// Stop ends the recording without waiting. The room must not write any more.
func (r *Recorder) Stop(at tandem.Time) {
	r.once.Do(func() {
		r.stopped = at
		close(r.stop)
	})
}

// run writes until Stop, then hands the file to the store.
func (r *Recorder) run() {
	defer r.store.writers.Done()
	var err error
	r.file, err = createWAV(r.store.path(r.name) + growing)
	for n := 1; ; n++ {
		select {
		case f := <-r.frames:
			err = r.append(f, n, err)
			continue
		case <-r.stop:
		}
		break
	}
	for len(r.frames) > 0 {
		err = r.append(<-r.frames, 0, err)
	}
	if r.file != nil {
		err = errors.Join(err, r.file.close())
	}
	r.store.finished(r.name, r.stopped, err)
}

// append writes one frame, and settles the file each second. After the first
// error nothing more is written: what is there stays playable.
func (r *Recorder) append(f frame, n int, err error) error {
	if err != nil {
		return err
	}
	var silence rtp.Frame
	for range f.skipped {
		if err := r.file.write(&silence, &silence); err != nil {
			return err
		}
	}
	if err := r.file.write(&f.customer, &f.agent); err != nil {
		return err
	}
	if n%framesPerSecond == 0 {
		return r.file.settle()
	}
	return nil
}
