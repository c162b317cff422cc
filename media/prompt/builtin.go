package prompt

import (
	"math"

	"tandem/media/rtp"
)

// builtIn returns the maker of a sound that is there without any file, under
// the names of Amazon Connect's default prompts; nil if there is none.
func builtIn(name string) func() []int16 {
	switch name {
	case "Beep.wav":
		return beep
	case "CustomerQueue.wav":
		return func() []int16 { return melody(queueNotes, 0.5) }
	case "CustomerHold.wav":
		return func() []int16 { return melody(holdNotes, 0.75) }
	}
	return nil
}

// Notes as semitones from A4 (440 Hz), one beat each; rest is a pause.
var (
	queueNotes = []int{-9, -5, -2, 3, -2, -5, -7, -4, 0, 5, 0, -4, -10, -7, -2, 2, -2, -7, -9, -5, -2, 3, rest, rest}
	holdNotes  = []int{-9, -2, -5, -2, -7, 0, -4, 0, -10, -2, -7, -2, -9, rest, -9, rest}
)

const (
	rest         = math.MinInt
	melodyLevel  = 5000.0 // peak of 32767: about -16 dBFS, soft under speech
	beepLevel    = 9000.0
	beepHz       = 1000.0
	beepSeconds  = 0.4
	attackSecond = 0.02
)

func beep() []int16 {
	return tone(nil, beepHz, beepSeconds, beepLevel, func(t float64) float64 {
		return min(1, t/attackSecond, (beepSeconds-t)/attackSecond)
	})
}

// melody plays the notes, each struck and dying away like a bell.
func melody(notes []int, beatSeconds float64) []int16 {
	var out []int16
	for _, n := range notes {
		if n == rest {
			out = append(out, make([]int16, int(beatSeconds*rtp.SampleRateHz))...)
			continue
		}
		hz := 440 * math.Pow(2, float64(n)/12)
		out = tone(out, hz, beatSeconds, melodyLevel, func(t float64) float64 {
			fade := min(1, (beatSeconds-t)/attackSecond)
			return min(1, t/attackSecond) * math.Exp(-3*t) * fade
		})
	}
	return out
}

// tone appends a sine with an envelope over time in seconds.
func tone(dst []int16, hz, seconds, level float64, envelope func(float64) float64) []int16 {
	for i := range int(seconds * rtp.SampleRateHz) {
		t := float64(i) / rtp.SampleRateHz
		dst = append(dst, int16(level*envelope(t)*math.Sin(2*math.Pi*hz*t)))
	}
	return dst
}
