package sim

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/journal"
	"tandem/zones"
)

// core is the reducer of one instance.
type core struct {
	*instance.Instance
	center *center.Machine
}

// wrap puts a fault into a machine; the identity for none.
type wrap func(*center.Machine) instance.Machine

func newCore(w wrap) *core {
	m := center.New(zones.Shipped{})
	machine := instance.Machine(m)
	if w != nil {
		machine = w(m)
	}
	return &core{instance.New(nil, machine), m}
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
