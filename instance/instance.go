package instance

import (
	"fmt"

	"tandem"
)

// Instance hosts the machines of one shard. It is not safe for concurrent use:
// the engine's loop owns it.
type Instance struct {
	machines  []Machine
	translate Translate
	seq       tandem.Seq
	now       tandem.Time
	epoch     tandem.Epoch
}

// New hosts machines. Translate may be nil.
func New(translate Translate, machines ...Machine) *Instance {
	return &Instance{machines: machines, translate: translate}
}

// Outcome is what one step led to.
type Outcome struct {
	Record  tandem.Record // without events: nothing changed and nothing is to be stored
	Answer  any
	Effects []tandem.Effect
}

// Seq is the last record applied.
func (in *Instance) Seq() tandem.Seq { return in.seq }

// Now is the time of the latest step or record.
func (in *Instance) Now() tandem.Time { return in.now }

// SetEpoch states under which lease effects are handed out.
func (in *Instance) SetEpoch(epoch tandem.Epoch) { in.epoch = epoch }

// Step takes one command. Its time never goes back: an earlier one counts as
// the latest known. A refused command changes nothing and has no record.
func (in *Instance) Step(cmd tandem.Command) (Outcome, error) {
	in.now = max(in.now, cmd.At)
	cmd.At = in.now
	r := &run{in: in, rec: tandem.Record{Seq: in.seq + 1, CommandID: cmd.ID, At: cmd.At, Actor: cmd.Actor, Cause: cmd.Cause}}
	r.step = tandem.NewStep(r.rec.Seq, cmd, r.emit)
	answer, err := r.decide(cmd.Body)
	if err != nil && len(r.rec.Events) > 0 {
		panic(fmt.Sprintf("%T was refused after %s was emitted: %v", cmd.Body, r.rec.Events[0].EventName(), err))
	}
	if err != nil {
		return Outcome{}, err
	}
	if len(r.rec.Events) > 0 {
		in.seq++
	}
	return Outcome{Record: r.rec, Answer: answer, Effects: in.takeEffects()}, nil
}

// Replay applies a record read from the journal.
func (in *Instance) Replay(rec *tandem.Record) error {
	if rec.Seq != in.seq+1 {
		return fmt.Errorf("record %d follows record %d: the journal has a gap; restore it from a backup", rec.Seq, in.seq)
	}
	in.seq, in.now = rec.Seq, max(in.now, rec.At)
	for _, ev := range rec.Events {
		in.apply(rec.Seq, rec.At, ev)
	}
	return nil
}

func (in *Instance) apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	for _, m := range in.machines {
		m.Apply(seq, at, ev)
	}
}

// TakeEffects empties the list of effects, for a copy that only replays.
func (in *Instance) TakeEffects() { in.takeEffects() }

func (in *Instance) takeEffects() []tandem.Effect {
	var all []tandem.Effect
	for _, m := range in.machines {
		effects := m.TakeEffects(in.epoch)
		if len(all) == 0 {
			all = effects[:len(effects):len(effects)] // mostly one machine has any, and nothing is copied
			continue
		}
		all = append(all, effects...)
	}
	return all
}

// Outstanding lists every effect that is not known to be done.
func (in *Instance) Outstanding() []tandem.Effect {
	in.takeEffects() // they are among the outstanding ones
	var all []tandem.Effect
	for _, m := range in.machines {
		all = append(all, m.Outstanding(in.epoch)...)
	}
	return all
}

// NextDue is the earliest moment at which a tick would do something.
func (in *Instance) NextDue() (tandem.Time, bool) {
	var due tandem.Time
	found := false
	for _, m := range in.machines {
		if t, ok := m.NextDue(); ok && (!found || t < due) {
			due, found = t, true
		}
	}
	return due, found
}

// Hash sums the state of all machines without anything personal.
func (in *Instance) Hash() uint64 {
	h := uint64(in.seq)
	for _, m := range in.machines {
		h = h*1099511628211 ^ m.Hash()
	}
	return h
}

// Check finds broken invariants.
func (in *Instance) Check() error {
	for _, m := range in.machines {
		if err := m.Check(); err != nil {
			return fmt.Errorf("after record %d: %w", in.seq, err)
		}
	}
	return nil
}

// EncodeSnapshot writes the whole state.
func (in *Instance) EncodeSnapshot(e *tandem.Encoder) {
	e.Uvarint(uint64(in.seq))
	e.Varint(int64(in.now))
	for _, m := range in.machines {
		m.EncodeSnapshot(e)
	}
}

// DecodeSnapshot replaces the state; the decoder keeps the first error.
func (in *Instance) DecodeSnapshot(d *tandem.Decoder) {
	in.seq = tandem.Seq(d.Uvarint())
	in.now = tandem.Time(d.Varint())
	for _, m := range in.machines {
		m.DecodeSnapshot(d)
	}
}
