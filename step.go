package tandem

// Step is what a machine is handed to decide one command: the moment, the
// seq that the record will have, and the only door to state, Emit.
//
// A machine refuses before its first Emit, or not at all: what was emitted
// has been applied.
type Step struct {
	Seq     Seq
	At      Time
	Command ID
	Actor   Actor

	emit   func(Event)
	wishes []any
	ids    uint64
}

// NewStep begins a step; emit applies an event to every machine and keeps it
// for the record.
func NewStep(seq Seq, cmd Command, emit func(Event)) *Step {
	return &Step{Seq: seq, At: cmd.At, Command: cmd.ID, Actor: cmd.Actor, emit: emit}
}

// Emit states a fact: it is applied at once and becomes part of the record.
func (s *Step) Emit(ev Event) { s.emit(ev) }

// NextID makes an id that derives from the command's, so that the step gives
// the same ids whenever it is taken.
func (s *Step) NextID() ID {
	s.ids++
	return s.Command.Derive(s.ids)
}

// Wish asks for a further command, of whichever machine owns its body, inside
// the same step and record.
func (s *Step) Wish(body any) { s.wishes = append(s.wishes, body) }

// TakeWishes returns the wishes made since it was last called.
func (s *Step) TakeWishes() []any {
	w := s.wishes
	s.wishes = nil
	return w
}

// Tick is the command that lets machines act on the time. The engine sends it
// when the earliest deadline that a machine names is reached.
type Tick struct{}
