package sim

import (
	"errors"
	"fmt"

	"tandem"
)

// reader is a projection: it counts events by their kinds. Its counts and its
// place in the journal change in one transaction; what it has done since the
// last one dies with the process. It goes on from its place.
type reader struct {
	run     *run
	records []*tandem.Record // durable, and not yet in a transaction
	done    work             // in a transaction
	now     work
}

// work is how far a reader has come, and with what.
type work struct {
	seq    tandem.Seq
	counts kinds
}

const (
	readMillis     = 500    // from one look at the journal to the next
	lateReadMillis = 10_000 // the same, once the day is over
	readPage       = 400    // records that are read at a time
	pages          = 3      // until the next transaction
)

func (d *reader) begin() { d.goOn(0) }

// goOn reads a page every now and then.
func (d *reader) goOn(page int) {
	wait := int64(readMillis)
	if d.run.Now() > d.run.faults.end {
		wait = lateReadMillis
	}
	d.run.After(wait, func() {
		if d.run.shell.leader != nil {
			d.read()
			if page++; page%pages == 0 {
				d.commit()
			}
		}
		d.goOn(page)
	})
}

// feed takes note of a durable record.
func (d *reader) feed(rec *tandem.Record) { d.records = append(d.records, rec) }

func (d *reader) read() {
	for range readPage {
		i := int(d.now.seq - d.done.seq)
		if i >= len(d.records) {
			return
		}
		d.now.counts.take(d.records[i])
		d.now.seq++
	}
}

func (d *reader) commit() {
	d.records = d.records[d.now.seq-d.done.seq:]
	d.done = d.now
}

// die loses what was not in a transaction.
func (d *reader) die() {
	d.run.tally.count("fault: reader dies inside a transaction", d.now.seq > d.done.seq)
	if d.run.mutant.forgetsWork { // its place is durable, and its counts are not
		d.records = d.records[d.now.seq-d.done.seq:]
		d.done.seq = d.now.seq
	}
	d.now = d.done
}

func (r *run) readersCaughtUp() bool { return r.reader.now.seq == r.copy.Seq() }

// checkReaders makes sure that the reader has caught up, and has seen each
// record once (SIM-L3).
func (r *run) checkReaders() error {
	r.meant(simL3)
	if r.reader.now.seq != r.copy.Seq() {
		return fmt.Errorf("the reader is at record %d of %d", r.reader.now.seq, r.copy.Seq())
	}
	if r.reader.now.counts != r.kinds {
		return errors.New("the reader has not seen each record once: it counts other events than there are")
	}
	return nil
}
