package main

import (
	"math"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	pionrtp "github.com/pion/rtp"

	"tandem/media/rtp"
	"tandem/media/sdp"
	"tandem/media/sip"
)

// The tones that customers and agents speak, in Hz.
const (
	customerTone = 440
	agentTone    = 660
)

// talk is the audio of one simulated telephone in one call: it speaks a soft
// tone, presses keys, and does not listen.
type talk struct {
	call   *sip.Call
	audio  *net.UDPConn
	tone   []int16 // one second
	agreed atomic.Pointer[sdp.Stream]
	keys   chan byte
	up     chan struct{} // closed at the first agreement
	ended  chan struct{} // closed at the end
	begin  sync.Once
	stop   sync.Once
}

func newTalk(toneHz int) (*talk, error) {
	audio, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	t := &talk{audio: audio, tone: make([]int16, rtp.SampleRateHz), keys: make(chan byte, 4), up: make(chan struct{}), ended: make(chan struct{})}
	for i := range t.tone {
		t.tone[i] = int16(1500 * math.Sin(2*math.Pi*float64(toneHz)*float64(i)/rtp.SampleRateHz))
	}
	return t, nil
}

func (t *talk) local() netip.AddrPort { return t.audio.LocalAddr().(*net.UDPAddr).AddrPort() }

// agree takes what both sides agreed on; the first time the talk begins.
func (t *talk) agree(s sdp.Stream) {
	t.agreed.Store(&s)
	t.begin.Do(func() {
		close(t.up)
		go t.speak()
	})
}

// end ends the talk.
func (t *talk) end() {
	t.stop.Do(func() {
		close(t.ended)
		t.audio.Close()
	})
}

// press presses a key; keys that are pressed faster than they can be sent are
// lost.
func (t *talk) press(key byte) {
	select {
	case t.keys <- key:
	default:
	}
}

// speak sends a packet every 20 ms until the talk ends.
func (t *talk) speak() {
	ticker := time.NewTicker(rtp.FrameMillis * time.Millisecond)
	defer ticker.Stop()
	s := speaker{tone: t.tone}
	s.packet.Version, s.packet.SSRC = 2, uint32(t.local().Port())
	for {
		select {
		case <-t.ended:
			return
		case <-ticker.C:
		}
		agreed := t.agreed.Load()
		if b, err := s.next(agreed, t.keys).Marshal(); err == nil {
			_, _ = t.audio.WriteToUDPAddrPort(b, agreed.Remote) // an error is as good as a lost packet
		}
	}
}

// speaker makes the packets of a talk.
type speaker struct {
	tone    []int16
	packet  pionrtp.Packet
	stamp   uint32 // samples so far
	key     byte   // being pressed; 0 for none
	pressed uint32 // packets of it so far
}

func (s *speaker) next(agreed *sdp.Stream, keys <-chan byte) *pionrtp.Packet {
	if s.key == 0 && agreed.Events != 0 {
		select {
		case s.key = <-keys:
			s.pressed = 0
		default:
		}
	}
	if s.key != 0 {
		s.press(agreed.Events)
	} else {
		s.sound(rtp.Codec(agreed.Codec))
	}
	s.packet.SequenceNumber++
	s.stamp += rtp.FrameSamples
	return &s.packet
}

// sound is 20 ms of the tone.
func (s *speaker) sound(codec rtp.Codec) {
	s.packet.PayloadType, s.packet.Timestamp = uint8(codec), s.stamp
	s.packet.Payload = make([]byte, rtp.FrameSamples)
	from := int(s.stamp) % len(s.tone)
	codec.Encode(s.packet.Payload, s.tone[from:from+rtp.FrameSamples])
}

// The length of a key press in packets; the last ones say that it ends (RFC
// 4733 section 2.5.1.4).
const (
	keyPackets    = 8
	keyEndPackets = 3
)

// press is one packet of the key that is pressed. All have the time of the
// first.
func (s *speaker) press(payloadType uint8) {
	s.packet.PayloadType, s.packet.Timestamp = payloadType, s.stamp-s.pressed*rtp.FrameSamples
	s.pressed++
	const volume, end = 10, 0x80
	flags := byte(volume)
	if s.pressed > keyPackets-keyEndPackets {
		flags |= end
	}
	length := min(s.pressed, keyPackets-keyEndPackets) * rtp.FrameSamples
	s.packet.Payload = []byte{s.key - '0', flags, byte(length >> 8), byte(length)}
	if s.pressed == keyPackets {
		s.key = 0
	}
}
