package prompt

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tandem/voice"
)

// wav writes a file of any rate and format; the sample function appends one
// sample.
func wav(tag, channels, bits uint16, rateHz uint32, data []byte) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00")
	out = binary.LittleEndian.AppendUint16(out, tag)
	out = binary.LittleEndian.AppendUint16(out, channels)
	out = binary.LittleEndian.AppendUint32(out, rateHz)
	out = binary.LittleEndian.AppendUint32(out, rateHz*uint32(channels)*uint32(bits/8))
	out = binary.LittleEndian.AppendUint16(out, channels*bits/8)
	out = binary.LittleEndian.AppendUint16(out, bits)
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	return append(out, data...)
}

func sine16(hz float64, rateHz, samples int) []byte {
	var out []byte
	for i := range samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(10000*math.Sin(2*math.Pi*hz*float64(i)/float64(rateHz)))))
	}
	return out
}

// amplitude of one frequency at 8 kHz.
func amplitude(samples []int16, hz float64) float64 {
	var re, im float64
	for i, s := range samples {
		angle := 2 * math.Pi * hz * float64(i) / 8000
		re += float64(s) * math.Cos(angle)
		im += float64(s) * math.Sin(angle)
	}
	return 2 * math.Hypot(re, im) / float64(len(samples))
}

func TestAnyRateBecomes8kHz(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 22050, 44100, 48000, 6000} {
		clip, err := DecodeWAV(wav(wavePCM, 1, 16, uint32(rate), sine16(1000, rate, rate)))
		if err != nil {
			t.Fatal(err)
		}
		if len(clip) != 8000 {
			t.Errorf("%d Hz: one second has %d samples", rate, len(clip))
		}
		if got := amplitude(clip[500:7500], 1000); math.Abs(got-10000) > 300 {
			t.Errorf("%d Hz: the tone has amplitude %.0f, want 10000", rate, got)
		}
	}
}

func TestWhatIsTooHighIsFilteredNotFolded(t *testing.T) {
	clip, err := DecodeWAV(wav(wavePCM, 1, 16, 44100, sine16(7000, 44100, 44100)))
	if err != nil {
		t.Fatal(err)
	}
	if got := amplitude(clip, 1000); got > 100 {
		t.Errorf("7000 Hz is heard as 1000 Hz with amplitude %.0f", got)
	}
}

func TestFormats(t *testing.T) {
	float := binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.5))
	for name, c := range map[string]struct {
		raw  []byte
		want int16
	}{
		"8 bit":        {wav(wavePCM, 1, 8, 8000, []byte{192}), 16384},
		"16 bit":       {wav(wavePCM, 1, 16, 8000, []byte{0, 0x40}), 16384},
		"24 bit":       {wav(wavePCM, 1, 24, 8000, []byte{1, 0, 0x40}), 16384},
		"32 bit":       {wav(wavePCM, 1, 32, 8000, []byte{1, 1, 0, 0x40}), 16384},
		"float":        {wav(waveFloat, 1, 32, 8000, float), 16383},
		"µ-law":        {wav(waveMuLaw, 1, 8, 8000, []byte{0x80}), 32124},
		"A-law":        {wav(waveALaw, 1, 8, 8000, []byte{0xaa}), 32256},
		"stereo":       {wav(wavePCM, 2, 16, 8000, []byte{0, 0x40, 0, 0x20}), 12288},
		"endless":      {endless(wav(wavePCM, 1, 16, 8000, []byte{0, 0x40})), 16384},
		"other chunks": {withChunk(wav(wavePCM, 1, 16, 8000, []byte{0, 0x40})), 16384},
	} {
		t.Run(name, func(t *testing.T) {
			clip, err := DecodeWAV(c.raw)
			if err != nil || len(clip) != 1 || clip[0] != c.want {
				t.Errorf("it is %v (%v), want %d", clip, err, c.want)
			}
		})
	}
}

// endless has the length that programs write who stream.
func endless(raw []byte) []byte {
	binary.LittleEndian.PutUint32(raw[40:], 0xffffffff)
	return raw
}

// withChunk puts a chunk of odd length before the format.
func withChunk(raw []byte) []byte {
	return slices.Concat(raw[:12], []byte("LIST\x03\x00\x00\x00abc\x00"), raw[12:])
}

func TestWhatIsNoWAVIsRefused(t *testing.T) {
	for name, raw := range map[string][]byte{
		"empty": nil, "text": []byte("hello, this is not a wav file"), "no data": wav(wavePCM, 1, 16, 8000, nil)[:36],
		"many channels": wav(wavePCM, 99, 16, 8000, nil), "no rate": wav(wavePCM, 1, 16, 0, nil), "mp3": wav(0x55, 1, 16, 8000, nil),
	} {
		if _, err := DecodeWAV(raw); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

func FuzzDecodeWAV(f *testing.F) {
	f.Add(wav(wavePCM, 1, 16, 8000, []byte{1, 2, 3}))
	f.Add(wav(waveExtensible, 2, 24, 44100, make([]byte, 60)))
	f.Add(endless(wav(waveMuLaw, 1, 8, 11025, make([]byte, 60))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if clip, err := DecodeWAV(raw); err == nil && len(clip) > 2*len(raw)+8 {
			t.Errorf("%d bytes became %d samples", len(raw), len(clip))
		}
	})
}

// countingSpeaker says one sample per byte of text, slowly if told so.
type countingSpeaker struct {
	calls atomic.Int32
	wait  chan struct{}
}

func (s *countingSpeaker) Name() string { return "counting" }

func (s *countingSpeaker) Speak(ctx context.Context, u Utterance) ([]int16, error) {
	text := u.Text
	s.calls.Add(1)
	if s.wait != nil {
		<-s.wait
	}
	if strings.Contains(text, "fail") {
		return nil, errors.New("cannot say this")
	}
	return make([]int16, len(text)), ctx.Err()
}

func TestSameTextIsSpokenOnce(t *testing.T) {
	s := &countingSpeaker{wait: make(chan struct{})}
	l := NewLibrary(Config{Speaker: s})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if clip, err := l.Load(context.Background(), voice.Prompt{Text: "hello"}); err != nil || len(clip) != 5 {
				t.Errorf("loaded %d samples: %v", len(clip), err)
			}
		})
	}
	close(s.wait)
	all.Wait()
	if _, err := l.Load(context.Background(), voice.Prompt{Text: "hello"}); err != nil || s.calls.Load() != 1 {
		t.Errorf("it was spoken %d times: %v", s.calls.Load(), err)
	}
	if _, err := l.Load(context.Background(), voice.Prompt{SSML: "hello"}); err != nil || s.calls.Load() != 2 {
		t.Errorf("SSML of the same text was not spoken anew: %v", err)
	}
}

func TestCallerWhoLeavesDoesNotStopTheMaking(t *testing.T) {
	s := &countingSpeaker{wait: make(chan struct{})}
	l := NewLibrary(Config{Speaker: s})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Load(ctx, voice.Prompt{Text: "hello"}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	close(s.wait)
	if clip, err := l.Load(context.Background(), voice.Prompt{Text: "hello"}); err != nil || len(clip) != 5 {
		t.Errorf("loaded %d samples: %v", len(clip), err)
	}
}

func TestFailureIsNotKept(t *testing.T) {
	s := &countingSpeaker{}
	l := NewLibrary(Config{Speaker: s})
	for range 2 {
		if _, err := l.Load(context.Background(), voice.Prompt{Text: "fail"}); err == nil {
			t.Error("it did not fail")
		}
	}
	if s.calls.Load() != 2 {
		t.Errorf("it was tried %d times", s.calls.Load())
	}
}

func TestCacheDropsTheLeastRecentlyUsed(t *testing.T) {
	c := newCache(40)
	key := func(n byte) cacheKey { return cacheKey{n} }
	c.put(key(1), make([]int16, 10))
	c.put(key(2), make([]int16, 10))
	c.get(key(1))
	c.put(key(3), make([]int16, 10))
	c.put(key(4), make([]int16, 100)) // larger than the cache
	for n, want := range map[byte]bool{1: true, 2: false, 3: true, 4: false} {
		if _, got := c.get(key(n)); got != want {
			t.Errorf("clip %d is kept: %v, want %v", n, got, want)
		}
	}
	if c.size != 40 {
		t.Errorf("the size is %d, want 40", c.size)
	}
}

func TestNamedPrompts(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, samples int) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), wav(wavePCM, 1, 16, 8000, make([]byte, 2*samples)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("hello.wav", 7)
	l := NewLibrary(Config{Dir: dir})
	load := func(name string) (int, error) {
		clip, err := l.Load(context.Background(), voice.Prompt{Prompt: name})
		return len(clip), err
	}
	if n, err := load("hello.wav"); n != 7 || err != nil {
		t.Errorf("hello.wav has %d samples: %v", n, err)
	}
	write("hello.wav", 9)
	if n, err := load("hello.wav"); n != 9 || err != nil {
		t.Errorf("the changed file has %d samples: %v", n, err)
	}
	if _, err := load("nothing.wav"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a prompt that is not there gives: %v", err)
	}
	for _, name := range []string{"../hello.wav", "/etc/hostname", "a/b.wav", ".."} {
		if _, err := load(name); err == nil {
			t.Errorf("%q was loaded", name)
		}
	}
	for _, name := range []string{"Beep.wav", "CustomerQueue.wav", "CustomerHold.wav"} {
		if n, err := load(name); n < 1000 || err != nil {
			t.Errorf("%s has %d samples: %v", name, n, err)
		}
	}
	write("Beep.wav", 3)
	if n, err := load("Beep.wav"); n != 3 || err != nil {
		t.Errorf("a file does not replace the built-in sound: %d samples, %v", n, err)
	}
}

func TestBuiltInSoundsAreSoftAndTheSameEachTime(t *testing.T) {
	for _, name := range []string{"Beep.wav", "CustomerQueue.wav", "CustomerHold.wav"} {
		a, b := builtIn(name)(), builtIn(name)()
		if !slices.Equal(a, b) {
			t.Errorf("%s differs from time to time", name)
		}
		if peak := slices.Max(a); peak < 1000 || peak > 10000 {
			t.Errorf("%s has a peak of %d", name, peak)
		}
	}
}
