package prompt

import (
	"math"

	"tandem/media/rtp"
)

// zeroCrossings of the filter on each side: more is sharper and slower.
const zeroCrossings = 12

// resample converts to 8 kHz with a polyphase filter: a windowed sinc, cut off
// at the lower of the two Nyquist frequencies.
func resample(in []int16, rateHz int) []int16 {
	if rateHz == rtp.SampleRateHz || len(in) == 0 {
		return in
	}
	g := gcd(rateHz, rtp.SampleRateHz)
	up, down := rtp.SampleRateHz/g, rateHz/g
	reach := int(math.Ceil(zeroCrossings * max(1, float64(down)/float64(up))))
	phases := filterPhases(up, down, reach)
	out := make([]int16, len(in)*up/down)
	for i := range out {
		position := i * down
		center, taps := position/up, phases[position%up]
		sum := 0.0
		first := center - reach + 1
		for k, tap := range taps {
			if at := first + k; at >= 0 && at < len(in) {
				sum += tap * float64(in[at])
			}
		}
		out[i] = int16(max(-32768, min(32767, math.Round(sum))))
	}
	return out
}

// filterPhases has the filter's taps for each of the positions, up of them,
// that an output sample can have between two input samples.
func filterPhases(up, down, reach int) [][]float64 {
	cutoff := 0.95 * min(1, float64(up)/float64(down))
	phases := make([][]float64, up)
	for p := range phases {
		taps := make([]float64, 2*reach)
		sum := 0.0
		for k := range taps {
			x := float64(k-reach+1) - float64(p)/float64(up)
			taps[k] = sinc(x*cutoff) * hann(x/float64(reach))
			sum += taps[k]
		}
		for k := range taps {
			taps[k] /= sum
		}
		phases[p] = taps
	}
	return phases
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func hann(x float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return 0.5 + 0.5*math.Cos(math.Pi*x)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
