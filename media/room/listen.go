package room

import (
	"tandem"
	"tandem/media/rtp"
	"tandem/media/speech"
	"tandem/voice"
)

// maxSpeechMillis is how long an utterance may be when the play does not say.
const maxSpeechMillis = 30_000

// ears listen for one play. Those that are nil hear nothing.
type ears struct {
	engine  speech.Engine
	want    voice.Listen
	at      speech.Hearing // nil before the first frame
	stopped bool           // a key was pressed
	words   string         // so far
	first   tandem.Time    // when the first word came
	last    tandem.Time    // when the words changed last
	failed  error
}

// newEars makes the ears of a play that wants to hear words. What is to be
// encrypted is typed, never said: words would leave in clear.
func newEars(engine speech.Engine, c *voice.Collect) *ears {
	if engine == nil || c == nil || c.Listen == nil || c.Encrypt != nil {
		return nil
	}
	e := &ears{engine: engine, want: *c.Listen}
	if e.want.MaxMillis <= 0 {
		e.want.MaxMillis = maxSpeechMillis
	}
	return e
}

// stop ends listening for good.
func (e *ears) stop() {
	if e == nil || e.stopped {
		return
	}
	e.stopped, e.words = true, ""
	if e.at != nil {
		e.at.Close()
	}
}

// hearing reports whether somebody is speaking: then no time-out for the first
// word, or for digits, counts.
func (e *ears) hearing() bool { return e != nil && e.words != "" }

func (e *ears) text() tandem.Personal { return tandem.Personal(e.words) }

func (e *ears) failure() error {
	if e == nil {
		return nil
	}
	return e.failed
}

func (e *ears) startTimeout() int64 {
	if e == nil || e.stopped {
		return 0
	}
	return e.want.StartTimeoutMillis
}

// listen hears 20 ms. The first word stops the audio. The utterance ends when
// the engine says so, after a pause, or when it is too long.
func (p *play) listen(in *rtp.Frame, now tandem.Time) voice.PlayOutcome {
	e := p.ears
	if e == nil || e.stopped {
		return 0
	}
	if e.at == nil {
		e.at = e.engine.Listen(p.ctx, e.want)
	}
	e.at.Write(in)
	heard := e.at.State()
	if heard.Text != "" && heard.Text != e.words {
		if e.words == "" {
			e.first = now
		}
		e.words, e.last, p.waiting = heard.Text, now, true
	}
	switch {
	case heard.Err != nil:
		e.failed = heard.Err
		return voice.PlayFailed
	case e.words == "" && heard.Final: // the engine heard nothing; keys still count
		e.stop()
		return 0
	case e.words == "":
		return 0
	case heard.Final, now >= e.first.Add(e.want.MaxMillis), e.want.EndTimeoutMillis > 0 && now >= e.last.Add(e.want.EndTimeoutMillis):
		return voice.PlaySpoken
	}
	return 0
}
