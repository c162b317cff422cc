package instance

import "tandem"

// Machine is one pure state machine. State changes only in Apply.
type Machine interface {
	// Owns reports whether the machine decides commands of this type.
	Owns(body any) bool
	// Decide takes one command, or a tandem.Tick, and emits what follows. It
	// refuses with an error before its first emit.
	Decide(s *tandem.Step, body any) (answer any, err error)
	// Apply changes the state as the event says. Events of other machines are
	// ignored or observed.
	Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event)
	// NextDue is the next moment at which a Tick would do something.
	NextDue() (tandem.Time, bool)
	// TakeEffects returns what the world should be asked since it was last
	// called.
	TakeEffects(epoch tandem.Epoch) []tandem.Effect
	// Outstanding returns every effect that is not known to be done, for after
	// a restart.
	Outstanding(epoch tandem.Epoch) []tandem.Effect
	// Hash sums the state without anything personal.
	Hash() uint64
	// EncodeSnapshot writes the whole state.
	EncodeSnapshot(e *tandem.Encoder)
	// DecodeSnapshot replaces the state and rebuilds what derives from it.
	DecodeSnapshot(d *tandem.Decoder)
	// Check finds broken invariants.
	Check() error
}

// Reactor is a machine that answers facts of other machines.
type Reactor interface {
	// React looks at one event that was just applied, of any machine, and may
	// emit events of its own or wish for commands.
	React(s *tandem.Step, ev tandem.Event)
}

// Wisher is a machine that wants to know what became of its wishes.
type Wisher interface {
	// WishDone is called with the wish as it was made and the refusal, if any.
	WishDone(s *tandem.Step, wish any, err error)
}

// Translate turns a wish in one machine's words into a command in another's;
// ok is false for a wish that is a command already.
type Translate func(wish any) (body any, ok bool)

// Find returns the machine of a type that an instance hosts.
func Find[M Machine](in *Instance) (M, bool) {
	for _, m := range in.machines {
		if found, ok := m.(M); ok {
			return found, true
		}
	}
	var none M
	return none, false
}
