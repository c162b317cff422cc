package rtp

import "testing"

// ITU-T G.711 tables 1a and 2a: values at the ends and at zero.
func TestG711KnownValues(t *testing.T) {
	for _, c := range []struct {
		codec Codec
		code  byte
		want  int16
	}{
		{PCMU, 0xff, 0}, {PCMU, 0x80, 32124}, {PCMU, 0x00, -32124}, {PCMU, 0xfe, 8}, {PCMU, 0x7e, -8},
		{PCMA, 0xd5, 8}, {PCMA, 0x55, -8}, {PCMA, 0xaa, 32256}, {PCMA, 0x2a, -32256},
	} {
		var got [1]int16
		c.codec.Decode(got[:], []byte{c.code})
		if got[0] != c.want {
			t.Errorf("%v code %#02x is %d, want %d", c.codec, c.code, got[0], c.want)
		}
	}
}

func TestG711CodesSurviveARoundTrip(t *testing.T) {
	for _, codec := range []Codec{PCMU, PCMA} {
		for i := range 256 {
			var sample [1]int16
			var code [1]byte
			codec.Decode(sample[:], []byte{byte(i)})
			codec.Encode(code[:], sample[:])
			if code[0] != byte(i) && sample[0] != 0 { // µ-law has two zeros
				t.Errorf("%v code %#02x is %d, which is written as %#02x", codec, i, sample[0], code[0])
			}
		}
	}
}

func TestG711ErrsByLessThanOneStep(t *testing.T) {
	for _, codec := range []Codec{PCMU, PCMA} {
		for sample := -32768; sample < 32768; sample += 7 {
			var code [1]byte
			var got [1]int16
			codec.Encode(code[:], []int16{int16(sample)})
			codec.Decode(got[:], code[:])
			if off, size := abs(int(got[0])-sample), abs(sample); off > max(size/16, 16) {
				t.Fatalf("%v writes %d as %d", codec, sample, got[0])
			}
		}
	}
}

func abs(x int) int { return max(x, -x) }

func TestSilenceIsSilent(t *testing.T) {
	for _, codec := range []Codec{PCMU, PCMA} {
		var code [1]byte
		codec.Encode(code[:], []int16{0})
		if code[0] != codec.Silence() {
			t.Errorf("%v silence is %#02x, zero is written as %#02x", codec, codec.Silence(), code[0])
		}
	}
}
