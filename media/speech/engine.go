package speech

import (
	"context"

	"tandem/media/rtp"
	"tandem/voice"
)

// Engine recognizes speech.
type Engine interface {
	// Listen begins to recognize one utterance, and never blocks. The hearing ends
	// with the context, or when it is closed.
	Listen(ctx context.Context, want voice.Listen) Hearing
	// Figures are the counts so far.
	Figures() Figures
}

// Figures are the counts of an engine, since the start.
type Figures struct {
	Listened uint64 // utterances that were begun
	Failed   uint64 // of them, those that the engine could not be asked, or did not answer
}

// Hearing is one utterance being recognized. Its methods never block.
type Hearing interface {
	// Write takes 20 ms of audio.
	Write(*rtp.Frame)
	// State is what was understood so far.
	State() State
	// Close ends the hearing; what was not understood yet is lost.
	Close()
}

// State is what a hearing has understood.
type State struct {
	Text  string // so far; empty: no word yet
	Final bool   // the utterance is over
	Err   error  // it could not be understood: the engine is down or too slow
}
