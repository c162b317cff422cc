package speech_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"tandem/media/rtp"
	"tandem/media/speech"
	"tandem/media/speech/speechtest"
	"tandem/voice"
)

var words = map[int]string{440: "yes", 700: "no"}

func newEngine(t *testing.T, url string, most int) *speech.WebSocket {
	t.Helper()
	e, err := speech.NewWebSocket(speech.Config{URL: url, Token: "secret", Most: most})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// tone is 20 ms of a pitch; zero is silence.
func tone(hz, at int) *rtp.Frame {
	var f rtp.Frame
	for i := range f {
		f[i] = int16(3000 * math.Sin(2*math.Pi*float64(hz*(at*rtp.FrameSamples+i))/rtp.SampleRateHz))
	}
	return &f
}

// await waits for a state, or for the end of patience.
func await(t *testing.T, h speech.Hearing, what string, is func(speech.State) bool) speech.State {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		s := h.State()
		if is(s) {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s; the state is %+v", what, s)
		}
	}
}

func sing(h speech.Hearing, hz, frames int) {
	for i := range frames {
		h.Write(tone(hz, i))
	}
}

func TestWordsComeAsTheyAreUnderstood(t *testing.T) {
	stand := speechtest.New(t, words)
	h := newEngine(t, stand.URL, 0).Listen(t.Context(), voice.Listen{Locale: "de_DE", EndTimeoutMillis: 900, MaxMillis: 9000})
	sing(h, 440, 10)
	if s := await(t, h, "a word is heard", func(s speech.State) bool { return s.Text != "" }); s.Text != "yes" || s.Final || s.Err != nil {
		t.Errorf("the state is %+v", s)
	}
	sing(h, 700, 10)
	sing(h, 0, 30)
	if s := await(t, h, "the utterance is over", func(s speech.State) bool { return s.Final || s.Err != nil }); s.Text != "yes no" || s.Err != nil {
		t.Errorf("the state is %+v", s)
	}
	starts, tokens := stand.Starts()
	if s := starts[0]; s["type"] != "start" || s["locale"] != "de_DE" || s["encoding"] != "pcm_s16le" || s["sampleRateHz"] != 8000.0 || s["endTimeoutMillis"] != 900.0 || s["maxMillis"] != 9000.0 || len(s) != 6 {
		t.Errorf("the start is %v", s)
	}
	if tokens[0] != "Bearer secret" {
		t.Errorf("the token is %q", tokens[0])
	}
}

func TestEngineThatIsDownOrWrongFails(t *testing.T) {
	for name, tt := range map[string]struct {
		fault speechtest.Fault
		want  string
	}{
		"refusing": {speechtest.Refusing, "cannot be reached"},
		"dying":    {speechtest.Dying, "speech: the engine"}, // noticed by reading or by writing
		"lying":    {speechtest.Lying, "not of the protocol"},
		"erring":   {speechtest.Erring, "reported an error"},
	} {
		t.Run(name, func(t *testing.T) {
			stand := speechtest.New(t, words)
			stand.Break(tt.fault)
			e := newEngine(t, stand.URL, 0)
			h := e.Listen(t.Context(), voice.Listen{})
			sing(h, 440, 10)
			if s := await(t, h, "it fails", func(s speech.State) bool { return s.Err != nil }); !strings.Contains(s.Err.Error(), tt.want) || strings.Contains(s.Err.Error(), "127.0.0.1:") && tt.fault != speechtest.Dying {
				t.Errorf("it fails with %v", s.Err)
			}
			if f := e.Figures(); f.Listened != 1 || f.Failed != 1 {
				t.Errorf("the figures are %+v", f)
			}
		})
	}
	h := newEngine(t, "ws://127.0.0.1:1/", 0).Listen(t.Context(), voice.Listen{})
	await(t, h, "nobody is there", func(s speech.State) bool { return s.Err != nil })
}

func TestEngineThatTakesNoAudioFailsAndNothingPilesUp(t *testing.T) {
	stand := speechtest.New(t, words)
	stand.Break(speechtest.Deaf)
	h := newEngine(t, stand.URL, 0).Listen(t.Context(), voice.Listen{})
	frame := tone(440, 0)
	for i := 0; h.State().Err == nil; i++ {
		if i > 1_000_000 {
			t.Fatal("it takes all of it")
		}
		h.Write(frame)
	}
	if err := h.State().Err; !strings.Contains(err.Error(), "as fast as it comes") {
		t.Errorf("it fails with %v", err)
	}
}

func TestUtterancesAtATimeAreBounded(t *testing.T) {
	stand := speechtest.New(t, words)
	e := newEngine(t, stand.URL, 1)
	one := e.Listen(t.Context(), voice.Listen{})
	two := e.Listen(t.Context(), voice.Listen{})
	if s := two.State(); s.Err == nil || !strings.Contains(s.Err.Error(), "in use") {
		t.Errorf("the second is %+v", s)
	}
	one.Close()
	deadline := time.Now().Add(10 * time.Second)
	for e.Listen(t.Context(), voice.Listen{}).State().Err != nil {
		if time.Now().After(deadline) {
			t.Fatal("a closed one keeps its place")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestHearingEndsWithItsContextWithoutAFailure(t *testing.T) {
	e := newEngine(t, speechtest.New(t, words).URL, 1)
	ctx, cancel := context.WithCancel(t.Context())
	h := e.Listen(ctx, voice.Listen{})
	sing(h, 440, 10)
	await(t, h, "a word is heard", func(s speech.State) bool { return s.Text != "" })
	cancel()
	sing(h, 440, 1000)
	if s := h.State(); s.Err != nil || s.Text != "yes" {
		t.Errorf("the state is %+v", s)
	}
}

func TestAudioGoesOnlyWhereItIsSafe(t *testing.T) {
	for url, ok := range map[string]bool{
		"wss://speech.example.com/listen": true, "ws://127.0.0.1:9/": true, "ws://localhost:9/": true, "ws://[::1]:9/": true,
		"ws://speech.example.com/": false, "https://speech.example.com/": false, "wss://u:p@speech.example.com/": false, "speech": false, "": false,
	} {
		if _, err := speech.NewWebSocket(speech.Config{URL: url}); (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
	}
}
