package prompt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"tandem/media/rtp"
)

// Format tags of the WAVE file format (RFC 2361).
const (
	wavePCM        = 1
	waveFloat      = 3
	waveALaw       = 6
	waveMuLaw      = 7
	waveExtensible = 0xfffe
)

const (
	maxChannels = 8
	minRateHz   = 4000
	maxRateHz   = 192_000
)

type waveFormat struct {
	tag, channels, bits int
	rateHz              int
}

// DecodeWAV reads a wav file (PCM of 8 to 32 bits, 32-bit float, µ-law or
// A-law, any rate from 4 to 192 kHz) and converts it to 8 kHz mono. A length
// in the header that goes beyond the data, as written by programs that stream,
// means all there is.
func DecodeWAV(raw []byte) ([]int16, error) {
	if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WAVE" {
		return nil, errors.New("this is no wav file: it does not begin with RIFF and WAVE")
	}
	var format waveFormat
	for rest := raw[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), uint64(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:]
		rest = nil
		if size < uint64(len(body)) {
			rest = body[min(size+size&1, uint64(len(body))):]
			body = body[:size]
		}
		switch name {
		case "fmt ":
			var err error
			if format, err = parseFormat(body); err != nil {
				return nil, err
			}
		case "data":
			if format.tag == 0 {
				return nil, errors.New("wav file: the data comes before the format")
			}
			return resample(format.mono(body), format.rateHz), nil
		}
	}
	return nil, errors.New("wav file: there is no data chunk")
}

func parseFormat(b []byte) (waveFormat, error) {
	if len(b) < 16 {
		return waveFormat{}, errors.New("wav file: the format chunk is too short")
	}
	f := waveFormat{
		tag: int(binary.LittleEndian.Uint16(b)), channels: int(binary.LittleEndian.Uint16(b[2:])),
		rateHz: int(binary.LittleEndian.Uint32(b[4:])), bits: int(binary.LittleEndian.Uint16(b[14:])),
	}
	if f.tag == waveExtensible && len(b) >= 26 {
		f.tag = int(binary.LittleEndian.Uint16(b[24:]))
	}
	if f.channels < 1 || f.channels > maxChannels || f.rateHz < minRateHz || f.rateHz > maxRateHz {
		return f, fmt.Errorf("wav file: %d channels at %d Hz: want 1 to %d channels at %d to %d Hz", f.channels, f.rateHz, maxChannels, minRateHz, maxRateHz)
	}
	switch {
	case f.tag == wavePCM && (f.bits == 8 || f.bits == 16 || f.bits == 24 || f.bits == 32):
	case f.tag == waveFloat && f.bits == 32:
	case (f.tag == waveALaw || f.tag == waveMuLaw) && f.bits == 8:
	default:
		return f, fmt.Errorf("wav file: format %d with %d bits is not known: save it as 16-bit PCM", f.tag, f.bits)
	}
	return f, nil
}

// mono decodes the samples and averages the channels.
func (f waveFormat) mono(data []byte) []int16 {
	width := f.bits / 8
	frames := len(data) / (width * f.channels)
	out := make([]int16, frames)
	for i := range out {
		sum := 0
		for c := range f.channels {
			sum += int(f.sample(data[(i*f.channels+c)*width:]))
		}
		out[i] = int16(sum / f.channels)
	}
	return out
}

func (f waveFormat) sample(b []byte) int16 {
	var one [1]int16
	switch {
	case f.tag == waveMuLaw:
		rtp.PCMU.Decode(one[:], b)
		return one[0]
	case f.tag == waveALaw:
		rtp.PCMA.Decode(one[:], b)
		return one[0]
	case f.tag == waveFloat:
		v := float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) * 32767
		if math.IsNaN(v) {
			return 0
		}
		return int16(max(-32768, min(32767, v)))
	case f.bits == 8:
		return (int16(b[0]) - 128) << 8
	}
	return int16(binary.LittleEndian.Uint16(b[f.bits/8-2:])) // the highest 16 bits
}
