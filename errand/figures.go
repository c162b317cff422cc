package errand

import (
	"slices"
	"time"
)

// LatencyBounds are the upper bounds of the buckets of [Figures].Latency; one
// more bucket is for all that took longer.
var LatencyBounds = []time.Duration{
	10 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
}

// counts are guarded by the desk's mutex.
type counts struct {
	done, failed, late, refused, repeated, retried uint64
	latency                                        []uint64
	latencySum                                     time.Duration
}

// Figures are the counts of one lane at one moment, since the start.
type Figures struct {
	Running, Waiting int
	Done             uint64 // with an answer
	Failed           uint64 // without one that is of use
	Late             uint64 // not before their deadline
	Refused          uint64 // the lane was full
	Repeated         uint64 // handed out again, and ignored
	Retried          uint64 // second and further tries
	Latency          []uint64
	LatencySum       time.Duration // from being taken to the end of the work, of all but Refused
}

// count notes how the work ended.
func (d *Desk) count(l *lane, began time.Time, result string, failure *Failure) (string, *Failure) {
	took := time.Since(began)
	d.mu.Lock()
	defer d.mu.Unlock()
	c := &l.counts
	switch {
	case failure == nil:
		c.done++
	case failure.Code == CodeTimeLimit:
		c.late++
	default:
		c.failed++
	}
	if c.latency == nil {
		c.latency = make([]uint64, len(LatencyBounds)+1)
	}
	i, _ := slices.BinarySearch(LatencyBounds, took)
	c.latency[i]++
	c.latencySum += took
	return result, failure
}

// Figures reads the counts of all lanes, by target.
func (d *Desk) Figures() map[string]Figures {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[string]Figures{}
	for target, l := range d.lanes {
		c := l.counts
		running := len(l.slots)
		all[target] = Figures{
			Running: running, Waiting: max(0, l.taken-running), Done: c.done, Failed: c.failed, Late: c.late,
			Refused: c.refused, Repeated: c.repeated, Retried: c.retried, Latency: slices.Clone(c.latency), LatencySum: c.latencySum,
		}
	}
	return all
}
