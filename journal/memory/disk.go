// Package memory is a journal in memory, for simulation and tests. Its [Disk]
// outlives the [Store] that is opened on it, as a file outlives a process,
// and can fail in every way that a disk can: refuse a commit, carry it out
// and still report an error, lose what was not synced, flip a bit, lose rows.
package memory

import (
	"bytes"
	"sync"

	"tandem"
	"tandem/journal"
)

// Faults are what goes wrong with commits. They may be changed at any time
// with [Disk.SetFaults]. Commits are counted from 1 over the disk's life.
type Faults struct {
	// Refuse fails a commit of which nothing is kept.
	Refuse func(commit int) error
	// Report fails a commit although it was carried out: the unknown outcome.
	Report func(commit int) error
	// Unsynced leaves what is written unsynced until [Disk.Sync], so that
	// [Disk.Crash] loses it, as a disk does that lies about its cache.
	Unsynced bool
}

// Disk is where a memory journal lives.
type Disk struct {
	mu       sync.Mutex
	faults   Faults
	commits  int
	open     bool
	shards   map[tandem.ID]*shard
	secrets  map[string][]byte
	unsynced []func() // undoes the oldest unsynced change first in the list
}

type shard struct {
	epoch      tandem.Epoch
	owner      string
	anchor     journal.Point
	floor      tandem.Seq
	batches    []journal.Batch // in order
	keys       map[tandem.ID][]byte
	payloads   map[tandem.PayloadRef]payload
	quarantine []journal.QuarantineRow
}

type payload struct {
	row journal.PayloadRow
	seq tandem.Seq // of the batch it came with
}

// NewDisk returns an empty disk.
func NewDisk() *Disk {
	return &Disk{shards: make(map[tandem.ID]*shard), secrets: make(map[string][]byte)}
}

// SetFaults replaces the faults.
func (d *Disk) SetFaults(f Faults) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = f
}

// Commits is how many commits were tried so far.
func (d *Disk) Commits() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.commits
}

// Unsynced is how many changes a crash could lose.
func (d *Disk) Unsynced() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.unsynced)
}

// Sync makes everything written so far durable.
func (d *Disk) Sync() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unsynced = nil
}

// Crash is the death of the process and of the machine: the first keep of the
// unsynced changes survive, the others are gone, and the disk can be opened
// again. The Store that was open must not be used any more.
func (d *Disk) Crash(keep int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := len(d.unsynced) - 1; i >= keep; i-- {
		d.unsynced[i]()
	}
	d.unsynced = nil
	d.open = false
}

// changed notes how to undo a change, until it is synced.
func (d *Disk) changed(undo func()) {
	if d.faults.Unsynced {
		d.unsynced = append(d.unsynced, undo)
	} else {
		d.unsynced = nil // a sync takes everything before it along
	}
}

// Damage hands the stored batch that holds record seq to change, which may
// spoil it in any way. It reports whether there is such a batch.
func (d *Disk) Damage(id tandem.ID, seq tandem.Seq, change func(*journal.Batch)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	sh := d.shards[id]
	if sh == nil {
		return false
	}
	for i := range sh.batches {
		b := &sh.batches[i]
		if b.First <= seq && seq <= b.Last() {
			b.Body = bytes.Clone(b.Body)
			change(b)
			return true
		}
	}
	return false
}

// Remove loses the batches that hold records from through to.
func (d *Disk) Remove(id tandem.ID, from, to tandem.Seq) {
	d.mu.Lock()
	defer d.mu.Unlock()
	sh := d.shards[id]
	if sh == nil {
		return
	}
	var kept []journal.Batch
	for _, b := range sh.batches {
		if b.Last() < from || b.First > to {
			kept = append(kept, b)
		}
	}
	sh.batches = kept
}

// Contains reports whether needle is anywhere in the rows that [journal.Rows]
// and [journal.Secrets] keep.
func (d *Disk) Contains(needle []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, sh := range d.shards {
		for _, k := range sh.keys {
			if bytes.Contains(k, needle) {
				return true
			}
		}
		for _, p := range sh.payloads {
			if bytes.Contains(p.row.Sealed, needle) {
				return true
			}
		}
		for _, q := range sh.quarantine {
			if bytes.Contains(q.Sealed, needle) {
				return true
			}
		}
	}
	for _, sealed := range d.secrets {
		if bytes.Contains(sealed, needle) {
			return true
		}
	}
	return false
}
