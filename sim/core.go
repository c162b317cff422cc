package sim

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/journal"
	"tandem/presence"
	"tandem/zones"
)

// core is the reducer of one instance, with the machines that it hosts.
type core struct {
	*instance.Instance
	center   *center.Machine
	presence *presence.Machine
}

// wrap puts something around a machine.
type wrap func(instance.Machine, *center.Machine) instance.Machine

// newCore makes an empty core; around what decides and applies for the center
// come the wraps, the innermost first.
func newCore(wraps ...wrap) *core {
	c := &core{center: center.New(zones.Shipped{}), presence: presence.New()}
	machine := instance.Machine(c.center)
	for _, w := range wraps {
		if w != nil {
			machine = w(machine, c.center)
		}
	}
	c.Instance = instance.New(translate, machine, c.presence)
	return c
}

// translate turns what presence wishes of the center into the center's
// command.
func translate(wish any) (any, bool) {
	if w, ok := wish.(presence.CenterWrite); ok {
		return center.PutUserStatus{UserID: w.UserID, StatusID: w.StatusID}, true
	}
	return nil, false
}

// watched lets somebody look at the state before and after each event.
type watched struct {
	instance.Machine
	before, after func(at tandem.Time, ev tandem.Event)
}

// Apply implements instance.Machine.
func (w watched) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	w.before(at, ev)
	w.Machine.Apply(seq, at, ev)
	w.after(at, ev)
}

// shard is the instance's journal.
var shard = tandem.NameID("sim", "shard")

// read calls each with every record of the batches, in order, from seq on.
func read(b journal.Batch, sealer tandem.Sealer, from tandem.Seq, each func(*tandem.Record) error) error {
	d := tandem.NewDecoder(b.Body, sealer)
	for range b.Count {
		rec := new(tandem.Record)
		if err := event.ReadRecord(d, rec); err != nil {
			return err
		}
		if rec.Seq < from {
			continue
		}
		if err := each(rec); err != nil {
			return err
		}
	}
	return nil
}
