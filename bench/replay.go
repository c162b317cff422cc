package bench

import (
	"context"
	"errors"
	"runtime"
	"time"

	"tandem"
	"tandem/event"
	"tandem/instance"
)

// replayed bounds the journal that is kept in memory.
const replayed = 300_000

// measureReplay decodes and applies records that lie in memory, as a start and
// a follower do, without the disk.
func measureReplay(ctx context.Context, r *report, o Options) error {
	return inFolder(o, func(dir string) error {
		f, err := openFolder(ctx, dir)
		if err != nil {
			return err
		}
		for _, t := range []tape{
			{about: "contact center, sealed with AES-256-GCM", sealer: f.session(centerShard), host: newCenterInstance, record: recordShift},
			{about: "contact center, not sealed", sealer: tandem.Plain{}, host: newCenterInstance, record: recordShift},
			{about: "large events, sealed with AES-256-GCM", sealer: f.session(loadShard), host: newLoadedInstance, record: recordLoad},
		} {
			if err = t.measure(r, min(o.Events, replayed)); err != nil {
				break
			}
		}
		return errors.Join(err, f.close())
	})
}

// tape is a journal in memory.
type tape struct {
	about   string
	sealer  tandem.Sealer
	host    func(tandem.ID) *instance.Instance
	record  func(t *tape, events int) (*instance.Instance, error)
	body    []byte
	records int
	events  int
}

// recorder returns a function that adds a record.
func (t *tape) recorder() func(*tandem.Record) error {
	e := tandem.NewEncoder(nil, t.sealer)
	return func(rec *tandem.Record) error {
		event.AppendRecord(e, rec)
		t.records, t.events, t.body = t.records+1, t.events+len(rec.Events), e.Bytes()
		return e.Err()
	}
}

func recordShift(t *tape, events int) (*instance.Instance, error) {
	s := newShift(t.recorder())
	return s.in, s.work(events)
}

func recordLoad(t *tape, events int) (*instance.Instance, error) {
	in, add := newLoadedInstance(loadShard), t.recorder()
	for t.events < events {
		n := uint64(t.records)
		out, err := in.Step(tandem.Command{ID: loadShard.Derive(n), Body: advance{n}})
		if err != nil {
			return nil, err
		}
		if err := add(&out.Record); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (t *tape) measure(r *report, events int) error {
	live, err := t.record(t, events)
	if err != nil {
		return err
	}
	runtime.GC()
	in, d, began := t.host(centerShard), tandem.NewDecoder(t.body, t.sealer), time.Now()
	for range t.records {
		rec := new(tandem.Record)
		if err := event.ReadRecord(d, rec); err != nil {
			return err
		}
		if err := in.Replay(rec); err != nil {
			return err
		}
		in.TakeEffects()
	}
	took := time.Since(began)
	if in.Hash() != live.Hash() {
		return errDiffers
	}
	r.figure("%s: %s events/s (%s events of %d bytes)", t.about, thousands(rate(t.events, took)), thousands(t.events), len(t.body)/t.events)
	return nil
}
