package rtp

import (
	"encoding/binary"
	"math"
	"strings"
)

// MaxKeys is how many keys and pauses may wait to be sent.
const MaxKeys = 128

// Timing of keys, in frames of 20 ms. ITU-T Q.24 asks receivers to take keys
// and gaps of 40 to 70 ms.
const (
	keyFrames   = 5  // a key is pressed
	endPackets  = 3  // the last packet of a key is sent this often (RFC 4733 section 2.5.1.4)
	everyFrames = 10 // from one key to the next
	pauseFrames = 50 // a comma
)

const (
	eventBytes    = 4  // of payload (RFC 4733 section 2.3)
	eventVolume   = 10 // -10 dBm0
	eventEnd      = 0x80
	toneAmplitude = 6000 // of each of a key's two tones
)

// keySender presses keys, one after the other.
type keySender struct {
	waiting string // keys and commas; the first is under way
	frame   int    // how many frames of the first have passed
}

// add puts keys behind those that wait. What is no key is left out, as is what
// is too much.
func (s *keySender) add(keys string) {
	for _, k := range []byte(keys) {
		if len(s.waiting) < MaxKeys && (k == ',' || strings.IndexByte(digitNames, k) >= 0) {
			s.waiting += string(k)
		}
	}
}

// next goes on by one frame. It returns the key whose event fills the frame,
// and which of its frames this is, from 1; no key means audio.
func (s *keySender) next() (key byte, frame int) {
	if s.waiting == "" {
		return 0, 0
	}
	key = s.waiting[0]
	s.frame++
	frame = s.frame
	length := everyFrames
	if key == ',' {
		length = pauseFrames
	}
	if frame == length {
		s.waiting, s.frame = s.waiting[1:], 0
	}
	if key == ',' || frame >= keyFrames+endPackets {
		return 0, 0
	}
	return key, frame
}

// SendKeys presses the keys 0-9, *, # and A-D for the far side, one after the
// other; a comma is a pause of one second. They are sent as telephone events
// (RFC 4733) instead of the audio, or as tones if the far side takes no
// events. While the far side does not listen, they wait.
func (l *Leg) SendKeys(keys string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys.add(keys)
}

// eventPacket makes one packet of a key in l.out. All packets of a key have
// the timestamp of its beginning, and the marker is at the first.
func (l *Leg) eventPacket(key byte, frame int) []byte {
	if frame == 1 {
		l.eventStamp = l.stamp
	}
	l.header(l.session.EventPT, l.eventStamp, frame == 1)
	payload := l.out[headerBytes : headerBytes+eventBytes]
	payload[0], payload[1] = byte(strings.IndexByte(digitNames, key)), eventVolume
	if frame >= keyFrames {
		payload[1] |= eventEnd
	}
	binary.BigEndian.PutUint16(payload[2:], uint16(min(frame, keyFrames)*FrameSamples))
	l.marked = true // the audio that follows is a new talk spurt
	return l.out[:headerBytes+eventBytes]
}

// keyTone is one frame of a key's two tones (ITU-T Q.23); silence once the key
// is let go.
func keyTone(key byte, frame int) *Frame {
	const layout = "123A456B789C*0#D"
	low, high := [...]float64{697, 770, 852, 941}, [...]float64{1209, 1336, 1477, 1633}
	at := strings.IndexByte(layout, key)
	var f Frame
	if frame > keyFrames {
		return &f
	}
	for i := range f {
		turn := 2 * math.Pi * float64((frame-1)*FrameSamples+i) / SampleRateHz
		f[i] = int16(toneAmplitude * (math.Sin(low[at/4]*turn) + math.Sin(high[at%4]*turn)))
	}
	return &f
}
