package rtp

// SampleRateHz is the rate of all audio inside the voice process.
const SampleRateHz = 8000

// FrameSamples is the number of samples in a [Frame].
const FrameSamples = 160

// FrameMillis is the length of a [Frame].
const FrameMillis = 20

// Frame is 20 ms of mono audio at 8 kHz.
type Frame [FrameSamples]int16

// Codec is an audio codec by its static payload type (RFC 3551 section 6).
type Codec uint8

// The codecs that are spoken.
const (
	PCMU Codec = 0
	PCMA Codec = 8
)

// String is the codec's encoding name (RFC 3551).
func (c Codec) String() string {
	if c == PCMA {
		return "PCMA"
	}
	return "PCMU"
}

var (
	muLawToLinear, aLawToLinear [256]int16
	linearToMuLaw, linearToALaw [1 << 14]byte // index: sample + 32768, without the lowest two bits
)

func init() {
	for i := range 256 {
		muLawToLinear[i] = expandMuLaw(byte(i))
		aLawToLinear[i] = expandALaw(byte(i))
	}
	for i := range linearToMuLaw {
		sample := i<<2 - 32768
		linearToMuLaw[i] = compressMuLaw(sample)
		linearToALaw[i] = compressALaw(sample)
	}
}

func expandMuLaw(code byte) int16 {
	code = ^code
	magnitude := (int(code&0x0f)<<3+0x84)<<(code>>4&7) - 0x84
	if code&0x80 != 0 {
		return int16(-magnitude)
	}
	return int16(magnitude)
}

func compressMuLaw(sample int) byte {
	sign := byte(0)
	if sample < 0 {
		sample, sign = -sample, 0x80
	}
	sample = min(sample, 32635) + 0x84
	segment := byte(7)
	for bit := 0x4000; segment > 0 && sample&bit == 0; bit >>= 1 {
		segment--
	}
	return ^(sign | segment<<4 | byte(sample>>(segment+3))&0x0f)
}

func expandALaw(code byte) int16 {
	code ^= 0x55
	magnitude := int(code&0x0f)<<4 + 8
	if segment := code >> 4 & 7; segment > 0 {
		magnitude = (magnitude + 0x100) << (segment - 1)
	}
	if code&0x80 != 0 {
		return int16(magnitude)
	}
	return int16(-magnitude)
}

func compressALaw(sample int) byte {
	sign := byte(0x80)
	if sample < 0 {
		sample, sign = -sample-1, 0
	}
	sample = min(sample, 32767)
	segment := byte(7)
	for bit := 0x4000; segment > 0 && sample&bit == 0; bit >>= 1 {
		segment--
	}
	shift := max(segment, 1) + 3
	return (sign | segment<<4 | byte(sample>>shift)&0x0f) ^ 0x55
}

// Silence is the code for no sound.
func (c Codec) Silence() byte {
	if c == PCMA {
		return 0xd5
	}
	return 0xff
}

// Decode expands src into dst, as far as the shorter of the two goes.
func (c Codec) Decode(dst []int16, src []byte) {
	table := &muLawToLinear
	if c == PCMA {
		table = &aLawToLinear
	}
	for i := range min(len(dst), len(src)) {
		dst[i] = table[src[i]]
	}
}

// Encode compresses src into dst, as far as the shorter of the two goes.
func (c Codec) Encode(dst []byte, src []int16) {
	table := &linearToMuLaw
	if c == PCMA {
		table = &linearToALaw
	}
	for i := range min(len(dst), len(src)) {
		dst[i] = table[(int(src[i])+32768)>>2]
	}
}
