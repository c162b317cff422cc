package room

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tandem"
	"tandem/media/rtp"
	"tandem/media/speech"
	"tandem/voice"
)

// prompter is an engine that understands what the test says that it does.
type prompter struct {
	hearings int
	frames   int
	closed   bool
	state    speech.State
	ctx      context.Context
}

func (e *prompter) Listen(ctx context.Context, _ voice.Listen) speech.Hearing {
	e.hearings++
	e.ctx = ctx
	return e
}

func (e *prompter) Figures() speech.Figures { return speech.Figures{} }

func (e *prompter) Write(*rtp.Frame)    { e.frames++ }
func (e *prompter) State() speech.State { return e.state }
func (e *prompter) Close()              { e.closed = true }

func listening(t *testing.T, c voice.Collect) (*script, *prompter) {
	t.Helper()
	e := &prompter{}
	s := &script{room: still(), leg: newSpeaker(0)}
	s.room.engine = e
	s.room.Join(id(1), voice.Customer, s.leg)
	s.room.Answered(id(1))
	p := voice.Play{ID: id(99), Listener: id(1), Items: []voice.Prompt{{Prompt: "xxxxxxxxxx"}}, Collect: &c} // 200 ms
	s.room.SetPlays([]voice.Play{p}, frames, s.ended)
	s.room.awaitLoaded(t)
	return s, e
}

func TestUtteranceEndsAPlay(t *testing.T) {
	listen := voice.Collect{MaxDigits: 2, FirstDigitMillis: 400, InterDigitMillis: 500, CancelKey: "*", Listen: &voice.Listen{StartTimeoutMillis: 1000, EndTimeoutMillis: 600, MaxMillis: 2000}}
	for name, tt := range map[string]struct {
		do      func(*script, *prompter)
		outcome voice.PlayOutcome
		text    tandem.Personal
		digits  tandem.Personal
		at      tandem.Time
	}{
		"when the engine says so": {func(s *script, e *prompter) {
			s.run(20)
			e.state = speech.State{Text: "two tickets", Final: true}
		}, voice.PlaySpoken, "two tickets", "", 420},
		"after a pause": {func(s *script, e *prompter) {
			s.run(20)
			e.state.Text = "two"
			s.run(10)
			e.state.Text = "two tickets"
		}, voice.PlaySpoken, "two tickets", "", 620 + 600},
		"when it is too long": {func(s *script, e *prompter) {
			for range 200 {
				e.state.Text += "x"
				s.run(1)
			}
		}, voice.PlaySpoken, tandem.Personal(strings.Repeat("x", 101)), "", 20 + 2000},
		"not at all in silence": {func(*script, *prompter) {}, voice.PlayTimeout, "", "", 220 + 1000},
		"not by a word that takes long to come": {func(s *script, e *prompter) {
			s.run(55)
			e.state.Text = "well"
		}, voice.PlaySpoken, "well", "", 1120 + 600},
		"not by keys, which go first": {func(s *script, e *prompter) {
			e.state.Text = "two"
			s.run(5)
			s.press("12")
			e.state = speech.State{Text: "two tickets", Final: true}
		}, voice.PlayDigits, "", "12", 100},
		"not by a final without words": {func(s *script, e *prompter) {
			e.state.Final = true
			s.run(2)
			s.press("1")
		}, voice.PlayDigits, "", "1", 40 + 500},
		"not when the engine is down": {func(s *script, e *prompter) {
			s.run(5)
			e.state.Err = errors.New("down")
		}, voice.PlayFailed, "", "", 120},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := listening(t, listen)
			tt.do(s, e)
			s.run(200)
			if len(s.results) != 1 {
				t.Fatalf("there are %d results", len(s.results))
			}
			r := s.results[0]
			if r.Outcome != tt.outcome || r.Text != tt.text || r.Digits != tt.digits || r.At != tt.at || (r.Err != nil) != (tt.outcome == voice.PlayFailed) {
				t.Errorf("the result is %+v, want outcome %d text %q digits %q at %d", r, tt.outcome, tt.text, tt.digits, tt.at)
			}
			if e.hearings != 1 || e.ctx.Err() == nil {
				t.Errorf("it listened %d times, and the last goes on: %v", e.hearings, e.ctx.Err() == nil)
			}
		})
	}
}

func TestFirstWordStopsTheAudio(t *testing.T) {
	s, e := listening(t, voice.Collect{Listen: &voice.Listen{EndTimeoutMillis: 5000}})
	s.run(3)
	if s.leg.heard != 5 || e.frames != 3 {
		t.Fatalf("before a word %d is heard, and the engine got %d frames", s.leg.heard, e.frames)
	}
	e.state.Text = "wait"
	s.run(1)
	if s.leg.heard != 0 || len(s.results) != 0 {
		t.Errorf("after the first word %d is heard; the results are %+v", s.leg.heard, s.results)
	}
}

func TestNothingThatIsToBeEncryptedIsListenedTo(t *testing.T) {
	s, e := listening(t, voice.Collect{MaxDigits: 4, FirstDigitMillis: 100, Encrypt: &voice.Encrypt{KeyID: "k"}, Listen: &voice.Listen{StartTimeoutMillis: 100}})
	e.state = speech.State{Text: "four one one one", Final: true}
	s.press("4111")
	s.run(100)
	if e.hearings != 0 || len(s.results) != 1 || s.results[0].Encrypt == nil || s.results[0].Text != "" {
		t.Errorf("it listened %d times; the results are %+v", e.hearings, s.results)
	}
}

func TestWithoutAnEngineKeysAreCollected(t *testing.T) {
	s := begin(t, voice.Play{Items: []voice.Prompt{{Prompt: "x"}}, Collect: &voice.Collect{MaxDigits: 1, FirstDigitMillis: 1000, Listen: &voice.Listen{}}}, frames)
	s.run(5)
	s.press("7")
	s.run(1)
	if len(s.results) != 1 || s.results[0].Digits != "7" {
		t.Errorf("the results are %+v", s.results)
	}
}

// Amazon Connect Administrator Guide: Store customer input, cancel key.
func TestCancelKeyDiscardsWhatWasTyped(t *testing.T) {
	for name, tt := range map[string]struct {
		cancel, terminators, keys string
		outcome                   voice.PlayOutcome
		digits                    tandem.Personal
	}{
		"then other digits":         {"*", "#", "12*34#", voice.PlayDigits, "34"},
		"then nothing":              {"*", "#", "12*", voice.PlayTimeout, ""},
		"disabled":                  {"", "#", "1*2#", voice.PlayDigits, "1*2"},
		"a terminator in its place": {"*", "*", "12*", voice.PlayDigits, "12"},
	} {
		t.Run(name, func(t *testing.T) {
			collect := voice.Collect{MaxDigits: 8, FirstDigitMillis: 1000, InterDigitMillis: 500, CancelKey: tt.cancel, Terminators: tt.terminators}
			s := begin(t, voice.Play{Items: []voice.Prompt{{Prompt: "xx"}}, Collect: &collect}, frames)
			s.press(tt.keys)
			s.run(100)
			if len(s.results) != 1 || s.results[0].Outcome != tt.outcome || s.results[0].Digits != tt.digits {
				t.Errorf("the results are %+v, want outcome %d digits %q", s.results, tt.outcome, tt.digits)
			}
		})
	}
}
